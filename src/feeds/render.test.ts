import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type Entry, issueEntry, toEntries, withinReason } from "./entry.ts";
import {
  archive,
  article,
  channel,
  documentOf,
  documentWith,
  picture,
  rich,
  section,
  site,
} from "./feeds.fixture.ts";
import { keptEntries } from "./kept.ts";
import { nasty, pieces } from "./nasty.fixture.ts";
import { feedsmith, has, libxml2Complaints } from "./readers.fixture.ts";
import type { History } from "./render.ts";
import { faultsOf } from "./validity.ts";
import type { FeedFormat } from "./which.ts";

const formats = ["rss", "atom", "json"] as const;
const at = (instant: string) => Temporal.Instant.from(instant);
const xmllint = has("xmllint (libxml2-utils)", "xmllint", ["--version"]);
const faults = (format: FeedFormat, text: string) => faultsOf(format, text, channel(format).selfUrl);

describe.each(formats)("%s", (format) => {
  test("two articles, for a person to read", async () => {
    const { text } = documentOf(format, [
      rich,
      article(2, { title: "الليرة < الدولار", sections: [section(2, "اقتصاد", "اقتصاد")] }),
    ]);
    expect(faults(format, text)).toEqual([]);
    await expect(text).toMatchFileSnapshot(`two-articles.golden.${format}`);
  });

  test("a guid stands in a feed once", () => {
    const { text, skipped } = documentOf(format, [article(1), article(2, { guid: article(1).guid })]);
    expect(skipped).toEqual([{ guid: article(1).guid, why: "another article has the same guid" }]);
    expect(feedsmith.read(format, [text])[0]).toHaveLength(1);
  });

  test("holds no clock: a feed that never held anything is the same at any time", () => {
    const empty = () => documentOf(format, [], { updated: null }).text;
    const first = empty();
    expect(first).not.toMatch(/lastBuildDate|20\d\d-\d\d-\d\dT/);
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2031-05-05T05:05:05Z") });
    expect(empty()).toBe(first);
    vi.useRealTimers();
  });

  test("the same articles are the same bytes", () =>
    expect(documentOf(format, Object.values(nasty)).text).toBe(
      documentOf(format, Object.values(nasty)).text,
    ));

  test("without a hub, a logo and a history it says nothing of them", () => {
    const over = { hubUrls: [], history: { kind: "feed", previous: null } } as const;
    const { text } = documentOf(format, [article(1)], over);
    expect(text).not.toMatch(/hub|archive|next_url|<image>|<logo>|icon|deleted/);
    expect(faults(format, text)).toEqual([]);
  });

  test("an archive is valid, and leads back, on and to the feed", () => {
    const { text } = documentOf(format, [rich], { history: archive, hubUrls: [] });
    expect(faults(format, text)).toEqual([]);
    if (xmllint && format !== "json") expect(libxml2Complaints(text)).toBe("");
    if (format === "json")
      expect(JSON.parse(text)).toMatchObject({ next_url: "https://news.example/feeds/all/archives/6.atom" });
    else
      expect(
        [...text.matchAll(/rel="([\w-]+)" href="([^"]+)"/g)].map(([, rel, href]) => `${rel} ${href}`),
      ).toEqual(
        expect.arrayContaining([
          "current https://news.example/feeds/all.atom",
          "prev-archive https://news.example/feeds/all/archives/6.atom",
          "next-archive https://news.example/feeds/all/archives/8.atom",
        ]),
      );
  });
});

test("in Atom alone, an archive names what is gone from it; the feed never does", () => {
  const tombstones = (format: FeedFormat, history: History) =>
    documentOf(format, [rich], { history }).text.match(/<at:deleted-entry .*>/g);
  expect(tombstones("atom", archive)).toEqual([
    '<at:deleted-entry ref="tag:news.example,2026:gone" when="2026-03-01T06:00:00Z"/>',
    `<at:deleted-entry ref="https://old.example/?cat=3&#x26;p='5'" when="2026-03-01T07:00:00Z"/>`,
  ]);
  expect(tombstones("rss", archive)).toBe(null);
  expect(tombstones("json", archive)).toBe(null);
  expect(tombstones("atom", channel("atom").history)).toBe(null);
});

test.each(["https://x.example/a?b=$'", "https://x.example/a?b=$&", "urn:x:place:0;"])(
  "the guid %s of what is gone forges nothing",
  (guid) => {
    const gone = { ...archive, deleted: [{ guid, at: Temporal.Instant.from("2026-03-01T06:00:00Z") }] };
    const { text } = documentOf("atom", [rich], { history: gone });
    const written = guid.replace("&", "&#x26;");
    expect(text).toContain(`<at:deleted-entry ref="${written}" when="2026-03-01T06:00:00Z"/>`);
  },
);

test.each([
  ["<p>الوزير NATO</p>", ""],
  ["<p>&quot;<b>NATO</b> يجتمع</p>", "\u200F"],
  ['<p title="x">قال</p>', ""],
  ["<p>&nbsp;2026 NATO</p>", "\u200F"],
])("content %s begins with %j", (bodyHtml, mark) => {
  const [entry] = toEntries([article(1, { bodyHtml })], site, keptEntries(0)).entries;
  expect(entry?.content).toBe(`<div dir="rtl" lang="ar">${mark}${bodyHtml}</div>`);
});

test("a picture that the text begins with is not shown twice", () => {
  const bodyHtml = `<p><img src="${picture.url}" alt="x"></p><p>نص</p>`;
  const { text } = documentOf("json", [article(1, { bodyHtml, image: picture })]);
  expect(text.split("<img").length).toBe(2);
});

test("a feed that would be too long keeps every entry, and the content of the first", () => {
  const long = Array.from({ length: 50 }, (_, i) =>
    article(i, { bodyHtml: `<p>${"ن".repeat(300_000)}</p>` }),
  );
  const { entries } = toEntries(long, site, keptEntries(0));
  const kept = withinReason(entries);
  expect(kept.map(({ guid }) => guid)).toEqual(entries.map(({ guid }) => guid));
  expect(kept.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThan(5_010_000);
  expect(kept[0]).toEqual(entries[0]);
  expect(kept.at(-1)?.content).toBe("<p>فتحت المكتبة أبوابها صباح الأحد.</p>");
});

describe.each(formats)("%s", (format) => {
  test("a past issue of a digest is an entry like others", () => {
    const issue: Entry = issueEntry({
      guid: "urn:uuid:6f8f5b8e-0c5c-4f1a-8d7e-3d3f2f1e0d9c",
      title: "صباح الخير\u0000: NATO ]]> & <b>",
      url: new URL("https://news.example/issues/daily/2026-03-01-morning"),
      publishedAt: at("2026-03-01T04:00:00Z"),
      summary: "الليرة < الدولار\n & غيره",
      html: `<ul><li><a href="https://news.example/1">خبر ]]&gt; أول\u0007</a></li></ul>`,
    });
    const text = documentWith(format, [issue]);
    expect(faults(format, text)).toEqual([]);
    expect(feedsmith.read(format, [text])).toMatchObject([
      [
        {
          id: "urn:uuid:6f8f5b8e-0c5c-4f1a-8d7e-3d3f2f1e0d9c",
          title: "صباح الخير: NATO ]]> & <b>",
          summary: "الليرة < الدولار & غيره",
          content: `<div dir="rtl" lang="ar"><ul><li><a href="https://news.example/1">خبر ]]&gt; أول</a></li></ul></div>`,
          creators: [],
          categories: [],
        },
      ],
    ]);
  });
});

test("whatever the text, all formats hold the same of it", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(...pieces) }));
  fc.assert(
    fc.property(text, text, text, (title, body, name) => {
      const it = article(1, {
        title: `ع${title}`,
        bodyHtml: `<p>${body}</p>`,
        authors: [{ slug: "a", name: `س${name}` }],
        tags: [{ slug: "a", name }],
      });
      const read = (format: FeedFormat) => {
        const [[found] = []] = feedsmith.read(format, [documentOf(format, [it]).text]);
        return { ...found, picture: null, enclosure: null };
      };
      expect(read("rss")).toEqual(read("json"));
      expect(read("atom")).toEqual(read("json"));
    }),
  );
});
