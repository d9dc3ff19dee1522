// A document made anew: what it shows is read, then rendered. The cold path; service.ts has what is asked before.
import type { Kysely } from "kysely";
import {
  type Article,
  type ArticleList,
  type ArticleTables,
  articlesById,
  countPublishedSince,
  nameOf,
  newestArticles,
  newestOfSections,
  publishedSince,
  type Section,
} from "../articles/index.ts";
import type { Log } from "../platform/index.ts";
import { type Entry, isIri, issueEntry, toEntries, withinReason } from "./entry.ts";
import { type House, none, type Refused, type Target } from "./house.ts";
import type { FeedDigest, PastIssues } from "./issues.ts";
import type { KeptEntries } from "./kept.ts";
import { type Channel, type History, renderFeed } from "./render.ts";
import {
  mostInSitemaps,
  renderNewsSitemap,
  renderSitemapIndex,
  sitemapFiles,
  sitemapLength,
} from "./sitemap.ts";
import { arrivedIn, type FeedTables, type FeedVersion, feedLength, fullArchives } from "./store.ts";
import { archiveUrl, feedUrl, homeUrl } from "./which.ts";

export type MakeDeps = {
  db: Kysely<FeedTables & ArticleTables>;
  site: URL;
  log: Log;
  hubUrls: readonly string[];
  pastIssues: PastIssues;
  kept: KeptEntries;
};

export type Made =
  | { kind: "made"; title: string; bytes: Uint8Array<ArrayBuffer>; lastModified: Temporal.Instant | null }
  | Refused
  /** An archive document that is not full yet: what came in since the last one stands in the feed itself. */
  | { kind: "still-open" };

/** What stands in a document, and how it is called. */
type Content = { kind: "content"; title: string; description: string; entries: Entry[]; history: History };
type Reading = Content | Exclude<Made, { kind: "made" }>;

/** @param versions of the target's keys, read before anything else: the document may only be newer than they say */
export async function makeFeed(
  deps: MakeDeps,
  house: House,
  target: Target,
  versions: readonly FeedVersion[],
): Promise<Made> {
  const content = await readContent(deps, house, target);
  if (content.kind !== "content") return content;
  const { feed, format, archive, selfUrl } = target;
  const updated =
    latest(versions.flatMap(({ changedAt }) => changedAt ?? [])) ??
    latest(content.entries.map((entry) => entry.updated));
  const channel: Channel = {
    id: channelId(deps.site, target),
    title: content.title,
    description: content.description,
    language: "ar",
    paper: house.publisher.name,
    logoUrl: house.publisher.logoUrl,
    homeUrl: homeUrl(deps.site, feed),
    selfUrl,
    updated,
    hubUrls: archive === null ? deps.hubUrls : [],
    history: content.history,
  };
  const bytes = renderFeed(format, channel, withinReason(content.entries), deps.site, deps.kept.parts);
  // A reader who asks by date alone learns of a new name, too; the document itself need not change by that.
  const changed = latest([updated, house.changedAt].filter((at) => at !== null));
  // Two sections of a mix may change in one second: no time tells its states apart, so readers get none to ask with.
  return { kind: "made", title: content.title, bytes, lastModified: feed.kind === "mix" ? null : changed };
}

/** @param page null for `/news-sitemap.xml`, which is the one file there is or the index of several */
export async function makeSitemap(
  { db, site }: MakeDeps,
  house: House,
  page: number | null,
  since: Temporal.Instant,
  versions: readonly FeedVersion[],
): Promise<Extract<Made, { kind: "made" }> | Refused> {
  const files = sitemapFiles(await countPublishedSince(db, since, mostInSitemaps));
  if (page !== null && (files === 1 || page > files)) return none("sitemap");
  const lastModified = latest(versions.flatMap(({ changedAt }) => changedAt ?? []));
  const paper = { name: house.publisher.name, language: "ar" };
  const made = (bytes: Uint8Array<ArrayBuffer>) => ({
    kind: "made" as const,
    title: paper.name,
    bytes,
    lastModified: null, // it changes with time too, and no publish says when
  });
  if (page === null && files > 1) return made(renderSitemapIndex(site, files, lastModified));
  const skip = ((page ?? 1) - 1) * sitemapLength;
  const articles = await publishedSince(db, since, { skip, limit: sitemapLength });
  return made(renderNewsSitemap(paper, articles, site));
}

/** A feed and its archives are one to readers: they have one id, whatever the format and whatever its slug becomes. */
function channelId(site: URL, { feed, keys: [key] }: Target): string {
  if (feed.kind === "mix" || key === undefined) return feedUrl(site, feed, "atom").href;
  return new URL(`/feeds/${encodeURI(key.split("#")[0] ?? "")}`, site).href;
}

async function readContent(deps: MakeDeps, house: House, target: Target): Promise<Reading> {
  const { shows, archive } = target;
  const paper = house.publisher.name;
  switch (shows.kind) {
    case "digest":
      return issuesOf(deps, paper, shows.digest);
    case "mix":
      return mixOf(deps, paper, shows.sections, target);
    case "list": {
      const called = await calledAs(deps, house, target, shows.list);
      if ("kind" in called) return called;
      return archive === null
        ? newestOf(deps, called, target, shows.list)
        : archiveOf(deps, called, target, shows.list, archive);
    }
  }
}

type Called = { title: string; description: string };

async function calledAs(
  { db }: MakeDeps,
  { publisher, sections }: House,
  { feed }: Target,
  list: ArticleList,
): Promise<Called | Refused> {
  const { name, tagline } = publisher;
  switch (list.kind) {
    case "all":
      return { title: name, description: tagline || name };
    case "section": {
      const section = feed.kind === "section" ? sections.get(feed.slug) : undefined;
      if (section === undefined) return none("section");
      return {
        title: `${name}: ${section.title}`,
        description: `أخبار قسم «${section.title}» في ${name}`,
      };
    }
    case "tag":
    case "author": {
      const called = await nameOf(db, list.kind, list.slug);
      if (called === null) return none(list.kind);
      const description =
        list.kind === "tag" ? `ما نشرته ${name} تحت وسم «${called}»` : `ما كتبه ${called} في ${name}`;
      return { title: `${name}: ${called}`, description };
    }
  }
}

async function newestOf(deps: MakeDeps, called: Called, target: Target, list: ArticleList): Promise<Content> {
  const [articles, archives] = await Promise.all([
    newestArticles(deps.db, { of: list, limit: feedLength }),
    fullArchives(deps.db, list),
  ]);
  return {
    kind: "content",
    ...called,
    entries: entriesOf(deps, target, articles),
    history: { kind: "feed", previous: archives > 0 ? archiveAt(deps, target, archives) : null },
  };
}

async function archiveOf(
  deps: MakeDeps,
  called: Called,
  target: Target,
  list: ArticleList,
  archive: number,
): Promise<Reading> {
  const full = await fullArchives(deps.db, list);
  // The next one is where the last full one leads, from the day it is full: it must not change when that fills too.
  if (archive === full + 1) return { kind: "still-open" };
  if (archive > full) return none("archive");
  const articles = await articlesById(deps.db, await arrivedIn(deps.db, list, archive));
  return {
    kind: "content",
    ...called,
    title: `${called.title} (أرشيف ${archive})`,
    entries: entriesOf(
      deps,
      target,
      articles.filter((article) => article.status.state === "published" && standsIn(list, article)),
    ),
    history: {
      kind: "archive",
      current: feedUrl(deps.site, target.feed, target.format),
      previous: archive > 1 ? archiveAt(deps, target, archive - 1) : null,
      next: archiveAt(deps, target, archive + 1),
      deleted: articles.flatMap(({ guid, status }) =>
        status.state === "retracted" && isIri(guid) ? [{ guid, at: status.at }] : [],
      ),
    },
  };
}

const archiveAt = ({ site }: MakeDeps, { feed, format }: Target, archive: number) =>
  archiveUrl(site, feed, format, archive);

/** Whether an article still stands in a list that it once came into. */
function standsIn(list: ArticleList, { sections, tags, authors }: Article): boolean {
  if (list.kind === "all") return true;
  if (list.kind === "section") return sections.some(({ id }) => id === list.id);
  return (list.kind === "tag" ? tags : authors).some(({ slug }) => slug === list.slug);
}

async function mixOf(
  deps: MakeDeps,
  paper: string,
  sections: readonly Section[],
  target: Target,
): Promise<Content> {
  const articles = await newestOfSections(
    deps.db,
    sections.map(({ id }) => id),
    feedLength,
  );
  const titles = sections.map(({ title }) => title).join("، ");
  return {
    kind: "content",
    title: `${paper}: ${titles}`,
    description: `أخبار الأقسام المختارة في ${paper}: ${titles}`,
    entries: entriesOf(deps, target, articles),
    history: { kind: "feed", previous: null },
  };
}

async function issuesOf({ pastIssues }: MakeDeps, paper: string, digest: FeedDigest): Promise<Content> {
  const issues = await pastIssues(digest.id, feedLength);
  return {
    kind: "content",
    title: `${paper}: ${digest.name}`,
    description: `أعداد «${digest.name}» من ${paper} كما صدرت`,
    entries: issues.map(issueEntry),
    history: { kind: "feed", previous: null },
  };
}

function entriesOf(
  { site, log, kept }: MakeDeps,
  { selfUrl }: Target,
  articles: readonly Article[],
): Entry[] {
  const { entries, skipped } = toEntries(articles, site, kept);
  for (const { guid, why } of skipped)
    log.warn({ feed: selfUrl.pathname, guid, why }, "An article was left out of a feed.");
  return entries;
}

/** The latest of these, in whole seconds; null if there is none. */
function latest(times: readonly Temporal.Instant[]): Temporal.Instant | null {
  const [last] = times.toSorted(Temporal.Instant.compare).reverse();
  return last?.round({ smallestUnit: "second", roundingMode: "floor" }) ?? null;
}
