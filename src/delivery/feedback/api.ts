// The API for what came back lately. Mounted behind the articles' API, which checks the token.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { json, refusal } from "../../web/index.ts";
import { type FeedbackLine, mostFeedback } from "./list.ts";
import { verdicts } from "./verdict.ts";

export type FeedbackApiDeps = {
  list: (asked: {
    before?: number | undefined;
    count: number;
    kind?: FeedbackLine["kind"] | undefined;
  }) => Promise<FeedbackLine[]>;
};

const line = z
  .object({
    id: z.int(),
    at: z.string(),
    address: z.string(),
    kind: z.enum(["bounce", "complaint"]),
    verdict: z.enum([...verdicts, "abuse", "opt-out"]),
    code: z.string().openapi({ description: "`5.1.1`, else `550`, else nothing." }),
    words: z.string().nullable().openapi({ description: "The server's own." }),
    known_by: z
      .enum(["return-path", "message-id", "address", "reply"])
      .openapi({ description: "By an address alone nothing follows." }),
    issue: z.string().nullable(),
    notice: z.string().nullable(),
  })
  .openapi("Feedback");

const route = createRoute({
  method: "get",
  path: "/api/v1/feedback",
  summary: "What came back lately: bounces and complaints, the newest first",
  security: [{ token: [] }],
  request: {
    query: z.object({
      kind: z.enum(["bounce", "complaint"]).optional(),
      limit: z.coerce.number().int().min(1).max(mostFeedback).default(100),
      before: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .openapi({ description: "`next` of the page before." }),
    }),
  },
  responses: {
    200: json(
      z.object({ feedback: z.array(line), next: z.int().nullable() }),
      "`next` is null on the last page.",
    ),
    401: refusal("No token, or one that does not work."),
    403: refusal("The token may not do this."),
  },
});

/** `/api/v1/feedback`. */
export function feedbackApi({ list }: FeedbackApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  app.openapi(route, async (c) => {
    const { kind, limit, before } = c.req.valid("query");
    const feedback = await list({ kind, before, count: limit });
    c.header("Cache-Control", "no-store");
    return c.json({ feedback, next: feedback.length < limit ? null : (feedback.at(-1)?.id ?? null) }, 200);
  });
  return app;
}
