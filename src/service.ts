// One function builds the whole service from a config and what the host supplies; hosts and tests both call it.
import type { Hono } from "hono";
import { type AppDeps, createApp } from "./app.tsx";
import { type FeedService, feedService } from "./feeds/index.ts";
import { createMailRenderer, type TemplateReader } from "./mail/index.ts";
import type { Mailer } from "./platform/index.ts";
import type { PublishDeps } from "./publish.ts";
import { type TickDeps, type TickReport, tick } from "./tick.ts";

/** What a host supplies. */
export type Platform = Omit<AppDeps, "feeds" | "publishing" | "ticking" | "tick"> & {
  mailer: Mailer;
  templates: TemplateReader;
  /** How many letters may be under way at once. */
  connections: number;
  /** Ends sending early, on a host whose events are bounded. */
  stop?: AbortSignal;
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
  const runTick = (seconds: number, stop?: AbortSignal) =>
    tick(ticking, now().add({ seconds }), stop ?? platform.stop);
  const app = createApp({ ...platform, feeds, publishing, ticking, tick: runTick });
  return { app, feeds, publishing, ticking, tick: runTick };
}
