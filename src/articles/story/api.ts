// The API for stories: /api/v1/stories. Mounted by api.ts, behind its tokens.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Kysely } from "kysely";
import { idInPath, problem } from "../../web/index.ts";
import { articleId, articleUrl } from "../article.ts";
import type { ArticleTables } from "../tables.ts";
import type { Merging, Splitting } from "./hand.ts";
import { type Story, type StoryArticle, storyWith } from "./stories.ts";

export type StoryApiDeps = {
  db: Kysely<ArticleTables>;
  site: URL;
  /** @param actor the name of the token */
  mergeStories: (into: StoryArticle["id"], from: StoryArticle["id"], actor: string) => Promise<Merging>;
  splitStory: (
    id: StoryArticle["id"],
    articles: readonly StoryArticle["id"][],
    actor: string,
  ) => Promise<Splitting>;
};

const storyArticle = z
  .object({
    id: z.int(),
    title: z.string(),
    url: z.string(),
    source_name: z.string().nullable(),
    published_at: z.string(),
    state: z.enum(["published", "embargoed", "retracted"]),
    by_hand: z.boolean().openapi({ description: "Whether an editor put it there." }),
  })
  .openapi("StoryArticle");

const storyJson = z
  .object({
    id: z.int().openapi({ description: "The id of the article that opened it: `story_id` of its articles." }),
    lead: storyArticle.openapi({
      description:
        "The article that opened it; while that is under embargo, or once it is retracted, the first published.",
    }),
    members: z.array(storyArticle).openapi({ description: "All the others, the earliest first." }),
    spread: z.object({
      articles: z.int(),
      sources: z.int().openapi({ description: "Outside the paper." }),
      first: z.string().nullable(),
      last: z.string().nullable(),
    }),
  })
  .openapi("Story");

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const problemJson = z.looseObject({ type: z.string(), title: z.string(), status: z.int() });
const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemJson } },
});
const id = idInPath.transform(articleId);
const given = z.int().positive().transform(articleId);
const security = [{ token: [] }];
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  404: refusal("There is no article with this id."),
  422: refusal("Something in it is refused; `detail` says what."),
};

const routes = {
  read: createRoute({
    method: "get",
    path: "/api/v1/stories/{id}",
    summary: "A story: its lead, its members, its spread",
    security,
    request: { params: z.object({ id: id.openapi({ description: "Of any of its articles." }) }) },
    responses: { 200: json(storyJson, "The story."), ...refusals },
  }),
  merge: createRoute({
    method: "post",
    path: "/api/v1/stories/{id}/merge",
    summary: "Put another story into this one",
    security,
    request: {
      params: z.object({ id }),
      body: { required: true, ...json(z.strictObject({ with: given }), "Any article of the other story.") },
    },
    responses: { 200: json(storyJson, "As it is now."), ...refusals },
  }),
  split: createRoute({
    method: "post",
    path: "/api/v1/stories/{id}/split",
    summary: "Take articles out of it, for a story of their own",
    security,
    request: {
      params: z.object({ id }),
      body: {
        required: true,
        ...json(z.strictObject({ articles: z.array(given).min(1).max(1000) }), "Which articles."),
      },
    },
    responses: {
      200: json(z.object({ opened: storyJson, left: storyJson }), "What they tell now, and what is left."),
      ...refusals,
    },
  }),
};

/**
 * `/api/v1/stories`. Who mounts it has checked the token, whose name is `c.var.actor`.
 *
 * @param invalid answers a request that the schemas refuse
 */
export function storyApi(
  { db, site, mergeStories, splitStory }: StoryApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  app.openapi(routes.read, async (c) => {
    const { id } = c.req.valid("param");
    const story = await storyWith(db, id);
    return story ? c.json(storyToJson(story, site), 200) : problem(c, missing(id));
  });

  app.openapi(routes.merge, async (c) => {
    const result = await mergeStories(c.req.valid("param").id, c.req.valid("json").with, c.var.actor);
    if (result.kind === "unknown") return problem(c, missing(result.id));
    return c.json(storyToJson(result.story, site), 200);
  });

  app.openapi(routes.split, async (c) => {
    const result = await splitStory(c.req.valid("param").id, c.req.valid("json").articles, c.var.actor);
    switch (result.kind) {
      case "split":
        return c.json(
          { opened: storyToJson(result.opened, site), left: storyToJson(result.left, site) },
          200,
        );
      case "unknown":
        return problem(c, missing(result.id));
      case "elsewhere":
        return problem(c, {
          status: 422,
          title: "Not in this story",
          detail: `The story does not have article ${result.ids.join(", ")}. GET /api/v1/stories/{id} lists those it has.`,
        });
      case "all":
        return problem(c, {
          status: 422,
          title: "Nothing would be left",
          detail: "These are all the articles of the story. Leave out at least one, for it to stay.",
        });
    }
  });
  return app;
}

const missing = (id: number) => ({
  status: 404 as const,
  title: "No such article",
  detail: `There is no article ${id}, so no story has it. A story goes by the id of any of its articles.`,
});

/** A story as the API and the command line tell it. */
export function storyToJson({ id, lead, members, spread }: Story, site: URL) {
  const article = (it: StoryArticle) => ({
    id: it.id,
    title: it.title,
    url: articleUrl(site, it),
    source_name: it.sourceName,
    published_at: it.publishedAt.toString(),
    state: it.state,
    by_hand: it.byHand,
  });
  const { articles, sources, first, last } = spread;
  return {
    id,
    lead: article(lead),
    members: members.map(article),
    spread: { articles, sources, first: first?.toString() ?? null, last: last?.toString() ?? null },
  };
}
