// A feed's bytes become articles: RSS 0.9x and 2.0, RSS 1.0, Atom, JSON Feed. What is no feed is told in words.
import { cleanText, lede } from "../../arabic/index.ts";
import type { ArticleImage } from "../../articles/index.ts";
import { sha256 } from "../../platform/index.ts";
import { decode } from "../decode.ts";
import type { Skipped, SourceItem } from "../item.ts";
import { mostOctets } from "../page/draft.ts";
import { readDate } from "./dates.ts";
import { atomFeed, type FoundFeed, type FoundItem, jsonFeed, rdfFeed, rssFeed } from "./formats.ts";
import type { Quiet } from "./quiet.ts";
import { bodyHtml, type FeedText, isExcerpt, plainText, withBase } from "./text.ts";
import { guardXml, prologOf } from "./xml-guard.ts";

export type FeedReading =
  | {
      ok: true;
      /** Plain text; empty where the feed has none. */
      title: string;
      language: string | null;
      items: SourceItem[];
      skipped: Skipped[];
      /** Where the feed may be subscribed to, and under which address (WebSub §4). */
      hub: URL | null;
      self: URL | null;
      /** How often it says that it changes. */
      ttlMinutes: number | null;
      /** When it does not want to be asked. */
      quiet: Quiet | null;
    }
  | { ok: false; why: string };

/** No feed is longer that anybody reads. */
export const mostItems = 2000;

/** A title that a text gets which has none. */
const longestFirstWords = 100;

/** What is longer is no summary. */
const longestSummary = 2000;
const longestId = 2000;

/**
 * Reads a feed. The same bytes always give the same items.
 *
 * @param contentType what the server called it; null for a file
 * @param url where it came from, against which its addresses are read
 * @returns its items in their order, or why it is no feed, in a sentence that begins with its address
 */
export async function readFeed(
  bytes: Uint8Array,
  contentType: string | null,
  url: URL,
): Promise<FeedReading> {
  const refuse = (why: string): FeedReading => ({ ok: false, why: `${url.href} ${why}` });
  if (bytes.length > mostOctets)
    return refuse(`is larger than ${mostOctets / 1_000_000} MB, too large for a feed.`);
  const text = decode(bytes, contentType)?.trim();
  if (text === undefined) return refuse("is no text: neither UTF-8 nor in an encoding that it names.");
  if (text === "") return refuse("answered with nothing at all, not with a feed.");
  const found = /^[[{]/.test(text) ? foundInJson(text) : foundInXml(text, url);
  if (!found.ok) return refuse(found.why);
  const { feed } = found;
  const items: SourceItem[] = [];
  const skipped: Skipped[] = [];
  const title = feed.title ? plainText(beginning(feed.title)) : "";
  const known = new Set<string>();
  for (const it of feed.items.slice(0, mostItems)) {
    const item = await itemOf(it, { title, home: webUrl(feed.home, url), url });
    const what = (item?.title || item?.url || it.id || it.link || "An item").slice(0, 200);
    if (item && isLocked(item)) skipped.push({ what, why: "It is behind a password." });
    else if (item === null) skipped.push({ what, why: "It has neither a title nor a text." });
    else if (known.has(item.externalId))
      skipped.push({ what, why: "An item above it in the feed has the same id; that one was kept." });
    else {
      known.add(item.externalId);
      items.push(item);
    }
  }
  if (feed.items.length > mostItems)
    skipped.push({
      what: url.href,
      why: `It holds more than ${mostItems} items; those behind them were left out.`,
    });
  return {
    ok: true,
    title,
    language: feed.language ?? null,
    items,
    skipped,
    hub: webUrl(feed.hub, url),
    self: webUrl(feed.self, url),
    ttlMinutes: feed.ttlMinutes,
    quiet: feed.quiet ?? null,
  };
}

/** WordPress gives the form for the password instead of the text. */
const isLocked = ({ bodyHtml: html }: SourceItem) => /<form [^<>]*\bclass="post-password-form"/.test(html);

type Found = { ok: true; feed: FoundFeed } | { ok: false; why: string };

// One more than is taken, to see whether there are more.
const options = { maxItems: mostItems + 1 };

function foundInJson(text: string): Found {
  try {
    const json: unknown = JSON.parse(text);
    return attempt(() => jsonFeed(json, options), "is JSON, but no JSON Feed.");
  } catch {
    return { ok: false, why: "begins like JSON, but is none." };
  }
}

const formats: Readonly<Record<string, typeof rssFeed>> = { rss: rssFeed, rdf: rdfFeed, feed: atomFeed };

function foundInXml(text: string, url: URL): Found {
  const { root, doctype } = prologOf(text);
  if (root === "html" || doctype === "html") return { ok: false, why: aPage(text, url) };
  const read = formats[root ?? ""];
  if (!read)
    return {
      ok: false,
      why: root ? `is XML, but no feed: it holds a <${root.slice(0, 50)}>.` : "is text, but no feed.",
    };
  const guarded = guardXml(text);
  if (!guarded.ok) return { ok: false, why: `is a feed that cannot be read: it ${guarded.why}.` };
  return attempt(() => read(guarded.xml, options), "is a feed that cannot be read: it is not well-formed.");
}

/** The parser throws where what it is given is no feed. */
function attempt(read: () => FoundFeed, why: string): Found {
  try {
    return { ok: true, feed: read() };
  } catch {
    return { ok: false, why };
  }
}

const feedType = /^application\/(?:rss|atom|rdf|feed)\+(?:xml|json)$/i;

/** Says that it is a page, and which feed it names (RSS Autodiscovery). */
function aPage(html: string, url: URL): string {
  const [, base] = /<base\s[^<>]{0,500}?href\s*=\s*["']?([^"'\s<>]{1,2000})/i.exec(html) ?? [];
  for (const [link] of html.slice(0, 500_000).matchAll(/<link\s[^<>]{0,3000}>/gi)) {
    const value = (name: string) =>
      new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i")
        .exec(link)
        ?.slice(1)
        .find(Boolean) ?? "";
    const href = value("href").replaceAll("&amp;", "&");
    if (!/(?:^|\s)alternate(?:\s|$)/i.test(value("rel")) || !feedType.test(value("type").trim())) continue;
    const feed = webUrl(href, webUrl(base, url) ?? url);
    if (feed) return `is a page, not a feed. It names a feed: ${feed.href}`;
  }
  return "is a page, not a feed, and names none.";
}

type Channel = { title: string; home: URL | null; url: URL };

/** @returns null if it has neither a title nor a text */
async function itemOf(
  found: FoundItem,
  { title: feedTitle, home, url: feedUrl }: Channel,
): Promise<SourceItem | null> {
  const given = found.bases.filter((base) => base !== null && base !== undefined);
  const base = given.reduce((outer, inner) => webUrl(inner, outer) ?? outer, feedUrl);
  const url = webUrl(found.link, base)?.href ?? null;
  const text = found.content ?? found.description;
  const body = text && bodyHtml(text);
  const words = found.title ? plainText(beginning(found.title)) : "";
  const title = words || firstWords(text);
  if (title === "") return null;
  // Without a base of their own, relative addresses are those of the article's page.
  const bodyBase = given.length > 0 ? base : (webUrl(url, feedUrl) ?? home ?? feedUrl);
  // A headline alone is an article as well: RSS 0.9x has no more.
  const html = body || bodyHtml({ kind: "text", value: title });
  const dates = found.published.map(readDate);
  const modified = found.modified.map(readDate).find((date) => date !== null) ?? null;
  const sourceName = found.source ? plainText(beginning(found.source)) : "";
  return {
    externalId: await idOf(found, url, `${title}\n${html}`),
    remoteId: null,
    url,
    title,
    summary: summaryOf(found),
    bodyHtml: bodyBase.href === url ? html : withBase(html, bodyBase),
    categories: unique(
      found.categories.map(({ key, label }) => ({ key: nameOf(key), label: nameOf(label) })),
      ({ key }) => key,
    ),
    tags: [],
    authors: unique(
      found.authors.map((name) => nameOf(name ?? "")),
      (name) => name,
    ),
    sourceName: sourceName !== "" && sourceName !== feedTitle ? sourceName : null,
    image: imageOf(found.images, base),
    importance: 0,
    published: dates.find((date) => date !== null) ?? modified,
    scheduled: false,
    modified,
  };
}

/** The id as it stands, else the address, else what the article says: the same at the next poll. */
async function idOf(found: FoundItem, url: string | null, words: string): Promise<string> {
  const id = found.id ?? url;
  if (id !== null && id.length <= longestId) return id;
  return `sha256:${(await sha256(id ?? cleanText(words))).slice(0, 40)}`;
}

/** An escaped & in a name is an &. */
const nameOf = (name: string) => plainText({ kind: "either", value: name.slice(0, 1000) });

/** No article has more names or categories; the first of each key counts. */
function unique<T>(list: readonly T[], key: (it: T) => string): T[] {
  const some = list.slice(0, 100);
  return some.filter((it, i) => key(it) !== "" && some.findIndex((other) => key(other) === key(it)) === i);
}

/** An editor's words beside the text; null where a program cut them off it, or they are the text. */
function summaryOf({ content, description }: FoundItem): string | null {
  if (!content || !description || description.value.length > 10 * longestSummary) return null;
  const summary = plainText(description);
  return summary === "" || summary.length > longestSummary || isExcerpt(summary) ? null : summary;
}

const firstWords = (text: FeedText | null) =>
  text ? lede(null, plainText(beginning(text)), longestFirstWords) : "";

/** No title is longer, and a text that begins with so much besides words has no first ones. */
const beginning = ({ kind, value }: FeedText): FeedText => ({ kind, value: value.slice(0, 5000) });

/** The first picture that can be fetched, with what the others say of the same. */
function imageOf(found: FoundItem["images"], base: URL): ArticleImage | null {
  const images = found.flatMap((it) => {
    const url = webUrl(it.url, base);
    return url ? [{ ...it, url: url.href }] : [];
  });
  const [first] = images;
  if (!first) return null;
  const same = images.filter(({ url }) => url === first.url);
  const told = <K extends keyof ArticleImage>(name: K) =>
    same.map((it) => it[name]).find((value) => value !== null && value !== undefined) ?? null;
  const [alt, credit] = [told("alt"), told("credit")];
  return {
    url: first.url,
    type: told("type"),
    length: told("length"),
    width: told("width"),
    height: told("height"),
    alt: alt && nameOf(alt),
    credit: credit && nameOf(credit),
  };
}

/** An address on the web, absolute; null for anything else. */
function webUrl(address: string | null | undefined, base: URL): URL | null {
  const url = address ? URL.parse(address, base) : null;
  return url && /^https?:$/.test(url.protocol) && url.username === "" ? url : null;
}
