// The SQL that counts requests against the lines. A line of n is crossed where an n-th newest request is young enough, so
// no more than n rows of an index are ever looked at.
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { SubscriberTables } from "../tables.ts";
import { type Counted, windowMinutes } from "./limits.ts";

type Level = "soft" | "hard";

const sinceWhen = (now: Temporal.Instant) => now.subtract({ minutes: windowMinutes }).epochMilliseconds;

const nth = ({ by, ...line }: Counted, level: Level, now: Temporal.Instant) => {
  const young = sql`at > ${sinceWhen(now)}`;
  const rows = by === "all" ? young : sql`${sql.ref(by.column)} = ${by.value} and ${young}`;
  return sql`select at from requests where ${rows} order by at desc limit 1 offset ${line[level] - 1}`;
};

/** The condition that no line is reached, for the statement that adds one more: what is counted is what it finds then. */
export const isBelow = (
  counted: readonly Counted[],
  level: Level,
  now: Temporal.Instant,
): RawBuilder<unknown> =>
  sql.join(
    counted.map((line) => sql`not exists (${nth(line, level, now)})`),
    sql` and `,
  );

/** In how many seconds no line is reached any more, if nobody else asks; null if none is reached now. */
export async function secondsUntilBelow(
  db: Kysely<SubscriberTables>,
  counted: readonly Counted[],
  level: Level,
  now: Temporal.Instant,
): Promise<number | null> {
  const oldest = sql.join(
    counted.map((line) => sql`select (${nth(line, level, now)}) as at`),
    sql` union all `,
  );
  const { rows } = await sql<{ at: number | null }>`select max(at) as at from (${oldest})`.execute(db);
  const at = rows[0]?.at ?? null;
  return at === null ? null : Math.max(1, Math.ceil((at - sinceWhen(now)) / 1000));
}
