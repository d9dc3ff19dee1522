// The signed links of mails: who may confirm or leave is whoever holds one. They are stored nowhere.
import type { Keyring } from "../config.ts";
import { type Purpose, readToken, signToken } from "../platform/index.ts";
import type { SubscriberId } from "./consent.ts";
import type { Named } from "./store.ts";

/** How long a confirmation link works. */
const confirmDays = 7;

/** Where the owner of an address confirms: works for 7 days. */
export async function confirmLink(
  keys: Keyring,
  site: URL,
  subscriber: number,
  digest: number,
  now: Temporal.Instant,
): Promise<string> {
  const ends = now.add({ hours: 24 * confirmDays });
  const token = await signToken(keys, "confirm", [subscriber, digest], ends);
  return new URL(`/confirm/${token}`, site).href;
}

/** Where one leaves a digest: works as long as its key is kept, since old mails are opened years later. */
export async function unsubscribeLink(
  keys: Keyring,
  site: URL,
  subscriber: number,
  digest: number,
): Promise<string> {
  const token = await signToken(keys, "unsubscribe", [subscriber, digest], null);
  return new URL(`/unsubscribe/${token}`, site).href;
}

/** Whom and what a link names, or what is wrong with it. */
export async function readLink(
  keys: Keyring,
  purpose: Purpose,
  token: string,
  now: Temporal.Instant,
): Promise<{ ok: true; named: Named } | { ok: false; why: "broken" | "expired" }> {
  const reading = await readToken(keys, purpose, token, now);
  if (!reading.ok) return { ok: false, why: reading.why === "expired" ? "expired" : "broken" };
  const [subscriber, digest] = reading.payload;
  if (!isSubscriberId(subscriber) || digest === undefined) return { ok: false, why: "broken" };
  return { ok: true, named: { subscriber, digest } };
}

const isSubscriberId = (n: number | undefined): n is SubscriberId =>
  n !== undefined && Number.isSafeInteger(n);
