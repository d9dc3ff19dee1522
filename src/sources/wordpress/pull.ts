// A WordPress site, read over its REST API: first its history, oldest first, then again and again what changed.
//
// A round of changes is three questions, each for a list of numbers and times only; whole posts are asked for where one is not
// as it was. What was modified since the last round. What is newest by its date: a scheduled post that goes live keeps the time
// of modification that it had. And whether the newest that we have are still there: REST tells of no deletion.

import { retryAfter } from "../feed/poll.ts";
import type { Gone, Skipped } from "../item.ts";
import type { Asked, NoStretch, Pull, Stretch } from "../pull.ts";
import type { Failure } from "./api.ts";
import { findApi } from "./discover.ts";
import { takenBack } from "./gone.ts";
import { type Fetched, fateOf, fetchPosts, idsOf, noPosts, readPosts } from "./posts.ts";
import {
  afterScan,
  type Cursor,
  cursorShape,
  disbelieved,
  earlier,
  firstCursor,
  latestOf,
  list,
  mostSeen,
  siteOf,
  stepOf,
  versionOf,
} from "./round.ts";

export { discoverWordPress, isCatchAll } from "./discover.ts";

export const pullWordPress: Pull = async (asked) => {
  const cursor = await cursorOf(asked);
  if ("ok" in cursor) return cursor;
  const pull = asked.only === null ? pullNext : pullOnly;
  const told = await pull(asked, cursor);
  if (told.ok) return told;
  // Its addresses may have been set anew.
  const moved = told.status === 404 ? await findApi(asked.get, asked.url) : null;
  const again =
    moved?.ok && moved.root.href !== cursor.root
      ? await pull(asked, { ...cursor, root: moved.root.href })
      : told;
  return again.ok ? again : noStretch(again, asked.now);
};

const noStretch = ({ why, headers }: Failure, now: Temporal.Instant): NoStretch => ({
  ok: false,
  why,
  notBefore: headers && retryAfter(headers, now),
});

async function cursorOf({ get, url, cursor }: Asked): Promise<Cursor | NoStretch> {
  const read = cursorShape.safeParse(cursor);
  if (read.success && read.data.of === url.href) return read.data;
  const found = await findApi(get, url);
  return found.ok ? firstCursor(url, found.root) : { ...found, notBefore: null };
}

/** A page of the list and the posts of it that are not as they were, at most a hundred. */
async function pullNext(asked: Asked, cursor: Cursor): Promise<Stretch | Failure> {
  const { get, now } = asked;
  const page = await list(get, cursor);
  if (!page.ok) return page;
  const wrong = disbelieved(cursor, page);
  if (wrong) return wrong;
  const { entries } = page;
  const { fresh, next } = stepOf(cursor, page);

  const versions = new Map(entries.map((it) => [it.id, versionOf(it)]));
  const seen = new Map(cursor.seen);
  const todo = fresh.filter((id) => seen.get(id) !== versions.get(id));
  const site = { ...siteOf(cursor), perPage: page.most };
  const control = entries.find(({ id }) => id !== todo[0])?.id ?? null;
  const nothing: Fetched = { ok: true, posts: [], asked: [], skipped: [], batch: site.batch };
  const fetched = todo.length > 0 ? await fetchPosts(get, site, todo, control) : nothing;
  if (!fetched.ok) return fetched;
  if (fetched.asked.length > 1 && fetched.posts.length === 0)
    return noPosts(
      site.root,
      `The REST API at ${site.root.host} lists posts, but gives none of them when it is asked.`,
    );
  const told = await readPosts(get, { ...site, batch: fetched.batch }, fetched.posts);
  if (!told.ok) return told;

  const whole = fetched.asked.length === todo.length;
  const left = new Set(todo.slice(fetched.asked.length));
  for (const { id } of entries) {
    if (left.has(id) || !fresh.includes(id)) continue;
    seen.delete(id); // so that it is the most recent
    seen.set(id, versions.get(id) ?? "");
  }
  const isEnd = whole && next === null && cursor.scan.kind === "newest";
  const taken = isEnd
    ? await takenBack(asked, site, entries, cursor.checked)
    : { gone: [], skipped: [], checked: cursor.checked };
  for (const { remoteId } of taken.gone) seen.delete(Number(remoteId)); // so that it is new if it comes back

  const started = earlier(cursor.startedAt ?? now.toString(), page.date?.toString() ?? null);
  const after = {
    ...cursor,
    ...{ perPage: page.most, batch: told.site.batch, showsUsers: told.site.showsUsers },
    startedAt: started,
    latest: latestOf(cursor.latest, entries),
    first: page.from === 0 ? (entries[0]?.id ?? 0) : cursor.first,
    idle: todo.length > 0 ? 0 : cursor.idle + entries.length,
    checked: taken.checked,
    seen: [...seen].slice(-mostSeen),
  };
  return {
    ok: true,
    items: told.items,
    categories: told.categories,
    skipped: [...fetched.skipped, ...told.skipped, ...taken.skipped],
    gone: [...told.gone, ...taken.gone],
    cursor: !whole ? after : next !== null ? { ...after, scan: next } : afterScan(after, started),
    more: !isEnd,
    notBefore: null,
  };
}

/** Of what the site told of, what each is now. */
async function pullOnly(asked: Asked, cursor: Cursor): Promise<Stretch | Failure> {
  const { get, only, recentRemoteIds } = asked;
  const site = siteOf(cursor);
  const ids = idsOf(only ?? []).slice(0, 100);
  const [known = null] = idsOf(await recentRemoteIds(2)).filter((id) => !ids.includes(id));
  const posts = [];
  const skipped: Skipped[] = [];
  const failed = new Set<number>();
  for (let at = 0; at < ids.length; ) {
    const fetched = await fetchPosts(get, site, ids.slice(at), known);
    if (!fetched.ok) return fetched;
    posts.push(...fetched.posts);
    skipped.push(...fetched.skipped);
    if (fetched.skipped.length > 0) for (const id of fetched.asked) failed.add(id);
    at += fetched.asked.length;
  }
  const there = new Set(posts.map(({ id }) => id));
  const gone: Gone[] = [];
  const unclear: string[] = [];
  for (const id of ids) {
    if (there.has(id) || failed.has(id)) continue;
    const fate = await fateOf(get, site, id);
    if (fate.kind === "stands") posts.push(fate.post);
    else if (fate.kind === "gone") gone.push(fate.gone);
    else {
      if (posts.length + gone.length === 0) return fate.failure; // rather the site than the post
      unclear.push(String(id));
      skipped.push({ what: `Post ${id}`, why: `What became of it could not be seen: ${fate.failure.why}` });
    }
  }
  const told = await readPosts(get, site, posts);
  if (!told.ok) return told;
  return {
    ok: true,
    items: told.items,
    categories: told.categories,
    skipped: [...skipped, ...told.skipped],
    gone: [...gone, ...told.gone],
    unclear,
    cursor: asked.cursor,
    more: false,
    notBefore: null,
  };
}
