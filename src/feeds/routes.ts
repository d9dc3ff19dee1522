// Feeds over HTTP: a document, the word that the reader has it already, or a page for a person who came by a link.
import { type Context, Hono } from "hono";
import { chooseLanguage, problem } from "../web/index.ts";
import { type FeedAnswers, isVisit } from "./answer.ts";
import type { Document } from "./cache.ts";
import type { FeedService, FoundFeed } from "./service.ts";
import { words } from "./words.ts";

export type FeedRouteDeps = {
  feeds: FeedService;
  answers: FeedAnswers;
  /** The address of whoever asks. */
  addressOf: (c: Context) => string;
  /** The page that a person sees where there is no feed. */
  refusal: (c: Context, status: number, sentence: string) => Promise<Response>;
  /** The page that a person sees in place of a feed. */
  page: (c: Context, found: { document: Document; feed: FoundFeed }) => Promise<Response>;
};

/** `/feeds/…`, `/feeds.opml` and the sitemaps of news, by GET and HEAD. */
export function feedRoutes({ feeds, answers, addressOf, refusal, page }: FeedRouteDeps) {
  const answer = async (c: Context) => {
    const header = (name: string) => c.req.header(name);
    // What is refused is told to programs and people in two ways, and may be right tomorrow.
    const refusing = () => {
      c.header("Vary", "Sec-Fetch-Mode", { append: true });
      c.header("Cache-Control", "no-cache");
    };
    if (isVisit({ header })) {
      const found = await feeds.find(c.req.url);
      if (found.kind === "document" && found.feed !== null)
        return page(c, { document: found.document, feed: found.feed });
      if (found.kind === "refused") {
        refusing();
        return refusal(c, found.status, words[chooseLanguage(c, "ar")].refusals[found.status]);
      }
    }
    const reply = await answers.answer({
      url: c.req.url,
      method: c.req.method,
      header,
      address: addressOf(c),
    });
    if (!("headers" in reply)) {
      refusing();
      if (reply.kind === "nothing") return c.notFound();
      return problem(c, { status: reply.status, title: titles[reply.status], detail: reply.why });
    }
    // "manual" is for workerd, which would compress once more; nothing to other hosts.
    const init = { status: reply.status, headers: reply.headers, encodeBody: "manual" };
    return new Response(reply.body, init);
  };
  const app = new Hono();
  for (const path of ["/feeds.opml", "/feeds/*", "/news-sitemap.xml", "/news-sitemaps/*"])
    app.get(path, answer).all(path, (c) => {
      c.header("Allow", "GET, HEAD");
      return problem(c, { status: 405, title: "Only to read", detail: "Feeds are read by GET or HEAD." });
    });
  return app;
}

const titles = { 400: "Malformed address", 404: "No such feed", 410: "Closed feed", 414: "Address too long" };
