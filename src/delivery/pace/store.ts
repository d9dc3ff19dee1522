// The SQL for what was learned of how fast letters may go.
import { type CompiledQuery, type Kysely, type Selectable, sql } from "kysely";
import { type Pace, restsNow } from "./rules.ts";
import type { PaceRow, PaceTables, RestReason } from "./tables.ts";

type Db = Kysely<PaceTables>;

/** A transport and a destination behind it; '' is the transport as a whole. */
export type Way = { transport: string; destination: string };
export type KnownPace = Way & { pace: Pace; at: number };

/** A few rows: groups, and domains that had trouble in the last days. */
export async function readPaces(db: Db): Promise<KnownPace[]> {
  const rows = await db.selectFrom("paces").selectAll().orderBy("transport").orderBy("destination").execute();
  return rows.map((row) => ({
    transport: row.transport,
    destination: row.destination,
    pace: paceIn(row),
    at: row.at,
  }));
}

const paceIn = (row: Selectable<PaceRow>): Pace => ({
  perSecond: row.per_second,
  atOnce: row.at_once,
  fullPerSecond: row.full_per_second,
  fullAtOnce: row.full_at_once,
  slowedAt: row.slowed_at,
  slowed: row.slowed,
  slowedFrom: row.slowed_from,
  tried: row.tried,
  refused: row.refused,
  inARow: row.in_a_row,
  countedFrom: row.counted_from,
  restsUntil: row.rests_until,
  rests: row.rests,
  reason: reasons.find((it) => it === row.reason) ?? null,
  reply: row.reply,
  alarm: row.alarm,
  alarmAt: row.alarm_at,
});

const reasons: readonly RestReason[] = ["rate", "credentials", "sender"];

/** What a server said, without the addresses that servers repeat: for what stands beside no letter, and for whom they are no business. */
export const withoutAddresses = (words: string): string =>
  words.replace(/[^\s<>"'()]+@[^\s<>"'()]+/g, "…").slice(0, 500);

/** Keeps a pace as it is now. Of two processes that learn something at once, the longer rest stays. */
export function keepPace(db: Db, { transport, destination }: Way, it: Pace, now: number): CompiledQuery {
  return sql`insert into paces (transport, destination, per_second, at_once, full_per_second, full_at_once, slowed_at, slowed,
      slowed_from, tried, refused, in_a_row, counted_from, rests_until, rests, reason, reply, alarm, alarm_at, at)
    values (${transport}, ${destination}, ${it.perSecond}, ${it.atOnce}, ${it.fullPerSecond}, ${it.fullAtOnce}, ${it.slowedAt},
      ${it.slowed}, ${it.slowedFrom}, ${it.tried}, ${it.refused}, ${it.inARow}, ${it.countedFrom}, ${it.restsUntil}, ${it.rests},
      ${it.reason}, ${it.reply && withoutAddresses(it.reply)}, ${it.alarm && withoutAddresses(it.alarm)}, ${it.alarmAt}, ${now})
    on conflict (transport, destination) do update set per_second = excluded.per_second, at_once = excluded.at_once,
      full_per_second = excluded.full_per_second, full_at_once = excluded.full_at_once, slowed_at = excluded.slowed_at,
      slowed = excluded.slowed, slowed_from = excluded.slowed_from, tried = excluded.tried, refused = excluded.refused,
      in_a_row = excluded.in_a_row, counted_from = excluded.counted_from,
      rests_until = ${restsNow(it, now) ? sql`max(excluded.rests_until, coalesce(paces.rests_until, 0))` : sql`excluded.rests_until`},
      rests = excluded.rests, reason = excluded.reason, reply = excluded.reply, alarm = excluded.alarm,
      alarm_at = excluded.alarm_at, at = excluded.at`.compile(db);
}

/** So long a domain that is in no group is remembered: its name can be a person's. */
const domainDays = 7;

/** Forgets domains that had no trouble for days. */
export const forgetDomains = (db: Db, now: number): CompiledQuery =>
  sql`delete from paces where substr(destination, 1, 1) = '@' and at < ${now - domainDays * 86_400_000}
    and coalesce(rests_until, 0) < ${now}`.compile(db);

/** Lets a way be used freely again. @returns a statement that counts 1 change if something held it back */
export const resumeWay = (db: Db, { transport, destination }: Way): CompiledQuery =>
  sql`delete from paces where transport = ${transport} and destination = ${destination}`.compile(db);
