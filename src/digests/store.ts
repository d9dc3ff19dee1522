// The only SQL for digests; issue-store.ts has that of their issues.
import { type CompiledQuery, type Kysely, type Selectable, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds } from "../platform/index.ts";
import { type Approval, approvalSchema } from "./approval.ts";
import type { HijriShift } from "./hijri.ts";
import { holidaySchema } from "./holidays.ts";
import { plannedAfter, plannedAfterChange, plannedFrom, type RunKey, type Schedule } from "./schedule.ts";
import type { Digest, DigestId, DigestSender, DigestTables } from "./tables.ts";

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

/**
 * The same as a statement, for a batch: it counts no change if somebody else changed the schedule meanwhile.
 *
 * @param opened runs that have their issues already: none of them is what runs next
 */
export function rescheduling(
  db: Db,
  digest: Digest,
  schedule: Schedule,
  now: Temporal.Instant,
  opened: readonly RunKey[] = [],
): { next: RunKey | null; statement: CompiledQuery } {
  let next = plannedAfterChange(schedule, digest.next, now);
  const isOpened = ({ date, slot }: RunKey) => opened.some((it) => it.date === date && it.slot === slot);
  while (next && isOpened(next)) next = plannedAfter(schedule, next);
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

/** In SQL: the digest stands where it stood when it was read: at the same run of the same schedule. */
export const isAt = ({
  next,
  scheduleRevision,
}: Digest) => sql<boolean>`schedule_revision = ${scheduleRevision}
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
