// Who asks for a feed's address gets what is for them: a reader the document, a person a page, an old reader the way here.
import { afterAll, expect, test } from "vitest";
import { startNashra } from "../support/nashra.ts";

const nashra = await startNashra({ now: "2026-03-01T05:00:00Z" });
afterAll(() => nashra.stop());
await nashra.sections("سياسة");
await nashra.article({
  title: "المجلس يقر الموازنة",
  sections: ["سياسة"],
  tags: ["موازنة"],
  authors: ["سلمى"],
});

const person = { "Sec-Fetch-Mode": "navigate", Accept: "text/html,application/xml;q=0.9" };
const slug = encodeURIComponent("سياسة");

test.each([
  "/feeds/all.rss",
  "/feeds/all.atom",
  "/feeds/all.json",
  `/feeds/section/${slug}.atom`,
  `/feeds/tag/${encodeURIComponent("موازنه")}.rss`,
  `/feeds/author/${encodeURIComponent("سلمي")}.rss`,
  `/feeds/mix.json?sections=${slug}`,
  "/feeds/digests/daily.rss",
])(
  "%s is a page for a person and a feed for a reader, and no cache takes one for the other",
  async (path) => {
    const page = await nashra.get(path, person);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page.headers.get("etag")).toBeNull();
    expect(await page.text()).toContain(
      `<code class="feed-address" dir="ltr">${nashra.config.publicUrl.origin}${path}<`,
    );
    for (const headers of [{}, { Accept: person.Accept }, { ...person, "Sec-Fetch-Mode": "cors" }]) {
      const feed = await nashra.get(path, headers);
      expect(feed.status).toBe(200);
      expect(feed.headers.get("content-type")).toMatch(/^application\/(?:rss\+xml|atom\+xml|feed\+json)/);
      expect(feed.headers.get("etag")).toMatch(/^"/);
      for (const { headers: sent } of [page, feed]) {
        const vary = (sent.get("vary") ?? "").toLowerCase().split(/, ?/);
        expect(vary).toEqual(expect.arrayContaining(["accept-encoding", "sec-fetch-mode"]));
      }
    }
  },
);

test("the list of all feeds is a document for everyone", async () => {
  const list = await nashra.get("/feeds.opml", person);
  expect(list.headers.get("content-type")).toMatch(/^text\/x-opml/);
});

test.each([
  ["/feed/", 301, "/feeds/all.rss"],
  ["/?feed=atom", 301, "/feeds/all.atom"],
  [`/category/${slug.toLowerCase()}/feed/`, 301, `/feeds/section/${slug}.rss`],
  [`/tag/${encodeURIComponent("موازنة")}/feed/`, 301, `/feeds/tag/${encodeURIComponent("موازنه")}.rss`],
  [
    `/author/${encodeURIComponent("سلمى")}/feed/atom/`,
    301,
    `/feeds/author/${encodeURIComponent("سلمي")}.atom`,
  ],
  ["/comments/feed/", 410, null],
  ["/category/nowhere/feed/", 404, null],
  ["/tag/nowhere/feed/", 404, null],
  ["/", 200, null],
  [`/sections/${slug}`, 200, null],
])("an address of the old site: %s is answered %i %s", async (path, status, leadsTo) => {
  const reply = await nashra.get(path);
  expect(reply.status).toBe(status);
  expect(reply.headers.get("location")).toBe(leadsTo && new URL(leadsTo, nashra.config.publicUrl).href);
});

test("crawlers may read everything but the newsroom and the API, and learn where the newest stands", async () => {
  const robots = await nashra.get("/robots.txt");
  expect(robots.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
  expect(await robots.text()).toBe(
    `User-agent: *\nDisallow: /newsroom\nDisallow: /api\nDisallow: /c/\n\nSitemap: ${nashra.config.publicUrl.origin}/news-sitemap.xml\n`,
  );
});
