// The SQL that reads articles: first the ids, from an index alone, then the rows they name.
import { type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds } from "../platform/index.ts";
import {
  type Article,
  type ArticleHead,
  type ArticleId,
  type ArticleStatus,
  articleId,
  type Candidate,
  type Section,
  type SectionId,
} from "./article.ts";
import type { ArticleTables } from "./tables.ts";

type Db = Kysely<ArticleTables>;

/** A place in a list of articles, newest first. */
export type Cursor = { publishedAt: number; id: number };

/** What a list of articles shows: everything, or what stands in a section, under a tag, by an author. */
export type ArticleList =
  | { kind: "all" }
  | { kind: "section"; id: SectionId }
  | { kind: "tag"; slug: string }
  | { kind: "author"; slug: string };

export type Listing = {
  of: ArticleList;
  /** Only what stands after this place. */
  after?: Cursor | undefined;
  limit: number;
};

/** Where a list begins when nothing stands before it. */
const newest: Cursor = { publishedAt: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

/** The index that has a list in its order: which rows of which table, and how the article is named there. */
const rowsOf = (list: ArticleList) =>
  rowsIn(list.kind, sql`${list.kind === "all" ? null : list.kind === "section" ? list.id : list.slug}`);

/** The same of any list of a kind. `of`, in SQL: the section's id, the slug of the tag or author. */
function rowsIn(kind: ArticleList["kind"], of: RawBuilder<unknown>) {
  switch (kind) {
    case "all":
      return { table: sql.table("articles"), id: sql.ref("id"), shown: sql`state = 'published'` };
    case "section":
      return linked("article_sections", sql`section_id = ${of}`);
    case "tag":
      return linked("article_tags", sql`tag_id = (select id from tags where slug = ${of})`);
    case "author":
      return linked("article_authors", sql`author_id = (select id from authors where slug = ${of})`);
  }
}

const linked = (table: string, which: RawBuilder<unknown>) => ({
  table: sql.table(table),
  id: sql.ref("article_id"),
  shown: sql`${which} and visible = 1`,
});

/** Published articles, newest first, at most `limit`. */
export async function newestArticles(db: Db, { of, after = newest, limit }: Listing): Promise<Article[]> {
  const { table, id, shown } = rowsOf(of);
  const { rows } = await sql<{ id: ArticleId }>`
    select ${id} as id from ${table} where ${shown} and (published_at, ${id}) < (${after.publishedAt}, ${after.id})
    order by published_at desc, ${id} desc limit ${limit}`.execute(db);
  return articlesById(
    db,
    rows.map((row) => row.id),
  );
}

/**
 * In SQL: whether an article that was published then is one of the first `limit` of a list, or would be if it still stood
 * there: fewer than that many others are newer. Reads at most `limit` entries of an index.
 *
 * @param it expressions: which list of its kind (a section's id, a slug), the article's guid, its time in milliseconds
 */
export function standsAmongNewest(
  kind: ArticleList["kind"],
  it: { of: RawBuilder<unknown>; guid: RawBuilder<unknown>; at: RawBuilder<unknown> },
  limit: number,
): RawBuilder<boolean> {
  const { table, id, shown } = rowsIn(kind, it.of);
  const itself = sql`coalesce((select a.id from articles a where a.guid = ${it.guid}), 0)`;
  return sql<boolean>`(select count(*) from (select 1 from ${table} where ${shown}
    and (published_at, ${id}) > (${it.at}, ${itself}) and ${id} <> ${itself}
    limit ${limit})) < ${limit}`;
}

/** The newest published articles of all these sections together, each once, newest first, at most `limit`. */
export async function newestOfSections(
  db: Db,
  sections: readonly SectionId[],
  limit: number,
): Promise<Article[]> {
  const { rows } = await sql<{ id: ArticleId }>`
    select distinct n.value ->> 0 as id, n.value ->> 1 as published_at
    from json_each(${JSON.stringify(sections)}) j, json_each((
      select json_group_array(json_array(article_id, published_at)) from (
        select article_id, published_at from article_sections where section_id = j.value and visible = 1
        order by published_at desc, article_id desc limit ${limit}))) n
    order by published_at desc, id desc limit ${limit}`.execute(db);
  return articlesById(
    db,
    rows.map((row) => row.id),
  );
}

/** The name that a tag or an author has, by its slug; null if there is none. */
export async function nameOf(db: Db, kind: "tag" | "author", slug: string): Promise<string | null> {
  const row = await db
    .selectFrom(kind === "tag" ? "tags" : "authors")
    .select("name")
    .where("slug", "=", slug)
    .executeTakeFirst();
  return row?.name ?? null;
}

/** The newest published articles of each of these sections, newest first, at most `limit` a section, in one go. */
export async function newestOfEach(
  db: Db,
  sections: readonly SectionId[],
  limit: number,
): Promise<Map<SectionId, Article[]>> {
  const { rows } = await sql<{ section: SectionId; ids: string }>`
    select j.value as section, (select json_group_array(article_id) from (
      select article_id from article_sections where section_id = j.value and visible = 1
      order by published_at desc, article_id desc limit ${limit})) as ids
    from json_each(${JSON.stringify(sections)}) j`.execute(db);
  const idsOf = rows.map(({ section, ids }) => ({ section, ids: sectionIds.parse(JSON.parse(ids)) }));
  const all = await articlesById(db, [...new Set(idsOf.flatMap(({ ids }) => ids))].map(articleId));
  const byId = new Map(all.map((article) => [article.id as number, article]));
  return new Map(idsOf.map(({ section, ids }) => [section, ids.flatMap((id) => byId.get(id) ?? [])]));
}

/** Every article of the store in the order of its id, whatever its state, for lists that machines page through. */
export async function articlesFrom(db: Db, afterId: number, limit: number): Promise<Article[]> {
  const rows = await sql<{
    id: ArticleId;
  }>`select id from articles where id > ${afterId} order by id limit ${limit}`.execute(db);
  return articlesById(
    db,
    rows.rows.map(({ id }) => id),
  );
}

/** Published after `since` and at or before `until`; newest first, at most `limit`. Their texts stay in the store. */
export async function publishedBetween(
  db: Db,
  since: Temporal.Instant,
  until: Temporal.Instant,
  limit: number,
): Promise<Candidate[]> {
  const { rows } = await sql<{ id: ArticleId }>`
    select id from articles where state = 'published' and published_at > ${since.epochMilliseconds}
      and published_at <= ${until.epochMilliseconds}
    order by published_at desc, id desc limit ${limit}`.execute(db);
  return candidatesById(
    db,
    rows.map(({ id }) => id),
  );
}

/** Embargoed articles whose time has come, at most 100: each touches a feed for each of its sections, tags and authors. */
export async function embargoesEnding(db: Db, now: Temporal.Instant): Promise<Article[]> {
  const rows = await db
    .selectFrom("articles")
    .select("id")
    .where("state", "=", "embargoed")
    .where("published_at", "<=", now.epochMilliseconds)
    .orderBy("published_at", "desc")
    .limit(100)
    .execute();
  return articlesById(
    db,
    rows.map(({ id }) => id),
  );
}

/** One article in whatever state, or null. */
export async function articleById(db: Db, id: ArticleId): Promise<Article | null> {
  const [article] = await articlesById(db, [id]);
  return article ?? null;
}

/** What is stored under a publisher's own id, or null. */
export async function storedAs(db: Db, origin: string, externalId: string) {
  const row = await db
    .selectFrom("articles")
    .select(["id", "content_hash"])
    .where("origin", "=", origin)
    .where("external_id", "=", externalId)
    .executeTakeFirst();
  const article = row ? await articleById(db, row.id) : null;
  return row && article ? { article, contentHash: row.content_hash } : null;
}

/** Whether some article has this guid. */
export async function hasGuid(db: Db, guid: string): Promise<boolean> {
  const row = await db.selectFrom("articles").select("id").where("guid", "=", guid).executeTakeFirst();
  return row !== undefined;
}

/**
 * When an article became what it is, by its retraction or its last revision, and the first revision that is right: of one that was
 * retracted none. Null if it was never changed.
 *
 * @param revision when it got this revision, instead of the last one; null too if it never had it
 */
export async function lastChanged(
  db: Db,
  article: Article,
  revision?: number,
): Promise<{ at: Temporal.Instant; revision: number } | null> {
  if (article.status.state === "retracted" && revision === undefined)
    return { at: article.status.at, revision: article.revision + 1 };
  const since = revision ?? article.revision;
  const row = await db
    .selectFrom("article_revisions")
    .select("replaced_at")
    .where("article_id", "=", article.id)
    .where("revision", "=", since - 1)
    .executeTakeFirst();
  return row ? { at: fromMilliseconds(row.replaced_at), revision: since } : null;
}

/** Whether anything was ever put in. */
export async function hasArticles(db: Db): Promise<boolean> {
  return (await db.selectFrom("articles").select("id").limit(1).executeTakeFirst()) !== undefined;
}

/** The titles published in a span of time, newest first, at most `limit`: for telling which words burst today. */
export async function titlesBetween(
  db: Db,
  since: Temporal.Instant,
  until: Temporal.Instant,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom("articles")
    .select("title")
    .where("state", "=", "published")
    .where("published_at", ">", since.epochMilliseconds)
    .where("published_at", "<=", until.epochMilliseconds)
    .orderBy("published_at", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ title }) => title);
}

// The cross join and the plus keep SQLite on the two indexes of ids; it would walk every published article for each lead.
/** How many articles carry each story, and how many sources outside the paper; the lead's id is the key. */
export async function coverageOf(db: Db, leads: readonly ArticleId[]) {
  const { rows } = await sql<{ lead: ArticleId; articles: number; sources: number }>`
    select j.value as lead, count(*) as articles, count(distinct a.source_name) as sources
    from json_each(${JSON.stringify(leads)}) j
    cross join articles a on (a.id = j.value or a.story_id = j.value) and +a.state = 'published'
    group by j.value`.execute(db);
  return new Map(rows.map(({ lead, articles, sources }) => [lead, { articles, sources }]));
}

const sectionColumns = ["id", "slug", "title", "title_en", "half_life_hours", "closed_at"] as const;
type SectionRow = {
  id: SectionId;
  slug: string;
  title: string;
  title_en: string | null;
  half_life_hours: number;
  closed_at: number | null;
};

const toSection = (row: SectionRow): Section => ({
  id: row.id,
  slug: row.slug,
  title: row.title,
  titleEn: row.title_en,
  halfLifeHours: row.half_life_hours,
  closedAt: row.closed_at === null ? null : fromMilliseconds(row.closed_at),
});

/** All sections in the paper's order; a paper has dozens, not thousands. */
export async function listSections(db: Db): Promise<Section[]> {
  const rows = await db
    .selectFrom("sections")
    .select(sectionColumns)
    .orderBy("position")
    .limit(1000)
    .execute();
  return rows.map(toSection);
}

/** The section with this slug (compared in NFC), closed or not, or null. */
export async function sectionBySlug(db: Db, slug: string): Promise<Section | null> {
  const row = await db
    .selectFrom("sections")
    .select(sectionColumns)
    .where("slug", "=", slug.normalize("NFC"))
    .executeTakeFirst();
  return row ? toSection(row) : null;
}

const names = z.array(z.object({ slug: z.string(), name: z.string() }));
const sectionIds = z.array(z.number());
const image = z
  .object({
    url: z.string(),
    type: z.string().nullable(),
    length: z.number().nullable(),
    width: z.number().nullable(),
    height: z.number().nullable(),
    alt: z.string().nullable(),
    credit: z.string().nullable(),
  })
  .nullable();

/** Where an article is, and whether it can be read: all that a link to it needs. */
export async function linkedArticle(
  db: Db,
  id: ArticleId,
): Promise<{ id: ArticleId; url: string | null; state: Article["status"]["state"] } | null> {
  const row = await db
    .selectFrom("articles")
    .select(["url", "state"])
    .where(sql<number>`id`, "=", id)
    .executeTakeFirst();
  return row ? { id, ...row } : null;
}

/** The rows of these ids, in the order of the ids. Two queries, whatever their number. */
export async function articlesById(db: Db, ids: readonly ArticleId[]): Promise<Article[]> {
  if (ids.length === 0) return [];
  const sections = await sectionsById(db);
  const rows = await rowsOfHeads(db, ids).select("a.body_html").execute();
  return inOrderOf(
    ids,
    rows.map((row) => ({ ...toHead(row, sections), bodyHtml: row.body_html })),
  );
}

/** The same without their texts, of which only the length is looked up. */
export async function candidatesById(db: Db, ids: readonly ArticleId[]): Promise<Candidate[]> {
  if (ids.length === 0) return [];
  const sections = await sectionsById(db);
  const rows = await rowsOfHeads(db, ids)
    .select(sql<number>`octet_length(a.body_html)`.as("length"))
    .execute();
  return inOrderOf(
    ids,
    rows.map((row) => ({ ...toHead(row, sections), length: row.length })),
  );
}

const sectionsById = async (db: Db) =>
  new Map((await listSections(db)).map((section) => [section.id as number, section]));

function inOrderOf<It extends { id: ArticleId }>(ids: readonly ArticleId[], articles: readonly It[]): It[] {
  const byId = new Map(articles.map((article) => [article.id, article]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

const headColumns = [
  "a.id",
  "a.origin",
  "a.external_id",
  "a.guid",
  "a.url",
  "a.title",
  "a.summary",
  "a.source_name",
  "a.image",
  "a.importance",
  "a.published_at",
  "a.published_from",
  "a.updated_at",
  "a.revision",
  "a.correction",
  "a.state",
  "a.retracted_at",
  "a.retract_reason",
  "a.story_id",
] as const;

const rowsOfHeads = (db: Db, ids: readonly ArticleId[]) =>
  db
    .selectFrom("articles as a")
    .select(headColumns)
    .select([
      sql<string>`(select json_group_array(section_id order by position) from article_sections where article_id = a.id)`.as(
        "section_ids",
      ),
      sql<string>`(select json_group_array(json_object('slug', t.slug, 'name', t.name) order by l.position)
        from article_authors l join authors t on t.id = l.author_id where l.article_id = a.id)`.as("authors"),
      sql<string>`(select json_group_array(json_object('slug', t.slug, 'name', t.name) order by l.position)
        from article_tags l join tags t on t.id = l.tag_id where l.article_id = a.id)`.as("tags"),
    ])
    .where("a.id", "in", sql<ArticleId>`(select value from json_each(${JSON.stringify(ids)}))`);

type HeadRow = Awaited<ReturnType<ReturnType<typeof rowsOfHeads>["execute"]>>[number];

const toHead = (row: HeadRow, sections: ReadonlyMap<number, Section>): ArticleHead => ({
  id: row.id,
  origin: row.origin,
  externalId: row.external_id,
  guid: row.guid,
  url: row.url,
  title: row.title,
  summary: row.summary,
  sections: sectionIds.parse(JSON.parse(row.section_ids)).flatMap((id) => sections.get(id) ?? []),
  tags: names.parse(JSON.parse(row.tags)),
  authors: names.parse(JSON.parse(row.authors)),
  sourceName: row.source_name,
  image: image.parse(row.image === null ? null : JSON.parse(row.image)),
  importance: row.importance,
  publishedAt: fromMilliseconds(row.published_at),
  publishedFrom: row.published_from,
  updatedAt: fromMilliseconds(row.updated_at),
  revision: row.revision,
  correction: row.correction,
  status: statusOf(row.state, row.retracted_at, row.retract_reason),
  storyId: row.story_id ?? row.id,
});

function statusOf(
  state: ArticleStatus["state"],
  retractedAt: number | null,
  reason: string | null,
): ArticleStatus {
  if (state !== "retracted") return { state };
  return { state, at: fromMilliseconds(retractedAt ?? 0), reason: reason ?? "" };
}
