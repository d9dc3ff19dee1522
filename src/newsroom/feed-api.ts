// The API for the feeds: who reads each, when it changed, who is pushed to, and whether what is served now is valid, as on their pages.
// Who may call it is for the door before it to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type FeedName, feedUrl } from "../feeds/index.ts";
import { startOf } from "../readership/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import { mostCounted, type ShownSubscription } from "../websub/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import {
  type CheckedFeed,
  checkFeed,
  type FeedFacts,
  feedFormats,
  feedsNow,
  feedsOfPage,
  findFeed,
  listFeeds,
  readFeed,
} from "./feed-facts.ts";

const kinds = ["all", "section", "digest", "tag", "author", "mix"] as const;

const feedFields = {
  kind: z
    .enum(kinds)
    .openapi({ description: "`mix`: all that readers put together of sections, counted as one." }),
  slug: z.string().nullable().openapi({ description: "null for `all` and `mix`." }),
  title: z.object({ ar: z.string(), en: z.string() }),
  urls: z
    .object({ rss: z.string(), atom: z.string(), json: z.string() })
    .nullable()
    .openapi({ description: "null for `mix`, which has no address of its own." }),
  readers: z.int().openapi({ description: "An estimate: `clients` and `claimed` together." }),
  clients: z.int().openapi({ description: "Programs that asked for it." }),
  claimed: z.int().openapi({ description: "Subscribers as aggregators claim them." }),
  requests: z.int(),
  unchanged: z.int().openapi({ description: "Of the requests, those answered by 304." }),
  unchanged_share: z.number().nullable().openapi({ description: "Of 1; null where nobody asked." }),
  changed_at: z.string().nullable().openapi({ description: "When what it shows changed last." }),
  subscriptions: z
    .object({ number: z.int(), failing: z.int() })
    .nullable()
    .openapi({
      description: `WebSub subscriptions, and of how many the pushes fail; more than ${mostCounted} are not counted. null: it is pushed to nobody.`,
    }),
};
const day = z
  .string()
  .openapi({ description: "The day in UTC of which readers and requests are told: the last whole one." });
const listJson = z
  .object({
    day,
    feeds: z.array(z.object(feedFields)),
    next: z.string().nullable().openapi({ description: "The address of the next page." }),
  })
  .openapi("Feeds");
const feedJson = z
  .object({
    day,
    ...feedFields,
    aggregators: z
      .array(z.object({ name: z.string(), subscribers: z.int() }))
      .openapi({ description: "Each with what it claims." }),
    subscribers: z
      .array(
        z.object({
          host: z.string().openapi({ description: "The callback is a secret between it and us." }),
          signed: z.boolean(),
          began_at: z.string(),
          lease_ends_at: z.string(),
          pushed_at: z.string().nullable(),
          failing: z.object({ since: z.string(), error: z.string() }).nullable(),
        }),
      )
      .openapi({ description: "A page of those it is pushed to, in the order in which they began." }),
    next: z.string().nullable().openapi({ description: "The address of their next page." }),
    validity: z
      .array(
        z.object({
          format: z.enum(feedFormats),
          served: z.boolean(),
          valid: z.boolean(),
          faults: z
            .array(z.string())
            .openapi({ description: "The first fifty rules that it breaks, each once." }),
        }),
      )
      .nullable()
      .openapi({ description: "Of what is served now; null where it was not asked for." }),
  })
  .openapi("Feed");

/** A document that breaks a rule breaks it in every entry. */
const toldFaults = 50;

const security = [{ token: [] }];
const path = "/api/v1/feeds";
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
  422: refusal("Something in the query is refused; `detail` says what."),
};
const asked = {
  query: z.object({
    check: z
      .enum(["true", "false"])
      .default("false")
      .openapi({ description: "true: each format is drawn and looked at." }),
    after: z.coerce.number().int().min(0).default(0).openapi({ description: "As `next` has it." }),
  }),
};
const answers = {
  200: json(feedJson, "What is known of it."),
  ...refusals,
  404: refusal("There is no such feed; a tag or author has none before its first article."),
};
const routes = {
  list: createRoute({
    method: "get",
    path,
    summary: "The feeds with their readers, requests and subscriptions",
    description: `Of tags and authors, those that were asked for on that day, ${feedsOfPage} at a time.`,
    security,
    request: {
      query: z.object({
        kind: z
          .enum(["tag", "author"])
          .optional()
          .openapi({ description: "Without it, the paper's own: all, sections, digests, and mixes." }),
        after: z.string().max(300).default("").openapi({ description: "As `next` has it." }),
      }),
    },
    responses: { 200: json(listJson, "In the paper's order; tags and authors by slug."), ...refusals },
  }),
  all: createRoute({
    method: "get",
    path: `${path}/all`,
    summary: "The feed of all news: its readers, who is pushed to, and whether it is valid",
    security,
    request: asked,
    responses: answers,
  }),
  one: createRoute({
    method: "get",
    path: `${path}/{kind}/{slug}`,
    summary: "A feed: its readers, who is pushed to, and whether it is valid",
    security,
    request: {
      ...asked,
      params: z.object({ kind: z.enum(["section", "digest", "tag", "author"]), slug: z.string().max(200) }),
    },
    responses: answers,
  }),
};

/** `/api/v1/feeds` */
export function feedApi(
  deps: Pick<NewsroomDeps, "database" | "now" | "site" | "feeds">,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const { site } = deps;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  app.openapi(routes.list, async (c) => {
    const { kind, after } = c.req.valid("query");
    const { day, feeds, next } = await listFeeds(deps, kind ?? null, after, "ar");
    const english = kind ? [] : await feedsNow(deps, "en");
    const titles = new Map(english.map(({ feed, title }) => [feed, title]));
    return c.json(
      {
        day: dayOf(day),
        feeds: feeds.map((it) => toJson(site, it, titles.get(it.feed) ?? it.title)),
        next:
          next && kind ? new URL(`${path}?${new URLSearchParams({ kind, after: next })}`, site).href : null,
      },
      200,
    );
  });

  type Asked = { check: "true" | "false"; after: number };
  const read = async (named: { kind: string; slug: string }, { check, after }: Asked) => {
    const [known, english] = await Promise.all([findFeed(deps, named, "ar"), findFeed(deps, named, "en")]);
    if (!known || !english) return null;
    const feed = await readFeed(deps, known, after);
    const own = known.name.kind === "all" ? "all" : `${named.kind}/${encodeURIComponent(named.slug)}`;
    const next = feed.next === null ? null : new URL(`${path}/${own}?after=${feed.next}`, site).href;
    return {
      day: dayOf(feed.day),
      ...toJson(site, feed, english.title),
      aggregators: (feed.readers?.aggregators ?? []).slice(0, toldAggregators),
      subscribers: feed.subscriptions.map(subscriptionAsJson),
      next,
      validity: check === "true" ? (await checkFeed(deps, known.name)).map(verdict) : null,
    };
  };
  app.openapi(routes.all, async (c) => {
    const feed = await read({ kind: "all", slug: "" }, c.req.valid("query"));
    return feed ? c.json(feed, 200) : missing(c);
  });
  app.openapi(routes.one, async (c) => {
    const { kind, slug } = c.req.valid("param");
    const feed = await read({ kind, slug: slug.normalize("NFC") }, c.req.valid("query"));
    return feed ? c.json(feed, 200) : missing(c);
  });
  return app;
}

/** As many as its page names. */
const toldAggregators = 20;

const dayOf = (day: number): string => startOf(day).toString().slice(0, 10);

function toJson(site: URL, { name, title, readers, changed, subscribers }: FeedFacts, english: string) {
  const { requests, unchanged } = readers ?? { requests: 0, unchanged: 0 };
  return {
    kind: name?.kind ?? ("mix" as const),
    slug: name && "slug" in name ? name.slug : null,
    title: { ar: title, en: english },
    urls: name && urlsOf(site, name),
    readers: readers?.readers ?? 0,
    clients: readers?.clients ?? 0,
    claimed: readers?.subscribers ?? 0,
    requests,
    unchanged,
    unchanged_share: requests > 0 ? unchanged / requests : null,
    changed_at: changed?.toString() ?? null,
    subscriptions: subscribers ?? null,
  };
}

const urlsOf = (site: URL, name: FeedName) => ({
  rss: feedUrl(site, name, "rss").href,
  atom: feedUrl(site, name, "atom").href,
  json: feedUrl(site, name, "json").href,
});

const subscriptionAsJson = (it: ShownSubscription) => ({
  host: it.host,
  signed: it.signed,
  began_at: it.beganAt.toString(),
  lease_ends_at: it.leaseEndsAt.toString(),
  pushed_at: it.pushedAt?.toString() ?? null,
  failing: it.failing && { since: it.failing.since.toString(), error: it.failing.lastError },
});

const verdict = ({ format, faults }: CheckedFeed) => ({
  format,
  served: faults !== null,
  valid: faults?.length === 0,
  faults: [...new Set(faults)].slice(0, toldFaults),
});

const missing = (c: Context) =>
  problem(c, {
    status: 404,
    title: "No such feed",
    detail: `There is no feed of this kind and name. GET ${path} lists the paper's own, and with ?kind=tag or ?kind=author the others.`,
  });
