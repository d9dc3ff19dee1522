import fc from "fast-check";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { beforeAll, describe, expect, test } from "vitest";
import type { Article } from "../articles/index.ts";
import type { Entry } from "./entry.ts";
import { article, channel, documentOf } from "./feeds.fixture.ts";
import { bad, corpus, nastyPaper, pieces } from "./nasty.fixture.ts";
import { has, libxml2Complaints, readers, type Told } from "./readers.fixture.ts";
import { faultsOf } from "./validity.ts";
import type { FeedFormat } from "./which.ts";

const formats = ["rss", "atom", "json"] as const;
const xmllint = has("xmllint (libxml2-utils)", "xmllint", ["--version"]);
const here = readers.filter((reader) => reader.isHere());

/** What readers must find of an entry that they are given: all of it. */
const wholly = ({ guid, url, published, updated, picture, ...entry }: Entry): Told => ({
  id: guid,
  link: url,
  title: entry.title,
  summary: entry.summary,
  content: entry.content,
  creators: entry.creators,
  categories: entry.categories,
  published: published.round({ smallestUnit: "second", roundingMode: "floor" }).toString(),
  updated: updated.round({ smallestUnit: "second", roundingMode: "floor" }).toString(),
  picture: picture && { url: picture.url, description: picture.alt, credit: picture.credit },
  enclosure:
    picture?.type && picture.length ? { url: picture.url, type: picture.type, length: picture.length } : null,
});

const many = (count: number) => Array.from({ length: count }, (_, i) => article(1000 * count + i));
// Readers that remember take an id for one entry, wherever it stands: no two documents share one.
const together = corpus.map(({ article, told }) => ({
  article: { ...article, guid: `${article.guid}&all` },
  told: { ...told, id: `${told.id}&all` },
}));
const documents: { what: string; articles: Article[]; told: Told[] }[] = [
  ...corpus.map(({ what, article: it, told }) => ({ what, articles: [it], told: [told] })),
  {
    what: "all of it at once",
    articles: together.map((row) => row.article),
    told: together.map(({ told }) => told),
  },
  ...[0, 1, 500].map((count) => ({
    what: `${count} articles`,
    articles: many(count),
    told: documentOf("rss", many(count)).entries.map(wholly),
  })),
];

const render = (format: FeedFormat) => documents.map(({ articles }) => documentOf(format, articles));
const rendered = { rss: render("rss"), atom: render("atom"), json: render("json") };
const textsIn = (format: FeedFormat) => rendered[format].map(({ text }) => text);

describe.each(here)("$name", (reader) => {
  describe.each(reader.formats)("finds everything in %s with", (format) => {
    let found: ReturnType<typeof reader.read>;
    beforeAll(() => {
      found = reader.read(format, textsIn(format));
    });
    test.each(documents.map((document, i) => ({ ...document, i })))("$what", ({ i, told }) =>
      expect(found[i]).toMatchObject(told.map((entry) => reader.shows(entry, format))),
    );
  });
});

describe.each(formats)("%s", (format) => {
  test.skipIf(!xmllint || format === "json")("is well-formed for libxml2 with each and all", () =>
    expect(libxml2Complaints(...textsIn(format))).toBe(""),
  );

  test.each(documents.map(({ what }, i) => ({ what, i })))(
    "breaks no rule of its format with $what",
    ({ i }) => {
      const { text, skipped } = rendered[format][i] ?? { text: "", skipped: null };
      expect(skipped).toEqual([]);
      expect(faultsOf(format, text, channel(format).selfUrl)).toEqual([]);
    },
  );
});

describe.each(formats)("%s", (format) => {
  test("one bad article is left out with its reason, and costs nobody else", () => {
    const { text, skipped } = documentOf(format, [article(1), ...bad.map(([, it]) => it), article(2)]);
    expect(skipped).toEqual(bad.map(([why, { guid }]) => ({ guid, why })));
    expect(here[0]?.read(format, [text])[0]?.map(({ id }) => id)).toEqual([article(1).guid, article(2).guid]);
  });

  test("a paper with a nasty name has a feed that is whole", () => {
    const { text } = documentOf(format, [article(1)], nastyPaper.given);
    if (xmllint && format !== "json") expect(libxml2Complaints(text)).toBe("");
    expect(faultsOf(format, text, channel(format).selfUrl)).toEqual([]);
    expect(nastyPaper.told).toMatchObject(paperIn(format, text));
  });
});

/** What a document says of the paper; RSS has no place for an author of its own. */
function paperIn(format: FeedFormat, document: string) {
  switch (format) {
    case "rss": {
      const { title, description, image } = parseRssFeed(document);
      return { title, description, logo: image?.url };
    }
    case "atom": {
      const { title, subtitle, authors, logo } = parseAtomFeed(document);
      return { title: title?.value, description: subtitle?.value, paper: authors?.[0]?.name, logo };
    }
    case "json": {
      const { title, description, authors, icon } = parseJsonFeed(document);
      return { title, description, paper: authors?.[0]?.name, logo: icon };
    }
  }
}

describe("whatever the text", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(...pieces) }),
  );
  /** Every character that means what it says: what may not be in XML, steers, or separates lines and words is not here. */
  const legal = fc.string({
    unit: fc
      .string({ unit: "binary", minLength: 1, maxLength: 1 })
      .filter((one) => !/[\s\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u202A-\u202E\u2066-\u2069]/u.test(one)),
    minLength: 1,
  });
  const given = fc.record({
    title: legal,
    summary: anything,
    body: anything,
    author: anything,
    tag: anything,
  });

  // One document, as it is a start of each reader, and always the same: other people's bugs are not ours to find by chance.
  // (Sixty others were read without a difference.)
  test("every reader finds two hundred random articles whole, and all that is legal in their titles", () => {
    const list = fc.sample(given, { numRuns: 200, seed: 1 });
    const articles = list.map(({ title, summary, body, author, tag }, i) =>
      article(i, {
        title,
        summary,
        bodyHtml: body,
        authors: [{ slug: "a", name: author }],
        tags: [{ slug: "t", name: tag }],
        correction: author,
      }),
    );
    const { entries, skipped } = documentOf("rss", articles);
    expect(skipped).toEqual([]);
    expect(entries.map(({ title }) => title.replace(/^\u200F/, ""))).toEqual(
      list.map(({ title }) => title.normalize("NFC").replace(/^\u200F/, "")),
    );
    for (const format of formats) {
      const { text } = documentOf(format, articles);
      if (xmllint && format !== "json") expect(libxml2Complaints(text)).toBe("");
      for (const reader of here.filter(({ formats }) => formats.includes(format))) {
        const [found = []] = reader.read(format, [text]);
        for (const [i, entry] of entries.entries())
          expect(found[i], `${reader.name}, ${format}`).toMatchObject(reader.shows(wholly(entry), format));
      }
    }
  });
});
