// What is known of the feeds: who reads each, when it changed, who is pushed to, and whether what is served now is valid. The same for
// the pages and for the API.
import {
  type FeedFormat,
  type FeedKey,
  type FeedName,
  faultsOf,
  feedUrl,
  whenChanged,
} from "../feeds/index.ts";
import { dayToShow, type FeedReaders, readersOf } from "../readership/index.ts";
import { type ShownSubscription, subscribersOf, subscriptionsTo } from "../websub/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import { feedWords } from "./feed-words.ts";
import { type KnownFeed, knownFeeds } from "./known-feeds.ts";

type FactsDeps = Pick<NewsroomDeps, "database" | "now">;

/** As many tags or authors as a page lists, and as many subscriptions of one feed as its page does. */
export const feedsOfPage = 50;

export const feedFormats = ["rss", "atom", "json"] as const;

/** A feed with what is known of it; what nobody asked for, or what has no version of its own, is undefined. */
export type FeedFacts = KnownFeed & {
  readers: FeedReaders | undefined;
  changed: Temporal.Instant | undefined;
  subscribers: { number: number; failing: number } | undefined;
};

/** Of what the paper offers now: sections that were closed have no page here. */
export const feedsNow = async (
  { database: { db } }: Pick<FactsDeps, "database">,
  language: "ar" | "en",
): Promise<KnownFeed[]> =>
  (await knownFeeds(db, { ...feedWords[language], language })).filter(
    ({ feed, name }) => name !== null || feed === "mix",
  );

/** The keys of versions among these; mixes have none of their own. */
const keysOf = (feeds: readonly KnownFeed[]): FeedKey[] =>
  feeds.flatMap(({ feed }) => (feed === "mix" ? [] : [feed]));

/**
 * The paper's own feeds, or a page of the tags or authors that were asked for on the day that is shown.
 *
 * @param after the slug that the page before ended with
 * @returns `next`: what the next page begins behind, or null
 */
export async function listFeeds(
  deps: FactsDeps,
  kind: "tag" | "author" | null,
  after: string,
  language: "ar" | "en",
): Promise<{ day: number; feeds: FeedFacts[]; next: string | null }> {
  const { db } = deps.database;
  const day = await dayToShow(db, deps.now());
  const { feeds, readers, next } = kind
    ? await readFeeds(deps, kind, after, day)
    : await houseFeeds(deps, language, day);
  const keys = keysOf(feeds);
  const [changed, subscribers] = await Promise.all([whenChanged(db, keys), subscribersOf(db, keys)]);
  return {
    day,
    next,
    feeds: feeds.map((it) => ({
      ...it,
      readers: readers.get(it.feed),
      changed: it.feed === "mix" ? undefined : changed.get(it.feed),
      subscribers: it.feed === "mix" ? undefined : subscribers.get(it.feed),
    })),
  };
}

async function houseFeeds(deps: FactsDeps, language: "ar" | "en", day: number) {
  const { db } = deps.database;
  // In the order of the keys: all, author/…, digest/…, mix, section/…, tag/…; a paper has few but for authors and tags.
  const [feeds, ...counted] = await Promise.all([
    feedsNow(deps, language),
    readersOf(db, day, { before: "author/", limit: 10 }),
    readersOf(db, day, { after: "digest/", before: "tag/", limit: 500 }),
  ]);
  return { feeds, readers: new Map(counted.flat().map((it) => [it.feed, it])), next: null };
}

async function readFeeds(
  { database: { db } }: FactsDeps,
  kind: "tag" | "author",
  after: string,
  day: number,
) {
  const found = await readersOf(db, day, {
    after: `${kind}/${after}`,
    before: `${kind}0`, // what comes behind a slash
    limit: feedsOfPage + 1,
  });
  const feeds = found.slice(0, feedsOfPage).map(({ feed }): KnownFeed => {
    const slug = feed.slice(kind.length + 1);
    return { feed, title: slug, name: { kind, slug } };
  });
  const last = found.length > feedsOfPage ? feeds.at(-1) : undefined;
  return {
    feeds,
    readers: new Map(found.map((it) => [it.feed, it])),
    next: last ? last.feed.slice(kind.length + 1) : null,
  };
}

export type NamedFeed = KnownFeed & { name: FeedName };

/** Tags and authors are as many as articles have; whether there is one, its version says. */
export async function findFeed(
  deps: FactsDeps,
  { kind, slug }: { kind: string; slug: string },
  language: "ar" | "en",
): Promise<NamedFeed | null> {
  if (kind === "tag" || kind === "author") {
    const feed = `${kind}/${slug}` as const;
    if (slug.length > 200 || (await whenChanged(deps.database.db, [feed])).size === 0) return null;
    return { feed, title: slug, name: { kind, slug } };
  }
  const found = (await feedsNow(deps, language)).find(
    ({ name }) => name?.kind === kind && ("slug" in name ? name.slug === slug : slug === ""),
  );
  return found?.name ? { ...found, name: found.name } : null;
}

/** @param after the id of a subscription: they are shown in pages. @returns `next`: what the next page begins behind, or null */
export async function readFeed<Known extends KnownFeed>(
  deps: FactsDeps,
  known: Known,
  after: number,
): Promise<Known & FeedFacts & { day: number; subscriptions: ShownSubscription[]; next: number | null }> {
  const { db } = deps.database;
  const keys = keysOf([known]);
  const [key] = keys;
  const day = await dayToShow(db, deps.now());
  const [changed, counts, subscriptions, readers] = await Promise.all([
    whenChanged(db, keys),
    subscribersOf(db, keys),
    key === undefined ? [] : subscriptionsTo(db, key, after, feedsOfPage + 1),
    readersOf(db, day, { after: known.feed.slice(0, -1), before: `${known.feed}\u0000`, limit: 500 }),
  ]);
  const shown = subscriptions.slice(0, feedsOfPage);
  return {
    ...known,
    day,
    readers: readers.find(({ feed }) => feed === known.feed),
    changed: key && changed.get(key),
    subscribers: key && counts.get(key),
    subscriptions: shown,
    next: subscriptions.length > feedsOfPage ? (shown.at(-1)?.id ?? null) : null,
  };
}

/** What the check of one format found; null where it is not served. */
export type CheckedFeed = { format: FeedFormat; faults: readonly string[] | null };

/** Looks at what is served of a feed now, in each format. */
export const checkFeed = (
  { feeds, site }: Pick<NewsroomDeps, "feeds" | "site">,
  name: FeedName,
): Promise<CheckedFeed[]> =>
  Promise.all(
    feedFormats.map(async (format) => {
      const found = await feeds.find(feedUrl(site, name, format).href);
      if (found.kind !== "document") return { format, faults: null };
      const text = new TextDecoder().decode(found.document.identity);
      return { format, faults: faultsOf(format, text, found.selfUrl) };
    }),
  );
