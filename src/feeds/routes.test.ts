import { parseOpml } from "feedsmith";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { Article, Section } from "../articles/index.ts";
import { createLog } from "../platform/index.ts";
import { newPublisher, savePublisher } from "../settings/index.ts";
import { article, openStore, section, site } from "./feeds.fixture.ts";
import { feedRoutes } from "./routes.ts";
import { feedService } from "./service.ts";
import { feedsOf, feedVersion, touchFeeds } from "./store.ts";

const culture = section(1, "ثقافة", "ثقافة");
const economy = section(2, "economy", "اقتصاد");
const closed = { ...section(3, "old", "قديم"), closedAt: Temporal.Instant.from("2026-01-01T00:00Z") };

/** A newsroom on a set clock, with as many processes as asked for on its one store. */
async function newsroom() {
  const store = openStore();
  const { db, batch } = store.database;
  const clock = { now: Temporal.Instant.from("2026-03-01T06:00:00.400Z") };
  const lines: string[] = [];
  const log = createLog("warn", { write: (text) => void lines.push(text) });
  for (const it of [culture, economy, closed]) await store.addSection(it);

  function startProcess() {
    const service = feedService({ database: store.database, site, now: () => clock.now, log });
    const app = new Hono().route("/", feedRoutes(service)).notFound((c) => c.text("no page", 404));
    const get = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
      const reply = await app.request(new URL(path, site), { headers, method });
      return { reply, status: reply.status, text: await reply.clone().text() };
    };
    const etag = async (path: string) => (await get(path)).reply.headers.get("etag") ?? "none";
    const publish = async (it: Article) => {
      await store.put(it);
      await touch(it.sections);
    };
    const touch = async (sections: readonly Section[]) => {
      const feeds = feedsOf(sections.map(({ id }) => id));
      await batch(touchFeeds(db, feeds, clock.now));
      service.forget(feeds);
    };
    return { get, etag, publish, touch };
  }
  const later = (duration: Temporal.DurationLike) => {
    clock.now = clock.now.add(duration);
  };
  const queries = async (work: () => Promise<unknown>) => {
    const before = store.statements();
    await work();
    return store.statements() - before;
  };
  return { ...startProcess(), put: store.put, startProcess, later, queries, db, batch, clock, lines };
}

describe("versions", () => {
  test("of two publishes in one second the second is later, and time goes on by itself after", async () => {
    const { db, touch, clock, later } = await newsroom();
    const seen: unknown[] = [await feedVersion(db, "all")];
    for (const wait of [0, 0, 0, 10]) {
      later({ seconds: wait });
      await touch([culture]);
      const { version, changedAt } = await feedVersion(db, "section/1");
      seen.push([version, changedAt?.toString()]);
    }
    expect(clock.now.toString()).toBe("2026-03-01T06:00:10.4Z");
    expect(seen).toEqual([
      { version: 0, changedAt: null },
      [1, "2026-03-01T06:00:00Z"],
      [2, "2026-03-01T06:00:01Z"],
      [3, "2026-03-01T06:00:02Z"],
      [4, "2026-03-01T06:00:10Z"],
    ]);
  });

  test("a feed named twice is raised once, and a clock set back does not take time back", async () => {
    const { db, batch, clock } = await newsroom();
    await batch(touchFeeds(db, ["all", "all"], clock.now));
    await batch(touchFeeds(db, ["all"], clock.now.subtract({ hours: 1 })));
    expect(await feedVersion(db, "all")).toMatchObject({ version: 2 });
    expect((await feedVersion(db, "all")).changedAt?.toString()).toBe("2026-03-01T06:00:01Z");
    expect(touchFeeds(db, [], clock.now)).toEqual([]);
  });

  test("an article's feeds are everything and its sections", () =>
    expect(feedsOf([culture.id, economy.id, culture.id])).toEqual(["all", "section/1", "section/2"]));
});

describe("which answer", () => {
  test.each([
    ["/feeds/all.rss", 200, "application/rss+xml; charset=utf-8"],
    ["/feeds/all.atom", 200, "application/atom+xml; charset=utf-8"],
    ["/feeds/all.json", 200, "application/feed+json; charset=utf-8"],
    ["/feeds.opml", 200, "text/x-opml; charset=utf-8"],
    ["/feeds/section/ثقافة.rss", 200, "application/rss+xml; charset=utf-8"],
    ["/feeds/section/%d8%ab%D9%82%D8%A7%D9%81%D8%A9.json", 200, "application/feed+json; charset=utf-8"],
    ["/feeds/section/unknown.rss", 404, "application/problem+json"],
    ["/feeds/section/old.rss", 410, "application/problem+json"],
    ["/feeds/section/%ff.rss", 400, "application/problem+json"],
    [`/feeds/all.rss?${"x".repeat(2000)}`, 414, "application/problem+json"],
    ["/feeds/all.pdf", 404, "text/plain; charset=UTF-8"],
  ])("%s: %i", async (path, status, type) => {
    const { get, publish } = await newsroom();
    await publish(article(1));
    const { reply, text } = await get(path);
    expect([reply.status, reply.headers.get("content-type")]).toEqual([status, type]);
    if (type.startsWith("application/problem")) expect(JSON.parse(text).detail).toMatch(/\w+ .*\.$/);
  });

  test("each format is its own document", async () => {
    const { get, publish } = await newsroom();
    await publish(article(1));
    const names = ["all.rss", "all.atom", "all.json", "section/ثقافة.rss"];
    const replies = await Promise.all([...names, ...names].map((name) => get(`/feeds/${name}`)));
    expect(replies.map(({ text }) => /<rss|<feed|jsonfeed/.exec(text)?.[0])).toEqual([
      "<rss",
      "<feed",
      "jsonfeed",
      "<rss",
      "<rss",
      "<feed",
      "jsonfeed",
      "<rss",
    ]);
    expect(new Set(replies.map(({ text }) => text)).size).toBe(4);
  });

  test("the whole set of headers", async () => {
    const { get, publish } = await newsroom();
    await publish(article(1));
    const { reply, text } = await get("/feeds/section/%D8%AB%D9%82%D8%A7%D9%81%D8%A9.rss?utm_source=x");
    expect(Object.fromEntries(reply.headers)).toEqual({
      "cache-control": "public, max-age=300, stale-while-revalidate=300",
      "content-length": String(new TextEncoder().encode(text).length),
      "content-type": "application/rss+xml; charset=utf-8",
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      "last-modified": "Sun, 01 Mar 2026 06:00:00 GMT",
      link: '<https://news.example/feeds/section/%D8%AB%D9%82%D8%A7%D9%81%D8%A9.rss>; rel="self"',
      vary: "Accept-Encoding",
    });
    expect(text).toContain("<lastBuildDate>Sun, 01 Mar 2026 06:00:00 GMT</lastBuildDate>");
  });

  test("gzip is the same document under another tag", async () => {
    const { get, publish } = await newsroom();
    await publish(article(1));
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

  test("HEAD says what GET would", async () => {
    const { get, publish } = await newsroom();
    await publish(article(1));
    const [head, full] = [await get("/feeds/all.rss", {}, "HEAD"), await get("/feeds/all.rss")];
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(Object.fromEntries(head.reply.headers)).toEqual(Object.fromEntries(full.reply.headers));
  });

  test.each(["GET", "HEAD"])("304 to %s has all validators and no body", async (method) => {
    const { get, etag, publish } = await newsroom();
    await publish(article(1));
    const tag = await etag("/feeds/all.rss");
    const { reply, status, text } = await get("/feeds/all.rss", { "if-none-match": tag }, method);
    expect([status, text]).toEqual([304, ""]);
    expect([...reply.headers.keys()].sort()).toEqual([
      "cache-control",
      "etag",
      "last-modified",
      "link",
      "vary",
    ]);
    expect(reply.headers.get("etag")).toBe(tag);
  });

  test("by date alone: 304 until something changes, however fast it does", async () => {
    const { get, publish } = await newsroom();
    await publish(article(1));
    const since = (await get("/feeds/all.rss")).reply.headers.get("last-modified") ?? "";
    expect((await get("/feeds/all.rss", { "if-modified-since": since })).status).toBe(304);
    await publish(article(2));
    expect((await get("/feeds/all.rss", { "if-modified-since": since })).status).toBe(200);
  });

  test("a feed that was never touched is as new as its newest article; an empty one has no date", async () => {
    const { get, put, later } = await newsroom();
    expect((await get("/feeds/all.atom")).reply.headers.get("last-modified")).toBeNull();
    expect((await get("/feeds/all.rss")).text).not.toContain("lastBuildDate");
    await put(article(1, { updatedAt: Temporal.Instant.from("2026-03-01T05:30:00.999Z") }));
    later({ seconds: 1 });
    expect((await get("/feeds/section/ثقافة.atom")).reply.headers.get("last-modified")).toBe(
      "Sun, 01 Mar 2026 05:30:00 GMT",
    );
  });
});

describe("what changes a feed", () => {
  const paths = ["/feeds/all.rss", "/feeds/section/ثقافة.atom", "/feeds/section/economy.json", "/feeds.opml"];
  const changed = async (room: Awaited<ReturnType<typeof newsroom>>, act: () => Promise<unknown>) => {
    const before = await Promise.all(paths.map(room.etag));
    await act();
    const after = await Promise.all(paths.map(room.etag));
    return paths.filter((_, i) => before[i] !== after[i]);
  };

  test("a post in one section leaves the others alone", async () => {
    const room = await newsroom();
    await room.publish(article(1));
    expect(await changed(room, () => room.publish(article(2, { sections: [economy] })))).toEqual([
      "/feeds/all.rss",
      "/feeds/section/economy.json",
    ]);
    expect((await room.get("/feeds/section/economy.json")).text).toContain("tag:news.example,2026:2");
  });

  test("a retraction of an old article is a change, and it is gone", async () => {
    const room = await newsroom();
    await room.publish(article(1));
    await room.publish(article(2));
    const act = async () => {
      await room.db
        .updateTable("article_sections")
        .set({ visible: 0 })
        .where("article_id", "=", article(2).id)
        .execute();
      await room.db
        .updateTable("articles")
        .set({ state: "embargoed" })
        .where("id", "=", article(2).id)
        .execute();
      await room.touch([culture]);
    };
    expect(await changed(room, act)).toEqual(["/feeds/all.rss", "/feeds/section/ثقافة.atom"]);
    expect((await room.get("/feeds/all.rss")).text).not.toContain(article(2).guid);
  });

  test("a restart changes nothing, nor does another process", async () => {
    const room = await newsroom();
    await room.publish(article(1));
    const before = await Promise.all(paths.map(room.etag));
    room.later({ hours: 30 });
    expect(await Promise.all(paths.map(room.startProcess().etag))).toEqual(before);
  });

  test("the paper's name is seen within a second, a new section too", async () => {
    const room = await newsroom();
    await room.publish(article(1));
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
    await room.publish(article(1));
    const before = await other.etag("/feeds/all.rss");
    await room.publish(article(2));
    room.later({ seconds: 1 });
    expect(await other.etag("/feeds/all.rss")).not.toBe(before);
    expect(await other.etag("/feeds/all.rss")).toBe(await room.etag("/feeds/all.rss"));
  });

  test("an article that cannot stand in a feed is named in the log", async () => {
    const { publish, get, lines } = await newsroom();
    await publish(article(1, { guid: "no iri" }));
    expect((await get("/feeds/all.rss")).status).toBe(200);
    expect(lines.map((text) => JSON.parse(text))).toMatchObject([
      { level: 40, feed: "all", format: "rss", guid: "no iri", why: "its guid is no IRI" },
    ]);
  });
});

describe("what a request costs", () => {
  test("many readers of a cold feed cause one rendering, and warm ones nothing", async () => {
    const { get, publish, queries } = await newsroom();
    await publish(article(1));
    const one = await queries(() => get("/feeds/all.rss"));
    await publish(article(2));
    const crowd = await queries(() => Promise.all(Array.from({ length: 100 }, () => get("/feeds/all.rss"))));
    expect(crowd).toBe(one);
    expect(await queries(() => Promise.all(Array.from({ length: 100 }, () => get("/feeds/all.rss"))))).toBe(
      0,
    );
  });

  test("each second one version is read a feed, and the paper's own data once", async () => {
    const { get, queries, later } = await newsroom();
    const crowd = () =>
      Promise.all(
        ["all.rss", "all.atom", "section/economy.rss"].flatMap((name) =>
          Array.from({ length: 10 }, () => get(`/feeds/${name}`)),
        ),
      );
    await crowd();
    later({ seconds: 1 });
    expect(await queries(crowd)).toBe(2 + 2); // publisher and sections; two versions
  });

  test("made-up feeds read nothing and stay nowhere", async () => {
    const { get, queries } = await newsroom();
    await get("/feeds/all.rss");
    const many = () => Promise.all(Array.from({ length: 500 }, (_, i) => get(`/feeds/section/x${i}.rss`)));
    expect(await queries(many)).toBe(0);
  });
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
      "https://news.example/feeds/section/%D8%AB%D9%82%D8%A7%D9%81%D8%A9.rss",
      "https://news.example/sections/%D8%AB%D9%82%D8%A7%D9%81%D8%A9",
    ],
    [
      "نشرة: اقتصاد",
      "https://news.example/feeds/section/economy.rss",
      "https://news.example/sections/economy",
    ],
  ]);
});
