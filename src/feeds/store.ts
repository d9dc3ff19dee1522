// The only SQL for the versions of feeds.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { SectionId } from "../articles/index.ts";
import { fromMilliseconds } from "../platform/index.ts";

/** Names a feed for good: a section by its id, so that a renamed section keeps its feed. */
export type FeedKey = "all" | `section/${number}`;

export type FeedTables = {
  feed_versions: {
    feed: FeedKey;
    version: number;
    changed_at: number; // milliseconds since 1970, UTC; whole seconds, as Last-Modified counts them
  };
};

/** What has changed in a feed so far. A feed that nothing ever touched has version 0 and no time. */
export type FeedVersion = { version: number; changedAt: Temporal.Instant | null };

/** The key of a section's feed. */
export const sectionFeed = (id: SectionId): FeedKey => `section/${id}`;

/** The feeds that show what stands in these sections: the one of everything, and each section's own. */
export const feedsOf = (sections: readonly SectionId[]): FeedKey[] => [
  "all",
  ...new Set(sections.map(sectionFeed)),
];

/**
 * Raises the versions of feeds, as a part of the batch that changes what they show.
 *
 * The time of the change strictly grows in whole seconds, so that two changes in one second differ for readers that
 * send only If-Modified-Since; a burst may so run ahead of the clock by a second a batch.
 *
 * @returns one statement, or none if there are no feeds
 */
export function touchFeeds(
  db: Kysely<FeedTables>,
  feeds: readonly FeedKey[],
  now: Temporal.Instant,
): CompiledQuery[] {
  if (feeds.length === 0) return [];
  const second = Math.floor(now.epochMilliseconds / 1000) * 1000;
  return [
    sql`insert into feed_versions (feed, version, changed_at)
      select distinct value, 1, ${second} from json_each(${JSON.stringify(feeds)}) where true
      on conflict (feed) do update set version = version + 1, changed_at = max(excluded.changed_at, changed_at + 1000)`.compile(
      db,
    ),
  ];
}

/** The one small reading that a warm request may cost. */
export async function feedVersion(db: Kysely<FeedTables>, feed: FeedKey): Promise<FeedVersion> {
  const row = await db
    .selectFrom("feed_versions")
    .select(["version", "changed_at"])
    .where("feed", "=", feed)
    .executeTakeFirst();
  return row
    ? { version: row.version, changedAt: fromMilliseconds(row.changed_at) }
    : { version: 0, changedAt: null };
}
