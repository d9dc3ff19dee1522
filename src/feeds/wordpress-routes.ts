// The addresses of a WordPress site that moved here: its readers are sent to our feeds, once and for ever.
import { type Context, Hono } from "hono";
import { problem } from "../web/index.ts";
import type { FeedService, Found } from "./service.ts";
import { feedUrl } from "./which.ts";
import { wordpressFeed } from "./wordpress.ts";

/** Old readers ask for old addresses for years; caches on the way may answer them for a day. */
const forADay = { "Cache-Control": "public, max-age=86400" };

/** A renamed section leads to its name of today in one step; more would be a circle. */
const mostSteps = 3;

/**
 * Whatever `wordpressFeed` knows, by GET and HEAD: 301 to a feed that exists, 410 for comments and closed sections. All
 * else is left to whoever comes after, so this is mounted before the pages: `/?feed=rss2` is one of its addresses.
 */
export function wordpressRoutes({ feeds, site }: { feeds: Pick<FeedService, "find">; site: URL }) {
  return new Hono().get("*", async (c, next) => {
    const old = wordpressFeed(new URL(c.req.url));
    if (old === null) return next();
    if (old.kind === "gone") return gone(c, "There are no comments here, so there is no feed of them.");
    const found = await endOf(feeds, feedUrl(site, old.feed, old.format));
    if (found.kind === "document") return c.body(null, 301, { ...forADay, Location: found.selfUrl.href });
    return found.kind === "refused" && found.status === 410 ? gone(c, found.why) : next();
  });
}

/** Follows our own redirects, so that one 301 suffices. */
async function endOf(feeds: Pick<FeedService, "find">, url: URL): Promise<Found> {
  let found = await feeds.find(url.href);
  for (let steps = 0; found.kind === "redirect" && steps < mostSteps; steps++)
    found = await feeds.find(found.to.href);
  return found;
}

function gone(c: Context, detail: string) {
  for (const [name, value] of Object.entries(forADay)) c.header(name, value);
  return problem(c, { status: 410, title: "Gone for ever", detail });
}
