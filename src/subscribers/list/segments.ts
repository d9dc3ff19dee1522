// Segments: saved under a name, counted, and their people in pages. Other work of the process goes on between two windows.
import { type CompiledQuery, type Kysely, type Selectable, sql } from "kysely";
import { othersFirst } from "../../platform/index.ts";
import type { SubscriberTables } from "../tables.ts";
import { type SegmentFilter, segmentFilter, segmentRows, type Today } from "./segment.ts";

type Db = Kysely<SubscriberTables>;

/** Ids that one query of a count looks at: ten milliseconds or so. */
const countedAtOnce = 50_000;

/** How many people a filter finds. */
export const countSegment = async (db: Db, filter: SegmentFilter, today: Today): Promise<number> =>
  (await countSome(db, filter, today, {})).count;

/**
 * How many people a filter finds, as far as it comes in a time: a million take a tenth of a second or two.
 *
 * @param after the id that was looked at last
 * @param milliseconds the query under way then is the last; one there always is
 * @returns the people among those ids, and the last that was looked at; null if there are no more
 */
export async function countSome(
  db: Db,
  filter: SegmentFilter,
  today: Today,
  { after = 0, milliseconds = Number.POSITIVE_INFINITY },
): Promise<{ count: number; through: number | null }> {
  const began = performance.now();
  const last = await lastSubscriber(db);
  let count = 0;
  for (let from = after; from < last; ) {
    const through = from + countedAtOnce;
    const rows = segmentRows(filter, today, { after: from, through });
    const page = await sql<{ count: number }>`select count(*) as count from ${rows}`.execute(db);
    count += page.rows[0]?.count ?? 0;
    if (through < last && performance.now() - began >= milliseconds) return { count, through };
    from = through;
    await othersFirst();
  }
  return { count, through: null };
}

export type Person = Selectable<SubscriberTables["subscribers"]>;

/** Ids that one query for people looks at: what is made of so few is gone before the next ones come. */
const lookedAtAtOnce = 500;

/**
 * The people of a filter in the order of their ids.
 *
 * @param after the last id before
 */
export async function* segmentPages(
  db: Db,
  filter: SegmentFilter,
  today: Today,
  after = 0,
): AsyncGenerator<Person[]> {
  const last = await lastSubscriber(db);
  for (let from = after; from < last; from += lookedAtAtOnce) {
    const rows = segmentRows(filter, today, { after: from, through: from + lookedAtAtOnce });
    const page = await sql<Person>`select u.* from ${rows} order by u.id`.execute(db);
    if (page.rows.length > 0) yield page.rows;
    await othersFirst();
  }
}

async function lastSubscriber(db: Db): Promise<number> {
  const { rows } = await sql<{ last: number | null }>`select max(id) as last from subscribers`.execute(db);
  return rows[0]?.last ?? 0;
}

export type Segment = { id: number; slug: string; filter: SegmentFilter };

/** All saved segments by their names. */
export async function listSegments(db: Db): Promise<Segment[]> {
  const rows = await db.selectFrom("segments").selectAll().orderBy("slug").limit(mostSegments).execute();
  return rows.map(toSegment);
}

export async function segmentBySlug(db: Db, slug: string): Promise<Segment | null> {
  const row = await db
    .selectFrom("segments")
    .selectAll()
    .where("slug", "=", slug.normalize("NFC"))
    .executeTakeFirst();
  return row ? toSegment(row) : null;
}

const mostSegments = 1000;

const toSegment = ({ id, slug, filter }: Selectable<SubscriberTables["segments"]>): Segment => ({
  id,
  slug,
  filter: segmentFilter.parse(JSON.parse(filter)),
});

/** Saves a filter under a name. Counts 0 changes if another has it, or if there are a thousand already. */
export const addSegment = (
  db: Db,
  { slug, filter }: Omit<Segment, "id">,
  now: Temporal.Instant,
): CompiledQuery =>
  sql`insert into segments (slug, filter, created_at)
    select ${slug}, ${JSON.stringify(filter)}, ${now.epochMilliseconds}
    where (select count(*) from segments) < ${mostSegments} on conflict do nothing`.compile(db);

/** Forgets a saved filter; the people stay. */
export const removeSegment = (db: Db, slug: string): CompiledQuery =>
  db.deleteFrom("segments").where("slug", "=", slug.normalize("NFC")).compile();
