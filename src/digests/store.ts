// The only SQL for digests and issues; editions.ts has that of what issues carry.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds } from "../platform/index.ts";
import { type Run, runsFrom, type Schedule } from "./schedule.ts";
import type { Digest, DigestId, DigestTables, Issue, IssueId, IssueState } from "./tables.ts";

type Db = Kysely<DigestTables>;

const days = z.array(z.number());
const slots = z.array(z.object({ name: z.string(), time: z.string() }));

function toDigest(row: Omit<DigestTables["digests"], "id"> & { id: DigestId }): Digest {
  const { next_at, next_date, next_slot } = row;
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    nameEn: row.name_en,
    on: row.state === "on",
    schedule: {
      zone: row.zone,
      days: days.parse(JSON.parse(row.days)),
      slots: slots.parse(JSON.parse(row.slots)),
    },
    maxStories: row.max_stories,
    minStories: row.min_stories,
    lateMinutes: row.late_minutes,
    deadlineMinutes: row.deadline_minutes,
    next:
      next_at === null || next_date === null || next_slot === null
        ? null
        : { at: fromMilliseconds(next_at), date: next_date, slot: next_slot },
  };
}

/** All digests of the paper, a handful, in the order they were made. */
export async function listDigests(db: Db): Promise<Digest[]> {
  const rows = await db.selectFrom("digests").selectAll().orderBy("id").limit(200).execute();
  return rows.map(toDigest);
}

export async function digestBySlug(db: Db, slug: string): Promise<Digest | null> {
  const row = await db.selectFrom("digests").selectAll().where("slug", "=", slug).executeTakeFirst();
  return row ? toDigest(row) : null;
}

/** Digests whose next run has come. */
export async function dueDigests(db: Db, now: Temporal.Instant): Promise<Digest[]> {
  const rows = await db
    .selectFrom("digests")
    .selectAll()
    .where("state", "=", "on")
    .where("next_at", "<=", now.epochMilliseconds)
    .orderBy("next_at")
    .limit(50)
    .execute();
  return rows.map(toDigest);
}

export type NewDigest = Pick<Digest, "slug" | "name" | "nameEn" | "schedule" | "maxStories" | "minStories">;

/** Adds a digest whose first run is the next of its schedule. Changes nothing if its slug is taken. */
export function addDigest(db: Db, digest: NewDigest, now: Temporal.Instant): CompiledQuery {
  const [next] = runsFrom(digest.schedule, now, 1);
  return db
    .insertInto("digests")
    .values({
      slug: digest.slug,
      name: digest.name,
      name_en: digest.nameEn,
      state: "on",
      zone: digest.schedule.zone,
      days: JSON.stringify(digest.schedule.days),
      slots: JSON.stringify(digest.schedule.slots),
      max_stories: digest.maxStories,
      min_stories: digest.minStories,
      late_minutes: 180,
      deadline_minutes: 360,
      ...nextColumns(next ?? null),
    })
    .onConflict((conflict) => conflict.doNothing())
    .compile();
}

/** Gives a digest another schedule; its next run is computed anew. What it sent already today it does not send again. */
export async function reschedule(
  db: Db,
  id: DigestId,
  schedule: Schedule,
  now: Temporal.Instant,
): Promise<void> {
  const [next] = runsFrom(schedule, now, 1);
  await db
    .updateTable("digests")
    .set({
      zone: schedule.zone,
      days: JSON.stringify(schedule.days),
      slots: JSON.stringify(schedule.slots),
      ...nextColumns(next ?? null),
    })
    .where("id", "=", id)
    .execute();
}

const nextColumns = (next: Pick<Run, "date" | "slot" | "at"> | null) => ({
  next_at: next?.at.epochMilliseconds ?? null,
  next_date: next?.date ?? null,
  next_slot: next?.slot ?? null,
});

/**
 * Takes the slot of a run, once, however many ask: the unique (digest, date, slot) decides.
 *
 * @param scheduled whether the digest must still have this run before it: a schedule may have been changed meanwhile
 * @returns a statement that counts 1 change for the one who opened the issue
 */
export function openIssue(
  db: Db,
  digest: Digest,
  run: Pick<Run, "date" | "slot" | "at">,
  outcome: { state: "opened" } | { state: "skipped"; reason: string },
  scheduled: boolean,
  now: Temporal.Instant,
): CompiledQuery {
  const skipped = outcome.state === "skipped";
  const ms = now.epochMilliseconds;
  const stillNext = scheduled
    ? sql`next_at = ${run.at.epochMilliseconds} and next_date = ${run.date} and next_slot = ${run.slot}`
    : sql`1 = 1`;
  const guid = `urn:uuid:${crypto.randomUUID()}`; // its id in the digest's feed for ever, whatever the site is called
  return sql`insert or ignore into issues
      (digest_id, local_date, slot, state, planned_at, opened_at, finished_at, reason, candidates, guid)
    select id, ${run.date}, ${run.slot}, ${outcome.state}, ${run.at.epochMilliseconds}, ${ms}, ${skipped ? ms : null},
      ${skipped ? outcome.reason : null}, null, ${guid}
    from digests where id = ${digest.id} and ${stillNext}`.compile(db);
}

/** Moves a digest on to its next run, unless it was moved or rescheduled meanwhile. */
export function moveOn(db: Db, digest: Digest, next: Run | null): CompiledQuery {
  return db
    .updateTable("digests")
    .set(nextColumns(next))
    .where("id", "=", digest.id)
    .where("next_at", "=", digest.next?.at.epochMilliseconds ?? null)
    .where("next_slot", "=", digest.next?.slot ?? null)
    .compile();
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
  state: row.state,
  plannedAt: fromMilliseconds(row.planned_at),
  openedAt: fromMilliseconds(row.opened_at),
  finishedAt: row.finished_at === null ? null : fromMilliseconds(row.finished_at),
  reason: row.reason,
  frozenThrough: row.frozen_through,
  candidates: row.candidates,
});

/** How people and commands name an issue: `daily/2026-03-01-morning`. */
export const issueName = (issue: Pick<Issue, "digestSlug" | "date" | "slot">): string =>
  `${issue.digestSlug}/${issue.date}-${issue.slot}`;

/** The issue with this name, or null. */
export async function issueByName(db: Db, name: string): Promise<Issue | null> {
  const parts = /^([^/]+)\/(\d{4}-\d{2}-\d{2})-(.+)$/.exec(name);
  if (!parts) return null;
  const [, digest = "", date = "", slot = ""] = parts;
  const row = await issueQuery(db)
    .where("d.slug", "=", digest)
    .where("i.local_date", "=", date)
    .where("i.slot", "=", slot)
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

/** Issues that something is still to be done for: to build, to freeze, to send. */
export async function issuesUnderWay(db: Db): Promise<Issue[]> {
  const rows = await issueQuery(db)
    .where("i.state", "in", ["opened", "built", "sending"])
    .orderBy("i.opened_at")
    .limit(100)
    .execute();
  return rows.map(toIssue);
}

/** When this digest last opened an issue that was not skipped, before the given one. */
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
    .where("state", "in", ["built", "sending", "sent"])
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

/** Moves an issue from one state to the next. False if it was not in the first: somebody else moved it. */
export async function moveIssue(
  db: Db,
  id: IssueId,
  from: IssueState,
  to: { state: "built" | "sending" } | { state: "sent" } | { state: "skipped" | "cancelled"; reason: string },
  now: Temporal.Instant,
): Promise<boolean> {
  const over = to.state === "sent" || to.state === "skipped" || to.state === "cancelled";
  const row = await db
    .updateTable("issues")
    .set({
      state: to.state,
      ...(over ? { finished_at: now.epochMilliseconds } : {}),
      ...("reason" in to ? { reason: to.reason } : {}),
    })
    .where("id", "=", id)
    .where("state", "=", from)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Notes how far an audience is written. Goes into the batch that writes it, before what it writes, which stands under
 * {@link frozenTo}: so that a process that read a page before another ended the freezing adds nothing after it.
 */
export function markFrozenThrough(db: Db, id: IssueId, from: number, to: number): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ frozen_through: to })
    .where("id", "=", id)
    .where("state", "=", "built")
    .where("frozen_through", "=", from)
    .compile();
}

/** True in a batch behind {@link markFrozenThrough}, if it is this page's turn to be written. */
export const frozenTo = (id: IssueId, through: number) => sql<boolean>`exists (
  select 1 from issues i where i.id = ${id} and i.state = 'built' and i.frozen_through = ${through})`;

/** The whole audience is written: notes how many candidates there were and lets the issue be sent. */
export function endFreezing(db: Db, id: IssueId, candidates: number): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ state: "sending", candidates })
    .where("id", "=", id)
    .where("state", "=", "built")
    .compile();
}
