// /api/v1/subscribers: listed, shown with the history of their consent, given out as files; signed out and erased by word of theirs.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { audit } from "../../../accounts/index.ts";
import { idInPath, problem } from "../../../web/index.ts";
import type { SubscriberId } from "../../consent.ts";
import { leave } from "../../leave.ts";
import { erase } from "../../preferences/erase.ts";
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
const params = z.object({ id: idInPath });
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
    request: { params },
    responses: { 200: json(shownJson, "The subscriber."), ...none, ...refusals },
  }),
  leave: createRoute({
    method: "post",
    path: "/api/v1/subscribers/{id}/leave",
    summary: "End all subscriptions of somebody who asked for it elsewhere (editors)",
    description:
      "No list brings them back; they may come back themselves. Who left before is left as they are.",
    security,
    request: { params },
    responses: { 200: json(shownJson, "As they stand now."), ...none, ...refusals },
  }),
  erase: createRoute({
    method: "delete",
    path: "/api/v1/subscribers/{id}",
    summary: "Erase somebody for good (administrators)",
    description:
      "Their address and network are blanked wherever they stand, what was not sent yet is taken back, and no list brings them back. What they did and when stays. There is no way back.",
    security,
    request: { params },
    responses: { 204: { description: "Nothing tells any more who it was." }, ...none, ...refusals },
  }),
};

export function subscriberApi(deps: ListApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const { database, site, now } = deps;
  const { db, batch } = database;
  const app = new OpenAPIHono<ListApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  const log = (c: Context<ListApiEnv>, act: string, id: number) =>
    batch([audit(db, { actor: c.var.actor, act, subject: `subscriber ${id}` }, now())]);
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
    return shown ? c.json(shownAsJson(shown), 200) : nobody(c, id);
  });
  app.openapi(routes.leave, async (c) => {
    const { id } = c.req.valid("param");
    const names = await deps.names();
    if (!(await showSubscriber(db, subscriberId(id), names))) return nobody(c, id);
    const everything = { subscriber: subscriberId(id), digest: null };
    const ended = await leave(database, everything, "publisher", { via: "publisher" }, now());
    if (ended.length > 0) await log(c, "subscriber-leave", id);
    const shown = await showSubscriber(db, subscriberId(id), names);
    return shown ? c.json(shownAsJson(shown), 200) : nobody(c, id);
  });
  app.openapi(routes.erase, async (c) => {
    const { id } = c.req.valid("param");
    if (!(await erase(database, deps.letters, subscriberId(id), { via: "publisher" }, now())))
      return nobody(c, id);
    await log(c, "subscriber-erase", id);
    return c.body(null, 204);
  });

  return app;
}

const nobody = (c: Context, id: number) =>
  problem(c, { status: 404, title: "No such subscriber", detail: `Nobody has the id ${id}.` });

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
