// How letters went, in sums that only grow: for monitoring, which must not count the ledger.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { PaceTables } from "./tables.ts";

/** Of tries, but the last three: what became too late, and what came back of accepted ones. */
export type LetterResult =
  | "accepted"
  | "deferred"
  | "rejected"
  | "in_doubt"
  | "expired"
  | "bounced"
  | "complained";

export type LetterCount = { transport: string; result: LetterResult; letters: number };

/** So many sums are told: a paper has a few transports. */
const mostCounts = 500;

/** What the statement before it changed, as a number of letters. */
export const asManyAsChanged = sql<number>`changes()`;

/** Counts letters. @param transport '' where it is not known */
export const countLetters = (
  db: Kysely<PaceTables>,
  transport: string,
  result: LetterResult,
  letters: number | RawBuilder<number>,
): CompiledQuery =>
  sql`insert into letter_counts (transport, result, letters)
    select transport, result, letters from (select ${transport} as transport, ${result} as result, ${letters} as letters)
    where letters > 0 on conflict (transport, result) do update set letters = letters + excluded.letters`.compile(
    db,
  );

export const letterCounts = (db: Kysely<PaceTables>): Promise<LetterCount[]> =>
  db.selectFrom("letter_counts").selectAll().limit(mostCounts).execute();
