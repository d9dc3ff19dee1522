import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Article } from "../articles/index.ts";
import { toEntries } from "./entry.ts";
import { article, documentOf, picture, rich, section, site } from "./feeds.fixture.ts";
import { keptEntries } from "./kept.ts";
import { nasty } from "./nasty.fixture.ts";

const all = [rich, article(2), ...Object.values(nasty)];
const megabyte = 1_000_000;

describe.each(["rss", "atom", "json"] as const)("%s", (format) => {
  test("a document made of what was kept is, octet for octet, the one made anew", () =>
    fc.assert(
      fc.property(
        fc.array(fc.subarray(all), { minLength: 2, maxLength: 5 }),
        fc.constantFrom(0, 20_000, megabyte),
        (versions, maxBytes) => {
          const kept = keptEntries(maxBytes);
          for (const articles of versions)
            expect(documentOf(format, articles, {}, kept).text).toBe(documentOf(format, articles).text);
          expect(kept.bytes()).toBeLessThanOrEqual(maxBytes);
        },
      ),
      { numRuns: 50 },
    ));

  test.each<[what: string, change: Partial<Article>]>([
    ["title", { title: "عنوان آخر" }],
    ["summary", { summary: "ملخص آخر" }],
    ["text", { bodyHtml: "<p>نص آخر</p>" }],
    ["address", { url: "https://news.example/other" }],
    ["name of a section", { sections: [section(1, "s", "قسم آخر")] }],
    ["tag", { tags: [{ slug: "t", name: "وسم آخر" }] }],
    ["author", { authors: [{ slug: "a", name: "كاتب آخر" }] }],
    ["source", { sourceName: "وكالة أخرى" }],
    ["picture", { image: { ...picture, credit: "مصور آخر" } }],
    ["correction", { correction: "تصحيح آخر" }],
    ["time", { publishedAt: rich.publishedAt.subtract({ hours: 1 }) }],
    ["change", { updatedAt: rich.updatedAt.add({ hours: 1 }) }],
  ])("another %s is another entry, also in one revision", (_, change) => {
    const kept = keptEntries(megabyte);
    const before = documentOf(format, [rich, article(2)], {}, kept).text;
    const changed = [{ ...rich, ...change }, article(2)];
    const after = documentOf(format, changed, {}, kept).text;
    expect(after).not.toBe(before);
    expect(after).toBe(documentOf(format, changed).text);
  });
});

test("what was not used for longest is made anew", () => {
  const made: number[] = [];
  const kept = keptEntries(3 * 10 * 1000);
  const ask = (id: number) =>
    kept.entryOf(article(id, { bodyHtml: `<p>${"ن".repeat(500)}</p>` }), (it) => {
      made.push(it.id);
      const [entry] = toEntries([it], site, keptEntries(0)).entries;
      if (!entry) throw new Error("It can stand in a feed.");
      return entry;
    });
  for (const id of [1, 2, 1, 3, 4, 1, 2]) ask(id);
  expect(kept.bytes()).toBeLessThanOrEqual(30_000);
  expect(made.filter((id) => id === 1)).toEqual([1]);
  expect(made.filter((id) => id === 2)).toEqual([2, 2]);
});
