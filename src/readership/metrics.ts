// What a monitoring system reads of feeds: GET /metrics in the Prometheus text format.
import { Hono } from "hono";
import type { Kysely } from "kysely";
import { Counter, Gauge, Registry } from "prom-client";
import { requireToken, type TokenDeps } from "../accounts/index.ts";
import type { FeedKey, Found } from "../feeds/index.ts";
import { type FeedFormat, mediaTypes } from "../feeds/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import { dayToShow, type FeedReaders, type ReaderTables, readersOf } from "./store.ts";

type Deps = {
  db: Kysely<ReaderTables>;
  now: Clock;
  log: Log;
  /** How many bytes finished documents take in memory. */
  cacheBytes: () => number;
  /** How many documents this process has rendered. */
  renderings: () => number;
  /** How many subscriptions the hub has in force. */
  subscriptions: () => Promise<number>;
  /** Figures of the mail and of the house. Asked once for each scrape. */
  house?: () => Promise<HouseFigures>;
  /** What the host adds of its process: prom-client's default metrics on Node, nothing on Workers. */
  addHostMetrics?: ((registry: Registry) => void) | undefined;
};

/** What is told of the mail and the house, and in which words. */
const houseGauges = {
  nashra_issues_under_way: "Issues that something is still to be done for.",
  nashra_issues_paused: "Of these, those that are paused until a person says so.",
  nashra_mail_oldest_waiting_seconds:
    "How long ago the oldest issue that is being sent, and is not paused, was due; 0: none.",
  nashra_mail_held: "1 while the database is a restored copy that nobody let send.",
  nashra_notices_waiting:
    "Mails that are no issue, such as confirmations, still to be sent; 1000 stands for more.",
  nashra_notices_oldest_due_seconds:
    "How long ago the mail that waits longest, of those that are no issue, was to leave; 0: none waits.",
  nashra_delivery_workers: "Runs of workers that hold letters, or are about to; 0 where nothing is sent.",
  nashra_delivery_beats:
    "How often these have given a sign of life, every five seconds each: it stands still where all have fallen silent.",
  nashra_webhooks_waiting: "Webhook calls still to be made; 10000 stands for more.",
  nashra_webhooks_failing: "Webhook endpoints whose last call failed.",
  nashra_backup_age_seconds: "How long ago the last backup was made; absent if there is none.",
} as const;
type HouseGauge = keyof typeof houseGauges;

export type HouseFigures = {
  /** By the name of their gauge; null leaves one out. */
  gauges: Readonly<Partial<Record<HouseGauge, number | null>>>;
  /** How letters went since the store counts them; `transport` is empty where it is not known. */
  letters: readonly { transport: string; result: string; letters: number }[];
  /** How often each source that is not paused failed since it last went well. */
  sources: readonly { source: string; failures: number }[];
};

/** A feed as metrics name it: few enough that each may be a series of its own. */
export type FeedLabel =
  | Extract<FeedKey, "all" | `section/${number}` | `digest/${number}`>
  | "tag"
  | "author"
  | "mix"
  | "archive"
  | "opml"
  | "sitemap"
  | "unknown";

export type Metrics = {
  /** Counts an answered request, whatever the answer. */
  countRequest(feed: FeedLabel, format: FeedFormat | "none", status: number): void;
  /** Counts a post to a WebSub subscriber, and a verification of one, by how it went: a few fixed words. */
  countDelivery(result: string): void;
  countVerification(result: string): void;
  /** All of them, as Prometheus reads them. */
  scrape(): Promise<{ contentType: string; text: string }>;
};

/** As what an answer counts; what is no document is "unknown", whichever feed it was asked of. */
export function feedLabel(found: Found): FeedLabel {
  if (found.kind !== "document") return "unknown";
  const { feed, contentType } = found;
  if (feed === null) return contentType.startsWith(mediaTypes.opml) ? "opml" : "sitemap";
  if (feed.archive !== null) return "archive";
  const { name, keys } = feed;
  if (name.kind === "tag" || name.kind === "author" || name.kind === "mix") return name.kind;
  const [key = "house"] = keys;
  return isOwnLabel(key) ? key : "unknown";
}

const isOwnLabel = (key: FeedKey): key is Extract<FeedKey, FeedLabel> =>
  key === "all" || key.startsWith("section/") || key.startsWith("digest/");

/** More sections and digests than any paper has; feeds beyond share the label "other". */
const mostLabels = 500;

/** Reading estimates costs some milliseconds: more often than once a minute they tell nothing new. */
const readersFreshMilliseconds = 60_000;

/** One for a process: its counters begin at 0 with it, as Prometheus expects, and on Workers with each isolate. */
export function createMetrics(deps: Deps): Metrics {
  const { db, now, log } = deps;
  // Counted in plain maps (0.05 µs) and handed to prom-client when it is asked: its own `inc` takes ten times as long.
  const requests = new Map<string, Map<number, number>>();
  const deliveries = new Map<string, number>();
  const verifications = new Map<string, number>();
  const registry = new Registry();
  const registers = [registry];
  let readAt = Number.NEGATIVE_INFINITY;
  let readers: FeedReaders[] = [];

  new Counter({
    name: "nashra_feed_requests_total",
    help: "Requests for feeds, archives, OPML and sitemaps, by what was answered.",
    labelNames: ["feed", "format", "result"],
    registers,
    collect() {
      this.reset();
      for (const [feed, counts] of requests)
        for (const [code, count] of counts) this.inc({ feed, ...answered(code) }, count);
    },
  });
  new Gauge({
    name: "nashra_feed_readers",
    help: "Estimated readers of a feed: polling programs, and subscribers as aggregators claim them; yesterday, or today so far.",
    labelNames: ["feed"],
    registers,
    async collect() {
      const known = await readReaders();
      this.reset();
      for (const it of known) this.set({ feed: it.feed }, it.readers);
    },
  });
  byResult("nashra_websub_deliveries_total", "Posts to WebSub subscribers, by how they went.", deliveries);
  byResult(
    "nashra_websub_verifications_total",
    "Verifications of WebSub subscribers' intent.",
    verifications,
  );
  new Gauge({
    name: "nashra_websub_subscriptions",
    help: "WebSub subscriptions in force.",
    registers,
    async collect() {
      const count = await orNull(deps.subscriptions());
      if (count === null) this.remove();
      else this.set(count);
    },
  });
  new Gauge({
    name: "nashra_feed_cache_bytes",
    help: "What finished feeds take in this process's memory.",
    registers,
    collect() {
      this.set(deps.cacheBytes());
    },
  });
  new Counter({
    name: "nashra_feed_renderings_total",
    help: "Feed documents that this process rendered.",
    registers,
    collect() {
      this.reset();
      this.inc(deps.renderings());
    },
  });
  if (deps.house) registerHouse(deps.house);
  deps.addHostMetrics?.(registry);

  function registerHouse(read: NonNullable<Deps["house"]>): void {
    let reading: Promise<HouseFigures | null> | null = null;
    // All metrics are collected in one go: the first asks, for all of them.
    const figures = () => {
      reading ??= orNull(read()).finally(() => {
        setTimeout(() => {
          reading = null;
        }, 0);
      });
      return reading;
    };
    for (const [name, help] of Object.entries(houseGauges))
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.remove();
          const gauges = new Map(Object.entries((await figures())?.gauges ?? {}));
          const value = gauges.get(name) ?? null;
          if (value !== null) this.set(value);
        },
      });
    new Counter({
      name: "nashra_letters_total",
      help: "Letters, those of issues and others, by how their tries went (accepted, deferred, rejected, in_doubt), by transport; and, of no known transport, expired, bounced and complained of. Kept over restarts.",
      labelNames: ["result", "transport"],
      registers,
      async collect() {
        const counts = (await figures())?.letters ?? [];
        this.reset();
        for (const { result, transport, letters } of counts) this.inc({ result, transport }, letters);
      },
    });
    new Gauge({
      name: "nashra_source_failures",
      help: "How often a source that is not paused failed since it last went well.",
      labelNames: ["source"],
      registers,
      async collect() {
        const sources = (await figures())?.sources ?? [];
        this.reset();
        for (const { source, failures } of sources.slice(0, mostLabels)) this.set({ source }, failures);
      },
    });
  }

  function byResult(name: string, help: string, counts: ReadonlyMap<string, number>): void {
    new Counter({
      name,
      help,
      labelNames: ["result"],
      registers,
      collect() {
        this.reset();
        for (const [result, count] of counts) this.inc({ result }, count);
      },
    });
  }

  /** What the database cannot tell is left out; the rest matters all the more then. */
  async function orNull<T>(reading: Promise<T>): Promise<T | null> {
    try {
      return await reading;
    } catch (error) {
      log.warn({ error: String(error) }, "A metric could not be read.");
      return null;
    }
  }

  async function readReaders(): Promise<readonly FeedReaders[]> {
    const at = now();
    const age = at.epochMilliseconds - readAt;
    if (age >= 0 && age < readersFreshMilliseconds) return readers;
    const read = async () => {
      const day = await dayToShow(db, at);
      const all = await readersOf(db, day, { before: "author/", limit: 1 });
      // In the order of the keys: digest/…, mix, section/…
      const others = await readersOf(db, day, { after: "digest/", before: "tag/", limit: mostLabels });
      return [...all, ...others];
    };
    readers = (await orNull(read())) ?? [];
    readAt = at.epochMilliseconds;
    return readers;
  }

  return {
    countRequest(feed, format, status) {
      let counts = requests.get(feed);
      if (counts === undefined) {
        const label = requests.size < mostLabels ? feed : "other";
        counts = requests.get(label) ?? new Map();
        requests.set(label, counts);
      }
      const code = formats.indexOf(format) * 1000 + status;
      counts.set(code, (counts.get(code) ?? 0) + 1);
    },
    countDelivery: (result) => void deliveries.set(result, (deliveries.get(result) ?? 0) + 1),
    countVerification: (result) => void verifications.set(result, (verifications.get(result) ?? 0) + 1),
    scrape: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

const formats = ["none", "rss", "atom", "json"] as const;

/** A format and a status back from their code. */
function answered(code: number): { format: string; result: string } {
  const status = code % 1000;
  const result = status >= 300 && status < 400 && status !== 304 ? "redirect" : String(status);
  return { format: formats[Math.floor(code / 1000)] ?? "none", result };
}

/**
 * `GET /metrics`, for a bearer token with `metrics:read`: Prometheus sends one (`authorization` in its scrape
 * configuration), and how many read a paper is the paper's own affair.
 */
export const metricsRoutes = (metrics: Metrics, accounts: TokenDeps) =>
  new Hono().get("/metrics", requireToken(accounts, "metrics:read"), async (c) => {
    const { contentType, text } = await metrics.scrape();
    return c.body(text, 200, { "Content-Type": contentType, "Cache-Control": "no-store" });
  });
