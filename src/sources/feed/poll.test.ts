import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../config.ts";
import { guardedGet } from "../../hosts/fetch.ts";
import type { NoStretch, Stretch } from "../pull.ts";
import { cursorOf, linked, nextPoll, offeredHub, retryAfter, tellStatus } from "./poll.ts";
import { pullFeed } from "./pull.ts";

const now = Temporal.Instant.from("2026-03-01T06:00:00Z");
const minutesFrom = (at: Temporal.Instant | null) =>
  at && (at.epochMilliseconds - now.epochMilliseconds) / 60_000;

test.each<[string, Record<string, string>, number | null, number]>([
  ["nothing is said", {}, null, 5],
  ["max-age", { "Cache-Control": "public, max-age=1800" }, null, 30],
  ["max-age, half of it spent in a cache", { "Cache-Control": "max-age=1800", Age: "900" }, null, 15],
  [
    "max-age goes before Expires",
    { "Cache-Control": "max-age=600", Expires: "Sun, 01 Mar 2026 09:00:00 GMT" },
    null,
    10,
  ],
  ["s-maxage is for caches", { "Cache-Control": "s-maxage=86400" }, null, 5],
  ["Expires", { Expires: "Sun, 01 Mar 2026 07:00:00 GMT" }, null, 60],
  [
    "Expires by the server's own clock",
    { Expires: "Sun, 01 Mar 2020 07:00:00 GMT", Date: "Sun, 01 Mar 2020 06:30:00 GMT" },
    null,
    30,
  ],
  ["Expires that is over, or no date", { Expires: "0" }, null, 5],
  ["the feed's own rhythm, where it is slower", { "Cache-Control": "max-age=600" }, 60, 60],
  ["no-cache says nothing against the feed's rhythm", { "Cache-Control": "no-cache, max-age=9999" }, 20, 20],
  ["never sooner than five minutes", { "Cache-Control": "max-age=1" }, 1, 5],
  ["never later than a day", { "Cache-Control": "max-age=9999999999" }, 999_999, 24 * 60],
])("next poll: %s", (_, headers, ttl, minutes) =>
  expect(minutesFrom(nextPoll(new Headers(headers), { ttlMinutes: ttl, quiet: null }, now))).toBe(minutes),
);

test.each<[string | null, number | null]>([
  [null, null],
  ["900", 15],
  ["1", 5],
  ["99999999", 24 * 60],
  ["Sun, 01 Mar 2026 08:00:00 GMT", 120],
  ["Sun, 01 Mar 2020 08:00:00 GMT", 5],
  ["soon", null],
  ["-5", null],
])("Retry-After: %s", (header, minutes) =>
  expect(minutesFrom(retryAfter(new Headers(header ? { "Retry-After": header } : {}), now))).toBe(minutes),
);

test("410 says that it is for good, and every status says what to do", () => {
  expect(tellStatus(410)).toContain("gone for good");
  for (const status of [204, 302, 400, 401, 403, 404, 410, 429, 500, 503])
    expect(tellStatus(status)).toMatch(new RegExp(`^answered ${status}.*\\.$`));
});

test.each([
  ['<https://hub.example/>; rel="hub", </feed>; rel=self', "hub", "https://hub.example/"],
  ['<https://hub.example/>; rel="hub", </feed>; rel=self', "self", "https://paper.example/feed"],
  ['<https://a.example/>; title="x"; rel="next HUB"', "hub", "https://a.example/"],
  ['<javascript:x>; rel="hub"', "hub", null],
  ['<https://a.example/>; rel="hubs"', "hub", null],
])("%s has as %s", (link, rel, url) =>
  expect(linked(new Headers({ Link: link }), rel, new URL("https://paper.example/"))?.href ?? null).toBe(url),
);

test("a cursor of another address, or none, says nothing", () => {
  const url = new URL("https://paper.example/feed");
  const cursor = { ...cursorOf(null, url), etag: '"1"' };
  expect(cursorOf(cursor, url).etag).toBe('"1"');
  expect(cursorOf(cursor, new URL("https://other.example/")).etag).toBeNull();
  expect(cursorOf({ etag: 7 }, url)).toEqual(cursorOf(null, url));
  expect(offeredHub(cursor)).toBeNull();
  expect(offeredHub(null)).toBeNull();
});

describe("a feed on a server", () => {
  let listener: RequestListener = (_, response) => void response.end();
  let asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", headers: request.headers });
    listener(request, response);
  });
  let site = new URL("http://127.0.0.1/");
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address: AddressInfo | string | null = server.address();
    site = new URL(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`);
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const config = readConfig({ NASHRA_FETCH_ALLOW: "127.0.0.1" });
  const get = guardedGet(config.ok ? config.config.fetchAllow : []);
  const feed = (ids: readonly number[], head = "") =>
    `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>صوت</title>${head}${ids.map((id) => `<item><guid>${id}</guid><title>خبر ${id}</title><category>سياسة</category></item>`).join("")}</channel></rss>`;
  function pull(cursor: unknown, answer: RequestListener, path = "/feed"): Promise<Stretch | NoStretch> {
    asked = [];
    listener = answer;
    return pullFeed({
      url: new URL(path, site),
      cursor,
      only: null,
      recentRemoteIds: async () => [],
      remoteIdsAfter: async () => [],
      get,
      now,
    });
  }
  async function good(it: Promise<Stretch | NoStretch>): Promise<Stretch> {
    const stretch = await it;
    if (!stretch.ok) throw new Error(stretch.why);
    expect(stretch).toMatchObject({ gone: [], more: false });
    return { ...stretch, cursor: JSON.parse(JSON.stringify(stretch.cursor)) };
  }
  const withEtag: RequestListener = (request, response) => {
    const headers = { ETag: '"v1"', "Last-Modified": "Sun, 01 Mar 2026 05:00:00 GMT" };
    const known = request.headers["if-none-match"] === '"v1"';
    response.writeHead(known ? 304 : 200, headers).end(known ? undefined : feed([1, 2], "<ttl>90</ttl>"));
  };

  test("is asked for what is new, and nothing is gone when it leaves", async () => {
    const first = await good(pull(null, withEtag));
    expect(first.items.map(({ title }) => title)).toEqual(["خبر 1", "خبر 2"]);
    expect(first.categories[0]).toEqual({ key: "سياسة", label: "سياسة" });
    expect(asked[0]?.headers["if-none-match"]).toBeUndefined();
    expect(minutesFrom(first.notBefore)).toBe(90);

    const second = await good(pull(first.cursor, withEtag));
    expect(asked[0]?.headers).toMatchObject({
      "if-none-match": '"v1"',
      "if-modified-since": "Sun, 01 Mar 2026 05:00:00 GMT",
    });
    expect(second.items).toEqual([]);
    expect(second.cursor).toEqual(first.cursor);
    expect(minutesFrom(second.notBefore)).toBe(90); // a 304 does not say it again

    const third = await good(pull(second.cursor, (_, response) => void response.end(feed([2, 3]))));
    expect(third.items.map(({ externalId }) => externalId)).toEqual(["2", "3"]);
  });

  test("is not asked in hours and on days in which it wants to be left alone, nor after a 304", async () => {
    const quiet = "<skipHours><hour>6</hour><hour>7</hour></skipHours><skipDays><day>Monday</day></skipDays>";
    const first = await good(
      pull(null, (_, response) => void response.writeHead(200, { ETag: '"1"' }).end(feed([1], quiet))),
    );
    expect(first.notBefore?.toString()).toBe("2026-03-01T08:00:00Z");
    const second = await good(pull(first.cursor, (_, response) => void response.writeHead(304).end()));
    expect(second.notBefore?.toString()).toBe("2026-03-01T08:00:00Z");
    const late = { "Cache-Control": "max-age=80000" }; // to Monday
    const third = await good(
      pull(null, (_, response) => void response.writeHead(200, late).end(feed([1], quiet))),
    );
    expect(third.notBefore?.toString()).toBe("2026-03-03T00:00:00Z");
    // No run comes within a quarter of an hour anyway.
    const soon = await good(
      pull(null, (_, response) => void response.end(feed([1], "<skipHours><hour>9</hour></skipHours>"))),
    );
    expect(minutesFrom(soon.notBefore)).toBe(15);
  });

  test("that moved for good is asked there from then on; one that moved for a while is not", async () => {
    const moves =
      (status: number): RequestListener =>
      (request, response) => {
        if (request.url === "/feed") response.writeHead(status, { Location: "/new" }).end();
        else response.end(feed([1]));
      };
    const moved = await good(pull(null, moves(301)));
    await good(pull(moved.cursor, moves(301)));
    expect(asked.map(({ path }) => path)).toEqual(["/new"]);
    const back = await good(
      pull(moved.cursor, (request, response) => {
        if (request.url === "/new") response.writeHead(308, { Location: "/feed" }).end();
        else response.end(feed([1]));
      }),
    );
    await good(pull(back.cursor, moves(307)));
    expect(asked.map(({ path }) => path)).toEqual(["/feed", "/new"]);
    const away = await good(pull(null, moves(302)));
    await good(pull(away.cursor, moves(302)));
    expect(asked.map(({ path }) => path)).toEqual(["/feed", "/new"]);
  });

  test("that moved to a page has not moved", async () => {
    const lost = await pull(null, (request, response) => {
      if (request.url === "/feed") response.writeHead(301, { Location: "/" }).end();
      else response.end("<!doctype html><html></html>");
    });
    expect(lost).toEqual({
      ok: false,
      why: `${site.href} is a page, not a feed, and names none.`,
      notBefore: null,
    });
  });

  test.each<[number, Record<string, string>, string, number | null]>([
    [429, { "Retry-After": "1800" }, "asked too often", 30],
    [503, { "Retry-After": "Sun, 01 Mar 2026 07:00:00 GMT" }, "something is wrong there", 60],
    [403, {}, "lets nobody in", null],
    [410, {}, "gone for good", 24 * 60],
    [204, {}, "not with a feed", null],
  ])("that answers %i changes nothing", async (status, headers, why, minutes) => {
    const answer = await pull(null, (_, response) => void response.writeHead(status, headers).end());
    if (answer.ok) throw new Error("it was read");
    expect(answer.why).toContain(why);
    expect(answer.why).toContain(site.href);
    expect(minutesFrom(answer.notBefore)).toBe(minutes);
  });

  test("that is empty changes nothing, though the server says all is well", async () =>
    expect(await pull(null, (_, response) => void response.end())).toMatchObject({
      ok: false,
      why: expect.stringContaining("nothing at all"),
    }));

  test("tells its hub: by headers before its own words, and a 304 does not take it back", async () => {
    const inside =
      '<atom:link rel="self" href="https://paper.example/feed"/><atom:link rel="hub" href="https://hub.example/"/>';
    const hrefs = ({ cursor }: Stretch) => Object.values(offeredHub(cursor) ?? {}).map(({ href }) => href);
    const told = await good(pull(null, (_, response) => void response.end(feed([1], inside))));
    expect(hrefs(told)).toEqual(["https://hub.example/", "https://paper.example/feed"]);
    const again = await good(pull(told.cursor, (_, response) => void response.writeHead(304).end()));
    expect(hrefs(again)).toEqual(hrefs(told));
    const headers = { Link: '<https://other.example/>; rel="hub", <https://paper.example/x>; rel="self"' };
    expect(
      hrefs(
        await good(pull(null, (_, response) => void response.writeHead(200, headers).end(feed([1], inside)))),
      ),
    ).toEqual(["https://other.example/", "https://paper.example/x"]);
    expect(hrefs(await good(pull(told.cursor, (_, response) => void response.end(feed([1])))))).toEqual([]);
  });
});
