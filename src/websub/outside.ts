// Tells a hub outside which feeds changed: a publish request for each of their addresses, in the order of the changes. How
// a publisher tells a hub is left open by the standard (§6); this is what hubs in use take.

import type { FeedService } from "../feeds/index.ts";
import { type CallResult, type Database, randomToken } from "../platform/index.ts";
import { type CallDeps, callSeconds } from "./call.ts";
import { bookCursor, changedAfter, claimCursor } from "./queue.ts";
import { isSuccess, waitSeconds, whyNot } from "./rules.ts";
import type { HubTables } from "./tables.ts";

type Deps = CallDeps & {
  database: Database<HubTables>;
  feeds: Pick<FeedService, "forget" | "urlsOf">;
  lanes: number;
};

/** A hub that is away for an hour should not hear of the news hours after it is back. */
const longestWait = 600;

/**
 * Tells the hub of every change that it was not told of yet, until there is none or `goOn` is false. What it cannot be told
 * now it is told later, as often as it takes: that a feed changed twice is told once.
 *
 * @returns how many addresses it was told
 */
export async function tellOutside(deps: Deps, hub: URL, goOn: () => boolean): Promise<number> {
  const { database, feeds, now } = deps;
  const worker = randomToken();
  let told = 0;
  while (goOn()) {
    const cursor = await claimCursor(database, hub.href, worker, now());
    if (cursor === null) break;
    const changed = await changedAfter(database.db, cursor, deps.lanes);
    feeds.forget(); // a section may be new
    const urls = await feeds.urlsOf(changed.map(({ feed }) => feed));
    const failure = await tell(deps, hub, urls);
    const tries = cursor.tries + 1;
    const place =
      failure === null
        ? (changed.at(-1) ?? cursor)
        : { afterSeconds: Math.min(longestWait, waitSeconds(failure, tries, now())) };
    await bookCursor(database.db, cursor, place, now());
    if (failure === null) told += urls.length;
  }
  return told;
}

/**
 * Several at a time; at the first failure the rest is left for later, together with what was told already.
 *
 * @returns what the hub said instead of yes; null if it was told everything
 */
async function tell(deps: Deps, hub: URL, urls: readonly URL[]): Promise<CallResult | null> {
  for (let i = 0; i < urls.length; i += deps.lanes) {
    const failures = await Promise.all(urls.slice(i, i + deps.lanes).map((url) => tellOne(deps, hub, url)));
    const failure = failures.find((it) => it !== null);
    if (failure) return failure;
  }
  return null;
}

async function tellOne({ call, count, log }: Deps, hub: URL, url: URL): Promise<CallResult | null> {
  // Some hubs read the one name, some the other, and most of them no more than one address in a request.
  const form = new URLSearchParams({ "hub.mode": "publish", "hub.url": url.href, "hub.topic": url.href });
  const reply = await call({
    url: hub,
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new TextEncoder().encode(form.toString()),
    seconds: callSeconds,
  });
  if (isSuccess(reply)) {
    count("ping", "ok");
    return null;
  }
  // What it refuses today it refuses tomorrow; the feeds behind it in the line must not wait for that.
  const isRefusal = reply.kind === "answer" && reply.status < 500 && ![408, 429].includes(reply.status);
  count("ping", isRefusal ? "dropped" : "failed");
  const facts = { hub: hub.href, feed: url.href, why: whyNot(reply) };
  log.warn(facts, isRefusal ? "the hub refuses a feed" : "the hub could not be told of a feed");
  return isRefusal ? null : reply;
}
