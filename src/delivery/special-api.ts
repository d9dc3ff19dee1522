// The API for issues that carry one article: breaking news and corrections, each in two steps. Mounted behind the articles' API, which
// checks the token.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { articleId } from "../articles/index.ts";
import { issueName, longestWords } from "../digests/index.ts";
import { problem } from "../web/index.ts";
import type { Asked, Opened, Refused, SpecialSender } from "./special.ts";
import { refusalWords } from "./special-words.ts";

const words = z.object({ ar: z.string(), en: z.string() });
const asked = z
  .object({
    confirm: z
      .string()
      .openapi({ description: "Send the same request with this, and it goes out. Works once." }),
    expires_at: z.string(),
    kind: z.enum(["breaking", "correction"]),
    digest: z.string(),
    article: z.int(),
    revision: z.int(),
    title: z.string(),
    subject: words,
    preheader: words,
    readers: z.int(),
    excluded: z.record(z.string(), z.int()).openapi({ description: "How many get nothing, by the reason." }),
    left_today: z.int().nullable().openapi({
      description: "How many more pieces of breaking news the digest may send today, with this one.",
    }),
    corrects: z.string().nullable().openapi({ description: "The issue that carried the wrong one." }),
    right_since: z
      .string()
      .nullable()
      .openapi({ description: "Who was sent it as it was before is told; who was sent it later is not." }),
    in_quiet_hours: z.boolean(),
  })
  .openapi("SpecialIssueAsked");

/** What would be sent, for programs. */
export const askedJson = (it: Asked): z.output<typeof asked> => ({
  confirm: it.token,
  expires_at: it.expiresAt.toString(),
  kind: it.corrects ? "correction" : "breaking",
  digest: it.digest.slug,
  article: it.article.id,
  revision: it.article.revision,
  title: it.article.title,
  subject: it.subject,
  preheader: it.preheader,
  readers: it.readers,
  excluded: Object.fromEntries(it.excluded.map(({ reason, count }) => [reason, count])),
  left_today: it.left,
  corrects: it.corrects && issueName(it.corrects.issue),
  right_since: it.corrects?.rightFrom.toString() ?? null,
  in_quiet_hours: it.loud,
});

const opened = z.object({ issue: z.string(), state: z.string() }).openapi("SpecialIssueOpened");

const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const refusal = (description: string) => ({
  description,
  content: {
    "application/problem+json": {
      schema: z.looseObject({ type: z.string(), title: z.string(), status: z.int() }),
    },
  },
});
const confirm = z
  .string()
  .max(100)
  .optional()
  .openapi({ description: "What the first answer gave. Without it nothing is sent." });
const article = z.int().positive();
const responses = {
  200: json(asked, "What would be sent to how many. Nothing is sent yet."),
  201: json(opened, "It is being sent."),
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  404: refusal("There is no such digest, issue or article."),
  409: refusal("Not now, not any more, or not this: `detail` says why."),
  422: refusal("Something in it is refused; `errors` says what."),
};
const security = [{ token: [] }];

const routes = {
  breaking: createRoute({
    method: "post",
    path: "/api/v1/digests/{digest}/breaking",
    summary: "Send one article at once to a digest's readers, in two steps",
    security,
    request: {
      params: z.object({ digest: z.string().openapi({ description: "The digest's slug." }) }),
      body: {
        required: true,
        ...json(
          z.strictObject({
            article,
            in_quiet_hours: z
              .boolean()
              .default(false)
              .openapi({ description: "Whether it goes out where the digest's hours are quiet." }),
            confirm,
          }),
          "Which article; with `confirm`, it is sent.",
        ),
      },
    },
    responses,
  }),
  correction: createRoute({
    method: "post",
    path: "/api/v1/issues/{digest}/{issue}/correction",
    summary: "Tell those who were sent an article wrong what is right, in two steps",
    security,
    request: {
      params: z.object({
        digest: z.string().openapi({ description: "The digest's slug." }),
        issue: z.string().openapi({ description: "date-slot, such as 2026-03-01-morning." }),
      }),
      body: {
        required: true,
        ...json(
          z.strictObject({
            article,
            say: z.string().max(longestWords).default("").openapi({ description: "The editor's words." }),
            right_revision: z.int().positive().optional().openapi({
              description: "Since which revision the article is right; its last one if left out.",
            }),
            say_en: z
              .string()
              .max(longestWords)
              .optional()
              .openapi({ description: "For those who read English; else they get the others." }),
            confirm,
          }),
          "Which article, and what to say of it; with `confirm`, it is sent as it was shown.",
        ),
      },
    },
    responses,
  }),
};

/** Who mounts it has checked the token, whose name is `c.var.actor`. @param invalid answers what the schemas refuse */
export function specialApi(deps: SpecialSender, invalid: (c: Context, error: z.ZodError) => Response) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  app.openapi(routes.breaking, async (c) => {
    const { digest } = c.req.valid("param");
    const body = c.req.valid("json");
    const id = articleId(body.article);
    if (body.confirm === undefined) {
      const result = await deps.askBreaking(digest, id, { loud: body.in_quiet_hours });
      return result.kind === "asked" ? c.json(askedJson(result), 200) : refused(c, result);
    }
    const result = await deps.confirmBreaking(body.confirm, digest, id, c.var.actor);
    return result.kind === "opened" ? c.json(openedJson(result), 201) : refused(c, result);
  });

  app.openapi(routes.correction, async (c) => {
    const { digest, issue } = c.req.valid("param");
    const body = c.req.valid("json");
    const [name, id] = [`${digest}/${issue}`, articleId(body.article)];
    if (body.confirm === undefined) {
      const result = await deps.askCorrection(name, id, {
        ar: body.say,
        en: body.say_en,
        since: body.right_revision,
      });
      return result.kind === "asked" ? c.json(askedJson(result), 200) : refused(c, result);
    }
    const result = await deps.confirmCorrection(body.confirm, name, id, c.var.actor);
    return result.kind === "opened" ? c.json(openedJson(result), 201) : refused(c, result);
  });
  return app;
}

const openedJson = ({ issue }: Opened) => ({ issue: issueName(issue), state: issue.state });

function refused(c: Context, it: Refused) {
  const [status, title] = it.kind.startsWith("unknown-")
    ? ([404, "There is none"] as const)
    : it.kind === "no-words" || it.kind === "too-long"
      ? ([422, "Words are needed"] as const)
      : ([409, "Not sent"] as const);
  return problem(c, { status, title, detail: refusalWords(it, "en") });
}
