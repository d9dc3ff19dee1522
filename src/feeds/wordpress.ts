// Addresses of feeds as WordPress sites publish them, so that a site which moves here keeps its readers. Pure.
import { type FeedFormat, type FeedName, mayBeSlug, slugOf } from "./which.ts";

/** What an address of WordPress's means here; `gone` is a feed of comments, which we do not have. */
export type OldFeed = { kind: "feed"; feed: FeedName; format: FeedFormat } | { kind: "gone" };

/** What WordPress and its JSON plugin call feeds, in paths and as `?feed=`; older kinds of RSS are in our one RSS. */
const formats: ReadonlyMap<string, FeedFormat> = new Map([
  ["feed", "rss"],
  ["rss", "rss"],
  ["rss2", "rss"],
  ["rdf", "rss"],
  ["atom", "atom"],
  ["json", "json"],
]);

/** The scripts of its first years, which it still answers. */
const scripts: ReadonlyMap<string, FeedFormat> = new Map([
  ["wp-feed.php", "rss"],
  ["wp-rss.php", "rss"],
  ["wp-rss2.php", "rss"],
  ["wp-rdf.php", "rss"],
  ["wp-atom.php", "atom"],
]);
const scriptOfComments = "wp-commentsrss2.php";

/** What chooses by a slug. */
const chooses = [
  ["category_name", "section"],
  ["tag", "tag"],
  ["author_name", "author"],
] as const;

/** One post or page: its feed is that of its comments. */
const ofOnePost = "p name page_id pagename attachment_id".split(" ");

/** A choice that cannot be known here: numbers of another database, a search, a span of time. */
const unknowable = "author cat tag_id s m w year monthnum day post_type taxonomy".split(" ");

/**
 * The feed of ours that an address of a WordPress site stands for; null for whatever is no such address, or names what
 * only that site's database knows (`?cat=3`). Whether there is such a section, tag or author is for the store to say.
 *
 * Of the names in a path, `/category/parent/child/feed/`, the last one counts. A path without a base, `/politics/feed/`,
 * counts as a section too: plugins that take `/category/` out of addresses are as common as they are old.
 */
export function wordpressFeed(url: URL): OldFeed | null {
  const segments = segmentsOf(url.pathname);
  if (segments === null) return null;
  if (segments[0] === scriptOfComments) return { kind: "gone" };
  const said = url.searchParams.get("feed") ?? "";
  const { place, format, short } = endingOf(segments) ?? {
    place: segments,
    format: formats.get(said.replace(/^comments-/, "")),
    short: true,
  };
  if (format === undefined) return null;
  const [base, ...below] = place;
  const slug = below.at(-1);
  if (said.startsWith("comments-") || (base === "comments" && slug === undefined)) return { kind: "gone" };
  if (base === undefined) return chosenByQuery(url.searchParams, format);
  if (base === "category") return named("section", slug, format);
  if (base === "tag" || base === "author") return below.length === 1 ? named(base, slug, format) : null;
  if (slug !== undefined && /^(?:\d{4}|archives)$/.test(base)) return { kind: "gone" };
  return short || base === "search" ? null : named("section", slug ?? base, format);
}

/** The pieces of a path; null if it is not percent-encoded UTF-8. */
function segmentsOf(path: string): string[] | null {
  try {
    const segments = path.split("/").map((piece) => decodeURIComponent(piece));
    const filled = segments.filter((segment) => segment !== "");
    return filled[0] === "index.php" ? filled.slice(1) : filled;
  } catch {
    return null;
  }
}

/** Takes off the end that makes a path a feed's: `feed`, `feed/atom`, a script; or, as a short form, `atom` alone. */
function endingOf(segments: readonly string[]) {
  const last = segments.at(-1) ?? "";
  const script = segments.length === 1 ? scripts.get(last) : undefined;
  if (script !== undefined) return { place: [], format: script, short: false };
  const format = formats.get(last);
  if (format === undefined) return null;
  const long = segments.at(-2) === "feed";
  return { place: segments.slice(0, long ? -2 : -1), format, short: !long && last !== "feed" };
}

/** What an address without a path chooses: `/feed/`, `/?feed=rss2&tag=…`, `/wp-rss2.php?p=3`. */
function chosenByQuery(query: URLSearchParams, format: FeedFormat): OldFeed | null {
  const said = (name: string) => query.get(name) ?? "";
  if (ofOnePost.some(said)) return { kind: "gone" };
  if (unknowable.some(said)) return null;
  for (const [name, kind] of chooses) {
    const names = said(name)
      .split("/")
      .filter((part) => part !== "");
    if (said(name) !== "") return named(kind, names.at(-1), format);
  }
  return { kind: "feed", feed: { kind: "all" }, format };
}

/** Slugs there have no spaces and no commas, which choose several. */
function named(
  kind: "section" | "tag" | "author",
  slug: string | undefined,
  format: FeedFormat,
): OldFeed | null {
  const normal = slug?.normalize("NFC") ?? "";
  if (!mayBeSlug(normal) || !/^[^\s,\p{Cc}\uFFFD]+$/u.test(normal)) return null;
  return { kind: "feed", feed: { kind, slug: slugOf(kind, normal) }, format };
}
