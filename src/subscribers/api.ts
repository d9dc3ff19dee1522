// Sign-up by API: POST /api/v1/subscribers. A program asks in somebody's name; they confirm as everybody does. Mounted beside
// the other API routes, behind their tokens.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { problem } from "../web/index.ts";
import type { DigestChoice } from "./choices.ts";
import { likelyMeant } from "./guard/slips.ts";
import { type TakeDeps, take } from "./guard/take.ts";
import { problemWords } from "./guard/words.ts";
import type { Wish } from "./requests.ts";

/** A section as the API names it. */
type SectionChoice = { id: number; slug: string; title: string; closedAt: unknown };

export type SubscriberApiDeps = TakeDeps & {
  digests: () => Promise<readonly DigestChoice[]>;
  sections: () => Promise<readonly SectionChoice[]>;
};

const asked = z
  .strictObject({
    address: z.string().max(1000).openapi({ example: "salma@example.org" }),
    digests: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(50)
      .optional()
      .openapi({
        description: "Slugs of newsletters; the paper's first where none is named.",
        example: ["daily"],
      }),
    sections: z
      .array(z.string().min(1).max(200))
      .max(100)
      .default([])
      .openapi({ description: "Slugs or exact titles of the sections wanted in each; none means all." }),
    language: z.enum(["ar", "en"]).default("ar").openapi({ description: "Of the mails." }),
    consent: z
      .string()
      .trim()
      .max(500)
      .optional()
      .openapi({ description: "How they agreed, kept with the request: the form, the page, the occasion." }),
  })
  .openapi("SubscriberRequest");

const problemJson = z.looseObject({ type: z.string(), title: z.string(), status: z.int() });
const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemJson } },
});

const route = createRoute({
  method: "post",
  path: "/api/v1/subscribers",
  summary: "Ask an address to confirm that it subscribes",
  security: [{ token: [] }],
  request: {
    body: {
      required: true,
      description: "Who, and what.",
      content: { "application/json": { schema: asked } },
    },
  },
  responses: {
    202: {
      description:
        "The request is taken; if the address is not subscribed yet, a mail asks it to confirm. The same whether it is known or not.",
      content: {
        "application/json": {
          schema: z.object({
            state: z.literal("asked"),
            meant: z.string().nullable().openapi({
              description: "An address that is close to this one and likelier: a slip of the keyboard?",
            }),
          }),
        },
      },
    },
    400: refusal("The body is no JSON."),
    401: refusal("No token, or one that does not work."),
    403: refusal("The token's role may not do this."),
    422: refusal(
      "Something in it is refused; `detail` says what, `known` lists the newsletters or sections there are.",
    ),
    429: refusal(
      "Too many in an hour, by this token, at this domain or in all; Retry-After says when to go on.",
    ),
  },
});

export function subscriberApi(deps: SubscriberApiDeps, invalid: (c: Context, error: z.ZodError) => Response) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  app.openapi(route, async (c) => {
    const body = c.req.valid("json");
    const digests = await deps.digests();
    const wanted = named(body.digests ?? digests.slice(0, 1).map(({ slug }) => slug), digests, ({ slug }) => [
      slug,
    ]);
    if (wanted.unknown.length > 0 || wanted.found.length === 0)
      return unknown(
        c,
        "newsletter",
        wanted.unknown,
        digests.map(({ slug, name }) => ({ slug, title: name })),
      );
    const open = (await deps.sections()).filter(({ closedAt }) => closedAt === null);
    const sections = named(body.sections, open, ({ slug, title }) => [slug, title]);
    if (sections.unknown.length > 0)
      return unknown(
        c,
        "section",
        sections.unknown,
        open.map(({ slug, title }) => ({ slug, title })),
      );
    const token = c.var.actor;
    const wish: Wish = {
      kind: "subscribe",
      digests: wanted.found.map(({ id }) => id),
      sections: sections.found.map(({ id }) => id),
      language: body.language,
      source: "api",
      place: token,
      ...(body.consent ? { note: body.consent } : {}),
    };
    // Nobody is there to be asked whether it is a slip; the answer says so.
    const taken = await take(deps, { typed: body.address, sure: true, answer: "", asker: { token }, wish });
    switch (taken.kind) {
      case "admitted":
        return c.json({ state: "asked" as const, meant: likelyMeant(body.address) }, 202);
      case "wait":
      case "challenge":
        c.header("Retry-After", String(taken.seconds));
        return problem(c, {
          status: 429,
          title: "Too many requests",
          detail: `Too many sign-ups in an hour. Go on in ${taken.seconds} seconds.`,
        });
      case "refused":
        return problem(c, {
          status: 422,
          title: "Refused",
          detail: problemWords.en[taken.why],
          detail_ar: problemWords.ar[taken.why],
          meant: likelyMeant(body.address),
        });
      case "slip":
        throw new Error("Nobody was to be asked.");
    }
  });
  return app;
}

/** What the names name, each once, and those that name nothing. Compared in NFC. */
function named<It>(names: readonly string[], all: readonly It[], namesOf: (it: It) => string[]) {
  const found = new Set<It>();
  const unknown: string[] = [];
  for (const name of names) {
    const it = all.find((one) => namesOf(one).some((own) => own === name.normalize("NFC").trim()));
    if (it) found.add(it);
    else unknown.push(name);
  }
  return { found: [...found], unknown };
}

const unknown = (
  c: Context,
  what: "newsletter" | "section",
  names: readonly string[],
  known: readonly { slug: string; title: string }[],
) =>
  problem(c, {
    status: 422,
    title: `Unknown ${what}`,
    detail:
      names.length > 0
        ? `There is no ${what} ${names.map((name) => `"${name}"`).join(", ")}. Use one of "known".`
        : `There is no ${what} to subscribe to.`,
    known: [...known],
  });
