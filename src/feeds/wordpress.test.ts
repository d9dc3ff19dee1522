import fc from "fast-check";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { Found } from "./service.ts";
import { feedUrl, whichFeed } from "./which.ts";
import { wordpressFeed } from "./wordpress.ts";
import { wordpressRoutes } from "./wordpress-routes.ts";

const site = new URL("https://news.example/");
const arabic = encodeURIComponent("سياسة");

/** Where an address of the old site leads: a path of ours, "gone", or nowhere. */
function leads(path: string): string | null {
  const old = wordpressFeed(new URL(path, site));
  if (old === null) return null;
  if (old.kind === "gone") return "gone";
  const url = feedUrl(site, old.feed, old.format);
  return decodeURIComponent(url.pathname + url.search);
}

describe("what leads where", () => {
  test.each([
    // everything
    ["/feed", "/feeds/all.rss"],
    ["/feed/", "/feeds/all.rss"],
    ["/feed/feed/", "/feeds/all.rss"],
    ["/feed/rss/", "/feeds/all.rss"],
    ["/feed/rss2/", "/feeds/all.rss"],
    ["/feed/rdf/", "/feeds/all.rss"],
    ["/feed/atom", "/feeds/all.atom"],
    ["/feed/atom/", "/feeds/all.atom"],
    ["/feed/json/", "/feeds/all.json"],
    ["/rss/", "/feeds/all.rss"],
    ["/atom/", "/feeds/all.atom"],
    ["/?feed=rss2", "/feeds/all.rss"],
    ["/?feed=rss", "/feeds/all.rss"],
    ["/?feed=rdf", "/feeds/all.rss"],
    ["/?feed=feed", "/feeds/all.rss"],
    ["/?feed=atom", "/feeds/all.atom"],
    ["/?feed=json", "/feeds/all.json"],
    ["/index.php?feed=atom", "/feeds/all.atom"],
    ["/index.php/feed/", "/feeds/all.rss"],
    ["/wp-rss.php", "/feeds/all.rss"],
    ["/wp-rss2.php", "/feeds/all.rss"],
    ["/wp-rdf.php", "/feeds/all.rss"],
    ["/wp-feed.php", "/feeds/all.rss"],
    ["/wp-atom.php", "/feeds/all.atom"],
    // what readers and campaigns hang on
    ["/feed/?utm_source=x&utm_medium=rss", "/feeds/all.rss"],
    ["/feed/?paged=2", "/feeds/all.rss"],
    ["/feed/?cat=&p=", "/feeds/all.rss"],
    ["/feed//", "/feeds/all.rss"],
    // sections
    ["/category/politics/feed/", "/feeds/section/politics.rss"],
    ["/category/politics/feed/atom", "/feeds/section/politics.atom"],
    ["/category/politics/rss2/", "/feeds/section/politics.rss"],
    ["/category/politics/?feed=atom", "/feeds/section/politics.atom"],
    ["/category/news/politics/feed/", "/feeds/section/politics.rss"],
    ["/index.php/category/news/politics/feed/", "/feeds/section/politics.rss"],
    ["/politics/feed/", "/feeds/section/politics.rss"],
    ["/news/politics/feed/atom/", "/feeds/section/politics.atom"],
    ["/?category_name=politics&feed=rss2", "/feeds/section/politics.rss"],
    ["/?feed=atom&category_name=news/politics", "/feeds/section/politics.atom"],
    ["/feed/?category_name=politics", "/feeds/section/politics.rss"],
    ["/wp-rss2.php?category_name=politics", "/feeds/section/politics.rss"],
    [`/category/${arabic}/feed/`, "/feeds/section/سياسة.rss"],
    [`/category/${arabic.toLowerCase()}/feed/`, "/feeds/section/سياسة.rss"],
    ["/category/سياسة/feed/", "/feeds/section/سياسة.rss"],
    [`/?feed=rss2&category_name=${arabic.toLowerCase()}`, "/feeds/section/سياسة.rss"],
    [
      `/category/${encodeURIComponent("آراء".normalize("NFD"))}/feed/`,
      "/feeds/section/آراء.rss".normalize("NFC"),
    ],
    // tags and authors
    ["/tag/elections/feed/", "/feeds/tag/elections.rss"],
    [`/tag/${arabic}/feed/atom/`, "/feeds/tag/سياسه.atom"],
    ["/?tag=elections&feed=rss2", "/feeds/tag/elections.rss"],
    ["/author/salma/feed/", "/feeds/author/salma.rss"],
    ["/author/salma/feed/json", "/feeds/author/salma.json"],
    ["/?author_name=salma&feed=atom", "/feeds/author/salma.atom"],
    // comments
    ["/comments/feed/", "gone"],
    ["/comments/feed/atom/", "gone"],
    ["/?feed=comments-rss2", "gone"],
    ["/?feed=comments-atom", "gone"],
    ["/wp-commentsrss2.php", "gone"],
    ["/wp-feed.php?feed=comments-rss2", "gone"],
    ["/2024/01/slug/feed/", "gone"],
    ["/2024/01/02/slug/feed/atom/", "gone"],
    [`/2024/${arabic}/feed`, "gone"],
    ["/2024/01/slug/?feed=rss2", "gone"],
    ["/index.php/2024/01/slug/feed/", "gone"],
    ["/archives/123/feed/", "gone"],
    ["/?p=123&feed=rss2", "gone"],
    ["/?feed=atom&page_id=2", "gone"],
    ["/?name=slug&feed=rss2", "gone"],
    // what only the old site's database knows
    ["/?cat=3&feed=rss2", null],
    ["/feed/?cat=-3", null],
    ["/wp-rss2.php?cat=3", null],
    ["/?author=1&feed=rss2", null],
    ["/?s=word&feed=rss2", null],
    ["/search/word/feed/rss2/", null],
    // several at once
    ["/?tag=a,b&feed=rss2", null],
    ["/?tag=a+b&feed=rss2", null],
    // no feeds
    ["/", null],
    ["/?lang=en", null],
    ["/?feed=", null],
    ["/?feed=podcast", null],
    ["/?feed=constructor", null],
    ["/?tag=elections", null],
    ["/index.php", null],
    ["/feed/podcast/", null],
    ["/category/feed/", null],
    ["/category/atom", null],
    ["/tag/a/b/feed/", null],
    ["/feeds/all.rss", null],
    ["/feeds.opml", null],
    ["/sections/politics", null],
    ["/sections/politics?feed=rss2", null],
    ["/sections/atom", null],
    ["/news/feedback", null],
    // malformed
    ["/category/%E0%A4%A/feed/", null],
    ["/category/%D8/feed/", null],
    ["/%FF/feed/", null],
    ["/?feed=rss2&tag=%D8", null],
    ["/category/a%00b/feed/", null],
    ["/category/%20/feed/", null],
    ["/feed/?category_name=/", null],
    [`/category/${"x".repeat(201)}/feed/`, null],
  ])("%s leads to %s", (path, to) => expect(leads(path)).toBe(to));
});

test("whatever it leads to is the address of a feed of ours", () =>
  fc.assert(
    fc.property(
      fc.constantFrom("category", "tag", "author"),
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.constantFrom("", "rss2", "atom", "json"),
      (base, slug, ending) => {
        const path = `/${base}/${encodeURIComponent(slug.toWellFormed())}/feed/${ending}`;
        const old = wordpressFeed(new URL(path, site));
        if (old?.kind !== "feed") return;
        const asked = whichFeed(feedUrl(site, old.feed, old.format).href);
        expect(asked).toEqual({ kind: "feed", feed: old.feed, format: old.format, archive: null });
      },
    ),
  ));

describe("over HTTP", () => {
  const closed: Found = { kind: "refused", status: 410, why: "This section is closed." };
  const unknown: Found = { kind: "refused", status: 404, why: "There is no such section." };
  const to = (path: string): Found => ({ kind: "redirect", status: 301, to: new URL(path, site) });
  const document = (path: string): Found => ({
    kind: "document",
    document: {
      name: "",
      version: "",
      title: "",
      identity: new Uint8Array(),
      gzip: new Uint8Array(),
      br: null,
      hash: "",
      lastModified: null,
    },
    contentType: "",
    selfUrl: new URL(path, site),
    feed: null,
  });
  const known: Record<string, Found> = {
    "/feeds/all.rss": document("/feeds/all.rss"),
    "/feeds/section/politics.atom": document("/feeds/section/politics.atom"),
    "/feeds/section/before.atom": to("/feeds/section/renamed.atom"),
    "/feeds/section/renamed.atom": to("/feeds/section/politics.atom"),
    "/feeds/section/closed.rss": closed,
    "/feeds/section/circle.rss": to("/feeds/section/circle.rss"),
  };
  const asked: string[] = [];
  const feeds = {
    async find(url: string) {
      asked.push(url);
      return known[new URL(url).pathname] ?? unknown;
    },
  };
  const app = new Hono()
    .route("/", wordpressRoutes({ feeds, site }))
    .get("/", (c) => c.text("the front page"))
    .get("/sections/:slug", (c) => c.text("a section"));

  test.each([
    ["/feed/", 301, "/feeds/all.rss"],
    ["/?feed=rss2&utm_source=x", 301, "/feeds/all.rss"],
    ["/category/politics/feed/atom/", 301, "/feeds/section/politics.atom"],
    ["/category/before/feed/atom/", 301, "/feeds/section/politics.atom"],
    ["/category/circle/feed/", 404, null],
    ["/category/closed/feed/", 410, null],
    ["/category/unknown/feed/", 404, null],
    ["/comments/feed/", 410, null],
  ])("%s is answered %i %s", async (path, status, leadsTo) => {
    for (const method of ["GET", "HEAD"]) {
      asked.length = 0;
      const reply = await app.request(new URL(path, "http://old.name/"), { method });
      expect(reply.status).toBe(status);
      expect(reply.headers.get("location")).toBe(leadsTo && new URL(leadsTo, site).href);
      expect(reply.headers.get("cache-control")).toBe(status === 404 ? null : "public, max-age=86400");
      expect(asked.length).toBeLessThan(6);
    }
  });

  test.each([
    ["/", "the front page"],
    ["/?lang=en", "the front page"],
    ["/?feed=", "the front page"],
    ["/?feed=podcast", "the front page"],
    ["/?feed=rss2&cat=3", "the front page"],
    ["/sections/feed", "a section"],
    ["/sections/politics?feed=rss2", "a section"],
  ])("%s is still %s", async (path, text) => {
    const reply = await app.request(new URL(path, site));
    expect([reply.status, await reply.text()]).toEqual([200, text]);
    expect(reply.headers.get("cache-control")).toBeNull();
  });

  test("what changes something is none of ours", async () => {
    expect((await app.request(new URL("/feed/", site), { method: "POST" })).status).toBe(404);
  });
});
