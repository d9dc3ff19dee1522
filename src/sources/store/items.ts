// What is known of a source's articles: as they were when they were last looked at.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { ArticleId } from "../../articles/index.ts";
import { fromMilliseconds } from "../../platform/index.ts";
import type { SourceId } from "../source.ts";
import type { SourceTables } from "../tables.ts";

type Db = Kysely<SourceTables>;

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

/**
 * Of these marks of an address and title each that one known article alone has, with its id and the time that the source gave
 * it, if any.
 */
export async function alikeItems(
  db: Db,
  id: SourceId,
  likenesses: readonly string[],
): Promise<Map<string, { externalId: string; published: Temporal.Instant | null }>> {
  const { rows } = await sql<{ likeness: string; external_id: string; published: number | null }>`
    select i.likeness, min(i.external_id) as external_id, max(iif(i.dated, i.newest, null)) as published
    from json_each(${JSON.stringify(likenesses)}) j
    cross join source_items i indexed by source_items_like on i.source_id = ${id} and i.likeness = j.value
    group by i.likeness having count(*) = 1`.execute(db);
  return new Map(
    rows.map(({ likeness, external_id, published }) => [
      likeness,
      { externalId: external_id, published: published === null ? null : fromMilliseconds(published) },
    ]),
  );
}

export type SeenItem = {
  externalId: string;
  remoteId: string | null;
  /** A mark of its address and title, by which it is known again under another id; null where ids can be trusted. */
  likeness: string | null;
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
    insert into source_items (source_id, external_id, remote_id, likeness, fingerprint, first_seen_at, dated, article_id, newest)
    select ${id}, j.value ->> 'externalId', j.value ->> 'remoteId', j.value ->> 'likeness', j.value ->> 'fingerprint', ${now.epochMilliseconds},
      j.value ->> 'dated', j.value ->> 'articleId', iif(j.value ->> 'articleId' is null, null, j.value ->> 'newest')
    from json_each(${JSON.stringify(rows)}) j where true
    on conflict (source_id, external_id) do update set remote_id = excluded.remote_id, likeness = excluded.likeness,
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

/** Of the articles that the source still had, in the order of its ids as text, those behind this one. */
export async function remoteIdsAfter(db: Db, id: SourceId, after: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ remote_id: string }>`
    select remote_id from source_items where source_id = ${id} and remote_id > ${after} and newest is not null
    order by remote_id limit ${limit}`.execute(db);
  return rows.map(({ remote_id }) => remote_id);
}

/**
 * The articles that a source has under these ids of its own. The index is named, since SQLite takes a source to have some ten
 * articles, and would read them all.
 */
export async function articlesUnder(db: Db, id: SourceId, remoteIds: readonly string[]) {
  const { rows } = await sql<{ remote_id: string; external_id: string; article_id: ArticleId }>`
    select i.remote_id, i.external_id, i.article_id from json_each(${JSON.stringify(remoteIds)}) j
    cross join source_items i indexed by source_items_remote
      on i.source_id = ${id} and i.remote_id = j.value and i.article_id is not null`.execute(db);
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
