// The API for the audit log: who did what, when, to what, and from where, as on its page. For administrators: who may call it is for the
// door before it to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { auditPlace, auditPlaceText, readAudit, wayOf } from "../accounts/index.ts";
import { instantText, json, problem, refusal } from "../web/index.ts";
import { actWord } from "./audit-words.ts";
import type { NewsroomDeps } from "./desk.ts";

const entryJson = z
  .object({
    id: z.int(),
    at: z.string(),
    actor: z.string().openapi({
      description: "An editor's address, a token's name, `command line`, `program` or `stranger`.",
    }),
    act: z.string(),
    words: z
      .object({ ar: z.string(), en: z.string() })
      .nullable()
      .openapi({ description: "The act as people read it." }),
    subject: z.string().openapi({ description: "What it was done to." }),
    way: z.enum(["page", "api", "command"]),
    network: z.string().openapi({ description: "From where; empty where nobody knows, as of commands." }),
  })
  .openapi("AuditEntry");

const path = "/api/v1/audit";
const longest = 300;
const instant = instantText
  .optional()
  .openapi({ format: "date-time", description: "An instant, such as 2026-03-01T00:00:00+03:00." });
const read = createRoute({
  method: "get",
  path,
  summary: "The audit log, newest first",
  description: "Nothing in it is changed or removed.",
  security: [{ token: [] }],
  request: {
    query: z.object({
      actor: z.string().max(longest).optional(),
      act: z.string().max(longest).optional(),
      from: instant,
      until: instant.openapi({ description: "Before this instant." }),
      after: z.string().max(100).optional().openapi({ description: "As `next` has it." }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: json(
      z.object({ entries: z.array(entryJson), next: z.string().nullable() }),
      "A page, and the address of the next one.",
    ),
    401: refusal("No token, or one that does not work."),
    403: refusal("The token's scopes do not reach."),
    422: refusal("Something in the query is refused; `detail` says what."),
  },
});

/** `/api/v1/audit` */
export function auditApi(
  { database: { db }, site }: Pick<NewsroomDeps, "database" | "site">,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  app.openapi(read, async (c) => {
    const query = c.req.valid("query");
    const { actor, act, limit } = query;
    const after = query.after === undefined ? null : auditPlace(query.after);
    if (after === null && query.after !== undefined)
      return problem(c, {
        status: 422,
        title: "No such place",
        detail: "`after` is no place in the log. Take the address in `next` as it is.",
      });
    const time = (text: string | undefined) => (text === undefined ? undefined : Temporal.Instant.from(text));
    const filter = { actor, act, from: time(query.from), until: time(query.until) };
    const found = await readAudit(db, filter, limit + 1, after);
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    const next = last && new URL(c.req.url);
    next?.searchParams.set("after", last ? auditPlaceText(last) : "");
    c.header("Cache-Control", "no-store");
    return c.json(
      {
        entries: shown.map((it) => ({
          id: it.id,
          at: it.at.toString(),
          actor: it.actor,
          act: it.act,
          words: wordsOf(it.act),
          subject: it.subject,
          way: wayOf(it.actor),
          network: it.network,
        })),
        next: next ? new URL(`${path}${next.search}`, site).href : null,
      },
      200,
    );
  });
  return app;
}

function wordsOf(act: string) {
  const [ar, en] = [actWord(act, "ar"), actWord(act, "en")];
  return ar === null || en === null ? null : { ar, en };
}
