import { load } from "cheerio";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText, oneLine } from "../arabic/index.ts";
import type { RecentArticle } from "../articles/index.ts";
import { article, site } from "./feeds.fixture.ts";
import { bad, nasty } from "./nasty.fixture.ts";
import { has, libxml2Complaints } from "./readers.fixture.ts";
import {
  mostInSitemaps,
  newsSince,
  renderNewsSitemap,
  renderSitemapIndex,
  sitemapFiles,
  sitemapLength,
} from "./sitemap.ts";

const xmllint = has("xmllint (libxml2-utils)", "xmllint", ["--version"]);
const decode = (bytes: Uint8Array) =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const render = (articles: readonly RecentArticle[], name = "نشرة") =>
  decode(renderNewsSitemap({ name, language: "ar" }, articles, site));

/** What a crawler finds in a document. */
function read(document: string) {
  const $ = load(document, { xml: true });
  return $("url")
    .toArray()
    .map((url) => ({
      loc: $(url).children("loc").text(),
      lastmod: $(url).children("lastmod").text(),
      name: $(url).find("news\\:name").text(),
      language: $(url).find("news\\:language").text(),
      published: $(url).find("news\\:publication_date").text(),
      title: $(url).find("news\\:title").text(),
    }));
}

describe("a sitemap of news", () => {
  test("one article, for a person to read", () =>
    expect(
      render(
        [
          article(1, {
            title: "الليرة < الدولار & غيره",
            updatedAt: Temporal.Instant.from("2026-03-01T06:30:00.5Z"),
          }),
        ],
        "نشرة & أبناؤها",
      ),
    ).toBe(`<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/articles/1</loc><lastmod>2026-03-01T06:30:00Z</lastmod><news:news><news:publication><news:name>نشرة &#x26; أبناؤها</news:name><news:language>ar</news:language></news:publication><news:publication_date>2026-03-01T04:59:00Z</news:publication_date><news:title>الليرة &#x3C; الدولار &#x26; غيره</news:title></news:news></url>
</urlset>
`));

  test.each(Object.entries(nasty))("is whole with %s", (_, it) => {
    const document = render([it]);
    if (xmllint) expect(libxml2Complaints(document)).toBe("");
    expect(read(document)).toMatchObject([{ title: oneLine(it.title), name: "نشرة", language: "ar" }]);
    expect(document).toBe(cleanText(document));
  });

  test("addresses are absolute and ASCII", () => {
    const [found] = read(render(Object.values(nasty).filter(({ url }) => url !== null)));
    expect(found?.loc).toMatch(/^https:\/\/xn--[!-~]+$/);
    expect(new URL(found?.loc ?? "").href).toBe(found?.loc);
  });

  test("any title and name is well-formed, and read back as what is left of it once it is clean", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(text, text, (title, name) => {
        const found = read(render([article(1, { title })], name));
        if (oneLine(title) === "") expect(found).toEqual([]);
        else expect(found).toMatchObject([{ title: oneLine(title), name: oneLine(name) }]);
      }),
    );
  });

  test.each([
    ["an address that is none of the web", article(2, { url: "javascript:alert(1)" })],
    ["an address that is too long", article(2, { url: `https://news.example/${"x".repeat(2048)}` })],
    ["no title", article(2, { title: " \u0000\n" })],
    ["another's address", article(2, { url: "https://news.example/articles/1", title: "آخر" })],
  ])("%s costs one article its place and no other", (_, it) => {
    const found = read(render([article(1), it, article(3)]));
    expect(found).toEqual(read(render([article(1), article(3)])));
    expect(found).toHaveLength(2);
  });

  test.each([
    ["2026-03-01T04:00:00Z", "2026-03-01T04:59:00Z"], // before it was published
    ["2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z"],
    ["+020000-01-01T00:00:00Z", ""],
  ])("an article that says it was updated at %s has the lastmod %s", (updatedAt, lastmod) =>
    expect(read(render([article(1, { updatedAt: Temporal.Instant.from(updatedAt) })]))[0]?.lastmod).toBe(
      lastmod,
    ),
  );

  test("without articles it is empty and well-formed, and the bad leave it so", () => {
    const nothing = render([]);
    expect(read(nothing)).toEqual([]);
    if (xmllint) expect(libxml2Complaints(nothing)).toBe("");
    expect(render([article(35, { title: "" })])).toBe(nothing);
  });

  test("all that breaks feeds, in one file, is well-formed", () => {
    const document = render([...Object.values(nasty), ...bad.map(([, it]) => it)]);
    if (xmllint) expect(libxml2Complaints(document)).toBe("");
    expect(read(document).length).toBeGreaterThan(15);
  });
});

test("the index names each file, and when they last changed", () => {
  const changed = Temporal.Instant.from("2026-03-01T05:00:00Z");
  const document = decode(renderSitemapIndex(site, 2, changed));
  expect(document).toBe(`<?xml version="1.0" encoding="utf-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://news.example/news-sitemaps/1.xml</loc><lastmod>2026-03-01T05:00:00Z</lastmod></sitemap>
<sitemap><loc>https://news.example/news-sitemaps/2.xml</loc><lastmod>2026-03-01T05:00:00Z</lastmod></sitemap>
</sitemapindex>
`);
  if (xmllint) expect(libxml2Complaints(document)).toBe("");
  expect(decode(renderSitemapIndex(site, 1, null))).not.toContain("lastmod");
});

test.each([
  [0, 1],
  [1, 1],
  [sitemapLength, 1],
  [sitemapLength + 1, 2],
  [mostInSitemaps, 50],
  [mostInSitemaps * 2, 50],
])("%i articles take %i files", (articles, files) => expect(sitemapFiles(articles)).toBe(files));

test.each([
  ["2026-03-03T07:00:00Z", "2026-03-01T07:00:00Z"],
  ["2026-03-03T07:00:00.001Z", "2026-03-01T07:05:00Z"],
  ["2026-03-03T07:04:59Z", "2026-03-01T07:05:00Z"],
])("at %s news begins at %s: never older than two days", (now, since) =>
  expect(newsSince(Temporal.Instant.from(now)).toString()).toBe(since),
);
