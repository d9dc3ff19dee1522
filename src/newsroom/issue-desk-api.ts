// The API for what the pages of issues show: past ones and those to come, the accounting of one, its ledger and editions, and why a story
// stands where it does. Nothing here changes anything. Who may call it is for the door before it to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { articleById, articleId } from "../articles/index.ts";
import {
  deliveryStates,
  ledgerPage,
  percentOf,
  progressOf,
  wantsWarning,
  withoutAddresses,
} from "../delivery/index.ts";
import {
  editionById,
  handOf,
  type Issue,
  issueByName,
  issueName,
  issueRequest,
  listDigests,
  newestIssues,
  octetsTooMany,
  placeIn,
  type ScoreParts,
} from "../digests/index.ts";
import { readPublisher } from "../settings/index.ts";
import { idInPath, json, problem, refusal } from "../web/index.ts";
import { comingIssues } from "./coming.ts";
import type { NewsroomDeps } from "./desk.ts";
import { sentOf } from "./issue.tsx";
import { entriesOf, monthIn } from "./issue-calendar.tsx";
import { editionsOfRun } from "./issue-run.ts";
import { clippedAt } from "./issue-stories.tsx";

const exclusions = z
  .array(z.object({ reason: z.string(), count: z.int() }))
  .openapi({ description: "How many candidates get none, for each reason." });
const progressJson = z.object({
  letters: z.int().openapi({ description: "All that are to leave or have left." }),
  accepted: z.int(),
  deferred: z.int(),
  rejected: z.int(),
  in_doubt: z.int(),
  given_up: z.int().openapi({ description: "Expired, or withdrawn before they left." }),
  waiting: z.int().openapi({ description: "Not tried yet, or under way." }),
  exclusions,
});
const issueFields = {
  issue: z.string().openapi({ description: "digest/date-slot" }),
  kind: z.enum(["digest", "breaking", "correction"]),
  state: z.string(),
  reason: z.string().nullable().openapi({ description: "Why it was skipped or called off." }),
  planned_at: z.string(),
  opened_at: z.string(),
  finished_at: z.string().nullable(),
  candidates: z.int().nullable().openapi({ description: "null until its audience is written." }),
};
const listJson = z
  .object({
    issues: z.array(z.object({ ...issueFields, progress: progressJson })),
    next: z.string().nullable().openapi({ description: "The address of the next page." }),
  })
  .openapi("Issues");
const calendarJson = z
  .object({
    month: z.string(),
    zone: z.string(),
    entries: z.array(
      z.object({
        issue: z.string(),
        at: z.string(),
        state: z.string().nullable().openapi({ description: "null: it is to come, and not open yet." }),
        reason: z
          .string()
          .nullable()
          .openapi({ description: "Why it did not go out; of one to come, why it will not." }),
      }),
    ),
  })
  .openapi("IssueCalendar");
const accountJson = z
  .object({
    ...issueFields,
    agrees: z.boolean().nullable().openapi({
      description: "Whether candidates are letters and exclusions; null until they are written.",
    }),
    excluded: z.int().openapi({ description: "All exclusions together." }),
    progress: progressJson,
    states: z
      .array(z.object({ state: z.enum(deliveryStates), count: z.int() }))
      .nullable()
      .openapi({
        description: "Each state of its letters; null until it is over, `progress` tells until then.",
      }),
    health: z.object({
      sent: z.int(),
      bounced: z.int(),
      bounced_percent: z.number(),
      complained: z.int(),
      warns: z.boolean().openapi({ description: "So many bounced that somebody should look." }),
    }),
    back: z.object({
      bounces: z.int(),
      complaints: z.int(),
      newest: z
        .array(
          z.object({
            at: z.string(),
            kind: z.enum(["bounce", "complaint"]),
            code: z.string(),
            words: z.string().nullable(),
          }),
        )
        .openapi({
          description: "In the servers' words, without addresses; GET /api/v1/feedback names them.",
        }),
    }),
    left: z
      .array(z.object({ by: z.string(), count: z.int() }))
      .openapi({ description: "Who left the digest after it and before the next." }),
    waits: z
      .array(
        z.object({
          destination: z.string(),
          because: z.string(),
          until: z.string(),
          reply: z.string().nullable(),
        }),
      )
      .openapi({ description: "What others of its letters wait for." }),
    worth: z.object({ yes: z.int(), no: z.int() }).openapi({ description: "What readers said of it." }),
  })
  .openapi("IssueAccount");
const ledgerJson = z
  .object({
    folded: z.boolean().openapi({
      description: "It is old: its ledger is counts, and only what failed or is in doubt is kept by name.",
    }),
    lines: z.array(
      z.object({
        address: z.string().openapi({ description: "Empty where it was erased." }),
        state: z.enum(deliveryStates),
        reason: z.string().nullable(),
        message_id: z.string().nullable(),
        reply: z.string().nullable().openapi({ description: "The server's last words." }),
        tries: z.int(),
        in_doubt: z.int().openapi({ description: "How many of the tries were in doubt." }),
        at: z.string(),
      }),
    ),
    next: z.int().nullable().openapi({ description: "`after` of the next page." }),
  })
  .openapi("IssueLedger");
const editionsJson = z
  .object({
    editions: z.array(
      z.object({
        sections: z
          .string()
          .openapi({ description: "As subscriptions keep the choice; empty: all sections." }),
        language: z.enum(["ar", "en"]),
        revision: z.int(),
        subject: z.string(),
        articles: z.array(z.int()).openapi({ description: "In their order." }),
        bytes: z.int().openapi({ description: `Of its HTML. Gmail clips what has more than ${clippedAt}.` }),
        shortened: z.int().openapi({ description: "Summaries that were shortened, as it was too large." }),
        warnings: z.array(z.enum(["too-large", "shortened"])),
      }),
    ),
    next: z.int().nullable().openapi({ description: "`after` of the next page." }),
  })
  .openapi("IssueEditions");
const rankJson = z
  .object({
    issue: z.string(),
    kind: z.enum(["chosen", "next", "behind", "hidden", "sent", "beyond"]).openapi({
      description:
        "In the issue; among the first behind it; behind those; left out by an editor; carried by an earlier issue; not published, or older than the issue looks back.",
    }),
    place: z.int().nullable(),
    article: z.int().nullable().openapi({ description: "Which article stands for the story." }),
    score: z.number().nullable().openapi({ description: "Of 1." }),
    last: z
      .number()
      .nullable()
      .openapi({ description: "Of one that is behind: the score of the last in the issue." }),
    parts: z
      .object({
        editor: z.number(),
        coverage: z.number(),
        heat: z.number(),
        clicks: z.number().nullable(),
        freshness: z.number(),
        age_hours: z.number(),
        articles: z.int(),
        sources: z.int(),
        hand: z.enum(["pinned", "ordered"]).nullable(),
      })
      .nullable()
      .openapi({ description: "What the score is made of, each of 1 but its age and its carriers." }),
  })
  .openapi("StoryRank");

const security = [{ token: [] }];
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
};
const ofIssue = {
  ...refusals,
  404: refusal("There is no such issue yet."),
  422: refusal("Something in the query is refused; `detail` says what."),
};
const position = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const after = position.default(0).openapi({ description: "`next` of the page before." });
const path = "/api/v1/issues/{digest}/{issue}";
const mostEditions = 20;
const routes = {
  list: createRoute({
    method: "get",
    path: "/api/v1/issues",
    summary: "Issues that were opened, the newest first",
    security,
    request: {
      query: z.object({
        before: position.optional().openapi({ description: "As `next` has it." }),
        limit: z.coerce.number().int().min(1).max(50).default(20),
      }),
    },
    responses: {
      200: json(listJson, "A page, and the address of the next one."),
      ...refusals,
      422: ofIssue[422],
    },
  }),
  calendar: createRoute({
    method: "get",
    path: "/api/v1/calendar",
    summary: "A month of issues and of runs that are to come",
    security,
    request: {
      query: z.object({
        month: z
          .string()
          .refine((it) => monthIn(it) !== null, "it is no month, such as 2026-03")
          .optional()
          .openapi({
            type: "string",
            description: "Such as 2026-03; without it this month, in the paper's zone.",
          }),
      }),
    },
    responses: { 200: json(calendarJson, "The first first."), ...refusals, 422: ofIssue[422] },
  }),
  account: createRoute({
    method: "get",
    path: `${path}/account`,
    summary: "What became of an issue: candidates, letters, exclusions with their reasons, what came back",
    security,
    request: issueRequest,
    responses: { 200: json(accountJson, "As it stands."), ...ofIssue },
  }),
  ledger: createRoute({
    method: "get",
    path: `${path}/ledger`,
    summary: "Every letter of an issue: whom it was sent to, and what the server said",
    security,
    request: {
      ...issueRequest,
      query: z.object({ after, limit: z.coerce.number().int().min(1).max(500).default(100) }),
    },
    responses: { 200: json(ledgerJson, "A page, in the order of its subscribers."), ...ofIssue },
  }),
  editions: createRoute({
    method: "get",
    path: `${path}/editions`,
    summary: "The editions of an issue with their bytes and warnings",
    security,
    request: { ...issueRequest, query: z.object({ after }) },
    responses: { 200: json(editionsJson, `${mostEditions} of them.`), ...ofIssue },
  }),
  rank: createRoute({
    method: "get",
    path: "/api/v1/stories/{id}/rank",
    summary: "Why a story stands where it does in an issue to come, or not in it",
    description: "As the issue would be if it were built now, for those who read all sections.",
    security,
    request: {
      params: z.object({
        id: idInPath,
      }),
      query: z.object({
        issue: z.string().max(200).optional().openapi({
          description: "digest/date-slot, open or the next of its digest; without it the soonest.",
        }),
      }),
    },
    responses: {
      200: json(rankJson, "Its place, and what its score is made of."),
      ...refusals,
      404: refusal("There is no article with this id, or no such issue to come."),
      422: ofIssue[422],
    },
  }),
};

/** `/api/v1/issues`, `/api/v1/calendar`, and what `/api/v1/issues/{digest}/{issue}` and `/api/v1/stories/{id}` tell of places and letters. */
export function issueDeskApi(
  deps: Pick<NewsroomDeps, "database" | "now" | "ticking"> & { site: URL },
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const { db } = deps.database;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const issueIn = ({ digest, issue }: { digest: string; issue: string }) =>
    issueByName(db, `${digest}/${issue}`);

  app.openapi(routes.list, async (c) => {
    const { before, limit } = c.req.valid("query");
    const found = await newestIssues(db, limit + 1, before);
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    const next = last && new URL("/api/v1/issues", deps.site);
    next?.searchParams.set("limit", String(limit));
    next?.searchParams.set("before", String(last?.id));
    const issues = await Promise.all(
      shown.map(async (issue) => ({ ...toJson(issue), progress: progressed(await progressOf(db, issue)) })),
    );
    return c.json({ issues, next: next?.href ?? null }, 200);
  });
  app.openapi(routes.calendar, async (c) => {
    const { zone } = await readPublisher(db);
    const asked = c.req.valid("query").month;
    const today = deps.now().toZonedDateTimeISO(zone).toPlainDate().toPlainYearMonth();
    const month = (asked === undefined ? null : monthIn(asked)) ?? today;
    const entries = await entriesOf(deps, zone, await listDigests(db), month);
    const told = entries.map((it) => ({
      issue: issueName(it),
      at: it.at.toString(),
      state: it.issue?.state ?? null,
      reason: it.issue?.reason ?? it.leftOut,
    }));
    return c.json({ month: month.toString(), zone, entries: told }, 200);
  });
  app.openapi(routes.account, async (c) => {
    const issue = await issueIn(c.req.valid("param"));
    if (!issue) return missing(c);
    const { progress, account, health, back, left, waits } = await sentOf(deps, deps.now(), issue);
    const excluded = progress.exclusions.reduce((sum, { count }) => sum + count, 0);
    return c.json(
      {
        ...toJson(issue),
        agrees: issue.candidates === null ? null : issue.candidates === progress.letters + excluded,
        excluded,
        progress: progressed(progress),
        states: account && [...account.states],
        health: {
          sent: health.sent,
          bounced: health.bounced,
          bounced_percent: percentOf(health.bounced, health.sent),
          complained: health.complained,
          warns: wantsWarning(health),
        },
        back: {
          bounces: back.bounces,
          complaints: back.complaints,
          newest: back.newest.map(({ at, kind, code, words }) => ({
            ...{ at, kind, code },
            words: words && withoutAddresses(words),
          })),
        },
        left,
        waits: waits.map(({ destination, because, until, reply }) => ({
          ...{ destination, because, until },
          reply: reply && withoutAddresses(reply),
        })),
        worth: issue.worth,
      },
      200,
    );
  });
  app.openapi(routes.ledger, async (c) => {
    const issue = await issueIn(c.req.valid("param"));
    if (!issue) return missing(c);
    const { after, limit } = c.req.valid("query");
    const { lines, next } = await ledgerPage(db, issue.id, after, limit);
    c.header("Cache-Control", "no-store");
    return c.json({ folded: issue.foldedThrough > 0, lines, next }, 200);
  });
  app.openapi(routes.editions, async (c) => {
    const issue = await issueIn(c.req.valid("param"));
    if (!issue) return missing(c);
    const { after } = c.req.valid("query");
    const behind = (await editionsOfRun(deps, { issue })).filter(({ id }) => id > after);
    const page = behind.slice(0, mostEditions);
    const editions = (await Promise.all(page.map(({ id }) => editionById(db, id)))).flatMap((it) => it ?? []);
    const told = editions.map((it) => ({
      sections: it.sections,
      language: it.language,
      revision: it.revision,
      subject: it.subject,
      articles: [...it.articles],
      bytes: new TextEncoder().encode(it.html).length,
      shortened: it.shortened,
      warnings: [
        ...(octetsTooMany(it.html) > 0 ? ["too-large" as const] : []),
        ...(it.shortened > 0 ? ["shortened" as const] : []),
      ],
    }));
    const next = behind.length > page.length ? (page.at(-1)?.id ?? null) : null;
    return c.json({ editions: told, next }, 200);
  });
  app.openapi(routes.rank, async (c) => {
    const { id } = c.req.valid("param");
    const [article, coming] = [await articleById(db, articleId(id)), await comingIssues(db)];
    if (!article)
      return problem(c, { status: 404, title: "No such article", detail: `There is no article ${id}.` });
    const wanted = c.req.valid("query").issue;
    const issue = wanted === undefined ? coming[0] : coming.find((it) => issueName(it) === wanted);
    if (!issue)
      return problem(c, {
        status: 404,
        title: "No such issue to come",
        detail: `Its place is told of issues to come. They are ${coming.map(issueName).join(", ") || "none"}.`,
      });
    const { hand } = await handOf(db, issue);
    const place = await placeIn(deps.ticking, issue.digest, issue.before, hand, article.storyId);
    const scored = "parts" in place ? place : null;
    return c.json(
      {
        issue: issueName(issue),
        kind: place.kind,
        place: "place" in place ? place.place : null,
        article: "article" in place ? place.article.id : null,
        score: scored?.score ?? null,
        last: place.kind === "behind" ? place.last : null,
        parts: scored && partsJson(scored.parts),
      },
      200,
    );
  });
  return app;
}

const toJson = (issue: Issue) => ({
  issue: issueName(issue),
  kind: issue.kind,
  state: issue.state,
  reason: issue.reason,
  planned_at: issue.plannedAt.toString(),
  opened_at: issue.openedAt.toString(),
  finished_at: issue.finishedAt?.toString() ?? null,
  candidates: issue.candidates,
});

const progressed = (it: Awaited<ReturnType<typeof progressOf>>) => ({
  letters: it.letters,
  accepted: it.accepted,
  deferred: it.deferred,
  rejected: it.rejected,
  in_doubt: it.inDoubt,
  given_up: it.given,
  waiting: it.waiting,
  exclusions: it.exclusions,
});

const partsJson = (it: ScoreParts) => ({
  editor: it.editor,
  coverage: it.coverage,
  heat: it.heat,
  clicks: it.clicks,
  freshness: it.freshness,
  age_hours: it.ageHours,
  articles: it.carriedBy.articles,
  sources: it.carriedBy.sources,
  hand: it.hand,
});

const missing = (c: Context) =>
  problem(c, {
    status: 404,
    title: "No such issue",
    detail: "There is no issue of this name yet. GET /api/v1/issues lists those that were opened.",
  });
