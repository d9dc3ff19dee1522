// A page that is a source, on a real server, got by the real door.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guardedGet } from "../../hosts/fetch.ts";
import type { Asked, Stretch } from "../pull.ts";
import { identifyPage, pullPage } from "./pull.ts";

const html = readFileSync(new URL("../fixtures/plain-page.html", import.meta.url), "utf8");
const now = Temporal.Instant.from("2026-03-01T06:30:00Z");

type Reply = { status?: number; headers?: Record<string, string>; body?: string | Uint8Array };
let replies: Record<string, Reply> = {};
let asked: IncomingHttpHeaders[] = [];
const server = createServer((request, response) => {
  asked.push(request.headers);
  const { status = 200, headers = {}, body = html } = replies[request.url ?? ""] ?? { status: 404 };
  const isKnown = headers["ETag"] !== undefined && request.headers["if-none-match"] === headers["ETag"];
  response.writeHead(isKnown ? 304 : status, { "Content-Type": "text/html; charset=utf-8", ...headers });
  response.end(isKnown ? "" : body);
});
let site = "";

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  site = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const get = guardedGet([{ address: "127.0.0.1", prefix: 32, family: "ipv4" }]);
const story = "/story";

function pull(
  reply: Reply | Record<string, Reply>,
  over: Partial<Asked> & { stored?: readonly string[] } = {},
) {
  const many = Object.keys(reply).some((key) => key.startsWith("/"));
  replies = many ? Object.fromEntries(Object.entries(reply)) : { [story]: reply };
  asked = [];
  const { stored = [], ...rest } = over;
  return pullPage({
    url: new URL(story, site),
    cursor: null,
    only: null,
    recentRemoteIds: async (limit) => stored.slice(0, limit),
    remoteIdsAfter: async () => [],
    get,
    now,
    ...rest,
  });
}
type Pulled = Awaited<ReturnType<typeof pullPage>>;
function stretchOf(pulled: Pulled): Stretch {
  if (!pulled.ok) throw new Error(pulled.why);
  return pulled;
}
const whyNot = (pulled: Pulled) => (pulled.ok ? "it was read" : pulled.why);

test("readers are not given the key with which the page is read", async () => {
  const url = new URL("/story?id=7&key=hush", site);
  const { items } = stretchOf(await pull({ "/story?id=7&key=hush": {} }, { url }));
  expect(items[0]).toMatchObject({ externalId: `${site}/story?id=7`, url: `${site}/story?id=7` });
  expect(whyNot(await pull({ "/story?id=7&key=hush": { status: 404 } }, { url }))).toContain("404");
});

test("the page becomes an article that is known by its address", async () => {
  const { items, categories, gone, more, notBefore } = stretchOf(await pull({}));
  expect([gone, more, notBefore]).toEqual([[], false, null]);
  const section = { key: "كتب", label: "كتب" };
  expect(categories).toEqual([section]);
  expect(items.map(({ bodyHtml, ...item }) => ({ ...item, bodyHtml: bodyHtml.slice(0, 8) }))).toEqual([
    {
      externalId: `${site}/story`,
      remoteId: `${site}/story`,
      url: `${site}/story`,
      title: "مكتبة الحي تعير الكتب بالدراجة",
      summary: null,
      bodyHtml: "<p>تجوب ",
      categories: [section],
      tags: [],
      authors: [],
      sourceName: "مراسلون",
      image: null,
      importance: 0,
      published: null,
      scheduled: false,
      modified: null,
    },
  ]);
});

test("its canonical address is what it is known by, wherever it is asked for", async () => {
  const canonical = html.replace("<title>", `<link rel="canonical" href="${site}/2026/كتب"><title>`);
  const both = {
    "/story": { status: 302, headers: { Location: "/2026/x?y=1" } },
    "/2026/x?y=1": { body: canonical },
  };
  const [item] = stretchOf(await pull(both)).items;
  const address = `${site}/2026/${encodeURIComponent("كتب")}`;
  expect([item?.externalId, item?.remoteId, item?.url]).toEqual([address, address, address]);
});

test("in the encoding that the server or the page names", async () => {
  const octets = new Map(
    Array.from({ length: 256 }, (_, octet) => [
      new TextDecoder("windows-1256").decode(Uint8Array.of(octet)),
      octet,
    ]),
  );
  const body = Uint8Array.from([...html], (letter) => octets.get(letter) ?? 63);
  const headers = { "Content-Type": "text/html; charset=windows-1256" };
  expect(stretchOf(await pull({ headers, body })).items[0]?.title).toBe("مكتبة الحي تعير الكتب بالدراجة");
});

test("it is read again only when it changed", async () => {
  const headers = { ETag: '"a"', "Last-Modified": "Sun, 01 Mar 2026 06:00:00 GMT" };
  const first = stretchOf(await pull({ headers }));
  // What is kept goes through the database.
  const cursor: unknown = JSON.parse(JSON.stringify(first.cursor));
  const second = stretchOf(await pull({ headers }, { cursor }));
  expect(asked[0]).toMatchObject({ "if-none-match": '"a"', "if-modified-since": headers["Last-Modified"] });
  expect([second.items, second.gone, second.cursor]).toEqual([[], [], cursor]);
  const third = stretchOf(await pull({ headers: { ...headers, ETag: '"b"' } }, { cursor }));
  expect(third.items.length).toBe(1);
  expect(third.cursor).toMatchObject({ etag: '"b"' });
});

test("a 304 that nobody asked for is no page", async () =>
  expect(whyNot(await pull({ status: 304 }))).toContain("answered 304"));

test.each<[string, Reply, string]>([
  ["a page that is not found", { status: 404 }, "Its article stays"],
  ["a door that is shut", { status: 403 }, "answered 403"],
  ["a broken server", { status: 500 }, "answered 500"],
  ["an empty body", { body: "" }, "is no article"],
  ["JSON", { headers: { "Content-Type": "application/json" }, body: '{"title":"x"}' }, "is no article"],
  ["a feed", { body: '<?xml version="1.0"?><rss version="2.0"><channel/></rss>' }, "is no article"],
  ["a note", { body: "<html><title>خبر</title><p>نعود بعد قليل</p></html>" }, "is no article"],
  ["a picture", { body: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0xfe, 0xc0) }, "is no"],
  ["more than any article", { body: "x".repeat(5_000_001) }, "larger than 5000000 octets"],
  ["a way inside", { status: 302, headers: { Location: "http://10.0.0.1/" } }, "inside your own network"],
])("%s changes nothing, and is told", async (_, reply, why) => {
  const pulled = await pull(reply, { stored: [`${site}/story`] });
  expect(pulled).toEqual({ ok: false, why: expect.stringContaining(why), notBefore: null });
});

test("the front page in its place is no article of this source", async () => {
  const both = { "/story": { status: 302, headers: { Location: "/" } }, "/": {} };
  expect(whyNot(await pull(both))).toContain("front page");
});

test("a busy server says when it wants to be asked again", async () => {
  const pulled = await pull({ status: 503, headers: { "Retry-After": "7200" } });
  expect(pulled.notBefore).toEqual(now.add({ hours: 2 }));
});

test("a page that is gone for good takes its article with it, once, and no other", async () => {
  const standing = `${site}/story`;
  const cursor = { etag: null, lastModified: null, remoteId: standing };
  const reason = expect.stringContaining("410");
  const first = stretchOf(await pull({ status: 410 }, { cursor, stored: [`${site}/another`, standing] }));
  expect([first.gone, first.items]).toEqual([[{ remoteId: standing, reason }], []]);
  // After a rewind it is not known any more what stood there; a source of one page has one article.
  expect(stretchOf(await pull({ status: 410 }, { stored: [standing] })).gone).toEqual([
    { remoteId: standing, reason },
  ]);
  const later = await pull({ status: 410 }, { cursor: first.cursor });
  expect(whyNot(later)).toContain("Remove this source");
  expect(later.notBefore).toEqual(now.add({ hours: 24 }));
});

test.each([[null], [{}], [{ etag: 1 }], ["x"], [[]]])("a cursor %j is none", async (cursor) => {
  expect(stretchOf(await pull({}, { cursor })).items.length).toBe(1);
  expect(asked[0]?.["if-none-match"]).toBe(undefined);
});

test("an address is looked at before it becomes a source", async () => {
  replies = { "/old": { status: 301, headers: { Location: "/story" } }, "/story": {} };
  expect(await identifyPage(new URL("/old", site), get)).toEqual({
    ok: true,
    url: new URL("/story", site),
    title: "مكتبة الحي تعير الكتب بالدراجة",
  });
  const none = await identifyPage(new URL("/none", site), get);
  expect(none).toEqual({ ok: false, why: expect.stringContaining("404") });
});
