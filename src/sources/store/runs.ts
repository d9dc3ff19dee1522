// Whose run of a source is under way, what is due, and what runs brought.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { z } from "zod";
import { type Database, fromMilliseconds } from "../../platform/index.ts";
import type { RunReport, Source, SourceId } from "../source.ts";
import type { SourceTables } from "../tables.ts";
import { toSource } from "./sources.ts";

type Db = Kysely<SourceTables>;

/** A run's hold of its source: whoever holds it alone may write, and only until the claim ends. */
export type Claim = { source: Source; worker: string };

/** Sources whose time has come and that nobody runs, the longest waiting first. */
export async function dueSources(db: Db, now: Temporal.Instant, limit: number): Promise<SourceId[]> {
  const ms = now.epochMilliseconds;
  const rows = await db
    .selectFrom("sources")
    .select("id")
    .where("paused_at", "is", null)
    .where("next_run_at", "<=", ms)
    .where(sql<boolean>`coalesce(claimed_until, 0) <= ${ms}`)
    .orderBy("next_run_at")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Takes a source's run in hand until then. Null if somebody else has it. */
export async function claimSource(
  db: Db,
  id: SourceId,
  now: Temporal.Instant,
  until: Temporal.Instant,
): Promise<Claim | null> {
  const worker = crypto.randomUUID();
  const row = await db
    .updateTable("sources")
    .set({ worker, claimed_until: until.epochMilliseconds })
    .where("id", "=", id)
    .where(sql<boolean>`coalesce(claimed_until, 0) <= ${now.epochMilliseconds}`)
    .returningAll()
    .executeTakeFirst();
  return row ? { source: toSource(row), worker } : null;
}

/**
 * For a batch of a run: holds on to the source until then, and makes the whole batch fail where the source is another run's
 * by now. Nothing else does that in SQL without a trigger: `kind` takes no null.
 */
export const holdOn = (db: Db, { source, worker }: Claim, until: Temporal.Instant): CompiledQuery =>
  sql`update sources set kind = iif(worker is ${worker}, kind, null), claimed_until = ${until.epochMilliseconds}
    where id = ${source.id}`.compile(db);

/** Whether the source is this run's. */
export async function isHeld(db: Db, { source, worker }: Claim): Promise<boolean> {
  const row = await db.selectFrom("sources").select("worker").where("id", "=", source.id).executeTakeFirst();
  return row?.worker === worker;
}

/** Notes how far a run came and holds on to it. @returns false if the run is not this worker's any more */
export async function keepCursor(
  db: Db,
  { source, worker }: Claim,
  cursor: unknown,
  until: Temporal.Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("sources")
    .set({ cursor: JSON.stringify(cursor), claimed_until: until.epochMilliseconds })
    .where("id", "=", source.id)
    .where("worker", "=", worker)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export type RunEnd = {
  startedAt: Temporal.Instant;
  nextRunAt: Temporal.Instant | null;
  failures: number;
  /** How often in a row what the source told of could not be seen, and when it is looked at again; null: when there is more. */
  hints: { failures: number; after: Temporal.Instant } | null;
};

/** Runs of a source that are remembered; one that retracted something, for a day at least: those are counted. */
const keptRuns = 100;

/** Lets go of a source and writes down what the run brought. Changes nothing if the run was somebody else's by then. */
export async function endRun(
  { db, batch }: Database<SourceTables>,
  { source: { id, nextRunAt: before }, worker }: Claim,
  report: RunReport,
  { startedAt, nextRunAt, failures, hints }: RunEnd,
  now: Temporal.Instant,
): Promise<void> {
  const ms = now.epochMilliseconds;
  const planned = before?.epochMilliseconds ?? null; // whoever made it due meanwhile knows of something newer
  await batch([
    sql`insert into source_runs
        (source_id, started_at, ended_at, created, revised, unchanged, retracted, skipped, removed, notes, error)
      select id, ${startedAt.epochMilliseconds}, ${ms}, ${report.created}, ${report.revised}, ${report.unchanged},
        ${report.retracted}, ${report.skipped}, ${JSON.stringify(report.removed)},
        ${JSON.stringify(report.notes)}, ${report.error}
      from sources where id = ${id} and worker = ${worker}`.compile(db),
    sql`update sources set worker = null, claimed_until = null, last_run_at = ${startedAt.epochMilliseconds},
        last_good_at = iif(${report.error} is null, ${ms}, last_good_at), last_error = ${report.error},
        failures = ${failures}, hint_failures = ${hints?.failures ?? 0},
        hints_after = ${hints?.after.epochMilliseconds ?? null},
        next_run_at = iif(next_run_at is ${planned}, ${nextRunAt?.epochMilliseconds ?? null}, next_run_at)
      where id = ${id} and worker = ${worker}`.compile(db),
    sql`delete from source_runs where source_id = ${id}
      and (retracted = 0 or started_at < ${now.subtract({ hours: 24 }).epochMilliseconds}) and id <= (
      select id from source_runs where source_id = ${id} order by started_at desc limit 1 offset ${keptRuns})`.compile(
      db,
    ),
  ]);
}

/** What the last runs brought, the newest first. */
export async function listRuns(db: Db, id: SourceId, limit: number) {
  const rows = await db
    .selectFrom("source_runs")
    .selectAll()
    .where("source_id", "=", id)
    .orderBy("started_at", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ started_at, ended_at, notes, removed, ...row }) => ({
    ...row,
    startedAt: fromMilliseconds(started_at),
    endedAt: fromMilliseconds(ended_at),
    removed: z.record(z.string(), z.number()).parse(JSON.parse(removed)),
    notes: skippedThings.parse(JSON.parse(notes)),
  }));
}

/** The newest run of each source. */
export async function lastRuns(db: Db): Promise<Map<SourceId, RunCounts>> {
  const { rows } = await sql<RunCounts & { source_id: SourceId }>`
    select r.source_id, r.created, r.revised, r.unchanged, r.retracted, r.skipped
    from sources cross join source_runs r on r.id = (
      select id from source_runs where source_id = sources.id order by started_at desc limit 1)
    order by sources.id limit 1000`.execute(db);
  return new Map(rows.map(({ source_id, ...counts }) => [source_id, counts]));
}

type RunCounts = Pick<RunReport, "created" | "revised" | "unchanged" | "retracted" | "skipped">;

const skippedThings = z.array(z.object({ what: z.string(), why: z.string() }));

/** How many articles runs of a source have retracted since then. */
export async function retractedSince(db: Db, id: SourceId, since: Temporal.Instant): Promise<number> {
  const row = await db
    .selectFrom("source_runs")
    .select((eb) => eb.fn.sum<number | null>("retracted").as("number"))
    .where("source_id", "=", id)
    .where("started_at", ">", since.epochMilliseconds)
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** Makes a source due now. */
export async function makeDue(db: Db, id: SourceId, now: Temporal.Instant): Promise<void> {
  const next_run_at = sql<number | null>`iif(next_run_at is null, null, ${now.epochMilliseconds})`;
  await db.updateTable("sources").set({ next_run_at }).where("id", "=", id).execute();
}
