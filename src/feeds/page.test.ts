import { Hono } from "hono";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { assets, openPaper, site, startOfTests } from "../articles/articles.fixture.ts";
import type { ArticleTables } from "../articles/index.ts";
import { newPublisher, type SettingsTables, savePublisher } from "../settings/index.ts";
import type { FeedIssue } from "./issues.ts";
import { renderFeedPage } from "./page.tsx";
import type { FeedPageDeps } from "./page-content.tsx";
import type { FeedName } from "./which.ts";

const hoursBefore = (hours: number) => startOfTests.subtract({ hours });
const daily = { id: 7, slug: "daily", name: "نشرة اليوم", nameEn: "The Daily Bulletin" };
const issue: FeedIssue = {
  guid: "urn:uuid:1",
  title: "افتتاح الجسر",
  url: new URL("/issues/daily/2026-03-01-morning", site),
  publishedAt: hoursBefore(3),
  summary: "افتتاح الجسر · زيادة الأجور",
  html: "",
};

/** A paper, and the page of whichever feed of it. */
async function open() {
  const database = openTestDatabase<ArticleTables & SettingsTables>();
  const paper = await openPaper(database);
  const deps: FeedPageDeps = {
    db: database.db,
    site,
    assets,
    now: paper.now,
    digests: async () => [daily],
    pastIssues: async (id, limit) => (id === daily.id ? [issue].slice(0, limit) : []),
  };
  async function visit(
    name: FeedName,
    over: { archive?: number; query?: string; changed?: Temporal.Instant } = {},
  ) {
    const document = {
      name: "",
      version: "",
      title: "صحيفة: خلاصة",
      identity: new Uint8Array(),
      gzip: new Uint8Array(),
      br: null,
      hash: "",
      lastModified: over.changed ?? null,
    };
    const feed = { name, format: "atom", keys: [], archive: over.archive ?? null } as const;
    const app = new Hono().get("*", (c) => renderFeedPage(c, deps, { document, feed }));
    const reply = await app.request(new URL(`/feeds/all.atom${over.query ?? ""}`, site));
    return { status: reply.status, headers: reply.headers, html: await reply.text() };
  }
  return { ...paper, database, visit };
}

const section = (slug: string): FeedName => ({ kind: "section", slug });
const count = (html: string, piece: string) => html.split(piece).length - 1;
/** The text that can be copied. */
const addressIn = (html: string) => /<code class="feed-address" dir="ltr">([^<]*)<\/code>/.exec(html)?.[1];

test("a section's feed: its address, its formats, its page and its news, and nobody else's", async () => {
  const { visit, publish, section: addSection } = await open();
  await addSection("ثقافة", "ثقافة", "Culture");
  for (let i = 0; i < 20; i++)
    await publish({ title: `مسرح-${i}-`, sections: ["ثقافة"], published_at: hoursBefore(i).toString() });
  await publish({ title: "برلمان", published_at: hoursBefore(0).toString() });
  const { status, html } = await visit(section("ثقافة"), { changed: hoursBefore(1) });
  const encoded = encodeURIComponent("ثقافة");
  expect(status).toBe(200);
  expect(addressIn(html)).toBe(`https://marsa.example/feeds/section/${encoded}.atom`);
  for (const format of ["rss", "atom", "json"]) {
    const current = format === "atom" ? ' aria-current="page"' : "";
    expect(html).toContain(`<a href="/feeds/section/${encoded}.${format}"${current}>`);
  }
  expect(html).toContain(`<link rel="canonical" href="https://marsa.example/sections/${encoded}"`);
  expect(html).toContain('<meta name="robots" content="noindex"');
  expect(html).toMatch(/<h1><span dir="auto">ثقافة<\/span><\/h1>/);
  expect(html).toContain(`<a href="/sections/${encoded}"><span dir="auto">صفحة قسم «ثقافة»</span></a>`);
  expect(html).toContain('<a href="/feeds.opml">');
  expect(html).toContain("1 آذار/مارس 2026، 08:00");
  expect(html).toContain("صحيفة: خلاصة");
  expect([...html.matchAll(/مسرح-(\d+)-/g)].map(([, i]) => Number(i))).toEqual([...Array(12).keys()]);
  expect(html).not.toContain("برلمان");
  expect(html).not.toContain("<script");
});

test("its own feed is the first that the page names", async () => {
  const { visit } = await open();
  const { html } = await visit(section("politics"));
  const named = [...html.matchAll(/<link rel="alternate" type="([^"]+)" title="[^"]*" href="([^"]+)"/g)];
  expect(named.map(([, type, href]) => `${type} ${href}`)).toEqual([
    "application/rss+xml https://marsa.example/feeds/section/politics.rss",
    "application/atom+xml https://marsa.example/feeds/section/politics.atom",
    "application/feed+json https://marsa.example/feeds/section/politics.json",
    "application/rss+xml https://marsa.example/feeds/all.rss",
    "application/atom+xml https://marsa.example/feeds/all.atom",
    "application/feed+json https://marsa.example/feeds/all.json",
  ]);
});

test("no cache takes the page for the feed, or for another visitor's", async () => {
  const { visit } = await open();
  const { headers } = await visit({ kind: "all" });
  expect(headers.get("cache-control")).toBe("no-cache");
  expect(headers.get("content-type")).toBe("text/html; charset=UTF-8");
  const vary = (headers.get("vary") ?? "").split(/, ?/);
  expect(vary.toSorted()).toEqual(["Accept-Encoding", "Cookie", "Sec-Fetch-Mode"]);
});

test("who reads English gets it in English, the news as they were written", async () => {
  const { visit, publish } = await open();
  await publish({ title: "برلمان", published_at: hoursBefore(2).toString() });
  const { html } = await visit(section("politics"), { query: "?lang=en" });
  expect(html).toContain('<html lang="en" dir="ltr">');
  expect(html).toMatch(/<h1><span dir="auto">Politics<\/span><\/h1>/);
  expect(html).toContain("The page of “Politics”");
  expect(html).toMatch(
    /<article class="story story-normal" lang="ar" dir="rtl">[\s\S]*برلمان[\s\S]*2 hours ago/,
  );
});

test("a mix names its sections and shows the newest of all of them", async () => {
  const { visit, publish, section: addSection } = await open();
  await addSection("ثقافة", "ثقافة");
  await addSection("رياضة", "رياضة");
  await publish({ title: "مسرح", sections: ["ثقافة"], published_at: hoursBefore(2).toString() });
  await publish({
    title: "برلمان",
    published_at: hoursBefore(1).toString(),
    updated_at: hoursBefore(0).toString(),
  });
  await publish({ title: "مباراة", sections: ["رياضة"], published_at: hoursBefore(0).toString() });
  const { html } = await visit({ kind: "mix", slugs: ["politics", "ثقافة"] });
  const encoded = encodeURIComponent("ثقافة");
  expect(addressIn(html)).toBe(`https://marsa.example/feeds/mix.atom?sections=politics,${encoded}`);
  expect(html).toContain(
    `<a href="/sections/politics"><span dir="auto">سياسة</span></a>، <a href="/sections/${encoded}"><span dir="auto">ثقافة</span></a>`,
  );
  expect(html).toMatch(/برلمان[\s\S]*مسرح/);
  expect(html).not.toContain("مباراة");
  expect(html).toContain("09:00"); // nothing else says when a mix last changed than what is in it
});

test("a digest's feed shows its past issues, and leads to the mail", async () => {
  const { visit } = await open();
  const arabic = await visit({ kind: "digest", slug: "daily" });
  expect(arabic.html).toContain('<a href="/issues/daily/2026-03-01-morning">');
  expect(arabic.html).toContain("افتتاح الجسر");
  expect(arabic.html).toContain('<a href="/subscribe"><span dir="auto">اشترك في النشرة نفسها</span></a>');
  expect(arabic.html).toMatch(/<h1><span dir="auto">نشرة اليوم</);
  const english = await visit({ kind: "digest", slug: "daily" }, { query: "?lang=en" });
  expect(english.html).toMatch(/<h1><span dir="auto">The Daily Bulletin</);
});

test.each(["tag", "author"] as const)(
  "the feed of one %s goes by its name, whatever that holds",
  async (kind) => {
    const { visit, publish, database } = await open();
    const name = "<b>سلمى & غيرها</b>";
    await publish({ title: "خبر", tags: [name], authors: [name] });
    const table = kind === "tag" ? "tags" : "authors";
    const { slug } = await database.db.selectFrom(table).select("slug").executeTakeFirstOrThrow();
    const { html } = await visit({ kind, slug });
    expect(html).toMatch(/<h1><span dir="auto">&lt;b&gt;سلمى &amp; غيرها&lt;\/b&gt;<\/span><\/h1>/);
    expect(html).not.toContain("<b>");
    expect(count(html, "story-title")).toBe(1);
  },
);

test("an empty feed says so, and names no change", async () => {
  const { visit } = await open();
  const { html } = await visit(section("politics"));
  expect(html).toContain("لا جديد في هذه الخلاصة بعد");
  expect(html).not.toContain("آخر تغيير");
  expect(count(html, "story-title")).toBe(0);
});

test("a section that closed a moment ago costs nobody an error", async () => {
  const { visit } = await open();
  expect((await visit(section("no-more"))).status).toBe(200);
  expect((await visit({ kind: "mix", slugs: ["no-more"] })).status).toBe(200);
  expect((await visit({ kind: "digest", slug: "no-more" })).status).toBe(200);
});

test("an archive document's page is that of its feed, which is what one subscribes to", async () => {
  const { visit } = await open();
  const { html } = await visit({ kind: "all" }, { archive: 3 });
  expect(addressIn(html)).toBe("https://marsa.example/feeds/all.atom");
  expect(html).not.toContain("صحيفة: خلاصة");
});

test("steps are counted in the paper's digits", async () => {
  const { visit, database } = await open();
  const steps = async (query = "") =>
    [...(await visit({ kind: "all" }, { query })).html.matchAll(/class="feed-step" aria-hidden="true">(.)</g)]
      .map(([, digit]) => digit)
      .join("");
  expect(await steps()).toBe("123");
  await database.batch([savePublisher(database.db, { ...newPublisher, digits: "arab" }, startOfTests)]);
  expect(await steps()).toBe("١٢٣");
  expect(await steps("?lang=en")).toBe("123");
});
