// Addresses of feeds: from a feed to its URL, and from a URL to the feed it means. Pure.

const formats = ["rss", "atom", "json"] as const;
export type FeedFormat = (typeof formats)[number];

/** A feed as its address names it. */
export type FeedName = { kind: "all" } | { kind: "section"; slug: string };

type Asked =
  | { kind: "feed"; feed: FeedName; format: FeedFormat }
  | { kind: "opml" }
  | { kind: "refused"; status: 400 | 414; why: string }
  | { kind: "nothing" };

/** The media types that the formats are registered or known by. */
export const mediaTypes = {
  rss: "application/rss+xml",
  atom: "application/atom+xml",
  json: "application/feed+json",
  opml: "text/x-opml",
} as const;

/** More than a slug of 80 characters takes, each of them four octets in percent-encoding. */
const longestUrl = 2000;

/** The feed's own address in one format; ASCII, an Arabic slug percent-encoded. */
export function feedUrl(site: URL, feed: FeedName, format: FeedFormat): URL {
  const name = feed.kind === "all" ? "all" : `section/${encodeURIComponent(feed.slug)}`;
  return new URL(`/feeds/${name}.${format}`, site);
}

/** The page that shows the same articles as the feed. */
export const homeUrl = (site: URL, feed: FeedName): URL =>
  feed.kind === "all" ? new URL("/", site) : new URL(`/sections/${encodeURIComponent(feed.slug)}`, site);

/**
 * What a URL of a request asks for. A slug may be percent-encoded in any manner and in any normal form of Unicode; it
 * comes out in NFC. Whether there is such a section is for the store to say.
 */
export function whichFeed(url: string): Asked {
  if (url.length > longestUrl)
    return {
      kind: "refused",
      status: 414,
      why: `The address is longer than ${longestUrl} characters. No feed has such an address.`,
    };
  const path = URL.parse(url)?.pathname ?? "";
  if (path === "/feeds.opml") return { kind: "opml" };
  const [, head, ...rest] = path.split("/");
  if (head !== "feeds") return { kind: "nothing" };
  const parts = rest.map(decoded);
  if (parts.includes(null))
    return {
      kind: "refused",
      status: 400,
      why: "The address is not percent-encoded UTF-8. Copy it again from /feeds.opml or from the section's page.",
    };
  const last = parts.pop() ?? "";
  const dot = last.lastIndexOf(".");
  const format = formats.find((known) => known === last.slice(dot + 1));
  const name = last.slice(0, Math.max(0, dot));
  if (format === undefined || name === "") return { kind: "nothing" };
  const place = parts.join("/");
  if (place === "" && parts.length === 0 && name === "all")
    return { kind: "feed", feed: { kind: "all" }, format };
  if (place === "section")
    return { kind: "feed", feed: { kind: "section", slug: name.normalize("NFC") }, format };
  return { kind: "nothing" };
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
 * Autodiscovery links for a page of ours: the section's own feeds first, then everything, each in the three formats. The
 * titles are what readers offer to choose from.
 */
export function feedLinks(site: URL, paper: string, section: { slug: string; title: string } | null) {
  const links = (feed: FeedName, title: string) =>
    formats.map((format) => ({
      title: `${title} (${formatNames[format]})`,
      href: feedUrl(site, feed, format).href,
      type: mediaTypes[format],
    }));
  const own = section ? links({ kind: "section", slug: section.slug }, `${paper}: ${section.title}`) : [];
  return [...own, ...links({ kind: "all" }, paper)];
}
