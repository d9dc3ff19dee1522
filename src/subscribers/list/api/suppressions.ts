// /api/v1/suppressions: the addresses that must not be mailed.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { problem } from "../../../web/index.ts";
import { parseAddress } from "../../address.ts";
import { addressProblems } from "../../words.ts";
import { givenReasons, liftSuppression, listSuppressions, suppress } from "../suppress.ts";
import { json, type ListApiDeps, type ListApiEnv, limit, none, refusals, security } from "./shared.ts";

const suppressionJson = z
  .object({ address: z.string(), reason: z.string(), at: z.string() })
  .openapi("Suppression");
const routes = {
  suppressions: createRoute({
    method: "get",
    path: "/api/v1/suppressions",
    summary: "Addresses that must not be mailed (editors)",
    security,
    request: {
      query: z.object({
        after: z
          .string()
          .max(400)
          .default("")
          .openapi({ description: "The address that the page before ended with." }),
        limit,
      }),
    },
    responses: {
      200: json(
        z.object({ suppressions: z.array(suppressionJson), next: z.string().nullable() }),
        "A page, and the address of the next one. Who is erased stands as a keyed hash.",
      ),
      ...refusals,
    },
  }),
  suppress: createRoute({
    method: "post",
    path: "/api/v1/suppressions",
    summary: "Keep mail from an address (editors)",
    security,
    request: {
      body: {
        required: true,
        ...json(
          z.strictObject({ address: z.string().max(1000), reason: z.enum(givenReasons).default("manual") }),
          "The address and why.",
        ),
      },
    },
    responses: { 201: json(suppressionJson, "No mail goes there."), ...refusals },
  }),
  lift: createRoute({
    method: "delete",
    path: "/api/v1/suppressions",
    summary: "Lift a suppression; what the person left stays left (administrators)",
    security,
    request: { query: z.object({ address: z.string().max(1000) }) },
    responses: { 204: { description: "It is lifted." }, ...none, ...refusals },
  }),
};

export function suppressionApi(deps: ListApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const { database, site, now } = deps;
  const { db } = database;
  const app = new OpenAPIHono<ListApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  app.openapi(routes.suppressions, async (c) => {
    const { after, limit: most } = c.req.valid("query");
    const page = await listSuppressions(db, after, most);
    const last = page.at(-1);
    const next = last && page.length === most ? new URL("/api/v1/suppressions", site) : null;
    next?.searchParams.set("after", last?.address ?? "");
    next?.searchParams.set("limit", String(most));
    const suppressions = page.map(({ address, reason, at }) => ({ address, reason, at: at.toString() }));
    return c.json({ suppressions, next: next?.href ?? null }, 200);
  });

  app.openapi(routes.suppress, async (c) => {
    const { address: typed, reason } = c.req.valid("json");
    const address = parseAddress(typed);
    if (!address.ok)
      return problem(c, { status: 422, title: "No address", detail: addressProblems.en[address.why] });
    await suppress({ database, actor: c.get("actor"), now: now() }, address, reason);
    return c.json({ address: address.key, reason, at: now().toString() }, 201);
  });

  app.openapi(routes.lift, async (c) => {
    const address = parseAddress(c.req.valid("query").address);
    const lifted =
      address.ok && (await liftSuppression({ database, actor: c.get("actor"), now: now() }, address));
    return lifted
      ? c.body(null, 204)
      : problem(c, { status: 404, title: "Not suppressed", detail: "This address is not suppressed." });
  });
  return app;
}
