// The API for looking at an issue before it goes out: as anybody would get it, and sent to a few addresses. Mounted behind the
// articles' API, which checks the token.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { issueRequest } from "../digests/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import type { Preview, PreviewFor, Previewing } from "./preview.ts";
import { mostTestAddresses, type Testing } from "./test-send.ts";

export type PreviewApiDeps = {
  preview: (issue: string, whose: PreviewFor) => Promise<Previewing>;
  sendTest: (issue: string, whose: PreviewFor, to: readonly string[], actor: string) => Promise<Testing>;
  /** Whose choices an address has is for editors to know. */
};

const line = z.object({ subject: z.string(), preheader: z.string() });
const previewJson = z
  .object({
    issue: z.string(),
    state: z.string().nullable().openapi({ description: "Null where there is no issue yet." }),
    revision: z.int().nullable().openapi({ description: "The one to approve." }),
    built: z.boolean().openapi({ description: "False: how it would be, were it built now." }),
    language: z.enum(["ar", "en"]),
    excluded: z.string().nullable().openapi({ description: "Why this reader would get nothing of it." }),
    subject: z.string(),
    preheader: z.string(),
    inbox: z.object({ phone: line, desktop: line }).openapi({ description: "As inboxes cut them." }),
    html: z.string(),
    text: z.string(),
  })
  .openapi("Preview");

const as = z
  .string()
  .max(254)
  .optional()
  .openapi({ description: "A subscriber's address; without one, the issue of all sections." });
const language = z.enum(["ar", "en"]).default("ar").openapi({ description: "Where no address is given." });
const security = [{ token: [] }];
const path = "/api/v1/issues/{digest}/{issue}";
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  404: refusal("There is no such issue, and there will be none."),
  422: refusal("There is nothing to show; `detail` says why."),
};

const routes = {
  preview: createRoute({
    method: "get",
    path: `${path}/preview`,
    summary: "An issue as a reader would get it, also before it is built",
    security,
    request: { ...issueRequest, query: z.object({ as, language }) },
    responses: { 200: json(previewJson, "Its links do nothing to anybody."), ...refusals },
  }),
  test: createRoute({
    method: "post",
    path: `${path}/test`,
    summary: "Send an issue to a few addresses, to be looked at",
    security,
    request: {
      ...issueRequest,
      body: {
        required: true,
        ...json(
          z.strictObject({ to: z.array(z.string().max(254)).min(1).max(mostTestAddresses), as, language }),
          "To whom, and as whom.",
        ),
      },
    },
    responses: {
      200: json(
        z.object({
          letters: z.array(z.object({ address: z.string(), state: z.string(), reply: z.string() })),
        }),
        "What became of each.",
      ),
      ...refusals,
    },
  }),
};

/** `/api/v1/issues/{digest}/{issue}/preview` and `/test`. */
export function previewApi(
  { preview, sendTest }: PreviewApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  app.openapi(routes.preview, async (c) => {
    const { digest, issue } = c.req.valid("param");
    const query = c.req.valid("query");
    const shown = await preview(`${digest}/${issue}`, whoseIn(query));
    c.header("Cache-Control", "no-store");
    return shown.kind === "preview" ? c.json(toJson(`${digest}/${issue}`, shown), 200) : refused(c, shown);
  });
  app.openapi(routes.test, async (c) => {
    const { digest, issue } = c.req.valid("param");
    const { to, ...asked } = c.req.valid("json");
    const sent = await sendTest(`${digest}/${issue}`, whoseIn(asked), to, c.var.actor);
    return sent.kind === "sent" ? c.json({ letters: sent.letters }, 200) : refused(c, sent);
  });
  return app;
}

const whoseIn = (asked: { as?: string | undefined; language: "ar" | "en" }): PreviewFor =>
  asked.as === undefined ? { language: asked.language } : { address: asked.as };

const toJson = (issue: string, it: Preview) => ({
  issue,
  state: it.state,
  revision: it.revision,
  built: it.built,
  language: it.language,
  excluded: it.exclusion,
  subject: it.subject,
  preheader: it.preheader,
  inbox: { phone: it.inbox.phone, desktop: it.inbox.desktop },
  html: it.html,
  text: it.text,
});

const refused = (c: Context, it: Exclude<Previewing, Preview>) =>
  it.kind === "unknown-issue"
    ? problem(c, { status: 404, title: "No such issue", detail: it.why })
    : problem(c, { status: 422, title: "Nothing to show", detail: it.why });
