import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { feedLinks, feedUrl, whichFeed } from "./which.ts";

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
    ["/feeds/section/a%2Fb.rss", "section a/b rss"],
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
    [`/feeds/section/${"a".repeat(2000)}.rss`, "refused 414"],
    [`/feeds/all.rss?sections=${"a,".repeat(1000)}`, "refused 414"],
  ])("%s", (path, said) => {
    const asked = ask(path);
    const words =
      asked.kind === "feed"
        ? [asked.feed.kind, ...(asked.feed.kind === "section" ? [asked.feed.slug] : []), asked.format]
        : asked.kind === "refused"
          ? [asked.kind, asked.status]
          : [asked.kind];
    expect(words.join(" ")).toBe(said);
  });

  test("every slug finds back from its own URL, and nothing throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), (slug) => {
        const feed = { kind: "section", slug: slug.normalize("NFC") } as const;
        expect(whichFeed(feedUrl(site, feed, "rss").href)).toEqual({ kind: "feed", feed, format: "rss" });
      }),
    );
    fc.assert(fc.property(fc.webPath(), (path) => void ask(`/feeds/${path}`)));
  });
});

test("a section's page announces its own feeds first", () => {
  const links = feedLinks(site, "المرسى", { slug: "اقتصاد", title: "اقتصاد" });
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
