// What Prometheus gets, read by a parser that forgives nothing; and who gets it.
import { Hono } from "hono";
import { collectDefaultMetrics } from "prom-client";
import { describe, expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { type AccountTables, createApiToken, revokeApiToken } from "../accounts/index.ts";
import type { Document, FoundFeed } from "../feeds/index.ts";
import { createLog } from "../platform/index.ts";
import { createReaderCount } from "./counting.ts";
import { createMetrics, feedLabel, metricsRoutes } from "./metrics.ts";
import { noteAnswers } from "./noted.ts";
import type { ReaderTables } from "./store.ts";

type Deps = Parameters<typeof createMetrics>[0];

function open(over: Partial<Deps> = {}) {
  const database = openTestDatabase<ReaderTables & AccountTables>();
  const { db } = database;
  let clock = Temporal.Instant.from("2026-03-01T12:00:00Z");
  const now = () => clock;
  const log = createLog("silent");
  const metrics = createMetrics({
    db,
    now,
    log,
    cacheBytes: () => 64_000,
    renderings: () => 7,
    subscriptions: async () => 3,
    ...over,
  });
  const app = new Hono().route("/", metricsRoutes(metrics, { db, now, addressOf: () => "" }));
  const readers = createReaderCount({ database, log, later: () => {} });
  const token = async (role: "viewer" | "editor") => createApiToken(database, "prometheus", role, clock);
  const get = (bearer?: string) =>
    app.request("/metrics", bearer === undefined ? {} : { headers: { Authorization: `Bearer ${bearer}` } });
  return {
    ...database,
    metrics,
    readers,
    now,
    token,
    get,
    wait(duration: Temporal.DurationLike) {
      clock = clock.add(duration);
    },
    scraped: async () => parse(await (await get(await token("viewer"))).text()),
  };
}

type Metric = { type: string; help: string; samples: Record<string, number> };

/** The text format of Prometheus, version 0.0.4: HELP, TYPE and then samples of each metric, none twice. */
function parse(text: string): Record<string, Metric> {
  expect(text.endsWith("\n")).toBe(true);
  const metrics: Record<string, Metric> = {};
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    if (line === "") continue;
    const help = /^# HELP ([a-z_:][a-z0-9_:]*) (\S.*)$/i.exec(line);
    const type = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/i.exec(line);
    const sample =
      /^([a-z_:][a-z0-9_:]*)(\{(?:[a-z_][a-z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"(?:,(?=[a-z_])|(?=\})))+\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i.exec(
        line,
      );
    if (help) {
      current = help[1] ?? "";
      if (metrics[current]) throw new Error(`${current} stands there twice.`);
      metrics[current] = { type: "", help: help[2] ?? "", samples: {} };
    } else if (type) {
      const metric = metrics[current];
      if (type[1] !== current || !metric) throw new Error(`The type of another metric: ${line}`);
      metric.type = type[2] ?? "";
    } else if (sample) {
      const [, name = "", labels = "", value] = sample;
      const metric = metrics[current];
      if (!metric?.type || name.replace(/_(?:bucket|sum|count)$/, "") !== current)
        throw new Error(`A stray sample: ${line}`);
      const series = name.slice(current.length) + labels;
      if (series in metric.samples) throw new Error(`Twice the same sample: ${line}`);
      metric.samples[series] = Number(value);
    } else throw new Error(`No line of the format: ${line}`);
  }
  return metrics;
}

describe("a scrape", () => {
  test("of a new process holds every metric, so that an alert may name it", async () => {
    const scraped = await open().scraped();
    expect(Object.entries(scraped).map(([name, { type, samples }]) => [name, type, samples])).toEqual([
      ["nashra_feed_requests_total", "counter", {}],
      ["nashra_feed_readers", "gauge", {}],
      ["nashra_websub_deliveries_total", "counter", {}],
      ["nashra_websub_verifications_total", "counter", {}],
      ["nashra_websub_subscriptions", "gauge", { "": 3 }],
      ["nashra_feed_cache_bytes", "gauge", { "": 64_000 }],
      ["nashra_feed_renderings_total", "counter", { "": 7 }],
    ]);
  });

  test("counts requests by feed, format and what was answered", async () => {
    const { metrics, scraped } = open();
    for (let i = 0; i < 3; i++) metrics.countRequest("section/3", "rss", 200);
    metrics.countRequest("section/3", "rss", 304);
    metrics.countRequest("section/3", "json", 200);
    metrics.countRequest("opml", "none", 200);
    for (const status of [301, 307, 404, 410, 414, 400]) metrics.countRequest("unknown", "none", status);
    metrics.countDelivery("accepted");
    metrics.countDelivery("accepted");
    metrics.countVerification("refused");
    const expected = {
      '{feed="section/3",format="rss",result="200"}': 3,
      '{feed="section/3",format="rss",result="304"}': 1,
      '{feed="section/3",format="json",result="200"}': 1,
      '{feed="opml",format="none",result="200"}': 1,
      '{feed="unknown",format="none",result="redirect"}': 2,
      '{feed="unknown",format="none",result="404"}': 1,
      '{feed="unknown",format="none",result="410"}': 1,
      '{feed="unknown",format="none",result="414"}': 1,
      '{feed="unknown",format="none",result="400"}': 1,
    };
    for (const _ of ["once", "and the same again"]) {
      const text = await scraped();
      expect(text["nashra_feed_requests_total"]?.samples).toEqual(expected);
      expect(text["nashra_websub_deliveries_total"]?.samples).toEqual({ '{result="accepted"}': 2 });
      expect(text["nashra_websub_verifications_total"]?.samples).toEqual({ '{result="refused"}': 1 });
    }
  });

  test("has at most so many series, whatever feeds there are", async () => {
    const { metrics, scraped } = open();
    for (let id = 0; id < 700; id++) metrics.countRequest(`section/${id}`, "rss", 200);
    const samples = (await scraped())["nashra_feed_requests_total"]?.samples ?? {};
    expect(Object.keys(samples)).toHaveLength(501);
    expect(samples['{feed="other",format="rss",result="200"}']).toBe(200);
  });

  test("tells the readers of yesterday, of feeds that are few; read at most once a minute", async () => {
    const { readers, scraped, wait, now, ran } = open();
    const poll = {
      feed: "all",
      format: "rss",
      unchanged: false,
      address: "192.0.2.1",
      userAgent: "x",
    } as const;
    for (const feed of ["all", "section/3", "digest/1", "mix", "tag/وسم", "author/a"] as const)
      readers.note({ ...poll, feed }, now().epochMilliseconds);
    readers.note({ ...poll, userAgent: "Feedly/1.0 (12 subscribers)" }, now().epochMilliseconds);
    await readers.flush();
    const today = { '{feed="all"}': 13, '{feed="digest/1"}': 1, '{feed="mix"}': 1, '{feed="section/3"}': 1 };
    expect((await scraped())["nashra_feed_readers"]?.samples).toEqual(today);
    wait({ hours: 24 });
    readers.note({ ...poll, userAgent: "new" }, now().epochMilliseconds);
    await readers.flush();
    expect((await scraped())["nashra_feed_readers"]?.samples).toEqual(today);
    const asked = () => ran.filter(({ sql }) => sql.includes("feed_days d")).length;
    const before = asked();
    wait({ seconds: 30 });
    await scraped();
    expect(asked()).toBe(before);
    wait({ hours: 24 });
    expect((await scraped())["nashra_feed_readers"]?.samples).toEqual({ '{feed="all"}': 1 });
  });

  test("leaves out what the database does not tell", async () => {
    const broken = async () => {
      throw new Error("no database");
    };
    const { metrics, db } = open({ subscriptions: broken });
    await db.destroy();
    const text = parse((await metrics.scrape()).text);
    expect(text["nashra_websub_subscriptions"]?.samples).toEqual({});
    expect(text["nashra_feed_readers"]?.samples).toEqual({});
    expect(text["nashra_feed_cache_bytes"]?.samples).toEqual({ "": 64_000 });
  });

  test("has what the host adds of its process", async () => {
    const scraped = await open({
      addHostMetrics: (register) => collectDefaultMetrics({ register }),
    }).scraped();
    expect(scraped["process_resident_memory_bytes"]?.samples[""]).toBeGreaterThan(1_000_000);
    expect(scraped["nashra_feed_cache_bytes"]?.type).toBe("gauge");
  });
});

describe("who may read it", () => {
  test("a viewer's token, or a higher one; the answer is not kept by anybody", async () => {
    const { get, token } = open();
    for (const role of ["viewer", "editor"] as const) {
      const answer = await get(await token(role));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  test("nobody else: 401, with a sentence that says how", async () => {
    const { get, token, now, db, batch } = open();
    const revoked = await token("viewer");
    await revokeApiToken({ db, batch }, 1, now());
    for (const [bearer, sentence] of [
      [undefined, /npx nashra token create --scope metrics:read/],
      ["wrong", /Check it/],
      [revoked, /revoked/],
    ] as const) {
      const answer = await get(bearer);
      expect(answer.status).toBe(401);
      expect(await answer.text()).toMatch(sentence);
    }
  });
});

const document = { name: "", version: "", title: "", identity: new Uint8Array() } as const;
const bytes = new Uint8Array();
const empty: Document = { ...document, gzip: bytes, br: null, hash: "", lastModified: null };

const found = (feed: FoundFeed | null, contentType = "application/rss+xml; charset=utf-8") => ({
  kind: "document" as const,
  document: empty,
  contentType,
  selfUrl: new URL("https://news.example/"),
  feed,
});
const section: FoundFeed = {
  name: { kind: "section", slug: "سياسة" },
  format: "atom",
  keys: ["section/3"],
  archive: null,
};

test.each([
  ["a section", found(section), "section/3"],
  ["everything", found({ ...section, name: { kind: "all" }, keys: ["all"] }), "all"],
  ["a digest", found({ ...section, name: { kind: "digest", slug: "x" }, keys: ["digest/1"] }), "digest/1"],
  ["a tag", found({ ...section, name: { kind: "tag", slug: "x" }, keys: ["tag/x"] }), "tag"],
  ["an author", found({ ...section, name: { kind: "author", slug: "x" }, keys: ["author/x"] }), "author"],
  ["a mix", found({ ...section, name: { kind: "mix", slugs: ["x"] }, keys: ["section/3"] }), "mix"],
  ["an archive", found({ ...section, keys: ["section/3#2"], archive: 2 }), "archive"],
  ["OPML", found(null, "text/x-opml; charset=utf-8"), "opml"],
  ["a sitemap", found(null, "application/xml; charset=utf-8"), "sitemap"],
  ["nothing", { kind: "nothing" as const }, "unknown"],
  ["a closed section", { kind: "refused" as const, status: 410 as const, why: "" }, "unknown"],
])("%s counts as such", (_, answer, label) => expect(feedLabel(answer)).toBe(label));

test("an answer is noted as a request, and as a reader if somebody got a feed by GET", () => {
  const requests: unknown[] = [];
  const polls: unknown[] = [];
  const note = noteAnswers(
    { note: (poll, at) => polls.push([poll, at]) },
    { countRequest: (...request) => requests.push(request) },
  );
  const noon = Date.parse("2026-03-01T12:00:00Z");
  const request = {
    url: "https://news.example/",
    method: "GET",
    address: "192.0.2.1",
    header: (name: string) => (name === "user-agent" ? "Reader/1" : undefined),
  };
  note(found(section), 304, request, noon);
  note(found(section), 200, { ...request, method: "HEAD" }, noon);
  note(found({ ...section, keys: ["section/3#1"], archive: 1 }), 200, request, noon);
  note(found(null, "text/x-opml"), 200, request, noon);
  note({ kind: "nothing" }, 404, request, noon);
  expect(requests).toEqual([
    ["section/3", "atom", 304],
    ["section/3", "atom", 200],
    ["archive", "atom", 200],
    ["opml", "none", 200],
    ["unknown", "none", 404],
  ]);
  const poll = {
    feed: "section/3",
    format: "atom",
    unchanged: true,
    address: "192.0.2.1",
    userAgent: "Reader/1",
  };
  expect(polls).toEqual([[poll, noon]]);
});
