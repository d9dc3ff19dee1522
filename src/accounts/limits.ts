// How often the sign-in may be tried, and from where. By rate, not by account: nobody can shut somebody else out by trying.
import { type Kysely, sql } from "kysely";
import { sha256 } from "../platform/index.ts";
import type { AccountTables } from "./tables.ts";

/** What is counted, each by itself: a flood of one shuts no other door. */
export type Tried = "link" | "passkey";

/** So often a network may try in {@link windowMinutes}: a newsroom of fifty behind one address signs in of a morning. */
export const mostTries: Readonly<Record<Tried, number>> = { link: 40, passkey: 120 };
export const windowMinutes = 15;

/**
 * Networks are counted in so many buckets, so that a flood from a million of them makes no more rows than this. Two that
 * share one are counted together, which the limits allow for.
 */
const buckets = 4096;

/**
 * Counts a try. It is one statement, so tries at the same moment count each other.
 *
 * @returns how many seconds to wait, or null if it may go on
 */
export async function countTry(
  db: Kysely<AccountTables>,
  kind: Tried,
  network: string,
  now: Temporal.Instant,
): Promise<number | null> {
  const ms = now.epochMilliseconds;
  const begins = now.subtract({ minutes: windowMinutes }).epochMilliseconds;
  const bucket = parseInt((await sha256(network)).slice(0, 8), 16) % buckets;
  const { rows } = await sql<{ count: number; since: number }>`
    insert into sign_in_counts (kind, bucket, since, count) values (${kind}, ${bucket}, ${ms}, 1)
    on conflict (kind, bucket) do update set
      count = case when since <= ${begins} then 1 else count + 1 end,
      since = case when since <= ${begins} then ${ms} else since end
    returning count, since`.execute(db);
  const [row] = rows;
  if (!row || row.count <= mostTries[kind]) return null;
  return Math.max(1, Math.ceil((row.since - begins) / 1000));
}
