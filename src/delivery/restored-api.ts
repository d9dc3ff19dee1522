// The API for a database that was restored from a copy: what is held, and to let it send. For administrators; mounted behind the
// articles' API, which checks the token.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { issueName } from "../digests/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import { type ReleaseDeps, releaseRestored, restoredState } from "./restored.ts";

const stateJson = z
  .object({
    held: z.boolean().openapi({ description: "No issue leaves until the copy is released." }),
    made_at: z.string().nullable().openapi({ description: "When the copy was made." }),
    restored_at: z
      .string()
      .nullable()
      .openapi({ description: "Of what was done between the two nothing is known." }),
    paused: z
      .array(
        z.object({
          issue: z.string(),
          state: z.string(),
          unknown: z.int().openapi({ description: "Letters without an end, which may have left since." }),
        }),
      )
      .openapi({ description: "Issues that wait for a word each, also once the copy is released." }),
  })
  .openapi("Restored");

const security = [{ token: [] }];
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
};
const routes = {
  read: createRoute({
    method: "get",
    path: "/api/v1/restore",
    summary: "Whether this database is a restored copy that sends nothing yet",
    security,
    responses: { 200: json(stateJson, "How it stands."), ...refusals },
  }),
  release: createRoute({
    method: "post",
    path: "/api/v1/restore/release",
    summary: "Let a restored copy send again",
    description:
      "Issues that open from now on are sent, and those that opened since the restore. Those that were under way when the copy was made stay paused: resume or cancel each. Make sure first that the database it stands for sends nothing any more.",
    security,
    responses: {
      200: json(stateJson, "How it stands now."),
      409: refusal("Nothing is held."),
      ...refusals,
    },
  }),
};

/** `/api/v1/restore` */
export function restoredApi(deps: ReleaseDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const state = async () => {
    const { held, issues } = await restoredState(deps.database.db);
    return {
      held: held !== null,
      made_at: held?.madeAt.toString() ?? null,
      restored_at: held?.restoredAt.toString() ?? null,
      paused: issues.map(({ issue, unknown }) => ({ issue: issueName(issue), state: issue.state, unknown })),
    };
  };
  app.openapi(routes.read, async (c) => c.json(await state(), 200));
  app.openapi(routes.release, async (c) =>
    (await releaseRestored(deps, c.var.actor))
      ? c.json(await state(), 200)
      : problem(c, {
          status: 409,
          title: "Nothing is held",
          detail: "This database is no restored copy, or somebody let it send already.",
        }),
  );
  return app;
}
