// The ledger of old issues becomes counts: a row for each way that their letters went, in the place of a row for each letter. What was
// refused, came too late, came back, or was ever in doubt stays as it is.
import { type Kysely, sql } from "kysely";
import { type DigestTables, foldedTo, type IssueId, issueToFold, markFolded } from "../digests/index.ts";
import { type Database, type Log, othersFirst } from "../platform/index.ts";
import type { DeliveryTables } from "./ledger.ts";

type Tables = DeliveryTables & DigestTables;

/** So many rows of each kind one batch folds: others write between two. */
const rangeSize = 1000;
/** So many batches a tick folds: a million letters in some seventeen hours of ticks' ends, and nothing else waits long. */
const mostRanges = 20;

/** Behind every subscriber. */
const end = Number.MAX_SAFE_INTEGER;

export type FoldDeps = {
  database: Database<Tables>;
  now: () => Temporal.Instant;
  log: Log;
  /** How long an issue that is over keeps its rows. */
  ledgerDays: number;
};

/**
 * Folds some of what is old enough. Each range is one batch, which counts its rows, takes them away and notes how far it came: it may be
 * stopped anywhere, and any number of processes may do it at once. Nothing is folded while an issue is written or sent.
 *
 * @returns how many ranges were folded
 */
export async function foldLedger(
  { database, now, log, ledgerDays }: FoldDeps,
  until: Temporal.Instant,
  stop?: AbortSignal,
): Promise<number> {
  const { db, batch } = database;
  for (let ranges = 0; ranges < mostRanges; ranges++) {
    if (stop?.aborted || Temporal.Instant.compare(now(), until) >= 0) return ranges;
    const old = now().subtract({ hours: 24 * ledgerDays });
    const issue = await issueToFold(db, old);
    if (issue === null) return ranges;
    const from = issue.foldedThrough;
    const to = await rangeEnd(db, issue.id, from);
    const inRange = sql<boolean>`issue_id = ${issue.id} and subscriber_id > ${from} and subscriber_id <= ${to}
      and ${foldedTo(issue.id, to)}`;
    const [marked] = await batch([
      markFolded(db, issue.id, { from, to, isLast: to === end, old }, now()),
      sql`insert into folded_deliveries (issue_id, edition_id, destination, state, reason, letters, tries)
        select issue_id, coalesce(edition_id, 0), destination, state, coalesce(reason, ''), count(*), sum(tries)
        from deliveries where ${inRange} and ${needsNoRow} group by 1, 2, 3, 4, 5
        on conflict do update set letters = letters + excluded.letters, tries = tries + excluded.tries`.compile(
        db,
      ),
      sql`insert into folded_exclusions (issue_id, reason, readers)
        select issue_id, reason, count(*) from exclusions where ${inRange} group by 1, 2
        on conflict do update set readers = readers + excluded.readers`.compile(db),
      sql`delete from deliveries where ${inRange} and ${needsNoRow}`.compile(db),
      sql`delete from exclusions where ${inRange}`.compile(db),
    ]);
    if (marked?.changes !== 1) return ranges; // another process folds it, or an issue is being sent
    if (to === end) log.info({ issue: issue.id }, "the ledger of an old issue was folded into counts");
    await othersFirst();
  }
  return mostRanges;
}

/** In SQL: a letter of which nobody asks for more than that it went, or was withdrawn. */
const needsNoRow = sql<boolean>`state in ('accepted', 'withdrawn') and in_doubt = 0
  and not exists (select 1 from feedback f where f.delivery_id = deliveries.id)`;

/** The subscriber up to whom the next range goes, by whichever table has more rows. */
async function rangeEnd(db: Kysely<Tables>, issue: IssueId, from: number): Promise<number> {
  const last = (table: "deliveries" | "exclusions") => sql`(select subscriber_id from ${sql.table(table)}
    where issue_id = ${issue} and subscriber_id > ${from} order by subscriber_id limit 1 offset ${rangeSize - 1})`;
  const { rows } = await sql<{ to: number }>`
    select min(coalesce(${last("deliveries")}, ${end}), coalesce(${last("exclusions")}, ${end})) as "to"`.execute(
    db,
  );
  return rows[0]?.to ?? end;
}

/** What became of letters whose rows are gone: one of these for each edition, destination, state and reason. */
export type FoldedLetters = {
  edition: number;
  destination: string;
  state: string;
  reason: string;
  letters: number;
  tries: number;
};

/** The counts of an issue, as far as it was folded. */
export async function foldedLetters(db: Kysely<DeliveryTables>, issue: IssueId): Promise<FoldedLetters[]> {
  return db
    .selectFrom("folded_deliveries")
    .select(["edition_id as edition", "destination", "state", "reason", "letters", "tries"])
    .where("issue_id", "=", issue)
    .orderBy("edition_id")
    .orderBy("destination")
    .orderBy("state")
    .execute();
}
