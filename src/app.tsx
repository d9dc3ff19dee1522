// The Hono app: mounts each part's routes, and what stands before and behind all of them; nothing else.
import { type Context, Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import {
  type AccountTables,
  accountRoutes,
  auditIfChanged,
  type Role,
  requireToken,
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
  addressesOf,
  blankLetters,
  type DeliveryTables,
  type DoubtActs,
  decideDoubts,
  doubtApi,
  doubtsPage,
  inboundMailRoutes,
  lettersOf,
  previewApi,
  previewIssue,
  queueNoticeIn,
  readerOfMessage,
  releaseClaimed,
  sendQueuedNotices,
  sendTest,
  specialApi,
  specialSender,
  withdrawClaimed,
} from "./delivery/index.ts";
import {
  ArchiveLinks,
  approveIssue,
  archiveRoutes,
  cancelIssue,
  changeHand,
  type DigestTables,
  digestApi,
  digestBySlug,
  digestRoutes,
  handApi,
  type IssueActs,
  issueApi,
  issueByName,
  listDigests,
  pastIssues,
  pauseByHand,
  readHand,
  rebuildIssue,
  resumeByHand,
  setFacts,
  worthRoutes,
} from "./digests/index.ts";
import {
  type FeedAnswers,
  type FeedService,
  type FeedTables,
  feedLinks,
  feedRoutes,
  renderFeedPage,
  robotsTxt,
  wordpressRoutes,
} from "./feeds/index.ts";
import { newsroomRoutes } from "./newsroom/index.ts";
import {
  type Clock,
  type Database,
  type Log,
  type MailDomains,
  type Outbox,
  sameText,
} from "./platform/index.ts";
import { type PublishDeps, publishArticle, retract } from "./publish.ts";
import { type Metrics, metricsRoutes, type ReaderTables } from "./readership/index.ts";
import { readPublisher, type SettingsTables } from "./settings/index.ts";
import { inboundRoutes, keepRetracted, type SourceService, type SourceTables } from "./sources/index.ts";
import {
  listApi,
  namesOf,
  offeredToNew,
  SubscribeForm,
  type SubscriberTables,
  subscriberApi,
  subscriberRoutes,
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
  DeliveryTables;

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
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
  feeds: FeedService;
  answers: FeedAnswers;
  metrics: Metrics;
  hub: Hub;
  publishing: PublishDeps;
  sources: SourceService;
  ticking: TickDeps;
  tick: (seconds: number) => Promise<TickReport>;
};

/** Milliseconds that the answer to a sign-up may wait behind the reply. */
const mostPause = 1500;

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
    wake: () => later(() => sendQueuedNotices(deps.ticking, now().add({ seconds: cronSeconds }))),
    // At no moment that tells anything: work that follows a reply at once shows in how soon the next one comes.
    later: (work: () => Promise<unknown>) =>
      later(async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * mostPause));
        await work();
      }),
  };
  const audit: HandDeps["audit"] = (entry, at) => auditIfChanged(db, entry, at);
  const byHand = { database, now, audit };
  const acts: IssueActs = {
    approve: (name, revision, actor) => approveIssue(byHand, name, revision, actor),
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
    resume: (name, minutes, actor) => resumeByHand(byHand, name, minutes, actor),
  };
  const doubts: DoubtActs = { decide: (...asked) => decideDoubts(byHand, ...asked) };
  const access = (role: Role) => requireToken({ db }, role);
  const lists = {
    names: async () => namesOf(await listDigests(db), await listSections(db)),
    zone: async () => (await readPublisher(db)).zone,
  };
  // What was confirmed leaves at once, and not with the next minute.
  const special = specialSender({ ...deps.ticking, database, audit: byHand.audit }, () =>
    later(() => deps.tick(cronSeconds)),
  );
  const app = new Hono();

  app.use(requestId({ headerName: "" }));
  app.use(secureHeaders(site));
  app.use(async (c, next) => {
    const started = performance.now();
    await next();
    // The path only: queries and tokens are nobody's business.
    const path = c.req.path.replace(
      /^\/(confirm|unsubscribe|preferences|worth|newsroom\/login)\/.+/,
      "/$1/…",
    );
    const facts = { request: c.get("requestId"), method: c.req.method, path, status: c.res.status };
    log.debug({ ...facts, milliseconds: Math.round(performance.now() - started) }, "request");
  });
  // Forged forms are refused by their origin. One-click posts of mail programs, sign-up forms that a publisher puts on other
  // sites, preferences and answers opened inside a mail program, and WebSub subscribers come from elsewhere by design; they carry a signed
  // token, or are asked for a confirmation.
  const sameOrigin = csrf({
    // On this machine the same server goes by several names.
    origin: (origin, c) =>
      origin === site.origin || (isLoopback(site) && origin === new URL(c.req.url).origin),
  });
  app.use((c, next) =>
    /^\/(confirm\/|unsubscribe\/|worth\/|preferences(\/|$)|subscribe$|websub$|api\/|cron\/|inbound\/)/.test(
      c.req.path,
    )
      ? next()
      : sameOrigin(c, next),
  );

  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", async (c) => {
    try {
      await listDigests(db);
      return c.text("ready\n");
    } catch (error) {
      log.error({ error: String(error) }, "not ready");
      return c.text("the database does not answer\n", 503);
    }
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
  app.route("/", metricsRoutes(deps.metrics, { db }));
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
  app.route(
    "/",
    articleApi({
      db,
      site,
      now,
      publish: (origin, input, expected) => publishArticle(deps.publishing, origin, input, expected),
      // An editor's word stands, also where a source had taken the article back before.
      retract: (id, reason) => retract(deps.publishing, id, reason, () => [keepRetracted(db, id)]),
      stories: {
        mergeStories: (into, from, actor) => mergeStories(byHand, into, from, actor),
        splitStory: (id, articles, actor) => splitStory(byHand, id, articles, actor),
      },
      others: [
        (invalid) =>
          handApi(
            {
              readHand: (issue) => readHand(byHand, issue),
              changeHand: (issue, change, actor) => changeHand(byHand, issue, change, actor),
            },
            invalid,
          ),
        (invalid) => issueApi({ issueNamed: (name) => issueByName(db, name), ...acts }, invalid),
        (invalid) =>
          digestApi(
            {
              digestNamed: (slug) => digestBySlug(db, slug),
              async setInDoubt({ id, slug }, inDoubt, actor) {
                const entry = { actor, act: "digest-set", subject: `${slug}: inDoubt=${inDoubt}` };
                await database.batch([setFacts(db, id, { inDoubt }), audit(entry, now())]);
              },
            },
            invalid,
          ),
        (invalid) =>
          doubtApi(
            {
              issueNamed: (name) => issueByName(db, name),
              doubts: (issue, after) => doubtsPage(db, issue.id, after),
              ...doubts,
              requireToken: access,
            },
            invalid,
          ),
        (invalid) =>
          previewApi(
            {
              preview: (name, whose) => previewIssue(deps.ticking, name, whose),
              sendTest: (name, whose, to, actor) =>
                sendTest(
                  { ...deps.ticking, audit: (entry, at) => writeAudit(db, entry, at) },
                  name,
                  whose,
                  to,
                  actor,
                ),
              requireToken: access,
            },
            invalid,
          ),
        (invalid) => specialApi(special, invalid),
        (invalid) => subscriberApi({ ...signingUp, sections: () => listSections(db) }, invalid),
        (invalid) => listApi({ database, site, now, ...lists, requireToken: access }, invalid),
      ],
      requireToken: access,
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
        of: (subscriber) => lettersOf(db, subscriber),
        addresses: (subscriber) => addressesOf(db, subscriber),
        blank: (subscriber, at) => blankLetters(db, subscriber, at),
        readerOf: (messageId) => readerOfMessage(db, messageId),
      },
    }),
  );
  app.route(
    "/",
    inboundMailRoutes({
      ...deps,
      digests: () => listDigests(db),
      requireEditorToken: requireToken({ db }, "editor"),
    }),
  );
  app.route("/", accountRoutes(shared));
  app.route("/", newsroomRoutes({ ...shared, acts: { ...acts, ...doubts }, special }));

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
