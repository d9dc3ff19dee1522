// From a URL to a finished document: which one, its version, the document in memory, or one rendering.
import type { ArticleTables } from "../articles/index.ts";
import { type Clock, type Database, sha256 } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { type Document, documents } from "./cache.ts";
import { choose, type House, type Refused, readHouse, type Target } from "./house.ts";
import type { FeedDigest } from "./issues.ts";
import { keptEntries } from "./kept.ts";
import { type MakeDeps, makeFeed, makeSitemap } from "./make.ts";
import { renderOpml } from "./opml.ts";
import { shared, turns } from "./shared.ts";
import { newsSince } from "./sitemap.ts";
import type { FeedKey, FeedTables, FeedVersion } from "./store.ts";
import { knownVersions } from "./versions.ts";
import {
  type Asked,
  type FeedFormat,
  type FeedName,
  feedUrl,
  homeUrl,
  mediaTypes,
  whichFeed,
} from "./which.ts";

type Tables = FeedTables & ArticleTables & SettingsTables;

export type FeedDeps = Omit<MakeDeps, "db" | "kept"> & {
  database: Database<Tables>;
  now: Clock;
  digests: () => Promise<readonly FeedDigest[]>;
  /** The most that documents and entries in memory may take. */
  maxBytes: number;
  /** The small encodings: `gzip` is waited for and has to be quick, `brotli` may take its time. */
  compress: { gzip: Compress; brotli: Compress };
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
};

type Compress = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>;

export type FoundFeed = {
  name: FeedName;
  format: FeedFormat;
  keys: readonly FeedKey[];
  archive: number | null;
};

export type Found =
  | { kind: "document"; document: Document; contentType: string; selfUrl: URL; feed: FoundFeed | null }
  /** For ever, as a section got a new name; or for now, as an archive document is not full yet. */
  | { kind: "redirect"; status: 301 | 307; to: URL }
  | Refused
  | { kind: "nothing" };

export type FeedService = {
  /** What to answer to a request for this absolute URL. */
  find(url: string): Promise<Found>;
  /** The same, if it can be said without reading anything; else null. */
  warm(url: string, nowMilliseconds: number): Found | null;
  /** Has a document's smallest encoding made, for those who ask next. */
  wantBrotli(found: Extract<Found, { kind: "document" }>): void;
  /** The addresses of these feeds, in every format; nothing for what is no feed. */
  urlsOf(keys: readonly FeedKey[]): Promise<URL[]>;
  /** To be called after a publish: this process then answers with the new at once, not a second later. */
  forget(): void;
  measures(): { cachedBytes: number; renderings: number };
};

/** Documents that readers may think up (mixes) or walk through (archives, tags, authors) never push out the others. */
const passingShare = 4;

/** The entries of the feeds that are read most: 500 of 3,000 characters take 15 MB. */
const entriesShare = 4;

/** In milliseconds: the longest documents take some seconds. */
const longestCompression = 30_000;

/** Addresses that are asked for again and again; a paper's feeds in three formats are some hundred. */
const mostShelved = 2000;
const longestShelved = 500;

/** What an address meant when it was last asked for, so that the next who asks need not be told again. */
type Shelved = { named: Named; house: House; versions: readonly FeedVersion[]; version: string };

/** One for a process: it holds the process's copies. */
export function feedService(deps: FeedDeps): FeedService {
  const { database, site, now } = deps;
  const { db } = database;
  const kept = keptEntries(Math.floor(deps.maxBytes / entriesShare));
  const make: MakeDeps = { ...deps, db, kept };
  const versions = knownVersions(db);
  const houses = shared<House>();
  let house: { version: FeedVersion; read: House } | null = null;
  const shelf = new Map<string, Shelved>();
  const passing = documents(Math.floor(deps.maxBytes / passingShare));
  const lasting = documents(Math.floor(deps.maxBytes * (1 - 1 / passingShare - 1 / entriesShare)));
  const renderings = shared<Rendering>();
  const inTurn = turns();
  let compressesUntil = Number.NEGATIVE_INFINITY;
  let rendered = 0;

  const milliseconds = () => now().epochMilliseconds;
  const cacheOf = (named: Named) => (named.passing ? passing : lasting);

  /** The house as it is now, if that is known. */
  const knownHouse = (): House | null =>
    house !== null && versions.known("house") === house.version ? house.read : null;

  async function currentHouse(): Promise<House> {
    const known = knownHouse();
    if (known) return known;
    const version = await versions.get("house");
    return houses.join(
      String(version.version),
      () => readHouse(db, version, deps.digests),
      (read) => {
        house = { version, read };
      },
    );
  }

  function named(asked: Wanted, at: House): Answer | Named {
    if (asked.kind === "opml") return opmlNamed(site);
    if (asked.kind === "sitemap") return sitemapNamed(make, asked.page, newsSince(now()));
    const chosen = choose(at, site, asked);
    return chosen.kind === "target" ? feedNamed(make, chosen.target) : chosen;
  }

  const finished = ({ contentType, selfUrl, feed }: Named, document: Document): Found => ({
    kind: "document",
    document,
    contentType,
    selfUrl,
    feed,
  });

  /** The document of an address, if nothing that it depends on has changed and it is still kept. */
  function fromShelf(url: string): Found | null {
    const it = shelf.get(url);
    if (it === undefined || it.house !== knownHouse()) return null;
    const { keys, name } = it.named;
    if (!keys.every((key, i) => versions.known(key) === it.versions[i])) return null;
    const document = cacheOf(it.named).get(name, it.version);
    return document ? finished(it.named, document) : null;
  }

  function warm(url: string, nowMilliseconds: number): Found | null {
    if (!versions.isFresh(nowMilliseconds)) return null;
    const shelved = fromShelf(url);
    if (shelved !== null) return shelved;
    shelf.delete(url);
    const asked = whichFeed(url);
    if (asked.kind === "nothing" || asked.kind === "refused") return asked;
    const at = knownHouse();
    if (at === null) return null;
    const it = named(asked, at);
    if (it.kind !== "named") return it;
    const known = it.keys.map((key) => versions.known(key));
    if (!known.every((version) => version !== undefined)) return null;
    const version = versionOf(at, known, it.since);
    const document = cacheOf(it).get(it.name, version);
    if (!document) return null;
    if (it.since === null && url.length <= longestShelved) {
      if (shelf.size >= mostShelved) shelf.clear();
      shelf.set(url, { named: it, house: at, versions: known, version });
    }
    return finished(it, document);
  }

  async function find(url: string): Promise<Found> {
    if (!versions.isFresh(milliseconds())) await versions.refresh(milliseconds());
    const asked = whichFeed(url);
    if (asked.kind === "nothing" || asked.kind === "refused") return asked;
    const at = await currentHouse();
    const it = named(asked, at);
    if (it.kind !== "named") return it;
    const known = await Promise.all(it.keys.map((key) => versions.get(key)));
    const version = versionOf(at, known, it.since);
    const document = cacheOf(it).get(it.name, version);
    if (document) return finished(it, document);
    const rendering = await renderings.join(
      `${it.name} ${version}`,
      () => inTurn(it.passing, () => render(it, at, known, version)),
      (made) => {
        if (made.kind === "made") cacheOf(it).keep(made.document);
      },
    );
    return rendering.kind === "made" ? finished(it, rendering.document) : rendering;
  }

  async function render(
    { name, make: makeIt }: Named,
    at: House,
    known: readonly FeedVersion[],
    version: string,
  ): Promise<Rendering> {
    const made = await makeIt(at, known);
    if (made.kind !== "made") return made;
    rendered += 1;
    const [gzip, hash] = await Promise.all([deps.compress.gzip(made.bytes), sha256(made.bytes)]);
    const { title, bytes: identity, lastModified } = made;
    const document = {
      name,
      version,
      title,
      identity,
      gzip,
      br: null,
      hash: hash.slice(0, 32),
      lastModified,
    };
    return { kind: "made", document };
  }

  function wantBrotli(found: Extract<Found, { kind: "document" }>): void {
    const { document } = found;
    // One at a time: it takes a third of a second of a processor, and there is gzip meanwhile. By the time and not by a flag:
    // on Workers it may end with the request that began it.
    if (document.br !== null || milliseconds() < compressesUntil) return;
    if (lasting.get(document.name, document.version) !== document) return; // readers' own ideas do without
    compressesUntil = milliseconds() + longestCompression;
    deps.later(async () => {
      try {
        const br = await deps.compress.brotli(document.identity);
        lasting.addBrotli(document, br);
      } finally {
        compressesUntil = Number.NEGATIVE_INFINITY;
      }
    });
  }

  return {
    warm,
    find,
    wantBrotli,
    async urlsOf(keys) {
      const at = await currentHouse();
      return keys
        .flatMap((key) => nameOfFeed(at, key) ?? [])
        .flatMap((name) => (["rss", "atom", "json"] as const).map((format) => feedUrl(site, name, format)));
    },
    forget: () => versions.forget(),
    measures: () => ({ cachedBytes: passing.bytes() + lasting.bytes() + kept.bytes(), renderings: rendered }),
  };
}

type Wanted = Extract<Asked, { kind: "feed" | "opml" | "sitemap" }>;
type Answer = Extract<Found, { kind: "redirect" }> | Refused;
type Made = Extract<Awaited<ReturnType<typeof makeFeed>>, { kind: "made" }>;
type Rendering = { kind: "made"; document: Document } | Answer;

/** A document by the name under which it is kept, and how it is made. */
type Named = {
  kind: "named";
  name: string;
  /** Whatever changes, changes the document. */
  keys: readonly FeedKey[];
  /** What it shows begins then, in milliseconds since 1970; null where it has no beginning. */
  since: number | null;
  passing: boolean;
  contentType: string;
  selfUrl: URL;
  feed: FoundFeed | null;
  make: (house: House, versions: readonly FeedVersion[]) => Promise<Made | Answer>;
};

const opmlNamed = (site: URL): Named => ({
  kind: "named",
  name: "opml",
  keys: [],
  since: null,
  passing: false,
  contentType: `${mediaTypes.opml}; charset=utf-8`,
  selfUrl: new URL("/feeds.opml", site),
  feed: null,
  make: async (house) => ({
    kind: "made",
    title: house.publisher.name,
    bytes: opml(house, site),
    lastModified: null,
  }),
});

/** Changes with what is published, and every five minutes with what is not news any more. */
const sitemapNamed = (deps: MakeDeps, page: number | null, since: Temporal.Instant): Named => ({
  kind: "named",
  name: page === null ? "news-sitemap" : `news-sitemaps/${page}`,
  keys: ["news"],
  since: since.epochMilliseconds,
  passing: page !== null,
  contentType: `${mediaTypes.sitemap}; charset=utf-8`,
  selfUrl: new URL(page === null ? "/news-sitemap.xml" : `/news-sitemaps/${page}.xml`, deps.site),
  feed: null,
  make: (house, versions) => makeSitemap(deps, house, page, since, versions),
});

/** Named by what it shows and not by its slug, so that a renamed section does not leave a copy behind. */
const feedNamed = (deps: MakeDeps, target: Target): Named => ({
  kind: "named",
  name: `${target.feed.kind === "mix" ? "mix:" : ""}${target.keys.join()}.${target.format}`,
  keys: target.keys,
  since: null,
  passing: target.archive !== null || ["mix", "tag", "author"].includes(target.feed.kind),
  contentType: `${mediaTypes[target.format]}; charset=utf-8`,
  selfUrl: target.selfUrl,
  feed: { name: target.feed, format: target.format, keys: target.keys, archive: target.archive },
  async make(house, versions) {
    const made = await makeFeed(deps, house, target, versions);
    if (made.kind !== "still-open") return made;
    return { kind: "redirect", status: 307, to: feedUrl(deps.site, target.feed, target.format) };
  },
});

const versionOf = (house: House, versions: readonly FeedVersion[], since: number | null): string =>
  [
    house.version,
    ...versions.map(({ version, changedAt }) => `${version}@${changedAt?.epochMilliseconds}`),
    since,
  ].join();

/** The feed that a key stands for; null for archives and what is no feed. */
function nameOfFeed(house: House, key: FeedKey): FeedName | null {
  const [kind, rest = ""] = key.split(/\/(.*)/s);
  if (key.includes("#")) return null;
  if (kind === "all") return { kind };
  if (kind === "tag" || kind === "author") return { kind, slug: rest };
  const things = kind === "section" ? house.sections : kind === "digest" ? house.digests : new Map();
  for (const [slug, { id }] of things)
    if (String(id) === rest && (kind === "section" || kind === "digest")) return { kind, slug };
  return null;
}

function opml({ publisher, sections, digests }: House, site: URL) {
  const open = [...sections.values()].filter(({ closedAt }) => closedAt === null);
  const listed = (name: FeedName, title: string) => ({
    title,
    xmlUrl: feedUrl(site, name, "rss"),
    htmlUrl: homeUrl(site, name),
  });
  return renderOpml(publisher.name, [
    listed({ kind: "all" }, publisher.name),
    ...open.map(({ slug, title }) => listed({ kind: "section", slug }, `${publisher.name}: ${title}`)),
    ...[...digests.values()].map(({ slug, name }) =>
      listed({ kind: "digest", slug }, `${publisher.name}: ${name}`),
    ),
  ]);
}
