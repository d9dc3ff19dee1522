// The API for articles: /api/v1. The schemas that check a request are those that describe it in /api/openapi.json.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { idInPath, problem } from "../web/index.ts";
import { type Article, type ArticleId, articleId, articleUrl, type Published } from "./article.ts";
import { changeArticle } from "./change.ts";
import { longestBody } from "./ingest.ts";
import { type ArticleInput, articleChange, articleInput } from "./input.ts";
import { articleById, articlesFrom, listSections } from "./read.ts";
import { type SearchApiDeps, searchApi } from "./search/api.ts";
import { type StoryApiDeps, storyApi } from "./story/api.ts";

export type ArticleApiDeps = SearchApiDeps & {
  /**
   * @param expected the revision that a change was made from, or null
   * @param actor the name of the token
   */
  publish: (
    origin: string,
    input: ArticleInput,
    expected: number | null,
    actor: string,
  ) => Promise<Published>;
  retract: (id: ArticleId, reason: string, actor: string) => Promise<Article | null>;
  stories: Pick<StoryApiDeps, "mergeStories" | "splitStory">;
  /** Routes of other parts, behind the same tokens and in the same description. */
  others: readonly ((
    invalid: (c: Context, error: z.ZodError) => Response,
  ) => OpenAPIHono<{ Variables: { actor: string } }>)[];
  /** Lets a token of this role through, and nobody else. */
};

const largestBody = 2_000_000;
const origin = "api";

const named = z.object({ slug: z.string(), name: z.string() });
const articleJson = z
  .object({
    id: z.int(),
    external_id: z.string(),
    guid: z.string(),
    url: z.string().openapi({ description: "Where readers find it: the publisher's page, or ours." }),
    state: z.enum(["published", "embargoed", "retracted"]),
    title: z.string(),
    summary: z.string(),
    body_html: z.string(),
    sections: z.array(z.object({ slug: z.string(), title: z.string() })),
    tags: z.array(named),
    authors: z.array(named),
    source_name: z.string().nullable(),
    image: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).nullable(),
    published_at: z.string(),
    published_from: z.enum(["given", "first-seen"]),
    updated_at: z.string(),
    importance: z.int(),
    correction: z.string().nullable(),
    retraction: z.object({ at: z.string(), reason: z.string() }).nullable(),
    revision: z.int(),
    story_id: z.int().openapi({ description: "The id of the article that leads its story." }),
  })
  .openapi("Article");

const problemJson = z
  .looseObject({ type: z.string(), title: z.string(), status: z.int(), detail: z.string().optional() })
  .openapi("Problem", { description: "Problem details (RFC 9457)." });

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemJson } },
});
const refusals = {
  400: refusal("The body is no JSON."),
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  422: refusal("Something in it is refused; `errors` says what, `known` lists the sections there are."),
};
const idParam = z.object({ id: idInPath.transform(articleId) });
const security = [{ token: [] }];

const routes = {
  create: createRoute({
    method: "post",
    path: "/api/v1/articles",
    summary: "Publish an article, or its next revision",
    security,
    request: { body: { required: true, ...json(articleInput, "The article, whole.") } },
    responses: {
      201: json(articleJson, "It is new."),
      200: json(articleJson, "It was known: now revised, or nothing had changed."),
      409: refusal("It was retracted and does not come back."),
      ...refusals,
    },
  }),
  list: createRoute({
    method: "get",
    path: "/api/v1/articles",
    summary: "All articles in the order they came in",
    security,
    request: {
      query: z.object({
        after: z.coerce
          .number()
          .int()
          .min(0)
          .default(0)
          .openapi({ description: "The id that the page before ended with." }),
        limit: z.coerce.number().int().min(1).max(100).default(50),
      }),
    },
    responses: {
      200: json(
        z.object({ articles: z.array(articleJson), next: z.string().nullable() }),
        "A page, and the address of the next one.",
      ),
      ...refusals,
    },
  }),
  read: createRoute({
    method: "get",
    path: "/api/v1/articles/{id}",
    summary: "One article in whatever state",
    security,
    request: { params: idParam },
    responses: { 200: json(articleJson, "The article."), 404: refusal("There is none."), ...refusals },
  }),
  change: createRoute({
    method: "patch",
    path: "/api/v1/articles/{id}",
    summary: "Change some fields",
    security,
    request: {
      params: idParam,
      body: { required: true, ...json(articleChange, "The fields to change; null empties one.") },
    },
    responses: {
      200: json(articleJson, "As it is now."),
      404: refusal("There is none."),
      409: refusal("It was retracted and does not come back."),
      ...refusals,
    },
  }),
  retract: createRoute({
    method: "post",
    path: "/api/v1/articles/{id}/retraction",
    summary: "Take it out of every feed and page, for good",
    security,
    request: {
      params: idParam,
      body: {
        required: true,
        ...json(z.strictObject({ reason: z.string().trim().min(1).max(1000) }), "Why, for readers."),
      },
    },
    responses: { 200: json(articleJson, "As it is now."), 404: refusal("There is none."), ...refusals },
  }),
  sections: createRoute({
    method: "get",
    path: "/api/v1/sections",
    summary: "The paper's sections in their order",
    security,
    responses: {
      200: json(
        z.object({ sections: z.array(z.object({ slug: z.string(), title: z.string() })) }),
        "All open sections.",
      ),
      ...refusals,
    },
  }),
};

/** `/api/v1/articles`, `/api/v1/sections`, `/api/v1/stories`, and their description at `/api/openapi.json`. */
export function articleApi(deps: ArticleApiDeps) {
  const { db, site, now, publish, retract, stories, others } = deps;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  app.use("/api/v1/*", bodyLimit({ maxSize: largestBody, onError: tooLarge }));

  const toJson = (article: Article) => {
    const { image, sections, status } = article;
    return {
      id: article.id,
      external_id: article.externalId,
      guid: article.guid,
      url: articleUrl(site, article),
      state: status.state,
      title: article.title,
      summary: article.summary,
      body_html: article.bodyHtml,
      sections: sections.map(({ slug, title }) => ({ slug, title })),
      tags: [...article.tags],
      authors: [...article.authors],
      source_name: article.sourceName,
      image: image && { ...image },
      published_at: article.publishedAt.toString(),
      published_from: article.publishedFrom,
      updated_at: article.updatedAt.toString(),
      importance: article.importance,
      correction: article.correction,
      retraction: status.state === "retracted" ? { at: status.at.toString(), reason: status.reason } : null,
      revision: article.revision,
      story_id: article.storyId,
    };
  };

  app.openapi(routes.create, async (c) => {
    const result = await publish(origin, c.req.valid("json"), null, c.var.actor);
    if (!isStored(result)) return refused(c, result);
    return c.json(toJson(result.article), result.kind === "created" ? 201 : 200);
  });

  app.openapi(routes.list, async (c) => {
    const { after, limit } = c.req.valid("query");
    const articles = await articlesFrom(db, after, limit);
    const last = articles.at(-1);
    const next =
      articles.length === limit && last
        ? new URL(`/api/v1/articles?after=${last.id}&limit=${limit}`, site)
        : null;
    return c.json({ articles: articles.map(toJson), next: next?.href ?? null }, 200);
  });

  app.openapi(routes.read, async (c) => {
    const article = await articleById(db, c.req.valid("param").id);
    return article ? c.json(toJson(article), 200) : missing(c);
  });

  app.openapi(routes.change, async (c) => {
    const { id } = c.req.valid("param");
    const change = c.req.valid("json");
    const result = await changeArticle({ db, publish }, id, change, null, c.var.actor);
    if (result.kind === "unknown") return missing(c);
    if (result.kind === "invalid") return invalid(c, result.error);
    if (isStored(result)) return c.json(toJson(result.article), 200);
    if (result.kind !== "stale") return refused(c, result);
    return problem(c, {
      status: 409,
      title: "Changed by others",
      detail: "Others change this article all the time. Send the change again.",
    });
  });

  app.openapi(routes.retract, async (c) => {
    const article = await retract(c.req.valid("param").id, c.req.valid("json").reason, c.var.actor);
    return article ? c.json(toJson(article), 200) : missing(c);
  });

  app.openapi(routes.sections, async (c) => {
    const open = (await listSections(db)).filter(({ closedAt }) => closedAt === null);
    return c.json({ sections: open.map(({ slug, title }) => ({ slug, title })) }, 200);
  });

  app.route("/", searchApi({ db, site, now }, invalid));
  app.route("/", storyApi({ db, site, ...stories }, invalid));
  for (const other of others) app.route("/", other(invalid));

  app.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Nashra",
      version: "1",
      description: "Articles and subscribers in; feeds and digests go out.",
    },
    servers: [{ url: site.origin }],
  });
  return app;
}

type Stored = Extract<Published, { kind: "created" | "revised" | "unchanged" }>;

const isStored = (result: Published): result is Stored =>
  "article" in result && result.kind !== "retracted" && result.kind !== "stale";

function refused(c: Context, result: Exclude<Published, Stored>) {
  switch (result.kind) {
    case "stale":
      throw new Error("Only a change names the revision it was made from.");
    case "retracted":
      return problem(c, {
        status: 409,
        title: "Retracted",
        detail:
          "This article was retracted. What is retracted does not come back; publish it under another external_id.",
      });
    case "unknown-sections":
      return problem(c, {
        status: 422,
        title: "Unknown section",
        detail: `There is no section ${result.unknown.map((name) => `"${name}"`).join(", ")}. Use a slug or an exact title of "known".`,
        known: result.known.map(({ slug, title }) => ({ slug, title })),
      });
    case "too-long":
      return problem(c, {
        status: 422,
        title: "Too long",
        detail: `Cleaned, body_html is longer than ${longestBody} characters. Publish it in parts.`,
      });
    case "no-text":
      return problem(c, {
        status: 422,
        title: "No text",
        detail:
          "Nothing is left of the title or of body_html once scripts, styles and empty elements are removed.",
      });
  }
}

const missing = (c: Context) =>
  problem(c, {
    status: 404,
    title: "No such article",
    detail: "There is no article with this id; the list has them all.",
  });

const tooLarge = (c: Context) =>
  problem(c, { status: 413, title: "Too large", detail: `A request holds ${largestBody} octets at most.` });

function invalid(c: Context, error: z.ZodError) {
  const errors = error.issues.slice(0, 20).map(({ path, message }) => ({
    pointer: `#/${path.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`,
    detail: message.slice(0, 200),
  }));
  const detail = errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join("; ");
  return problem(c, { status: 422, title: "Refused", detail, errors });
}
