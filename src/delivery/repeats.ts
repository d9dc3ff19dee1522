// Who of an edition's readers was sent some of it already: by another digest, or before they changed their sections. Asked once
// for each lot of claimed letters; for nearly all of them the answer is nobody.
import { type Kysely, sql } from "kysely";
import type { ArticleId, ArticleTables } from "../articles/index.ts";
import type { DigestTables, Edition, IssueId } from "../digests/index.ts";
import type { SubscriberId } from "../subscribers/index.ts";
import type { DeliveryTables } from "./ledger.ts";

type Db = Kysely<DeliveryTables & DigestTables & ArticleTables>;

/**
 * Which articles of these editions, or of what comes next in them, tell a story that a reader was sent in another issue: one that a
 * server took or may have taken, whatever the story was called then. One query, which follows the few issues that carried
 * one of the stories, and not the readers' whole history.
 *
 * No other letter may be under way to these readers: {@link claimDeliveries} sees to that.
 *
 * @returns only who was sent any
 */
export async function repeatsFor(
  db: Db,
  issue: IssueId,
  readers: readonly SubscriberId[],
  editions: readonly Pick<Edition, "articles" | "next">[],
): Promise<Map<SubscriberId, Set<ArticleId>>> {
  const wanted = new Set(
    editions.flatMap(({ articles, next }) => [...articles, ...next.map(({ articleId }) => articleId)]),
  );
  const { rows } = await sql<{ reader: SubscriberId; article: ArticleId }>`
    with wanted as materialized (
      select a.id as article, coalesce(a.story_id, a.id) as story
      from json_each(${JSON.stringify([...wanted])}) j cross join articles a on a.id = j.value),
    told as materialized (
      select a.id as article, wanted.article as again from wanted
      cross join articles a on a.id = wanted.story or a.story_id = wanted.story),
    carrying as materialized (
      select distinct c.issue_id from told cross join issue_articles c on c.article_id = told.article
      where c.issue_id <> ${issue}),
    arrived as materialized (
      select d.id, d.subscriber_id, d.edition_id, d.in_doubt
      from carrying cross join json_each(${JSON.stringify(readers)}) j
      cross join deliveries d on d.issue_id = carrying.issue_id and d.subscriber_id = j.value
      where d.state in ('sending', 'accepted', 'in_doubt') or d.in_doubt > 0),
    sent as (
      select subscriber_id, edition_id from arrived
      union select arrived.subscriber_id, t.edition_id
      from arrived cross join earlier_tries t on t.delivery_id = arrived.id where arrived.in_doubt > 0)
    select distinct sent.subscriber_id as reader, told.again as article
    from sent cross join edition_stories s on s.edition_id = sent.edition_id
    join told on told.article = s.article_id`.execute(db);
  const repeats = new Map<SubscriberId, Set<ArticleId>>();
  for (const { reader, article } of rows)
    repeats.set(reader, (repeats.get(reader) ?? new Set<ArticleId>()).add(article));
  return repeats;
}
