// How a feed is asked again: only for what is new, no sooner than it wants, and where it moved to. Pure rules.
import { z } from "zod";
import { restMinutes } from "../source.ts";
import { readDate } from "./dates.ts";
import { afterQuiet, quiet } from "./quiet.ts";

/** What is remembered of a feed between two polls. */
export const feedCursor = z.object({
  /** The address that the source was given when this was learned: of another address it says nothing. */
  of: z.string(),
  /** Where the feed moved for good; null: nowhere. */
  moved: z.string().nullable(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  /** How often the feed says that it changes: a 304 does not say it again. */
  ttlMinutes: z.number().nullable(),
  /** When it does not want to be asked. */
  quiet: quiet.nullable().default(null),
  /** Where it may be subscribed to instead, and under which address. */
  hub: z.string().nullable(),
  topic: z.string().nullable(),
});
export type FeedCursor = z.infer<typeof feedCursor>;

/** What was learned of this address; an empty cursor if nothing was. */
export function cursorOf(given: unknown, url: URL): FeedCursor {
  const read = feedCursor.safeParse(given);
  if (read.success && read.data.of === url.href) return read.data;
  return {
    of: url.href,
    moved: null,
    etag: null,
    lastModified: null,
    ttlMinutes: null,
    quiet: null,
    hub: null,
    topic: null,
  };
}

/** The hub that a feed offered at its last poll, and the topic to subscribe to there (WebSub §4); null if it offers none. */
export function offeredHub(cursor: unknown): { hub: URL; topic: URL } | null {
  const read = feedCursor.safeParse(cursor);
  if (!read.success) return null;
  const [hub, topic] = [URL.parse(read.data.hub ?? ""), URL.parse(read.data.topic ?? "")];
  return hub && topic && { hub, topic };
}

/** Longer ones are not sent back. */
const longestValidator = 1000;

/** What stands in an answer for the next question (RFC 9110 §8.8). */
export function validators(headers: Headers): Pick<FeedCursor, "etag" | "lastModified"> {
  const fits = (value: string | null) => (value !== null && value.length <= longestValidator ? value : null);
  return { etag: fits(headers.get("etag")), lastModified: fits(headers.get("last-modified")) };
}

/** The headers that ask for a feed only if it changed. Both are sent: a server that knows ETags ignores the other. */
export const question = ({ etag, lastModified }: FeedCursor): Record<string, string> => ({
  Accept:
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5",
  ...(etag !== null && { "If-None-Match": etag }),
  ...(lastModified !== null && { "If-Modified-Since": lastModified }),
});

const floorMinutes = 5;
const ceilingMinutes = 24 * 60;

/**
 * When a feed may be asked again after it answered: what its headers and it itself say is as long as nothing new is to be
 * expected, at least five minutes and at most a day; and in no hour that it wants to be left alone.
 */
export function nextPoll(
  headers: Headers,
  { ttlMinutes, quiet }: Pick<FeedCursor, "ttlMinutes" | "quiet">,
  now: Temporal.Instant,
): Temporal.Instant {
  const least = quiet ? restMinutes.feed : floorMinutes; // no run comes sooner, so that it is no sooner that must not be quiet
  const minutes = Math.max(least, ttlMinutes ?? 0, freshSeconds(headers, now) / 60);
  const next = now.add({ seconds: Math.ceil(Math.min(minutes, ceilingMinutes) * 60) });
  return quiet ? afterQuiet(quiet, next) : next;
}

/** For how long an answer is fresh (RFC 9111 §4.2): max-age goes before Expires; what it lay in caches is over. */
function freshSeconds(headers: Headers, now: Temporal.Instant): number {
  const control = headers.get("cache-control") ?? "";
  if (/(?:^|[\s,])no-(?:cache|store)\b/i.test(control)) return 0;
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/i.exec(control)?.[1];
  const age = /^\d{1,10}$/.exec(headers.get("age")?.trim() ?? "")?.[0];
  if (maxAge !== undefined) return Math.max(0, Number(maxAge) - Number(age ?? 0));
  const expires = readDate(headers.get("expires"));
  if (expires === null) return 0;
  const from = readDate(headers.get("date")) ?? now;
  return Math.max(0, (expires.epochMilliseconds - from.epochMilliseconds) / 1000);
}

/** When to ask again where an answer says so itself (Retry-After, RFC 9110 §10.2.3); null where it says nothing. */
export function retryAfter(headers: Headers, now: Temporal.Instant): Temporal.Instant | null {
  const said = headers.get("retry-after")?.trim() ?? "";
  const at = /^\d{1,10}$/.test(said) ? now.add({ seconds: Number(said) }) : readDate(said);
  if (at === null) return null;
  const seconds = (at.epochMilliseconds - now.epochMilliseconds) / 1000;
  return now.add({ seconds: Math.ceil(Math.min(Math.max(seconds, floorMinutes * 60), ceilingMinutes * 60)) });
}

/** What an answer that is no feed means, as the end of a sentence that begins with the address. */
export function tellStatus(status: number): string {
  if (status === 401 || status === 403)
    return `answered ${status}: it lets nobody in without permission. Ask whoever runs it to let Nashra read it.`;
  if (status === 404) return "answered 404: there is no feed any more, or never was. Check the address.";
  if (status === 410)
    return "answered 410: the feed is gone for good. Remove the source, or give it the new address.";
  if (status === 429) return "answered 429: it was asked too often. It is asked again later.";
  if (status >= 300 && status < 400)
    return `answered ${status}, a redirect that leads nowhere. Check the address.`;
  if (status >= 500) return `answered ${status}: something is wrong there. It is asked again later.`;
  return `answered ${status}, not with a feed. Check the address.`;
}

/** The first address of a relation in Link headers (RFC 8288), where WebSub looks before it looks into the feed (§4). */
export function linked(headers: Headers, rel: string, base: URL): URL | null {
  const links = (headers.get("link") ?? "").slice(0, 10_000).matchAll(/<([^<>]*)>([^<]*)/g);
  for (const [, address = "", parameters = ""] of links) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters) ?? [];
    if (!(quoted ?? bare ?? "").toLowerCase().split(/\s+/).includes(rel)) continue;
    const url = URL.parse(address, base);
    if (url && /^https?:$/.test(url.protocol)) return url;
  }
  return null;
}
