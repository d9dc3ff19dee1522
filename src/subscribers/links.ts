// The signed links of mails and pages: who may confirm, choose or leave is whoever holds one. They are stored nowhere.
import type { Keyring } from "../config.ts";
import { fromMilliseconds, readToken, signToken } from "../platform/index.ts";
import type { SubscriberId } from "./consent.ts";
import type { RequestId } from "./tables.ts";

/** What each kind of link names. */
type Links = {
  /** A request to be confirmed. */
  confirm: { subscriber: SubscriberId; request: RequestId };
  /** A digest to leave. */
  unsubscribe: { subscriber: SubscriberId; digest: number };
  /** A person's choices. */
  preferences: { subscriber: SubscriberId };
  /** A leaving to be taken back: when it was. */
  return: { subscriber: SubscriberId; leftAt: Temporal.Instant };
  /** A new address to be confirmed. */
  address: { subscriber: SubscriberId; change: number };
};

/** Stands where a token would, in mails that are looked at before they go out; it names nobody. */
export const testToken = "test";

/** What such a mail has in the place of its reader's links: pages that say so, and take no answer. */
export const testLinks = (site: URL) => ({
  worthUrl: new URL(`/worth/${testToken}`, site).href,
  unsubscribeUrl: new URL(pathOf.unsubscribe + testToken, site).href,
  preferencesUrl: new URL(pathOf.preferences + testToken, site).href,
});

/** So long a leaving can be taken back on the page that says so. */
export const returnHours = 24;

/**
 * How long a link works, in hours; null: as long as its key is kept, since old mails are opened years later. Preferences
 * show what we hold of a person, so a mail that was passed on opens them for a season only; whoever owns the address has
 * another link sent.
 */
const hoursOf: Readonly<Record<keyof Links, number | null>> = {
  confirm: 7 * 24,
  unsubscribe: null,
  preferences: 90 * 24,
  return: returnHours,
  address: 2 * 24,
};

const pathOf: Readonly<Record<keyof Links, string>> = {
  confirm: "/confirm/",
  unsubscribe: "/unsubscribe/",
  preferences: "/preferences/",
  return: "/unsubscribe/return/",
  address: "/preferences/address/",
};

/** Where a person may do what the link names. @param now from when its time runs: that of the mail it stands in */
export async function makeLink<Kind extends keyof Links>(
  keys: Keyring,
  site: URL,
  kind: Kind,
  names: Links[Kind],
  now: Temporal.Instant,
): Promise<string> {
  const hours = hoursOf[kind];
  const token = await signToken(
    keys,
    kind,
    forms[kind].write(names),
    hours === null ? null : now.add({ hours }),
  );
  return site.origin + pathOf[kind] + token;
}

/** A link that does not open its page: cut short or forged; or right, but too old, and then we still know whose it was. */
export type BadLink<Kind extends keyof Links = keyof Links> =
  | { ok: false; why: "broken" }
  | { ok: false; why: "expired"; named: Links[Kind] };

/** Whom and what a token of this kind names and, if it ever ends, when it was made; or what is wrong with it. */
export async function readLink<Kind extends keyof Links>(
  keys: Keyring,
  kind: Kind,
  token: string,
  now: Temporal.Instant,
): Promise<{ ok: true; named: Links[Kind]; madeAt: Temporal.Instant | null } | BadLink<Kind>> {
  const reading = await readToken(keys, kind, token, now);
  if (!reading.ok && reading.why !== "expired") return { ok: false, why: "broken" };
  const named = forms[kind].read(reading.payload);
  if (named === null) return { ok: false, why: "broken" };
  if (!reading.ok) return { ok: false, why: "expired", named };
  const madeAt = reading.expiresAt?.subtract({ hours: hoursOf[kind] ?? 0 }) ?? null;
  return { ok: true, named, madeAt };
}

/** Which key signed a token and for what, for the ledger of consents: `confirm/k1`. Ask of tokens that were read. */
export const tokenMark = (kind: keyof Links, token: string): string => `${kind}/${token.split(".")[1] ?? ""}`;

/** How each kind is written as numbers, and read from them. */
type Forms = {
  [Kind in keyof Links]: {
    write: (names: Links[Kind]) => readonly number[];
    read: (numbers: readonly number[]) => Links[Kind] | null;
  };
};
const forms: Forms = {
  confirm: {
    write: ({ subscriber, request }) => [subscriber, request],
    read: ([subscriber, request]) =>
      isSubscriberId(subscriber) && isRequestId(request) ? { subscriber, request } : null,
  },
  unsubscribe: {
    write: ({ subscriber, digest }) => [subscriber, digest],
    read: ([subscriber, digest]) =>
      isSubscriberId(subscriber) && digest !== undefined ? { subscriber, digest } : null,
  },
  preferences: {
    write: ({ subscriber }) => [subscriber],
    read: ([subscriber]) => (isSubscriberId(subscriber) ? { subscriber } : null),
  },
  return: {
    write: ({ subscriber, leftAt }) => [subscriber, leftAt.epochMilliseconds],
    read: ([subscriber, leftAt]) =>
      isSubscriberId(subscriber) && leftAt !== undefined
        ? { subscriber, leftAt: fromMilliseconds(leftAt) }
        : null,
  },
  address: {
    write: ({ subscriber, change }) => [subscriber, change],
    read: ([subscriber, change]) =>
      isSubscriberId(subscriber) && change !== undefined ? { subscriber, change } : null,
  },
};

const isId = (n: number | undefined): n is number => n !== undefined && Number.isSafeInteger(n) && n > 0;
const isSubscriberId = (n: number | undefined): n is SubscriberId => isId(n);
const isRequestId = (n: number | undefined): n is RequestId => isId(n);
