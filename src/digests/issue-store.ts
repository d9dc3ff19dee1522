// The SQL that opens issues and reads them. What takes one on from state to state is in issue-steps.ts, what issues carry in editions.ts.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { fromMilliseconds } from "../platform/index.ts";
import { approveBy } from "./approval.ts";
import { readPaused } from "./pause.ts";
import type { RunKey } from "./schedule.ts";
import { isAt } from "./store.ts";
import type { Digest, DigestId, DigestTables, Issue, IssueId } from "./tables.ts";

type Db = Kysely<DigestTables>;

/** What becomes of a run when its time has come. */
export type Outcome = { state: "opened" } | { state: "skipped"; reason: string };

/**
 * Takes the slot of a run that no schedule has, for what is sent by hand. Once, however many ask: the unique (digest, date, slot) decides.
 *
 * @param digest with the rule by which this issue waits for an editor, or none
 * @returns a statement that counts 1 change for the one who opened the issue
 */
export function openIssue(
  db: Db,
  digest: Digest,
  run: RunKey,
  outcome: Outcome,
  now: Temporal.Instant,
): CompiledQuery {
  return openIssues(db, digest, [{ run, outcome }], sql<boolean>`true`, now);
}

/**
 * Takes the slots of runs whose time has come, in one statement however many they are. Goes into one batch with
 * {@link moveOn}, which must come after it.
 *
 * @param digest as it was when the runs were computed: of a digest that moved on, or has another schedule, nothing is opened
 * @returns a statement that returns date, slot, state and reason of those that nobody else had opened
 */
export function openRuns(
  db: Db,
  digest: Digest,
  runs: readonly { run: RunKey; outcome: Outcome }[],
  now: Temporal.Instant,
): CompiledQuery {
  return openIssues(db, digest, runs, isAt(digest), now);
}

function openIssues(
  db: Db,
  digest: Digest,
  runs: readonly { run: RunKey; outcome: Outcome }[],
  condition: RawBuilder<boolean>,
  now: Temporal.Instant,
): CompiledQuery {
  const ms = now.epochMilliseconds;
  const rows = runs.map(({ run, outcome }) => ({
    date: run.date,
    slot: run.slot,
    at: run.at.epochMilliseconds,
    state: outcome.state,
    finished: outcome.state === "skipped" ? ms : null,
    reason: outcome.state === "skipped" ? outcome.reason : null,
    approveBy: digest.approval && approveBy(digest.approval, run.at, now).epochMilliseconds,
    unanswered: digest.approval?.unanswered,
    guid: `urn:uuid:${crypto.randomUUID()}`, // its id in the digest's feed for ever, whatever the site is called
  }));
  return sql`insert or ignore into issues
      (digest_id, local_date, slot, state, planned_at, opened_at, finished_at, reason, candidates, approve_by, unanswered, guid)
    select d.id, j.value ->> 'date', j.value ->> 'slot', j.value ->> 'state', j.value ->> 'at', ${ms},
      j.value ->> 'finished', j.value ->> 'reason', null,
      j.value ->> 'approveBy', j.value ->> 'unanswered', j.value ->> 'guid'
    from digests d cross join json_each(${JSON.stringify(rows)}) j where d.id = ${digest.id} and ${condition}
    returning local_date, slot, state, reason`.compile(db);
}

const issueQuery = (db: Db) =>
  db
    .selectFrom("issues as i")
    .innerJoin("digests as d", "d.id", "i.digest_id")
    .selectAll("i")
    .select("d.slug as digest_slug");

type IssueRow = Awaited<ReturnType<ReturnType<typeof issueQuery>["execute"]>>[number];

const toIssue = (row: IssueRow): Issue => ({
  id: row.id,
  digestId: row.digest_id,
  digestSlug: row.digest_slug,
  date: row.local_date,
  slot: row.slot,
  kind: row.kind,
  state: row.state,
  plannedAt: fromMilliseconds(row.planned_at),
  openedAt: fromMilliseconds(row.opened_at),
  finishedAt: row.finished_at === null ? null : fromMilliseconds(row.finished_at),
  reason: row.reason,
  frozenThrough: row.frozen_through,
  candidates: row.candidates,
  revision: row.revision,
  approval:
    row.approve_by === null || row.unanswered === null
      ? null
      : { by: fromMilliseconds(row.approve_by), unanswered: row.unanswered },
  approvedBy: row.approved_by,
  cancelledBy: row.cancelled_by,
  paused: row.paused === null ? null : readPaused(row.paused),
  foldedThrough: row.folded_through,
  extendedTo: row.extended_to === null ? null : fromMilliseconds(row.extended_to),
  worth: { yes: row.worth_yes, no: row.worth_no },
});

/** How people and commands name an issue: `daily/2026-03-01-morning`. */
export const issueName = (issue: Pick<Issue, "digestSlug" | "date" | "slot">): string =>
  `${issue.digestSlug}/${issue.date}-${issue.slot}`;

/** What a name says, or null if it is none. */
export function issueParts(name: string): { digest: string; date: string; slot: string } | null {
  const [, digest = "", date = "", slot = ""] = /^([^/]+)\/(\d{4}-\d{2}-\d{2})-(.+)$/.exec(name) ?? [];
  return slot === "" ? null : { digest, date, slot };
}

/** The issue with this name, or null. */
export async function issueByName(db: Db, name: string): Promise<Issue | null> {
  const parts = issueParts(name);
  if (!parts) return null;
  const row = await issueQuery(db)
    .where("d.slug", "=", parts.digest)
    .where("i.local_date", "=", parts.date)
    .where("i.slot", "=", parts.slot)
    .executeTakeFirst();
  return row ? toIssue(row) : null;
}

export async function issueById(db: Db, id: IssueId): Promise<Issue | null> {
  const row = await issueQuery(db).where("i.id", "=", id).executeTakeFirst();
  return row ? toIssue(row) : null;
}

/** The newest issues of all digests, at most `limit`, before the one with the id `before`. */
export async function newestIssues(
  db: Db,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<Issue[]> {
  const rows = await issueQuery(db)
    .where("i.id", "<", sql<IssueId>`${before}`)
    .orderBy("i.id", "desc")
    .limit(limit)
    .execute();
  return rows.map(toIssue);
}

/** What was opened of all digests with a time between two instants, the first first; at most so many of each digest. */
export async function issuesBetween(
  db: Db,
  from: Temporal.Instant,
  until: Temporal.Instant,
  mostOfDigest: number,
): Promise<Issue[]> {
  const digests = await db.selectFrom("digests").select("id").orderBy("id").limit(200).execute();
  const rows = await Promise.all(
    digests.map(({ id }) =>
      issueQuery(db)
        .where("i.digest_id", "=", id)
        .where("i.planned_at", ">=", from.epochMilliseconds)
        .where("i.planned_at", "<", until.epochMilliseconds)
        .where("i.slot", "not like", "restored-%") // which only keep ids apart
        .orderBy("i.planned_at")
        .limit(mostOfDigest)
        .execute(),
    ),
  );
  return rows
    .flat()
    .map(toIssue)
    .sort((a, b) => Temporal.Instant.compare(a.plannedAt, b.plannedAt) || a.id - b.id);
}

/** The first issue of many stories of the same digest whose audience was written after that of this one; null while it is the newest. */
export async function nextOut(db: Db, issue: Issue): Promise<Issue | null> {
  const row = await issueQuery(db)
    .where("i.digest_id", "=", issue.digestId)
    .where("i.planned_at", ">", issue.plannedAt.epochMilliseconds)
    .where("i.kind", "=", "digest")
    .where("i.candidates", "is not", null)
    .orderBy("i.planned_at")
    .limit(1)
    .executeTakeFirst();
  return row ? toIssue(row) : null;
}

/**
 * Runs of schedules that were skipped and planned since then, the first to be opened first: those that were to go out today.
 *
 * @param isTold in SQL, whether an issue `i` is to be passed over
 */
export async function newlySkipped(
  db: Db,
  since: Temporal.Instant,
  isTold: RawBuilder<boolean>,
  limit: number,
): Promise<Issue[]> {
  const ms = since.epochMilliseconds;
  // It was opened a day before its time at most.
  const rows = await issueQuery(db)
    .where("i.state", "=", "skipped")
    .where("i.opened_at", ">=", ms - 86_400_000)
    .where("i.planned_at", ">=", ms)
    .where("i.kind", "=", "digest")
    .where("i.slot", "not like", "restored-%") // which only keep ids apart
    .where(({ not }) => not(isTold))
    .orderBy("i.opened_at")
    .limit(limit)
    .execute();
  return rows.map(toIssue);
}

/** Issues that wait for an editor, and of which nobody was told yet, the oldest first. */
export async function newlyWaiting(
  db: Db,
  isTold: RawBuilder<boolean>,
  now: Temporal.Instant,
  limit: number,
): Promise<Issue[]> {
  const rows = await issueQuery(db)
    .where("i.state", "=", "waiting")
    .where("i.approve_by", ">", now.epochMilliseconds)
    .where(({ not }) => not(isTold))
    .orderBy("i.opened_at")
    .limit(limit)
    .execute();
  return rows.map(toIssue);
}

/**
 * Issues that something is still to be done for: to build, to approve, to freeze, to send, to withdraw. What an editor sends at once
 * comes before what a schedule opened: a digest to a million must not hold up breaking news.
 */
export async function issuesUnderWay(db: Db): Promise<Issue[]> {
  const rows = await issueQuery(db)
    .where("i.state", "in", ["opened", "waiting", "built", "sending", "cancelling"])
    .orderBy(sql`i.kind = 'digest'`)
    .orderBy("i.opened_at")
    .limit(100)
    .execute();
  return rows.map(toIssue);
}

/** When this digest last opened an issue of many stories that was not skipped, before the given one. */
export async function lastOpened(
  db: Db,
  digestId: DigestId,
  before: IssueId,
): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom("issues")
    .select("opened_at")
    .where("digest_id", "=", digestId)
    .where("id", "<", before)
    .where("kind", "=", "digest")
    .where("state", "in", ["waiting", "built", "sending", "sent"])
    .orderBy("planned_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? fromMilliseconds(row.opened_at) : null;
}

/** The next free name for an issue that is sent by hand on this day: `extra-1`, `extra-2`… */
export async function nextExtraSlot(db: Db, digestId: DigestId, date: string): Promise<string> {
  const row = await db
    .selectFrom("issues")
    .select(sql<number>`count(*)`.as("extras"))
    .where("digest_id", "=", digestId)
    .where("local_date", "=", date)
    .where("slot", "like", "extra-%")
    .executeTakeFirst();
  return `extra-${(row?.extras ?? 0) + 1}`;
}

/** Since when issues that are over have all of their rows, where older ones became counts: those are folded in the order they ended. */
export async function rowsKeptSince(db: Db): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom("issues")
    .select("finished_at")
    .where("folded_at", "is", null)
    .where("finished_at", "is not", null)
    .orderBy("finished_at")
    .limit(1)
    .executeTakeFirst();
  if (row?.finished_at != null) return fromMilliseconds(row.finished_at);
  const [newest] = await newestIssues(db, 1);
  return newest?.finishedAt ?? null;
}
