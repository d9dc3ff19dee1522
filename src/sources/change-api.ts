// The API that adds sources, removes them, and says where their categories lead: by the acts of the pages, with the same guarded
// fetching. Who may call it is for the door before it to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { slugify } from "../arabic/index.ts";
import { listSections, type Section } from "../articles/index.ts";
import { withoutKeys } from "../platform/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import { addSource, forgetSource, mapCategory, previewSource, sourceAddress } from "./acts.ts";
import {
  missing,
  none,
  one,
  params,
  path,
  refusals,
  type SourceApiDeps,
  security,
  sourceJson,
  toJson,
} from "./api-json.ts";
import type { Introduction } from "./introduce.ts";
import type { Leads } from "./source.ts";
import { categoriesAfter, type KnownCategory } from "./store/categories.ts";
import { sourceBy } from "./store/sources.ts";
import { webhookPath } from "./wordpress/webhook.ts";

/** Enough to see what kind of news it is. */
const shownRows = 100;
const shownCategories = 500;

const section = z.string().max(200).openapi({ description: "The slug of an open section." });
const addJson = z.strictObject({
  kind: z.enum(["wordpress", "feed", "page"]),
  url: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .openapi({ description: "With or without `https://`; without a user's name or a password." }),
  name: z
    .string()
    .max(80)
    .optional()
    .openapi({ description: "What it is to be called; without it, what its address suggests." }),
  section: section.optional().openapi({
    description: "Where articles go whose categories lead nowhere; without it, the paper's section for news.",
  }),
});
const previewJson = z
  .object({
    url: z.string().openapi({ description: "Its own address, which may be another than was given." }),
    title: z.string(),
    categories: z.array(z.string()).openapi({ description: `The first ${shownCategories} at most.` }),
    articles: z
      .array(
        z.object({
          would: z.enum(["create", "revise", "retract", "skip"]),
          title: z.string(),
          url: z.string().nullable(),
          why: z.string().nullable().openapi({ description: "Why it would be skipped." }),
        }),
      )
      .openapi({ description: `The first ${shownRows} at most.` }),
    more: z.boolean().openapi({ description: "There is more than is told here." }),
  })
  .openapi("SourcePreview");
const categoryJson = z
  .object({
    key: z.string(),
    label: z.string(),
    leads: z
      .enum(["section", "everywhere", "nowhere"])
      .openapi({ description: "everywhere: to no section of its own, as it holds everything." }),
    section: z.string().nullable().openapi({ description: "A slug where it leads to a section." }),
  })
  .openapi("SourceCategory");
const mapJson = z.discriminatedUnion("leads", [
  z.strictObject({ key: z.string().max(500), leads: z.literal("section"), section }),
  z.strictObject({ key: z.string().max(500), leads: z.enum(["everywhere", "nowhere"]) }),
]);

const asked = (description: string) => ({ body: { required: true, ...json(addJson, description) } });
const unread = refusal("Something in it is refused, or it did not answer as such a source; `detail` says.");
const routes = {
  add: createRoute({
    method: "post",
    path,
    summary: "Add a source",
    description: "It is asked who it is before anything is kept, and its first run begins behind the reply.",
    security,
    request: asked("Which source."),
    responses: {
      201: json(sourceJson, "It was added, and is due."),
      ...refusals,
      409: refusal("It is a source already, or another has its name."),
      422: unread,
    },
  }),
  preview: createRoute({
    method: "post",
    path: `${path}/preview`,
    summary: "What a source has, and what would come of it; nothing is kept",
    security,
    request: asked("Which source."),
    responses: { 200: json(previewJson, "What it has."), ...refusals, 422: unread },
  }),
  remove: createRoute({
    method: "delete",
    path: one,
    summary: "Remove a source; what came of it stays",
    security,
    request: { params },
    responses: { 204: { description: "It is asked no more." }, ...refusals, ...none },
  }),
  categories: createRoute({
    method: "get",
    path: `${one}/categories`,
    summary: "The categories of a source, and where their articles go",
    security,
    request: {
      params,
      query: z.object({
        after: z
          .string()
          .max(500)
          .default("")
          .openapi({ description: "The key that the page before ended with." }),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
    },
    responses: {
      200: json(
        z.object({ categories: z.array(categoryJson), next: z.string().nullable() }),
        "A page by key, and the address of the next one.",
      ),
      ...refusals,
      ...none,
    },
  }),
  map: createRoute({
    method: "patch",
    path: `${one}/categories`,
    summary: "Say where the articles of a category go from now on",
    security,
    request: { params, body: { required: true, ...json(mapJson, "Which category, and where it leads.") } },
    responses: {
      204: { description: "From now on they go there." },
      ...refusals,
      404: refusal("There is no such source, or it has no such category."),
      422: refusal("Something in it is refused; `detail` says what."),
    },
  }),
  webhook: createRoute({
    method: "get",
    path: `${one}/webhook`,
    summary: "Where a WordPress site tells what is new, and the secret with which it signs that",
    security,
    request: { params },
    responses: {
      200: json(z.object({ url: z.string(), secret: z.string() }), "For the plugin's settings."),
      ...refusals,
      404: refusal("There is no such source, or it is no WordPress site."),
    },
  }),
};

type Refused = { status: 422; title: string; detail: string };

/** The part of `/api/v1/sources` that changes which sources there are, and what they lead to. */
export function sourceChangeApi(
  { sourcing, site, tickSoon }: SourceApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const { db } = sourcing.database;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const named = (slug: string) => sourceBy(db, { slug: slug.normalize("NFC") });
  const openSection = async (slug: string) =>
    (await listSections(db)).find((it) => it.slug === slug.normalize("NFC") && it.closedAt === null) ?? null;

  const read = async (
    given: z.infer<typeof addJson>,
  ): Promise<{ ok: true; given: Introduction } | { ok: false; refused: Refused }> => {
    const no = (title: string, detail: string) => ({
      ok: false as const,
      refused: { status: 422 as const, title, detail },
    });
    const address = sourceAddress(given.url);
    if (!address.ok)
      return address.why === "keys"
        ? no("A secret in the address", "Leave the user's name and the password out of `url`.")
        : no("No address", "`url` is no address of the web, such as https://example.org.");
    const name = given.name === undefined ? null : slugify(given.name);
    if (given.name !== undefined && name === null)
      return no("No name", "`name` has no letter or digit to be called by.");
    const into = given.section === undefined ? null : await openSection(given.section);
    if (given.section !== undefined && into === null) return { ok: false, refused: noSection };
    return { ok: true, given: { kind: given.kind, url: address.url, name, sectionId: into?.id ?? null } };
  };

  const leadsIn = async (wanted: z.infer<typeof mapJson>): Promise<Leads | null> => {
    if (wanted.leads !== "section") return { leads: wanted.leads };
    const into = await openSection(wanted.section);
    return into && { leads: "section", sectionId: into.id };
  };

  app.openapi(routes.add, async (c) => {
    const reading = await read(c.req.valid("json"));
    if (!reading.ok) return problem(c, reading.refused);
    const added = await addSource(sourcing, reading.given, c.var.actor);
    if (!added.ok)
      return added.because === "taken"
        ? problem(c, { status: 409, title: "There already", detail: added.why })
        : problem(c, { status: 422, title: "Not read", detail: added.why });
    tickSoon();
    return c.json(toJson(added.source), 201);
  });
  app.openapi(routes.preview, async (c) => {
    const reading = await read(c.req.valid("json"));
    if (!reading.ok) return problem(c, reading.refused);
    const found = await previewSource(sourcing, reading.given);
    if (!found.ok) return problem(c, { status: 422, title: "Not read", detail: found.why });
    const { rows, more } = found.preview;
    return c.json(
      {
        url: withoutKeys(found.url.href),
        title: found.title,
        categories: found.categories.slice(0, shownCategories),
        articles: rows.slice(0, shownRows),
        more: more || rows.length > shownRows || found.categories.length > shownCategories,
      },
      200,
    );
  });
  app.openapi(routes.remove, async (c) => {
    const source = await named(c.req.valid("param").source);
    if (source === null) return missing(c);
    await forgetSource(sourcing, source, c.var.actor);
    return c.body(null, 204);
  });
  app.openapi(routes.categories, async (c) => {
    const source = await named(c.req.valid("param").source);
    if (source === null) return missing(c);
    const { after, limit } = c.req.valid("query");
    const [found, sections] = await Promise.all([
      categoriesAfter(db, source.id, after, limit + 1),
      listSections(db),
    ]);
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    const query = last && new URLSearchParams({ after: last.key, limit: String(limit) });
    const next = query && new URL(`${path}/${encodeURIComponent(source.slug)}/categories?${query}`, site);
    return c.json(
      { categories: shown.map((it) => categoryAsJson(it, sections)), next: next?.href ?? null },
      200,
    );
  });
  app.openapi(routes.map, async (c) => {
    const source = await named(c.req.valid("param").source);
    if (source === null) return missing(c);
    const wanted = c.req.valid("json");
    const leads = await leadsIn(wanted);
    if (leads === null) return problem(c, noSection);
    if (!(await mapCategory(sourcing, source, wanted.key, leads, c.var.actor)))
      return problem(c, {
        status: 404,
        title: "No such category",
        detail: `"${source.slug}" has no category of this key. GET ${path}/${source.slug}/categories lists them.`,
      });
    return c.body(null, 204);
  });
  app.openapi(routes.webhook, async (c) => {
    const source = await named(c.req.valid("param").source);
    if (source?.kind !== "wordpress") return missing(c);
    c.header("Cache-Control", "no-store");
    return c.json({ url: new URL(webhookPath(source.slug), site).href, secret: source.secret }, 200);
  });
  return app;
}

const noSection: Refused = {
  status: 422,
  title: "No such section",
  detail: "`section` is no open section of the paper. GET /api/v1/sections lists them.",
};

const categoryAsJson = (it: KnownCategory, sections: readonly Section[]) => ({
  key: it.key,
  label: it.label,
  leads: it.leads,
  section: it.leads === "section" ? (sections.find(({ id }) => id === it.sectionId)?.slug ?? null) : null,
});
