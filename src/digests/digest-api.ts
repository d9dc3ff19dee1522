// The API for a digest itself: what becomes of its letters that a server may have taken. Mounted behind the articles' API, which checks
// the token: to look takes a viewer's, to change an editor's.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { json, problem, refusal } from "../web/index.ts";
import type { Digest, InDoubt } from "./tables.ts";

export type DigestApiDeps = {
  digestNamed: (slug: string) => Promise<Digest | null>;
  /** @param actor the name of the token */
  setInDoubt: (digest: Digest, inDoubt: InDoubt, actor: string) => Promise<void>;
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
  })
  .openapi("Digest");

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
    summary: "Say what becomes of a digest's letters in doubt",
    security,
    request: {
      params,
      body: { required: true, ...json(z.strictObject({ in_doubt: inDoubt }), "What changes.") },
    },
    responses,
  }),
};

/** `/api/v1/digests/{digest}`. */
export function digestApi(
  { digestNamed, setInDoubt }: DigestApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const missing = (c: Context, slug: string) =>
    problem(c, { status: 404, title: "No such digest", detail: `There is no digest "${slug}".` });

  app.openapi(routes.read, async (c) => {
    const { digest: slug } = c.req.valid("param");
    const digest = await digestNamed(slug);
    return digest ? c.json(toJson(digest), 200) : missing(c, slug);
  });
  app.openapi(routes.change, async (c) => {
    const { digest: slug } = c.req.valid("param");
    const digest = await digestNamed(slug);
    if (!digest) return missing(c, slug);
    const { in_doubt } = c.req.valid("json");
    if (digest.inDoubt !== in_doubt) await setInDoubt(digest, in_doubt, c.var.actor);
    return c.json(toJson({ ...digest, inDoubt: in_doubt }), 200);
  });
  return app;
}

const toJson = ({ slug, name, nameEn, on, inDoubt: in_doubt }: Digest) => ({
  digest: slug,
  name,
  name_en: nameEn,
  on,
  in_doubt,
});
