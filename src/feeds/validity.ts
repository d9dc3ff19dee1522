// The rules that documents must keep to be valid without a warning: RSS 2.0 with the Best Practices Profile, and RFC 4287, as
// the W3C's validator has them. That is a service on the web; this asks none, so tests and the newsroom's page can judge what is served.
import { type CheerioAPI, load } from "cheerio";
import { jsonFaults } from "./valid-json.ts";
import {
  type Element,
  elementsOf,
  htmlFaults,
  isCount,
  isIri,
  isMediaType,
  isRfc822,
  isRfc3339,
  isUri,
  isWebUrl,
  twice,
  unless,
} from "./valid-values.ts";
import type { FeedFormat } from "./which.ts";

/** What is wrong with a document, a sentence each; nothing if it is valid. Well-formedness is for libxml2 to judge. */
export function faultsOf(format: FeedFormat, document: string, selfUrl: URL): string[] {
  if (format === "json") return jsonFaults(document, selfUrl);
  const $ = load(document, { xml: true });
  return [
    ...namespaceFaults($),
    ...linkFaults($, selfUrl),
    ...(format === "rss" ? rssFaults($) : atomFaults($)),
  ];
}

/** The children of an element by their names. */
function childrenOf($: CheerioAPI, parent: Element) {
  const all = $(parent).children().toArray();
  const called = (name: string) => all.filter((child) => child.name === name);
  return {
    names: all.map(({ name }) => name),
    called,
    text: (name: string) => $(called(name).slice(0, 1)).text(),
    texts: (name: string) => called(name).map((child) => $(child).text()),
  };
}
type Children = ReturnType<typeof childrenOf>;

const exactlyOne = (where: string, { called }: Children, ...names: string[]) =>
  names.filter((name) => called(name).length !== 1).map((name) => `${where} has not exactly one ${name}`);
const atMostOne = (where: string, { called }: Children, ...names: string[]) =>
  names.filter((name) => called(name).length > 1).map((name) => `${where} has more than one ${name}`);
const onlyKnown = (where: string, { names }: Children, known: string) =>
  names.filter((name) => !known.split(" ").includes(name)).map((name) => `${where} may not hold ${name}`);
const onlyAttributes = (element: Element, known: string) =>
  Object.keys(element.attribs)
    .filter((name) => !known.split(" ").includes(name) && !name.startsWith("xmlns"))
    .map((name) => `${element.name} has no attribute ${name}`);

/** The validator warns of every namespace that it does not know. Tombstones are worth that, where there are some. */
function namespaceFaults($: CheerioAPI): string[] {
  const known: Record<string, string> = {
    xmlns: "http://www.w3.org/2005/Atom",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
    "xmlns:fh": "http://purl.org/syndication/history/1.0",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    ...($("at\\:deleted-entry").length > 0 && { "xmlns:at": "http://purl.org/atompub/tombstones/1.0" }),
  };
  const prefixes = new Set<string>();
  const faults: string[] = [];
  for (const element of elementsOf($)) {
    for (const [name, value] of Object.entries(element.attribs))
      if (name.startsWith("xmlns")) {
        prefixes.add(name);
        if (known[name] !== value)
          faults.push(`${name}="${value}" is a namespace that validators do not know`);
      }
    const [prefix, local] = element.name.split(":");
    if (local !== undefined && !prefixes.has(`xmlns:${prefix}`))
      faults.push(`${element.name} has no namespace`);
  }
  return [...new Set(faults)];
}

// IANA's registry, as far as feeds use it.
const relations = ["alternate", "self", "hub", "current", "prev-archive", "next-archive", "enclosure"];

function linkFaults($: CheerioAPI, selfUrl: URL): string[] {
  const links = $("link[href], atom\\:link").toArray();
  const ofFeed = links.filter(
    ({ parent }) => parent?.type === "tag" && /^(?:feed|channel)$/.test(parent.name),
  );
  const relation = (link: Element) => link.attribs["rel"] ?? "alternate";
  const related = (name: string) => ofFeed.filter((link) => relation(link) === name);
  const self = related("self").map((link) => link.attribs["href"]);
  const isArchive = $("fh\\:archive").length > 0;
  return [
    ...links.flatMap((link) => [
      ...onlyAttributes(link, "rel href type length title hreflang"),
      ...unless(
        [isWebUrl(link.attribs["href"] ?? ""), `${link.attribs["href"]} is no absolute URL`],
        [relations.includes(relation(link)), `${relation(link)} is no known relation`],
        [
          link.attribs["type"] === undefined || isMediaType(link.attribs["type"]),
          "a link's type is no media type",
        ],
        [$(link).contents().length === 0, "a link is not empty"],
      ),
    ]),
    ...unless(
      [self.length === 1 && self[0] === selfUrl.href, `the self link is ${self}, and not ${selfUrl.href}`],
      [related("alternate").length <= 1, "the feed has several alternates of one type"],
      [related("enclosure").length === 0, "the feed has an enclosure"],
      [!isArchive || related("current").length === 1, "the archive does not lead to the current feed"],
      [
        !isArchive || related("prev-archive").length + related("next-archive").length > 0,
        "the archive leads to no other",
      ],
    ),
  ];
}

const inChannel =
  "title link description language lastBuildDate docs generator ttl image atom:link fh:archive item";
const inItem =
  "title link guid pubDate description content:encoded category dc:creator dcterms:modified enclosure media:content";

function rssFaults($: CheerioAPI): string[] {
  const [root] = $("rss").toArray();
  const [channel] = $("rss > channel").toArray();
  if (!root || !channel) return ["there is no channel"];
  const head = childrenOf($, channel);
  const items = head.called("item");
  const [image] = head.called("image");
  const picture = image && childrenOf($, image);
  return [
    ...exactlyOne("the channel", head, "title", "link", "description", "language", "ttl"),
    ...atMostOne("the channel", head, "image", "lastBuildDate", "generator", "docs", "fh:archive"),
    ...onlyKnown("the channel", head, inChannel),
    ...unless(
      [root.attribs["version"] === "2.0", "the version is not 2.0"],
      [head.text("title") !== "" && head.text("description") !== "", "the channel has a blank text"],
      [isWebUrl(head.text("link")), "the channel's link is no URL"],
      [/^[a-z]{2,3}$/.test(head.text("language")), "the language is no code"],
      [isCount(head.text("ttl")) && head.text("ttl") !== "0", "ttl is no positive number"],
      [head.texts("lastBuildDate").every(isRfc822), "lastBuildDate is no date of RFC 822"],
      [
        head.names.lastIndexOf(head.names.find((name) => name !== "item") ?? "") < 0 ||
          items.length === 0 ||
          head.names.slice(head.names.indexOf("item")).every((name) => name === "item"),
        "something of the channel stands behind an item",
      ],
      [!picture || picture.text("title") === head.text("title"), "the image's title is not the channel's"],
      [!picture || picture.text("link") === head.text("link"), "the image's link is not the channel's"],
      [!picture || isWebUrl(picture.text("url")), "the image's url is no URL"],
    ),
    ...twice(items.map((item) => childrenOf($, item).text("guid"))).map(
      (guid) => `${guid} stands in the feed twice`,
    ),
    ...items.flatMap((item) => itemFaults($, item)),
  ];
}

function itemFaults($: CheerioAPI, item: Element): string[] {
  const it = childrenOf($, item);
  const guid = it.text("guid");
  const where = `item ${guid}`;
  const [guidElement] = it.called("guid");
  const order = it.names.filter((name) => name === "description" || name === "content:encoded");
  return [
    ...exactlyOne(where, it, "title", "link", "guid", "pubDate", "content:encoded"),
    ...atMostOne(where, it, "description", "dcterms:modified", "enclosure"),
    ...onlyKnown(where, it, inItem),
    ...(guidElement ? onlyAttributes(guidElement, "isPermaLink") : []),
    ...it.called("enclosure").flatMap((enclosure) => enclosureFaults(enclosure, "url")),
    ...it.called("media:content").flatMap((media) => mediaFaults($, media)),
    ...it.texts("content:encoded").flatMap(htmlFaults),
    ...it.texts("description").flatMap(htmlFaults),
    ...unless(
      [it.text("title") !== "", `${where} has a blank title`],
      [isWebUrl(it.text("link")), `${where} has a link that is no URL`],
      [isIri(guid), `${where} has no IRI for a guid`],
      [guidElement?.attribs["isPermaLink"] === "false", `${where} says that its guid is where it is found`],
      [isRfc822(it.text("pubDate")), `${where} has no date of RFC 822`],
      [it.texts("dcterms:modified").every(isRfc3339), `${where} has no date of RFC 3339`],
      [
        order[0] !== "content:encoded" || order.length === 1,
        `${where} has its content before its description`,
      ],
      [
        [...it.texts("category"), ...it.texts("dc:creator")].every((name) => name !== ""),
        `${where} has a blank name`,
      ],
    ),
  ];
}

const enclosureFaults = (enclosure: Element, address: "url" | "href"): string[] => [
  ...onlyAttributes(enclosure, `${address} type length rel`),
  ...unless(
    [isWebUrl(enclosure.attribs[address] ?? ""), "an enclosure has no URL"],
    [isMediaType(enclosure.attribs["type"]), "an enclosure has no type"],
    [isCount(enclosure.attribs["length"]), "an enclosure has no length"],
  ),
];

function mediaFaults($: CheerioAPI, media: Element): string[] {
  const { type, fileSize, width, height, url = "", medium } = media.attribs;
  const it = childrenOf($, media);
  return [
    ...onlyAttributes(media, "url type medium fileSize width height"),
    ...onlyKnown("media:content", it, "media:description media:credit"),
    ...unless(
      [isWebUrl(url), "media:content has no URL"],
      [medium === "image", "media:content is no image"],
      [type === undefined || isMediaType(type), "media:content has no media type"],
      [
        [fileSize, width, height].every((size) => size === undefined || (isCount(size) && Number(size) > 0)),
        "media:content has a size that is no positive number",
      ],
    ),
  ];
}

const inFeed =
  "id title updated generator author link subtitle logo icon rights fh:archive entry at:deleted-entry";
const inEntry = "title id link updated summary content author category published media:content";

function atomFaults($: CheerioAPI): string[] {
  const [feed] = $.root().children("feed").toArray();
  if (!feed) return ["there is no feed"];
  const head = childrenOf($, feed);
  const entries = head.called("entry");
  const behind = entries.length === 0 ? [] : head.names.slice(head.names.indexOf("entry"));
  return [
    ...exactlyOne("the feed", head, "id", "title", "updated"),
    ...atMostOne("the feed", head, "generator", "subtitle", "logo", "icon", "rights", "fh:archive"),
    ...onlyKnown("the feed", head, inFeed),
    ...head
      .called("author")
      .flatMap((author) => exactlyOne("the feed's author", childrenOf($, author), "name")),
    ...unless(
      [/^[a-z]{2,3}$/.test(feed.attribs["xml:lang"] ?? ""), "the feed says no language"],
      [isUri(head.text("id")), "the feed's id is no URI"],
      [head.text("title") !== "", "the feed has a blank title"],
      [isRfc3339(head.text("updated")), "the feed has no date of RFC 3339"],
      [
        behind.every((name) => name === "entry" || name === "at:deleted-entry"),
        "something of the feed stands behind an entry",
      ],
      [
        head.called("at:deleted-entry").length === 0 || head.called("fh:archive").length === 1,
        "a tombstone stands in the feed itself",
      ],
    ),
    ...head
      .called("at:deleted-entry")
      .flatMap((element) =>
        unless(
          [isIri(element.attribs["ref"] ?? ""), "a tombstone names no entry"],
          [isRfc3339(element.attribs["when"] ?? ""), "a tombstone has no time"],
        ),
      ),
    ...twice([
      ...entries.map((entry) => childrenOf($, entry).text("id")),
      ...head.called("at:deleted-entry").map(({ attribs }) => attribs["ref"] ?? ""),
    ]).map((id) => `${id} stands in the feed twice`),
    ...entries.flatMap((entry) => entryFaults($, entry, head.called("author").length > 0)),
  ];
}

function entryFaults($: CheerioAPI, entry: Element, feedHasAuthor: boolean): string[] {
  const it = childrenOf($, entry);
  const where = `entry ${it.text("id")}`;
  const constructs = ["title", "summary", "content"].flatMap(it.called);
  return [
    ...exactlyOne(where, it, "id", "title", "updated"),
    ...atMostOne(where, it, "published", "summary", "content"),
    ...onlyKnown(where, it, inEntry),
    ...it
      .called("author")
      .flatMap((author) => exactlyOne(`${where}'s author`, childrenOf($, author), "name")),
    ...it
      .called("link")
      .flatMap((link) => (link.attribs["rel"] === "enclosure" ? enclosureFaults(link, "href") : [])),
    ...it.called("media:content").flatMap((media) => mediaFaults($, media)),
    ...[...it.texts("content"), ...it.texts("summary"), ...it.texts("title")].flatMap(htmlFaults),
    ...unless(
      [feedHasAuthor || it.called("author").length > 0, `${where} has no author`],
      [isIri(it.text("id")), `${where} has no IRI for an id`],
      [
        constructs.every((text) => text.attribs["type"] === "html"),
        `${where} has a text that is not marked as HTML`,
      ],
      [constructs.every((text) => $(text).text() !== ""), `${where} has a blank text`],
      [
        [...it.texts("updated"), ...it.texts("published")].every(isRfc3339),
        `${where} has no date of RFC 3339`,
      ],
      [
        Date.parse(it.text("updated")) >= Date.parse(it.text("published")),
        `${where} changed before it was there`,
      ],
      [
        it.called("category").every(({ attribs }) => (attribs["term"] ?? "") !== ""),
        `${where} has a category without a name`,
      ],
      [
        it.called("author").every((author) => childrenOf($, author).text("name") !== ""),
        `${where} has an author without a name`,
      ],
    ),
  ];
}
