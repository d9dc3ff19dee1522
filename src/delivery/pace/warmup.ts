// A sending domain that nobody knows yet is made known slowly: so many letters a day to each group of mailboxes, more each day.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { PaceTables } from "./tables.ts";

type Db = Kysely<PaceTables>;

export const warmupDays = 42;
const first = 200;
const last = 200_000;
const growth = 1.18;

/** How many letters may go to one group on a day of the warm-up, the first being 0; null: it is over. */
export const allowanceOn = (day: number): number | null =>
  day >= warmupDays ? null : Math.min(last, Math.floor(first * growth ** Math.max(0, day)));

/** Days since 1970, UTC. */
export const dayOf = (now: Temporal.Instant): number => Math.floor(now.epochMilliseconds / 86_400_000);

export type Warmup = { domain: string; startedOn: number; by: string };

export async function listWarmups(db: Db): Promise<Warmup[]> {
  const rows = await db.selectFrom("warmups").selectAll().orderBy("domain").execute();
  return rows.map(({ domain, started_on, by }) => ({ domain, startedOn: started_on, by }));
}

/** What was taken today, by group. */
export async function takenToday(
  db: Db,
  domain: string,
  now: Temporal.Instant,
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom("warmup_days")
    .select(["destination", "taken"])
    .where("domain", "=", domain)
    .where("day", "=", dayOf(now))
    .orderBy("destination")
    .execute();
  return new Map(rows.map(({ destination, taken }) => [destination, taken]));
}

/** Begins a warm-up. @returns a statement that counts no change where one is under way */
export const startWarmup = (db: Db, domain: string, by: string, now: Temporal.Instant): CompiledQuery =>
  sql`insert or ignore into warmups (domain, started_on, by) values (${domain}, ${dayOf(now)}, ${by})`.compile(
    db,
  );

/** Ends a warm-up, and forgets its days. */
export const stopWarmup = (db: Db, domain: string): CompiledQuery =>
  sql`delete from warmups where domain = ${domain}`.compile(db);

/**
 * Takes letters out of a day's allowance, as many as there are of what is wanted: one statement, so that any number of processes take no more
 * together than the day has.
 */
export async function takeAllowance(
  db: Db,
  { domain, startedOn }: Warmup,
  destination: string,
  wanted: number,
  now: Temporal.Instant,
): Promise<number> {
  const day = dayOf(now);
  const allowance = allowanceOn(day - startedOn);
  if (allowance === null) return wanted;
  const { rows } = await sql<{ granted: number }>`
    insert into warmup_days (domain, day, destination, taken, granted)
    values (${domain}, ${day}, ${destination}, ${Math.min(wanted, allowance)}, ${Math.min(wanted, allowance)})
    on conflict (domain, day, destination) do update
      set granted = max(0, min(${wanted}, ${allowance} - taken)), taken = max(taken, min(taken + ${wanted}, ${allowance}))
    returning granted`.execute(db);
  return rows[0]?.granted ?? 0;
}

/** Gives back what was not used. */
export const giveBack = (
  db: Db,
  { domain }: Warmup,
  destination: string,
  count: number,
  takenAt: Temporal.Instant,
): CompiledQuery =>
  sql`update warmup_days set taken = max(0, taken - ${count})
    where domain = ${domain} and day = ${dayOf(takenAt)} and destination = ${destination}`.compile(db);
