// Which sources there are: added, found, paused, removed.
import { type Kysely, type Selectable, sql } from "kysely";
import { oneLine } from "../../arabic/index.ts";
import { fromMilliseconds, randomToken } from "../../platform/index.ts";
import { type WebSubState, webSubState } from "../feed/websub.ts";
import type { Source, SourceId } from "../source.ts";
import type { SourceTables } from "../tables.ts";

type Db = Kysely<SourceTables>;

type NewSource = Pick<
  Source,
  "slug" | "kind" | "url" | "origin" | "title" | "language" | "zone" | "sectionId" | "nextRunAt"
>;

/** Adds a source; of a site that came as a file before it makes one that is asked. @returns null if its slug is taken */
export async function keepSource(db: Db, source: NewSource, now: Temporal.Instant): Promise<Source | null> {
  const { sectionId, nextRunAt, url, ...rest } = source;
  const values = {
    ...rest,
    title: oneLine(rest.title),
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

const time = (ms: number | null) => (ms === null ? null : fromMilliseconds(ms));

export const toSource = (row: Selectable<SourceTables["sources"]>): Source => ({
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
  hintFailures: row.hint_failures,
  lastError: row.last_error,
  lastRunAt: time(row.last_run_at),
  lastGoodAt: time(row.last_good_at),
});
