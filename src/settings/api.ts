// The API for what the publisher decides about the paper. For administrators: who may call it is for the door before it to say.
import { createRoute, OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { json, refusal } from "../web/index.ts";
import { type Publisher, publisherSchema } from "./publisher.ts";

export type PublisherApiDeps = {
  read: () => Promise<Publisher>;
  /** Keeps them, with an entry of which were changed by whom. */
  save: (publisher: Publisher, names: readonly string[], actor: string) => Promise<void>;
};

/** The sample's mark is set by loading and removing it, and by nobody's hand. */
const changes = publisherSchema.omit({ sample: true }).partial();

const path = "/api/v1/publisher";
const security = [{ token: [] }];
const responses = {
  200: json(publisherSchema, "All of them, as they are now."),
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
};
const routes = {
  read: createRoute({
    method: "get",
    path,
    summary: "What the publisher decided about the paper: names, looks, dates, mails",
    description: "The names are those of `nashra publisher`.",
    security,
    responses,
  }),
  change: createRoute({
    method: "patch",
    path,
    summary: "Change what the publisher decides",
    description:
      "What is not named stays; `sample` is told and cannot be set. A change is in force with the next page and the next mail.",
    security,
    request: { body: { required: true, ...json(changes, "What changes.") } },
    responses: {
      ...responses,
      422: refusal("A value is refused, and nothing was kept; `errors` says which."),
    },
  }),
};

/** `/api/v1/publisher` */
export function publisherApi(deps: PublisherApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  app.openapi(routes.read, async (c) => c.json(await deps.read(), 200));
  app.openapi(routes.change, async (c) => {
    const before = await deps.read();
    const after = publisherSchema.parse({ ...before, ...c.req.valid("json") });
    const changed = publisherSchema.keyof().options.filter((name) => after[name] !== before[name]);
    if (changed.length > 0) await deps.save(after, changed, c.var.actor);
    return c.json(after, 200);
  });
  return app;
}
