// How SQLite runs every statement of the main job, and the tables as the migrations leave them: golden files that are read
// in review. A statement that scans a table which grows fails here.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { z } from "zod";
import { createApiToken, createLoginLink } from "../src/accounts/index.ts";
import { type ArticleId, addSection } from "../src/articles/index.ts";
import type { Keyring } from "../src/config.ts";
import { turnsDue, whyOf } from "../src/delivery/index.ts";
import {
  addDigest,
  clickLinks,
  clickMark,
  digestBySlug,
  issueByName,
  setApproval,
} from "../src/digests/index.ts";
import { createLog, mailerOf } from "../src/platform/index.ts";
import { publishArticle, retract } from "../src/publish.ts";
import { createService } from "../src/service.ts";
import { newPublisher, savePublisher } from "../src/settings/index.ts";
import { importSubscribers, makeLink, type RequestId, type SubscriberId } from "../src/subscribers/index.ts";
import type { AllTables } from "../src/tables.ts";
import { openTestDatabase, planOf } from "./support/database.ts";
import { bodyAbout, configFor } from "./support/nashra.ts";

/** Tables of a few rows, which are read whole; `json_each` and the like are lists that we pass in. */
const small = new Set([
  "sections",
  "section_former_slugs",
  "article_words_missing",
  "digests",
  "sources",
  "editors",
  "delivery_workers",
  "letter_counts",
  "restores",
  "webhook_endpoints",
  "segments",
  "j",
  "value",
  "page",
  "p",
  "shared",
  "busy",
  // Lists that a statement makes of the lists passed in, or of what it found by an index.
  "wanted",
  "told",
  "carrying",
  "arrived",
  "sent",
  "wrong",
  "bounced",
  "clean",
  "lately",
  "there",
  "teller",
  "who",
  "named",
  "paces",
  "warmups",
]);

const scanned = (plan: readonly string[]): string[] =>
  plan.flatMap((step) => {
    const table = /^SCAN (\w+)/.exec(step)?.[1];
    // A state alone picks out most of these.
    const byStateAlone = /^SEARCH (articles|a|deliveries) .*\(state=\?\)$/.exec(step)?.[1];
    const named = table ?? byStateAlone;
    return named === undefined || /VIRTUAL TABLE|CONSTANT ROW/.test(step) || small.has(named) ? [] : [named];
  });

const brevoLogin = "b".repeat(20);
const mailgunKey = "m".repeat(20);

async function mainJob() {
  const database = openTestDatabase<AllTables>();
  const { db, batch } = database;
  let clock = Temporal.Instant.from("2026-03-01T03:00:00Z");
  const now = () => clock;
  const keys: Keyring = [{ id: "k1", key: "k".repeat(40) }];
  const sent: string[] = [];
  const underWay = new Set<Promise<unknown>>();
  const builtIn = (name: string) => readFileSync(resolve(import.meta.dirname, "../templates", name), "utf8");
  const service = createService({
    config: configFor({ NASHRA_BREVO_LOGIN: brevoLogin, NASHRA_MAILGUN_KEY: mailgunKey }),
    keys,
    database,
    outbox: null,
    mailer: mailerOf("relay", {
      send: async ({ to }, _message, { mayLeave, over }) => {
        await mayLeave();
        sent.push(to);
        const result = to.startsWith("slow")
          ? ({ kind: "refused", code: 451, reply: "later", stage: "rcpt" } as const)
          : ({ kind: "accepted", reply: "ok" } as const);
        await over(result);
        return result;
      },
      close: async () => {},
    }),
    templates: () => builtIn,
    assets: { css: "/assets/x/styles.css" },
    now,
    log: createLog("silent"),
    later(work) {
      const running = work().finally(() => underWay.delete(running));
      underWay.add(running);
    },
    connections: 2,
    compress: { gzip: async (bytes) => bytes, brotli: async (bytes) => bytes },
    get: async () => ({ kind: "silence", why: "nobody is there" }),
    call: async () => ({ kind: "silence", why: "nobody is there" }),
    mailDomains: async () => "unknown",
    lanes: 2,
    mostCalls: 1000,
    addressOf: () => "192.0.2.1",
    mostFeedMegabytes: 16,
  });
  const schedule = {
    zone: "Asia/Beirut",
    days: [1, 2, 3, 4, 5, 6, 7],
    slots: [{ name: "morning", time: "07:00" }],
  };
  await batch([
    addDigest(
      db,
      { slug: "daily", name: "نشرة", nameEn: null, schedule, maxStories: 5, minStories: 2 },
      clock,
    ),
    ...["a", "b"].map((slug) =>
      addSection(db, { slug, title: slug, titleEn: null, halfLifeHours: 12 }, false),
    ),
  ]);
  const input = (id: string, more: object = {}) => ({
    external_id: id,
    title: `خبر ${id}`,
    body_html: bodyAbout(id),
    sections: ["a"],
    tags: ["وسم"],
    authors: ["كاتب"],
    importance: 0 as const,
    ...more,
  });
  const old = Array.from({ length: 50 }, (_, i) => `old ${i}`); // an archive document full
  for (const id of old)
    await publishArticle(service.publishing, "api", input(id, { published_at: "2020-01-01T00:00:00Z" }));
  for (const id of ["one", "two", "three", "four"])
    await publishArticle(service.publishing, "api", input(id));
  await publishArticle(service.publishing, "api", input("one", { title: "خبر آخر" }));
  await publishArticle(service.publishing, "api", input("later", { published_at: "2026-03-01T04:00:00Z" }));
  const doomed = await publishArticle(service.publishing, "api", input("doomed", { importance: 3 }));
  await importSubscribers(database, { digest: 1, consent: "test", language: "ar", now: clock }, [
    "a@example.org",
    "slow@example.org",
  ]);
  clock = Temporal.Instant.from("2026-03-01T05:00:00Z");
  await service.tick(60);
  if ("article" in doomed) await retract(service.publishing, doomed.article.id, "wrong");
  clock = clock.add({ minutes: 10 });
  await turnsDue(service.ticking, 300, 40);
  await service.tick(60);

  const token = await createApiToken(database, "cms", "editor", clock);
  const link = await createLoginLink(database, "editor@example.org", clock);
  const urgent = await publishArticle(service.publishing, "api", input("urgent"));
  if (!("article" in urgent && "article" in doomed)) throw new Error("It was not published.");
  await twoSteps("/api/v1/digests/daily/breaking", { article: urgent.article.id });
  const wrong = { article: doomed.article.id, say: "withdrawn" };
  await twoSteps("/api/v1/issues/daily/2026-03-01-morning/correction", wrong);
  await service.tick(60);
  const get = (path: string, headers: Record<string, string> = {}) =>
    service.app.request(`http://localhost:3000${path}`, { headers });
  const post = (path: string, body: Record<string, string> = {}) =>
    service.app.request(`http://localhost:3000${path}`, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Origin: "http://localhost:3000" },
    });
  await post("/subscribe", { address: "new@example.org" });
  while (underWay.size > 0) await Promise.all(underWay); // a sign-up is answered behind the reply
  const asked = await db
    .selectFrom("requests as r")
    .innerJoin("subscribers as u", "u.address_key", "r.address_key")
    .select(["u.id as subscriber", "r.id as request"])
    .where("r.id", "=", sql<RequestId>`1`)
    .executeTakeFirstOrThrow();
  const site = new URL("http://localhost:3000");
  await post(new URL(await makeLink(keys, site, "confirm", asked, clock)).pathname);
  await post(
    new URL(await makeLink(keys, site, "unsubscribe", { subscriber: asked.subscriber, digest: 1 }, clock))
      .pathname,
  );
  await readersActs(asked.subscriber);
  await clicks(urgent.article.id, asked.subscriber);
  const cookie = (await post(`/newsroom/login/${link}`)).headers.get("set-cookie")?.split(";")[0] ?? "";
  await post(`/newsroom/login/${link}`); // once more, which is refused
  await editorsActs();
  const statuses = await Promise.all(
    [
      "/",
      "/sections/a",
      "/tags/وسم",
      "/authors/كاتب",
      "/search?q=خبر&section=a&tag=وسم&author=كاتب&from=2020-01-01&to=2026-03-01",
      "/search?q=خب",
      "/api/v1/search?q=خبر+-آخر",
      "/articles/1",
      "/feeds/all.rss",
      "/feeds/section/a.atom",
      "/feeds/tag/وسم.rss",
      "/feeds/author/كاتب.json",
      "/feeds/mix.rss?sections=a,b",
      "/feeds/digests/daily.rss",
      "/feeds/all/archives/1.atom",
      "/feeds.opml",
      "/issues/daily/2026-03-01-morning",
      "/issues/daily",
      "/issues/daily?before=1772000000000-9",
      "/api/v1/issues/daily/2026-03-02-morning",
      "/api/v1/issues/daily/2026-03-02-morning/preview?as=slow@example.org",
      "/api/v1/issues/daily/2026-03-03-morning/preview?as=slow@example.org",
      "/readyz",
      "/api/v1/articles",
      "/api/v1/feedback",
      "/metrics",
      "/newsroom",
      "/newsroom/stories",
      "/newsroom/stories?section=a",
      "/newsroom/stories?section=a&source=x&importance=1",
      "/newsroom/stories?section=a&source=x",
      "/newsroom/stories?show=retracted&section=a",
      "/newsroom/stories?q=خبر",
      "/newsroom/stories/1",
      "/newsroom/stories/1/rank",
      "/newsroom/subscribers",
      "/newsroom/subscribers?q=a",
      "/newsroom/subscribers?q=e",
      "/newsroom/subscribers/1",
      "/newsroom/subscribers/segments",
      "/newsroom/subscribers/suppressions",
      "/newsroom/settings/publisher",
      "/newsroom/settings/mail",
      "/newsroom/settings/webhooks",
      "/newsroom/issues",
      "/newsroom/issues/daily/2026-03-01-morning",
      "/newsroom/digests",
      "/newsroom/digests/daily",
      "/newsroom/sources",
      "/newsroom/feeds",
      "/newsroom/feeds?kind=tag",
      "/newsroom/feeds/all?check=1",
    ].map(async (path) => [
      path,
      (await get(path, { Cookie: cookie, Authorization: `Bearer ${token}` })).status,
    ]),
  );
  while (underWay.size > 0) await Promise.all(underWay); // what was begun behind a reply runs statements too
  return { database, sent, statuses };

  /** The issue of the next morning is asked about, changed meanwhile, looked at, built anew, approved and called off. */
  async function editorsActs() {
    const approval = { aheadMinutes: 60, deadlineMinutes: 30, unanswered: "skip" } as const;
    const digest = await digestBySlug(db, "daily");
    if (digest) await database.batch(setApproval(db, digest.id, approval));
    clock = Temporal.Instant.from("2026-03-02T04:00:00Z");
    for (const id of ["five", "six", "seven"]) await publishArticle(service.publishing, "api", input(id));
    await service.tick(60);
    await publishArticle(service.publishing, "api", input("five", { title: "خبر مصحح" }));
    await service.tick(60);
    await publishArticle(service.publishing, "api", input("five", { title: "خبر مصحح", importance: 1 }));
    await service.tick(60);
    const act = async (act: string, body: object) => {
      const reply = await service.app.request(
        `http://localhost:3000/api/v1/issues/daily/2026-03-02-morning/${act}`,
        {
          method: "POST",
          headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
          body: JSON.stringify(body),
        },
      );
      return reply.status;
    };
    expect(await act("test", { to: ["desk@example.org"] })).toBe(200);
    expect(await act("rebuild", {})).toBe(200);
    await service.tick(60);
    const revision = Number((await issueByName(db, "daily/2026-03-02-morning"))?.revision);
    expect(await act("approve", { revision })).toBe(200);
    await publishArticle(service.publishing, "api", input("eight"));
    clock = Temporal.Instant.from("2026-03-02T05:00:00Z");
    await service.tick(60);
    expect(await act("cancel", { reason: "خطأ" })).toBe(200);
    await service.tick(60);
  }

  /** Sends one article at once: it is shown, and confirmed. */
  async function twoSteps(path: string, body: object) {
    const ask = async (what: object): Promise<{ confirm?: string | undefined }> => {
      const answer = await service.app.request(`http://localhost:3000${path}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify(what),
      });
      return z.looseObject({ confirm: z.string().optional() }).parse(await answer.json());
    };
    expect(await ask({ ...body, confirm: (await ask(body)).confirm })).toMatchObject({ state: "opened" });
  }

  /** All that somebody can do with what is theirs, erasure last. */
  /** A story is followed from a mail, by nobody and by somebody. */
  async function clicks(article: ArticleId, reader: SubscriberId) {
    const issue = await issueByName(db, "daily/2026-03-01-morning");
    if (!issue) throw new Error("There is no issue.");
    const [url = ""] = (await clickLinks(keys, site)(issue.id, [article])).values();
    const { pathname } = new URL(url);
    await get(pathname, { "User-Agent": "Firefox" });
    await batch([savePublisher(db, { ...newPublisher, clicks: "personal" }, clock)]);
    await get(pathname + (await clickMark(keys, issue.id, reader, clock.subtract({ minutes: 1 }))), {
      "User-Agent": "Firefox",
    });
    await service.flush();
    await get("/api/v1/issues/daily/2026-03-01-morning/clicks", { Authorization: `Bearer ${token}` });
  }

  async function readersActs(subscriber: SubscriberId) {
    const preferences = new URL(await makeLink(keys, site, "preferences", { subscriber }, clock)).pathname;
    await get(preferences);
    await post(preferences, { digest: "1", "sections-1": "a", language: "en" });
    await post(`${preferences}/pause`, { days: "7" });
    await post(`${preferences}/resume`);
    await post("/preferences", { address: "new@example.org" });
    await post(`${preferences}/address`, { address: "newer@example.org" });
    while (underWay.size > 0) await Promise.all(underWay);
    const asked = await db
      .selectFrom("requests")
      .select("id")
      .where("address_key", "=", "newer@example.org")
      .execute();
    const change = { subscriber, change: asked[0]?.id ?? 0 };
    await post(new URL(await makeLink(keys, site, "address", change, clock)).pathname);
    const letter = await db.selectFrom("deliveries").select("message_id").where("id", "=", 1).execute();
    await service.app.request("http://localhost:3000/inbound/mail", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: `From: a@example.org\r\nIn-Reply-To: ${letter[0]?.message_id}\r\n\r\nstop\r\n`,
    });
    for (const [kind, more] of [
      ["hard", "Action: failed\r\nStatus: 5.1.1"],
      ["bare", "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 mailbox unavailable"],
      ["soft", "Action: failed\r\nStatus: 4.2.2"],
      ["complaint", "Feedback-Type: abuse\r\nVersion: 1"],
    ] as const)
      for (const about of [letter[0]?.message_id, "<>"])
        await service.app.request("http://localhost:3000/inbound/mail", {
          method: "POST",
          headers: { Authorization: `Bearer ${token}` },
          body: `From: mailer-daemon@example.org\r\nMessage-ID: <${kind}>\r\n\r\nFinal-Recipient: rfc822; a@example.org\r\n${more}\r\n\r\nMessage-ID: ${about}\r\n`,
        });
    for (const event of ["spam", "opened"])
      await service.app.request("http://localhost:3000/inbound/brevo", {
        method: "POST",
        headers: { Authorization: `Bearer ${brevoLogin}` },
        body: JSON.stringify({ event, "message-id": letter[0]?.message_id }),
      });
    const timestamp = String(clock.epochMilliseconds / 1000);
    const signature = createHmac("sha256", mailgunKey).update(`${timestamp}t`).digest("hex");
    await service.app.request("http://localhost:3000/inbound/mailgun", {
      method: "POST",
      body: JSON.stringify({
        signature: { timestamp, token: "t", signature },
        "event-data": { event: "complained", id: "x" },
      }),
    });
    for (const about of [null, await issueByName(db, "daily/2026-03-01-morning")])
      await whyOf(db, "a@example.org", about, 5, clock);
    await post(`${preferences}/leave`);
    const gone = { subscriber, leftAt: clock };
    await post(new URL(await makeLink(keys, site, "return", gone, clock)).pathname);
    await post(`${preferences}/export`);
    await post(`${preferences}/erase`);
    expect((await get(preferences)).status).toBe(410);
  }
}

test("no statement of the main job scans a table that grows", async () => {
  const { database, sent, statuses } = await mainJob();
  expect(statuses.filter(([, status]) => status !== 200)).toEqual([]); // what did not run was not judged
  expect(sent.slice(0, 3).sort()).toEqual(["a@example.org", "slow@example.org", "slow@example.org"]);
  const shapes = new Map(database.ran.map((query) => [query.sql.replace(/\s+/g, " ").trim(), query]));
  const golden: string[] = [];
  const scans: string[] = [];
  for (const [text, query] of [...shapes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!/^(select|update|insert|delete|with)/i.test(text)) continue;
    const plan = await planOf(database.db, query);
    if (scanned(plan).length > 0) scans.push(`${scanned(plan).join()}: ${text}`);
    if (plan.length > 0)
      golden.push(
        `${text.length > 150 ? `${text.slice(0, 150)}…` : text}\n${plan.map((step) => `    ${step}\n`).join("")}`,
      );
  }
  expect(scans).toEqual([]);
  expect(golden.length).toBeGreaterThan(50);
  await expect(golden.join("\n")).toMatchFileSnapshot("./plans.golden.txt");
});

test("a scan is seen, and so is a search that finds most of a table", async () => {
  const { db } = openTestDatabase<AllTables>();
  const plan = await planOf(db, sql`select * from deliveries where address = ${"x"}`.compile(db));
  expect(scanned(plan)).toEqual(["deliveries"]);
  const most = await planOf(
    db,
    sql`select count(*) from articles where state = ${"published"} and url = 'x'`.compile(db),
  );
  expect(scanned(most)).toEqual(["articles"]);
});

test("the tables as they are today", async () => {
  const { db } = openTestDatabase<AllTables>();
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema where sql is not null order by case type when 'table' then tbl_name else tbl_name || '~' end, name`.execute(
    db,
  );
  const text = `-- Written by tests/plans.test.ts from the migrations, to be read in review.\n\n${rows.map((row) => `${row.sql};`).join("\n\n")}\n`;
  await expect(text).toMatchFileSnapshot("../docs/schema.sql");
});
