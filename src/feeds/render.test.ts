import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { cleanText, oneLine, rtlTitle } from "../arabic/index.ts";
import type { Article } from "../articles/index.ts";
import { article, bad, nasty, picture, section, site } from "./feeds.fixture.ts";
import {
  has,
  libxml2Complaints,
  type Reading,
  readByFeedparser,
  readByFeedsmith,
  rubyComplaints,
} from "./readers.fixture.ts";
import { type Channel, renderFeed } from "./render.ts";
import { type FeedFormat, feedUrl } from "./which.ts";

const formats = ["rss", "atom", "json"] as const;
const channel = (format: FeedFormat): Channel => ({
  id: "https://news.example/feeds/all",
  title: "نشرة",
  description: "أخبار اليوم & <غد>",
  language: "ar",
  paper: "نشرة",
  logoUrl: null,
  homeUrl: site,
  selfUrl: feedUrl(site, { kind: "all" }, format),
  updated: Temporal.Instant.from("2026-03-01T06:30:00Z"),
});
const render = (format: FeedFormat, articles: readonly Article[], over: Partial<Channel> = {}) => {
  const { bytes, skipped } = renderFeed(format, { ...channel(format), ...over }, articles, site);
  return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), skipped };
};

const xmllint = has("xmllint (libxml2-utils)", "xmllint", ["--version"]);
const feedparser = has("feedparser (python3-feedparser)", "/usr/bin/python3", ["-c", "import feedparser"]);
const ruby = has("ruby's rss (ruby-rss)", "ruby", ["-e", "require 'rss'"]);

/** What a reader must find of an article: every character that may stand in XML. */
function expected(it: Article): Omit<Reading, "content"> & { content: unknown } {
  const names = it.authors.map(({ name }) => oneLine(name));
  const creators = names.length > 0 || it.sourceName === null ? names : [oneLine(it.sourceName)];
  return {
    id: it.guid,
    title: rtlTitle(oneLine(it.title)),
    content: expect.stringContaining(cleanText(it.bodyHtml).replace(/\r\n?/g, "\n")),
    creators: [...new Set(creators)],
    categories: [...it.sections.map(({ title }) => title), ...it.tags.map(({ name }) => oneLine(name))],
  };
}

function readsBack(format: FeedFormat, articles: readonly Article[]) {
  const { text, skipped } = render(format, articles);
  expect(skipped).toEqual([]);
  expect(readByFeedsmith(format, text)).toEqual(articles.map(expected));
  return text;
}

const documents: Record<string, Article[]> = {
  // feedparser takes a title that talks of entities for HTML, and decodes it once too often.
  "all of them at once": Object.entries(nasty).flatMap(([name, it]) =>
    name === "entities spelled out" ? [] : [it],
  ),
  "no articles": [],
};

describe.each(["rss", "atom"] as const)("%s on this machine's readers", (format) => {
  test.each(Object.entries(documents))("is valid with %s", (_, articles) => {
    const { text } = render(format, articles);
    if (xmllint) expect(libxml2Complaints(text)).toBe("");
    if (ruby) expect(rubyComplaints(text)).toBe("");
    // Where an entry names nobody, feedparser repeats the author of the feed.
    if (feedparser)
      expect(readByFeedparser(text)).toEqual(
        articles.map(expected).map((it) => ({
          ...it,
          creators: it.creators.length > 0 ? it.creators : expect.any(Array),
        })),
      );
  });
});

describe.each(formats)("%s", (format) => {
  test.each([
    ...Object.entries(nasty).map(([name, it]) => [name, [it]] as const),
    ...Object.entries(documents),
    ["one article", [article(1)]],
    ["fifty articles", Array.from({ length: 50 }, (_, i) => article(i + 1))],
  ] satisfies (readonly [string, readonly Article[]])[])(
    "is whole with %s",
    (_, articles) => void readsBack(format, articles),
  );

  test("one bad article is left out with its reason, and costs nobody else", () => {
    const { text, skipped } = render(format, [article(1), ...bad.map(([, it]) => it), article(2)]);
    expect(skipped).toEqual(bad.map(([why, { guid }]) => ({ guid, why })));
    expect(readByFeedsmith(format, text)).toEqual([article(1), article(2)].map(expected));
  });

  test("a guid stands in a feed once", () => {
    const { text, skipped } = render(format, [article(1), article(2, { guid: article(1).guid })]);
    expect(skipped).toEqual([{ guid: article(1).guid, why: "another article has the same guid" }]);
    expect(readByFeedsmith(format, text)).toHaveLength(1);
  });

  test("holds no clock: a feed that never held anything is the same at any time", () => {
    const empty = () => render(format, [], { updated: null }).text;
    const first = empty();
    expect(first).not.toMatch(/lastBuildDate|20\d\d-\d\d-\d\dT/);
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2031-05-05T05:05:05Z") });
    expect(empty()).toBe(first);
    vi.useRealTimers();
  });

  test("the same articles are the same bytes", () =>
    expect(render(format, Object.values(nasty))).toEqual(render(format, Object.values(nasty))));

  test("two articles, for a person to read", async () => {
    const { text } = render(format, [
      article(1, {
        title: "Reuters: افتتاح مكتبة عامة في بيروت & طرابلس",
        url: "https://news.example/ثقافة/مكتبة?a=1&b=2",
        authors: [
          { slug: "a", name: "سلمى حداد" },
          { slug: "b", name: "كريم منصور" },
        ],
        sourceName: "رويترز",
        tags: [{ slug: "c", name: "مكتبات" }],
        image: picture,
        correction: "ورد في نسخة سابقة أن المكتبة في صيدا، وهي في بيروت.",
        updatedAt: Temporal.Instant.from("2026-03-01T06:30:00Z"),
      }),
      article(2, { title: "الليرة < الدولار", sections: [section(2, "اقتصاد", "اقتصاد")] }),
    ]);
    await expect(text).toMatchFileSnapshot(`two-articles.golden.${format}`);
  });
});

test.each([
  ["<p>الوزير NATO</p>", ""],
  ["<p>&quot;<b>NATO</b> يجتمع</p>", "\u200F"],
  ['<p title="x">قال</p>', ""],
  ["<p>&nbsp;2026 NATO</p>", "\u200F"],
])("content %s begins with %j", (bodyHtml, mark) => {
  const [reading] = readByFeedsmith("json", render("json", [article(1, { bodyHtml })]).text);
  expect(reading?.content).toBe(`<div dir="rtl" lang="ar">${mark}${bodyHtml}</div>`);
});

test("a picture that the text begins with is not shown twice", () => {
  const bodyHtml = `<p><img src="${picture.url}" alt="x"></p><p>نص</p>`;
  const { text } = render("json", [article(1, { bodyHtml, image: picture })]);
  expect(text.split("<img").length).toBe(2);
});

test("whatever the text, all formats stay whole", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("]", "]>", "&", "<", '"', "\r", "\u0000", "\u0085", "\uD800", "ب", "&amp;", "$&"),
    }),
  );
  fc.assert(
    fc.property(text, text, text, (title, body, name) => {
      const it = article(1, {
        title: `ع${title}`,
        bodyHtml: `<p>${body}</p>`,
        authors: [{ slug: "a", name: `س${name}` }],
      });
      // The reader trims; what it trims is for its own conscience.
      const trimmed = (reading: object) =>
        JSON.parse(JSON.stringify(reading), (_, v) => (typeof v === "string" ? v.trim() : v));
      for (const format of formats) {
        const [reading] = readByFeedsmith(format, render(format, [it]).text);
        const { title, creators } = expected(it);
        expect(trimmed({ title: reading?.title, creators: reading?.creators })).toEqual(
          trimmed({ title, creators }),
        );
        expect(reading?.content).toContain(cleanText(it.bodyHtml).replace(/\r\n?/g, "\n"));
      }
    }),
  );
});

test("in one document of a thousand random articles libxml2 finds no fault", { skip: !xmllint }, () => {
  const titles = fc.sample(fc.string({ unit: "binary", minLength: 1 }), { numRuns: 1000, seed: 7 });
  const articles = titles.map((title, i) =>
    article(i + 1, { title: `ع${title}`, bodyHtml: title, correction: title }),
  );
  for (const format of ["rss", "atom"] as const)
    expect(libxml2Complaints(render(format, articles).text)).toBe("");
});
