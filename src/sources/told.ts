// What comes from sources by themselves: a WordPress that tells of a post, a hub that tells of a feed. Neither is believed to
// say more than that there is something to ask for, and that is done behind the reply.
import { Hono } from "hono";
import { webSubCallback } from "./feed/websub.ts";
import type { SourceService } from "./readers.ts";
import { runSource } from "./run.ts";
import type { Source } from "./source.ts";
import { keepCall, keepHint } from "./store/hints.ts";
import { makeDue } from "./store/runs.ts";
import { keepWebSub, sourceBy, webSubOf } from "./store/sources.ts";
import { sourceWebhook } from "./wordpress/webhook.ts";

/** A run that somebody told us to make is short; what it does not reach the clock takes up. */
const toldSeconds = 30;

/** `/inbound/wordpress/…` and `/inbound/websub/…` */
export function inboundRoutes(deps: SourceService, later: (work: () => Promise<unknown>) => void) {
  const { database, now, log } = deps;
  const { db } = database;
  const runSoon = ({ id, slug, pausedAt }: Source, hintsOnly: boolean) => {
    if (pausedAt !== null) return;
    later(async () => {
      const report = await runSource(deps, id, { until: now().add({ seconds: toldSeconds }), hintsOnly });
      if (report?.error) log.warn({ source: slug, error: report.error }, "source not read");
    });
  };
  const webhook = sourceWebhook({
    now,
    async signerOf(slug) {
      const source = await sourceBy(db, { slug });
      return source?.kind === "wordpress" ? { id: source.id, secret: source.secret } : null;
    },
    firstTime: (id, delivery, until) => keepCall(database, id, delivery, until, now()),
    async hint(id, remoteId) {
      await keepHint(database, id, remoteId, now());
      const source = await sourceBy(db, { id });
      if (source) runSoon(source, true);
    },
  });
  const callback = webSubCallback({
    now,
    async stateOf(id) {
      const source = await sourceBy(db, { id });
      return source && webSubOf(db, source.id);
    },
    async saveState(id, state) {
      const source = await sourceBy(db, { id });
      if (source) await keepWebSub(db, source.id, state);
    },
    async runNow(id) {
      const source = await sourceBy(db, { id });
      if (!source) return;
      await makeDue(db, source.id, now());
      runSoon(source, false);
    },
  });
  return new Hono().route("/", webhook).route("/", callback);
}
