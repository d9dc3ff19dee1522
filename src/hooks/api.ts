// The API for webhooks that go out. Who may call it is for the door before it to say; the secret is told once, when one is added.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { CompiledQuery } from "kysely";
import { instantText, json, problem, refusal } from "../web/index.ts";
import { eventKinds, newSecret, whyNoEndpoint } from "./event.ts";
import {
  addEndpoint,
  type Endpoint,
  formerHours,
  listCalls,
  listEndpoints,
  mostEndpoints,
  removeEndpoint,
  replay,
  rotateSecret,
  switchOn,
} from "./store.ts";
import { type HookDeps, testHook } from "./tell.ts";

export type HookApiDeps = Pick<HookDeps, "database" | "call" | "now"> & {
  /** Writes down who did what, if the statement before it in the batch changed something. */
  audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
};

const endpointJson = z
  .object({
    id: z.int(),
    url: z.string(),
    events: z.array(z.enum(eventKinds)),
    state: z
      .enum(["on", "off"])
      .openapi({ description: "off: it answered 410, and is told nothing until a replay" }),
    created_at: z.string(),
    failing_since: z.string().nullable(),
    reply: z.string().nullable().openapi({ description: "Of the last call that failed." }),
    former_secret_until: z
      .string()
      .nullable()
      .openapi({ description: "Until then the secret that was changed signs beside the new one." }),
  })
  .openapi("Webhook");

const callJson = z
  .object({
    id: z
      .string()
      .openapi({ description: "As in the header webhook-id: the same however often it is told." }),
    event: z.string(),
    at: z.string().openapi({ description: "When it happened." }),
    state: z.enum(["waiting", "told", "dead"]).openapi({ description: "dead: it was given up; replay it." }),
    tries: z.int(),
    due: z.string().openapi({ description: "When it is told next, was told, or was given up." }),
    reply: z.string().nullable().openapi({ description: "Of the last try that failed." }),
  })
  .openapi("WebhookCall");

/** As many as one reply lists. */
const mostListed = 500;

const security = [{ token: [] }];
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
  404: refusal("There is none with this id."),
  422: refusal("Something in it is refused; `detail` says what."),
};
const params = z.object({ id: z.coerce.number().int().min(1) });
const path = "/api/v1/webhooks";
const one = `${path}/{id}`;

const routes = {
  list: createRoute({
    method: "get",
    path,
    summary: "Where events are told",
    security,
    responses: { 200: json(z.array(endpointJson), "All of them, without their secrets."), ...refusals },
  }),
  add: createRoute({
    method: "post",
    path,
    summary: "Have events told to an address of yours",
    security,
    request: {
      body: {
        required: true,
        ...json(
          z.strictObject({ url: z.string(), events: z.array(z.enum(eventKinds)).min(1) }),
          "Where, and of what.",
        ),
      },
    },
    responses: {
      201: json(
        endpointJson.extend({ secret: z.string() }),
        "With the secret that signs: it is shown this once.",
      ),
      ...refusals,
    },
  }),
  remove: createRoute({
    method: "delete",
    path: one,
    summary: "Tell an address nothing any more, nor what waits for it",
    security,
    request: { params },
    responses: { 204: { description: "It is gone." }, ...refusals },
  }),
  test: createRoute({
    method: "post",
    path: `${one}/test`,
    summary: "Send a test event at once",
    security,
    request: { params },
    responses: {
      200: json(z.object({ ok: z.boolean(), answer: z.string() }), "What it answered."),
      ...refusals,
    },
  }),
  calls: createRoute({
    method: "get",
    path: `${one}/calls`,
    summary: "The newest events of an address, and what became of them; kept for a week",
    security,
    request: {
      params,
      query: z.object({ count: z.coerce.number().int().min(1).max(mostListed).default(50) }),
    },
    responses: { 200: json(z.array(callJson), "Newest first."), ...refusals },
  }),
  rotate: createRoute({
    method: "post",
    path: `${one}/secret`,
    summary: `Give an address another secret; the one that it had signs beside it for ${formerHours} hours`,
    description:
      "For that time `webhook-signature` holds two signatures with a space between: either will do.",
    security,
    request: { params },
    responses: {
      200: json(endpointJson.extend({ secret: z.string() }), "With the new secret: it is shown this once."),
      ...refusals,
    },
  }),
  replay: createRoute({
    method: "post",
    path: `${one}/replay`,
    summary: "Tell again what was given up; with `since`, also what it took since then",
    security,
    request: {
      params,
      body: {
        required: true,
        ...json(z.strictObject({ since: instantText.optional() }), "From when."),
      },
    },
    responses: { 200: json(z.object({ events: z.int() }), "How many are told again."), ...refusals },
  }),
};

/** `/api/v1/webhooks` */
export function hookApi(deps: HookApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const { database, now, audit } = deps;
  const { db, batch } = database;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const endpoint = async (id: number) => (await listEndpoints(db)).find((it) => it.id === id) ?? null;

  app.openapi(routes.list, async (c) => c.json((await listEndpoints(db)).map(toJson), 200));
  app.openapi(routes.add, async (c) => {
    const { url, events } = c.req.valid("json");
    const why = whyNoEndpoint(url);
    if (why !== null) return refused(c, why);
    const secret = newSecret();
    const entry = { actor: c.var.actor, act: "webhook-add", subject: new URL(url).origin };
    const [added] = await batch([
      addEndpoint(db, { url: new URL(url), events: [...new Set(events)], secret }, now()),
      audit(entry, now()),
    ]);
    const row = z.object({ id: z.number() }).safeParse(added?.rows[0]);
    const made = row.success ? await endpoint(row.data.id) : null;
    return made === null
      ? refused(c, `There are ${mostEndpoints} already. Remove one that nobody needs.`)
      : c.json({ ...toJson(made), secret }, 201);
  });
  app.openapi(routes.remove, async (c) => {
    const known = await endpoint(c.req.valid("param").id);
    if (known === null) return missing(c);
    const entry = { actor: c.var.actor, act: "webhook-remove", subject: known.url.origin };
    await batch([removeEndpoint(db, known.id), audit(entry, now())]);
    return c.body(null, 204);
  });
  app.openapi(routes.test, async (c) => {
    const known = await endpoint(c.req.valid("param").id);
    if (known === null) return missing(c);
    const answer = await testHook(deps, known);
    return c.json({ ok: answer.ok, answer: answer.ok ? `it answered ${answer.status}` : answer.why }, 200);
  });
  app.openapi(routes.calls, async (c) => {
    const known = await endpoint(c.req.valid("param").id);
    if (known === null) return missing(c);
    const calls = await listCalls(db, known.id, c.req.valid("query").count);
    return c.json(
      calls.map((it) => ({ ...it, id: `msg_${it.id}`, at: it.at.toString(), due: it.due.toString() })),
      200,
    );
  });
  app.openapi(routes.rotate, async (c) => {
    const known = await endpoint(c.req.valid("param").id);
    if (known === null) return missing(c);
    const secret = newSecret();
    const entry = { actor: c.var.actor, act: "webhook-secret", subject: known.url.origin };
    await batch([rotateSecret(db, known.id, secret, now()), audit(entry, now())]);
    const changed = await endpoint(known.id);
    return changed === null ? missing(c) : c.json({ ...toJson(changed), secret }, 200);
  });
  app.openapi(routes.replay, async (c) => {
    const known = await endpoint(c.req.valid("param").id);
    if (known === null) return missing(c);
    const { since } = c.req.valid("json");
    const entry = { actor: c.var.actor, act: "webhook-replay", subject: known.url.origin };
    const from = since === undefined ? null : Temporal.Instant.from(since);
    const [, , ...again] = await batch([
      switchOn(db, known.id),
      audit(entry, now()),
      ...replay(db, known.id, from, now()),
    ]);
    return c.json({ events: again.reduce((sum, { changes }) => sum + changes, 0) }, 200);
  });
  return app;
}

const toJson = (it: Endpoint) => ({
  id: it.id,
  url: it.url.href,
  events: [...it.events],
  state: it.on ? ("on" as const) : ("off" as const),
  created_at: it.createdAt.toString(),
  failing_since: it.failingSince?.toString() ?? null,
  reply: it.reply,
  former_secret_until: it.former?.until.toString() ?? null,
});

const missing = (c: Context) =>
  problem(c, { status: 404, title: "No such webhook", detail: "There is no webhook with this id." });
const refused = (c: Context, detail: string) => problem(c, { status: 422, title: "Refused", detail });
