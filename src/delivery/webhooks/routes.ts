// The doors for providers: POST /inbound/ses, mailgun, postmark, sendgrid, brevo. A door whose setting is absent is not there.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Config } from "../../config.ts";
import { type GuardedGet, type Log, networkOf } from "../../platform/index.ts";
import { problem } from "../../web/index.ts";
import { mostInboundBytes } from "../feedback/read.ts";
import { type TakeMailDeps, type Taken, takeReport } from "../feedback/take.ts";
import { brevo } from "./brevo.ts";
import type { ProviderEvent } from "./event.ts";
import { mailgun } from "./mailgun.ts";
import { postmark } from "./postmark.ts";
import type { Provider } from "./provider.ts";
import { sendgrid } from "./sendgrid.ts";
import { ses } from "./ses.ts";
import { noteEvents, provenCertificates, seenEvents, takeToken } from "./store.ts";

type Settings = Pick<Config, "sesTopics" | "mailgunKey" | "postmarkLogin" | "sendgridKey" | "brevoLogin">;

export type WebhookDeps = Pick<TakeMailDeps, "database" | "keys" | "now"> & {
  config: Settings;
  log: Log;
  /** Gets Amazon's certificates. */
  get: GuardedGet;
  addressOf: (c: Context) => string;
};

/** So many events of one request are booked, some five queries each; the rest when the provider sends it again. */
const mostAtOnce = 100;

/** Requests that were not the provider's, from one address in a minute, before it is not listened to; and how many addresses. */
const mostForged = 30;
const mostAddresses = 10_000;

export function webhookRoutes(deps: WebhookDeps) {
  const bounded = bodyLimit({
    maxSize: mostInboundBytes,
    onError: (c) => problem(c, { status: 413, title: "Too large" }),
  });
  const forged = forgedCount(deps);
  const app = new Hono();
  for (const provider of providersOf(deps))
    app.post(`/inbound/${provider.name}`, bounded, async (c) => {
      c.header("Cache-Control", "no-store");
      const address = deps.addressOf(c);
      if (forged.tooMany(address)) {
        c.header("Retry-After", "60");
        return problem(c, { status: 429, title: "Too many requests" });
      }
      return answer(c, deps, provider, () => forged.count(address));
    });
  return app;
}

function providersOf({ config, get, database: { db } }: WebhookDeps): Provider[] {
  const { sesTopics, mailgunKey, postmarkLogin, sendgridKey, brevoLogin } = config;
  return [
    ...(sesTopics ? [ses(sesTopics, get, provenCertificates(db))] : []),
    ...(mailgunKey ? [mailgun(mailgunKey)] : []),
    ...(postmarkLogin ? [postmark(postmarkLogin)] : []),
    ...(sendgridKey ? [sendgrid(sendgridKey)] : []),
    ...(brevoLogin ? [brevo(brevoLogin)] : []),
  ];
}

async function answer(c: Context, deps: WebhookDeps, provider: Provider, isForged: () => void) {
  const { database, now, log } = deps;
  const body = new Uint8Array(await c.req.arrayBuffer());
  const understood = await provider.understand({
    header: (name) => c.req.header(name),
    body,
    now: now(),
    from: networkOf(deps.addressOf(c)),
  });
  const told = (status: 400 | 401 | 503, title: string, detail: string) => {
    log.warn({ provider: provider.name, status, why: detail }, "webhook not taken");
    return problem(c, { status, title, detail });
  };
  switch (understood.kind) {
    case "refused":
      isForged();
      return told(401, "Not the provider's", understood.why); // Postmark takes 403, Mailgun 406, as never to try again
    case "unreadable":
      return told(400, "Unreadable", understood.why);
    case "later":
      c.header("Retry-After", "60");
      return told(503, "Not now", understood.why);
    case "done":
      log.info({ provider: provider.name, what: understood.what }, "webhook");
      return c.json({ events: 0, did: understood.what });
    case "events":
      break;
  }
  const { events, token } = understood;
  if (token !== undefined && !(await takeToken(database.db, `${provider.name}:${token}`, body, now()))) {
    isForged();
    return told(401, "Not the provider's", "Its token came with something else before.");
  }
  const { taken, left } = await takeEvents(deps, events);
  log.info({ provider: provider.name, taken, left }, "webhook");
  const did = Object.fromEntries(
    [...new Set(taken)].map((what) => [what, taken.filter((it) => it === what).length]),
  );
  if (left === 0) return c.json({ events: events.length, did });
  c.header("Retry-After", "60");
  return told(503, "Not all of them now", `${left} events are left. Send them again.`);
}

/** Books what is new. What fails is left, and whatever comes behind it. */
async function takeEvents(deps: WebhookDeps, events: readonly ProviderEvent[]) {
  const { database, now, log } = deps;
  if (events.length === 0) return { taken: [], left: 0 };
  const ids = events.map(({ id }) => id);
  const seen = await seenEvents(database.db, ids);
  const fresh = events.filter(({ id }, n) => !seen.has(id) && ids.indexOf(id) === n);
  const done: string[] = [];
  const taken: Taken["did"][] = [];
  for (const { id, report } of fresh.slice(0, mostAtOnce)) {
    try {
      taken.push((await takeReport(deps, report)).did);
      done.push(id);
    } catch (error) {
      log.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        "event not booked",
      );
      break;
    }
  }
  await noteEvents(database.db, done, now());
  return { taken, left: fresh.length - done.length };
}

function forgedCount({ now }: Pick<WebhookDeps, "now">) {
  const counts = new Map<string, number>();
  let minute = 0;
  const current = () => {
    const it = Math.floor(now().epochMilliseconds / 60_000);
    if (it !== minute || counts.size >= mostAddresses) counts.clear();
    minute = it;
    return counts;
  };
  return {
    tooMany: (address: string) => (current().get(address) ?? 0) >= mostForged,
    count: (address: string) => void current().set(address, (counts.get(address) ?? 0) + 1),
  };
}
