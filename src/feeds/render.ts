// A feed as the bytes of a document. Pure: the same articles always give the same bytes, and no clock is read.
import { Feed, type Item } from "feed";
import { escapeHtml, oneLine } from "../arabic/index.ts";
import type { ArticleImage } from "../articles/index.ts";
import { element, escapeText, type Places, places } from "./amend.ts";
import { type Entry, webUrl } from "./entry.ts";
import type { KeptParts } from "./kept.ts";
import { type FeedFormat, mediaTypes } from "./which.ts";

/** How long a cache may keep a feed, in seconds; RSS says the same in minutes as `ttl`. */
export const maxAgeSeconds = 300;

export type Channel = {
  /** An IRI that never changes, the same in all formats. */
  id: string;
  title: string;
  description: string;
  language: string;
  /** Who answers for it: the author where an article names none. */
  paper: string;
  logoUrl: string | null;
  homeUrl: URL;
  selfUrl: URL;
  /** The newest change; null in a feed that never held anything. */
  updated: Temporal.Instant | null;
  /** Where changes can be asked for instead of polling (WebSub §4). */
  hubUrls: readonly string[];
  history: History;
};

/**
 * Where a document stands among those of its feed (RFC 5005 §4). The feed itself leads to the newest archive document; an
 * archive leads both ways and to the feed, and names what was retracted since (RFC 6721).
 */
export type History =
  | { kind: "feed"; previous: URL | null }
  | {
      kind: "archive";
      current: URL;
      previous: URL | null;
      next: URL;
      deleted: readonly { guid: string; at: Temporal.Instant }[];
    };

/**
 * Renders one feed in one format.
 *
 * @param entries in the order in which they are to stand
 * @param site against which our own addresses are read
 * @param kept what entries became at an earlier time: it is taken from there, and put there
 * @returns UTF-8
 */
export function renderFeed(
  format: FeedFormat,
  channel: Channel,
  entries: readonly Entry[],
  site: URL,
  kept: KeptParts,
): Uint8Array<ArrayBuffer> {
  const cleaned = {
    ...channel,
    title: oneLine(channel.title),
    description: oneLine(channel.description),
    paper: oneLine(channel.paper),
    logoUrl: channel.logoUrl && webUrl(channel.logoUrl, site),
  };
  const write = { rss, atom, json }[format];
  return new TextEncoder().encode(write(cleaned, entries, kept[format]));
}

const namespaces = {
  media: "http://search.yahoo.com/mrss/",
  fh: "http://purl.org/syndication/history/1.0",
};

/** The links of a feed besides those that the library writes, as Atom has them; RSS borrows the element. */
function links(name: "link" | "atom:link", type: string, { hubUrls, history }: Channel): string[] {
  const to = (rel: string, url: URL | null) =>
    url === null ? [] : [element(name, { rel, href: url.href, type }, null)];
  return [
    ...hubUrls.map((href) => element(name, { rel: "hub", href }, null)),
    ...(history.kind === "archive" ? to("current", history.current) : []),
    ...to("prev-archive", history.previous),
    ...(history.kind === "archive" ? [...to("next-archive", history.next), "<fh:archive/>"] : []),
  ];
}

/** Adds elements behind the document's own `self` link, before anything that came from outside. */
const behindSelf = (document: string, elements: readonly string[], indent: string): string =>
  document.replace(/<(?:atom:)?link [^>]*\brel="self"[^>]*\/>/, (self) =>
    [self, ...elements].join(`\n${indent}`),
  );

// The library takes dates; where it has none it would write the current one.
const date = (at: Temporal.Instant | null) => new Date(at?.epochMilliseconds ?? 0);

type Parts = WeakMap<Entry, string>;

/**
 * Which entries the library is to write: those that no finished text is kept of, or any one, as what it writes round them
 * is not the same where there are none.
 */
function toWrite(entries: readonly Entry[], kept: Parts): readonly Entry[] {
  const missing = entries.filter((entry) => !kept.has(entry));
  return missing.length > 0 ? missing : entries.slice(0, 1);
}

/**
 * The library's document with all its entries, finished. Those that it wrote are cut out at their elements (nothing from
 * outside stands in it yet), filled in and kept; then all are put where those stood.
 */
function withAll(
  document: string,
  {
    written,
    entries,
    kept,
    put,
    name,
  }: {
    written: readonly Entry[];
    entries: readonly Entry[];
    kept: Parts;
    put: Places;
    name: "item" | "entry";
  },
): string {
  const [start, end] = [document.indexOf(`<${name}>`), document.lastIndexOf(`</${name}>`)];
  if (start < 0) return put.fill(document);
  const between = new RegExp(`(?<=</${name}>)\\s+(?=<${name}>)`, "g");
  const [indent = ""] = /\s*$/.exec(document.slice(0, start)) ?? [];
  const close = end + name.length + 3;
  document
    .slice(start, close)
    .split(between)
    .forEach((part, i) => {
      const entry = written[i];
      if (entry) kept.set(entry, put.fill(part));
    });
  const all = entries.map((entry) => kept.get(entry)).join(indent);
  return put.fill(document.slice(0, start)) + all + put.fill(document.slice(close));
}

function rss(channel: Channel, entries: readonly Entry[], kept: Parts): string {
  const put = places();
  const feed = new Feed({
    title: put.text(channel.title),
    description: put.text(channel.description),
    link: put.text(channel.homeUrl.href),
    feedLinks: { rss: put.text(channel.selfUrl.href) },
    language: channel.language,
    generator: "Nashra",
    ttl: maxAgeSeconds / 60,
    updated: date(channel.updated),
    ...(channel.logoUrl && { image: put.text(channel.logoUrl) }),
  });
  feed.addExtension({
    name: "_attributes",
    objects: {
      "xmlns:media": namespaces.media,
      "xmlns:dcterms": "http://purl.org/dc/terms/",
      "xmlns:fh": namespaces.fh,
    },
  });
  const written = toWrite(entries, kept);
  for (const entry of written) {
    const extras = [
      ...entry.creators.map((name) => element("dc:creator", {}, escapeText(name))),
      element("dcterms:modified", {}, entry.updated.toString({ smallestUnit: "second" })),
      ...enclosure(entry.picture, (url, type, length) => element("enclosure", { url, length, type }, null)),
      ...media(entry.picture),
    ];
    feed.addItem({
      ...item(entry, put.text(entry.title), put),
      extensions: [{ name: "extra", objects: { _text: put.elements(extras.join("\n            ")) } }],
    });
  }
  const document = behindSelf(feed.rss2(), links("atom:link", mediaTypes.rss, channel), "        ");
  return withAll(
    channel.updated ? document : document.replace(/\s*<lastBuildDate>[^<]*<\/lastBuildDate>/, ""),
    { written, entries, kept, put, name: "item" },
  );
}

function atom(channel: Channel, entries: readonly Entry[], kept: Parts): string {
  const put = places();
  const feed = new Feed({
    id: put.text(channel.id),
    title: put.text(channel.title),
    description: put.text(channel.description),
    link: put.text(channel.homeUrl.href),
    feedLinks: { atom: put.text(channel.selfUrl.href) },
    generator: "Nashra",
    updated: date(channel.updated), // mandatory (RFC 4287 §4.1.1): an empty feed says 1970 rather than now
    author: { name: put.text(channel.paper) },
    ...(channel.logoUrl && { image: put.text(channel.logoUrl) }),
  });
  const written = toWrite(entries, kept);
  for (const entry of written) {
    const extras = [
      ...enclosure(entry.picture, (href, type, length) =>
        element("link", { rel: "enclosure", href, type, length }, null),
      ),
      ...media(entry.picture),
    ];
    feed.addItem({
      ...item(entry, put.html(escapeHtml(entry.title)), put),
      id: put.text(entry.guid),
      ...(entry.creators.length > 0 && { author: entry.creators.map((name) => ({ name: put.text(name) })) }),
      ...(extras.length > 0 && { copyright: put.elements(extras.join("\n        ")) }),
    });
  }
  const root = '<feed xmlns="http://www.w3.org/2005/Atom"';
  const gone = tombstones(channel.history);
  // The W3C's validator warns of a namespace that it does not know: it is there only where it is needed.
  const tombs = gone.length > 0 ? ' xmlns:at="http://purl.org/atompub/tombstones/1.0"' : "";
  const more = ` xmlns:media="${namespaces.media}" xmlns:fh="${namespaces.fh}"${tombs} xml:lang="${escapeText(channel.language)}"`;
  const document = behindSelf(
    feed.atom1().replace(root, root + more),
    links("link", mediaTypes.atom, channel),
    "    ",
  );
  return withAll(
    document.replace(/(?=<\/feed>\s*$)/, () => put.elements(gone.join(""))),
    { written, entries, kept, put, name: "entry" },
  );
}

/** A reader that kept a retracted article learns that it is gone (RFC 6721 §3). */
const tombstones = (history: History): string[] =>
  history.kind === "feed"
    ? []
    : history.deleted.map(
        ({ guid, at }) =>
          `    ${element("at:deleted-entry", { ref: guid, when: at.toString({ smallestUnit: "second" }) }, null)}\n`,
      );

/** What RSS and Atom share. */
const item = (entry: Entry, title: string, put: Places): Item => ({
  title,
  guid: put.text(entry.guid),
  link: put.text(entry.url),
  date: date(entry.updated),
  published: date(entry.published),
  content: put.html(entry.content),
  category: entry.categories.map((name) => ({ name: put.text(name), term: put.text(name) })),
  ...(entry.summary !== "" && { description: put.html(escapeHtml(entry.summary)) }),
});

/** An enclosure tells type and length truly (RSS demands both), or is not there. */
const enclosure = (
  picture: ArticleImage | null,
  write: (url: string, type: string, length: number) => string,
): string[] => (picture?.type && picture.length ? [write(picture.url, picture.type, picture.length)] : []);

/** The picture as Media RSS 1.5.1 has it. */
function media(picture: ArticleImage | null): string[] {
  if (picture === null) return [];
  const { url, type, width, height, length, alt, credit } = picture;
  const inside = [
    alt === null ? "" : element("media:description", { type: "plain" }, escapeText(alt)),
    credit === null ? "" : element("media:credit", {}, escapeText(credit)),
  ].join("");
  const attributes = { url, type, medium: "image", fileSize: length, width, height };
  return [element("media:content", attributes, inside === "" ? null : inside)];
}

/** The library writes version 1; JSON Feed 1.1 renames `author` and adds `language`. */
function json(channel: Channel, entries: readonly Entry[], kept: Parts): string {
  const feed = new Feed({
    title: channel.title,
    description: channel.description,
    link: channel.homeUrl.href,
    feedLinks: { json: channel.selfUrl.href },
    ...(channel.logoUrl && { image: channel.logoUrl }),
  });
  const written = toWrite(entries, kept);
  for (const entry of written)
    feed.addItem({
      title: entry.title,
      id: entry.guid,
      link: entry.url,
      date: date(entry.updated),
      published: date(entry.published),
      content: entry.content,
      category: entry.categories.map((name) => ({ name })),
      ...(entry.summary !== "" && { description: entry.summary }),
      ...(entry.picture && { image: entry.picture.url }),
    });
  const { items, ...head }: { items: object[] } & Record<string, unknown> = JSON.parse(feed.json1());
  const authors = (names: readonly string[]) => names.map((name) => ({ name }));
  const document = {
    ...head,
    version: "https://jsonfeed.org/version/1.1",
    language: channel.language,
    authors: authors([channel.paper]),
    ...(channel.history.previous && { next_url: channel.history.previous.href }),
    ...(channel.hubUrls.length > 0 && { hubs: channel.hubUrls.map((url) => ({ type: "WebSub", url })) }),
  };
  items.forEach((item, i) => {
    const entry = written[i];
    if (entry === undefined) return;
    const { creators } = entry;
    const whole = creators.length > 0 ? { ...item, authors: authors(creators) } : item;
    kept.set(entry, JSON.stringify(whole, null, 1).replaceAll("\n", "\n  ")); // none of these newlines is a text's: texts have \n
  });
  const all = entries.map((entry) => kept.get(entry)).join(",\n  ");
  const start = JSON.stringify(document, null, 1).slice(0, -"\n}".length);
  return `${start},\n "items": [${all && `\n  ${all}\n `}]\n}\n`;
}
