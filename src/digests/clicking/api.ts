// The API for the clicks of an issue: how often each of its stories was followed. To look takes a viewer's token.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Kysely } from "kysely";
import { type ArticleTables, candidatesById } from "../../articles/index.ts";
import { json, problem, refusal } from "../../web/index.ts";
import { issueRequest } from "../api.ts";
import { issueByName } from "../issue-store.ts";
import type { DigestTables, Issue } from "../tables.ts";
import { clicksOf } from "./store.ts";

const reportJson = z
  .object({
    issue: z.string(),
    accepted: z.int().openapi({ description: "Letters that a server took: what shares are of." }),
    people: z
      .int()
      .openapi({ description: "Clicks of readers, each story once for each as far as can be told." }),
    robots: z.int().openapi({ description: "Clicks of programs: scanners, previews, prefetches." }),
    stories: z.array(
      z.object({
        article: z.int(),
        title: z.string(),
        people: z.int(),
        robots: z.int(),
        share: z
          .number()
          .nullable()
          .openapi({ description: "People for each letter accepted, 0 to 1; null before any was." }),
      }),
    ),
  })
  .openapi("IssueClicks");

export type ClickReport = z.output<typeof reportJson>;

/** How often each story of an issue was followed, the most followed first. @param accepted letters that a server took */
export async function clickReport(
  db: Kysely<DigestTables & ArticleTables>,
  issue: Issue,
  name: string,
  accepted: number,
): Promise<ClickReport> {
  const clicks = await clicksOf(db, issue.id);
  const articles = await candidatesById(
    db,
    clicks.map(({ articleId }) => articleId),
  );
  const titles = new Map(articles.map(({ id, title }) => [id, title]));
  return {
    issue: name,
    accepted,
    people: clicks.reduce((sum, { people }) => sum + people, 0),
    robots: clicks.reduce((sum, { robots }) => sum + robots, 0),
    stories: clicks.map(({ articleId, people, robots }) => ({
      article: articleId,
      title: titles.get(articleId) ?? "",
      people,
      robots,
      share: accepted === 0 ? null : people / accepted,
    })),
  };
}

const route = createRoute({
  method: "get",
  path: "/api/v1/issues/{digest}/{issue}/clicks",
  summary: "How often the stories of an issue were followed from its mails",
  security: [{ token: [] }],
  request: issueRequest,
  responses: {
    200: json(
      reportJson,
      "Its stories, the most followed first; those that nobody followed are not among them.",
    ),
    401: refusal("No token, or one that does not work."),
    403: refusal("The token's scopes do not reach."),
    404: refusal("There is no such issue yet."),
    422: refusal("Something in it is refused; `detail` says what."),
  },
});

/** `/api/v1/issues/{digest}/{issue}/clicks` @param accepted letters of an issue that a server took */
export function clickApi(
  { db, accepted }: { db: Kysely<DigestTables & ArticleTables>; accepted: (issue: Issue) => Promise<number> },
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  app.openapi(route, async (c) => {
    const { digest, issue: run } = c.req.valid("param");
    const name = `${digest}/${run}`;
    const issue = await issueByName(db, name);
    if (!issue)
      return problem(c, { status: 404, title: "No such issue", detail: `There is no issue "${name}" yet.` });
    return c.json(await clickReport(db, issue, name, await accepted(issue)), 200);
  });
  return app;
}
