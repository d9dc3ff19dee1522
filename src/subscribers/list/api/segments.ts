// /api/v1/segments: filters of subscribers, saved and counted.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { auditIfChanged } from "../../../accounts/index.ts";
import { problem } from "../../../web/index.ts";
import { givenFilter, resolveFilter, showFilter } from "../segment.ts";
import {
  addSegment,
  countSegment,
  listSegments,
  removeSegment,
  type Segment,
  segmentBySlug,
} from "../segments.ts";
import {
  json,
  type ListApiDeps,
  type ListApiEnv,
  none,
  noSegment,
  refusal,
  refusals,
  security,
  slug,
  todayOf,
} from "./shared.ts";

const segmentJson = z.object({ slug: z.string(), filter: givenFilter }).openapi("Segment");
const routes = {
  segments: createRoute({
    method: "get",
    path: "/api/v1/segments",
    summary: "Saved segments",
    security,
    responses: { 200: json(z.object({ segments: z.array(segmentJson) }), "All of them."), ...refusals },
  }),
  segment: createRoute({
    method: "get",
    path: "/api/v1/segments/{slug}",
    summary: "A saved segment, and how many people are in it now",
    security,
    request: { params: z.object({ slug }) },
    responses: { 200: json(segmentJson.extend({ count: z.int() }), "The segment."), ...none, ...refusals },
  }),
  addSegment: createRoute({
    method: "post",
    path: "/api/v1/segments",
    summary: "Save a segment (editors)",
    security,
    request: {
      body: {
        required: true,
        ...json(z.strictObject({ slug, filter: givenFilter }), "Its name and its filter."),
      },
    },
    responses: { 201: json(segmentJson, "It is saved."), 409: refusal("The name is taken."), ...refusals },
  }),
  removeSegment: createRoute({
    method: "delete",
    path: "/api/v1/segments/{slug}",
    summary: "Forget a segment; its people stay (editors)",
    security,
    request: { params: z.object({ slug }) },
    responses: { 204: { description: "It is gone." }, ...none, ...refusals },
  }),
};

export function segmentApi(deps: ListApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const { database, now } = deps;
  const { db, batch } = database;
  const app = new OpenAPIHono<ListApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  const asJson = async ({ slug: name, filter }: Pick<Segment, "slug" | "filter">) => ({
    slug: name,
    filter: showFilter(filter, await deps.names()),
  });

  app.openapi(routes.segments, async (c) =>
    c.json({ segments: await Promise.all((await listSegments(db)).map(asJson)) }, 200),
  );

  app.openapi(routes.segment, async (c) => {
    const segment = await segmentBySlug(db, c.req.valid("param").slug);
    if (!segment) return problem(c, noSegment(c.req.valid("param").slug));
    const count = await countSegment(db, segment.filter, await todayOf(deps));
    return c.json({ ...(await asJson(segment)), count }, 200);
  });

  app.openapi(routes.addSegment, async (c) => {
    const given = c.req.valid("json");
    const resolved = resolveFilter(given.filter, await deps.names());
    if (!resolved.ok) return problem(c, { status: 422, title: "Refused", detail: resolved.why });
    const segment = { slug: given.slug, filter: resolved.filter };
    const [added] = await batch([
      addSegment(db, segment, now()),
      auditIfChanged(db, { actor: c.get("actor"), act: "segment-add", subject: segment.slug }, now()),
    ]);
    if (added?.changes !== 1)
      return problem(c, {
        status: 409,
        title: "Taken",
        detail: `There is a segment "${segment.slug}" already, or a thousand of them. Remove it, or take another name.`,
      });
    return c.json(await asJson(segment), 201);
  });

  app.openapi(routes.removeSegment, async (c) => {
    const { slug: name } = c.req.valid("param");
    const [removed] = await batch([
      removeSegment(db, name),
      auditIfChanged(db, { actor: c.get("actor"), act: "segment-remove", subject: name }, now()),
    ]);
    return removed?.changes === 1 ? c.body(null, 204) : problem(c, noSegment(name));
  });

  return app;
}
