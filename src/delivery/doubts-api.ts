// The API for letters that a server may have taken and that are held for a person. Mounted behind the articles' API, which checks the
// token; addresses are for editors to know.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type Issue, issueRequest } from "../digests/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import type { Deciding, Decision, Doubtful } from "./doubts.ts";

/** What can be done with held letters, whoever asks: the API or the newsroom. */
export type DoubtActs = {
  /** @param address of one letter; null: all. @param actor the name of the token, or the editor's address */
  decide: (issue: string, decision: Decision, address: string | null, actor: string) => Promise<Deciding>;
};

export type DoubtApiDeps = DoubtActs & {
  issueNamed: (issue: string) => Promise<Issue | null>;
  doubts: (issue: Issue, after: number) => Promise<{ letters: Doubtful[]; next: number | null }>;
};

const letterJson = z
  .object({
    address: z.string(),
    message_id: z.string().nullable(),
    reply: z.string().nullable().openapi({ description: "The server's last words, or what was seen of it." }),
    tries: z.int(),
    in_doubt: z.int().openapi({ description: "How often it was in doubt." }),
    at: z.string(),
  })
  .openapi("HeldLetter");

const security = [{ token: [] }];
const path = "/api/v1/issues/{digest}/{issue}/doubts";
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  404: refusal("There is no such issue yet."),
  422: refusal("Something in it is refused; `detail` says what."),
};

const routes = {
  read: createRoute({
    method: "get",
    path,
    summary: "Letters of an issue that a server may have taken, held for a person",
    security,
    request: {
      ...issueRequest,
      query: z.object({
        after: z.coerce
          .number()
          .int()
          .min(0)
          .default(0)
          .openapi({ description: "`next` of the page before." }),
      }),
    },
    responses: {
      200: json(z.object({ letters: z.array(letterJson), next: z.int().nullable() }), "A page of them."),
      ...refusals,
    },
  }),
  decide: createRoute({
    method: "post",
    path,
    summary: "Send held letters again with the same Message-ID, or leave them as they are",
    security,
    request: {
      ...issueRequest,
      body: {
        required: true,
        ...json(
          z.strictObject({
            decision: z.enum(["resend", "leave"]),
            address: z.string().max(254).optional().openapi({ description: "Of one letter; else all." }),
          }),
          "What becomes of them.",
        ),
      },
    },
    responses: {
      200: json(
        z.object({ letters: z.int(), left: z.int() }),
        "How many were decided on, and how many still are held.",
      ),
      ...refusals,
      409: refusal("None is held; `detail` says more."),
    },
  }),
};

/** `/api/v1/issues/{digest}/{issue}/doubts`. */
export function doubtApi(
  { issueNamed, doubts, decide }: DoubtApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const missing = (c: Context, detail: string) => problem(c, { status: 404, title: "No such issue", detail });

  app.openapi(routes.read, async (c) => {
    const { digest, issue: name } = c.req.valid("param");
    const issue = await issueNamed(`${digest}/${name}`);
    if (issue === null) return missing(c, `There is no issue "${digest}/${name}" yet.`);
    c.header("Cache-Control", "no-store");
    return c.json(await doubts(issue, c.req.valid("query").after), 200);
  });
  app.openapi(routes.decide, async (c) => {
    const { digest, issue } = c.req.valid("param");
    const { decision, address } = c.req.valid("json");
    const done = await decide(`${digest}/${issue}`, decision, address ?? null, c.var.actor);
    if (done.kind === "done") return c.json({ letters: done.letters, left: done.left }, 200);
    return done.kind === "unknown-issue"
      ? missing(c, done.why)
      : problem(c, { status: 409, title: "Nothing to decide", detail: done.why });
  });
  return app;
}
