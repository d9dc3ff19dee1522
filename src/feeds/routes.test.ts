import { parseOpml } from "feedsmith";
import { describe, expect, test } from "vitest";
import type { Article } from "../articles/index.ts";
import { newPublisher, savePublisher } from "../settings/index.ts";
import { type Newsroom, newsroom } from "./newsroom.fixture.ts";
import { touchFeeds } from "./store.ts";

const culture = "/feeds/section/%D8%AB%D9%82%D8%A7%D9%81%D8%A9";
const economy = "/feeds/section/%D8%A7%D9%82%D8%AA%D8%B5%D8%A7%D8%AF";
const guids = (text: string) => [...text.matchAll(/<guid[^>]*>([^<]*)</g)].map(([, guid]) => guid);
const titles = (text: string) =>
  [...text.matchAll(/<item>\s*<title>(?:<!\[CDATA\[)?([^<\]]*)/g)].map(([, title]) => title);

describe("which answer", () => {
  test.each([
    ["/feeds/all.rss", 200, "application/rss+xml; charset=utf-8"],
    ["/feeds/all.atom", 200, "application/atom+xml; charset=utf-8"],
    ["/feeds/all.json", 200, "application/feed+json; charset=utf-8"],
    ["/feeds.opml", 200, "text/x-opml; charset=utf-8"],
    ["/feeds/section/ثقافة.rss", 200, "application/rss+xml; charset=utf-8"],
    ["/feeds/section/%d8%ab%D9%82%D8%A7%D9%81%D8%A9.json", 200, "application/feed+json; charset=utf-8"],
    ["/feeds/tag/بحر.rss", 200, "application/rss+xml; charset=utf-8"],
    ["/feeds/author/سلمى-نور.atom", 200, "application/atom+xml; charset=utf-8"],
    ["/feeds/mix.json?sections=اقتصاد,ثقافة", 200, "application/feed+json; charset=utf-8"],
    ["/feeds/section/unknown.rss", 404, "application/problem+json"],
    ["/feeds/tag/unknown.rss", 404, "application/problem+json"],
    ["/feeds/author/unknown.rss", 404, "application/problem+json"],
    ["/feeds/digests/unknown.rss", 404, "application/problem+json"],
    ["/feeds/all/archives/7.rss", 404, "application/problem+json"],
    ["/feeds/section/قديم.rss", 410, "application/problem+json"],
    ["/feeds/section/%ff.rss", 400, "application/problem+json"],
    ["/feeds/mix.rss", 400, "application/problem+json"],
    ["/feeds/mix.rss?sections=", 400, "application/problem+json"],
    ["/feeds/mix.rss?sections=,%20,", 400, "application/problem+json"],
    ["/feeds/mix.rss?sections=%ff", 400, "application/problem+json"],
    [
      `/feeds/mix.rss?sections=${Array.from({ length: 21 }, (_, i) => `s${i}`)}`,
      400,
      "application/problem+json",
    ],
    ["/feeds/mix.rss?sections=اقتصاد,nowhere", 404, "application/problem+json"],
    ["/feeds/mix.rss?sections=قديم", 410, "application/problem+json"],
    [`/feeds/all.rss?${"x".repeat(4000)}`, 414, "application/problem+json"],
    ["/feeds/all.pdf", 404, "application/problem+json"],
  ])("%s: %i", async (path, status, type) => {
    const { get, publish } = await newsroom();
    await publish({ id: "1", tags: ["بحر"], authors: ["سلمى نور"] });
    const { reply, text } = await get(path);
    expect([reply.status, reply.headers.get("content-type")]).toEqual([status, type]);
    if (type.startsWith("application/problem") && !path.endsWith("pdf"))
      expect(JSON.parse(text).detail).toMatch(/\w+ .*\.$/);
  });

  test.each([
    ["/feeds/section/unknown.rss", 404],
    ["/feeds/section/قديم.rss", 410],
    ["/feeds/mix.rss", 400],
    ["/feeds/nothing", 404],
  ])("a person who opens %s reads a page that says why: %i", async (path, status) => {
    const { get } = await newsroom();
    const { reply, text } = await get(path, { "sec-fetch-mode": "navigate" });
    expect([reply.status, reply.headers.get("content-type")]).toEqual([status, "text/html; charset=UTF-8"]);
    for (const it of [reply, (await get(path)).reply]) {
      expect(it.headers.get("vary")).toContain("Sec-Fetch-Mode"); // no cache takes one for the other
      expect(it.headers.get("cache-control")).toBe("no-cache");
    }
    expect(text).toContain('dir="rtl"');
  });

  test.each(["POST", "PUT", "DELETE", "PATCH"])("%s: 405", async (method) => {
    const { get } = await newsroom();
    const { reply, status } = await get("/feeds/all.rss", { origin: "https://news.example" }, method);
    expect([status, reply.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  test("each format is its own document, and one article has one id in all of them", async () => {
    const { get, publish } = await newsroom();
    const { guid } = await publish({ id: "1", tags: ["بحر"], authors: ["سلمى نور"] });
    const names = ["all", "section/ثقافة", "tag/بحر", "author/سلمى-نور"].flatMap((name) =>
      ["rss", "atom", "json"].map((format) => `/feeds/${name}.${format}`),
    );
    const replies = await Promise.all(
      [...names, "/feeds/mix.rss?sections=ثقافة,اقتصاد"].map((name) => get(name)),
    );
    expect(replies.filter(({ text }) => !text.includes(guid))).toEqual([]);
    expect(new Set(replies.map(({ text }) => text)).size).toBe(13);
  });

  test("the whole set of headers", async () => {
    const { get, publish } = await newsroom();
    await publish({ id: "1" });
    const { reply, text } = await get(`${culture}.rss?utm_source=x`);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=300, stale-while-revalidate=300",
      "content-length": String(new TextEncoder().encode(text).length),
      "content-type": "application/rss+xml; charset=utf-8",
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      "last-modified": "Sun, 01 Mar 2026 06:00:00 GMT",
      link: `<https://news.example/websub>; rel="hub", <https://news.example${culture}.rss>; rel="self"`,
      vary: "Accept-Encoding, Sec-Fetch-Mode",
      "x-content-type-options": "nosniff",
    });
    expect(text).toContain("<lastBuildDate>Sun, 01 Mar 2026 06:00:00 GMT</lastBuildDate>");
  });

  test("HEAD says what GET would", async () => {
    const { get, publish } = await newsroom();
    await publish({ id: "1" });
    const [head, full] = [await get("/feeds/all.rss", {}, "HEAD"), await get("/feeds/all.rss")];
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(Object.fromEntries(head.reply.headers)).toEqual(Object.fromEntries(full.reply.headers));
  });

  test.each(["GET", "HEAD"])("304 to %s has all validators and no body", async (method) => {
    const { get, etag, publish } = await newsroom();
    await publish({ id: "1" });
    const tag = await etag("/feeds/all.rss");
    const { reply, status, text } = await get("/feeds/all.rss", { "if-none-match": tag }, method);
    expect([status, text]).toEqual([304, ""]);
    const headers = ["cache-control", "etag", "last-modified", "link", "vary"];
    expect(headers.filter((name) => !reply.headers.has(name))).toEqual([]);
    expect(["content-type", "content-length"].filter((name) => reply.headers.has(name))).toEqual([]);
    expect(reply.headers.get("etag")).toBe(tag);
  });

  test("by date alone: 304 until something changes, however fast it does", async () => {
    const { get, publish } = await newsroom();
    await publish({ id: "1" });
    const since = (await get("/feeds/all.rss")).reply.headers.get("last-modified") ?? "";
    expect((await get("/feeds/all.rss", { "if-modified-since": since })).status).toBe(304);
    await publish({ id: "2" });
    expect((await get("/feeds/all.rss", { "if-modified-since": since })).status).toBe(200);
  });

  test("a burst never dates an answer later than it is given, and no change in it is missed", async () => {
    const { get, publish, later } = await newsroom();
    const since: string[] = [];
    for (let i = 0; i < 5; i++) {
      await publish({ id: String(i) });
      since.push((await get("/feeds/all.rss")).reply.headers.get("last-modified") ?? "");
    }
    expect(new Set(since)).toEqual(new Set(["Sun, 01 Mar 2026 06:00:00 GMT"]));
    const known = async (date = "") =>
      (await get("/feeds/all.rss", { "if-modified-since": date })).status === 304;
    expect(await Promise.all(since.map(known))).toEqual([false, false, false, false, false]);
    later({ seconds: 10 });
    const settled = (await get("/feeds/all.rss")).reply.headers.get("last-modified") ?? "";
    expect([settled, await known(settled)]).toEqual(["Sun, 01 Mar 2026 06:00:04 GMT", true]);
  });

  test("who asks by date alone learns of a new name, too", async () => {
    const { get, publish, later, batch, db, clock } = await newsroom();
    await publish({ id: "1", tags: ["بحر"] });
    later({ minutes: 5 });
    const since = (await get("/feeds/tag/بحر.rss")).reply.headers.get("last-modified") ?? "";
    await batch([
      savePublisher(db, { ...newPublisher, name: "الرائد" }, clock.now),
      ...touchFeeds(db, ["house"], clock.now),
    ]);
    later({ seconds: 1 });
    expect((await get("/feeds/tag/بحر.rss", { "if-modified-since": since })).status).toBe(200);
  });

  test("delta encoding is not offered: some readers never fetch again after a 226", async () => {
    const { get, publish } = await newsroom();
    await publish({ id: "1" });
    expect((await get("/feeds/all.rss", { "a-im": "feed" })).status).toBe(200);
  });

  test("a mix gives no date to ask with: two of its sections may change in one second", async () => {
    const { get, publish } = await newsroom();
    await publish({ id: "1" });
    const { reply } = await get("/feeds/mix.rss?sections=ثقافة,اقتصاد");
    expect([reply.headers.get("last-modified"), reply.headers.get("etag")]).toEqual([
      null,
      expect.any(String),
    ]);
  });

  test("an empty feed has no date", async () => {
    const { get } = await newsroom();
    expect((await get("/feeds/all.atom")).reply.headers.get("last-modified")).toBeNull();
    expect((await get("/feeds/all.rss")).text).not.toContain("lastBuildDate");
  });
});

describe("encodings", () => {
  test("gzip is the same document under another tag", async () => {
    const { get, publish } = await newsroom();
    await publish({ id: "1" });
    const plain = await get("/feeds/all.atom", { "accept-encoding": "gzip;q=0" });
    const { reply } = await get("/feeds/all.atom", { "accept-encoding": "br, gzip" });
    const body = new Uint8Array(await reply.arrayBuffer());
    const unzipped = new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"));
    expect(await new Response(unzipped).text()).toBe(plain.text);
    expect(reply.headers.get("content-encoding")).toBe("gzip");
    expect(reply.headers.get("content-length")).toBe(String(body.length));
    expect(reply.headers.get("etag")).toBe(plain.reply.headers.get("etag")?.replace(/"$/, '-gzip"'));
    expect(plain.reply.headers.has("content-encoding")).toBe(false);
  });

  test("brotli is made behind the first reply to one who takes it, and offered from then on until a change", async () => {
    const { get, publish, settled } = await newsroom();
    await publish({ id: "1" });
    const encoding = async (accept: string) => {
      const { reply } = await get("/feeds/all.rss", { "accept-encoding": accept });
      await settled();
      return [reply.headers.get("content-encoding"), /-(\w+)"$/.exec(reply.headers.get("etag") ?? "")?.[1]];
    };
    expect(await encoding("gzip")).toEqual(["gzip", "gzip"]);
    expect(await encoding("gzip, br")).toEqual(["gzip", "gzip"]);
    expect(await encoding("gzip, br")).toEqual(["br", "br"]);
    expect(await encoding("gzip, br;q=0")).toEqual(["gzip", "gzip"]);
    await publish({ id: "2" });
    expect(await encoding("gzip, br")).toEqual(["gzip", "gzip"]);
  });
});

describe("what changes a feed", () => {
  const paths = ["/feeds/all.rss", `${culture}.atom`, `${economy}.json`, "/feeds.opml"];
  const changed = async (room: Newsroom, act: () => Promise<unknown>, watched = paths) => {
    const before = await Promise.all(watched.map(room.etag));
    await act();
    const after = await Promise.all(watched.map(room.etag));
    return watched.filter((_, i) => before[i] !== after[i]);
  };
  /** A hundred and twenty articles, a minute apart: two full archives and a third that is open. */
  async function filled() {
    const room = await newsroom();
    const articles: Article[] = [];
    for (let i = 1; i <= 120; i++) {
      room.later({ minutes: 1 });
      articles.push(await room.publish({ id: String(i), tags: ["بحر"] }));
    }
    const at = (i: number) => {
      const article = articles[i - 1];
      if (!article) throw new Error(`There is no article ${i}.`);
      return article;
    };
    return { ...room, at };
  }
  const archives = [1, 2].flatMap((n) => [`/feeds/all/archives/${n}.rss`, `${culture}/archives/${n}.atom`]);

  test("a post in one section leaves the others alone", async () => {
    const room = await newsroom();
    await room.publish({ id: "1" });
    expect(await changed(room, () => room.publish({ id: "2", sections: ["اقتصاد"] }))).toEqual([
      "/feeds/all.rss",
      `${economy}.json`,
    ]);
    expect(titles((await room.get(`${economy}.rss`)).text)).toEqual(["خبر 2"]);
  });

  test("a mix changes with each of its sections and with no other, in whatever order they are named", async () => {
    const room = await newsroom();
    await room.publish({ id: "1", sections: ["اقتصاد"] });
    const mixes = ["ثقافة,اقتصاد", "اقتصاد,ثقافة"].map((list) => `/feeds/mix.rss?sections=${list}`);
    expect(new Set(await Promise.all(mixes.map(room.etag))).size).toBe(1);
    expect(await changed(room, () => room.publish({ id: "2", sections: ["ثقافة"] }), mixes)).toEqual(mixes);
    expect(titles((await room.get(mixes[0] ?? "")).text).sort()).toEqual(["خبر 1", "خبر 2"]);
  });

  test("a new article changes no archive; one that fills an archive changes the feed, which leads there", async () => {
    const room = await filled();
    expect(await changed(room, () => room.publish({ id: "new" }), archives)).toEqual([]);
    const late = "2020-01-01T00:00:00Z";
    for (let i = 122; i < 150; i++) await room.publish({ id: String(i), published_at: late });
    expect(await changed(room, () => room.publish({ id: "fills", published_at: late }))).toEqual([
      "/feeds/all.rss",
      `${culture}.atom`,
    ]);
    expect((await room.get("/feeds/all.rss")).text).toContain(
      'rel="prev-archive" href="https://news.example/feeds/all/archives/3.rss"',
    );
  });

  test("a late import changes neither the feed nor any archive", async () => {
    const room = await filled();
    const act = () => room.publish({ id: "late", published_at: "2020-01-01T00:00:00Z" });
    expect(await changed(room, act, [...paths, ...archives])).toEqual([]);
  });

  test("a correction of an old article changes the archives that hold it, and nothing else", async () => {
    const room = await filled();
    const old = room.at(20);
    const act = () =>
      room.publish({
        id: "20",
        tags: ["بحر"],
        published_at: old.publishedAt.toString(),
        correction: "كان الاسم خطأ",
      });
    expect(await changed(room, act, [...paths, ...archives])).toEqual([
      "/feeds/all/archives/1.rss",
      `${culture}/archives/1.atom`,
    ]);
    expect((await room.get("/feeds/all/archives/1.rss")).text).toContain("كان الاسم خطأ");
  });

  test("a retraction changes the feeds and archives that held it, and a tombstone stays", async () => {
    const room = await filled();
    const gone = room.at(90);
    expect(await changed(room, () => room.retract(gone), [...paths, ...archives])).toEqual([
      "/feeds/all.rss",
      `${culture}.atom`,
      "/feeds/all/archives/2.rss",
      `${culture}/archives/2.atom`,
    ]);
    const all = await Promise.all([...paths, ...archives].map((path) => room.get(path)));
    const holding = all.filter(({ text }) => text.includes(gone.guid)).map(({ text }) => text);
    expect(holding).toHaveLength(1);
    expect(holding[0]).toContain(`<at:deleted-entry ref="${gone.guid}" when="2026-03-01T08:00:00Z"/>`);
  });

  test("an article that moves to another section leaves the feed and archive of the first", async () => {
    const room = await filled();
    const at = room.at(90).publishedAt.toString();
    const act = () => room.publish({ id: "90", tags: ["بحر"], published_at: at, sections: ["اقتصاد"] });
    expect(await changed(room, act, [...paths, ...archives])).toEqual([
      "/feeds/all.rss",
      `${culture}.atom`,
      `${economy}.json`,
      "/feeds/all/archives/2.rss", // its sections stand in it
      `${culture}/archives/2.atom`,
    ]);
    expect((await room.get(`${culture}/archives/2.atom`)).text).not.toContain(room.at(90).guid);
  });

  test("importance is for digests: no feed changes", async () => {
    const room = await newsroom();
    await room.publish({ id: "1" });
    expect(await changed(room, () => room.publish({ id: "1", importance: 3 }))).toEqual([]);
  });

  test("an embargo shows nowhere, and everywhere once a tick has ended it", async () => {
    const room = await newsroom();
    await room.publish({ id: "1" });
    const act = () => room.publish({ id: "later", published_at: "2026-03-01T07:00:00Z", tags: ["بحر"] });
    expect(await changed(room, act)).toEqual([]);
    expect((await room.get("/feeds/tag/بحر.rss")).text).not.toContain("later");
    room.later({ hours: 1 });
    expect(await changed(room, () => room.service.tick(5))).toEqual(["/feeds/all.rss", `${culture}.atom`]);
    expect((await room.get("/feeds/tag/بحر.rss")).text).toContain("later");
  });

  test("a restart changes nothing, nor does another process", async () => {
    const room = await filled();
    const before = await Promise.all([...paths, ...archives].map(room.etag));
    room.later({ hours: 30 });
    expect(await Promise.all([...paths, ...archives].map(room.startProcess().etag))).toEqual(before);
  });

  test("the paper's name is seen within a second, by whatever means it was changed", async () => {
    const room = await newsroom();
    await room.publish({ id: "1" });
    const act = async () => {
      await room.batch([savePublisher(room.db, { ...newPublisher, name: "الرائد" }, room.clock.now)]);
      room.later({ seconds: 1 });
    };
    expect(await changed(room, act)).toEqual(paths);
    expect((await room.get("/feeds/all.rss")).text).toContain("<title>الرائد</title>");
  });

  test("another process sees a publish within a second", async () => {
    const room = await newsroom();
    const other = room.startProcess();
    await room.publish({ id: "1" });
    const before = await other.etag("/feeds/all.rss");
    await room.publish({ id: "2" });
    expect(await other.etag("/feeds/all.rss")).toBe(before);
    room.later({ seconds: 1 });
    expect(await other.etag("/feeds/all.rss")).not.toBe(before);
    expect(await other.etag("/feeds/all.rss")).toBe(await room.etag("/feeds/all.rss"));
  });

  test("an article that cannot stand in a feed is named in the log, and costs nobody the feed", async () => {
    const { publish, get, lines, db } = await newsroom();
    await publish({ id: "1" });
    await db.updateTable("articles").set({ guid: "no iri" }).execute();
    expect((await get("/feeds/all.rss")).status).toBe(200);
    expect(lines.map((text) => JSON.parse(text))).toMatchObject([
      { level: 40, feed: "/feeds/all.rss", guid: "no iri", why: "its guid is no IRI" },
    ]);
  });
});

describe("history", () => {
  test("from the feed back to the first article and forward again, each article once", async () => {
    const room = await newsroom();
    for (let i = 1; i <= 130; i++) await room.publish({ id: String(i) });
    const link = (text: string, rel: string) =>
      new RegExp(`rel="${rel}" href="([^"]+)"`).exec(text)?.[1] ?? null;
    const seen: string[][] = [];
    const documents: string[] = [];
    for (let url: string | null = "https://news.example/feeds/all.rss"; url; ) {
      const { text } = await room.get(url);
      documents.push(text);
      seen.push(guids(text).filter((guid) => guid !== undefined));
      url = link(text, "prev-archive");
    }
    expect(seen.map((page) => page.length)).toEqual([50, 50, 50]);
    expect(new Set(seen.flat()).size).toBe(130); // the feed covers the open archive, so nothing is missing
    expect(documents.map((text) => text.includes("<fh:archive/>"))).toEqual([false, true, true]);
    expect(documents.map((text) => link(text, "current"))).toEqual([
      null,
      "https://news.example/feeds/all.rss",
      "https://news.example/feeds/all.rss",
    ]);
    const last = await room.get(link(documents[1] ?? "", "next-archive") ?? "");
    expect([last.status, last.reply.headers.get("location")]).toEqual([
      307,
      "https://news.example/feeds/all.rss",
    ]);
    expect(link(documents[2] ?? "", "next-archive")).toBe("https://news.example/feeds/all/archives/2.rss");
  });

  test("JSON leads on by next_url, and the first archive leads nowhere", async () => {
    const room = await newsroom();
    for (let i = 1; i <= 51; i++) await room.publish({ id: String(i) });
    const first = JSON.parse((await room.get("/feeds/all.json")).text);
    expect(first.next_url).toBe("https://news.example/feeds/all/archives/1.json");
    const second = JSON.parse((await room.get(first.next_url)).text);
    expect([second.items.length, second.next_url]).toEqual([50, undefined]);
  });
});

describe("sections that move", () => {
  test("a renamed section leads on for ever, its archives and mixes too; its feed keeps its articles", async () => {
    const room = await newsroom();
    for (let i = 1; i <= 51; i++) await room.publish({ id: String(i) });
    await room.db.updateTable("sections").set({ slug: "culture" }).where("slug", "=", "ثقافة").execute();
    await room.db.updateTable("sections").set({ slug: "arts" }).where("slug", "=", "culture").execute();
    room.later({ seconds: 1 });
    for (const [from, to] of [
      ["/feeds/section/ثقافة.rss", "/feeds/section/arts.rss"],
      ["/feeds/section/culture.rss", "/feeds/section/arts.rss"],
      ["/feeds/section/ثقافة/archives/1.atom", "/feeds/section/arts/archives/1.atom"],
      [
        "/feeds/mix.rss?sections=ثقافة,اقتصاد",
        `/feeds/mix.rss?sections=arts,${encodeURIComponent("اقتصاد")}`,
      ],
    ]) {
      const { reply, status } = await room.get(from ?? "");
      expect([status, reply.headers.get("location")]).toEqual([301, `https://news.example${to}`]);
    }
    expect(guids((await room.get("/feeds/section/arts.rss")).text)).toHaveLength(50);
  });

  test("a slug that another section takes is that section's", async () => {
    const room = await newsroom();
    await room.db.updateTable("sections").set({ slug: "culture" }).where("slug", "=", "ثقافة").execute();
    await room.db.updateTable("sections").set({ slug: "ثقافة" }).where("slug", "=", "اقتصاد").execute();
    room.later({ seconds: 1 });
    expect((await room.get("/feeds/section/ثقافة.rss")).text).toContain(": اقتصاد</title>");
  });
});

describe("what a request costs", () => {
  test("many readers of a cold feed cause one rendering, and warm ones nothing", async () => {
    const { get, publish, queries, service } = await newsroom();
    await publish({ id: "1" });
    await get("/feeds/all.rss");
    const rendered = service.feeds.measures().renderings;
    await publish({ id: "2" });
    await Promise.all(Array.from({ length: 100 }, () => get("/feeds/all.rss")));
    expect(service.feeds.measures().renderings).toBe(rendered + 1);
    const warm = () => Promise.all(Array.from({ length: 100 }, () => get("/feeds/all.rss")));
    expect(await queries(warm)).toBe(0);
  });

  test("each second one version is read, however many feeds are asked for", async () => {
    const { get, queries, later } = await newsroom();
    const names = [
      "all.rss",
      "all.atom",
      "section/ثقافة.rss",
      "section/اقتصاد.json",
      "mix.rss?sections=ثقافة,اقتصاد",
    ];
    const crowd = () =>
      Promise.all(names.flatMap((name) => Array.from({ length: 10 }, () => get(`/feeds/${name}`))));
    await crowd();
    for (let second = 0; second < 3; second++) {
      later({ seconds: 1 });
      expect(await queries(crowd)).toBe(1);
    }
  });

  test("mixes and tags that readers think up do not push out the paper's own feeds", async () => {
    const { get, publish, service } = await newsroom({ NASHRA_FEED_CACHE: "16" });
    const long = `<p>${"كلمة ".repeat(20_000)}</p>`;
    const tags = Array.from({ length: 150 }, (_, i) => `وسم-${i}`);
    await publish({ id: "1", body_html: long, tags });
    await get("/feeds/all.rss");
    for (const tag of tags) await get(`/feeds/tag/${tag}.rss`);
    expect(service.feeds.measures().cachedBytes).toBeLessThan(16_000_000);
    const { renderings } = service.feeds.measures();
    await get("/feeds/all.rss");
    expect(service.feeds.measures().renderings).toBe(renderings);
  });

  test("a slug longer than any is not even looked for", async () => {
    const { get, queries } = await newsroom();
    await get("/feeds/all.rss");
    const asked = () => get(`/feeds/tag/${"ا".repeat(201)}.rss`);
    expect([await queries(asked), (await asked()).status]).toEqual([0, 404]);
  });

  test("made-up feeds read at most one row and stay nowhere", async () => {
    const { get, queries, service, settled } = await newsroom();
    await get("/feeds/all.rss");
    await settled(); // the first reader is written down
    const { cachedBytes } = service.feeds.measures();
    const sections = () =>
      Promise.all(Array.from({ length: 500 }, (_, i) => get(`/feeds/section/x${i}.rss`)));
    expect(await queries(sections)).toBe(0);
    const tags = () => Promise.all(Array.from({ length: 100 }, (_, i) => get(`/feeds/tag/x${i}.rss`)));
    expect(await queries(tags)).toBeLessThanOrEqual(2 * 100);
    expect(service.feeds.measures().cachedBytes).toBe(cachedBytes);
  });
});

test("a retraction is gone from the sitemap at once, whatever its place, and no tag is an archive", async () => {
  const { get, publish, retract, later } = await newsroom();
  const first = await publish({ id: "first", tags: ["بحر"] });
  for (let i = 0; i < 60; i++) await publish({ id: String(i), tags: ["بحر"] });
  expect((await get("/news-sitemap.xml")).text).toContain("خبر first");
  await retract(first);
  expect((await get("/news-sitemap.xml")).text).not.toContain("خبر first");
  later({ seconds: 1 });
  expect((await get("/feeds/tag/بحر/archives/1.rss")).status).toBe(200);
  expect((await get("/feeds/tag/بحر%231.rss")).status).toBe(404);
});

test("what is two days old is no news: the sitemap empties without a publish", async () => {
  const { get, publish, later } = await newsroom();
  await publish({ id: "1" });
  expect((await get("/news-sitemap.xml")).text).toContain("خبر 1");
  later({ hours: 49 });
  expect((await get("/news-sitemap.xml")).text).not.toContain("خبر 1");
});

test("an article may come in under the slug that its section had before", async () => {
  const { publish, db, later } = await newsroom();
  await db.updateTable("sections").set({ slug: "culture" }).where("slug", "=", "ثقافة").execute();
  later({ seconds: 1 });
  await db.updateTable("sections").set({ title: "فنون" }).where("slug", "=", "culture").execute();
  expect((await publish({ id: "1", sections: ["ثقافة"] })).sections.map(({ slug }) => slug)).toEqual([
    "culture",
  ]);
});

test("the list of feeds names each open one", async () => {
  const { get } = await newsroom();
  const { text } = await get("/feeds.opml");
  const { head, body } = parseOpml(text);
  expect(head?.title).toBe("نشرة");
  expect(body?.outlines?.map(({ text: title, xmlUrl, htmlUrl }) => [title, xmlUrl, htmlUrl])).toEqual([
    ["نشرة", "https://news.example/feeds/all.rss", "https://news.example/"],
    [
      "نشرة: ثقافة",
      `https://news.example${culture}.rss`,
      "https://news.example/sections/%D8%AB%D9%82%D8%A7%D9%81%D8%A9",
    ],
    [
      "نشرة: اقتصاد",
      `https://news.example${economy}.rss`,
      "https://news.example/sections/%D8%A7%D9%82%D8%AA%D8%B5%D8%A7%D8%AF",
    ],
  ]);
});
