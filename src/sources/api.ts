// The API for sources: how each stands, its runs, and to run it now, hold it and let it go on; change-api.ts adds and removes them. Who
// may call it is for the door before it to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { json } from "../web/index.ts";
import { holdSource, runSoon } from "./acts.ts";
import {
  missing,
  none,
  one,
  params,
  path,
  refusals,
  type SourceApiDeps,
  security,
  sourceFields,
  sourceJson,
  toJson,
} from "./api-json.ts";
import { sourceChangeApi } from "./change-api.ts";
import { listRuns } from "./store/runs.ts";
import { listSources, sourceBy } from "./store/sources.ts";

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
export function sourceApi(deps: SourceApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const { sourcing, tickSoon } = deps;
  const { db } = sourcing.database;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const named = (slug: string) => sourceBy(db, { slug: slug.normalize("NFC") });
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
  app.route("/", sourceChangeApi(deps, invalid));
  return app;
}
