// WebSub as a subscriber: a feed's hub tells at once that it changed. A push is believed to say that there is something to
// ask for, and nothing more: its body may be a part of the feed, so the feed itself is asked.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { SignatureMethod } from "../../config.ts";
import {
  type Call,
  type Clock,
  type GuardedCall,
  isHmac,
  randomToken,
  sameText,
  withoutKeys,
} from "../../platform/index.ts";
import { mostOctets } from "../page/draft.ts";

const subscription = {
  hub: z.string(),
  topic: z.string(),
  /** In the callback's address, so that nobody but the hub knows it. */
  token: z.string(),
  /** With which the hub signs what it pushes. */
  secret: z.string(),
};
const milliseconds = z.int(); // since 1970, UTC

/** What is kept of a source's subscription, as JSON. */
export const webSubState = z.discriminatedUnion("state", [
  z.object({ ...subscription, state: z.literal("asked"), askedAt: milliseconds, tries: z.int() }),
  z.object({
    ...subscription,
    state: z.literal("active"),
    until: milliseconds,
    leaseSeconds: z.int(),
    /** When its renewal was last asked for. */
    askedAt: milliseconds,
  }),
  z.object({ ...subscription, state: z.literal("refused"), at: milliseconds, why: z.string() }),
]);
export type WebSubState = z.infer<typeof webSubState>;

/** In seconds: what is asked for, what is taken at least and at most, and what a hub means that does not say. */
const leases = { asked: 10 * 86_400, least: 300, most: 30 * 86_400, unsaid: 86_400 } as const;

const hour = 3_600_000;
const day = 24 * hour;

/**
 * What to ask the hub for now: the state to keep before it is asked, since it may answer by a question of its own while we
 * still wait. Null where there is nothing to ask: all is well, it was asked just now, or the feed offers no hub.
 *
 * @param offered what the feed said at its last poll
 */
export function toAsk(
  state: WebSubState | null,
  offered: { hub: URL; topic: URL } | null,
  now: Temporal.Instant,
): WebSubState | null {
  if (offered === null) return null; // what is subscribed to runs out by itself
  const [hub, topic, at] = [offered.hub.href, offered.topic.href, now.epochMilliseconds];
  const fresh = {
    state: "asked",
    hub,
    topic,
    token: randomToken(),
    secret: randomToken(),
    askedAt: at,
    tries: 1,
  } as const;
  if (state === null || state.hub !== hub || state.topic !== topic) return fresh;
  switch (state.state) {
    case "refused":
      return at >= state.at + day ? fresh : null;
    case "asked": {
      const wait = Math.min(day, hour * 2 ** Math.min(state.tries - 1, 10));
      return at >= state.askedAt + wait ? { ...state, askedAt: at, tries: state.tries + 1 } : null;
    }
    case "active": {
      const { token, secret, until, leaseSeconds, askedAt } = state;
      if (at >= until) return { ...fresh, token, secret };
      const early = Math.min(day, leaseSeconds * 250); // the last quarter of a short lease
      return at >= until - early && at >= askedAt + Math.min(hour, early / 3)
        ? { ...state, askedAt: at }
        : null;
    }
  }
}

/** Where the hub calls. */
export const callbackUrl = (site: URL, source: number, { token }: WebSubState): URL =>
  new URL(`/inbound/websub/${source}/${token}`, site);

/** The request for a subscription (WebSub §5.1). */
export function subscribeRequest(site: URL, source: number, state: WebSubState): Call {
  const form = new URLSearchParams({
    "hub.mode": "subscribe",
    "hub.topic": state.topic,
    "hub.callback": callbackUrl(site, source, state).href,
    "hub.lease_seconds": String(leases.asked),
    "hub.secret": state.secret,
  });
  return {
    method: "POST",
    url: new URL(state.hub),
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new TextEncoder().encode(form.toString()),
    seconds: 10,
  };
}

/** `source` is the source's id. */
export type WebSubDeps = {
  now: Clock;
  stateOf: (source: number) => Promise<WebSubState | null>;
  saveState: (source: number, state: WebSubState) => Promise<unknown>;
  /** Has the source asked soon, whenever its next poll was to be; the hub is not kept waiting for it. */
  runNow: (source: number) => Promise<unknown>;
};

/** Subscribes, or renews, if it is time to. Called after a run, with what the feed offered. */
export async function keepSubscribed(
  { now, stateOf, saveState, call, site }: WebSubDeps & { call: GuardedCall; site: URL },
  source: number,
  offered: { hub: URL; topic: URL } | null,
): Promise<void> {
  const state = toAsk(await stateOf(source), offered, now());
  if (state === null) return;
  await saveState(source, state);
  const reply = await call(subscribeRequest(site, source, state));
  // No answer, or one of a hub in trouble: it is asked again later. A renewal that is refused leaves the lease as it is.
  const isRefused =
    reply.kind === "inside" ||
    (reply.kind === "answer" && reply.status >= 400 && reply.status < 500 && reply.status !== 429);
  if (!isRefused || state.state !== "asked") return;
  const said = reply.kind === "answer" ? `It answered ${reply.status}: ${wordsOf(reply.body)}` : reply.why;
  await saveState(source, refused(state, said, now()));
}

const wordsOf = (body: Uint8Array | null) => new TextDecoder().decode(body ?? new Uint8Array());

/**
 * A hub that repeats what it was asked, however it writes it, has our secret in its words: nothing is kept of them that is half
 * as long as one without a break.
 */
const withoutSecrets = (words: string) => words.replace(/[\w+/=%-]{20,}/g, "…");

const refused = (state: WebSubState, why: string, now: Temporal.Instant): WebSubState => {
  const { hub, topic, token, secret } = state;
  const words = withoutSecrets(withoutKeys(why)).replace(/\s+/g, " ").trim().slice(0, 300).toWellFormed();
  return { state: "refused", hub, topic, token, secret, at: now.epochMilliseconds, why: words };
};

/**
 * What a hub's question means (§5.3) or its denial (§5.2): what to keep, and what to answer. Null where it is about nothing
 * that we asked for; an unsubscription we never ask for.
 */
export function hubAsks(
  state: WebSubState,
  query: URLSearchParams,
  now: Temporal.Instant,
): { state: WebSubState; reply: string } | null {
  if (URL.parse(query.get("hub.topic") ?? "")?.href !== state.topic || state.state === "refused") return null;
  const mode = query.get("hub.mode");
  if (mode === "denied") {
    const reason = query.get("hub.reason") || "it gave no reason";
    return { state: refused(state, `The hub denied it: ${reason}`, now), reply: "" };
  }
  const challenge = query.get("hub.challenge") ?? "";
  if (mode !== "subscribe" || challenge === "" || challenge.length > 2000) return null;
  const said = /^\d{1,10}$/.exec(query.get("hub.lease_seconds") ?? "")?.[0];
  const leaseSeconds = Math.min(Math.max(Number(said ?? leases.unsaid), leases.least), leases.most);
  const { hub, topic, token, secret, askedAt } = state;
  const until = now.epochMilliseconds + leaseSeconds * 1000;
  return {
    state: { state: "active", hub, topic, token, secret, until, leaseSeconds, askedAt },
    reply: challenge,
  };
}

const hashes: Readonly<Record<SignatureMethod, string>> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

/** Whether `X-Hub-Signature` is the HMAC of a push under our secret (§8), in a time that does not tell how nearly. */
export async function isSigned(
  secret: string,
  header: string | null,
  body: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const [, method, hex = ""] =
    /^(sha1|sha256|sha384|sha512)=((?:[\da-f]{2}){20,64})$/i.exec(header?.trim() ?? "") ?? [];
  const hash = Object.entries(hashes).find(([name]) => name === method?.toLowerCase())?.[1];
  if (hash === undefined) return false;
  return isHmac(hash, secret, hex, body);
}

/** `/inbound/websub/:source/:token`: where hubs ask whether a subscription is meant, and push what changed. */
export function webSubCallback({ now, stateOf, saveState, runNow }: WebSubDeps) {
  const path = "/inbound/websub/:source/:token";
  const plain = (status: number, text: string) =>
    new Response(text, {
      status,
      headers: { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" },
    });
  const found = async (source: string, token: string) => {
    const id = /^[1-9]\d{0,14}$/.test(source) ? Number(source) : null;
    const state = id === null ? null : await stateOf(id);
    return id !== null && state !== null && sameText(state.token, token) ? { id, state } : null;
  };
  return new Hono()
    .get(path, async (c) => {
      const it = await found(c.req.param("source"), c.req.param("token"));
      const answer = it && hubAsks(it.state, new URL(c.req.url).searchParams, now());
      if (!it || !answer) return plain(404, "Nothing of this was asked for.\n");
      await saveState(it.id, answer.state);
      return plain(200, answer.reply);
    })
    .post(
      path,
      bodyLimit({ maxSize: mostOctets, onError: () => plain(413, "A feed has at most 5 MB.\n") }),
      async (c) => {
        const it = await found(c.req.param("source"), c.req.param("token"));
        // 410 ends the subscription at the hub (§7): of a source that is gone, or that was refused.
        if (it === null || it.state.state === "refused") return plain(410, "Nobody is subscribed here.\n");
        const body = new Uint8Array(await c.req.arrayBuffer());
        const header = c.req.header("X-Hub-Signature") ?? null;
        if (await isSigned(it.state.secret, header, body)) await runNow(it.id);
        // The same answer to what is not signed, which tells nobody whether a forgery would pass (§8).
        return plain(202, "");
      },
    );
}
