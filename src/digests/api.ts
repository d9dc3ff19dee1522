// The API for what an editor decides of an issue: /api/v1/issues/{digest}/{issue}/hand. Mounted behind the articles' API, which
// checks the token.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ArticleId } from "../articles/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import { type Hand, type HandChange, handParts } from "./hand.ts";
import type { Handing } from "./hand-store.ts";

export type HandApiDeps = {
  readHand: (
    issue: string,
  ) => Promise<Extract<Handing, { kind: "changed" | "unchanged" } | { kind: "unknown-issue" }>>;
  /**
   * @param actor the name of the token
   * @param seen the version that the change was made from; null: it is meant for whatever holds
   */
  changeHand: (issue: string, change: HandChange, actor: string, seen: number | null) => Promise<Handing>;
};

const ids = (description: string) => z.array(z.int()).openapi({ description });
const handJson = z
  .object({
    issue: z.string(),
    pins: ids("These stand first, in this order, in every edition whose sections they are in."),
    hides: ids("The stories of these articles stay out."),
    order: ids("The stories of these, where they are chosen, follow the pins in this order."),
    intro: z.string().nullable(),
    subject: z.string().nullable().openapi({
      description: "Of editions that the first pin leads; of all where nothing is pinned.",
    }),
    version: z.int().openapi({ description: "How often it was changed." }),
  })
  .openapi("Hand");

const path = "/api/v1/issues/{digest}/{issue}/hand";
export const issueRequest = {
  params: z.object({
    digest: z.string().openapi({ description: "The digest's slug." }),
    issue: z
      .string()
      .openapi({ description: "date-slot, such as 2026-03-01-morning; it need not be opened yet." }),
  }),
};
const security = [{ token: [] }];
const responses = {
  200: json(handJson, "What holds for this issue now."),
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  404: refusal("There is no such issue, and there will be none."),
  409: refusal("Its audience is frozen, or it is over; or others changed it since that version."),
  422: refusal("Something in it is refused; `detail` says what."),
};

const routes = {
  read: createRoute({
    method: "get",
    path,
    summary: "What an editor decided of an issue",
    security,
    request: issueRequest,
    responses,
  }),
  change: createRoute({
    method: "patch",
    path,
    summary: "Pin, hide, order stories of an issue; give it an intro, a subject",
    security,
    request: {
      ...issueRequest,
      body: {
        required: true,
        ...json(
          handParts.partial().extend({
            version: z.int().min(0).optional().openapi({
              description: "The version that was looked at: if others changed it since, nothing is changed.",
            }),
          }),
          "What changes: a list is replaced whole, null takes a text back.",
        ),
      },
    },
    responses,
  }),
};

/**
 * `/api/v1/issues/…/hand`. Who mounts it has checked the token, whose name is `c.var.actor`.
 *
 * @param invalid answers a request that the schemas refuse
 */
export function handApi(
  { readHand, changeHand }: HandApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const nameIn = ({ digest, issue }: { digest: string; issue: string }) => `${digest}/${issue}`;

  app.openapi(routes.read, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const result = await readHand(name);
    return "hand" in result ? c.json(toJson(name, result), 200) : refused(c, name, result);
  });

  app.openapi(routes.change, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const { version = null, ...parts } = c.req.valid("json");
    const result = await changeHand(name, given(parts), c.var.actor, version);
    return "hand" in result && result.kind !== "stale"
      ? c.json(toJson(name, result), 200)
      : refused(c, name, result);
  });
  return app;
}

/** Without the parts that were not sent. */
const given = (parts: { [Part in keyof Hand]?: Hand[Part] | undefined }): Partial<Hand> =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));

const list = (all: readonly ArticleId[]) => all.map((id): number => id);

const toJson = (
  issue: string,
  { hand: { pins, hides, order, intro, subject }, version }: { hand: Hand; version: number },
) => ({
  issue,
  pins: list(pins),
  hides: list(hides),
  order: list(order),
  intro,
  subject,
  version,
});

function refused(c: Context, name: string, result: Exclude<Handing, { kind: "changed" | "unchanged" }>) {
  switch (result.kind) {
    case "stale":
      return problem(c, {
        status: 409,
        title: "Changed by others",
        detail: `${name} is at version ${result.version} now. Look at it again.`,
      });
    case "unknown-issue":
      return problem(c, { status: 404, title: "No such issue", detail: result.why });
    case "closed":
      return problem(c, {
        status: 409,
        title: "Settled",
        detail: `${name} is ${result.state}: who gets it is settled, and nothing of it changes any more.`,
      });
    case "unknown-articles":
      return problem(c, {
        status: 422,
        title: "No such article",
        detail: `There is no article ${result.ids.join(", ")} that an issue could carry.`,
      });
    case "too-much":
      return problem(c, { status: 422, title: "Too much", detail: result.why });
  }
}
