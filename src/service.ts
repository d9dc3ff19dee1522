// One function builds the whole service from a config and what the host supplies; hosts and tests both call it.
import type { Hono } from "hono";
import type { AccountTables } from "./accounts/index.ts";
import { createApp } from "./app.tsx";
import type { ArticleTables } from "./articles/index.ts";
import type { Config, Keyring } from "./config.ts";
import type { DeliveryTables } from "./delivery/index.ts";
import type { DigestTables } from "./digests/index.ts";
import { type FeedService, type FeedTables, feedService } from "./feeds/index.ts";
import { createMailRenderer, type TemplateReader } from "./mail/index.ts";
import type { Clock, Database, Log, Mailer, Outbox } from "./platform/index.ts";
import type { PublishDeps } from "./publish.ts";
import type { SettingsTables } from "./settings/index.ts";
import type { SubscriberTables } from "./subscribers/index.ts";
import { type TickDeps, type TickReport, tick } from "./tick.ts";
import type { AssetPaths } from "./web/index.ts";

/** Every table, for the hosts, which open the database. */
export type AllTables = SettingsTables &
  AccountTables &
  ArticleTables &
  FeedTables &
  SubscriberTables &
  DigestTables &
  DeliveryTables;

/** What a host supplies. */
export type Platform = {
  config: Config;
  keys: Keyring;
  database: Database<AllTables>;
  mailer: Mailer;
  /** Null where mails go to a relay. */
  outbox: Outbox | null;
  templates: TemplateReader;
  assets: AssetPaths;
  now: Clock;
  log: Log;
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
  /** How many letters may be under way at once. */
  connections: number;
};

export type Service = {
  app: Hono;
  feeds: FeedService;
  publishing: PublishDeps;
  ticking: TickDeps;
  /** Runs everything that is due, for at most `seconds`. */
  tick: (seconds: number, stop?: AbortSignal) => Promise<TickReport>;
};

export function createService(platform: Platform): Service {
  const { config, keys, database, mailer, now, log, connections } = platform;
  const site = config.publicUrl;
  const mail = createMailRenderer(platform.templates);
  const feeds = feedService({ database, site, now, log });
  const publishing: PublishDeps = { database, site, now, feeds };
  const sender = { mailFrom: config.mailFrom, site, keys };
  const ticking: TickDeps = { ...publishing, mail, log, mailer, sender, connections };
  const runTick = (seconds: number, stop?: AbortSignal) => tick(ticking, now().add({ seconds }), stop);
  const app = createApp({ ...platform, feeds, publishing, ticking, tick: runTick });
  return { app, feeds, publishing, ticking, tick: runTick };
}
