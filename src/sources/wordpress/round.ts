// How far a WordPress site is read: what is kept between two stretches, the list that comes next, and what on it is new.
import { z } from "zod";
import type { GuardedGet } from "../../platform/index.ts";
import { readDate } from "../feed/dates.ts";
import { askList, type Failure } from "./api.ts";
import { tooOld } from "./discover.ts";
import { noPosts, type Site } from "./posts.ts";
import { askFrom, overlap, start, step } from "./scan.ts";

const place = z.object({ offset: z.int(), lastId: z.int(), mark: z.int(), shared: z.int() });

export const cursorShape = z.object({
  /** The address that the source was given when this was learned: of another address it says nothing. */
  of: z.string(),
  root: z.string(),
  perPage: z.int().min(1).max(100),
  batch: z.int().min(1).max(100),
  showsUsers: z.boolean(),
  scan: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("history"), place }),
    z.object({ kind: z.literal("modified"), place }),
    z.object({ kind: z.literal("newest"), offset: z.int() }),
  ]),
  /** From when on changes are asked for; null in the history. */
  since: z.string().nullable(),
  /** When this round began; null before its first question. */
  startedAt: z.string().nullable(),
  /** The newest time of modification that was seen. */
  latest: z.string().nullable(),
  /** The first post of the list that the scan is at; 0 where it had none. */
  first: z.int().default(0),
  /** How many posts were listed since one of them was new or changed. */
  idle: z.int().default(0),
  /** Up to which remote id the last round looked whether articles are still there. */
  checked: z.string().default(""),
  /** Posts as they were seen last, the least recent first. */
  seen: z.array(z.tuple([z.int(), z.string()])),
});
export type Cursor = z.output<typeof cursorShape>;

/** So many posts are remembered: the newest hundred, a page, and what is modified in a few hours. */
export const mostSeen = 1000;

/** More than are remembered, some pages beside: a list that repeats so many known posts goes round in circles. */
const mostIdle = 5000;

/** No paper has so many posts; a list that is longer has no end. */
const mostListed = 3_000_000;

/**
 * WordPress compares modified_after with its local time, which is an hour off round a change of clocks, and stores some local
 * times that never were. And what was being saved when the last round asked may carry a time before it.
 */
const overlapHours = 2;

/** Where even a short list is too much: what WordPress gives where nobody asks for more. */
const smallPage = 10;

export const siteOf = ({ of, root, perPage, batch, showsUsers }: Cursor): Site => ({
  root: new URL(root),
  home: new URL(of),
  perPage,
  batch,
  showsUsers,
});

export const entry = z.object({
  id: z.int().positive(),
  date_gmt: z.string().nullable().catch(null),
  modified_gmt: z.string().nullable().catch(null),
  sticky: z.boolean().catch(false),
  featured_media: z.int().catch(0),
});
export type Entry = z.output<typeof entry>;

/** What changes with a post, as far as it can be seen without reading it: not all changes make it modified. */
export const versionOf = ({ modified_gmt, sticky, featured_media }: Entry) =>
  `${(modified_gmt ?? "").replace(/\D/g, "")} ${Number(sticky)} ${featured_media}`;

export type Listed = {
  ok: true;
  entries: Entry[];
  from: number;
  total: number | null;
  /** How many were asked for. */
  perPage: number;
  /** The most that the site gives at once. */
  most: number;
  /** The site's own clock. */
  date: Temporal.Instant | null;
};

/** What is known before the first question. */
export const firstCursor = (of: URL, root: URL): Cursor => ({
  of: of.href,
  root: root.href,
  perPage: 100,
  batch: 100,
  showsUsers: true,
  scan: { kind: "history", place: start },
  since: null,
  startedAt: null,
  latest: null,
  first: 0,
  idle: 0,
  checked: "",
  seen: [],
});

/** A page of the list that the scan is at. */
export async function list(
  get: GuardedGet,
  { root, scan, since, perPage }: Cursor,
): Promise<Listed | Failure> {
  const from = scan.kind === "newest" ? scan.offset : askFrom(scan.place);
  const url = new URL(root);
  let size = perPage;
  let most = perPage;
  for (;;) {
    const answer = await askList(get, url, "wp/v2/posts", {
      per_page: String(size),
      offset: String(from),
      ...(scan.kind === "newest" ? { orderby: "date", order: "desc" } : { orderby: "id", order: "asc" }),
      ...(scan.kind === "modified" && since !== null && { modified_after: since }),
      _fields: Object.keys(entry.shape).join(),
    });
    if (!answer.ok) {
      const refused = answer.refused.includes("per_page");
      if (answer.code === "rest_post_invalid_page_number")
        return { ok: true, entries: [], from, total: null, perPage: size, most, date: null };
      if (size <= smallPage || !(refused || answer.mayBeTooMuch)) return answer;
      size = smallPage;
      if (refused) most = size;
      continue;
    }
    const entries = answer.list.flatMap((given) => entry.safeParse(given).data ?? []);
    if (answer.list.length > 0 && entries.length === 0) return noPosts(url);
    const date = readDate(answer.headers.get("date"));
    return { ok: true, entries, from, total: answer.total, perPage: size, most, date };
  }
}

/** What is new on a page, and the next page of this scan; null where there is none. */
export function stepOf(
  { scan, since }: Cursor,
  { entries, from, perPage, total }: Listed,
): { fresh: readonly number[]; next: Cursor["scan"] | null } {
  const ids = entries.map(({ id }) => id);
  if (scan.kind !== "newest") {
    const { fresh, next } = step(scan.place, { ids, perPage, total });
    return { fresh, next: next && { ...scan, place: next } };
  }
  const oldest = readDate(entries.at(-1)?.date_gmt);
  const reaches = oldest === null || since === null || isBefore(oldest, Temporal.Instant.from(since));
  const isLast = entries.length === 0 || (total !== null && from + perPage >= total);
  // The newest come in front, and push what was seen further back; a few that are deleted pull it ahead.
  return {
    fresh: ids,
    next: reaches || isLast ? null : { kind: "newest", offset: from + perPage - overlap },
  };
}

/** After the history come changes, after those the newest, and then a new round. */
export function afterScan(before: Cursor, startedAt: string): Cursor {
  const cursor = { ...before, first: 0, idle: 0 };
  if (cursor.scan.kind === "modified") return { ...cursor, scan: { kind: "newest", offset: 0 } };
  // By the site's own times, unless one of them lies in the future, so that no clock need be right.
  const since = Temporal.Instant.from(earlier(startedAt, cursor.latest))
    .subtract({ hours: overlapHours })
    .round({ smallestUnit: "second", roundingMode: "floor" })
    .toString();
  return { ...cursor, scan: { kind: "modified", place: start }, since, startedAt: null };
}

/** Why an answer is none, though it looks like one; null if it is one. */
export function disbelieved(
  { root, scan, since, first, idle }: Cursor,
  { entries, from, total }: Listed,
): Failure | null {
  // What stands behind others is asked for by their number.
  if (from > 0 && first > 0 && entries[0]?.id === first)
    return noPosts(
      new URL(root),
      `The REST API at ${new URL(root).host} gives the beginning of its list where it is asked for what follows (offset): a cache in front of it answers without looking at the question. Let the cache leave out wp-json; until then only its first posts can be read here, and its feed can be a source instead.`,
    );
  if (idle > mostIdle || from > mostListed)
    return noPosts(
      new URL(root),
      `The REST API at ${new URL(root).host} lists posts without end${idle > mostIdle ? ", the same again and again" : ""}. Some plugin or cache there changes its answers: let it leave out wp-json; until then its feed can be a source instead.`,
    );
  if (scan.kind === "history" && from === 0 && entries.length === 0 && total !== 0)
    return noPosts(
      new URL(root),
      `The REST API at ${new URL(root).host} shows no posts, but does not say that there are none. Some plugin or cache there changes its answers.`,
    );
  if (scan.kind !== "modified" || since === null) return null;
  // Some times may be odd. That most are: nobody listened to the question.
  const long = Temporal.Instant.from(since).subtract({ hours: 48 });
  const before = entries.filter(({ modified_gmt }) => {
    const at = readDate(modified_gmt);
    return at !== null && isBefore(at, long);
  });
  return before.length > entries.length / 2 ? noPosts(new URL(root), tooOld(new URL(root))) : null;
}

const isBefore = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0;

/** The first of two times; the only one where there is one. */
export const earlier = (a: string, b: string | null): string =>
  b !== null && isBefore(Temporal.Instant.from(b), Temporal.Instant.from(a)) ? b : a;

/** The newest time of modification, these posts taken in. */
export function latestOf(latest: string | null, entries: readonly Entry[]): string | null {
  let found = latest;
  for (const { modified_gmt } of entries) {
    const at = readDate(modified_gmt);
    if (at && (found === null || isBefore(Temporal.Instant.from(found), at))) found = at.toString();
  }
  return found;
}
