import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold, slugify } from "../arabic/index.ts";
import { archiveUrl, feedLinks, feedUrl, mayBeSlug, whichFeed } from "./which.ts";

const site = new URL("https://news.example/");
const ask = (path: string) => whichFeed(`https://news.example${path}`);

describe("which feed an address means", () => {
  test.each([
    ["/feeds/all.rss", "all rss"],
    ["/feeds/all.atom", "all atom"],
    ["/feeds/all.json?utm_source=x", "all json"],
    ["/feeds/section/economy.json", "section economy json"],
    ["/feeds/section/تحت-المجهر.rss", "section تحت-المجهر rss"],
    ["/feeds/section/%D8%AA%D8%AD%D8%AA.atom", "section تحت atom"],
    ["/feeds/section/%d8%aa%d8%ad%d8%aa.atom", "section تحت atom"],
    ["/feeds/section/%d8%aa%d8%ad%d8%aa%2Eatom", "section تحت atom"],
    ["/feeds/section/\u0627\u0653\u0631\u0627\u0621.rss", "section \u0622\u0631\u0627\u0621 rss"], // NFD آراء
    ["/feeds/section/v1.2.rss", "section v1.2 rss"],
    ["/feeds/section/a%2Fb.rss", "nothing"],
    ["/feeds/tag/a%231.rss", "nothing"],
    ["/feeds.opml", "opml"],
    ["/feeds/all.xml", "nothing"],
    ["/feeds/all", "nothing"],
    ["/feeds/.rss", "nothing"],
    ["/feeds/section/.rss", "nothing"],
    ["/feeds/section/all/x.rss", "nothing"],
    ["/feeds//all.rss", "nothing"],
    ["/feeds/", "nothing"],
    ["/feed/all.rss", "nothing"],
    ["/", "nothing"],
    ["/feeds/section/%D8.rss", "refused 400"],
    ["/feeds/section/%zz.rss", "refused 400"],
    ["/feeds/section/100%.rss", "refused 400"],
    [`/feeds/section/${"a".repeat(4000)}.rss`, "refused 414"],
    [`/feeds/all.rss?sections=${"a,".repeat(2000)}`, "refused 414"],
    ["/feeds/tag/بحر.rss", "tag بحر rss"],
    ["/feeds/author/سلمى-نور.atom", "author سلمي-نور atom"],
    ["/feeds/digests/daily.json", "digest daily json"],
    ["/feeds/digest/daily.json", "nothing"],
    ["/feeds/section/economy/archives/3.atom", "section economy atom 3"],
    ["/feeds/all/archives/12.rss", "all rss 12"],
    ["/feeds/section/archives.rss", "section archives rss"],
    ["/feeds/section/archives/archives/1.rss", "section archives rss 1"],
    ["/feeds/all/archives/0.rss", "nothing"],
    ["/feeds/all/archives/01.rss", "nothing"],
    ["/feeds/all/archives/-1.rss", "nothing"],
    ["/feeds/all/archives/1e3.rss", "nothing"],
    ["/feeds/all/archives/99999999.rss", "nothing"],
    ["/feeds/mix/archives/1.rss?sections=a", "nothing"],
    ["/feeds/digests/daily/archives/1.rss", "nothing"],
    ["/feeds/mix.rss?sections=b,a", "mix a,b rss"],
    ["/feeds/mix.rss?sections=b&sections=a&sections=b,,%20a&utm_source=x", "mix a,b rss"],
    ["/feeds/mix.atom?sections=%D8%A3,a", "mix a,أ atom"],
    ["/feeds/mix.rss?sections=\u0627\u0653", "mix \u0622 rss"],
    [
      `/feeds/mix.rss?sections=${Array.from({ length: 20 }, (_, i) => i + 10)}`,
      `mix ${Array.from({ length: 20 }, (_, i) => i + 10)} rss`,
    ],
    [`/feeds/mix.rss?sections=${Array.from({ length: 21 }, (_, i) => i + 10)}`, "refused 400"],
    ["/feeds/mix.rss", "refused 400"],
    ["/feeds/mix.rss?sections=%20,", "refused 400"],
    ["/feeds/mix.rss?sections=%ff", "refused 400"],
    ["/news-sitemap.xml", "sitemap"],
    ["/news-sitemaps/3.xml", "sitemap 3"],
    ["/news-sitemaps/0.xml", "nothing"],
    ["/news-sitemaps/x.xml", "nothing"],
  ])("%s", (path, said) => {
    const asked = ask(path);
    const words = () => {
      switch (asked.kind) {
        case "feed": {
          const { feed, format, archive } = asked;
          const slugs = feed.kind === "mix" ? [feed.slugs.join()] : feed.kind === "all" ? [] : [feed.slug];
          return [feed.kind, ...slugs, format, ...(archive === null ? [] : [archive])];
        }
        case "refused":
          return [asked.kind, asked.status];
        case "sitemap":
          return asked.page === null ? [asked.kind] : [asked.kind, asked.page];
        default:
          return [asked.kind];
      }
    };
    expect(words().join(" ")).toBe(said);
  });

  test("every feed finds back from its own URL and its archives from theirs, and nothing throws", () => {
    const slug = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .map((text) => text.normalize("NFC"))
      .filter((text) => text.trim() === text && mayBeSlug(text) && !/[,\uFFFD]/.test(text));
    const one = fc.constantFrom("section" as const, "tag" as const, "author" as const, "digest" as const);
    const feed = fc.oneof(
      fc.constant({ kind: "all" as const }),
      fc.record({ kind: one, slug }).map((it) => {
        const isNamed = it.kind === "tag" || it.kind === "author";
        return { ...it, slug: (isNamed ? slugify(fold(it.slug)) : null) ?? it.slug };
      }),
      fc
        .record({
          kind: fc.constant("mix" as const),
          slugs: fc.uniqueArray(slug, { minLength: 1, maxLength: 5 }),
        })
        .map((mix) => ({ ...mix, slugs: mix.slugs.toSorted() })),
    );
    const format = fc.constantFrom("rss" as const, "atom" as const, "json" as const);
    fc.assert(
      fc.property(feed, format, fc.integer({ min: 1, max: 9_999_999 }), (it, ending, archive) => {
        const found = { kind: "feed", feed: it, format: ending };
        expect(whichFeed(feedUrl(site, it, ending).href)).toEqual({ ...found, archive: null });
        if (it.kind !== "mix" && it.kind !== "digest")
          expect(whichFeed(archiveUrl(site, it, ending, archive).href)).toEqual({ ...found, archive });
      }),
    );
    fc.assert(fc.property(fc.webPath(), (path) => void ask(`/feeds/${path}`)));
  });
});

test("a section's page announces its own feeds first", () => {
  const links = feedLinks(site, "المرسى", {
    feed: { kind: "section", slug: "اقتصاد" },
    title: "اقتصاد",
  });
  expect(links.map(({ href }) => decodeURI(href))).toEqual([
    "https://news.example/feeds/section/اقتصاد.rss",
    "https://news.example/feeds/section/اقتصاد.atom",
    "https://news.example/feeds/section/اقتصاد.json",
    "https://news.example/feeds/all.rss",
    "https://news.example/feeds/all.atom",
    "https://news.example/feeds/all.json",
  ]);
  expect(links[0]).toMatchObject({ title: "المرسى: اقتصاد (RSS)", type: "application/rss+xml" });
});
