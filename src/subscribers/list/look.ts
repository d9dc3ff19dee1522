// What the newsroom looks at: how many people stand how, one page of a segment, and who is found by an address. Each costs the same
// however many people there are.
import { type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds, othersFirst } from "../../platform/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import type { SubscriberId, SubscriberState } from "../consent.ts";
import { erasedMark } from "../erasure.ts";
import type { SubscriberTables } from "../tables.ts";
import { type SegmentFilter, segmentRows, stateOf, type Today } from "./segment.ts";
import type { Person } from "./segments.ts";

type Db = Kysely<SubscriberTables>;

/** The id that stands in an address of a page; whether somebody has it, the store says. */
export const subscriberId = (id: number): SubscriberId => id as SubscriberId;

/** Ids that one query looks at, and how many such queries a page may cost. */
const window = { ids: 20_000, most: 5 };

/**
 * A page of a segment, the newest first. A segment of few among many is looked for in a bounded part of the store.
 *
 * @param before only people with a smaller id
 * @returns `next`: where the next page begins, null at the end; it may be there although nobody was found
 */
export async function segmentPage(
  db: Db,
  filter: SegmentFilter,
  today: Today,
  before: number | null,
  most: number,
): Promise<{ people: Person[]; next: number | null }> {
  let through = before === null ? await lastId(db) : before - 1;
  const people: Person[] = [];
  for (let looked = 0; looked < window.most && through > 0; looked++) {
    const after = Math.max(0, through - window.ids);
    const rows = segmentRows(filter, today, { after, through });
    const page =
      await sql<Person>`select u.* from ${rows} order by u.id desc limit ${most + 1 - people.length}`.execute(
        db,
      );
    people.push(...page.rows);
    if (people.length > most) {
      const shown = people.slice(0, most);
      return { people: shown, next: shown.at(-1)?.id ?? null };
    }
    through = after;
  }
  return { people, next: through > 0 ? through + 1 : null };
}

async function lastId(db: Db): Promise<number> {
  const { rows } = await sql<{ last: number | null }>`select max(id) as last from subscribers`.execute(db);
  return rows[0]?.last ?? 0;
}

/**
 * People whose address begins with what was typed, in the order of addresses. Who was erased is not among them.
 *
 * @param after the address key that the page before ended with; '' at first
 */
export async function findAddresses(db: Db, typed: string, after: string, most: number): Promise<Person[]> {
  const start = typed.trim().toLowerCase();
  if (start === "") return [];
  const people: Person[] = [];
  for (const [from, to] of besideErased(start)) {
    const begins: RawBuilder<unknown> =
      after >= from ? sql`address_key > ${after}` : sql`address_key >= ${from}`;
    const { rows } = await sql<Person>`select * from subscribers
      where ${begins} and address_key < ${to} order by address_key limit ${most - people.length}`.execute(db);
    people.push(...rows);
    if (people.length === most) break;
  }
  return people;
}

/** The ranges of keys that begin so, without those of people who are erased: there may be many, and nobody is found by them. */
function besideErased(start: string): [string, string][] {
  const end = `${start}\u{10ffff}`;
  if (start.startsWith(erasedMark)) return [];
  if (!erasedMark.startsWith(start)) return [[start, end]];
  return [
    [start, erasedMark],
    [`${erasedMark}\u{10ffff}`, end],
  ];
}

/** How many people stand how. */
type StateCounts = Record<SubscriberState, number>;

const counted = z.object({
  at: z.number(),
  counts: z.object({
    pending: z.number(),
    confirmed: z.number(),
    left: z.number(),
    suppressed: z.number(),
    erased: z.number(),
  }),
});

const countsName = "subscriber-counts";

/** So few are counted while somebody waits for the page; of more, what was counted last is shown, with its time. */
const countedAtOnce = 100_000;
const keptMinutes = 5;

/** @returns what is known now; `stale` says that {@link recount} should run behind the reply */
export async function stateCounts(
  db: Kysely<SubscriberTables & SettingsTables>,
  now: Temporal.Instant,
): Promise<{ counts: StateCounts; at: Temporal.Instant; stale: boolean } | { counts: null; stale: true }> {
  const last = await lastId(db);
  if (last <= countedAtOnce) return { counts: await countStates(db, last), at: now, stale: false };
  const row = await db
    .selectFrom("settings")
    .select("value")
    .where("name", "=", countsName)
    .executeTakeFirst();
  if (!row) return { counts: null, stale: true };
  const { at, counts } = counted.parse(JSON.parse(row.value));
  const stale = now.epochMilliseconds - at > keptMinutes * 60_000;
  return { counts, at: fromMilliseconds(at), stale };
}

/** Counts everybody, some thousands at a time, and keeps it for {@link stateCounts}. */
export async function recount(
  db: Kysely<SubscriberTables & SettingsTables>,
  now: Temporal.Instant,
): Promise<void> {
  const counts = await countStates(db, await lastId(db));
  const row = {
    value: JSON.stringify({ at: now.epochMilliseconds, counts }),
    changed_at: now.epochMilliseconds,
  };
  await db
    .insertInto("settings")
    .values({ name: countsName, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}

async function countStates(db: Db, last: number): Promise<StateCounts> {
  const counts: StateCounts = { pending: 0, confirmed: 0, left: 0, suppressed: 0, erased: 0 };
  for (let after = 0; after < last; after += window.ids) {
    const { rows } = await sql<{ state: SubscriberState; suppressed: 0 | 1; count: number }>`
      select u.state, u.suppressed, count(*) as count from subscribers u indexed by subscribers_segments
      where u.id > ${after} and u.id <= ${after + window.ids} group by u.state, u.suppressed`.execute(db);
    for (const row of rows) counts[stateOf(row)] += row.count;
    await othersFirst();
  }
  return counts;
}
