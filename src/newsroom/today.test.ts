import { sql } from "kysely";
import { expect, test } from "vitest";
import { judgeCertificate, judgeDisk } from "../doctor/index.ts";
import { noteBackup } from "../settings/index.ts";
import { openNewsroom } from "./newsroom.fixture.ts";

test("an editor sees what waits, what goes out and what went wrong; quiet days say that all is well", async () => {
  const { enter, issue, candidate, database, now } = await openNewsroom();
  const { db } = database;
  const get = await enter("mona@example.org", "editor");
  const quiet = await get("/newsroom");
  expect(quiet.status).toBe(200);
  expect(quiet.html).toContain("لا شيء يحتاج إليك الآن");
  expect(quiet.html).not.toContain("live.js");

  const today = now().toString().slice(0, 10);
  const ms = now().epochMilliseconds;
  const waiting = await issue(today, { state: "waiting" });
  await db
    .updateTable("issues")
    .set({ approve_by: ms + 90 * 60_000, unanswered: "skip", planned_at: ms + 90 * 60_000, slot: "noon" })
    .where("id", "=", waiting)
    .execute();
  const skipped = await issue(today, { state: "skipped", reason: "too few stories: 1, and it takes 3" });
  await db.updateTable("issues").set({ finished_at: ms, slot: "dawn" }).where("id", "=", skipped).execute();
  const sending = await issue(today, { state: "sending", candidates: 5 });
  await candidate(sending, "a@example.org", { state: "accepted" });
  await candidate(sending, "b@example.org", { state: "rejected" });
  await candidate(sending, "c@example.org", { state: "in_doubt", reason: "held" });
  await candidate(sending, "d@example.org", { excluded: "paused" });
  await sql`insert into sources (slug, kind, url, origin, title, secret, failures, last_error, created_at)
    values ('wire', 'feed', 'https://wire.example/', 'feed:wire', 'وكالة', 'x', 3, 'HTTP 503', 0),
      ('harbour', 'feed', 'https://harbour.example/', 'feed:harbour', 'الميناء', 'y', 1,
        'https://harbour.example/ answered 503: something is wrong there.', 0)`.execute(db);
  await sql`insert into paces (transport, destination, rests_until, reason, reply, at)
    values ('relay', 'google', ${ms + 3_600_000}, 'rate', '421 slow down', ${ms})`.execute(db);
  await database.batch([noteBackup(db, { at: now().subtract({ hours: 100 }), file: "x", bytes: 1 })]);

  const { html } = await get("/newsroom");
  for (const words of [
    "ينتظر الموافقة</span> <strong>حتى",
    "بعد ساعة و30 دقيقة",
    "لم يصدر، والسبب: أخباره 1، وأقل عدد 3",
    "قبلت الخوادم 1 من 4",
    "مرفوضة 1",
    "غير مؤكدة 1",
    "في الانتظار 1",
    "تنتظر قرارك: 1",
    "HTTP 503",
    "421 slow down",
    "آخر نسخة احتياطية قديمة",
    "live.js",
    'href="/newsroom/sources/wire"',
    "انظر إليه ووافق عليه",
  ])
    expect(html).toContain(words);
  expect(html).not.toContain("something is wrong there"); // which stands on the source's page, beside what it means
  expect(html).toContain(`/newsroom/issues/daily/${today}-noon`);
  const needs = (html: string) => html.split('id="needs"')[1]?.split("</section>")[0];
  expect(needs(html)).toContain("ينتظر موافقتك");
  expect(needs((await (await enter("samir@example.org", "viewer"))("/newsroom")).html)).not.toContain(
    "موافقتك",
  );
  await db
    .updateTable("issues")
    .set({ state: "built", approved_by: "mona@example.org" })
    .where("id", "=", waiting)
    .execute();
  const approved = (await get("/newsroom")).html;
  expect(needs(approved)).not.toContain("موافقتك");
  expect(approved).toContain("وافق عليه \u2068mona@example.org\u2069");
  const english = (await get("/newsroom?lang=en")).html;
  expect(english).toContain("Servers accepted 1 of 4");
  expect(english).toContain("did not go out, because: too few stories: 1, and it takes 3");
});

test("an issue to come leads to its page, whoever looks; its mail is looked at from there by editors", async () => {
  const { enter, database } = await openNewsroom();
  const at = Temporal.Instant.from("2026-03-02T05:00Z").epochMilliseconds;
  const next = { next_at: at, next_date: "2026-03-02", next_slot: "morning" };
  await database.db.updateTable("digests").set(next).execute();
  for (const role of ["editor", "viewer"] as const) {
    const get = await enter(`${role}@example.org`, role);
    const coming = (await get("/newsroom")).html.split('id="coming"')[1]?.split("</section>")[0] ?? "";
    const [link = ""] = /\/newsroom\/issues\/daily\/[^"]+/.exec(coming) ?? [];
    expect([role, link.endsWith("/preview"), (await get(link)).status]).toEqual([role, false, 200]);
    const { html } = await get(link);
    expect([role, html.includes(`${link}/preview`)]).toEqual([role, role === "editor"]);
  }
});

test("subscribers are counted as they come and go, and shown day by day", async () => {
  const { enter, database, now } = await openNewsroom();
  const { db } = database;
  const add = (address: string, state: string) =>
    sql`insert into subscribers (address, address_key, state, language, created_at)
      values (${address}, ${address}, ${state}, 'ar', 0)`.execute(db);
  const count = async () =>
    (await db.selectFrom("subscriber_totals").select("confirmed").executeTakeFirstOrThrow()).confirmed;
  await add("a@example.org", "confirmed");
  await add("b@example.org", "pending");
  expect(await count()).toBe(1);
  await sql`update subscribers set state = 'confirmed' where state = 'pending'`.execute(db);
  expect(await count()).toBe(2);
  await sql`update subscribers set suppressed = 1 where address = 'a@example.org'`.execute(db);
  expect(await count()).toBe(1);
  await sql`update subscribers set state = 'left' where address = 'a@example.org'`.execute(db);
  await sql`update subscribers set language = 'en'`.execute(db);
  expect(await count()).toBe(1);
  await sql`delete from subscribers where address = 'b@example.org'`.execute(db);
  expect(await count()).toBe(0);
  await add("c@example.org", "confirmed");
  const day = Math.floor(now().epochMilliseconds / 86_400_000);
  await sql`insert into subscriber_days (day, confirmed) values (${day - 2}, 7), (${day - 1}, 9)`.execute(db);
  const { html } = await (await enter("mona@example.org", "viewer"))("/newsroom");
  expect(html).toMatch(/من 7 \([^)]+\) إلى 1 \(/);
});

test("a disk that is nearly full and a certificate that is nearly over need a person, who reads what to do", async () => {
  const site = new URL("https://marsa.example/");
  const certificate = { fault: null, daysLeft: 5.5 };
  const page = { kind: "answered", status: 200, location: null, body: "", date: null } as const;
  const machine = [
    judgeDisk("/data", { free: 100_000_000, database: 2_000_000_000 }),
    judgeCertificate(site, { ...page, certificate }),
  ];
  const { enter } = await openNewsroom(null, { watch: async () => machine });
  const get = await enter("mona@example.org", "viewer");
  const plain = (html: string) => html.replace(/[\u2066-\u2069]/g, "");
  const arabic = plain((await get("/newsroom")).html);
  expect(arabic).toContain("بقي على القرص 100 م.ب، وقاعدة البيانات 2000 م.ب. أفسح مكانًا");
  expect(arabic).toContain("شهادة marsa.example تنتهي بعد 5 أيام. جدّدها");
  expect(arabic).not.toContain("لا شيء يحتاج إليك الآن");
  const english = (await get("/newsroom?lang=en")).html;
  expect(english).toContain("100 MB of the disk are left; the database takes 2000 MB. Make room");
  expect(english).toContain("The certificate of marsa.example ends in 5 days. Renew it");
});

test("why nothing went out is said in both languages, whatever the reason", async () => {
  const reasons = [
    ["late by 250 minutes; the limit is 180", "تأخر 250 دقيقة، والحد 180"],
    ["late by 204 minutes; the limit is 180", "تأخر 204 دقائق، والحد 180"],
    ["holiday: عيد الفطر", "عطلة: عيد الفطر"],
    ["nobody approved it in time", "لم يوافق عليه أحد في الموعد"],
    ["the article is not published any more", "لم يعد الخبر منشورًا"],
    ["left out by hand", "حذفه المحرر من الجدول"],
    ["nobody has confirmed a subscription to it", "لم يؤكد أحد اشتراكه فيه"],
    ["too few stories: 0, and it takes 3", "أخباره 0، وأقل عدد 3"],
    [
      "it may have gone out before the database was restored from a backup",
      "ربما أُرسل قبل أن تُستعاد قاعدة البيانات من نسخة احتياطية",
    ],
  ] as const;
  const { enter, issue, database, now } = await openNewsroom();
  for (const [i, [reason]] of reasons.entries()) {
    const id = await issue(now().toString().slice(0, 10), { state: "skipped", reason });
    await database.db
      .updateTable("issues")
      .set({ finished_at: now().epochMilliseconds, slot: `slot-${i}` })
      .where("id", "=", id)
      .execute();
  }
  const get = await enter("mona@example.org", "viewer");
  const [arabic, english] = [(await get("/newsroom")).html, (await get("/newsroom?lang=en")).html];
  for (const [reason, words] of reasons) {
    expect(arabic).toContain(`لم يصدر، والسبب: ${words}`);
    expect(english).toContain(`did not go out, because: ${reason}`);
  }
});

test("an issue that is paused, by a person or by itself, and one that bounces much need a person", async () => {
  const { enter, issue, database, now } = await openNewsroom();
  const { db } = database;
  const today = now().toString().slice(0, 10);
  const sending = async (slot: string, reason: object | null) => {
    const id = await issue(today, { state: "sending", candidates: 1000 });
    const paused = reason && JSON.stringify({ reason, by: null, since: now().epochMilliseconds });
    await db.updateTable("issues").set({ slot, paused }).where("id", "=", id).execute();
    return id;
  };
  await sending("hand", { kind: "person", words: "ننتظر بيان الوزارة" });
  await sending("bounces", { kind: "bounces", percent: 6.5, line: 5 });
  await sending("complaints", { kind: "complaints", percent: 0.2, line: 0.1 });
  await sending("content", { kind: "content", percent: 7, line: 5, words: "550 spam" });
  const warned = await sending("warned", null);
  await db
    .insertInto("issue_health")
    .values({ issue_id: warned, sent: 1000, bounced: 30, warned_at: now().epochMilliseconds })
    .execute();
  const get = await enter("mona@example.org", "viewer");
  const { html } = await get("/newsroom");
  for (const words of [
    "موقوف: ننتظر بيان الوزارة",
    "ارتدّ من رسائله 6.5%، والحد 5%",
    "عدّه مزعجًا من قرائه 0.2%، والحد 0.1%",
    "رفضت الخوادم محتواه في 7% من رسائله",
    "ارتدّ من رسائله 3.0%، وهو كثير",
  ])
    expect(html).toContain(words);
  expect((await get("/newsroom?lang=en")).html).toContain("3.0% of its letters bounced, which is much");
});

test("the lines of subscribers and of feed readers say in words what they show", async () => {
  const { enter, database, now } = await openNewsroom();
  const { db } = database;
  const today = Math.floor(now().epochMilliseconds / 86_400_000);
  for (const [ago, count] of [
    [3, 40],
    [2, 45],
    [1, 52],
  ] as const) {
    await sql`insert into subscriber_days (day, confirmed) values (${today - ago}, ${count})`.execute(db);
    await sql`insert into feed_days (day, feed, open, requests, unchanged, touched, weight, claims)
      values (${today - ago}, 'all', 0, 9, 0, 0, 0, ${JSON.stringify([["Reader", count * 10]])})`.execute(db);
  }
  const get = await enter("mona@example.org", "viewer");
  const { html } = await get("/newsroom");
  const lines = [...html.matchAll(/<svg class="line"[^>]*role="img" aria-label="([^"]*)"/g)].map(
    ([, label]) => label,
  );
  expect(lines).toEqual([
    expect.stringMatching(/^المشتركون: من 40 \(.+\) إلى 0 \(.+\)$/), // and nobody is left today
    expect.stringMatching(/^قراء الخلاصات: من 400 \(.+\) إلى 520 \(.+\)$/),
  ]);
  expect(html).toContain("الأرقام يومًا يومًا");
});
