// The API for a digest itself: whom its letters come from, and what becomes of those that a server may have taken. Mounted behind the
// articles' API, which checks the token: to look takes a viewer's, to change an editor's, another sender an administrator's.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { oneLine } from "../arabic/index.ts";
import { domainOf, senderAddress } from "../mail/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import type { DigestFacts } from "./store.ts";
import type { Digest } from "./tables.ts";

export type DigestApiDeps = {
  digestNamed: (slug: string) => Promise<Digest | null>;
  /** @param actor the name of the token */
  change: (digest: Digest, facts: DigestFacts, actor: string) => Promise<void>;
  /** Whether a key signs what comes from a domain. */
  signs: (domain: string) => Promise<boolean>;
  /** The paper's address. */
  mailFrom: string;
  /** Whether the token of a request may do everything. */
  isAdministrator: (c: Context) => boolean;
};

const inDoubt = z.enum(["resend", "hold"]).openapi({
  description:
    "What becomes of a letter that a server may have taken: sent again with the same Message-ID, or held for a person.",
});
const digestJson = z
  .object({
    digest: z.string(),
    name: z.string(),
    name_en: z.string().nullable(),
    on: z.boolean(),
    in_doubt: inDoubt,
    from: z.string().nullable().openapi({ description: "Its own sender's address; null: the paper's." }),
    from_name: z.string().nullable().openapi({ description: "The name beside it; null: the paper's." }),
    signed: z
      .boolean()
      .openapi({ description: "Whether a DKIM key signs for the domain that its letters come from." }),
  })
  .openapi("Digest");
const address = z
  .string()
  .max(320)
  .transform((text, context) => {
    const it = senderAddress(text);
    if (it === null)
      context.addIssue({ code: "custom", message: "it is no address that mail can come from" });
    return it ?? "";
  })
  .nullable()
  .openapi({ type: "string", description: "Takes an administrator's token. Null: the paper's." });
const name = z
  .string()
  .max(100)
  .transform(oneLine)
  .pipe(z.string().min(1, "a name needs a letter"))
  .nullable()
  .openapi({ type: "string", description: "Takes an administrator's token. Null: the paper's." });
const changes = z
  .strictObject({ in_doubt: inDoubt.optional(), from: address.optional(), from_name: name.optional() })
  .refine((it) => Object.keys(it).length > 0, "it changes nothing");

const security = [{ token: [] }];
const path = "/api/v1/digests/{digest}";
const params = z.object({ digest: z.string().openapi({ description: "Its slug." }) });
const responses = {
  200: json(digestJson, "How it stands now."),
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  404: refusal("There is no such digest."),
  422: refusal("Something in it is refused; `detail` says what."),
};

const routes = {
  read: createRoute({ method: "get", path, summary: "A digest", security, request: { params }, responses }),
  change: createRoute({
    method: "patch",
    path,
    summary: "Give a digest another sender, or say what becomes of its letters in doubt",
    security,
    request: {
      params,
      body: { required: true, ...json(changes, "What changes.") },
    },
    responses,
  }),
};

/** `/api/v1/digests/{digest}`. */
export function digestApi(
  { digestNamed, change, signs, mailFrom, isAdministrator }: DigestApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const missing = (c: Context, slug: string) =>
    problem(c, { status: 404, title: "No such digest", detail: `There is no digest "${slug}".` });

  const shown = async (digest: Digest) =>
    toJson(digest, await signs(domainOf(digest.sender.address ?? mailFrom)));

  app.openapi(routes.read, async (c) => {
    const { digest: slug } = c.req.valid("param");
    const digest = await digestNamed(slug);
    return digest ? c.json(await shown(digest), 200) : missing(c, slug);
  });
  app.openapi(routes.change, async (c) => {
    const { digest: slug } = c.req.valid("param");
    const digest = await digestNamed(slug);
    if (!digest) return missing(c, slug);
    const { in_doubt = digest.inDoubt, from, from_name } = c.req.valid("json");
    if ((from !== undefined || from_name !== undefined) && !isAdministrator(c))
      return problem(c, {
        status: 403,
        title: "This token may not do that",
        detail: 'To change whom mail comes from takes the scope "admin".',
      });
    const sender = {
      address: from === undefined ? digest.sender.address : from,
      name: from_name === undefined ? digest.sender.name : from_name,
    };
    const facts: DigestFacts = {
      ...(in_doubt !== digest.inDoubt && { inDoubt: in_doubt }),
      ...(sender.address !== digest.sender.address && { fromAddress: sender.address }),
      ...(sender.name !== digest.sender.name && { fromName: sender.name }),
    };
    if (Object.keys(facts).length > 0) await change(digest, facts, c.var.actor);
    return c.json(await shown({ ...digest, inDoubt: in_doubt, sender }), 200);
  });
  return app;
}

const toJson = ({ slug, name, nameEn, on, inDoubt: in_doubt, sender }: Digest, signed: boolean) => ({
  digest: slug,
  name,
  name_en: nameEn,
  on,
  in_doubt,
  from: sender.address,
  from_name: sender.name,
  signed,
});
