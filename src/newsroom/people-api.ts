// The API for single readers and for lists that were taken over: all that is kept of somebody, why an address got its mail or not, and
// what became of an import. As the pages tell it; who may call it is for the door before it to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { audit } from "../accounts/index.ts";
import { whyOf } from "../delivery/index.ts";
import { issueByName, pauseReason } from "../digests/index.ts";
import {
  addressProblems,
  importById,
  keptReport,
  type ListedImport,
  listImports,
  mostKept,
  parseAddress,
  showSubscriber,
  subscriberId,
} from "../subscribers/index.ts";
import { idInPath, json, problem, refusal } from "../web/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import { listDeps } from "./people.tsx";
import { everythingKept } from "./subscriber.tsx";

const sentFields = {
  address: z.string(),
  message_id: z.string().nullable(),
  in_doubt: z.int().openapi({ description: "How often nobody knew whether the server took it." }),
  waits: z
    .array(
      z.object({
        destination: z.string().openapi({ description: "Empty: all that go by the transport." }),
        because: z.string(),
        until: z.string(),
        transport: z.string().nullable().openapi({ description: "null where a warm-up is why." }),
        reply: z.string().nullable(),
      }),
    )
    .openapi({ description: "What keeps it waiting that is none of its own." }),
  tries: z
    .array(z.object({ try: z.int(), at: z.string(), reply: z.string().nullable() }))
    .openapi({ description: "The first to the newest, with what the server said." }),
  note: z.string().nullable().openapi({ description: "What stands for a reply where there was no try." }),
  reason: z.string().nullable().openapi({ description: "Why it was withdrawn or is held." }),
  ended_at: z.string().nullable().openapi({ description: "When it was withdrawn or expired." }),
  feedback: z
    .array(
      z.object({
        kind: z.enum(["bounce", "complaint"]),
        verdict: z.string(),
        code: z.string(),
        words: z.string().nullable(),
        known_by: z.string(),
        at: z.string(),
      }),
    )
    .openapi({ description: "What came back of it." }),
};
const sentState = z.enum([
  "queued",
  "claimed",
  "sending",
  "deferred",
  "accepted",
  "rejected",
  "in_doubt",
  "withdrawn",
  "expired",
]);
const issue = z.string().openapi({ description: "DIGEST/DATE-SLOT" });
const letterJson = z
  .union([
    z.object({
      issue,
      got: sentState,
      ...sentFields,
      paused: z
        .object({ reason: pauseReason, by: z.string().nullable(), since: z.string() })
        .nullable()
        .openapi({ description: "Where that is why it has not left; by null: the issue paused itself." }),
      cancelled: z.object({ by: z.string().nullable(), reason: z.string().nullable() }).nullable(),
    }),
    z.object({ issue, got: z.literal("left-out"), reason: z.string() }),
    z.object({ issue, got: z.literal("folded") }),
    z.object({
      issue,
      got: z.literal("no-candidate"),
      because: z.enum(["notWritten", "notYet", "notWronged", "noSubscription"]),
      state: z.string().openapi({ description: "Of the issue." }),
      reason: z.string(),
    }),
  ])
  .openapi("WhyLetter", {
    description:
      "A letter with its tries; or why there is none: left out with a reason, no candidate, or folded into counts, of which only failures are kept by name.",
  });
const whyJson = z
  .object({
    subscriber: z.int().nullable().openapi({ description: "null: nobody has this address." }),
    suppression: z.object({ reason: z.string(), at: z.string() }).nullable(),
    letters: z.array(letterJson).openapi({ description: "The newest issue first." }),
    folded_before: z
      .string()
      .nullable()
      .openapi({ description: "Of issues that were over by then only failures are kept by name." }),
    notices: z
      .array(z.object({ notice: z.string(), got: sentState, ...sentFields }))
      .openapi({ description: "Mails that are no issues; none where one issue was asked about." }),
  })
  .openapi("Why");

const rows = (description: string) => z.array(z.looseObject({})).openapi({ description });
const everythingJson = z
  .looseObject({
    subscriber: z.looseObject({ address: z.string(), state: z.string() }),
    suppression: z.looseObject({ reason: z.string() }).nullable(),
    subscriptions: rows("With their choices, and when and how they ended."),
    consents: rows("Each act with its proof, the newest first."),
    requests: rows("What the address asked for, with the network it came from."),
    deliveries: rows("Letters of issues, with the server’s words."),
    notices: rows("Other mails."),
    exclusions: rows("Issues that they were left out of, with the reason."),
    feedback: rows("Bounces and complaints."),
    clicks: rows("The stories that they followed, as long as that is kept."),
  })
  .openapi("EverythingKept");

const importFields = {
  id: z.int(),
  name: z.string().openapi({ description: "Of its file." }),
  state: z.enum(["running", "done"]).openapi({
    description: "`running` while nothing runs: it was broken off, and goes on when it is sent again.",
  }),
  rows: z.int(),
  added: z.int().openapi({ description: "Rows that gave somebody a digest." }),
  started_at: z.string(),
};
const importJson = z.object(importFields).openapi("Import");
const shownImportJson = z
  .object({
    ...importFields,
    others: z
      .record(z.string(), z.int())
      .nullable()
      .openapi({ description: "The other rows by what became of them; null while it runs." }),
    report: z.string().nullable().openapi({ description: "The address of its report, where one is kept." }),
  })
  .openapi("ImportWithCounts");

const security = [{ token: [] }];
const mostLetters = 30;
const importsPath = "/api/v1/subscribers/imports";
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
  422: refusal("Something in it is refused; `detail` says what."),
};
const id = z.object({ id: idInPath });
const noImport = { 404: refusal("There is no such import.") };
const routes = {
  everything: createRoute({
    method: "get",
    path: "/api/v1/subscribers/{id}/export",
    summary: "All that is kept of one person, as they may ask for it (administrators)",
    description:
      "Consents, requests, subscriptions, letters with what became of them, issues they were left out of, clicks. It stands in the audit log.",
    security,
    request: { params: id },
    responses: {
      200: json(everythingJson, "All of it."),
      ...refusals,
      404: refusal("Nobody has this id."),
    },
  }),
  why: createRoute({
    method: "post",
    path: "/api/v1/why",
    summary: "Why an address got its mail, or did not (editors)",
    description: "It only looks. The address stands in the body, so that no log of addresses keeps it.",
    security,
    request: {
      body: {
        required: true,
        ...json(
          z.strictObject({
            address: z.string().trim().min(1).max(254),
            issue: issue
              .max(300)
              .optional()
              .openapi({ description: "DIGEST/DATE-SLOT; without it, the newest." }),
          }),
          "Whose mail.",
        ),
      },
    },
    responses: {
      200: json(whyJson, `What became of the newest ${mostLetters} letters, in the servers' own words.`),
      ...refusals,
      404: refusal("There is no such issue."),
    },
  }),
  imports: createRoute({
    method: "get",
    path: importsPath,
    summary: "Lists that were taken over, the newest first (administrators)",
    security,
    request: { query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }) },
    responses: { 200: json(z.array(importJson), "The newest."), ...refusals },
  }),
  import: createRoute({
    method: "get",
    path: `${importsPath}/{id}`,
    summary: "One list that was taken over, and what became of its rows (administrators)",
    security,
    request: { params: id },
    responses: { 200: json(shownImportJson, "How far it is."), ...refusals, ...noImport },
  }),
  report: createRoute({
    method: "get",
    path: `${importsPath}/{id}/report`,
    summary: "The rows of a list that added nobody, with the reason for each (administrators)",
    description: `Of the newest list that was taken over on a page: kept for a week, ${mostKept} rows at most. An import by the API tells its own in the reply.`,
    security,
    request: { params: id },
    responses: {
      200: { description: "The report.", content: { "text/csv": { schema: z.string() } } },
      ...refusals,
      404: refusal("There is none, or it is kept no more."),
    },
  }),
};

/** `/api/v1/why`, `/api/v1/subscribers/{id}/export` and `/api/v1/subscribers/imports` */
export function peopleApi(
  deps: Pick<NewsroomDeps, "database" | "now" | "site">,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const { database, now, site } = deps;
  const { db, batch } = database;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });

  app.openapi(routes.everything, async (c) => {
    const { id } = c.req.valid("param");
    const { names } = await listDeps(deps);
    const shown = await showSubscriber(db, subscriberId(id), names);
    const everything = shown && (await everythingKept(db, shown.id));
    if (!everything)
      return problem(c, { status: 404, title: "No such subscriber", detail: `Nobody has the id ${id}.` });
    const entry = { actor: c.var.actor, act: "subscriber-export", subject: `subscriber ${id}` };
    await batch([audit(db, entry, now())]);
    c.header("Cache-Control", "no-store");
    return c.json(everything, 200);
  });
  app.openapi(routes.why, async (c) => {
    const { address: typed, issue: name } = c.req.valid("json");
    const address = parseAddress(typed);
    if (!address.ok)
      return problem(c, { status: 422, title: "No address", detail: addressProblems.en[address.why] });
    const issue = name === undefined ? null : await issueByName(db, name);
    if (issue === null && name !== undefined)
      return problem(c, {
        status: 404,
        title: "No such issue",
        detail: `There is no issue "${name}" yet. An issue is named DIGEST/DATE-SLOT.`,
      });
    c.header("Cache-Control", "no-store");
    return c.json(await whyOf(db, address.key, issue, mostLetters, now()), 200);
  });

  const missing = (c: Context, id: number) =>
    problem(c, {
      status: 404,
      title: "No such import",
      detail: `No list was taken over as ${id}. GET ${importsPath} lists the newest.`,
    });
  app.openapi(routes.imports, async (c) =>
    c.json((await listImports(db, c.req.valid("query").limit)).map(importAsJson), 200),
  );
  app.openapi(routes.import, async (c) => {
    const { id } = c.req.valid("param");
    const it = await importById(db, id);
    if (!it) return missing(c, id);
    const report = it.state === "done" ? await keptReport(db, it.id, now()) : null;
    return c.json(
      {
        ...importAsJson(it),
        others: it.counts?.others ?? null,
        report: report && new URL(`${importsPath}/${it.id}/report`, site).href,
      },
      200,
    );
  });
  app.openapi(routes.report, async (c) => {
    const { id } = c.req.valid("param");
    if (!(await importById(db, id))) return missing(c, id);
    const report = await keptReport(db, id, now());
    if (!report)
      return problem(c, {
        status: 404,
        title: "No report",
        detail:
          "Only the report of the newest list that was taken over on a page is kept, for a week, and never past an erasure.",
      });
    c.header("Content-Type", "text/csv; charset=utf-8");
    c.header("Content-Disposition", `attachment; filename="import-${id}.csv"`);
    c.header("Cache-Control", "no-store");
    return c.body(report.csv);
  });
  return app;
}

const importAsJson = (it: ListedImport) => ({
  id: it.id,
  name: it.name,
  state: it.state,
  rows: it.rows,
  added: it.added,
  started_at: it.startedAt.toString(),
});
