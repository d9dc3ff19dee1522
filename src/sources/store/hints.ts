// What sources tell by themselves: hints of articles to look at, and the calls that brought them.
import { type Kysely, sql } from "kysely";
import type { Database } from "../../platform/index.ts";
import type { SourceId } from "../source.ts";
import type { SourceTables } from "../tables.ts";

type Db = Kysely<SourceTables>;

/** So many articles that a source told of are asked for at once. */
const hintsAtOnce = 50;

/** Hints that nobody could follow for so long are given up. */
const hintHours = 24;

/** Notes an article that a source told of: whatever runs next looks at it first. */
export async function keepHint(
  { db, batch }: Database<SourceTables>,
  id: SourceId,
  remoteId: string,
  now: Temporal.Instant,
): Promise<void> {
  await batch([
    sql`insert into source_hints (source_id, remote_id, at)
      values (${id}, ${remoteId}, ${now.epochMilliseconds})`.compile(db),
    sql`delete from source_hints where source_id = ${id} and at < ${since(now)}`.compile(db),
  ]);
}

const since = (now: Temporal.Instant) => now.subtract({ hours: hintHours }).epochMilliseconds;

/** Sources that told of something, where neither their last run nor the last look at that failed, or it is time again. */
export async function toldSources(db: Db, now: Temporal.Instant, limit: number): Promise<SourceId[]> {
  const ms = now.epochMilliseconds;
  const { rows } = await sql<{ id: SourceId }>`
    select id from sources where paused_at is null and coalesce(claimed_until, 0) <= ${ms}
      and (failures = 0 or next_run_at <= ${ms}) and coalesce(hints_after, 0) <= ${ms}
      and exists (select 1 from source_hints h where h.source_id = sources.id and h.at >= ${since(now)})
    limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** What a source told of, the oldest first. */
export async function hintsOf(db: Db, id: SourceId, now: Temporal.Instant) {
  return db
    .selectFrom("source_hints")
    .select(["id", "remote_id"])
    .where("source_id", "=", id)
    .where("at", ">=", since(now))
    .orderBy("id")
    .limit(hintsAtOnce)
    .execute();
}

/** Forgets hints that were followed. */
export async function forgetHints(db: Db, hints: readonly number[]): Promise<void> {
  await sql`delete from source_hints where id in (select value from json_each(${JSON.stringify(hints)}))`.execute(
    db,
  );
}

/** Takes a webhook's call unless it was taken before. */
export async function keepCall(
  { db, batch }: Database<SourceTables>,
  id: SourceId,
  delivery: string,
  until: Temporal.Instant,
  now: Temporal.Instant,
): Promise<boolean> {
  const [, kept] = await batch([
    sql`delete from source_calls where (source_id, delivery) in (
      select source_id, delivery from source_calls where until < ${now.epochMilliseconds} limit 100)`.compile(
      db,
    ),
    sql`insert or ignore into source_calls (source_id, delivery, until)
      values (${id}, ${delivery}, ${until.epochMilliseconds}) returning delivery`.compile(db),
  ]);
  return kept?.rows.length === 1;
}
