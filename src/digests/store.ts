// The only SQL for digests and issues; editions.ts has that of what issues carry.
import { type CompiledQuery, type Kysely, type RawBuilder, type Selectable, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds } from "../platform/index.ts";
import { type Approval, approvalSchema, approveBy } from "./approval.ts";
import type { HijriShift } from "./hijri.ts";
import { holidaySchema } from "./holidays.ts";
import { readPaused } from "./pause.ts";
import { plannedAfterChange, plannedFrom, type RunKey, type Schedule } from "./schedule.ts";
import type { Digest, DigestId, DigestSender, DigestTables, Issue, IssueId, IssueState } from "./tables.ts";

type Db = Kysely<DigestTables>;

const days = z.array(z.number());
const slots = z.array(z.object({ name: z.string(), time: z.string() }));
const exceptions = z.object({
  ramadan: z.object({ days: days.nullable(), slots }).nullable().default(null),
  holidays: z.array(holidaySchema).default([]),
  skips: z.array(z.object({ date: z.string(), slot: z.string() })).default([]),
});

function toDigest(row: Selectable<DigestTables["digests"]>): Digest {
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
      ...exceptions.parse(JSON.parse(row.exceptions)),
      hijriShift: row.hijri_shift,
    },
    scheduleRevision: row.schedule_revision,
    maxStories: row.max_stories,
    minStories: row.min_stories,
    lateMinutes: row.late_minutes,
    deadlineMinutes: row.deadline_minutes,
    approval: row.approval === null ? null : approvalSchema.parse(JSON.parse(row.approval)),
    breaking: {
      aDay: row.breaking_a_day,
      quiet:
        row.quiet_from === null || row.quiet_until === null
          ? null
          : { from: row.quiet_from, until: row.quiet_until },
    },
    template: row.template,
    inDoubt: row.in_doubt,
    sender: { address: row.from_address, name: row.from_name },
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

/** Digests whose next run is to be opened, ahead of its time where editors are asked, or was computed with another shift of the Hijri calendar than the publisher's. */
export async function dueDigests(db: Db, shift: HijriShift, now: Temporal.Instant): Promise<Digest[]> {
  const rows = await db
    .selectFrom("digests")
    .selectAll()
    .where("state", "=", "on")
    .where(({ or, eb }) =>
      or([sql<boolean>`next_at - ${aheadMs} <= ${now.epochMilliseconds}`, eb("hijri_shift", "<>", shift)]),
    )
    .orderBy("next_at")
    .limit(50)
    .execute();
  return rows.map(toDigest);
}

/** In SQL: how long before its time an issue of a digest is opened. */
const aheadMs = sql`coalesce(approval ->> 'aheadMinutes', 0) * 60000`;

export type NewDigest = Pick<Digest, "slug" | "name" | "nameEn" | "schedule" | "maxStories" | "minStories">;

/** Adds a digest whose first run is the next of its schedule. Changes nothing if its slug is taken. */
export function addDigest(db: Db, digest: NewDigest, now: Temporal.Instant): CompiledQuery {
  const [next] = plannedFrom(digest.schedule, now, 1);
  return db
    .insertInto("digests")
    .values({
      slug: digest.slug,
      name: digest.name,
      name_en: digest.nameEn,
      state: "on",
      ...scheduleColumns(digest.schedule),
      max_stories: digest.maxStories,
      min_stories: digest.minStories,
      late_minutes: 180,
      deadline_minutes: 360,
      ...nextColumns(next ?? null),
    })
    .onConflict((conflict) => conflict.doNothing())
    .compile();
}

/** What somebody sees and changes of a digest at once: its names, how many stories its issues have, their look, letters in doubt. */
export type SeenFacts = Pick<
  Digest,
  "name" | "nameEn" | "maxStories" | "minStories" | "template" | "inDoubt"
>;

/** What is to be changed of these and of its sender; the rest stays. */
export type DigestFacts = Partial<SeenFacts> & {
  fromAddress?: string | null;
  fromName?: string | null;
};

/** What changes, in the words of the audit log. */
export const factWords = (facts: DigestFacts): string =>
  Object.entries(facts)
    .map(([what, value]) => `${what}=${value}`)
    .join(", ");

/**
 * Changes a digest's names, numbers, look and sender, from the next edition that is made, and what becomes of letters that are in doubt
 * from now on. Counts 0 changes if it would take more stories at least than at most.
 *
 * @param seen changes nothing where the digest is not as it was seen
 */
export function setFacts(
  db: Db,
  id: DigestId,
  { name, nameEn, maxStories, minStories, template, inDoubt, fromAddress, fromName }: DigestFacts,
  seen: SeenFacts | null = null,
): CompiledQuery {
  return db
    .updateTable("digests")
    .set({
      ...(name !== undefined && { name }),
      ...(nameEn !== undefined && { name_en: nameEn }),
      ...(maxStories !== undefined && { max_stories: maxStories }),
      ...(minStories !== undefined && { min_stories: minStories }),
      ...(template !== undefined && { template }),
      ...(inDoubt !== undefined && { in_doubt: inDoubt }),
      ...(fromAddress !== undefined && { from_address: fromAddress }),
      ...(fromName !== undefined && { from_name: fromName }),
    })
    .where("id", "=", id)
    .where(seen === null ? sql<boolean>`true` : factsAre(seen))
    .where(
      sql<boolean>`coalesce(${minStories ?? null}, min_stories) <= coalesce(${maxStories ?? null}, max_stories)`,
    )
    .compile();
}

/** Changes whom a digest's letters come from. @param seen changes nothing where that is not as it was seen */
export const setSender = (
  db: Db,
  id: DigestId,
  { address, name }: DigestSender,
  seen: DigestSender,
): CompiledQuery =>
  sql`update digests set from_address = ${address}, from_name = ${name}
    where id = ${id} and from_address is ${seen.address} and from_name is ${seen.name}`.compile(db);

const factsAre = (it: SeenFacts) => sql<boolean>`name = ${it.name} and name_en is ${it.nameEn}
  and max_stories = ${it.maxStories} and min_stories = ${it.minStories} and template = ${it.template}
  and in_doubt = ${it.inDoubt}`;

/** Lets a digest rest: none of its runs opens. Counts as a change of the schedule, so that nobody who read it before opens one. Counts 0 changes if it rests already. */
export const switchOff = (db: Db, id: DigestId): CompiledQuery =>
  db
    .updateTable("digests")
    .set({ state: "off" })
    .set(({ eb }) => ({ schedule_revision: eb("schedule_revision", "+", 1) }))
    .where("id", "=", id)
    .where("state", "=", "on")
    .compile();

/** Lets a digest run again, from now on: what it missed is not opened. Counts 0 changes if it is on, or somebody else changed its schedule. */
export function switchOn(db: Db, digest: Digest, now: Temporal.Instant): CompiledQuery {
  const [next] = plannedFrom(digest.schedule, now, 1);
  return db
    .updateTable("digests")
    .set({ state: "on", ...nextColumns(next ?? null) })
    .set(({ eb }) => ({ schedule_revision: eb("schedule_revision", "+", 1) }))
    .where("id", "=", digest.id)
    .where("state", "=", "off")
    .where(isAt(digest))
    .compile();
}

/**
 * Gives a digest another schedule; its next run is computed anew. What it sent already today it does not send again.
 *
 * @param digest as it was when the schedule was made
 * @returns the run that is next now; false if somebody else changed the schedule meanwhile, and nothing is changed
 */
export async function reschedule(
  db: Db,
  digest: Digest,
  schedule: Schedule,
  now: Temporal.Instant,
): Promise<RunKey | null | false> {
  const { next, statement } = rescheduling(db, digest, schedule, now);
  const { numAffectedRows } = await db.executeQuery(statement);
  return Number(numAffectedRows ?? 0) > 0 && next;
}

/** The same as a statement, for a batch: it counts no change if somebody else changed the schedule meanwhile. */
export function rescheduling(
  db: Db,
  digest: Digest,
  schedule: Schedule,
  now: Temporal.Instant,
): { next: RunKey | null; statement: CompiledQuery } {
  const next = plannedAfterChange(schedule, digest.next, now);
  const statement = db
    .updateTable("digests")
    .set({ ...scheduleColumns(schedule), ...nextColumns(next) })
    .set(({ eb }) => ({ schedule_revision: eb("schedule_revision", "+", 1) }))
    .where("id", "=", digest.id)
    .where(isAt(digest))
    .compile();
  return { next, statement };
}

const scheduleColumns = ({ zone, days, slots, hijriShift = 0, ...exceptions }: Schedule) => ({
  zone,
  days: JSON.stringify(days),
  slots: JSON.stringify(slots),
  exceptions: JSON.stringify(exceptions),
  hijri_shift: hijriShift,
});

const nextColumns = (next: RunKey | null) => ({
  next_at: next?.at.epochMilliseconds ?? null,
  next_date: next?.date ?? null,
  next_slot: next?.slot ?? null,
});

/**
 * Sets whether issues of a digest wait for an editor; those that are open keep the rule they were opened under, unless from now on none
 * waits. Counts as a change of the schedule, so that nobody opens an issue by the rule before. One batch.
 *
 * @param seen changes nothing where this is not the revision of the schedule
 */
export function setApproval(
  db: Db,
  id: DigestId,
  approval: Approval | null,
  seen: number | null = null,
): CompiledQuery[] {
  const rule = db
    .updateTable("digests")
    .set({ approval: approval && JSON.stringify(approval) })
    .set(({ eb }) => ({ schedule_revision: eb("schedule_revision", "+", 1) }))
    .where("id", "=", id)
    .where(seen === null ? sql<boolean>`true` : sql<boolean>`schedule_revision = ${seen}`)
    .compile();
  // What waits already goes out at its own time, as all others of the digest from now on.
  const waiting = sql`update issues set unanswered = 'send', approve_by = planned_at
    where digest_id = ${id} and state in ('opened', 'waiting') and approve_by is not null
      and exists (select 1 from digests d where d.id = ${id} and d.approval is null)`.compile(db);
  return approval === null ? [rule, waiting] : [rule];
}

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

/** The digest stands where it stood when it was read: at the same run of the same schedule. */
const isAt = ({ next, scheduleRevision }: Digest) => sql<boolean>`schedule_revision = ${scheduleRevision}
  and next_at is ${next?.at.epochMilliseconds ?? null} and next_date is ${next?.date ?? null}
  and next_slot is ${next?.slot ?? null}`;

/** Moves a digest on to its next run, unless it was moved or rescheduled meanwhile. */
export function moveOn(db: Db, digest: Digest, next: RunKey | null): CompiledQuery {
  return db
    .updateTable("digests")
    .set(nextColumns(next))
    .where("id", "=", digest.id)
    .where(isAt(digest))
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

/**
 * Moves an issue from one state to the next; one that was built anew gets its next revision. False if it was not in the first: somebody else moved it.
 *
 * @param condition what else must hold
 */
export async function moveIssue(
  db: Db,
  id: IssueId,
  from: IssueState,
  to: { state: "waiting" | "built" | "sent" | "cancelled" } | { state: "skipped"; reason: string },
  now: Temporal.Instant,
  condition: RawBuilder<boolean> = sql<boolean>`1 = 1`,
): Promise<boolean> {
  const over = to.state === "sent" || to.state === "skipped" || to.state === "cancelled";
  const row = await db
    .updateTable("issues")
    .set({
      state: to.state,
      ...(over ? { finished_at: now.epochMilliseconds, paused: null } : {}),
      ...("reason" in to ? { reason: to.reason } : {}),
      ...(from === "opened" ? { revision: sql<number>`revision + 1` } : {}),
    })
    .where("id", "=", id)
    .where("state", "=", from)
    .where(condition)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * In SQL, what an issue is set to that is to be built anew: nobody approved it any more, and whoever is to has as long as the digest's
 * rule gives, also where the time that it had is over.
 */
export const reopened = (
  now: Temporal.Instant,
): RawBuilder<unknown> => sql`state = 'opened', approved_by = null,
  approve_by = case when approve_by is null then null else max(approve_by, ${now.epochMilliseconds} + 60000 * coalesce(
    (select d.approval ->> 'deadlineMinutes' from digests d where d.id = issues.digest_id), 0)) end`;

/** The texts of an issue that was not frozen yet have changed: what an editor saw of it is another one now. */
export async function raiseRevision(db: Db, issue: Issue): Promise<void> {
  await db
    .updateTable("issues")
    .set({ revision: issue.revision + 1 })
    .where("id", "=", issue.id)
    .where("state", "=", issue.state)
    .where("revision", "=", issue.revision)
    .execute();
}

/**
 * Notes how far an audience is written. Goes into the batch that writes it, before what it writes, which stands under
 * {@link frozenTo}: so that a process that read a page before another ended the freezing adds nothing after it.
 *
 * @param condition that the editions are still those that the audience was judged by
 */
export function markFrozenThrough(
  db: Db,
  id: IssueId,
  from: number,
  to: number,
  condition: RawBuilder<boolean>,
): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ frozen_through: to })
    .where("id", "=", id)
    .where("state", "=", "built")
    .where("frozen_through", "=", from)
    .where(condition)
    .compile();
}

/** True in a batch behind {@link markFrozenThrough}, if it is this page's turn to be written. */
export const frozenTo = (id: IssueId, through: number) => sql<boolean>`exists (
  select 1 from issues i where i.id = ${id} and i.state = 'built' and i.frozen_through = ${through})`;

/** In SQL: whether an issue is in this state. */
export const issueIs = (id: IssueId, state: IssueState) =>
  sql<boolean>`exists (select 1 from issues i where i.id = ${id} and i.state = ${state})`;

/** In SQL: whether letters of an issue may leave: it is being sent, and nobody paused it. */
export const lettersMayLeave = (id: IssueId) =>
  sql<boolean>`exists (select 1 from issues i where i.id = ${id} and i.state = 'sending' and i.paused is null)`;

/** As the text of SQL: whether letters of an issue that may have been taken are held for a person. @param issue the column with its id */
export const doubtsAreHeld = (issue: "deliveries.issue_id"): string => `exists (
  select 1 from issues i join digests d on d.id = i.digest_id where i.id = ${issue} and d.in_doubt = 'hold')`;

/** The whole audience is written: notes how many candidates there were and lets the issue be sent. */
export function endFreezing(db: Db, id: IssueId, candidates: number): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ state: "sending", candidates })
    .where("id", "=", id)
    .where("state", "=", "built")
    .compile();
}

/** In SQL: an issue is being written or sent, or one goes by the ledger of another. A paused one keeps nobody. */
const underWay = sql<boolean>`(exists (select 1 from issues u where u.state in ('sending', 'cancelling') and u.paused is null)
  or exists (select 1 from issues u where u.state = 'built' and u.frozen_through > 0)
  or exists (select 1 from issues u where u.state in ('opened', 'built') and u.kind <> 'digest'))`;

/** The issue whose ledger is to become counts next: the first that was over by then. Null where there is none, or one is under way. */
export async function issueToFold(
  db: Db,
  overBy: Temporal.Instant,
): Promise<{ id: IssueId; foldedThrough: number } | null> {
  const row = await db
    .selectFrom("issues")
    .select(["id", "folded_through"])
    .where("folded_at", "is", null)
    .where("finished_at", "<=", overBy.epochMilliseconds)
    .where(sql<boolean>`not ${underWay}`)
    .orderBy("finished_at")
    .limit(1)
    .executeTakeFirst();
  return row ? { id: row.id, foldedThrough: row.folded_through } : null;
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

/**
 * Notes how far an issue's ledger became counts. Goes into the batch that counts, before what it counts, which stands under
 * {@link foldedTo}. It counts 1 change if it is this range's turn.
 */
export function markFolded(
  db: Db,
  id: IssueId,
  { from, to, isLast, old }: { from: number; to: number; isLast: boolean; old: Temporal.Instant },
  now: Temporal.Instant,
): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ folded_through: to, folded_at: isLast ? now.epochMilliseconds : null })
    .where("id", "=", id)
    .where("folded_at", "is", null)
    .where("folded_through", "=", from)
    .where("finished_at", "<=", old.epochMilliseconds)
    .where(sql<boolean>`not ${underWay}`)
    .compile();
}

/** True in a batch behind {@link markFolded}, if it is this range's turn. */
export const foldedTo = (id: IssueId, through: number) => sql<boolean>`exists (
  select 1 from issues i where i.id = ${id} and i.folded_through = ${through})`;
