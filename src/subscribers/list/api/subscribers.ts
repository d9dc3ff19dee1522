// /api/v1/subscribers: listed, shown with the history of their consent, given out as files.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { audit } from "../../../accounts/index.ts";
import { problem } from "../../../web/index.ts";
import type { SubscriberId } from "../../consent.ts";
import { describe, type ExportedPerson, type ExportFormat, exportText } from "../export.ts";
import { eventWords } from "../history.ts";
import { type ShownSubscriber, showSubscriber } from "../person.ts";
import { type Person, segmentPages } from "../segments.ts";
import {
  filterOf,
  json,
  type ListApiDeps,
  type ListApiEnv,
  limit,
  none,
  noSegment,
  refusals,
  security,
  todayOf,
} from "./shared.ts";

const subscriptionJson = z.object({
  digest: z.string(),
  state: z.enum(["pending", "active", "paused", "left"]),
  sections: z.array(z.string()).openapi({ description: "Empty for all." }),
  frequency: z.enum(["each", "daily", "weekly"]),
  slots: z.array(z.string()).openapi({ description: "Empty for all runs of a day." }),
  paused_until: z.string().nullable(),
});
const subscriberFields = {
  id: z.int(),
  address: z.string(),
  state: z.enum(["pending", "confirmed", "left", "suppressed", "erased"]),
  language: z.enum(["ar", "en"]),
  digests: z.array(subscriptionJson),
  source: z.string(),
  import: z.int().nullable(),
  created_at: z.string(),
  confirmed_at: z.string().nullable(),
  active_at: z.string().nullable(),
  consent: z.string().nullable().openapi({ description: "How they agreed, the last time they did." }),
};
const subscriberJson = z.object(subscriberFields).openapi("Subscriber");
const bothWords = z.object({ ar: z.string(), en: z.string() });
const shownJson = z
  .object({
    ...subscriberFields,
    suppression: z.string().nullable().openapi({ description: "Why the address must not be mailed." }),
    history: z.array(
      z.object({ at: z.string(), act: z.string(), digest: z.int().nullable(), words: bothWords }),
    ),
  })
  .openapi("SubscriberWithHistory");
const after = z.coerce
  .number()
  .int()
  .min(0)
  .default(0)
  .openapi({ description: "The id that the page before ended with." });
const segmentQuery = z
  .string()
  .optional()
  .openapi({ description: "The slug of a saved segment; all without it." });
const exportRoute = (name: "export.csv" | "export.jsonl", type: string) =>
  createRoute({
    method: "get",
    path: `/api/v1/subscribers/${name}`,
    summary: `Subscribers as a file, streamed (administrators)`,
    security,
    request: { query: z.object({ segment: segmentQuery }) },
    responses: {
      200: { description: "The file.", content: { [type]: { schema: z.string() } } },
      ...none,
      ...refusals,
    },
  });

const routes = {
  csv: exportRoute("export.csv", "text/csv"),
  jsonl: exportRoute("export.jsonl", "application/jsonl"),
  list: createRoute({
    method: "get",
    path: "/api/v1/subscribers",
    summary: "Subscribers in the order they came (editors)",
    security,
    request: { query: z.object({ segment: segmentQuery, after, limit }) },
    responses: {
      200: json(
        z.object({ subscribers: z.array(subscriberJson), next: z.string().nullable() }),
        "A page, and the address of the next one.",
      ),
      ...none,
      ...refusals,
    },
  }),
  show: createRoute({
    method: "get",
    path: "/api/v1/subscribers/{id}",
    summary: "One subscriber, with the history of their consent (editors)",
    security,
    request: { params: z.object({ id: z.coerce.number<string>().int().positive() }) },
    responses: { 200: json(shownJson, "The subscriber."), ...none, ...refusals },
  }),
};

export function subscriberApi(deps: ListApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const { database, site, now } = deps;
  const { db, batch } = database;
  const app = new OpenAPIHono<ListApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  const streamed = async (c: Context, format: ExportFormat, type: string, given: string | undefined) => {
    const filter = await filterOf(deps, given);
    if (filter === null) return problem(c, noSegment(given));
    const subject = `${given ?? "all"} (${format})`;
    await batch([audit(db, { actor: c.get("actor"), act: "subscribers-export", subject }, now())]);
    const text = ReadableStream.from(exportText(db, format, filter, await deps.names(), await todayOf(deps)));
    c.header("Content-Type", type);
    c.header(
      "Content-Disposition",
      `attachment; filename="subscribers.${format === "csv" ? "csv" : "jsonl"}"`,
    );
    c.header("Cache-Control", "no-store");
    return c.body(text.pipeThrough(new TextEncoderStream()));
  };
  app.openapi(routes.csv, (c) => streamed(c, "csv", "text/csv; charset=utf-8", c.req.valid("query").segment));
  app.openapi(routes.jsonl, (c) => streamed(c, "json", "application/jsonl", c.req.valid("query").segment));

  app.openapi(routes.list, async (c) => {
    const { segment, after: from, limit: most } = c.req.valid("query");
    const filter = await filterOf(deps, segment);
    if (filter === null) return problem(c, noSegment(segment));
    const found: Person[] = [];
    for await (const page of segmentPages(db, filter, await todayOf(deps), from)) {
      found.push(...page.slice(0, most + 1 - found.length));
      if (found.length > most) break;
    }
    const shown = found.slice(0, most);
    const last = found.length > most ? shown.at(-1) : undefined;
    const next = last && new URL(`/api/v1/subscribers?after=${last.id}&limit=${most}`, site);
    if (next && segment !== undefined) next.searchParams.set("segment", segment);
    const described = await describe(db, shown, await deps.names());
    const subscribers = described.map(({ id, json: it }) => personAsJson(id, it));
    return c.json({ subscribers, next: next?.href ?? null }, 200);
  });

  app.openapi(routes.show, async (c) => {
    const { id } = c.req.valid("param");
    const shown = await showSubscriber(db, subscriberId(id), await deps.names());
    if (!shown)
      return problem(c, { status: 404, title: "No such subscriber", detail: `Nobody has the id ${id}.` });
    return c.json(shownAsJson(shown), 200);
  });

  return app;
}

const subscriberId = (id: number): SubscriberId => id as SubscriberId;

const personAsJson = (id: SubscriberId, { digests, ...it }: ExportedPerson) => ({
  id,
  ...it,
  digests: digests.map((it) => ({ ...it, sections: [...it.sections], slots: [...it.slots] })),
});

const shownAsJson = ({ id, suppression, history, ...person }: ShownSubscriber) => ({
  ...personAsJson(id, person),
  suppression,
  history: history.map((event) => ({
    at: event.at.toString(),
    act: event.act,
    digest: event.digest,
    words: { ar: eventWords("ar", event), en: eventWords("en", event) },
  })),
});
