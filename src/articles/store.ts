// The only SQL that writes articles; read.ts has what reads them.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { Article, ArticleId, ArticleImage, Importance, Named, Section, SectionId } from "./article.ts";
import { forgetWords, indexArticles } from "./search/store.ts";
import type { ArticleTables } from "./tables.ts";

/** An article cleaned and ready to be stored. The pair of origin and external id says which one it is. */
export type ArticleDraft = {
  origin: string;
  externalId: string;
  url: string | null;
  title: string;
  summary: string;
  bodyHtml: string;
  sectionIds: readonly SectionId[];
  tags: readonly Named[];
  authors: readonly Named[];
  sourceName: string | null;
  image: ArticleImage | null;
  importance: Importance;
  publishedAt: Temporal.Instant;
  publishedFrom: "given" | "first-seen";
  updatedAt: Temporal.Instant;
  correction: string | null;
  contentHash: string;
};

type Db = Kysely<ArticleTables>;

export const columns = (draft: ArticleDraft, now: Temporal.Instant) => ({
  state:
    Temporal.Instant.compare(draft.publishedAt, now) > 0 ? ("embargoed" as const) : ("published" as const),
  url: draft.url,
  title: draft.title,
  summary: draft.summary,
  body_html: draft.bodyHtml,
  source_name: draft.sourceName,
  image: draft.image && JSON.stringify(draft.image),
  importance: draft.importance,
  published_at: draft.publishedAt.epochMilliseconds,
  published_from: draft.publishedFrom,
  updated_at: draft.updatedAt.epochMilliseconds,
  content_hash: draft.contentHash,
  correction: draft.correction,
});

/**
 * Stores a new article with all that hangs on it. Changes nothing if its origin and external id are known already: the
 * first result of the batch then counts 0 changes.
 */
export function createArticle(
  db: Db,
  draft: ArticleDraft,
  guid: string,
  story: { leadId: ArticleId | null; shingles: readonly number[] },
  now: Temporal.Instant,
): CompiledQuery[] {
  const insert = db
    .insertInto("articles")
    .values({
      ...columns(draft, now),
      guid,
      origin: draft.origin,
      external_id: draft.externalId,
      first_seen_at: now.epochMilliseconds,
      revision: 1,
      // Its story may have been put into another since it was found.
      story_id: story.leadId === null ? null : ledBy(story.leadId),
    })
    .onConflict((conflict) => conflict.columns(["origin", "external_id"]).doNothing())
    .compile();
  return [
    insert,
    ...belongings(db, draft, 1),
    addShingles(db, draft, 1, story.shingles),
    ...indexArticles(db, [{ ...draft, revision: 1 }]),
  ];
}

/**
 * The shingles of a lead as it is now, instead of those it had. An article that was too short to judge, such as "urgent" in
 * one line, finds its story when its text comes, or becomes one that others reprint. Any other stays in the story it is in,
 * and so does one that a hand has decided.
 */
export function renewShingles(
  db: Db,
  draft: ArticleDraft,
  revision: number,
  story: { leadId: ArticleId | null; shingles: readonly number[] },
): CompiledQuery[] {
  const join = sql`update articles set story_id = ${ledBy(story.leadId)} where id = (
    select a.id from articles a where ${thisRevision(draft, revision)} and a.story_id is null
      and not exists (select 1 from story_shingles s where s.lead_id = a.id)
      and not exists (select 1 from articles m where m.story_id = a.id)
      and not exists (select 1 from story_hand h where h.article_id = a.id))`.compile(db);
  const forget = sql`delete from story_shingles where lead_id = (
    select a.id from articles a where ${thisRevision(draft, revision)})`.compile(db);
  return [...(story.leadId === null ? [] : [join]), forget, addShingles(db, draft, revision, story.shingles)];
}

const ledBy = (id: ArticleId | null) =>
  sql<ArticleId | null>`(select coalesce(l.story_id, l.id) from articles l where l.id = ${id})`;

/** What so many leads say is not kept for one more: it would weigh next to nothing, and every look-up would read it. */
const mostLeads = 12;

/** For leads, and for those that led until a hand put their story into another: their reprints still find it. */
const addShingles = (db: Db, draft: ArticleDraft, revision: number, shingles: readonly number[]) =>
  sql`
    insert or ignore into story_shingles (shingle, lead_id, published_at)
    select j.value, a.id, a.published_at from articles a, json_each(${JSON.stringify(shingles)}) j
    where ${thisRevision(draft, revision)} and (a.story_id is null or exists (
        select 1 from story_hand h where h.article_id = a.id and h.story_id = a.story_id and h.kind = 'joined'))
      and (select count(*) from (
        select 1 from story_shingles s where s.shingle = j.value limit ${mostLeads})) < ${mostLeads}`.compile(
    db,
  );

/**
 * Replaces an article by its next revision and keeps the one before. Changes nothing if the stored revision is no
 * longer `revision` or the article was retracted: the second result then counts 0 changes.
 */
export function reviseArticle(
  db: Db,
  draft: ArticleDraft,
  revision: number,
  now: Temporal.Instant,
): CompiledQuery[] {
  const keep = sql`
    insert or ignore into article_revisions (article_id, revision, replaced_at, content)
    select id, revision, ${now.epochMilliseconds}, json_object(
      'title', title, 'summary', summary, 'body_html', body_html, 'url', url, 'source_name', source_name,
      'image', json(image), 'importance', importance, 'published_at', published_at, 'updated_at', updated_at,
      'correction', correction,
      'sections', (select json_group_array(section_id order by position) from article_sections where article_id = id),
      'authors', (select json_group_array(author_id order by position) from article_authors where article_id = id),
      'tags', (select json_group_array(tag_id order by position) from article_tags where article_id = id))
    from articles where origin = ${draft.origin} and external_id = ${draft.externalId} and revision = ${revision}
      and state <> 'retracted'`.compile(db);
  const update = db
    .updateTable("articles")
    .set({ ...columns(draft, now), revision: revision + 1 })
    .where("origin", "=", draft.origin)
    .where("external_id", "=", draft.externalId)
    .where("revision", "=", revision)
    .where("state", "<>", "retracted")
    .compile();
  const clear = (["article_sections", "article_authors", "article_tags"] as const).map((table) =>
    sql`delete from ${sql.table(table)} where article_id = (
      select a.id from articles a where ${thisRevision(draft, revision + 1)})`.compile(db),
  );
  return [
    keep,
    update,
    ...clear,
    ...belongings(db, draft, revision + 1),
    forgetWords(db, sql`select a.id from articles a where ${thisRevision(draft, revision + 1)}`),
    ...indexArticles(db, [{ ...draft, revision: revision + 1 }]),
  ];
}

/** True of the row that this write made, and of no other: a write that lost a race adds nothing to the winner's. */
const thisRevision = (draft: ArticleDraft, revision: number) => sql<boolean>`
  a.origin = ${draft.origin} and a.external_id = ${draft.externalId}
  and a.revision = ${revision} and a.content_hash = ${draft.contentHash}`;

function belongings(db: Db, draft: ArticleDraft, revision: number): CompiledQuery[] {
  const sections = sql`
    insert or ignore into article_sections (article_id, section_id, position, published_at, visible)
    select a.id, j.value, j.key, a.published_at, a.state = 'published'
    from articles a, json_each(${JSON.stringify(draft.sectionIds)}) j
    where ${thisRevision(draft, revision)}`.compile(db);
  const named = (
    [
      ["authors", "article_authors", "author_id", draft.authors],
      ["tags", "article_tags", "tag_id", draft.tags],
    ] as const
  ).flatMap(([table, link, id, things]) =>
    things.length === 0
      ? []
      : [
          sql`insert or ignore into ${sql.table(table)} (slug, name)
            select j.value ->> 'slug', j.value ->> 'name' from json_each(${JSON.stringify(things)}) j`.compile(
            db,
          ),
          sql`insert or ignore into ${sql.table(link)} (article_id, ${sql.ref(id)}, position, published_at, visible)
            select a.id, t.id, j.key, a.published_at, a.state = 'published' from articles a, json_each(${JSON.stringify(things)}) j
            join ${sql.table(table)} t on t.slug = j.value ->> 'slug'
            where ${thisRevision(draft, revision)}`.compile(db),
        ],
  );
  return [sections, ...named];
}

/** The tables that say where an article shows: in each the newest visible are read from an index alone. */
const links = ["article_sections", "article_authors", "article_tags"] as const;

/**
 * Takes an article out of everything that shows it, for good. Changes nothing if its revision is no longer this one or it
 * was retracted already: the first result then counts 0 changes. Its story keeps its name: members stand for it now, and
 * later reprints still find it.
 */
export function retractArticle(
  db: Db,
  id: ArticleId,
  revision: number,
  reason: string,
  now: Temporal.Instant,
): CompiledQuery[] {
  const gone = sql<boolean>`exists (select 1 from articles where id = ${id} and state = 'retracted')`;
  return [
    db
      .updateTable("articles")
      .set({ state: "retracted", retracted_at: now.epochMilliseconds, retract_reason: reason })
      .where("id", "=", id)
      .where("revision", "=", revision)
      .where("state", "<>", "retracted")
      .compile(),
    ...links.map((table) =>
      db.updateTable(table).set({ visible: 0 }).where("article_id", "=", id).where(gone).compile(),
    ),
    forgetWords(db, sql`select ${id} where ${gone}`),
  ];
}

/** Puts a retracted article back; that it was gone, and why, is kept with its revisions. Changes nothing of any other. */
export function reinstateArticle(db: Db, article: Article, now: Temporal.Instant): CompiledQuery[] {
  const { epochMilliseconds } = now;
  const { id } = article;
  return [
    sql`insert or ignore into article_revisions (article_id, revision, replaced_at, content)
      select id, revision, ${epochMilliseconds}, json_object('retracted_at', retracted_at, 'retract_reason', retract_reason)
      from articles where id = ${id} and state = 'retracted'`.compile(db),
    sql`update articles set state = iif(published_at > ${epochMilliseconds}, 'embargoed', 'published'),
        retracted_at = null, retract_reason = null, revision = revision + 1
      where id = ${id} and state = 'retracted'`.compile(db),
    ...links.map((table) =>
      sql`update ${sql.table(table)} set visible = 1
        where article_id = ${id} and exists (select 1 from articles where id = ${id} and state = 'published')`.compile(
        db,
      ),
    ),
    ...indexArticles(db, [{ ...article, revision: article.revision + 1, contentHash: null }]),
  ];
}

/** Shows articles whose embargo has ended, but for those whose time was moved meanwhile. */
export function endEmbargoes(db: Db, due: readonly Article[], now: Temporal.Instant): CompiledQuery[] {
  const list = JSON.stringify(due.map(({ id }) => id));
  return [
    sql`update articles set state = 'published'
      where state = 'embargoed' and published_at <= ${now.epochMilliseconds}
        and id in (select value from json_each(${list}))`.compile(db),
    // The plus keeps SQLite from walking every published article instead of the few ids.
    ...links.map((table) =>
      sql`update ${sql.table(table)} set visible = 1 where article_id in (
        select a.id from articles a where +a.state = 'published' and a.id in (select value from json_each(${list})))`.compile(
        db,
      ),
    ),
    ...indexArticles(
      db,
      due.map((article) => ({ ...article, contentHash: null })),
    ),
  ];
}

/** Adds a section at the end of the order, unless its slug or title is taken. */
export function addSection(
  db: Db,
  section: Pick<Section, "slug" | "title" | "titleEn" | "halfLifeHours">,
  sample: boolean,
): CompiledQuery {
  return sql`insert or ignore into sections (slug, title, title_en, half_life_hours, position, sample)
    values (${section.slug}, ${section.title}, ${section.titleEn}, ${section.halfLifeHours},
      (select coalesce(max(position), 0) + 1 from sections), ${sample ? 1 : 0})`.compile(db);
}

/** The articles of the sample newsroom. */
export async function sampleArticleIds(db: Db): Promise<ArticleId[]> {
  const rows = await db.selectFrom("articles").select("id").where("origin", "=", "sample").execute();
  return rows.map(({ id }) => id);
}

/** Removes the articles of the sample newsroom, and those of its sections, authors and tags that nothing else has. */
export function forgetSampleArticles(db: Db): CompiledQuery[] {
  return [
    sql`update articles set story_id = null
      where story_id in (select s.id from articles s where s.origin = 'sample')`.compile(db),
    sql`delete from articles where origin = 'sample'`.compile(db),
    sql`delete from sections where sample = 1
      and not exists (select 1 from article_sections a where a.section_id = sections.id)`.compile(db),
    sql`update sections set sample = 0 where sample = 1`.compile(db),
    sql`delete from authors where not exists (select 1 from article_authors l where l.author_id = authors.id)`.compile(
      db,
    ),
    sql`delete from tags where not exists (select 1 from article_tags l where l.tag_id = tags.id)`.compile(
      db,
    ),
  ];
}
