// Feeds over HTTP: a document, or the word that the reader has it already.
import { type Context, Hono } from "hono";
import { problem } from "../web/index.ts";
import { etag, httpDate, isKnown, takesGzip } from "./http.ts";
import { maxAgeSeconds } from "./render.ts";
import type { FeedService } from "./service.ts";

/** After five minutes a cache asks again, and may answer with its old copy while it does. */
const cacheControl = `public, max-age=${maxAgeSeconds}, stale-while-revalidate=${maxAgeSeconds}`;

/** `/feeds/…` and `/feeds.opml`, by GET and HEAD. */
export function feedRoutes(feeds: FeedService) {
  const answer = async (c: Context) => {
    const found = await feeds.find(c.req.url);
    if (found.kind === "nothing") return c.notFound();
    if (found.kind === "refused")
      return problem(c, { status: found.status, title: titles[found.status], detail: found.why });
    const { document, contentType, selfUrl } = found;
    const gzip = takesGzip(c.req.header("accept-encoding"));
    const headers = {
      ETag: etag(document.hash, gzip),
      ...(document.lastModified && { "Last-Modified": httpDate(document.lastModified) }),
      "Cache-Control": cacheControl,
      Vary: "Accept-Encoding",
      Link: `<${selfUrl.href}>; rel="self"`,
    };
    if (isKnown(document, c.req.header("if-none-match"), c.req.header("if-modified-since")))
      return new Response(null, { status: 304, headers });
    const body = gzip ? document.gzip : document.identity;
    const init = {
      headers: {
        ...headers,
        "Content-Type": contentType,
        "Content-Length": String(body.length),
        ...(gzip && { "Content-Encoding": "gzip" }),
      },
      encodeBody: "manual", // for workerd, which would compress once more; nothing to other hosts
    };
    return new Response(body, init);
  };
  return new Hono().get("/feeds.opml", answer).get("/feeds/*", answer);
}

const titles = { 400: "Malformed address", 404: "No such feed", 410: "Closed feed", 414: "Address too long" };
