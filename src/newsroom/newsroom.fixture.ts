// A newsroom for tests: a paper, a digest with issues in every state, and an outbox that holds two mails.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Hono } from "hono";
import { sql } from "kysely";
import { openTestDatabase } from "../../tests/support/database.ts";
import {
  type AccessDeps,
  type AccountTables,
  accountRoutes,
  audit,
  auditIfChanged,
  createLoginLink,
  type Role,
} from "../accounts/index.ts";
import { assets, openPaper, site } from "../articles/articles.fixture.ts";
import { type ArticleId, type ArticleTables, mergeStories, splitStory, visitOf } from "../articles/index.ts";
import type { Keyring } from "../config.ts";
import {
  beginHealthAnew,
  type DeliveryState,
  type DeliveryTables,
  type DoubtActs,
  decideDoubts,
  queueNoticeIn,
  releaseClaimed,
  specialSender,
  withdrawClaimed,
} from "../delivery/index.ts";
import { insertEdition } from "../digests/digests.fixture.ts";
import {
  approveIssue,
  cancelIssue,
  changeHand,
  type DigestTables,
  type IssueActs,
  type IssueId,
  type IssueState,
  openDueIssues,
  pauseByHand,
  rebuildIssue,
  resumeByHand,
  type ScoreParts,
  sendNow,
} from "../digests/index.ts";
import type { FeedTables } from "../feeds/index.ts";
import type { HookTables } from "../hooks/index.ts";
import { createMailRenderer } from "../mail/index.ts";
import type { Log, Outbox } from "../platform/index.ts";
import { publishArticle, retract } from "../publish.ts";
import type { ReaderTables } from "../readership/index.ts";
import { type SettingsTables, savePublisher } from "../settings/index.ts";
import { type SourceActDeps, type SourceTables, sourceReaders } from "../sources/index.ts";
import type { SubscriberTables } from "../subscribers/index.ts";
import type { WebSubTables } from "../websub/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import { bareHouse, deskAt, type House, newsroomRoutes, type StoryActs } from "./index.ts";

const keys: Keyring = [{ id: "k1", key: "0123456789abcdef0123456789abcdef" }];
const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

export const parts: ScoreParts = {
  editor: 0.75,
  coverage: 0.8,
  heat: 0.4,
  clicks: null,
  freshness: 0.79,
  ageHours: 4.2,
  carriedBy: { articles: 5, sources: 3 },
  hand: null,
};

/** A mail as delivery writes them: alternatives, a subject in encoded words, CRLF. */
export const mailBytes = (over: { subject?: string; html?: string; text?: string } = {}) => {
  const html =
    over.html ??
    '<!doctype html><html dir="rtl"><head><meta name="color-scheme" content="light dark"><style>:root { color-scheme: light dark; } @media (prefers-color-scheme: dark) { p { color: #fff; } }</style></head><body><p style="color:#111">صباح الخير</p><a href="https://marsa.example/confirm/x">أكّد</a></body></html>';
  return new TextEncoder().encode(
    [
      "From: =?utf-8?B?2KfZhNmF2LHYs9mJ?= <bulletin@marsa.example>",
      "To: salma@example.org",
      `Subject: ${over.subject ?? "=?utf-8?B?2LXYqNin2K0g2KfZhNmF2LHYs9mJ?="}`,
      "Date: Sun, 01 Mar 2026 05:00:00 +0000",
      "MIME-Version: 1.0",
      'Content-Type: multipart/alternative; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit",
      "",
      over.text ?? "صباح الخير\r\nhttps://marsa.example/confirm/x",
      "--b",
      "Content-Type: text/html; charset=utf-8",
      "Content-Transfer-Encoding: 8bit",
      "",
      html,
      "--b--",
      "",
    ].join("\r\n"),
  );
};

type Tables = AccountTables &
  ArticleTables &
  SettingsTables &
  DigestTables &
  DeliveryTables &
  FeedTables &
  HookTables &
  ReaderTables &
  WebSubTables &
  SourceTables &
  SubscriberTables;

export async function openNewsroom(
  mails: Record<string, Uint8Array> | null = { "2-b": mailBytes(), "1-a": mailBytes() },
  house: Partial<House> = {},
) {
  const database = openTestDatabase<Tables>();
  const { db } = database;
  const paper = await openPaper(database);
  const outbox: Outbox | null = mails && {
    list: async (limit) =>
      Object.entries(mails)
        .slice(0, limit)
        .map(([id, bytes]) => ({ id, at: paper.now(), octets: bytes.length })),
    read: async (id) => (Object.hasOwn(mails, id) ? (mails[id] ?? null) : null),
  };
  const asking = { database, keys, site, assets, now: paper.now, addressOf: () => "192.0.2.7" };
  const shell: AccessDeps["shell"] = async (c) => ({
    ...(await visitOf(c, { db, assets })).shell,
    desk: await deskAt(c, asking),
  });
  const mail = createMailRenderer(
    () => (name) => readFileSync(resolve(import.meta.dirname, "../../templates", name), "utf8"),
  );
  const ticking = { database, site, now: paper.now, mail, log: silent };
  const acting = {
    database,
    now: paper.now,
    audit: (entry: Parameters<typeof auditIfChanged>[1], at: Temporal.Instant) =>
      auditIfChanged(db, entry, at),
    withdrawClaimed: ({ id }: { id: IssueId }, at: Temporal.Instant) => withdrawClaimed(db, id, at),
    releaseClaimed: ({ id }: { id: IssueId }, at: Temporal.Instant) => releaseClaimed(db, id, at),
  };
  const acts: IssueActs & DoubtActs = {
    approve: (...asked) => approveIssue(acting, ...asked),
    sendNow: (...asked) => sendNow(acting, ...asked),
    cancel: (...asked) => cancelIssue(acting, ...asked),
    rebuild: (...asked) => rebuildIssue(acting, ...asked),
    pause: (...asked) => pauseByHand(acting, ...asked),
    resume: (...asked) =>
      resumeByHand({ ...acting, forgetHealth: ({ id }) => beginHealthAnew(db, id) }, ...asked),
    decide: (...asked) => decideDoubts(acting, ...asked),
  };
  const changing = { ...acting, openDue: () => openDueIssues(ticking), changed() {} };
  const nobody = async () => ({ kind: "silence" as const, why: "nobody is there" });
  const sourcing: SourceActDeps = {
    database,
    get: nobody,
    call: nobody,
    site,
    now: paper.now,
    log: silent,
    publisher: () => {
      throw new Error("No source is read here.");
    },
    ...sourceReaders,
    record: (entry) => database.batch([audit(db, entry, paper.now())]),
  };
  const publishing = { database, site, now: paper.now, changed() {} };
  const special = specialSender({ ...ticking, audit: acting.audit }, () => {});
  const access = { ...asking, shell };
  const signingIn = {
    queueNotice: queueNoticeIn(db),
    wake() {},
    later: (work: () => Promise<unknown>) => void work(),
  };
  const stories: StoryActs = {
    publish: (origin, input, expected) => publishArticle(publishing, origin, input, expected),
    retract: (id, reason, actor) =>
      retract(publishing, id, reason, () => [
        audit(db, { actor, act: "article-retract", subject: `article ${id}` }, paper.now()),
      ]),
    mergeStories: (...asked) => mergeStories(acting, ...asked),
    splitStory: (...asked) => splitStory(acting, ...asked),
    changeHand: (...asked) => changeHand(acting, ...asked),
  };
  const deps: NewsroomDeps = {
    ...access,
    outbox,
    log: silent,
    acts,
    special,
    stories,
    tickSoon() {},
    sendTest: async (name, _whose, to) => ({
      kind: "sent",
      letters: to.map((address) => ({ address, state: "accepted", reply: `250 ${name}` })),
    }),
    ticking,
    changing,
    sourcing,
    feeds: { find: async () => ({ kind: "nothing" }) },
    house: { ...bareHouse, ...house },
    later: (work) => void work(),
    askToConfirm: async () => ({ kind: "wait", seconds: 60 }),
    savePublisher: async (publisher) => {
      await database.batch([savePublisher(db, publisher, paper.now())]);
    },
    call: async () => ({ kind: "silence", why: "nobody is there" }),
  };
  const app = new Hono()
    .route("/", accountRoutes({ ...access, ...signingIn }))
    .route("/", newsroomRoutes(deps));
  await db
    .insertInto("digests")
    .values({
      slug: "daily",
      name: "صباح المرسى",
      name_en: "Marsa Morning",
      state: "on",
      zone: "Asia/Beirut",
      days: "[1,2,3,4,5,6,7]",
      slots: '[{"name":"morning","time":"07:00"}]',
      max_stories: 10,
      min_stories: 1,
      late_minutes: 180,
      deadline_minutes: 360,
      next_at: null,
      next_date: null,
      next_slot: null,
    })
    .execute();
  const digest = await db.selectFrom("digests").select("id").executeTakeFirstOrThrow();

  async function issue(
    date: string,
    over: { state?: IssueState; reason?: string; candidates?: number } = {},
  ) {
    const at = Temporal.Instant.from(`${date}T05:00Z`).epochMilliseconds;
    const state = over.state ?? "sent";
    const row = await db
      .insertInto("issues")
      .values({
        digest_id: digest.id,
        local_date: date,
        slot: "morning",
        state,
        planned_at: at,
        opened_at: at,
        finished_at: state === "sent" ? at : null,
        reason: over.reason ?? null,
        candidates: over.candidates ?? null,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return row.id;
  }

  /** Puts one more into the ledger: a letter in this state, or an exclusion for this reason. */
  async function candidate(
    issue_id: IssueId,
    address: string,
    fate: { state: DeliveryState; reply?: string; reason?: string; in_doubt?: number } | { excluded: string },
  ) {
    const { id } = await db
      .insertInto("subscribers")
      .values({
        address,
        address_key: address,
        state: "confirmed",
        language: "ar",
        created_at: 0,
        confirmed_at: 0,
        sample: 0,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    if ("excluded" in fate) {
      await db
        .insertInto("exclusions")
        .values({ issue_id, subscriber_id: id, reason: fate.excluded })
        .execute();
      await keepAudience(issue_id);
      return;
    }
    await db
      .insertInto("deliveries")
      .values({
        issue_id,
        subscriber_id: id,
        sections: "",
        language: "ar",
        address,
        state: fate.state,
        edition_id: null,
        message_id: null,
        message_date: null,
        reply: fate.reply ?? null,
        reason: fate.reason ?? null,
        tries: 1,
        in_doubt: fate.in_doubt ?? 0,
        worker: null,
        due_at: 0,
        deadline_at: 0,
        at: Temporal.Instant.from("2026-03-01T05:00Z").epochMilliseconds,
      })
      .execute();
  }

  /** What freezing keeps of an audience. */
  const keepAudience = (issue: IssueId) =>
    sql`insert or replace into issue_audiences (issue_id, letters, exclusions)
      select i.id, coalesce(i.candidates, 0) - (select count(*) from exclusions e where e.issue_id = i.id),
        (select json_group_array(json_object('reason', r.reason, 'count', r.readers)) from (
          select e.reason, count(*) as readers from exclusions e where e.issue_id = i.id group by e.reason) r)
      from issues i where i.id = ${issue}`.execute(db);

  const edition = (issue: IssueId, sections: string, stories: readonly ArticleId[]) =>
    insertEdition(db, issue, sections, stories, { score: 0.431, parts: JSON.stringify(parts) });

  /** Signs somebody in. @returns how they ask for pages */
  async function enter(address = "salma@example.org", role?: Role) {
    if (role) await db.insertInto("editors").values({ address, role, created_at: 0 }).execute();
    const token = await createLoginLink(database, address, paper.now());
    const reply = await app.request(`/newsroom/login/${token}`, { method: "POST" });
    const cookie = reply.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    return async (path: string, form?: Record<string, string>) => {
      const page = await app.request(path, {
        headers: { Cookie: cookie },
        ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
      });
      return { status: page.status, headers: page.headers, html: await page.text() };
    };
  }
  return { ...paper, database, app, issue, candidate, edition, enter };
}
