// The stream of articles as editors look through it: filtered, newest first, and how each one's story is told by others. A page
// looks at a bounded number of articles, however few of them fit.
import { type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds } from "../platform/index.ts";
import { type Article, type ArticleId, articleId, type Candidate, type SectionId } from "./article.ts";
import { candidatesById } from "./read.ts";
import type { StoryArticle } from "./story/stories.ts";
import type { ArticleTables } from "./tables.ts";

type Db = Kysely<ArticleTables>;

export type DeskFilter = {
  state: Article["status"]["state"];
  section: SectionId | null;
  /** As articles are attributed. */
  source: string | null;
  importance: 1 | 2 | 3 | null;
};

/** Behind which article a page begins. */
export type DeskPlace = { publishedAt: number; id: number };

/** So many are looked at for a page where two filters hold at once; where too few of them fit, the page is short and goes on. */
const mostLooked = 2000;

/** A page of the stream. @returns `next`: where it goes on; null at the end */
export async function deskArticles(
  db: Db,
  filter: DeskFilter,
  after: DeskPlace | null,
  limit: number,
): Promise<{ articles: Candidate[]; next: DeskPlace | null }> {
  const { from, at, where, fits } = wayOf(filter);
  const id = sql.ref(`${at}.${at === "l" ? "article_id" : "id"}`);
  const published = sql.ref(`${at}.published_at`);
  const place = after ?? { publishedAt: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };
  const looked = fits === null ? limit + 1 : mostLooked;
  const { rows } = await sql<{ id: ArticleId; published_at: number; fits: 0 | 1 }>`
    select ${id} as id, ${published} as published_at, ${fits ?? sql`1`} as fits from ${from}
    where ${where} and (${published}, ${id}) < (${place.publishedAt}, ${place.id})
    order by ${published} desc, ${id} desc limit ${looked}`.execute(db);
  const fitting = rows.filter((row) => row.fits === 1);
  const page = fitting.slice(0, limit);
  const last = fitting.length > limit ? page.at(-1) : rows.length === looked ? rows.at(-1) : undefined;
  return {
    articles: await candidatesById(
      db,
      page.map((row) => row.id),
    ),
    next: last ? { publishedAt: last.published_at, id: last.id } : null,
  };
}

type Way = {
  from: RawBuilder<unknown>;
  at: "a" | "l";
  where: RawBuilder<unknown>;
  /** What else must hold, judged article by article; null if nothing. */
  fits: RawBuilder<unknown> | null;
};

/** The index to walk along: that of the filter that fewest articles pass. */
function wayOf({ state, section, source, importance }: DeskFilter): Way {
  const isState = sql`a.state = ${state}`;
  const isSource = source !== null && sql`a.source_name = ${source}`;
  const isImportance = importance !== null && sql`a.importance = ${importance}`;
  const inSection =
    section !== null &&
    sql`exists (select 1 from article_sections s where s.article_id = a.id and s.section_id = ${section})`;
  const all = (...rules: (RawBuilder<unknown> | false)[]) => {
    const left = rules.filter((it) => it !== false);
    return left.length === 0 ? null : sql`(${sql.join(left, sql` and `)})`;
  };
  const articles = { from: sql`articles a`, at: "a" as const };
  if (state !== "published")
    return { ...articles, where: isState, fits: all(isSource, isImportance, inSection) };
  if (isImportance)
    // The index holds what has any importance, and the statement must say so.
    return {
      ...articles,
      where: sql`a.importance > 0 and ${isImportance}`,
      fits: all(isState, isSource, inSection),
    };
  if (isSource)
    return {
      ...articles,
      where: sql`a.source_name is not null and ${isSource}`,
      fits: all(isState, inSection),
    };
  if (section !== null)
    return {
      from: sql`article_sections l`,
      at: "l",
      where: sql`l.section_id = ${section} and l.visible = 1`,
      fits: null,
    };
  return { ...articles, where: isState, fits: null };
}

/** The first hundred whom articles are attributed to: each is one step in an index, however many articles it has. */
export async function sourceNames(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    with recursive named (name) as (
      select min(source_name) from articles where source_name is not null
      union all
      select (select min(source_name) from articles where source_name > named.name) from named where named.name is not null)
    select name from named where name is not null limit 100`.execute(db);
  return rows.map(({ name }) => name);
}

const told = z.array(
  z.object({
    id: z.number().transform(articleId),
    title: z.string(),
    url: z.string().nullable(),
    sourceName: z.string().nullable(),
    publishedAt: z.number().transform(fromMilliseconds),
    state: z.enum(["published", "embargoed", "retracted"]),
  }),
);
export type ToldBy = Omit<StoryArticle, "byHand">;

/** The first articles of each story, at most `limit` a story, the earliest first; the id of what leads it is the key. */
export async function tellersOf(
  db: Db,
  stories: readonly ArticleId[],
  limit: number,
): Promise<Map<ArticleId, ToldBy[]>> {
  const { rows } = await sql<{ story: ArticleId; articles: string }>`
    select j.value as story, (select json_group_array(json_object('id', teller.id, 'title', teller.title, 'url', teller.url,
        'sourceName', teller.source_name, 'publishedAt', teller.published_at, 'state', teller.state)) from (
      select a.* from articles a where a.id = j.value or a.story_id = j.value
      order by a.published_at, a.id limit ${limit}) teller) as articles
    from json_each(${JSON.stringify(stories)}) j`.execute(db);
  return new Map(rows.map(({ story, articles }) => [story, told.parse(JSON.parse(articles))]));
}
