// The only SQL for the versions of feeds and for what came into them in which order.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { type ArticleId, type ArticleList, type SectionId, standsAmongNewest } from "../articles/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import { newsSince } from "./sitemap.ts";

/** A list of articles by a name that never changes: a section by its id, tags and authors by their slugs. */
type ListKey = "all" | `section/${number}` | `tag/${string}` | `author/${string}`;

/**
 * Whatever has a version: the feeds, their archive documents (`section/3#2` is the second of one), `news`, which is the
 * sitemap of the last two days, and `house`, which is what all feeds show besides articles.
 */
export type FeedKey = ListKey | `${ListKey}#${number}` | `digest/${number}` | "news" | "house";

export type FeedTables = {
  feed_versions: {
    feed: FeedKey;
    version: number;
    changed_at: number; // milliseconds since 1970, UTC; whole seconds, as Last-Modified counts them
    seq: number; // which change of all feeds this was
  };
  feed_arrivals: { feed: ListKey; number: number; article_id: ArticleId };
};

type Db = Kysely<FeedTables>;

/** What has changed in a feed so far. A feed that nothing ever touched has version 0 and no time. */
export type FeedVersion = { version: number; changedAt: Temporal.Instant | null };

/** A feed holds the newest fifty articles, an archive document fifty that came in one after the other. */
export const feedLength = 50;

export const keyOf = (list: ArticleList): ListKey =>
  list.kind === "all" ? "all" : list.kind === "section" ? `section/${list.id}` : `${list.kind}/${list.slug}`;

export const archiveKey = (list: ArticleList, archive: number): FeedKey => `${keyOf(list)}#${archive}`;

/** Every list that an article stands in: everything, and its sections, tags and authors. */
export const listsOf = (article: {
  sectionIds: readonly SectionId[];
  tags: readonly { slug: string }[];
  authors: readonly { slug: string }[];
}): ArticleList[] => [
  { kind: "all" },
  ...[...new Set(article.sectionIds)].map((id) => ({ kind: "section" as const, id })),
  ...article.tags.map(({ slug }) => ({ kind: "tag" as const, slug })),
  ...article.authors.map(({ slug }) => ({ kind: "author" as const, slug })),
];

/**
 * Raises the versions of these, as a part of the batch that changes what they show.
 *
 * The time of the change strictly grows in whole seconds, so that two changes in one second differ for readers that
 * send only If-Modified-Since; a burst may so run ahead of the clock by a second a batch.
 *
 * @returns one statement, or none if there are no feeds
 */
export function touchFeeds(db: Db, feeds: readonly FeedKey[], now: Temporal.Instant): CompiledQuery[] {
  if (feeds.length === 0) return [];
  const named = sql`select distinct value as feed from json_each(${JSON.stringify(feeds)})`;
  return [raised(named, now).compile(db)];
}

/** The same for feeds that the store names, by a statement of whoever owns what they show. */
export const touchFeedsIn = (
  db: Db,
  named: RawBuilder<{ feed: FeedKey }>,
  now: Temporal.Instant,
): CompiledQuery => raised(named, now).compile(db);

/** Where an article shows, and as published when. */
export type Shown = { lists: readonly ArticleList[]; publishedAt: Temporal.Instant };

/** What became of an article in the eyes of readers; null where it was not shown, or is not any more. */
export type ShownChange = { guid: string; before: Shown | null; after: Shown | null };

/**
 * What feeds must learn of changes to articles, as a part of the batch that makes them, after their own statements: the
 * articles get their numbers in the lists that they came into, and the versions rise of exactly the feeds and archive
 * documents that hold them or held them.
 */
export function feedChanges(db: Db, changes: readonly ShownChange[], now: Temporal.Instant): CompiledQuery[] {
  const arrivals = changes.flatMap(({ guid, after }) => (after?.lists ?? []).map((list) => ({ list, guid })));
  const touched = new Map<ListKey, Touch>();
  for (const { guid, before, after } of changes) {
    const had = new Set(before?.lists.map(keyOf));
    for (const { lists, publishedAt } of [before, after].filter((it) => it !== null))
      for (const list of lists) {
        const others = touched.get(keyOf(list));
        const arrived = after?.lists.includes(list) && !had.has(keyOf(list)) ? [guid] : [];
        const isNewer = !others || Temporal.Instant.compare(publishedAt, others.newest.publishedAt) > 0;
        touched.set(keyOf(list), {
          list,
          newest: isNewer ? { guid, publishedAt } : others.newest,
          arrived: [...(others?.arrived ?? []), ...arrived],
        });
      }
  }
  const since = newsSince(now);
  const isNews = changes
    .flatMap(({ before, after }) => [before, after])
    .some((it) => it !== null && Temporal.Instant.compare(it.publishedAt, since) > 0);
  return [
    ...(isNews ? touchFeeds(db, ["news"], now) : []),
    ...(arrivals.length > 0 ? [arrive(db, arrivals)] : []),
    ...(["all", "section", "tag", "author"] as const).flatMap((kind) =>
      touchIfShown(
        db,
        kind,
        [...touched.values()].filter(({ list }) => list.kind === kind),
        now,
      ),
    ),
    ...changes.filter(({ before }) => before !== null).map(({ guid }) => touchArchives(db, guid, now)),
  ];
}

/** The newest article that came into a list, changed in it or left it, and those that came in. */
type Touch = {
  list: ArticleList;
  newest: { guid: string; publishedAt: Temporal.Instant };
  arrived: readonly string[];
};

/**
 * Raises the versions of those of these lists' feeds whose article is one of those they show, or was: of an old one a feed
 * knows nothing, so it does not change. If an arrival filled an archive document, the feed changes too, as it leads there.
 *
 * @returns one statement for all lists of a kind, or none
 */
function touchIfShown(
  db: Db,
  kind: ArticleList["kind"],
  touches: readonly Touch[],
  now: Temporal.Instant,
): CompiledQuery[] {
  if (touches.length === 0) return [];
  const rows = touches.map(({ list, newest, arrived }) => ({
    feed: keyOf(list),
    of: list.kind === "all" ? null : list.kind === "section" ? list.id : list.slug,
    guid: newest.guid,
    at: newest.publishedAt.epochMilliseconds,
    arrived,
  }));
  const field = (name: keyof (typeof rows)[number]) => sql`j.value ->> ${sql.lit(name)}`;
  const feed = field("feed");
  const article = { of: field("of"), guid: field("guid"), at: field("at") };
  const shown = standsAmongNewest(kind, article, feedLength);
  const filled = sql`exists (select 1 from json_each(j.value, '$.arrived') g
    cross join articles a on a.guid = g.value
    cross join feed_arrivals r on r.article_id = a.id and r.feed = ${feed} and r.number % ${feedLength} = 0)`;
  const named = sql`select ${feed} as feed from json_each(${JSON.stringify(rows)}) j where ${shown} or ${filled}`;
  return [raised(named, now).compile(db)];
}

/** Raises the versions of the archive documents that hold an article, in whichever feeds it ever came into. */
// The numbers stand in the statement: bound as parameters they would be reals, and the division no whole one.
function touchArchives(db: Db, guid: string, now: Temporal.Instant): CompiledQuery {
  const named = sql`select r.feed || '#' || ((r.number + ${sql.lit(feedLength - 1)}) / ${sql.lit(feedLength)}) as feed
    from articles a cross join feed_arrivals r on r.article_id = a.id where a.guid = ${guid}`;
  return raised(named, now).compile(db);
}

const raised = (named: RawBuilder<unknown>, now: Temporal.Instant) => sql`
  insert into feed_versions (feed, version, changed_at, seq)
  select feed, 1, ${Math.floor(now.epochMilliseconds / 1000) * 1000}, (select coalesce(max(seq), 0) + 1 from feed_versions)
  from (${named}) where true
  on conflict (feed) do update set version = version + 1, changed_at = max(excluded.changed_at, changed_at + 1000),
    seq = excluded.seq`;

/** Numbers published articles in the lists that they came into, after those that are there; who has a number keeps it. */
function arrive(db: Db, arrivals: readonly { list: ArticleList; guid: string }[]): CompiledQuery {
  const given = JSON.stringify(arrivals.map(({ list, guid }) => [keyOf(list), guid]));
  return sql`
    insert into feed_arrivals (feed, number, article_id)
    select feed, (select coalesce(max(n.number), 0) from feed_arrivals n where n.feed = it.feed)
      + row_number() over (partition by feed order by published_at, id), id
    from (select j.value ->> 0 as feed, a.published_at, a.id from json_each(${given}) j
      cross join articles a on a.guid = j.value ->> 1 and +a.state = 'published'
      where not exists (select 1 from feed_arrivals r where r.article_id = a.id and r.feed = j.value ->> 0)) it`.compile(
    db,
  );
}

/** The version of one feed. */
export async function feedVersion(db: Db, feed: FeedKey): Promise<FeedVersion> {
  const row = await db
    .selectFrom("feed_versions")
    .select(["version", "changed_at"])
    .where("feed", "=", feed)
    .executeTakeFirst();
  return row ? versionOf(row) : { version: 0, changedAt: null };
}

/** When each of these feeds changed last; those that nothing ever touched are not in it. */
export async function whenChanged(
  db: Db,
  feeds: readonly FeedKey[],
): Promise<Map<FeedKey, Temporal.Instant>> {
  const { rows } = await sql<{ feed: FeedKey; changed_at: number }>`
    select v.feed, v.changed_at from json_each(${JSON.stringify(feeds)}) j
      cross join feed_versions v on v.feed = j.value`.execute(db);
  return new Map(rows.map(({ feed, changed_at }) => [feed, fromMilliseconds(changed_at)]));
}

const versionOf = (row: { version: number; changed_at: number }): FeedVersion => ({
  version: row.version,
  changedAt: row.changed_at === 0 ? null : fromMilliseconds(row.changed_at),
});

/** More changes than these in a second, and a process had better begin anew. */
export const mostChanges = 1000;

/** The one small reading that warm requests cost, once a second: what changed after `seq`, at most `mostChanges`. */
export async function changesAfter(db: Db, seq: number) {
  const rows = await db
    .selectFrom("feed_versions")
    .select(["feed", "version", "changed_at", "seq"])
    .where("seq", ">", seq)
    .orderBy("seq")
    .limit(mostChanges)
    .execute();
  return rows.map((row) => ({ feed: row.feed, seq: row.seq, version: versionOf(row) }));
}

/** The number of the last change. */
export async function lastChange(db: Db): Promise<number> {
  const row = await db
    .selectFrom("feed_versions")
    .select((eb) => eb.fn.max("seq").as("seq"))
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** How many archive documents of a list are full. */
export async function fullArchives(db: Db, list: ArticleList): Promise<number> {
  const row = await db
    .selectFrom("feed_arrivals")
    .select((eb) => eb.fn.max("number").as("number"))
    .where("feed", "=", keyOf(list))
    .executeTakeFirst();
  return Math.floor((row?.number ?? 0) / feedLength);
}

/** The articles that came into a list as its nth fifty, the last first; those too that left it since. */
export async function arrivedIn(db: Db, list: ArticleList, archive: number): Promise<ArticleId[]> {
  const rows = await db
    .selectFrom("feed_arrivals")
    .select("article_id")
    .where("feed", "=", keyOf(list))
    .where("number", ">", (archive - 1) * feedLength)
    .where("number", "<=", archive * feedLength)
    .orderBy("number", "desc")
    .execute();
  return rows.map((row) => row.article_id);
}
