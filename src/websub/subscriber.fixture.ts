// A hub with real callbacks: HTTP servers on this machine, real SQLite, the real guarded door, and a clock that tests set.
import { createServer, type IncomingMessage } from "node:http";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { SignatureMethod, WebSubHub } from "../config.ts";
import type { Found } from "../feeds/index.ts";
import { type FeedKey, type FeedTables, touchFeeds } from "../feeds/index.ts";
import { guardedCall } from "../hosts/fetch.ts";
import { createLog } from "../platform/index.ts";
import { createHub } from "./hub.ts";
import { webSubRoutes } from "./routes.ts";
import type { WebSubTables } from "./tables.ts";

export const site = new URL("https://news.example");
const loopback = [{ address: "127.0.0.0", prefix: 8, family: "ipv4" as const }];

/** A request that a callback got. */
export type Got = {
  method: string;
  /** Path and query, as they came. */
  url: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: Buffer;
};

/** What a callback answers. */
export type Say = { status: number; headers?: Record<string, string>; body?: string } | "hang up";

/** As a good subscriber does: it means what it is asked, and takes what it is pushed. */
export const willing = (got: Got): Say =>
  got.method === "GET" ? { status: 200, body: got.query.get("hub.challenge") ?? "" } : { status: 204 };

/** A subscriber's server on loopback. `say` may be changed at any time. */
export async function startCallback(say: (got: Got) => Say | Promise<Say> = willing, host = "127.0.0.1") {
  const got: Got[] = [];
  const it = { say };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = request.url ?? "";
    const query = new URL(url, "http://x").searchParams;
    const one = {
      method: request.method ?? "",
      url,
      query,
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    got.push(one);
    const said = await it.say(one);
    if (said === "hang up") return void request.socket.destroy();
    response.writeHead(said.status, said.headers).end(said.body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    port,
    at: (path: string, name = host) => `http://${name}:${port}${path}`,
    got,
    pushes: () => got.filter(({ method }) => method === "POST"),
    questions: () => got.filter(({ method }) => method === "GET"),
    saying(next: (got: Got) => Say | Promise<Say>) {
      it.say = next;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

type FakeFeed = { keys: readonly FeedKey[]; contentType: string };
const fakeFeeds: Record<string, FakeFeed> = {
  "/feeds/all.rss": { keys: ["all"], contentType: "application/rss+xml; charset=utf-8" },
  "/feeds/all.json": { keys: ["all"], contentType: "application/feed+json; charset=utf-8" },
  "/feeds/section/a.atom": { keys: ["section/1"], contentType: "application/atom+xml; charset=utf-8" },
  "/feeds/section/b.atom": { keys: ["section/2"], contentType: "application/atom+xml; charset=utf-8" },
  "/feeds/mix.atom?sections=a,b": {
    keys: ["section/1", "section/2"],
    contentType: "application/atom+xml; charset=utf-8",
  },
};

/**
 * Feeds as the service serves them, but for their content: a text that tells which change they show. As a process that has
 * not heard of the last publish yet, they show what they knew when they were last told to forget it.
 */
export function startFeeds() {
  const answers = new Map<string, Found>();
  let changes = 0;
  let known = 0;
  const textOf = (path: string, change = changes) =>
    `<feed at="${path}" title="نشرة & more" change="${change}"/>`;
  return {
    changed: () => {
      changes += 1;
    },
    /** From now on this is what is at an address. */
    answer: (path: string, found: Found) => void answers.set(path, found),
    textOf,
    async find(url: string): Promise<Found> {
      const { pathname, search } = new URL(url);
      const path = decodeURIComponent(pathname + search);
      const given = answers.get(path);
      if (given) return given;
      const feed = fakeFeeds[path];
      if (!feed) return { kind: "refused", status: 404, why: "There is no such section." };
      const identity = new TextEncoder().encode(textOf(path, known));
      return {
        kind: "document",
        document: {
          ...{ name: path, version: String(known), title: path, hash: "", lastModified: null },
          ...{ identity, gzip: identity, br: null },
        },
        contentType: feed.contentType,
        selfUrl: new URL(path, site),
        feed: { name: { kind: "all" }, format: "atom", keys: feed.keys, archive: null },
      };
    },
    forget() {
      known = changes;
    },
    urlsOf: async (keys: readonly FeedKey[]) =>
      keys
        .filter((key) => !key.includes("#") && key !== "house")
        .map((key) => new URL(`/feeds/${key}.rss`, site)),
  };
}

type Options = {
  hub?: WebSubHub;
  allow?: Parameters<typeof guardedCall>[0];
  signatures?: ReadonlyMap<string, SignatureMethod>;
  lanes?: number;
};

/** The hub of a new site; `restarted` gives another process on the same database. */
export function openHub({
  hub = { kind: "own" },
  allow = loopback,
  signatures = new Map(),
  lanes = 8,
}: Options = {}) {
  const database = openTestDatabase<FeedTables & WebSubTables>();
  const feeds = startFeeds();
  let clock = Temporal.Instant.from("2026-03-01T06:00:00Z");
  const counted: string[] = [];

  function start(other: { allow?: typeof allow } = {}) {
    const underWay: Promise<unknown>[] = [];
    const made = createHub({
      ...{ database, site, hub, signatures, feeds, lanes, mostCalls: 10_000 },
      call: guardedCall(other.allow ?? allow),
      now: () => clock,
      log: createLog("silent"),
      count: (what, result) => void counted.push(`${what} ${result}`),
      later: (work) => void underWay.push(work()),
    });
    const app = webSubRoutes(made, hub);
    const post = (fields: Record<string, string> | string, headers: Record<string, string> = {}) =>
      app.request(new URL("/websub", site), {
        method: "POST",
        body: typeof fields === "string" ? fields : new URLSearchParams(fields).toString(),
        headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
      });
    return {
      app,
      post,
      /** Sends a request and waits until everything that it set off is over. */
      async ask(callback: string, more: Record<string, string> = {}) {
        const topic = new URL("/feeds/all.rss", site).href;
        const reply = await post({
          "hub.mode": "subscribe",
          "hub.topic": topic,
          "hub.callback": callback,
          ...more,
        });
        await Promise.all(underWay.splice(0));
        return reply.status;
      },
      run: () => made.run(clock.add({ seconds: 50 })),
      runUntil: made.run,
    };
  }
  return {
    ...start(),
    database,
    feeds,
    counted,
    now: () => clock,
    wait: (seconds: number) => {
      clock = clock.add({ seconds });
    },
    restarted: start,
    /** What a publish does: new content, and in one batch the versions of the feeds that it changed. */
    async publish(...keys: FeedKey[]) {
      feeds.changed();
      await database.batch(touchFeeds(database.db, keys, clock));
    },
    subscriptions: () => database.db.selectFrom("websub_subscriptions").selectAll().orderBy("id").execute(),
    asks: () => database.db.selectFrom("websub_asks").selectAll().orderBy("id").execute(),
  };
}
