// The API for the templates of mails: read, tried out, changed and taken back by the rules of their page. For administrators: who may
// call it is for the door before it to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { faultAdvice, sampleMails, type TemplateFault } from "../mail/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import type { SavedTemplate, ShownTemplates } from "./house.ts";
import { drawTemplate, longestTemplate, saveTemplate } from "./template-acts.ts";
import { placed } from "./template-faults.tsx";

const faultJson = z
  .object({
    file: z.string(),
    line: z.int().nullable().openapi({ description: "null: the whole file is meant." }),
    message: z.string().openapi({ description: "What Liquid, MJML or the check says of it." }),
    todo: z.object({ ar: z.string(), en: z.string() }),
    lines: z
      .array(z.object({ number: z.int(), text: z.string() }))
      .openapi({ description: "The line and those about it." }),
  })
  .openapi("TemplateFault");

const listJson = z
  .object({
    folder: z.string().openapi({ description: "Where the paper's own are kept on the server." }),
    templates: z.array(
      z.object({
        name: z.string(),
        own: z.boolean().openapi({ description: "The paper's own stands before the one that is shipped." }),
        used: z.boolean().openapi({ description: "false: no mail uses a file of this name." }),
      }),
    ),
    faults: z
      .array(faultJson)
      .openapi({ description: "Of the paper's own. While there are any, the last that were good are used." }),
  })
  .openapi("Templates");

const templateJson = z
  .object({
    name: z.string(),
    own: z.boolean(),
    mark: z.string().openapi({ description: "Tells this text from another: `seen` of whoever changes it." }),
    mails: z.array(z.enum(sampleMails)).openapi({ description: "Those that it is a part of." }),
    text: z.string(),
  })
  .openapi("Template");

const name = z.string().max(100);
const text = z.string().max(longestTemplate);
const params = z.object({ name });
const seen = z.string().max(100).openapi({ description: "The `mark` of the text that was changed." });
const path = "/api/v1/templates";
const one = `${path}/{name}`;
const security = [{ token: [] }];
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
  404: refusal("There is none of this name, or this host keeps its templates inside the program."),
};
const changing = {
  ...refusals,
  409: refusal("It was changed since it was read, and is as it was changed. Read it again."),
  422: refusal("All templates together are no good like this, and nothing was kept; `faults` says where."),
  500: refusal("The folder of templates cannot be written to."),
};
const routes = {
  list: createRoute({
    method: "get",
    path,
    summary: "The templates of mails: which are the paper's own, and what is wrong with them",
    security,
    responses: { 200: json(listJson, "By name."), ...refusals },
  }),
  read: createRoute({
    method: "get",
    path: one,
    summary: "A template with its text",
    security,
    request: { params },
    responses: { 200: json(templateJson, "The paper's own, or the one that is shipped."), ...refusals },
  }),
  save: createRoute({
    method: "put",
    path: one,
    summary: "Put a text in the place of a template",
    description:
      "All templates together are tried out first, each mail in both languages. What is kept is used from the next mail on.",
    security,
    request: { params, body: { required: true, ...json(z.strictObject({ text, seen }), "The whole text.") } },
    responses: { 200: json(templateJson, "As it is kept."), ...changing },
  }),
  back: createRoute({
    method: "delete",
    path: one,
    summary: "Take the paper's own template away, so that the one that is shipped is used",
    security,
    request: { params, query: z.object({ seen }) },
    responses: { 204: { description: "It is gone." }, ...changing },
  }),
  preview: createRoute({
    method: "post",
    path: `${one}/preview`,
    summary: "A mail as it would come out with a text in the place of a template",
    description: "With stories and addresses that do not exist. Nothing is kept, and nothing is sent.",
    security,
    request: {
      params,
      body: {
        required: true,
        ...json(
          z.strictObject({
            text: text.optional().openapi({ description: "Without one, the text as it is kept." }),
            mail: z
              .enum(sampleMails)
              .optional()
              .openapi({ description: "Without one, the first that the template is a part of." }),
            language: z.enum(["ar", "en"]).default("ar"),
          }),
          "The text, and in which mail.",
        ),
      },
    },
    responses: {
      200: json(z.object({ html: z.string(), text: z.string() }), "What it becomes."),
      ...refusals,
      422: refusal("The mail cannot be drawn with it; `faults` says where."),
    },
  }),
};

/** `/api/v1/templates` */
export function templateApi(
  deps: Pick<NewsroomDeps, "database" | "now" | "house" | "site">,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const { templates } = deps.house;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  app.openapi(routes.list, async (c) => {
    if (templates === null) return notHere(c);
    const { files, faults, unused } = await templates.check();
    const names = [...new Set([...templates.builtIn, ...files])].sort();
    const told = {
      folder: templates.folder,
      templates: names.map((it) => ({ name: it, own: files.includes(it), used: !unused.includes(it) })),
      faults: await faultsOf(templates, faults, null),
    };
    return c.json(told, 200);
  });
  app.openapi(routes.read, async (c) => {
    if (templates === null) return notHere(c);
    const shown = await readTemplate(templates, c.req.valid("param").name);
    return shown === null ? missing(c) : c.json(shown, 200);
  });
  app.openapi(routes.save, async (c) => {
    if (templates === null) return notHere(c);
    const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
    if ((await templates.read(asked.name)) === null) return missing(c);
    const saved = await saveTemplate(deps, templates, asked, c.var.actor);
    if (saved.kind !== "saved") return notSaved(c, templates, saved, asked);
    const shown = await readTemplate(templates, asked.name);
    return shown === null ? missing(c) : c.json(shown, 200);
  });
  app.openapi(routes.back, async (c) => {
    if (templates === null) return notHere(c);
    const asked = { ...c.req.valid("param"), ...c.req.valid("query"), text: null };
    const stored = await templates.read(asked.name);
    if (!stored?.own) return missing(c);
    const saved = await saveTemplate(deps, templates, asked, c.var.actor);
    return saved.kind === "saved" ? c.body(null, 204) : notSaved(c, templates, saved, null);
  });
  app.openapi(routes.preview, async (c) => {
    if (templates === null) return notHere(c);
    const { name } = c.req.valid("param");
    const { text, mail, language } = c.req.valid("json");
    const stored = await readTemplate(templates, name);
    if (stored === null) return missing(c);
    const draft = { name, text: text ?? stored.text };
    const how = { mail: mail ?? stored.mails[0] ?? "digest", language };
    const tried = await drawTemplate(deps, templates, draft, how);
    return tried.ok
      ? c.json({ html: tried.html, text: tried.text }, 200)
      : wrong(c, "The mail cannot be drawn like this", await faultsOf(templates, tried.faults, draft));
  });
  return app;
}

async function readTemplate(templates: ShownTemplates, name: string) {
  const stored = await templates.read(name);
  return stored === null ? null : { name, ...stored, mails: await templates.mailsWith(name) };
}

const faultsOf = async (
  templates: ShownTemplates,
  faults: readonly TemplateFault[],
  draft: { name: string; text: string } | null,
) =>
  (await placed(templates, faults, draft)).map((it) => ({
    file: it.file,
    line: it.line,
    message: it.message,
    todo: faultAdvice(it),
    lines: [...it.lines],
  }));

const wrong = (c: Context, title: string, faults: Awaited<ReturnType<typeof faultsOf>>) => {
  const [first] = faults;
  const at = first && `${first.file}${first.line === null ? "" : `:${first.line}`}: ${first.message}. `;
  return problem(c, { status: 422, title, detail: `${at ?? ""}${first?.todo.en ?? ""}`, faults });
};

const notSaved = async (
  c: Context,
  templates: ShownTemplates,
  saved: Exclude<SavedTemplate, { kind: "saved" }>,
  draft: { name: string; text: string } | null,
) => {
  switch (saved.kind) {
    case "moved":
      return problem(c, {
        status: 409,
        title: "Changed meanwhile",
        detail: "Somebody changed this template after it was read, so nothing was kept. Read it again.",
      });
    case "refused":
      return wrong(c, "Not kept", await faultsOf(templates, saved.faults, draft));
    case "unwritable":
      return problem(c, {
        status: 500,
        title: "The folder cannot be written to",
        detail: `Nothing was kept: ${saved.why}. Let the service write to ${templates.folder}.`,
      });
  }
};

const notHere = (c: Context) =>
  problem(c, {
    status: 404,
    title: "No templates here",
    detail:
      "This host keeps its templates inside the program: change them where it is built, check them with `npx nashra template check`, and deploy.",
  });
const missing = (c: Context) =>
  problem(c, {
    status: 404,
    title: "No such template",
    detail: `The paper has no template of this name. GET ${path} lists them all.`,
  });
