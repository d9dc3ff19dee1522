// The Hono app: mounts each part's routes, and what stands before and behind all of them; nothing else.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import {
  type AccountTables,
  accountRoutes,
  auditIfChanged,
  holds,
  requireToken,
  type Scope,
  audit as writeAudit,
} from "./accounts/index.ts";
import {
  type ArticleTables,
  articleApi,
  articlePages,
  type HandDeps,
  listSections,
  mergeStories,
  searchPages,
  splitStory,
  visitOf,
} from "./articles/index.ts";
import { type Config, isLoopback, type Keyring } from "./config.ts";
import {
  acceptedIn,
  addressesOf,
  beginHealthAnew,
  blankLetters,
  type Delivery,
  type DeliveryTables,
  type DoubtActs,
  decideDoubts,
  doubtApi,
  doubtsPage,
  feedbackApi,
  inboundMailRoutes,
  lettersOf,
  listFeedback,
  previewApi,
  previewIssue,
  queueNoticeIn,
  readerOfMessage,
  releaseClaimed,
  restoredApi,
  sendTest,
  specialApi,
  specialSender,
  webhookRoutes,
  withdrawClaimed,
} from "./delivery/index.ts";
import {
  ArchiveLinks,
  approveIssue,
  archiveRoutes,
  type ChangeDeps,
  type ClickCount,
  cancelIssue,
  changeFacts,
  changeHand,
  clickApi,
  clickRoutes,
  clicksOfReader,
  type DigestTables,
  digestApi,
  digestBySlug,
  digestRoutes,
  forgetClicksOf,
  handApi,
  type IssueActs,
  issueApi,
  issueByName,
  listDigests,
  openDueIssues,
  pastIssues,
  pauseByHand,
  readHand,
  rebuildIssue,
  resumeByHand,
  sendNow,
  worthRoutes,
} from "./digests/index.ts";
import {
  type FeedAnswers,
  type FeedService,
  type FeedTables,
  feedLinks,
  feedRoutes,
  keyOf,
  renderFeedPage,
  robotsTxt,
  touchFeeds,
  wordpressRoutes,
} from "./feeds/index.ts";
import { type HookTables, hookApi } from "./hooks/index.ts";
import { type House, newsroomRoutes, type StoryActs } from "./newsroom/index.ts";
import {
  type Clock,
  type Database,
  type GuardedGet,
  type Log,
  type MailDomains,
  type Outbox,
  sameText,
} from "./platform/index.ts";
import { type PublishDeps, publishArticle, retract } from "./publish.ts";
import { type Metrics, metricsRoutes, type ReaderTables } from "./readership/index.ts";
import { readiness, readPublisher, type SettingsTables, savePublisher } from "./settings/index.ts";
import {
  inboundRoutes,
  keepRetracted,
  type SourceActDeps,
  type SourceService,
  type SourceTables,
} from "./sources/index.ts";
import {
  listApi,
  namesOf,
  offeredToNew,
  SubscribeForm,
  type SubscriberTables,
  subscriberApi,
  subscriberRoutes,
  take,
} from "./subscribers/index.ts";
import type { TickDeps, TickReport } from "./tick.ts";
import { type AssetPaths, chooseLanguage, ErrorPage, problem, secureHeaders } from "./web/index.ts";
import { type Hub, type WebSubTables, webSubRoutes } from "./websub/index.ts";

/** Every table, for whoever opens the database. */
export type AllTables = SettingsTables &
  AccountTables &
  ArticleTables &
  SourceTables &
  FeedTables &
  ReaderTables &
  WebSubTables &
  SubscriberTables &
  DigestTables &
  DeliveryTables &
  HookTables;

/** What the routes need. */
export type AppDeps = {
  config: Config;
  keys: Keyring;
  database: Database<AllTables>;
  /** Null where mails go to a relay. */
  outbox: Outbox | null;
  assets: AssetPaths;
  now: Clock;
  log: Log;
  /** The address of whoever asks; empty where nobody knows. */
  addressOf: (c: Context) => string;
  /** Whether mail can be sent to a domain. */
  mailDomains: MailDomains;
  /** Gets what is outside: what sources have, and the certificates of whoever signs. */
  get: GuardedGet;
  /** Why the host cannot do its work just now, beside its database; asked every few seconds. */
  unfit?: () => Promise<readonly string[]>;
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
  /** What only the host knows of the house it runs in. */
  house: House;
  feeds: FeedService;
  answers: FeedAnswers;
  metrics: Metrics;
  clicks: ClickCount;
  hub: Hub;
  publishing: PublishDeps;
  sources: SourceService;
  ticking: TickDeps;
  delivery: Delivery;
  tick: (seconds: number) => Promise<TickReport>;
};

/** Milliseconds that the answer to a sign-up may wait behind the reply. */
const mostPause = 1500;

/** What each route of the API takes of a token. One that is not in here is found by the test that walks all routes. */
const apiDoors: readonly (readonly ["GET" | "POST" | "PATCH" | "DELETE", path: string, Scope])[] = [
  ["GET", "/api/v1/articles", "articles:read"],
  ["POST", "/api/v1/articles", "articles:write"],
  ["GET", "/api/v1/articles/:id", "articles:read"],
  ["PATCH", "/api/v1/articles/:id", "articles:write"],
  ["POST", "/api/v1/articles/:id/retraction", "articles:write"],
  ["GET", "/api/v1/sections", "articles:read"],
  ["GET", "/api/v1/search", "articles:read"],
  ["GET", "/api/v1/stories/:id", "articles:read"],
  ["POST", "/api/v1/stories/:id/merge", "articles:write"],
  ["POST", "/api/v1/stories/:id/split", "articles:write"],
  ["GET", "/api/v1/issues/:digest/:issue", "issues:read"],
  ["GET", "/api/v1/issues/:digest/:issue/hand", "issues:read"],
  ["GET", "/api/v1/issues/:digest/:issue/clicks", "issues:read"],
  ["PATCH", "/api/v1/issues/:digest/:issue/hand", "issues:write"],
  // It tells whose choices are which.
  ["GET", "/api/v1/issues/:digest/:issue/preview", "issues:write"],
  ["POST", "/api/v1/issues/:digest/:issue/test", "issues:write"],
  ["POST", "/api/v1/issues/:digest/:issue/cancel", "issues:write"],
  ["POST", "/api/v1/issues/:digest/:issue/rebuild", "issues:write"],
  ["POST", "/api/v1/issues/:digest/:issue/pause", "issues:write"],
  ["POST", "/api/v1/issues/:digest/:issue/resume", "issues:send"],
  // It tells addresses.
  ["GET", "/api/v1/issues/:digest/:issue/doubts", "issues:write"],
  ["POST", "/api/v1/issues/:digest/:issue/doubts", "issues:send"],
  ["GET", "/api/v1/digests/:digest", "issues:read"],
  ["PATCH", "/api/v1/digests/:digest", "issues:write"],
  ["POST", "/api/v1/issues/:digest/:issue/approve", "issues:send"],
  ["POST", "/api/v1/issues/:digest/:issue/send", "issues:send"],
  ["POST", "/api/v1/issues/:digest/:issue/correction", "issues:send"],
  ["POST", "/api/v1/digests/:digest/breaking", "issues:send"],
  // It names addresses.
  ["GET", "/api/v1/feedback", "subscribers:read"],
  ["GET", "/api/v1/subscribers", "subscribers:read"],
  ["POST", "/api/v1/subscribers", "subscribers:write"],
  ["GET", "/api/v1/subscribers/:id{[0-9]+}", "subscribers:read"],
  ["GET", "/api/v1/subscribers/export.csv", "subscribers:manage"],
  ["GET", "/api/v1/subscribers/export.jsonl", "subscribers:manage"],
  ["POST", "/api/v1/subscribers/import", "subscribers:manage"],
  ["GET", "/api/v1/segments", "metrics:read"], // counts, and no names
  ["POST", "/api/v1/segments", "subscribers:write"],
  ["GET", "/api/v1/segments/:slug", "metrics:read"],
  ["DELETE", "/api/v1/segments/:slug", "subscribers:write"],
  ["GET", "/api/v1/suppressions", "subscribers:read"],
  ["POST", "/api/v1/suppressions", "subscribers:write"],
  ["DELETE", "/api/v1/suppressions", "subscribers:manage"],
  ["GET", "/api/v1/restore", "admin"],
  ["POST", "/api/v1/restore/release", "admin"],
  ["GET", "/api/v1/webhooks", "admin"],
  ["POST", "/api/v1/webhooks", "admin"],
  ["DELETE", "/api/v1/webhooks/:id", "admin"],
  ["POST", "/api/v1/webhooks/:id/test", "admin"],
  ["POST", "/api/v1/webhooks/:id/replay", "admin"],
  ["GET", "/api/v1/webhooks/:id/calls", "admin"],
  ["POST", "/api/v1/webhooks/:id/secret", "admin"],
];

/** More than any form of the newsroom sends. */
const largestForm = 1_000_000;

/** How long a tick that was asked for from outside may send before it answers. */
const cronSeconds = 25;

export function createApp(deps: AppDeps): Hono {
  const { database, config, now, log, assets, later } = deps;
  const { db } = database;
  const site = config.publicUrl;
  const shell = async (c: Context) => (await visitOf(c, { db, assets })).shell;
  const shared = { ...deps, db, site, shell };
  const signingUp = {
    ...deps,
    publisher: () => readPublisher(db),
    digests: () => listDigests(db),
    queueNotice: queueNoticeIn(db),
    wake: () => later(() => deps.delivery.sendNotices(now().add({ seconds: cronSeconds }))),
    // At no moment that tells anything: work that follows a reply at once shows in how soon the next one comes.
    later: (work: () => Promise<unknown>) =>
      later(async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * mostPause));
        await work();
      }),
  };
  const audit: HandDeps["audit"] = (entry, at) => auditIfChanged(db, entry, at);
  const byHand = { database, now, audit };
  const sourcing: SourceActDeps = {
    ...deps.sources,
    record: (entry) => database.batch([writeAudit(db, entry, now())]),
  };
  const changing: ChangeDeps = {
    ...byHand,
    database,
    openDue: () => openDueIssues(deps.ticking),
    changed: () => deps.publishing.changed(),
  };
  const acts: IssueActs = {
    approve: (name, revision, actor) => approveIssue(byHand, name, revision, actor),
    sendNow: (name, revision, actor) => sendNow(byHand, name, revision, actor),
    cancel: (name, reason, actor) =>
      cancelIssue(
        { ...byHand, withdrawClaimed: ({ id }, at) => withdrawClaimed(db, id, at) },
        name,
        reason,
        actor,
      ),
    rebuild: (name, actor) => rebuildIssue(byHand, name, actor),
    pause: (name, words, actor) =>
      pauseByHand(
        { ...byHand, releaseClaimed: ({ id }, at) => releaseClaimed(db, id, at) },
        name,
        words,
        actor,
      ),
    resume: (name, minutes, actor) =>
      resumeByHand({ ...byHand, forgetHealth: ({ id }) => beginHealthAnew(db, id) }, name, minutes, actor),
  };
  const doubts: DoubtActs = { decide: (...asked) => decideDoubts(byHand, ...asked) };
  const access = { db, now, addressOf: deps.addressOf };
  const lists = {
    names: async () => namesOf(await listDigests(db), await listSections(db)),
    zone: async () => (await readPublisher(db)).zone,
  };
  // What was confirmed leaves at once, and not with the next minute.
  const tickSoon = () => later(() => deps.tick(cronSeconds));
  const special = specialSender({ ...deps.ticking, database, audit: byHand.audit }, tickSoon);
  const logAct = (actor: string, act: string, article: number) =>
    database.batch([writeAudit(db, { actor, act, subject: `article ${article}` }, now())]);
  const stories: StoryActs = {
    async publish(origin, input, expected, actor) {
      const done = await publishArticle(deps.publishing, origin, input, expected);
      if (done.kind === "created" || done.kind === "revised")
        await logAct(actor, done.kind === "created" ? "article-add" : "article-change", done.article.id);
      return done;
    },
    // An editor's word stands, also where a source had taken the article back before.
    retract: (id, reason, actor) =>
      retract(deps.publishing, id, reason, (stood) => [
        keepRetracted(db, id),
        ...(stood
          ? [writeAudit(db, { actor, act: "article-retract", subject: `article ${id}` }, now())]
          : []),
      ]),
    mergeStories: (into, from, actor) => mergeStories(byHand, into, from, actor),
    splitStory: (id, articles, actor) => splitStory(byHand, id, articles, actor),
    changeHand: (issue, change, actor, seen) => changeHand(byHand, issue, change, actor, seen),
  };
  const testing: Parameters<typeof previewApi>[0] = {
    preview: (name, whose) => previewIssue(deps.ticking, name, whose),
    sendTest: (name, whose, to, actor) =>
      sendTest({ ...deps.ticking, audit: (entry, at) => writeAudit(db, entry, at) }, name, whose, to, actor),
  };
  const app = new Hono();

  app.use(requestId({ headerName: "" }));
  app.use(secureHeaders(site));
  app.use(async (c, next) => {
    const started = performance.now();
    await next();
    // The path only: queries and tokens are nobody's business, also where a mail program wrote the link anew (//confirm/, /confirm%2F).
    const path = c.req.path.replace(
      /^\/+(confirm|unsubscribe|preferences|worth|c|newsroom\/+login|inbound\/+websub)(?:\/|%2f).+/i,
      "/$1/…",
    );
    const facts = { request: c.get("requestId"), method: c.req.method, path, status: c.res.status };
    log.debug({ ...facts, milliseconds: Math.round(performance.now() - started) }, "request");
  });
  // Forged forms are refused by their origin. One-click posts of mail programs, sign-up forms that a publisher puts on other
  // sites, preferences and answers opened inside a mail program, and WebSub subscribers come from elsewhere by design; they carry a signed
  // token, or are asked for a confirmation.
  // On this machine the same server goes by several names.
  const isOwn = (origin: string, c: Context) =>
    origin === site.origin || (isLoopback(site) && origin === new URL(c.req.url).origin);
  const sameOrigin = csrf({ origin: isOwn });
  app.use((c, next) =>
    /^\/(confirm\/|unsubscribe\/|worth\/|preferences(\/|$)|subscribe$|websub$|api\/|cron\/|inbound\/)/.test(
      c.req.path,
    )
      ? next()
      : sameOrigin(c, next),
  );

  // In the newsroom nothing is exempt, whatever a request says that it holds: one that names another origin is refused.
  app.use("/newsroom/*", (c, next) => {
    const origin = c.req.header("Origin");
    const own = origin === undefined || isOwn(origin, c);
    return own || /^(GET|HEAD)$/.test(c.req.method) ? next() : failure(c, 403);
  });
  // Forms of pages. A part that takes less says so itself, and so do those that take lists, behind their doors.
  const bounded = bodyLimit({ maxSize: largestForm, onError: (c) => failure(c, 413) });
  app.use("/newsroom/*", (c, next) =>
    /^\/newsroom\/subscribers\/imports(\/run)?$/.test(c.req.path) ? next() : bounded(c, next),
  );

  app.get("/healthz", (c) => c.text("ok\n"));
  const ready = readiness({ db, now, log, unfit: deps.unfit });
  app.get("/readyz", async (c) => {
    const reasons = await ready();
    return reasons.length === 0 ? c.text("ready\n") : c.text(`${reasons.join("\n")}\n`, 503);
  });
  app.post("/cron/tick", async (c) => {
    const { cronSecret } = config;
    if (cronSecret === null) return c.notFound();
    if (!sameText(c.req.header("authorization") ?? "", `Bearer ${cronSecret}`)) {
      return problem(c, {
        status: 401,
        title: "Wrong secret",
        detail: "Send NASHRA_CRON_SECRET as a bearer token.",
      });
    }
    return c.json(await deps.tick(cronSeconds));
  });

  app.get("/robots.txt", (c) => {
    c.header("Cache-Control", "public, max-age=86400");
    return c.text(robotsTxt(site));
  });
  app.route("/", metricsRoutes(deps.metrics, access));
  app.route("/", webSubRoutes(deps.hub, config.webSubHub));
  app.route("/", inboundRoutes(deps.sources, later));
  app.route(
    "/",
    feedRoutes({
      ...deps,
      refusal: (c, status, sentence) => failure(c, status, undefined, sentence),
      page: (c, found) =>
        renderFeedPage(
          c,
          {
            ...shared,
            digests: () => listDigests(db),
            pastIssues: (digestId, limit) => pastIssues(db, site, digestId, limit),
          },
          found,
        ),
    }),
  );
  app.route("/", wordpressRoutes({ feeds: deps.feeds, site }));
  for (const [method, path, scope] of apiDoors) app.on(method, path, requireToken(access, scope));
  app.route(
    "/",
    articleApi({
      db,
      site,
      now,
      publish: stories.publish,
      retract: stories.retract,
      stories,
      others: [
        (invalid) =>
          handApi(
            {
              readHand: (issue) => readHand(byHand, issue),
              changeHand: stories.changeHand,
            },
            invalid,
          ),
        (invalid) => clickApi({ db, accepted: (issue) => acceptedIn(db, issue) }, invalid),
        (invalid) => issueApi({ issueNamed: (name) => issueByName(db, name), ...acts }, invalid),
        (invalid) =>
          digestApi(
            {
              digestNamed: (slug) => digestBySlug(db, slug),
              async change(digest, facts, actor) {
                await changeFacts(changing, digest, facts, actor);
              },
              signs: async (domain) =>
                (await deps.ticking.dkim()).some((key) => key.domain.toLowerCase() === domain.toLowerCase()),
              mailFrom: config.mailFrom,
              isAdministrator: (c) => holds(c.get("tokenHolder")?.scopes ?? [], "admin"),
            },
            invalid,
          ),
        (invalid) =>
          doubtApi(
            {
              issueNamed: (name) => issueByName(db, name),
              doubts: (issue, after) => doubtsPage(db, issue.id, after),
              ...doubts,
            },
            invalid,
          ),
        (invalid) => previewApi(testing, invalid),
        (invalid) => specialApi(special, invalid),
        (invalid) => hookApi({ database, now, audit: byHand.audit, call: deps.ticking.call }, invalid),
        (invalid) => restoredApi({ database, now, audit: byHand.audit }, invalid),
        (invalid) => feedbackApi({ list: (asked) => listFeedback(db, asked) }, invalid),
        (invalid) => subscriberApi({ ...signingUp, sections: () => listSections(db) }, invalid),
        (invalid) => listApi({ database, site, now, ...lists }, invalid),
      ],
    }),
  );
  app.route(
    "/",
    articlePages({
      ...shared,
      signUp: (language, section) => <SignUp language={language} section={section} />,
      feedLinks: (paper, own) =>
        feedLinks(site, paper, own && { feed: { kind: own.kind, slug: own.slug }, title: own.title }),
    }),
  );
  app.route("/", searchPages(shared));
  app.route("/", digestRoutes(shared));
  app.route("/", archiveRoutes(shared));
  app.route("/", worthRoutes(shared));
  app.route("/", clickRoutes(shared));
  app.route(
    "/",
    subscriberRoutes({
      ...shared,
      ...signingUp,
      digests: async () =>
        (await listDigests(db)).map((digest) => ({
          ...digest,
          slots: digest.schedule.slots,
          hasBreaking: digest.breaking.aDay > 0,
        })),
      sections: async () => (await listSections(db)).filter(({ closedAt }) => closedAt === null),
      mail: {
        of: async (subscriber) => ({
          ...(await lettersOf(db, subscriber)),
          clicks: await clicksOfReader(db, subscriber),
        }),
        addresses: (subscriber) => addressesOf(db, subscriber),
        blank: (subscriber, at) => [...blankLetters(db, subscriber, at), forgetClicksOf(db, subscriber)],
        readerOf: (messageId) => readerOfMessage(db, messageId),
      },
    }),
  );
  app.route(
    "/",
    inboundMailRoutes({
      ...deps,
      digests: () => listDigests(db),
      requireFeedbackToken: requireToken(access, "feedback:write"),
    }),
  );
  app.route(
    "/",
    accountRoutes({
      ...shared,
      queueNotice: queueNoticeIn(db),
      wake: signingUp.wake,
      later: signingUp.later,
    }),
  );
  app.route("/", webhookRoutes(deps));
  app.route(
    "/",
    newsroomRoutes({
      ...shared,
      acts: { ...acts, ...doubts },
      special,
      changing,
      sourcing,
      stories,
      tickSoon,
      sendTest: testing.sendTest,
      call: deps.ticking.call,
      askToConfirm: ({ typed, digest, language, note }, actor) =>
        take(signingUp, {
          typed,
          sure: true,
          answer: "",
          asker: { token: actor },
          wish: {
            kind: "subscribe",
            digests: [digest],
            sections: [],
            language,
            source: "api",
            place: actor,
            ...(note ? { note } : {}),
          },
        }),
      async savePublisher(publisher, names, actor) {
        // What feeds say of the paper changes with it.
        const feeds = [
          "all" as const,
          ...(await listSections(db)).map(({ id }) => keyOf({ kind: "section", id })),
        ];
        await database.batch([
          savePublisher(db, publisher, now()),
          ...touchFeeds(db, feeds, now()),
          writeAudit(db, { actor, act: "publisher-set", subject: names.join(" ") }, now()),
        ]);
        deps.publishing.changed();
      },
    }),
  );

  /** The form of other parts' pages: it needs to know what one can subscribe to. */
  async function SignUp({ language, section }: { language: "ar" | "en"; section: string | null }) {
    const sections = (await listSections(db)).filter(({ closedAt }) => closedAt === null);
    const digests = await listDigests(db);
    const offer = { digests: offeredToNew(digests), sections };
    return section === null ? (
      <>
        <SubscribeForm language={language} offer={offer} place="home" />
        <ArchiveLinks language={language} digests={digests} />
      </>
    ) : (
      <SubscribeForm
        language={language}
        offer={offer}
        place={`section:${section}`}
        filled={{ address: "", digests: [], sections: [section] }}
      />
    );
  }

  app.notFound((c) => failure(c, 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) return failure(c, error.status, error.message);
    // Who hangs up in the middle of a request is no fault of ours.
    const level = c.req.raw.signal.aborted ? "debug" : "error";
    log[level]({ request: c.get("requestId"), error: error.stack ?? String(error) }, "request failed");
    return failure(c, 500);
  });

  /** In problem details for programs, as a page for people. */
  async function failure(c: Context, status: number, why?: string, sentence?: string) {
    // A person who follows a link to a feed that is gone is told in a page, a reader in problem details.
    const isVisit = c.req.header("Sec-Fetch-Mode") === "navigate";
    if (/^\/(api|cron|metrics)\b/.test(c.req.path) || (c.req.path.startsWith("/feeds") && !isVisit)) {
      const title = status === 404 ? "Not found" : status >= 500 ? "Our fault" : "Refused";
      return problem(c, {
        status: asStatus(status),
        title,
        ...(why ? { detail: why } : {}),
        request: c.get("requestId"),
      });
    }
    const language = chooseLanguage(c, "ar");
    const bare = {
      language,
      publisher: { name: language === "ar" ? "نشرة" : "Nashra" },
      path: c.req.path,
      assets,
    };
    const page = await shell(c).catch(() => bare); // the database may be what is at fault
    return c.html(
      <ErrorPage {...page} status={status} sentence={sentence} requestId={c.get("requestId")} />,
      asStatus(status),
    );
  }
  return app;
}

/** The statuses that we answer with; any other is told as 400 or 500. */
function asStatus(status: number): 400 | 401 | 403 | 404 | 405 | 410 | 413 | 414 | 415 | 500 {
  for (const known of [401, 403, 404, 405, 410, 413, 414, 415] as const) if (status === known) return known;
  return status >= 500 ? 500 : 400;
}
