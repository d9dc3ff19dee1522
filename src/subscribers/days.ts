// How many are subscribed, day by day. Triggers keep the number of now (migration 30); the clock writes it down.
import { type Kysely, sql } from "kysely";
import type { SubscriberTables } from "./tables.ts";

type Db = Kysely<SubscriberTables>;

const dayMilliseconds = 86_400_000;
const keptDays = 400;

/** Notes for this day of UTC how many have confirmed and may be mailed. Costs the same however many they are. */
export async function noteSubscribers(db: Db, now: Temporal.Instant): Promise<void> {
  const day = Math.floor(now.epochMilliseconds / dayMilliseconds);
  await sql`insert into subscriber_days (day, confirmed) select ${day}, confirmed from subscriber_totals where only = 1
    on conflict (day) do update set confirmed = excluded.confirmed where confirmed <> excluded.confirmed`.execute(
    db,
  );
  await sql`delete from subscriber_days where day < ${day - keptDays}`.execute(db);
}

/** How many there were at the end of each of the last days that are known, the first day first; now itself is the last. */
export async function subscribersByDay(
  db: Db,
  days: number,
  now: Temporal.Instant,
): Promise<{ day: number; count: number }[]> {
  const today = Math.floor(now.epochMilliseconds / dayMilliseconds);
  const { rows } = await sql<{ day: number; count: number }>`
    select day, confirmed as count from subscriber_days where day > ${today - days} and day < ${today}
    union all select ${today}, confirmed from subscriber_totals where only = 1
    order by 1`.execute(db);
  return rows;
}
