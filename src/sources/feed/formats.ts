// The formats of feeds, each brought into one form. What a field means is decided here, what becomes of it in feed.ts.
import {
  type AtomFeed,
  type DcNs,
  type DcTermsNs,
  type JsonFeed,
  parseAtomFeed,
  parseJsonFeed,
  parseRdfFeed,
  parseRssFeed,
  type RdfFeed,
  type RssFeed,
  type SyNs,
} from "feedsmith";
import type { Category } from "../item.ts";
import { type FoundPicture, mediaPictures, picture } from "./pictures.ts";
import { type Quiet, readQuiet } from "./quiet.ts";
import type { FeedText } from "./text.ts";

type Maybe<T> = T | null | undefined;

/** Where an address is missing or relative it is as found. */
export type FoundItem = {
  id: Maybe<string>;
  link: Maybe<string>;
  /** `xml:base`, from the outermost to that of the content. */
  bases: readonly Maybe<string>[];
  title: FeedText | null;
  /** The whole text, and what stands for it: the first is the better. */
  content: FeedText | null;
  description: FeedText | null;
  authors: readonly Maybe<string>[];
  categories: readonly Category[];
  source: FeedText | null;
  /** The best first; others may tell more of the same. */
  images: readonly FoundPicture[];
  /** The best first. */
  published: readonly Maybe<string>[];
  modified: readonly Maybe<string>[];
};

export type FoundFeed = {
  title: FeedText | null;
  language: Maybe<string>;
  home: Maybe<string>;
  hub: Maybe<string>;
  self: Maybe<string>;
  ttlMinutes: number | null;
  quiet?: Quiet | null;
  items: readonly FoundItem[];
};

type Options = { maxItems: number };

const either = (value: Maybe<string>): FeedText | null => (value ? { kind: "either", value } : null);
const html = (value: Maybe<string>): FeedText | null => (value ? { kind: "html", value } : null);
const text = (value: Maybe<string>): FeedText | null => (value ? { kind: "text", value } : null);

const byName = (names: readonly Maybe<string>[] | undefined): Category[] =>
  (names ?? []).flatMap((name) => (name ? [{ key: name, label: name }] : []));

/** RSS 0.9x and 2.0. @throws if it is none */
export function rssFeed(xml: string, options: Options): FoundFeed {
  const feed = parseRssFeed(xml, options);
  return {
    title: either(feed.title),
    language: feed.language ?? feed.dc?.languages?.[0] ?? feed.xml?.lang,
    home: feed.link,
    ...links(feed.atom?.links),
    ttlMinutes: greatest([feed.ttl, periodMinutes(feed.sy)]),
    quiet: readQuiet(xml),
    items: (feed.items ?? []).map((item) => rssItem(item, feed.xml?.base)),
  };
}

function rssItem(item: RssFeed.Item<string>, base: Maybe<string>): FoundItem {
  const permalink = item.guid?.isPermaLink === false ? null : item.guid?.value;
  return {
    id: item.guid?.value ?? item.atom?.id,
    link: item.link ?? alternate(item.atom?.links) ?? (/^https?:/i.test(permalink ?? "") ? permalink : null),
    bases: [base, item.xml?.base],
    title: either(item.title) ?? either(item.dc?.titles?.[0]),
    content: html(item.content?.encoded),
    description: either(item.description),
    authors: [...(item.dc?.creators ?? []), ...(item.authors ?? []).map(({ name }) => name)],
    categories: byName([...(item.categories ?? []).map(({ name }) => name), ...(item.dc?.subjects ?? [])]),
    source: either(item.source?.title) ?? sourceOf(item.dc),
    images: [
      ...(item.enclosures ?? []).flatMap(({ url, type, length }) =>
        url && /^image\//i.test(type ?? "") ? [picture({ url, type, length })] : [],
      ),
      ...mediaPictures(item.media),
    ],
    published: [item.pubDate, ...datesOf(item.dc, item.dcterms), item.atom?.published],
    modified: [item.dcterms?.modified?.[0], item.atom?.updated],
  };
}

/** RSS 1.0. @throws if it is none */
export function rdfFeed(xml: string, options: Options): FoundFeed {
  const feed = parseRdfFeed(xml, options);
  return {
    title: either(feed.title),
    language: feed.dc?.languages?.[0] ?? feed.xml?.lang,
    home: feed.link,
    ...links(feed.atom?.links),
    ttlMinutes: greatest([periodMinutes(feed.sy)]),
    items: (feed.items ?? []).map((item) => rdfItem(item, feed.xml?.base)),
  };
}

const rdfItem = (item: RdfFeed.Item<string>, base: Maybe<string>): FoundItem => ({
  id: item.rdf?.about ?? item.atom?.id,
  link: item.link ?? alternate(item.atom?.links),
  bases: [base, item.xml?.base],
  title: either(item.title) ?? either(item.dc?.titles?.[0]),
  content: html(item.content?.encoded),
  description: either(item.description) ?? either(item.dc?.descriptions?.[0]),
  authors: item.dc?.creators ?? [],
  categories: byName(item.dc?.subjects),
  source: sourceOf(item.dc),
  images: mediaPictures(item.media),
  published: [...datesOf(item.dc, item.dcterms), item.atom?.published],
  modified: [item.dcterms?.modified?.[0], item.atom?.updated],
});

/** Atom 0.3 and 1.0. @throws if it is none */
export function atomFeed(xml: string, options: Options): FoundFeed {
  const feed = parseAtomFeed(xml, options);
  return {
    title: atomText(feed.title),
    language: feed.xml?.lang ?? feed.dc?.languages?.[0],
    home: alternate(feed.links),
    ...links(feed.links),
    ttlMinutes: greatest([periodMinutes(feed.sy)]),
    items: (feed.entries ?? []).map((entry) => atomItem(entry, feed.xml?.base)),
  };
}

const atomItem = (entry: AtomFeed.Entry<string>, base: Maybe<string>): FoundItem => ({
  id: entry.id,
  link: alternate(entry.links),
  bases: [base, entry.xml?.base, entry.content?.value ? entry.content.xml?.base : entry.summary?.xml?.base],
  title: atomText(entry.title),
  content: atomText(entry.content),
  description: atomText(entry.summary),
  authors: (entry.authors ?? []).map(({ name }) => name).concat(entry.dc?.creators ?? []),
  categories: (entry.categories ?? []).flatMap(({ term, label }) => {
    const key = term ?? label;
    return key ? [{ key, label: label ?? key }] : [];
  }),
  source: atomText(entry.source?.title) ?? sourceOf(entry.dc),
  images: [
    ...(entry.links ?? []).flatMap(({ rel, href, type, length }) =>
      rel === "enclosure" && href && /^image\//i.test(type ?? "")
        ? [picture({ url: href, type, length })]
        : [],
    ),
    ...mediaPictures(entry.media),
  ],
  published: [entry.published, ...datesOf(entry.dc, entry.dcterms)],
  modified: [entry.updated, entry.dcterms?.modified?.[0]],
});

/** RFC 4287 §3.1 and §4.1.3.3; Atom 0.3 names media types. What is neither text nor HTML is nothing to read. */
function atomText(construct: AtomFeed.Content | undefined): FeedText | null {
  const type = construct?.type?.toLowerCase() ?? "text";
  if (/^(?:x?html|text\/html|application\/xhtml\+xml)\b/.test(type)) return html(construct?.value);
  return /^text\b/.test(type) ? text(construct?.value) : null;
}

/** JSON Feed 1.0 and 1.1. @throws if it is none */
export function jsonFeed(json: unknown, options: Options): FoundFeed {
  const feed = parseJsonFeed(json, options);
  return {
    title: text(feed.title),
    language: feed.language,
    home: feed.home_page_url,
    hub: feed.hubs?.find(({ type, url }) => url && /^websub$/i.test(type ?? ""))?.url,
    self: feed.feed_url,
    ttlMinutes: null,
    items: (feed.items ?? []).map(jsonItem),
  };
}

const jsonItem = (item: JsonFeed.Item<string>): FoundItem => ({
  id: item.id,
  link: item.url ?? item.external_url,
  bases: [],
  title: text(item.title),
  content: html(item.content_html) ?? text(item.content_text),
  description: text(item.summary),
  authors: (item.authors ?? []).map(({ name }) => name),
  categories: byName(item.tags),
  source: null,
  images: [
    ...[item.image, item.banner_image].flatMap((url) => (url ? [{ url }] : [])),
    ...(item.attachments ?? []).flatMap(({ url, mime_type, size_in_bytes }) =>
      url && /^image\//i.test(mime_type ?? "")
        ? [picture({ url, type: mime_type, length: size_in_bytes })]
        : [],
    ),
  ],
  published: [item.date_published],
  modified: [item.date_modified],
});

type FeedLinks = Maybe<readonly AtomFeed.Link<string>[]>;

function links(given: FeedLinks): Pick<FoundFeed, "hub" | "self"> {
  const first = (rel: string) => given?.find((link) => link.href && link.rel?.toLowerCase() === rel)?.href;
  return { hub: first("hub"), self: first("self") };
}

/** The page of an entry: of several, the one that is HTML. */
function alternate(given: FeedLinks): Maybe<string> {
  const pages = given?.filter(({ rel, href }) => href && (!rel || rel === "alternate")) ?? [];
  return (pages.find(({ type }) => !type || /html/i.test(type)) ?? pages[0])?.href;
}

/** An address is no name of a source. */
const sourceOf = (dc: DcNs.ItemOrFeed<string> | undefined): FeedText | null =>
  either(dc?.sources?.find((source) => !/^[a-z][a-z\d+.-]*:\S*$/i.test(source)));

const datesOf = (
  dc: DcNs.ItemOrFeed<string> | undefined,
  terms: DcTermsNs.ItemOrFeed<string> | undefined,
) => [dc?.dates?.[0], terms?.issued?.[0], terms?.created?.[0]];

const periods = { hourly: 60, daily: 1440, weekly: 10_080, monthly: 43_200, yearly: 525_600 };

/** How often a feed says that it changes (RSS 1.0, module syndication). */
function periodMinutes(sy: SyNs.Feed<string> | undefined): number | null {
  const name = sy?.updatePeriod?.toLowerCase();
  const period = Object.entries(periods).find(([key]) => key === name)?.[1];
  const often = sy?.updateFrequency ?? 1;
  return period === undefined || !(often >= 1) ? null : Math.round(period / often);
}

function greatest(minutes: readonly Maybe<number>[]): number | null {
  const said = minutes.filter((it) => typeof it === "number").filter((it) => it > 0 && it < 1e6);
  return said.length > 0 ? Math.max(...said) : null;
}
