// From a URL to a finished document: which feed, its version, the document in memory, or one rendering.
import { type ArticleTables, listSections, newestArticles, type Section } from "../articles/index.ts";
import { type Clock, type Database, type Log, sha256 } from "../platform/index.ts";
import { type Publisher, readPublisher, type SettingsTables } from "../settings/index.ts";
import { type Document, documents, readings, shared } from "./cache.ts";
import { renderOpml } from "./opml.ts";
import { type Channel, renderFeed } from "./render.ts";
import { type FeedKey, type FeedTables, type FeedVersion, feedVersion, sectionFeed } from "./store.ts";
import { type FeedFormat, type FeedName, feedUrl, homeUrl, mediaTypes, whichFeed } from "./which.ts";

type Deps = {
  database: Database<FeedTables & ArticleTables & SettingsTables>;
  /** The public address of this service. */
  site: URL;
  now: Clock;
  log: Log;
  /** The most that the documents in memory may take. */
  maxBytes?: number;
};

type Found =
  | { kind: "document"; document: Document; contentType: string; selfUrl: URL }
  | { kind: "refused"; status: 400 | 404 | 410 | 414; why: string }
  | { kind: "nothing" };

export type FeedService = {
  /** What to answer to a request for this absolute URL. */
  find(url: string): Promise<Found>;
  /** To be called after a publish: this process then answers with the new at once, not a second later. */
  forget(feeds: readonly FeedKey[]): void;
};

/** A feed holds the newest fifty; what is older is for archives. */
const longestFeed = 50;

/** All that renderings depend on besides the articles: of all feeds, read together, dozens of rows. */
type House = { publisher: Publisher; sections: ReadonlyMap<string, Section>; fingerprint: string };

/** One for a process: it holds the process's copies. */
export function feedService({ database, site, now, log, maxBytes = 32_000_000 }: Deps): FeedService {
  const { db } = database;
  const houses = readings<House>();
  const versions = readings<FeedVersion>();
  const finished = documents(maxBytes);
  const renderings = shared<Document>();

  const readHouse = async (): Promise<House> => {
    const [publisher, sections] = await Promise.all([readPublisher(db), listSections(db)]);
    return {
      publisher,
      sections: new Map(sections.map((section) => [section.slug.normalize("NFC"), section])),
      fingerprint: await sha256(JSON.stringify([publisher, sections, site])),
    };
  };

  async function finish(
    name: string,
    version: string,
    make: () => Promise<Pick<Document, "identity" | "lastModified">>,
  ) {
    return (
      finished.get(name, version) ??
      renderings.join(
        `${name} ${version}`,
        async () => {
          const made = await make();
          const [gzip, hash] = await Promise.all([gzipped(made.identity), sha256(made.identity)]);
          return { ...made, version, gzip, hash: hash.slice(0, 32) };
        },
        (document) => finished.keep(name, document),
      )
    );
  }

  async function feedDocument(house: House, feed: OpenFeed, format: FeedFormat, at: number) {
    const { version, changedAt } = await versions.get(feed.key, at, () => feedVersion(db, feed.key));
    return finish(
      `${feed.key}.${format}`,
      `${version} ${changedAt?.epochMilliseconds} ${house.fingerprint}`,
      async () => {
        const listing = { limit: longestFeed, ...(feed.section && { section: feed.section.id }) };
        const articles = await newestArticles(db, listing);
        const updated = changedAt ?? newestChange(articles.map((article) => article.updatedAt));
        const channel = { ...describe(house.publisher, feed, format, site), updated };
        const { bytes, skipped } = renderFeed(format, channel, articles, site);
        for (const { guid, why } of skipped)
          log.warn({ feed: feed.key, format, guid, why }, "An article was left out of a feed.");
        return { identity: bytes, lastModified: updated };
      },
    );
  }

  return {
    async find(url) {
      const asked = whichFeed(url);
      if (asked.kind === "nothing" || asked.kind === "refused") return asked;
      const at = now().epochMilliseconds;
      const house = await houses.get("house", at, readHouse);
      if (asked.kind === "opml") {
        const document = await finish("opml", house.fingerprint, async () => ({
          identity: opml(house, site),
          lastModified: null,
        }));
        const selfUrl = new URL("/feeds.opml", site);
        return { kind: "document", document, contentType: `${mediaTypes.opml}; charset=utf-8`, selfUrl };
      }
      const feed = openFeed(house, asked.feed);
      if ("kind" in feed) return feed;
      const document = await feedDocument(house, feed, asked.format, at);
      const contentType = `${mediaTypes[asked.format]}; charset=utf-8`;
      return { kind: "document", document, contentType, selfUrl: feedUrl(site, feed.name, asked.format) };
    },
    forget(feeds) {
      houses.forget("house"); // a publish may have brought a section that nobody here has seen
      for (const feed of feeds) versions.forget(feed);
    },
  };
}

type OpenFeed = { name: FeedName; key: FeedKey; section: Section | null };

function openFeed(house: House, name: FeedName): OpenFeed | Extract<Found, { kind: "refused" }> {
  if (name.kind === "all") return { name, key: "all", section: null };
  const section = house.sections.get(name.slug);
  if (!section)
    return { kind: "refused", status: 404, why: "There is no such section. /feeds.opml lists all feeds." };
  if (section.closedAt)
    return { kind: "refused", status: 410, why: "This section is closed: its feed will not come back." };
  return { name: { kind: "section", slug: section.slug }, key: sectionFeed(section.id), section };
}

function describe(
  { name, tagline, logoUrl }: Publisher,
  feed: OpenFeed,
  format: FeedFormat,
  site: URL,
): Omit<Channel, "updated"> {
  return {
    id: new URL(`/feeds/${feed.key}`, site).href,
    title: feed.section ? `${name}: ${feed.section.title}` : name,
    description: feed.section ? `أخبار قسم «${feed.section.title}» في ${name}` : tagline || name,
    language: "ar",
    paper: name,
    logoUrl,
    homeUrl: homeUrl(site, feed.name),
    selfUrl: feedUrl(site, feed.name, format),
  };
}

function opml({ publisher, sections }: House, site: URL) {
  const open = [...sections.values()].filter(({ closedAt }) => closedAt === null);
  const listed = (name: FeedName, title: string) => ({
    title,
    xmlUrl: feedUrl(site, name, "rss"),
    htmlUrl: homeUrl(site, name),
  });
  return renderOpml(publisher.name, [
    listed({ kind: "all" }, publisher.name),
    ...open.map(({ slug, title }) => listed({ kind: "section", slug }, `${publisher.name}: ${title}`)),
  ]);
}

/** The latest of these, in whole seconds; null if there is none. */
function newestChange(times: readonly Temporal.Instant[]): Temporal.Instant | null {
  const [latest] = times.toSorted(Temporal.Instant.compare).reverse();
  return latest?.round({ smallestUnit: "second", roundingMode: "floor" }) ?? null;
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
