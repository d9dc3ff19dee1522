// Addresses of feeds: from a feed to its URL, and from a URL to the feed it means. Pure.
import { fold, slugify } from "../arabic/index.ts";

const formats = ["rss", "atom", "json"] as const;
export type FeedFormat = (typeof formats)[number];

/** A feed as its address names it; slugs are in NFC, those of tags and authors folded. */
export type FeedName =
  | { kind: "all" }
  | { kind: "section" | "tag" | "author" | "digest"; slug: string }
  /** Sections of a reader's own choice: at least one, sorted, none twice. */
  | { kind: "mix"; slugs: readonly string[] };

export type Asked =
  | { kind: "feed"; feed: FeedName; format: FeedFormat; archive: number | null }
  | { kind: "opml" }
  | { kind: "sitemap"; page: number | null }
  | { kind: "refused"; status: 400 | 414; why: string }
  | { kind: "nothing" };

/** The media types that the formats are registered or known by. */
export const mediaTypes = {
  rss: "application/rss+xml",
  atom: "application/atom+xml",
  json: "application/feed+json",
  opml: "text/x-opml",
  sitemap: "application/xml",
} as const;

/** More than a slug of 80 characters takes, each of them four octets in percent-encoding, or than a mix. */
const longestUrl = 4000;

/** Twice what any of ours has: a longer one is made up, and is not even looked for. */
const longestSlug = 200;

/** As many sections as any paper has on its front page. */
const mostInMix = 20;

const folders = { section: "section", tag: "tag", author: "author", digest: "digests" } as const;

/** The feed's path below /feeds/ without its ending. */
function placeOf(feed: FeedName): string {
  if (feed.kind === "all" || feed.kind === "mix") return feed.kind;
  return `${folders[feed.kind]}/${encodeURIComponent(feed.slug)}`;
}

/** The feed's own address in one format; ASCII, an Arabic slug percent-encoded. */
export function feedUrl(site: URL, feed: FeedName, format: FeedFormat): URL {
  const query =
    feed.kind === "mix" ? `?sections=${feed.slugs.map((slug) => encodeURIComponent(slug)).join(",")}` : "";
  return new URL(`/feeds/${placeOf(feed)}.${format}${query}`, site);
}

/** The address of an archive document, numbered from 1, the oldest (RFC 5005 §4). */
export const archiveUrl = (site: URL, feed: FeedName, format: FeedFormat, archive: number): URL =>
  new URL(`/feeds/${placeOf(feed)}/archives/${archive}.${format}`, site);

/** The page that shows the same articles as the feed, or as many of them as a page does. */
export const homeUrl = (site: URL, feed: FeedName): URL =>
  feed.kind === "section" || feed.kind === "tag" || feed.kind === "author"
    ? new URL(`/${feed.kind}s/${encodeURIComponent(feed.slug)}`, site)
    : new URL("/", site);

/**
 * What a URL of a request asks for. A slug may be percent-encoded in any manner and in any normal form of Unicode; it
 * comes out in NFC. Whether there is such a section, tag, author or digest is for the store to say. Of a query only the
 * sections of a mix mean anything.
 */
export function whichFeed(address: string): Asked {
  if (address.length > longestUrl)
    return {
      kind: "refused",
      status: 414,
      why: `The address is longer than ${longestUrl} characters. No feed has such an address.`,
    };
  const url = URL.parse(address);
  const path = url?.pathname ?? "";
  if (path === "/feeds.opml") return { kind: "opml" };
  if (path === "/news-sitemap.xml") return { kind: "sitemap", page: null };
  const [, page] = /^\/news-sitemaps\/([1-9]\d{0,3})\.xml$/.exec(path) ?? [];
  if (page) return { kind: "sitemap", page: Number(page) };
  if (!path.startsWith("/feeds/")) return { kind: "nothing" };
  const parts = path.slice("/feeds/".length).split("/").map(decoded);
  if (!parts.every((part) => part !== null))
    return {
      kind: "refused",
      status: 400,
      why: "The address is not percent-encoded UTF-8. Copy it again from /feeds.opml or from the section's page.",
    };
  const last = parts.at(-1) ?? "";
  const dot = last.lastIndexOf(".");
  const format = formats.find((known) => known === last.slice(dot + 1));
  if (format === undefined || dot < 1) return { kind: "nothing" };
  const place = [...parts.slice(0, -1), last.slice(0, dot)];
  if (place.length === 1 && place[0] === "mix")
    return whichMix(url?.searchParams.getAll("sections") ?? [], format);
  const archive = place.at(-2) === "archives" && place.length > 2 ? (place.at(-1) ?? "") : null;
  if (archive !== null && !/^[1-9]\d{0,6}$/.test(archive)) return { kind: "nothing" };
  const feed = named(archive === null ? place : place.slice(0, -2));
  if (feed === null || (archive !== null && feed.kind === "digest")) return { kind: "nothing" };
  return { kind: "feed", feed, format, archive: archive === null ? null : Number(archive) };
}

/** Whether anything may be called so. No slug of ours holds `/` or `#`, which would name an archive document, or is `.` or `..`. */
export const mayBeSlug = (text: string): boolean =>
  text !== "" && text.length <= longestSlug && !/[#/]|^\.\.?$/.test(text);

function named([folder, slug, ...rest]: readonly string[]): FeedName | null {
  if (folder === "all" && slug === undefined) return { kind: "all" };
  if (slug === undefined || !mayBeSlug(slug) || rest.length > 0) return null;
  for (const kind of ["section", "tag", "author", "digest"] as const)
    if (folders[kind] === folder) return { kind, slug: slugOf(kind, slug) };
  return null;
}

/** Tags and authors have one slug for all spellings of their names, as articles give it to them. */
export const slugOf = (kind: "section" | "tag" | "author" | "digest", slug: string): string =>
  (kind === "tag" || kind === "author" ? slugify(fold(slug)) : null) ?? slug.normalize("NFC");

/** The sections of a mix: in whatever order and however often they were named, it is one feed. */
function whichMix(given: readonly string[], format: FeedFormat): Asked {
  const slugs = [
    ...new Set(given.flatMap((list) => list.split(",")).map((slug) => slug.trim().normalize("NFC"))),
  ]
    .filter((slug) => slug !== "")
    .sort();
  const why = (what: string) => ({ kind: "refused" as const, status: 400 as const, why: what });
  if (slugs.length === 0)
    return why(`A mix names its sections: /feeds/mix.${format}?sections=a,b. /feeds.opml lists them all.`);
  if (slugs.length > mostInMix)
    return why(
      `A mix has at most ${mostInMix} sections; this one has ${slugs.length}. /feeds/all.${format} has everything.`,
    );
  if (slugs.some((slug) => slug.includes("\uFFFD")))
    return why("The sections are not percent-encoded UTF-8. Copy their slugs from /feeds.opml.");
  return { kind: "feed", feed: { kind: "mix", slugs }, format, archive: null };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

const formatNames = { rss: "RSS", atom: "Atom", json: "JSON" } as const;

/**
 * Autodiscovery links for a page of ours: the page's own feed first, then everything, each in the three formats. The
 * titles are what readers offer to choose from.
 */
export function feedLinks(site: URL, paper: string, own: { feed: FeedName; title: string } | null) {
  const links = (feed: FeedName, title: string) =>
    formats.map((format) => ({
      title: `${title} (${formatNames[format]})`,
      href: feedUrl(site, feed, format).href,
      type: mediaTypes[format],
    }));
  return [
    ...(own && own.feed.kind !== "all" ? links(own.feed, `${paper}: ${own.title}`) : []),
    ...links({ kind: "all" }, paper),
  ];
}
