// The only SQL for the counts of readers: a day is open, is folded into a row a feed, and is forgotten after 400 days.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { FeedFormat, FeedKey, FoundFeed } from "../feeds/index.ts";
import type { Database } from "../platform/index.ts";
import { clientsIn } from "./readers.ts";

/** What readers are counted for: the feeds, by the keys of their versions; all mixes together are one. */
export type CountedFeed = "mix" | Exclude<FeedKey, "house" | `${string}#${number}`>;

/** A day of UTC, numbered from 1970-01-01. */
export type DayNumber = number;

export type ReaderTables = {
  reader_days: { day: DayNumber; salt: string | null };
  feed_days: {
    day: DayNumber;
    feed: CountedFeed;
    open: 0 | 1;
    requests: number;
    unchanged: number;
    touched: number | null;
    weight: number | null;
    claims: string | null;
  };
  reader_registers: { day: DayNumber; feed: CountedFeed; register: number; rank: number };
  reader_claims: { day: DayNumber; feed: CountedFeed; format: FeedFormat; name: string; subscribers: number };
};

type Db = Kysely<ReaderTables>;

const dayMilliseconds = 86_400_000;

export const dayOf = (epochMilliseconds: number): DayNumber =>
  Math.floor(epochMilliseconds / dayMilliseconds);

/** The first moment of a day. */
export const startOf = (day: DayNumber): Temporal.Instant =>
  Temporal.Instant.fromEpochMilliseconds(day * dayMilliseconds);

/** As what the readers of a feed's document count; null for an archive document, which nobody polls. */
export function countedFeed({ name, keys: [key] }: Pick<FoundFeed, "name" | "keys">): CountedFeed | null {
  if (name.kind === "mix") return "mix";
  return key !== undefined && isCounted(key) ? key : null;
}

const isCounted = (key: FeedKey): key is Exclude<CountedFeed, "mix"> => key !== "house" && !key.includes("#");

/**
 * The day's salt, the same for all processes: the first to come makes it.
 *
 * @param fresh random, taken if there is none yet
 * @returns null if the day is over: it gets no other
 */
export async function saltOfDay(db: Db, day: DayNumber, fresh: string): Promise<string | null> {
  const row = { day, salt: fresh };
  await db
    .insertInto("reader_days")
    .values(row)
    .onConflict((on) => on.doNothing())
    .execute();
  const kept = await db.selectFrom("reader_days").select("salt").where("day", "=", day).executeTakeFirst();
  return kept?.salt ?? null;
}

/** What a process has counted of a day. Every feed stands in `requests`, also where nobody asked since the last time. */
export type Counts = {
  day: DayNumber;
  requests: readonly (readonly [feed: CountedFeed, requests: number, unchanged: number])[];
  places: readonly (readonly [feed: CountedFeed, places: readonly number[]])[];
  claims: readonly (readonly [
    feed: CountedFeed,
    format: FeedFormat,
    name: string,
    subscribers: number,
    wellKnown: boolean,
  ])[];
};

/** So many names that we do not list may claim subscribers of one feed in a day. */
export const mostInventedNames = 50;

/**
 * Adds counts to a day: requests are added up, of registers and claims the highest stays, so that any number of processes
 * and repetitions make one count. Of a day that is over nothing is taken any more.
 */
export function recordCounts(db: Db, { day, requests, places, claims }: Counts): CompiledQuery[] {
  const isOpen = sql`exists (select 1 from reader_days where day = ${day} and salt is not null)`;
  const statements: RawBuilder<unknown>[] = [];
  if (requests.length > 0)
    statements.push(sql`insert into feed_days (day, feed, requests, unchanged)
      select ${day}, j.value ->> 0, j.value ->> 1, j.value ->> 2 from json_each(${JSON.stringify(requests)}) j where ${isOpen}
      on conflict (day, feed) do update set requests = requests + excluded.requests, unchanged = unchanged + excluded.unchanged`);
  if (places.length > 0)
    statements.push(sql`insert into reader_registers (day, feed, register, rank)
      select ${day}, j.key, p.value >> 6, p.value & 63
      from json_each(${JSON.stringify(Object.fromEntries(places))}) j cross join json_each(j.value) p where ${isOpen}
      on conflict (day, feed, register) do update set rank = excluded.rank where excluded.rank > rank`);
  if (claims.length > 0)
    statements.push(sql`insert into reader_claims (day, feed, format, name, subscribers)
      select ${day}, j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3
      from json_each(${JSON.stringify(claims)}) j where ${isOpen} and (j.value ->> 4
        or exists (select 1 from reader_claims c
          where c.day = ${day} and c.feed = j.value ->> 0 and c.name = j.value ->> 2 and c.format = j.value ->> 1)
        or (select count(*) from reader_claims c where c.day = ${day} and c.feed = j.value ->> 0) < ${mostInventedNames})
      on conflict (day, feed, name, format) do update set subscribers = excluded.subscribers
        where excluded.subscribers > subscribers`);
  return statements.map((statement) => statement.compile(db));
}

/** A day is closed so long after its end: processes write what they counted once a minute. */
const graceMilliseconds = 15 * 60_000;

/** So many feeds are folded in one run, of at most 1,024 registers each. */
const feedsInRun = 20;

/** So many rows of old days are deleted in one run. */
const rowsInRun = 1000;

const keptDays = 400;

const claimsOf = (
  day: string,
  feed: string,
) => sql`(select json_group_array(json_array(name, subscribers)) from (
  select c.name, sum(c.subscribers) as subscribers from reader_claims c
  where c.day = ${sql.ref(day)} and c.feed = ${sql.ref(feed)} group by c.name order by 2 desc, 1))`;

const registersOf = (what: RawBuilder<unknown>, day: string, feed: string) =>
  sql`(select ${what} from reader_registers r where r.day = ${sql.ref(day)} and r.feed = ${sql.ref(feed)})`;

const touched = sql`count(*)`;
const weight = sql`total(1.0 / (1 << r.rank))`;

/**
 * Closes the days that are over. Their salts go first and all at once; from then on nothing is counted for these days, and
 * nothing tells whose address raised a register. Then so many feeds a run become one row each, and their registers and
 * claims are deleted. Any number of processes may call it at once and be stopped anywhere: it is one batch.
 */
export async function foldReaders(
  { db, batch }: Database<ReaderTables>,
  now: Temporal.Instant,
): Promise<void> {
  const today = dayOf(now.epochMilliseconds - graceMilliseconds);
  const chosen = sql`(select day, feed from feed_days where open = 1 and day < ${today} order by day, feed limit ${feedsInRun})`;
  const oldest = today - keptDays;
  const over = sql<1>`select 1 where exists (select 1 from reader_days where salt is not null and day < ${today})
    or exists (select 1 from feed_days where open = 1 and day < ${today})
    or exists (select 1 from feed_days where day < ${oldest})
    or exists (select 1 from reader_days where day < ${oldest})`;
  if ((await over.execute(db)).rows.length === 0) return; // as in most minutes: no transaction for nothing
  await batch(
    [
      sql`update reader_days set salt = null where salt is not null and day < ${today}`,
      sql`update feed_days set touched = ${registersOf(touched, "feed_days.day", "feed_days.feed")},
        weight = ${registersOf(weight, "feed_days.day", "feed_days.feed")},
        claims = ${claimsOf("feed_days.day", "feed_days.feed")}
        where (day, feed) in ${chosen}`,
      sql`delete from reader_registers where (day, feed) in ${chosen}`,
      sql`delete from reader_claims where (day, feed) in ${chosen}`,
      sql`update feed_days set open = 0 where (day, feed) in ${chosen}`,
      sql`delete from feed_days where (day, feed) in (
        select day, feed from feed_days where day < ${oldest} and open = 0 limit ${rowsInRun})`,
      sql`delete from reader_days where day < ${oldest} and salt is null`,
    ].map((statement) => statement.compile(db)),
  );
}

/** The readers of a feed on one day. */
export type FeedReaders = {
  feed: CountedFeed;
  /** An estimate of the programs that asked for it, aggregators apart. */
  clients: number;
  /** What aggregators claim, each and together. */
  aggregators: { name: string; subscribers: number }[];
  subscribers: number;
  /** Clients and subscribers. */
  readers: number;
  requests: number;
  /** Of the requests, those answered by 304. */
  unchanged: number;
};

/** A page of the feeds of a day, in the order of their keys: after the one, before the other, at most `limit`. */
export type FeedRange = { after?: string; before?: string; limit: number };

/** Who read which feed on a day, also while the day goes on. */
export async function readersOf(db: Db, day: DayNumber, range: FeedRange): Promise<FeedReaders[]> {
  const { after = "", before, limit } = range;
  const upTo = before === undefined ? sql`` : sql`and d.feed < ${before}`;
  const { rows } = await sql<{
    feed: CountedFeed;
    requests: number;
    unchanged: number;
    touched: number;
    weight: number;
    claims: string;
  }>`select d.feed, d.requests, d.unchanged,
      iif(d.open, ${registersOf(touched, "d.day", "d.feed")}, d.touched) as touched,
      iif(d.open, ${registersOf(weight, "d.day", "d.feed")}, d.weight) as weight,
      iif(d.open, ${claimsOf("d.day", "d.feed")}, d.claims) as claims
    from feed_days d where d.day = ${day} and d.feed > ${after} ${upTo} order by d.feed limit ${limit}`.execute(
    db,
  );
  return rows.map(({ feed, requests, unchanged, claims, ...sketch }) => {
    const said: [name: string, subscribers: number][] = JSON.parse(claims);
    const aggregators = said.map(([name, subscribers]) => ({ name, subscribers }));
    const subscribers = aggregators.reduce((sum, it) => sum + it.subscribers, 0);
    const clients = Math.round(clientsIn(sketch));
    return { feed, clients, aggregators, subscribers, readers: clients + subscribers, requests, unchanged };
  });
}

/** The day to show: yesterday, the last whole one; or today so far, where nothing was counted yesterday. */
export async function dayToShow(db: Db, now: Temporal.Instant): Promise<DayNumber> {
  const today = dayOf(now.epochMilliseconds);
  const yesterday = await db
    .selectFrom("feed_days")
    .select("day")
    .where("day", "=", today - 1)
    .limit(1)
    .execute();
  return yesterday.length > 0 ? today - 1 : today;
}

/**
 * How many read these feeds on each of the last whole days, the first day first; who reads two of them counts twice. A day on
 * which nobody asked, or nothing was counted, is left out.
 */
export async function readersByDay(
  db: Db,
  feeds: readonly CountedFeed[],
  days: number,
  now: Temporal.Instant,
): Promise<{ day: DayNumber; count: number }[]> {
  const today = dayOf(now.epochMilliseconds);
  const { rows } = await sql<{ day: DayNumber; touched: number; weight: number; claims: string }>`
    select d.day, d.touched, d.weight, d.claims from feed_days d
    where d.day between ${today - days} and ${today - 1} and d.open = 0
      and d.feed in (select value from json_each(${JSON.stringify(feeds)})) order by d.day`.execute(db);
  const byDay = new Map<DayNumber, number>();
  for (const { day, claims, ...sketch } of rows) {
    const said: [name: string, subscribers: number][] = JSON.parse(claims);
    const readers = clientsIn(sketch) + said.reduce((sum, [, subscribers]) => sum + subscribers, 0);
    byDay.set(day, (byDay.get(day) ?? 0) + readers);
  }
  return [...byDay].map(([day, count]) => ({ day, count: Math.round(count) }));
}
