// The API for an issue as a whole: how it stands, and what an editor does with it. Mounted behind the articles' API, which checks
// the token: to look takes a viewer's, to act an editor's.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { json, problem, refusal } from "../web/index.ts";
import type { Acting } from "./acts.ts";
import { issueRequest } from "./api.ts";
import type { Paused } from "./pause.ts";
import type { Issue } from "./tables.ts";

/** What can be done with an issue, whoever asks: the API or the newsroom. */
export type IssueActs = {
  /** @param actor the name of the token, or the editor's address */
  approve: (issue: string, revision: number, actor: string) => Promise<Acting>;
  /** Approves it, and has it leave without waiting for its time. */
  sendNow: (issue: string, revision: number, actor: string) => Promise<Acting>;
  cancel: (issue: string, reason: string, actor: string) => Promise<Acting>;
  rebuild: (issue: string, actor: string) => Promise<Acting>;
  /** @param words why; may be empty */
  pause: (issue: string, words: string, actor: string) => Promise<Acting>;
  /** @param minutes how long its letters may still leave from now; null: until their deadline */
  resume: (issue: string, minutes: number | null, actor: string) => Promise<Acting>;
};

/** A week: whoever gives an issue more time than that means another. */
export const mostMinutes = 10_080;
export const longestReason = 500;

type IssueApiDeps = IssueActs & { issueNamed: (issue: string) => Promise<Issue | null> };

const issueJson = z
  .object({
    issue: z.string(),
    state: z.string().openapi({
      description: "opened, waiting, built, sending, sent, skipped, cancelling, cancelled",
    }),
    reason: z.string().nullable().openapi({ description: "Why it was skipped or called off." }),
    planned_at: z.string(),
    revision: z
      .int()
      .openapi({ description: "Which one it is, for whoever approves it; 0 until it is built." }),
    approve_by: z.string().nullable().openapi({
      description: "When its digest's rule speaks if no editor does; null where nobody is asked.",
    }),
    unanswered: z.enum(["send", "skip"]).nullable().openapi({ description: "What the rule says then." }),
    approved_by: z.string().nullable(),
    cancelled_by: z.string().nullable(),
    paused: z
      .object({
        reason: z.string().openapi({ description: "person, bounces, complaints, content" }),
        words: z
          .string()
          .openapi({ description: "What the person said, or a server that refused; may be empty." }),
        percent: z.number().nullable().openapi({ description: "The share that came back or was refused." }),
        line: z.number().nullable().openapi({ description: "The share at which an issue pauses by itself." }),
        by: z.string().nullable().openapi({ description: "Null where it paused by itself." }),
        since: z.string(),
      })
      .nullable()
      .openapi({ description: "Null where it goes on." }),
    extended_to: z.string().nullable().openapi({
      description: "Until when its letters may leave, where that was extended when it went on after a pause.",
    }),
  })
  .openapi("Issue");

const security = [{ token: [] }];
const responses = {
  200: json(issueJson, "How it stands now."),
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's role may not do this."),
  404: refusal("There is no such issue yet."),
  409: refusal("It is not what the act was meant for; `detail` says why."),
  422: refusal("Something in it is refused; `detail` says what."),
};
const path = "/api/v1/issues/{digest}/{issue}";
const body = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  body: { required: true, ...json(schema, description) },
});

const routes = {
  read: createRoute({
    method: "get",
    path,
    summary: "How an issue stands",
    security,
    request: issueRequest,
    responses,
  }),
  approve: createRoute({
    method: "post",
    path: `${path}/approve`,
    summary: "Approve an issue that waits",
    security,
    request: {
      ...issueRequest,
      ...body(z.strictObject({ revision: z.int() }), "The revision that was looked at."),
    },
    responses,
  }),
  sendNow: createRoute({
    method: "post",
    path: `${path}/send`,
    summary: "Send an issue that is built, without waiting for its time",
    security,
    request: {
      ...issueRequest,
      ...body(z.strictObject({ revision: z.int() }), "The revision that was looked at."),
    },
    responses,
  }),
  cancel: createRoute({
    method: "post",
    path: `${path}/cancel`,
    summary: "Call an issue off; of one that is being sent, what has not left is withdrawn",
    security,
    request: {
      ...issueRequest,
      ...body(
        z.strictObject({ reason: z.string().trim().min(1).max(longestReason) }),
        "Why, kept with the issue.",
      ),
    },
    responses,
  }),
  pause: createRoute({
    method: "post",
    path: `${path}/pause`,
    summary: "Pause an issue: nothing of it leaves until it is resumed, and none of its letters expire",
    security,
    request: {
      ...issueRequest,
      ...body(
        z.strictObject({ reason: z.string().trim().max(longestReason).default("") }),
        "Why, for whoever finds it paused.",
      ),
    },
    responses,
  }),
  resume: createRoute({
    method: "post",
    path: `${path}/resume`,
    summary: "Let a paused issue go on; past its deadline only with the minutes that it may still take",
    security,
    request: {
      ...issueRequest,
      ...body(
        z.strictObject({ minutes: z.int().min(1).max(mostMinutes).nullable().default(null) }),
        "For how long its letters may still leave, also those whose deadline has passed.",
      ),
    },
    responses,
  }),
  rebuild: createRoute({
    method: "post",
    path: `${path}/rebuild`,
    summary: "Have an issue built anew from what is published now",
    security,
    request: issueRequest,
    responses,
  }),
};

/** `/api/v1/issues/{digest}/{issue}` and what can be done with it. */
export function issueApi(
  { issueNamed, approve, sendNow, cancel, rebuild, pause, resume }: IssueApiDeps,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const nameIn = ({ digest, issue }: { digest: string; issue: string }) => `${digest}/${issue}`;

  app.openapi(routes.read, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const issue = await issueNamed(name);
    return issue ? c.json(toJson(name, issue), 200) : missing(c, `There is no issue "${name}" yet.`);
  });
  app.openapi(routes.approve, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const done = await approve(name, c.req.valid("json").revision, c.var.actor);
    return done.kind === "done" ? c.json(toJson(name, done.issue), 200) : refused(c, done);
  });
  app.openapi(routes.sendNow, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const done = await sendNow(name, c.req.valid("json").revision, c.var.actor);
    return done.kind === "done" ? c.json(toJson(name, done.issue), 200) : refused(c, done);
  });
  app.openapi(routes.cancel, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const done = await cancel(name, c.req.valid("json").reason, c.var.actor);
    return done.kind === "done" ? c.json(toJson(name, done.issue), 200) : refused(c, done);
  });
  app.openapi(routes.pause, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const done = await pause(name, c.req.valid("json").reason, c.var.actor);
    return done.kind === "done" ? c.json(toJson(name, done.issue), 200) : refused(c, done);
  });
  app.openapi(routes.resume, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const done = await resume(name, c.req.valid("json").minutes, c.var.actor);
    return done.kind === "done" ? c.json(toJson(name, done.issue), 200) : refused(c, done);
  });
  app.openapi(routes.rebuild, async (c) => {
    const name = nameIn(c.req.valid("param"));
    const done = await rebuild(name, c.var.actor);
    return done.kind === "done" ? c.json(toJson(name, done.issue), 200) : refused(c, done);
  });
  return app;
}

const toJson = (name: string, issue: Issue) => ({
  issue: name,
  state: issue.state,
  reason: issue.reason,
  planned_at: issue.plannedAt.toString(),
  revision: issue.revision,
  approve_by: issue.approval?.by.toString() ?? null,
  unanswered: issue.approval?.unanswered ?? null,
  approved_by: issue.approvedBy,
  cancelled_by: issue.cancelledBy,
  paused: issue.paused && pausedJson(issue.paused),
  extended_to: issue.extendedTo?.toString() ?? null,
});

const pausedJson = ({ reason, by, since }: Paused) => ({
  reason: reason.kind,
  words: "words" in reason ? reason.words : "",
  percent: "percent" in reason ? reason.percent : null,
  line: "line" in reason ? reason.line : null,
  by,
  since: since.toString(),
});

const missing = (c: Context, detail: string) => problem(c, { status: 404, title: "No such issue", detail });

const refused = (c: Context, it: Exclude<Acting, { kind: "done" }>) =>
  it.kind === "unknown-issue"
    ? missing(c, it.why)
    : problem(c, { status: 409, title: "Not as it stands", detail: it.why });
