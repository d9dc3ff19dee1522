// A feed as a source: asked whether it changed, and read if it did. What has left it is not gone: a feed is a window.
import { mostOctets } from "../page/draft.ts";
import type { Pull, Stretch } from "../pull.ts";
import {
  cursorOf,
  type FeedCursor,
  linked,
  nextPoll,
  question,
  retryAfter,
  tellStatus,
  validators,
} from "./poll.ts";
import { readFeed } from "./read.ts";

export const pullFeed: Pull = async ({ url: given, cursor: before, get, now }) => {
  const cursor = cursorOf(before, given);
  const asked = URL.parse(cursor.moved ?? "") ?? given;
  const answer = await get({ url: asked, headers: question(cursor), bytes: mostOctets });
  if (answer.kind !== "answer") return { ok: false, why: answer.why, notBefore: null };

  const { status, headers, url } = answer;
  const moved = answer.permanentUrl.href === given.href ? null : answer.permanentUrl.href;
  if (status === 304) {
    const { etag, lastModified } = validators(headers); // it may leave out what did not change
    const kept = { etag: etag ?? cursor.etag, lastModified: lastModified ?? cursor.lastModified };
    return stretch({ ...cursor, ...kept, moved }, [], [], nextPoll(headers, cursor, now));
  }
  if (status !== 200 && status !== 203) {
    const notBefore = retryAfter(headers, now) ?? (status === 410 ? now.add({ hours: 24 }) : null);
    return { ok: false, why: `${url.href} ${tellStatus(status)}`, notBefore };
  }
  const reading = await readFeed(answer.body, headers.get("content-type"), url);
  if (!reading.ok) return { ok: false, why: reading.why, notBefore: retryAfter(headers, now) };

  const hub = linked(headers, "hub", url) ?? reading.hub;
  const topic = linked(headers, "self", url) ?? reading.self ?? url;
  const learned: FeedCursor = {
    of: given.href,
    moved,
    ...validators(headers),
    ttlMinutes: reading.ttlMinutes,
    quiet: reading.quiet,
    hub: hub?.href ?? null,
    topic: topic?.href ?? null,
  };
  return stretch(learned, reading.items, reading.skipped, nextPoll(headers, reading, now));
};

const stretch = (
  cursor: FeedCursor,
  items: Stretch["items"],
  skipped: Stretch["skipped"],
  notBefore: Temporal.Instant,
): Stretch => ({
  ok: true,
  items,
  skipped,
  gone: [],
  categories: items.flatMap(({ categories }) => categories),
  cursor,
  more: false,
  notBefore,
});
