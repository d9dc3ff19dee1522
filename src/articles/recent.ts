// What was published lately, for the sitemap of crawlers that look for news: a line an article, no bodies.
import { type Kysely, sql } from "kysely";
import { fromMilliseconds } from "../platform/index.ts";
import type { Article, ArticleId } from "./article.ts";
import type { ArticleTables } from "./tables.ts";

type Db = Kysely<ArticleTables>;

export type RecentArticle = Pick<Article, "id" | "url" | "title" | "publishedAt" | "updatedAt">;

/** How many articles were published after `since`, counted no further than `most`, on an index alone. */
export async function countPublishedSince(db: Db, since: Temporal.Instant, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (select 1 from articles
      where state = 'published' and published_at > ${since.epochMilliseconds} limit ${most})`.execute(db);
  return rows[0]?.count ?? 0;
}

/** The articles published after `since`, newest first, at most `limit` of them after the first `skip`. */
export async function publishedSince(
  db: Db,
  since: Temporal.Instant,
  { skip, limit }: { skip: number; limit: number },
): Promise<RecentArticle[]> {
  // What is skipped is passed over in the index; only rows that are returned are looked up.
  const { rows } = await sql<{
    id: ArticleId;
    url: string | null;
    title: string;
    published_at: number;
    updated_at: number;
  }>`
    select a.id, a.url, a.title, a.published_at, a.updated_at from (
      select id from articles where state = 'published' and published_at > ${since.epochMilliseconds}
      order by published_at desc, id desc limit ${limit} offset ${skip}) page
    cross join articles a on a.id = page.id
    order by a.published_at desc, a.id desc`.execute(db);
  return rows.map(({ id, url, title, published_at, updated_at }) => ({
    id,
    url,
    title,
    publishedAt: fromMilliseconds(published_at),
    updatedAt: fromMilliseconds(updated_at),
  }));
}
