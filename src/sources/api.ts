// The API for sources: how each stands, its runs, and to run it now, hold it and let it go on. Who may call it is for the door before it
// to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { withoutKeys } from "../platform/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import { holdSource, runSoon, type SourceActDeps } from "./acts.ts";
import type { Source } from "./source.ts";
import { listRuns } from "./store/runs.ts";
import { listSources, sourceBy } from "./store/sources.ts";

export type SourceApiDeps = {
  sourcing: SourceActDeps;
  /** Has what is due done behind the reply. */
  tickSoon: () => void;
};

const sourceFields = {
  source: z.string().openapi({ description: "Its slug." }),
  kind: z.enum(["wordpress", "feed", "page", "file"]),
  url: z.string(),
  title: z.string(),
  paused: z.boolean(),
  failures: z.int().openapi({ description: "Runs that failed since the last that went well." }),
  error: z.string().nullable().openapi({ description: "Why the last run failed; null: it went well." }),
  last_run_at: z.string().nullable(),
  last_good_at: z.string().nullable(),
  next_run_at: z.string().nullable().openapi({ description: "null: only when it is told to." }),
};
const sourceJson = z.object(sourceFields).openapi("Source");
const withRunsJson = z
  .object({
    ...sourceFields,
    runs: z
      .array(
        z.object({
          began_at: z.string(),
          ended_at: z.string(),
          created: z.int(),
          revised: z.int(),
          unchanged: z.int(),
          retracted: z.int(),
          skipped: z.int(),
          notes: z
            .array(z.object({ what: z.string(), why: z.string() }))
            .openapi({ description: "The first things that were skipped." }),
          error: z.string().nullable(),
        }),
      )
      .openapi({ description: "Newest first." }),
  })
  .openapi("SourceWithRuns");

/** As many as its page shows. */
const shownRuns = 20;

const security = [{ token: [] }];
const path = "/api/v1/sources";
const one = `${path}/{source}`;
const params = z.object({ source: z.string().max(200).openapi({ description: "Its slug." }) });
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
};
const none = { 404: refusal("There is no such source.") };
const stands = { 200: json(sourceJson, "How it stands now."), ...refusals, ...none };
const routes = {
  list: createRoute({
    method: "get",
    path,
    summary: "Where articles are taken from, and how each source stands",
    security,
    responses: { 200: json(z.array(sourceJson), "All of them."), ...refusals },
  }),
  read: createRoute({
    method: "get",
    path: one,
    summary: "A source with its last runs",
    security,
    request: { params },
    responses: { 200: json(withRunsJson, "How it stands, and what its runs brought."), ...refusals, ...none },
  }),
  run: createRoute({
    method: "post",
    path: `${one}/run`,
    summary: "Run a source now",
    security,
    request: {
      params,
      body: {
        required: true,
        ...json(
          z.strictObject({
            whole: z
              .boolean()
              .default(false)
              .openapi({ description: "From the beginning, and not only what is new." }),
          }),
          "How much of it.",
        ),
      },
    },
    responses: { 202: json(sourceJson, "It is due, and runs behind this reply."), ...refusals, ...none },
  }),
  pause: createRoute({
    method: "post",
    path: `${one}/pause`,
    summary: "Ask a source nothing until somebody resumes it; what came of it stays",
    security,
    request: { params },
    responses: stands,
  }),
  resume: createRoute({
    method: "post",
    path: `${one}/resume`,
    summary: "Have a source that was paused run again",
    security,
    request: { params },
    responses: stands,
  }),
};

/** `/api/v1/sources` */
export function sourceApi(
  { sourcing, tickSoon }: SourceApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const { db } = sourcing.database;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const named = (slug: string) => sourceBy(db, { slug: slug.normalize("NFC") });
  const missing = (c: Context) =>
    problem(c, {
      status: 404,
      title: "No such source",
      detail: `There is no source of this name. GET ${path} lists them all.`,
    });

  app.openapi(routes.list, async (c) => c.json((await listSources(db)).map(toJson), 200));
  app.openapi(routes.read, async (c) => {
    const source = await named(c.req.valid("param").source);
    if (source === null) return missing(c);
    const runs = (await listRuns(db, source.id, shownRuns)).map((it) => ({
      began_at: it.startedAt.toString(),
      ended_at: it.endedAt.toString(),
      created: it.created,
      revised: it.revised,
      unchanged: it.unchanged,
      retracted: it.retracted,
      skipped: it.skipped,
      notes: it.notes,
      error: it.error,
    }));
    return c.json({ ...toJson(source), runs }, 200);
  });
  app.openapi(routes.run, async (c) => {
    const { source: slug } = c.req.valid("param");
    const source = await named(slug);
    if (source === null) return missing(c);
    await runSoon(sourcing, source, c.req.valid("json").whole, c.var.actor);
    const due = (await named(slug)) ?? source;
    tickSoon();
    return c.json(toJson(due), 202);
  });
  const hold = async (slug: string, paused: boolean, actor: string) => {
    const source = await named(slug);
    if (source === null) return null;
    await holdSource(sourcing, source, paused, actor);
    return named(slug);
  };
  app.openapi(routes.pause, async (c) => {
    const held = await hold(c.req.valid("param").source, true, c.var.actor);
    return held === null ? missing(c) : c.json(toJson(held), 200);
  });
  app.openapi(routes.resume, async (c) => {
    const held = await hold(c.req.valid("param").source, false, c.var.actor);
    return held === null ? missing(c) : c.json(toJson(held), 200);
  });
  return app;
}

const toJson = (it: Source) => ({
  source: it.slug,
  kind: it.kind,
  url: withoutKeys(it.url.href),
  title: it.title,
  paused: it.pausedAt !== null,
  failures: it.failures,
  error: it.lastError,
  last_run_at: it.lastRunAt?.toString() ?? null,
  last_good_at: it.lastGoodAt?.toString() ?? null,
  next_run_at: it.nextRunAt?.toString() ?? null,
});
