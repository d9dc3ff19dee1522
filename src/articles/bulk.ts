// Many articles at once, as a history that is taken over brings them: the same rows that createArticle makes, a few
// statements for all.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { ArticleId } from "./article.ts";
import { portions } from "./portions.ts";
import { indexArticles, type SearchWords } from "./search/store.ts";
import { type ArticleDraft, columns } from "./store.ts";
import type { ArticleTables } from "./tables.ts";

type Db = Kysely<ArticleTables>;

/** `words`: what it is found by, where that was made already. */
export type NewArticle = { draft: ArticleDraft; guid: string; words?: SearchWords };

/** What is stored under these external ids of an origin. */
export async function storedUnder(
  db: Db,
  origin: string,
  externalIds: readonly string[],
): Promise<Map<string, ArticleId>> {
  const { rows } = await sql<{ external_id: string; id: ArticleId }>`
    select a.external_id, a.id from json_each(${JSON.stringify(externalIds)}) j
    cross join articles a on a.origin = ${origin} and a.external_id = j.value`.execute(db);
  return new Map(rows.map(({ external_id, id }) => [external_id, id]));
}

/** Those of these guids that some article has. */
export async function takenGuids(db: Db, guids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ guid: string }>`
    select a.guid from json_each(${JSON.stringify(guids)}) j cross join articles a on a.guid = j.value`.execute(
    db,
  );
  return new Set(rows.map(({ guid }) => guid));
}

/**
 * Stores new articles with all that hangs on them; each opens its own story. Changes nothing of one whose origin and
 * external id, or guid, are known already.
 */
export function createArticles(
  db: Db,
  articles: readonly NewArticle[],
  now: Temporal.Instant,
): CompiledQuery[] {
  if (articles.length === 0) return [];
  const rows = articles.map(({ draft, guid }) => ({
    ...columns(draft, now),
    guid,
    origin: draft.origin,
    external_id: draft.externalId,
    first_seen_at: now.epochMilliseconds,
    revision: 1,
  }));
  const names = Object.keys(rows[0] ?? {});
  // As JSONB each row is read once, and not once for each of its columns.
  const insert = (some: typeof rows) =>
    sql`
    with j as materialized (select jsonb(value) as value from json_each(${JSON.stringify(some)}))
    insert into articles (${sql.join(names.map((name) => sql.ref(name)))})
    select ${sql.join(names.map((name) => sql`j.value ->> ${sql.lit(name)}`))} from j
    where true on conflict do nothing`.compile(db);
  return [
    ...portions(rows, ({ body_html }) => body_html.length + 1000).map(insert),
    ...links(db, articles),
    ...indexArticles(
      db,
      articles.map(({ draft, words }) => ({ ...draft, revision: 1, ...(words && { words }) })),
    ),
  ];
}

function links(db: Db, articles: readonly NewArticle[]): CompiledQuery[] {
  const each = <Thing>(thingsOf: (draft: ArticleDraft) => readonly Thing[]) =>
    articles.flatMap(({ draft, guid }) =>
      thingsOf(draft).map((thing, position) => ({ guid, hash: draft.contentHash, position, thing })),
    );
  // Only to the rows that were made just now: of one that lost a race the winner's links stand.
  const made = sql`cross join articles a on a.guid = j.value ->> 'guid' and a.content_hash = j.value ->> 'hash' and a.revision = 1`;
  const sections = each(({ sectionIds }) => sectionIds);
  const statements = [
    sql`insert or ignore into article_sections (article_id, section_id, position, published_at, visible)
      select a.id, j.value ->> 'thing', j.value ->> 'position', a.published_at, a.state = 'published'
      from json_each(${JSON.stringify(sections)}) j ${made}`.compile(db),
  ];
  for (const [table, link, id, things] of [
    ["authors", "article_authors", "author_id", each(({ authors }) => authors)],
    ["tags", "article_tags", "tag_id", each(({ tags }) => tags)],
  ] as const) {
    if (things.length === 0) continue;
    const named = [...new Map(things.map(({ thing }) => [thing.slug, thing])).values()];
    const flat = things.map(({ thing, ...rest }) => ({ ...rest, slug: thing.slug }));
    statements.push(
      sql`insert or ignore into ${sql.table(table)} (slug, name)
        select j.value ->> 'slug', j.value ->> 'name' from json_each(${JSON.stringify(named)}) j`.compile(db),
      sql`insert or ignore into ${sql.table(link)} (article_id, ${sql.ref(id)}, position, published_at, visible)
        select a.id, t.id, j.value ->> 'position', a.published_at, a.state = 'published'
        from json_each(${JSON.stringify(flat)}) j ${made} cross join ${sql.table(table)} t on t.slug = j.value ->> 'slug'`.compile(
        db,
      ),
    );
  }
  return statements;
}
