// WebSub (W3C Recommendation of 23 January 2018): what one may ask of the hub, how a push is signed, what an answer means.
// Pure.
import { z } from "zod";
import type { SignatureMethod, WebSubHub } from "../config.ts";
import type { CallResult } from "../platform/index.ts";

/** What a subscriber asks for, checked. The topic is as it was written; which feed it means is for the feeds to say. */
export type Ask = {
  mode: "subscribe" | "unsubscribe";
  topic: string;
  callback: URL;
  /** Bounded; what an unsubscription asks for means nothing. */
  leaseSeconds: number;
  secret: string | null;
};

/** In seconds. Ten days are what the standard calls a good default (§8); nobody is pushed to for ever (§5.3.1). */
const leases = { least: 300, usual: 10 * 86_400, most: 30 * 86_400 } as const;

const longestUrl = { topic: 4000, callback: 2000 } as const;

/** The standard's bound (§5.1). */
const secretBytes = 200;

/** Where the hub of this site listens. */
export const hubPath = "/websub";

/** The hubs that feeds name: none where WebSub is off. */
export function hubUrls(hub: WebSubHub, site: URL): readonly string[] {
  if (hub.kind === "off") return [];
  return [hub.kind === "own" ? new URL(hubPath, site).href : hub.url.href];
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

const askSchema = (site: URL) =>
  z.object({
    "hub.mode": z.enum(["subscribe", "unsubscribe"], {
      error:
        "hub.mode is neither subscribe nor unsubscribe. This hub needs no publish: it knows when its feeds change.",
    }),
    "hub.topic": z
      .string({ error: "hub.topic is missing: the address of the feed, as its rel=self link has it." })
      .max(longestUrl.topic, `hub.topic is longer than ${longestUrl.topic} characters.`)
      .refine(
        (topic) => URL.parse(topic)?.origin === site.origin,
        `hub.topic is no address below ${site.origin}. This hub has the feeds of this site alone; /feeds.opml lists them.`,
      ),
    "hub.callback": z
      .string({ error: "hub.callback is missing: the address that the feed is to be pushed to." })
      .max(longestUrl.callback, `hub.callback is longer than ${longestUrl.callback} characters.`)
      .transform((text, context) => {
        const callback = URL.parse(text);
        const wrong = callback ? wrongWith(callback, text, site) : "is no absolute URL";
        if (callback && wrong === null) return callback;
        context.addIssue({ code: "custom", message: `hub.callback ${wrong}.` });
        return z.NEVER;
      }),
    "hub.lease_seconds": z
      .string()
      .regex(/^0*[1-9]\d{0,15}$/, "hub.lease_seconds is no whole number of seconds above 0.")
      .transform((seconds) => Math.min(Math.max(Number(seconds), leases.least), leases.most))
      .default(leases.usual),
    "hub.secret": z
      .string()
      .refine(
        (secret) => bytesOf(secret).length < secretBytes,
        `hub.secret takes fewer than ${secretBytes} bytes (WebSub §5.1).`,
      )
      .optional(),
  });

function wrongWith(callback: URL, text: string, site: URL): string | null {
  if (callback.protocol !== "http:" && callback.protocol !== "https:") return "is neither http nor https";
  if (callback.username !== "" || callback.password !== "") return "holds a user or password";
  if (text.includes("#")) return "has a fragment, which no request carries";
  if (callback.origin === site.origin) return "lies on this site, which need not tell itself";
  return callback.href.length > longestUrl.callback ? "is too long once it is percent-encoded" : null;
}

/**
 * Reads the form of a subscription request (§5.1). What is empty counts as absent; what the standard does not name is
 * ignored, as it says, so that what PubSubHubbub's subscribers still send does no harm.
 *
 * @returns the request, or one sentence on what is wrong with it
 */
export function readAsk(form: string, site: URL): { ok: true; ask: Ask } | { ok: false; why: string } {
  const schema = askSchema(site);
  const fields: Record<string, string> = {};
  const given = new URLSearchParams(form);
  if (given.get("hub.mode") === "unsubscribe") given.delete("hub.lease_seconds"); // "MUST be ignored" (§5.1)
  for (const [name, value] of given) {
    if (!Object.hasOwn(schema.shape, name) || value === "") continue;
    if (Object.hasOwn(fields, name)) return { ok: false, why: `${name} stands there twice.` };
    fields[name] = value;
  }
  const read = schema.safeParse(fields);
  if (!read.success)
    return { ok: false, why: read.error.issues[0]?.message ?? "The request is not understood." };
  return {
    ok: true,
    ask: {
      mode: read.data["hub.mode"],
      topic: read.data["hub.topic"],
      callback: read.data["hub.callback"],
      leaseSeconds: read.data["hub.lease_seconds"],
      secret: read.data["hub.secret"] ?? null,
    },
  };
}

/** The callback with parameters of ours after its own, which stay as they are (§5.1.1). */
export function callbackWith(callback: URL, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(callback);
  url.search += `${url.search === "" ? "" : "&"}${new URLSearchParams(parameters)}`;
  return url;
}

const hashes = { sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;

/** The value of `X-Hub-Signature`: an HMAC of the body under the subscriber's secret, in hex (§7.1). */
export async function signature(
  method: SignatureMethod,
  secret: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const algorithm = { name: "HMAC", hash: hashes[method] };
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), algorithm, false, ["sign"]);
  return `${method}=${new Uint8Array(await crypto.subtle.sign("HMAC", key, body)).toHex()}`;
}

/** The method that the operator chose for a callback's host, with its port or without. */
export const methodFor = (chosen: ReadonlyMap<string, SignatureMethod>, callback: URL): SignatureMethod =>
  chosen.get(callback.host) ?? chosen.get(callback.hostname) ?? "sha256";

/** What to do after a call: `dropped` ends the matter for good. */
export type Outcome =
  | { kind: "done" }
  | { kind: "again"; afterSeconds: number; why: string }
  | { kind: "dropped"; why: string };

const longestWait = 6 * 3600;

/**
 * After 1 minute, 2, 4 and so on, up to 6 hours; later if the other side asked for that, within the same bound.
 *
 * @param failures how often it failed in a row, this time counted
 */
export function waitSeconds(reply: CallResult, failures: number, now: Temporal.Instant): number {
  const asked = reply.kind === "answer" ? retryAfterSeconds(reply.retryAfter, now) : null;
  return Math.min(longestWait, Math.max(60 * 2 ** Math.min(failures - 1, 20), asked ?? 0));
}

/** Seconds of a Retry-After header (RFC 9110 §10.2.3), or null where it says nothing. */
export function retryAfterSeconds(header: string | null, now: Temporal.Instant): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const at = Date.parse(header); // not a date: NaN
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now.epochMilliseconds) / 1000));
}

/**
 * What a push led to (§7): only 2xx is success, and 410 is the end. Everything else is tried again until the lease ends,
 * since a subscription that fails must live as long.
 *
 * @param failures how many pushes in a row have failed, this one counted
 */
export function afterPush(reply: CallResult, failures: number, now: Temporal.Instant): Outcome {
  if (isSuccess(reply)) return { kind: "done" };
  const why = whyNot(reply);
  if (reply.kind === "inside" || (reply.kind === "answer" && reply.status === 410))
    return { kind: "dropped", why };
  return { kind: "again", afterSeconds: waitSeconds(reply, failures, now), why };
}

/** A callback that cannot be asked now is asked again a few times, a quarter of an hour in all. */
const mostQuestions = 5;

/**
 * What the question whether a callback means it led to (§5.3): `done` if it echoed the challenge, byte for byte. What is
 * nobody's word (no answer, 5xx, 429) is asked again; everything else is a no.
 *
 * @param tries how often it was asked, this time counted
 */
export function afterQuestion(
  reply: CallResult,
  challenge: string,
  tries: number,
  now: Temporal.Instant,
): Outcome {
  if (reply.kind !== "answer" || !isSuccess(reply)) return afterWord(reply, tries, now);
  const echoed = reply.body !== null && textOf(reply.body) === challenge;
  const why = `it answered ${reply.status}, but not with the challenge alone`;
  return echoed ? { kind: "done" } : { kind: "dropped", why };
}

/** What telling a callback of a denial led to (§5.2): any answer of its own will do. */
export const afterDenial = (reply: CallResult, tries: number, now: Temporal.Instant): Outcome =>
  isSuccess(reply) ? { kind: "done" } : afterWord(reply, tries, now);

function afterWord(reply: CallResult, tries: number, now: Temporal.Instant): Outcome {
  const why = whyNot(reply);
  const isWord = reply.kind === "answer" && reply.status < 500 && reply.status !== 429;
  if (isWord || reply.kind === "inside" || tries >= mostQuestions) return { kind: "dropped", why };
  return { kind: "again", afterSeconds: waitSeconds(reply, tries, now), why };
}

export const isSuccess = (reply: CallResult): boolean =>
  reply.kind === "answer" && reply.status >= 200 && reply.status < 300;

export const whyNot = (reply: CallResult): string =>
  reply.kind === "answer" ? `it answered ${reply.status}` : reply.why;

const textOf = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
