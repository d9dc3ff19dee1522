// The only SQL for clicks.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { type ArticleId, articleId } from "../../articles/index.ts";
import { type Database, fromMilliseconds } from "../../platform/index.ts";
import type { SubscriberId, SubscriberTables } from "../../subscribers/index.ts";
import type { DigestTables, IssueId } from "../tables.ts";

type Db = Kysely<DigestTables>;

/** What is added to the counts of a story. */
export type Counted = { issue: IssueId; article: ArticleId; people: number; robots: number };
/** Who followed a story, where that is kept. */
export type ReaderClick = { issue: IssueId; article: ArticleId; subscriber: SubscriberId; at: number };

/**
 * Adds to the counts, as one batch. Of a reader each story of an issue counts once, whenever they come back; who is erased is not
 * written down. What names an issue or an article that is gone is dropped.
 */
export function addClicks(
  db: Db,
  counted: readonly Counted[],
  readers: readonly ReaderClick[],
): CompiledQuery[] {
  const json = JSON.stringify(readers.map((it) => [it.issue, it.article, it.subscriber, it.at]));
  const known = (issue: string, article: string) =>
    sql`exists (select 1 from issues where id = ${sql.ref(issue)}) and exists (select 1 from articles where id = ${sql.ref(article)})`;
  const statements: CompiledQuery[] = [];
  if (counted.length > 0)
    statements.push(
      sql`insert into story_clicks (issue_id, article_id, people, robots)
        select c.issue, c.article, c.people, c.robots from (
          select value ->> 0 as issue, value ->> 1 as article, value ->> 2 as people, value ->> 3 as robots
          from json_each(${JSON.stringify(counted.map((it) => [it.issue, it.article, it.people, it.robots]))})) c
        where ${known("c.issue", "c.article")}
        on conflict (issue_id, article_id) do update set people = people + excluded.people, robots = robots + excluded.robots`.compile(
        db,
      ),
    );
  if (readers.length > 0)
    statements.push(
      sql`insert into story_clicks (issue_id, article_id, people)
        select c.issue, c.article, count(distinct c.subscriber) from (
          select value ->> 0 as issue, value ->> 1 as article, value ->> 2 as subscriber from json_each(${json})) c
        where ${known("c.issue", "c.article")} and not exists (select 1 from reader_clicks r
          where r.issue_id = c.issue and r.article_id = c.article and r.subscriber_id = c.subscriber)
        group by c.issue, c.article
        on conflict (issue_id, article_id) do update set people = people + excluded.people`.compile(db),
      sql`insert or ignore into reader_clicks (issue_id, article_id, subscriber_id, at)
        select s.issue_id, s.article_id, u.id, j.value ->> 3 from json_each(${json}) j
        cross join story_clicks s on s.issue_id = j.value ->> 0 and s.article_id = j.value ->> 1
        cross join subscribers u on u.id = j.value ->> 2 and u.state <> 'erased'`.compile(db),
    );
  return statements;
}

export type StoryClicks = { articleId: ArticleId; people: number; robots: number };

/** More stories than the editions of an issue have between them. */
const mostStories = 5000;

/** How often each story of an issue was followed, the most followed first. */
export async function clicksOf(db: Db, issue: IssueId): Promise<StoryClicks[]> {
  const rows = await db
    .selectFrom("story_clicks")
    .select(["article_id", "people", "robots"])
    .where("issue_id", "=", issue)
    .limit(mostStories)
    .execute();
  return rows
    .map(({ article_id, people, robots }) => ({ articleId: articleId(article_id), people, robots }))
    .sort((a, b) => b.people - a.people || a.articleId - b.articleId);
}

/** More than anybody follows in a season. */
const mostOfReader = 20_000;

/** What is kept of the stories that somebody followed. */
export async function clicksOfReader(db: Db, subscriber: SubscriberId) {
  const rows = await db
    .selectFrom("reader_clicks")
    .select(["issue_id", "article_id", "at"])
    .where("subscriber_id", "=", subscriber)
    .limit(mostOfReader)
    .execute();
  return rows.map(({ at, ...row }) => ({ ...row, at: fromMilliseconds(at).toString() }));
}

/** Forgets what somebody followed. That it was followed stays counted. */
export const forgetClicksOf = (db: Db, subscriber: SubscriberId): CompiledQuery =>
  db.deleteFrom("reader_clicks").where("subscriber_id", "=", subscriber).compile();

/** So long it is kept who followed what. */
export const readerClickDays = 90;

/** Forgets who followed what, some thousand at a time: what is older than a season, and all of it where persons are not counted. */
export async function forgetReaderClicks(db: Db, personal: boolean, now: Temporal.Instant): Promise<void> {
  const before = personal
    ? now.subtract({ hours: 24 * readerClickDays }).epochMilliseconds
    : Number.MAX_SAFE_INTEGER;
  await sql`delete from reader_clicks where (issue_id, article_id, subscriber_id) in (
    select issue_id, article_id, subscriber_id from reader_clicks where at < ${before} limit 10000)`.execute(
    db,
  );
}

export type ClickDatabase = Database<DigestTables & SubscriberTables>;
