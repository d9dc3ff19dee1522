// A database that was restored from a copy: what waits for a person's word, and the word itself.
import type { CompiledQuery, Kysely } from "kysely";
import { type DigestTables, type Issue, issuesUnderWay } from "../digests/index.ts";
import type { Batch, Clock } from "../platform/index.ts";
import { type Held, heldSince, release, type SettingsTables } from "../settings/index.ts";
import { accountOf, type DeliveryTables } from "./ledger.ts";

type Db = Kysely<DeliveryTables & DigestTables & SettingsTables>;

/** An issue that was under way when the copy was made; its letters without an end may have left since. */
export type RestoredIssue = { issue: Issue; unknown: number };

const open = ["queued", "claimed", "sending", "deferred", "in_doubt"];

/** What holds the mail, or null; and the issues that wait for a word each, whether or not the copy was released. */
export async function restoredState(db: Db): Promise<{ held: Held | null; issues: RestoredIssue[] }> {
  const issues: RestoredIssue[] = [];
  for (const issue of await issuesUnderWay(db)) {
    if (issue.paused?.reason.kind !== "restored") continue;
    const { states } = await accountOf(db, issue.id);
    const without = states.filter(({ state }) => open.includes(state));
    issues.push({ issue, unknown: without.reduce((sum, { count }) => sum + count, 0) });
  }
  return { held: await heldSince(db), issues };
}

export type ReleaseDeps = {
  database: { db: Db; batch: Batch };
  now: Clock;
  /** Writes down who did what, if the statement before it in the batch changed something. */
  audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
};

/** Lets a restored copy send again. False if nothing was held: of two who say so, one is written down. */
export async function releaseRestored(
  { database: { db, batch }, now, audit }: ReleaseDeps,
  actor: string,
): Promise<boolean> {
  const held = await heldSince(db);
  const subject = `copy of ${held?.madeAt ?? "?"}`;
  const [released] = await batch([
    release(db, actor, now()),
    audit({ actor, act: "restore-resume", subject }, now()),
  ]);
  return held !== null && (released?.changes ?? 0) > 0;
}
