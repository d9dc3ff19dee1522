// The only SQL for sources: which there are, whose run is under way, what is known of their articles.
import { type CompiledQuery, type Kysely, type Selectable, sql } from "kysely";
import { z } from "zod";
import type { ArticleId, SectionId } from "../articles/index.ts";
import { type Database, fromMilliseconds, randomToken } from "../platform/index.ts";
import { type WebSubState, webSubState } from "./feed/websub.ts";
import type { Category } from "./item.ts";
import type { Leads, RunReport, Source, SourceId } from "./source.ts";
import type { SourceTables } from "./tables.ts";

type Db = Kysely<SourceTables>;

/** A run's hold of its source: whoever holds it alone may write, and only until the claim ends. */
export type Claim = { source: Source; worker: string };

type NewSource = Pick<
  Source,
  "slug" | "kind" | "url" | "origin" | "title" | "language" | "zone" | "sectionId" | "nextRunAt"
>;

/** Adds a source; of a site that came as a file before it makes one that is asked. @returns null if its slug is taken */
export async function keepSource(db: Db, source: NewSource, now: Temporal.Instant): Promise<Source | null> {
  const { sectionId, nextRunAt, url, ...rest } = source;
  const values = {
    ...rest,
    url: url.href,
    secret: randomToken(),
    section_id: sectionId,
    next_run_at: nextRunAt?.epochMilliseconds ?? null,
  };
  const row = await db
    .insertInto("sources")
    .values({ ...values, created_at: now.epochMilliseconds })
    .onConflict((conflict) =>
      conflict
        .column("origin")
        .doUpdateSet({ ...values, slug: sql`slug` })
        .where("sources.kind", "=", "file"),
    )
    .returningAll()
    .executeTakeFirst();
  return row ? toSource(row) : null;
}

/** All sources, in the order in which they were added; a paper has dozens. */
export async function listSources(db: Db): Promise<Source[]> {
  return (await db.selectFrom("sources").selectAll().orderBy("id").limit(1000).execute()).map(toSource);
}

export async function sourceBy(
  db: Db,
  by: { slug: string } | { id: number } | { origin: string },
): Promise<Source | null> {
  const [[column, value] = ["slug", ""]] = Object.entries(by);
  const row = await db
    .selectFrom("sources")
    .selectAll()
    .where(sql.ref(column), "=", value)
    .executeTakeFirst();
  return row ? toSource(row) : null;
}

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

export type RunEnd = { startedAt: Temporal.Instant; nextRunAt: Temporal.Instant | null; failures: number };

/** Runs of a source that are remembered. */
const keptRuns = 100;

/** Lets go of a source and writes down what the run brought. Changes nothing if the run was somebody else's by then. */
export async function endRun(
  { db, batch }: Database<SourceTables>,
  { source: { id, nextRunAt: before }, worker }: Claim,
  report: RunReport,
  { startedAt, nextRunAt, failures }: RunEnd,
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
        failures = ${failures},
        next_run_at = iif(next_run_at is ${planned}, ${nextRunAt?.epochMilliseconds ?? null}, next_run_at)
      where id = ${id} and worker = ${worker}`.compile(db),
    sql`delete from source_runs where source_id = ${id} and id <= (
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

const skippedThings = z.array(z.object({ what: z.string(), why: z.string() }));

/** Stops a source, or lets it go on at once. @returns false if it was so already */
export async function pauseSource(db: Db, id: SourceId, paused: boolean, now: Temporal.Instant) {
  const ms = now.epochMilliseconds;
  const { numUpdatedRows } = await db
    .updateTable("sources")
    .set(
      paused
        ? { paused_at: ms }
        : { paused_at: null, next_run_at: sql`iif(kind = 'file', null, ${ms})`, failures: 0 },
    )
    .where("id", "=", id)
    .where("paused_at", paused ? "is" : "is not", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Forgets a source and what is known of its articles; they themselves stay. */
export async function removeSource(db: Db, id: SourceId): Promise<void> {
  await db.deleteFrom("sources").where("id", "=", id).execute();
}

/** Forgets how far a source was read, so that its next run reads it whole. */
export async function rewindSource(db: Db, id: SourceId): Promise<void> {
  await db.updateTable("sources").set({ cursor: null }).where("id", "=", id).execute();
}

export type KnownItem = {
  fingerprint: string;
  firstSeenAt: Temporal.Instant;
  dated: boolean;
  /** By what the source asks for it; null where it cannot. */
  remoteId: string | null;
  /** The article that was retracted because the source had it no more; null where it never was. */
  takenBack: ArticleId | null;
};

/** What is known of these articles of a source. */
export async function knownItems(
  db: Db,
  id: SourceId,
  externalIds: readonly string[],
): Promise<Map<string, KnownItem>> {
  const { rows } = await sql<{
    external_id: string;
    fingerprint: string;
    first_seen_at: number;
    dated: 0 | 1;
    taken_back: ArticleId | null;
    remote_id: string | null;
  }>`
    select i.external_id, i.fingerprint, i.first_seen_at, i.dated, i.remote_id,
      iif(i.fingerprint = ${takenBack}, i.article_id, null) as taken_back from json_each(${JSON.stringify(externalIds)}) j
    cross join source_items i on i.source_id = ${id} and i.external_id = j.value`.execute(db);
  return new Map(
    rows.map((row) => [
      row.external_id,
      {
        fingerprint: row.fingerprint,
        firstSeenAt: fromMilliseconds(row.first_seen_at),
        dated: row.dated === 1,
        takenBack: row.taken_back,
        remoteId: row.remote_id,
      },
    ]),
  );
}

export type SeenItem = {
  externalId: string;
  remoteId: string | null;
  fingerprint: string;
  dated: boolean;
  /** Null where nothing was stored of it. */
  articleId: ArticleId | null;
  /** The article's time as the source has it. */
  time: Temporal.Instant;
};

/** Notes articles as they were seen now. */
export function keepItems(
  db: Db,
  id: SourceId,
  items: readonly SeenItem[],
  now: Temporal.Instant,
): CompiledQuery {
  const rows = items.map(({ time, dated, ...item }) => ({
    ...item,
    dated: dated ? 1 : 0,
    newest: time.epochMilliseconds,
  }));
  return sql`
    insert into source_items (source_id, external_id, remote_id, fingerprint, first_seen_at, dated, article_id, newest)
    select ${id}, j.value ->> 'externalId', j.value ->> 'remoteId', j.value ->> 'fingerprint', ${now.epochMilliseconds},
      j.value ->> 'dated', j.value ->> 'articleId', iif(j.value ->> 'articleId' is null, null, j.value ->> 'newest')
    from json_each(${JSON.stringify(rows)}) j where true
    on conflict (source_id, external_id) do update set remote_id = excluded.remote_id,
      fingerprint = excluded.fingerprint, article_id = excluded.article_id, newest = excluded.newest`.compile(
    db,
  );
}

/** The newest articles that the source still had when it was last asked, by its own ids. */
export async function recentRemoteIds(db: Db, id: SourceId, limit: number): Promise<string[]> {
  const { rows } = await sql<{ remote_id: string }>`
    select remote_id from source_items where source_id = ${id} and newest is not null and remote_id is not null
    order by newest desc limit ${limit}`.execute(db);
  return rows.map(({ remote_id }) => remote_id);
}

/** The articles that a source has under these ids of its own. */
export async function articlesUnder(db: Db, id: SourceId, remoteIds: readonly string[]) {
  const { rows } = await sql<{ remote_id: string; external_id: string; article_id: ArticleId }>`
    select i.remote_id, i.external_id, i.article_id from json_each(${JSON.stringify(remoteIds)}) j
    cross join source_items i on i.source_id = ${id} and i.remote_id = j.value and i.article_id is not null`.execute(
    db,
  );
  return new Map(
    rows.map((row) => [row.remote_id, { externalId: row.external_id, articleId: row.article_id }]),
  );
}

/**
 * A source took it back: it is not asked for again.
 *
 * @param returns whether it comes back if the source has it again; what an editor retracted does not
 */
export const forgetItem = (db: Db, id: SourceId, externalId: string, returns: boolean): CompiledQuery =>
  db
    .updateTable("source_items")
    .set({ newest: null, fingerprint: returns ? takenBack : keptOut })
    .where("source_id", "=", id)
    .where("external_id", "=", externalId)
    .compile();

/** Fingerprints that no article has: of one that its source took back, and of one that an editor did. */
const takenBack = "";
const keptOut = "kept out";

/** An editor retracts an article: it does not come back with its source, not even if that had taken it back before. */
export const keepRetracted = (db: Kysely<SourceTables>, id: ArticleId): CompiledQuery =>
  db
    .updateTable("source_items")
    .set({ fingerprint: keptOut })
    .where("article_id", "=", id)
    .where("fingerprint", "=", takenBack)
    .compile();

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

export type KnownCategory = Category & Leads;

export async function categoriesOf(db: Db, id: SourceId): Promise<KnownCategory[]> {
  const rows = await db
    .selectFrom("source_categories")
    .selectAll()
    .where("source_id", "=", id)
    .orderBy("key")
    .limit(5000)
    .execute();
  return rows.map(({ key, label, leads, section_id }) => ({ key, label, ...leadsOf(leads, section_id) }));
}

const leadsOf = (leads: "section" | "everywhere" | "nowhere", sectionId: SectionId | null): Leads =>
  leads === "section" && sectionId !== null
    ? { leads, sectionId }
    : { leads: leads === "everywhere" ? leads : "nowhere" };

/** Adds categories that are not known yet; where a known one leads stays as the editor set it. */
export function addCategories(db: Db, id: SourceId, categories: readonly KnownCategory[]): CompiledQuery {
  return sql`insert into source_categories (source_id, key, label, leads, section_id)
    select ${id}, j.value ->> 'key', j.value ->> 'label', j.value ->> 'leads', j.value ->> 'sectionId'
    from json_each(${JSON.stringify(categories)}) j where true
    on conflict (source_id, key) do update set label = excluded.label`.compile(db);
}

/** Says where a category's articles go from now on. @returns false if the source has no such category */
export async function leadCategory(db: Db, id: SourceId, key: string, leads: Leads): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("source_categories")
    .set({ leads: leads.leads, section_id: leads.leads === "section" ? leads.sectionId : null })
    .where("source_id", "=", id)
    .where("key", "=", key)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** How many octets of an export file were stored; 0 of one that nobody began. */
export async function offsetOf(db: Db, id: SourceId, identity: string): Promise<number> {
  const row = await db
    .selectFrom("source_files")
    .select("octets")
    .where("source_id", "=", id)
    .where("identity", "=", identity)
    .executeTakeFirst();
  return row?.octets ?? 0;
}

export async function keepOffset(db: Db, id: SourceId, identity: string, octets: number): Promise<void> {
  await db
    .insertInto("source_files")
    .values({ source_id: id, identity, octets })
    .onConflict((conflict) => conflict.columns(["source_id", "identity"]).doUpdateSet({ octets }))
    .execute();
}

/** What is kept of a source's subscription to its hub; null where there is none. */
export async function webSubOf(db: Db, id: SourceId): Promise<WebSubState | null> {
  const row = await db.selectFrom("sources").select("websub").where("id", "=", id).executeTakeFirst();
  return row?.websub ? webSubState.parse(JSON.parse(row.websub)) : null;
}

export async function keepWebSub(db: Db, id: SourceId, state: WebSubState): Promise<void> {
  await db
    .updateTable("sources")
    .set({ websub: JSON.stringify(state) })
    .where("id", "=", id)
    .execute();
}

/** Makes a source due now. */
export async function makeDue(db: Db, id: SourceId, now: Temporal.Instant): Promise<void> {
  const next_run_at = sql<number | null>`iif(next_run_at is null, null, ${now.epochMilliseconds})`;
  await db.updateTable("sources").set({ next_run_at }).where("id", "=", id).execute();
}

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
  const given = now.subtract({ hours: hintHours }).epochMilliseconds;
  await batch([
    sql`insert into source_hints (source_id, remote_id, at)
      values (${id}, ${remoteId}, ${now.epochMilliseconds})`.compile(db),
    sql`delete from source_hints where source_id = ${id} and at < ${given}`.compile(db),
  ]);
}

/** Sources that told of something and whose last run did not fail, or whose time has come again. */
export async function toldSources(db: Db, now: Temporal.Instant, limit: number): Promise<SourceId[]> {
  const ms = now.epochMilliseconds;
  const { rows } = await sql<{ id: SourceId }>`
    select id from sources where paused_at is null and coalesce(claimed_until, 0) <= ${ms}
      and (failures = 0 or next_run_at <= ${ms})
      and exists (select 1 from source_hints h where h.source_id = sources.id) limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** What a source told of, the oldest first. */
export async function hintsOf(db: Db, id: SourceId) {
  return db
    .selectFrom("source_hints")
    .select(["id", "remote_id"])
    .where("source_id", "=", id)
    .orderBy("id")
    .limit(hintsAtOnce)
    .execute();
}

/** Forgets what a source told of, up to this hint. */
export async function forgetHints(db: Db, id: SourceId, upTo: number): Promise<void> {
  await db.deleteFrom("source_hints").where("source_id", "=", id).where("id", "<=", upTo).execute();
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

const time = (ms: number | null) => (ms === null ? null : fromMilliseconds(ms));

const toSource = (row: Selectable<SourceTables["sources"]>): Source => ({
  id: row.id,
  slug: row.slug,
  kind: row.kind,
  url: new URL(row.url),
  origin: row.origin,
  title: row.title,
  language: row.language,
  zone: row.zone,
  sectionId: row.section_id,
  pausedAt: time(row.paused_at),
  nextRunAt: time(row.next_run_at),
  cursor: row.cursor === null ? null : JSON.parse(row.cursor),
  secret: row.secret,
  failures: row.failures,
  lastError: row.last_error,
  lastRunAt: time(row.last_run_at),
  lastGoodAt: time(row.last_good_at),
});
