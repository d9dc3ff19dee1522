// One function builds the whole service from a config and what the host supplies; hosts and tests both call it.
import type { Hono } from "hono";
import { type AppDeps, createApp } from "./app.tsx";
import type { DkimSecret } from "./config.ts";
import {
  type Delivery,
  deliveryByTurns,
  deliveryHere,
  type HandOn,
  type Pulse,
  type SendDeps,
  usualPulse,
  watchWorkers,
} from "./delivery/index.ts";
import { clickLinks, createClickCount, listDigests, pastIssues } from "./digests/index.ts";
import {
  type FeedAnswers,
  type FeedDeps,
  type FeedService,
  feedAnswers,
  feedService,
} from "./feeds/index.ts";
import { houseFigures } from "./house-figures.ts";
import { createMailRenderer, type DkimKey, dkimKey, domainOf, type TemplateSource } from "./mail/index.ts";
import { bareHouse, type House } from "./newsroom/index.ts";
import type { GuardedCall, Mailer } from "./platform/index.ts";
import { type PublishDeps, publisher } from "./publish.ts";
import { createMetrics, createReaderCount, type Metrics, noteAnswers } from "./readership/index.ts";
import { type SourceService, sourceReaders } from "./sources/index.ts";
import { type TickDeps, type TickReport, tick } from "./tick.ts";
import { createHub, type Hub, hubUrls, subscriptionCount } from "./websub/index.ts";

/** What a host supplies. */
export type Platform = Omit<AppDeps, Built> & {
  mailer: Mailer;
  /** The keys that sign mail now, where the config has none; nothing is signed without. */
  dkim?: () => Promise<readonly DkimKey[]>;
  templates: TemplateSource;
  /** Calls callbacks of WebSub subscribers, or a hub outside. */
  call: GuardedCall;
  /** How many letters may be under way at once. */
  connections: number;
  /** Where letters leave, if not here. */
  delivery?: Delivery;
  /** How soon another's silence is noticed. */
  pulse?: Pulse;
  /** How many WebSub pushes may be under way at once, and as many questions to callbacks. */
  lanes: number;
  /** How many WebSub calls may follow one event, such as a publish or a tick. */
  mostCalls: number;
  /** Seconds after which a click is written, where a process ends without a word; elsewhere each tick writes, and the end. */
  clicksAfterSeconds?: number;
  /** Makes the small encodings of a feed. */
  compress: FeedDeps["compress"];
  /** A SHA-256 that is quicker than WebCrypto's. */
  hash?: PublishDeps["hash"];
  /** The most that feeds may take in memory, whatever the config says. */
  mostFeedMegabytes: number;
  /** What the host adds of its process to the metrics. */
  addHostMetrics?: Parameters<typeof createMetrics>[0]["addHostMetrics"];
  /** Where others send issues, and the clock only wakes them. */
  handOn?: HandOn;
  /** What the host knows of the house it runs in; the pages of the settings say where it tells nothing. */
  house?: House;
  /** Ends sending early, on a host whose events are bounded. */
  stop?: AbortSignal;
};

type SendingPlatform = Pick<
  Platform,
  "config" | "keys" | "database" | "mailer" | "dkim" | "templates" | "now" | "log" | "connections" | "pulse"
>;

type Built =
  | "house"
  | "delivery"
  | "feeds"
  | "answers"
  | "metrics"
  | "clicks"
  | "hub"
  | "publishing"
  | "sources"
  | "ticking"
  | "tick";

export type Service = {
  app: Hono;
  feeds: FeedService;
  answers: FeedAnswers;
  publishing: PublishDeps;
  sources: SourceService;
  ticking: TickDeps;
  /** Runs everything that is due, for at most `seconds`. */
  tick: (seconds: number, stop?: AbortSignal) => Promise<TickReport>;
  /** Writes down what this process only remembers. */
  flush: () => Promise<void>;
};

export function createService(platform: Platform): Service {
  const { config, database, now, log, later } = platform;
  const { db } = database;
  const site = config.publicUrl;
  const hubs = hubUrls(config.webSubHub, site);
  const feeds = feedService({
    database,
    site,
    now,
    log,
    later,
    hubUrls: hubs,
    compress: platform.compress,
    maxBytes: Math.min(config.feedCacheMegabytes, platform.mostFeedMegabytes) * 1_000_000,
    digests: () => listDigests(db),
    pastIssues: (digestId, limit) => pastIssues(db, site, digestId, limit),
  });
  const metrics = createMetrics({
    db,
    now,
    log,
    cacheBytes: () => feeds.measures().cachedBytes,
    renderings: () => feeds.measures().renderings,
    subscriptions: () => subscriptionCount(db),
    house: () => houseFigures(db, now()),
    addHostMetrics: platform.addHostMetrics,
  });
  const readers = createReaderCount({ database, log, later });
  const clicks = createClickCount({
    database,
    log,
    later,
    writeAfterSeconds: platform.clicksAfterSeconds ?? null,
  });
  const answers = feedAnswers(feeds, hubs, now, noteAnswers(readers, metrics));
  const hub = createHub({
    database,
    site,
    hub: config.webSubHub,
    signatures: config.webSubSignatures,
    feeds,
    call: platform.call,
    now,
    log,
    later,
    lanes: platform.lanes,
    mostCalls: platform.mostCalls,
    count: countedBy(metrics),
  });
  const announce = announcer(platform, hub);
  const publishing: PublishDeps = {
    database,
    site,
    now,
    hash: platform.hash,
    changed() {
      feeds.forget();
      announce();
    },
  };
  const sources: SourceService = {
    database,
    get: platform.get,
    call: platform.call,
    site,
    now,
    log,
    publisher: publisher(publishing),
    ...sourceReaders,
  };
  const sending = createSending(platform);
  const delivery =
    platform.delivery ??
    (platform.handOn ? deliveryByTurns(sending, platform.handOn) : deliveryHere(sending));
  const outgoing = { call: platform.call, lanes: platform.lanes, mostCalls: platform.mostCalls };
  const ticking: TickDeps = {
    ...publishing,
    ...sending,
    ...outgoing,
    hub,
    readers,
    clicks,
    sources,
    delivery,
    ledgerDays: platform.config.ledgerDays,
  };
  const runTick = (seconds: number, stop?: AbortSignal) =>
    tick(ticking, now().add({ seconds }), stop ?? platform.stop);
  const app = createApp({
    ...platform,
    house: platform.house ?? bareHouse,
    feeds,
    answers,
    metrics,
    clicks,
    hub,
    publishing,
    sources,
    ticking,
    delivery,
    tick: runTick,
  });
  const flush = async () => {
    await readers.flush();
    await clicks.flush(now(), true);
  };
  return { app, feeds, answers, publishing, sources, ticking, tick: runTick, flush };
}

/** What letters are composed and sent with. */
export function createSending({
  config,
  keys,
  database,
  mailer,
  templates,
  now,
  log,
  connections,
  pulse = usualPulse,
  ...platform
}: SendingPlatform): SendDeps {
  const dkim = config.dkim
    ? givenKeys(config.dkim, domainOf(config.mailFrom))
    : (platform.dkim ?? (async () => []));
  const { mailFrom, mailLeave, mailBounce, publicUrl: site } = config;
  const marks = [
    ...(config.postmarkLogin ? (["postmark"] as const) : []),
    ...(config.brevoLogin ? (["brevo"] as const) : []),
  ];
  const sender = { mailFrom, mailLeave, mailBounce, marks, site, keys };
  const mail = createMailRenderer(templates);
  return {
    database,
    site,
    now,
    log,
    mail,
    mailer,
    sender,
    dkim,
    connections,
    pulse,
    watch: watchWorkers(pulse),
    lines: config.pauseAt,
    clickLinks: clickLinks(keys, site),
  };
}

/** The keys of the config, read once. */
function givenKeys(secrets: readonly DkimSecret[], domain: string): () => Promise<readonly DkimKey[]> {
  let keys: readonly DkimKey[] | null = null;
  return async () => {
    keys ??= await Promise.all(
      secrets.map(({ selector, domain: own, pkcs8 }) => dkimKey({ selector, domain: own ?? domain }, pkcs8)),
    );
    return keys;
  };
}

/** How long pushes that a publish set off may go on after it; the clock takes up the rest. */
const announceSeconds = 20;

/** Publishes that follow each other this closely are told together; timers may fire a little early. */
const gatherMilliseconds = 50;
const timerSlackMilliseconds = 5;

/** Tells WebSub subscribers after a publish, once for many that come in a row. */
function announcer({ later, now, stop }: Pick<Platform, "later" | "now" | "stop">, hub: Hub): () => void {
  let gathersUntil = Number.NEGATIVE_INFINITY;
  return () => {
    // By the time and not by a flag: on Workers a request may end, and what it was gathering for with it.
    if (performance.now() < gathersUntil) return;
    gathersUntil = performance.now() + gatherMilliseconds - timerSlackMilliseconds;
    later(async () => {
      await new Promise((resolve) => setTimeout(resolve, gatherMilliseconds));
      await hub.run(now().add({ seconds: announceSeconds }), stop);
    });
  };
}

const countedBy =
  ({ countDelivery, countVerification }: Metrics) =>
  (what: "push" | "verification" | "denial" | "ping", result: string) =>
    what === "push" || what === "ping" ? countDelivery(result) : countVerification(result);
