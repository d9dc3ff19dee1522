// The only SQL for what editors decide of issues. It is kept by digest, date and slot, so that it can be said before there is
// an issue, and holds until the audience is frozen.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { type ArticleId, type ArticleTables, candidatesById } from "../articles/index.ts";
import type { Clock, Database } from "../platform/index.ts";
import { dropEditions } from "./editions.ts";
import { changed, type Hand, type HandChange, handParts, noHand } from "./hand.ts";
import { reopened } from "./issue-steps.ts";
import { issueByName, issueName, issueParts } from "./issue-store.ts";
import { digestBySlug } from "./store.ts";
import type { Digest, DigestTables, Issue } from "./tables.ts";

type Db = Kysely<DigestTables>;

/** One run of a digest, whether it was opened yet or not. */
export type Place = Pick<Issue, "digestId" | "date" | "slot">;

/** What was decided of an issue, and how often that was changed; 0 where nobody said anything. */
export async function handOf(db: Db, at: Place): Promise<{ hand: Hand; version: number }> {
  const row = await db
    .selectFrom("issue_hand")
    .select(["hand", "version"])
    .where("digest_id", "=", at.digestId)
    .where("local_date", "=", at.date)
    .where("slot", "=", at.slot)
    .executeTakeFirst();
  return row
    ? { hand: handParts.parse(JSON.parse(row.hand)), version: row.version }
    : { hand: noHand, version: 0 };
}

/** In SQL: whether nobody has changed the hand since it was read. */
export const handIs = (at: Place, version: number): RawBuilder<boolean> => sql<boolean>`coalesce((
  select h.version from issue_hand h
  where h.digest_id = ${at.digestId} and h.local_date = ${at.date} and h.slot = ${at.slot}), 0) = ${version}`;

export type HandDeps = {
  database: Database<DigestTables & ArticleTables>;
  now: Clock;
  /** Writes down who did what, if the statement before it in the batch changed something. */
  audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
};

export type Handing =
  | { kind: "changed" | "unchanged"; hand: Hand; version: number }
  /** Somebody else changed it after it was seen: this holds now. */
  | { kind: "stale"; hand: Hand; version: number }
  /** No digest, or no slot of it, is called so. */
  | { kind: "unknown-issue"; why: string }
  | { kind: "unknown-articles"; ids: ArticleId[] }
  /** More stories than an issue holds, or a longer text than a mailbox shows. */
  | { kind: "too-much"; why: string }
  /** Its audience is frozen, or it is over. */
  | { kind: "closed"; state: Issue["state"] };

const mostAttempts = 5;

/**
 * Changes what was decided of an issue. One that is built already is opened again: its editions are dropped, as nobody was
 * sent any of them, and whoever prepares it next builds them anew.
 *
 * @param name digest/date-slot; there need not be such an issue yet, but the digest must have the slot
 * @param seen the version that the change was made from; null: it is meant for whatever holds
 */
export async function changeHand(
  { database: { db, batch }, now, audit }: HandDeps,
  name: string,
  change: HandChange,
  actor: string,
  seen: number | null = null,
): Promise<Handing> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const found = await placeOf(db, name, now());
    if (found.kind !== "found") return found;
    const { hand, version } = await handOf(db, found.at);
    const after = changed(hand, change);
    if (JSON.stringify(after) === JSON.stringify(hand)) return { kind: "unchanged", hand, version };
    if (seen !== null && seen !== version) return { kind: "stale", hand, version };
    const checked = handParts.safeParse(after);
    if (!checked.success) return { kind: "too-much", why: z.prettifyError(checked.error) };
    const unknown = await unknownArticles(db, hand, after);
    if (unknown.length > 0) return { kind: "unknown-articles", ids: unknown };
    const entry = { actor, act: "issue-hand", subject: `${name}: ${differences(hand, after)}` };
    const [write, ...rest] = writeHand(db, found.at, after, version, now());
    if (!write) continue;
    const results = await batch([write, audit(entry, now()), ...rest]);
    if ((results[0]?.changes ?? 0) > 0) return { kind: "changed", hand: after, version: version + 1 };
  }
  throw new Error(
    `What was decided of ${name} was changed by others ${mostAttempts} times meanwhile. Try again.`,
  );
}

/** What holds for an issue, also where it is over. */
export async function readHand(
  { database: { db }, now }: Pick<HandDeps, "database" | "now">,
  name: string,
): Promise<{ kind: "unchanged"; hand: Hand; version: number } | Extract<Handing, { kind: "unknown-issue" }>> {
  const found = await placeOf(db, name, now());
  if (found.kind === "unknown-issue") return found;
  const at = found.kind === "found" ? found.at : await issueByName(db, name);
  return { kind: "unchanged", ...(at ? await handOf(db, at) : { hand: noHand, version: 0 }) };
}

/** What a name means: an issue that there is, or one that may come. */
export async function runNamed(
  db: Db,
  name: string,
  now: Temporal.Instant,
): Promise<
  { kind: "found"; digest: Digest; at: Place; issue: Issue | null } | { kind: "unknown-issue"; why: string }
> {
  const parts = issueParts(name);
  const digest = parts && (await digestBySlug(db, parts.digest));
  if (!parts || !digest)
    return { kind: "unknown-issue", why: `"${name}" names no issue: it takes digest/date-slot.` };
  const issue = await issueByName(db, name);
  if (issue) return { kind: "found", digest, at: issue, issue };
  const why = whyNever(digest, parts, now);
  return why === null
    ? { kind: "found", digest, at: { digestId: digest.id, date: parts.date, slot: parts.slot }, issue }
    : { kind: "unknown-issue", why };
}

type Found = { kind: "found"; at: Place } | Extract<Handing, { kind: "unknown-issue" } | { kind: "closed" }>;

async function placeOf(db: Db, name: string, now: Temporal.Instant): Promise<Found> {
  const found = await runNamed(db, name, now);
  if (found.kind === "found" && found.issue !== null && found.issue.kind !== "digest")
    return { kind: "unknown-issue", why: `${name} carries one article: there is nothing in it to choose.` };
  if (found.kind === "unknown-issue" || found.issue === null || mayBeDecided(found.issue)) return found;
  return { kind: "closed", state: found.issue.state };
}

/** Whether an editor may still decide what it carries: before it is built, too. */
export const mayBeDecided = ({ state, frozenThrough }: Pick<Issue, "state" | "frozenThrough">) =>
  state === "opened" || state === "waiting" || (state === "built" && frozenThrough === 0);

/** Why there will never be such an issue; null if there may. */
function whyNever(digest: Digest, { date, slot }: { date: string; slot: string }, now: Temporal.Instant) {
  const known = digest.schedule.slots.map((it) => it.name);
  if (!known.includes(slot) && !/^extra-[1-9]\d*$/.test(slot))
    return `"${digest.slug}" has no slot "${slot}", only ${known.join(", ")} and extra-1, extra-2…`;
  const today = now.toZonedDateTimeISO(digest.schedule.zone).toPlainDate();
  try {
    const day = Temporal.PlainDate.from(date, { overflow: "reject" });
    return Temporal.PlainDate.compare(day, today) < 0
      ? `There was no issue ${issueName({ digestSlug: digest.slug, date, slot })}, and that day is over.`
      : null;
  } catch {
    return `There is no day ${date}.`;
  }
}

/** What is named for the first time and was never an article, or is withdrawn. */
async function unknownArticles(db: Kysely<ArticleTables>, before: Hand, after: Hand): Promise<ArticleId[]> {
  const named = (hand: Hand) => [...hand.pins, ...hand.hides, ...hand.order];
  const fresh = [...new Set(named(after)).difference(new Set(named(before)))];
  const known = new Set(
    (await candidatesById(db, fresh)).flatMap(({ id, status }) => (status.state === "retracted" ? [] : id)),
  );
  return fresh.filter((id) => !known.has(id));
}

/** What changed, for the audit log: `pins 4, 7; intro`. */
function differences(before: Hand, after: Hand): string {
  const lists = (["pins", "hides", "order"] as const).flatMap((it) =>
    after[it].join() === before[it].join() ? [] : `${it} ${after[it].join(", ") || "none"}`,
  );
  const texts = (["intro", "subject"] as const).filter((it) => after[it] !== before[it]);
  return [...lists, ...texts].join("; ");
}

/** In SQL: whether what an issue carries may still be changed. */
export const open = sql<boolean>`(state in ('opened', 'waiting') or (state = 'built' and frozen_through = 0))`;

/** The first counts a change if nobody else changed it meanwhile and the issue, if there is one, is not frozen. */
function writeHand(db: Db, at: Place, hand: Hand, version: number, now: Temporal.Instant): CompiledQuery[] {
  const issue = sql`digest_id = ${at.digestId} and local_date = ${at.date} and slot = ${at.slot}`;
  const written = handIs(at, version + 1);
  return [
    sql`insert into issue_hand (digest_id, local_date, slot, version, hand, changed_at)
      select ${at.digestId}, ${at.date}, ${at.slot}, ${version + 1}, ${JSON.stringify(hand)}, ${now.epochMilliseconds}
      where ${handIs(at, version)} and not exists (select 1 from issues where ${issue} and not ${open})
      on conflict do update set version = excluded.version, hand = excluded.hand, changed_at = excluded.changed_at`.compile(
      db,
    ),
    ...dropEditions(db, sql`select id from issues where ${issue} and ${open}`, written),
    sql`update issues set ${reopened(now)} where ${issue} and ${open} and ${written}`.compile(db),
  ];
}
