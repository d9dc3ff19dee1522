// The Hono app: mounts each part's routes, and what stands before and behind all of them; nothing else.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { accountRoutes, holds, isLetIn, requireToken } from "./accounts/index.ts";
import { apiDoors } from "./api-doors.ts";
import { articleApi, articlePages, listSections, searchPages, visitOf } from "./articles/index.ts";
import { actsByHand } from "./by-hand.ts";
import { type Config, isLoopback, type Keyring } from "./config.ts";
import {
  addressesOf,
  blankLetters,
  type Delivery,
  doubtApi,
  doubtsPage,
  feedbackApi,
  inboundMailRoutes,
  lettersOf,
  listFeedback,
  previewApi,
  progressOf,
  queueNoticeIn,
  readerOfMessage,
  restoredApi,
  specialApi,
  webhookRoutes,
} from "./delivery/index.ts";
import {
  ArchiveLinks,
  archiveRoutes,
  type ClickCount,
  clickApi,
  clickRoutes,
  clicksOfReader,
  digestRoutes,
  forgetClicksOf,
  handApi,
  issueApi,
  issueByName,
  listDigests,
  pastIssues,
  readHand,
  worthRoutes,
} from "./digests/index.ts";
import { failures } from "./failure.tsx";
import {
  type FeedAnswers,
  type FeedService,
  feedLinks,
  feedRoutes,
  renderFeedPage,
  robotsTxt,
  wordpressRoutes,
} from "./feeds/index.ts";
import { hookApi } from "./hooks/index.ts";
import {
  auditApi,
  deskAt,
  digestApi,
  feedApi,
  type House,
  houseApi,
  issueDeskApi,
  newsroomRoutes,
  peopleApi,
  templateApi,
} from "./newsroom/index.ts";
import {
  type Clock,
  type Database,
  type GuardedGet,
  type Log,
  type MailDomains,
  type Outbox,
  sameText,
} from "./platform/index.ts";
import type { PublishDeps } from "./publish.ts";
import { type Metrics, metricsRoutes } from "./readership/index.ts";
import { publisherApi, readiness, readPublisher } from "./settings/index.ts";
import { inboundRoutes, type SourceService, sourceApi } from "./sources/index.ts";
import {
  type LettersToErase,
  listApi,
  namesOf,
  offeredToNew,
  SubscribeForm,
  subscriberApi,
  subscriberRoutes,
  take,
} from "./subscribers/index.ts";
import type { AllTables } from "./tables.ts";
import type { TickDeps, TickReport } from "./tick.ts";
import { type AssetPaths, problem, secureHeaders } from "./web/index.ts";
import { type Hub, webSubRoutes } from "./websub/index.ts";

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

/** More than any form of the newsroom sends. */
const largestForm = 1_000_000;

/** How long a tick that was asked for from outside may send before it answers. */
const cronSeconds = 25;

export function createApp(deps: AppDeps): Hono {
  const { database, config, now, log, assets, later } = deps;
  const { db } = database;
  const site = config.publicUrl;
  const shell = async (c: Context) => ({
    ...(await visitOf(c, { db, assets })).shell,
    desk: await deskAt(c, { ...deps, site }),
  });
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
  // What was confirmed leaves at once, and not with the next minute.
  const tickSoon = () => later(() => deps.tick(cronSeconds));
  const { byHand, sourcing, changing, acts, special, stories, testing, savePublisher } = actsByHand({
    ...deps,
    tickSoon,
  });
  const failure = failures({ shell, assets });
  const access = { db, now, addressOf: deps.addressOf };
  const letters: LettersToErase = {
    addresses: (subscriber) => addressesOf(db, subscriber),
    blank: (subscriber, at) => [...blankLetters(db, subscriber, at), forgetClicksOf(db, subscriber)],
  };
  const lists = {
    names: async () => namesOf(await listDigests(db), await listSections(db)),
    zone: async () => (await readPublisher(db)).zone,
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
  // What came by no door gets no further, however a route behind it reads its path.
  app.use("/api/v1/*", (c, next) => (isLetIn(c) ? next() : Promise.resolve(c.notFound())));
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
        (invalid) =>
          clickApi({ db, accepted: async (issue) => (await progressOf(db, issue)).accepted }, invalid),
        (invalid) => issueApi({ issueNamed: (name) => issueByName(db, name), ...acts }, invalid),
        (invalid) =>
          digestApi(
            {
              ...{ database, now, changing, mailFrom: config.mailFrom },
              signs: async (domain) =>
                (await deps.ticking.dkim()).some((key) => key.domain.toLowerCase() === domain.toLowerCase()),
              isAdministrator: (c) => holds(c.get("tokenHolder")?.scopes ?? [], "admin"),
            },
            invalid,
          ),
        (invalid) =>
          doubtApi(
            {
              issueNamed: (name) => issueByName(db, name),
              doubts: (issue, after) => doubtsPage(db, issue.id, after),
              decide: acts.decide,
            },
            invalid,
          ),
        (invalid) => previewApi(testing, invalid),
        (invalid) => specialApi(special, invalid),
        (invalid) => hookApi({ database, now, audit: byHand.audit, call: deps.ticking.call }, invalid),
        (invalid) => publisherApi({ read: () => readPublisher(db), save: savePublisher }, invalid),
        (invalid) => houseApi({ database, now, house: deps.house }, invalid),
        (invalid) => sourceApi({ sourcing, site, tickSoon }, invalid),
        (invalid) => feedApi({ database, now, site, feeds: deps.feeds }, invalid),
        (invalid) => issueDeskApi({ database, now, site, ticking: deps.ticking }, invalid),
        (invalid) => auditApi({ database, site }, invalid),
        (invalid) => templateApi({ database, now, site, house: deps.house }, invalid),
        (invalid) => restoredApi({ database, now, audit: byHand.audit }, invalid),
        (invalid) => feedbackApi({ list: (asked) => listFeedback(db, asked) }, invalid),
        (invalid) => subscriberApi({ ...signingUp, sections: () => listSections(db) }, invalid),
        // Before single subscribers: `imports` is nobody's id.
        (invalid) => peopleApi({ database, now, site }, invalid),
        (invalid) => listApi({ database, site, now, letters, ...lists }, invalid),
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
        ...letters,
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
      acts,
      special,
      changing,
      sourcing,
      stories,
      tickSoon,
      sendTest: testing.sendTest,
      call: deps.ticking.call,
      savePublisher,
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

  return app;
}
