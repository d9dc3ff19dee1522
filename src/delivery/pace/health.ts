// An issue's health: how many of its letters came back or were complained of, and when that is too many.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import {
  type DigestTables,
  type IssueId,
  issueById,
  type PauseReason,
  pauseIssue,
} from "../../digests/index.ts";
import { releaseClaimed } from "../claim.ts";
import type { DeliveryTables } from "../ledger.ts";
import { withoutAddresses } from "./store.ts";
import type { PaceTables } from "./tables.ts";

export type Health = { sent: number; bounced: number; complained: number; content: number };
export type HealthLines = {
  /** Percent of what was sent at which an issue pauses by itself. */
  bounces: number;
  complaints: number;
  /** Of so many letters at least. */
  after: number;
};

/** Of so many letters at least, and at such a percentage, refusals for what an issue says pause it. */
const content = { after: 20, percent: 5 } as const;
/** At such a percentage of so many the newsroom is warned. */
const warning = { percent: 2, after: 50 } as const;

export const noHealth: Health = { sent: 0, bounced: 0, complained: 0, content: 0 };

/** Percent, to a hundredth. */
export const percentOf = (part: number, whole: number) =>
  whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;

/** The line that an issue passed, if it did. @param words one of the replies that refused what it says */
export function lineReached(
  { sent, bounced, complained, content: refused }: Health,
  lines: HealthLines,
  words: string,
): PauseReason | null {
  const passes = (part: number, percent: number, after: number) =>
    sent >= after && part > 0 && part * 100 >= percent * sent;
  if (passes(bounced, lines.bounces, lines.after))
    return { kind: "bounces", percent: percentOf(bounced, sent), line: lines.bounces };
  if (passes(complained, lines.complaints, lines.after))
    return { kind: "complaints", percent: percentOf(complained, sent), line: lines.complaints };
  if (passes(refused, content.percent, content.after))
    return {
      kind: "content",
      percent: percentOf(refused, sent),
      line: content.percent,
      words: withoutAddresses(words),
    };
  return null;
}

export const wantsWarning = ({ sent, bounced }: Health): boolean =>
  sent >= warning.after && bounced * 100 >= warning.percent * sent;

/** With what left in all: an issue that goes on after a pause begins its other sums anew. */
export type KnownHealth = Health & { sentInAll: number; warnedAt: Temporal.Instant | null };

export async function healthOf(db: Kysely<PaceTables>, issue: IssueId): Promise<KnownHealth> {
  const row = await db
    .selectFrom("issue_health")
    .selectAll()
    .where("issue_id", "=", issue)
    .executeTakeFirst();
  if (!row) return { ...noHealth, sentInAll: 0, warnedAt: null };
  const { sent, bounced, complained, content: refused, warned_at } = row;
  const warnedAt = warned_at === null ? null : Temporal.Instant.fromEpochMilliseconds(warned_at);
  return { sent, bounced, complained, content: refused, sentInAll: row.sent_in_all, warnedAt };
}

/** Counts more of an issue. @param condition what must hold */
export const addHealth = (
  db: Kysely<PaceTables>,
  issue: IssueId,
  more: Health,
  condition = sql<boolean>`1 = 1`,
): CompiledQuery =>
  sql`insert into issue_health (issue_id, sent, sent_in_all, bounced, complained, content)
    select ${issue}, ${more.sent}, ${more.sent}, ${more.bounced}, ${more.complained}, ${more.content} where ${condition}
    on conflict (issue_id) do update set sent = sent + excluded.sent, sent_in_all = sent_in_all + excluded.sent,
      bounced = bounced + excluded.bounced, complained = complained + excluded.complained,
      content = content + excluded.content`.compile(db);

/**
 * Begins an issue's sums anew. Goes right behind the statements that let it go on, and holds if those changed something: whoever did so
 * knew what had come back, and only what comes back of further letters may pause it again.
 */
export const beginHealthAnew = (db: Kysely<PaceTables>, issue: IssueId): CompiledQuery =>
  sql`update issue_health set sent = 0, bounced = 0, complained = 0, content = 0
    where issue_id = ${issue} and changes() > 0`.compile(db);

/** Notes that the newsroom was warned. @returns a statement that counts 1 change for the first that warns */
export const markWarned = (db: Kysely<PaceTables>, issue: IssueId, now: Temporal.Instant): CompiledQuery =>
  sql`update issue_health set warned_at = ${now.epochMilliseconds}
    where issue_id = ${issue} and warned_at is null`.compile(db);

/** Looks at an issue anew, and pauses it or warns where a line is passed. @returns what it did */
export async function judgeHealth(
  {
    db,
    batch,
  }: {
    db: Kysely<DeliveryTables & DigestTables>;
    batch: (statements: CompiledQuery[]) => Promise<{ changes: number }[]>;
  },
  issue: IssueId,
  lines: HealthLines,
  words: string,
  now: Temporal.Instant,
): Promise<{ did: "paused"; reason: PauseReason } | { did: "warned"; health: Health } | null> {
  const health = await healthOf(db, issue);
  const reason = lineReached(health, lines, words);
  if (reason) {
    if ((await issueById(db, issue))?.paused) return null; // as it stays for every worker that looks
    const [paused] = await batch([pauseIssue(db, issue, reason, null, now), releaseClaimed(db, issue, now)]);
    return paused?.changes === 1 ? { did: "paused", reason } : null;
  }
  if (health.warnedAt !== null || !wantsWarning(health)) return null;
  const [warned] = await batch([markWarned(db, issue, now)]);
  return warned?.changes === 1 ? { did: "warned", health } : null;
}
