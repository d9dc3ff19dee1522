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
    values ('wire', 'feed', 'https://wire.example/', 'feed:wire', 'وكالة', 'x', 3, 'HTTP 503', 0)`.execute(
    db,
  );
  await sql`insert into paces (transport, destination, rests_until, reason, reply, at)
    values ('relay', 'google', ${ms + 3_600_000}, 'rate', '421 slow down', ${ms})`.execute(db);
  await database.batch([noteBackup(db, { at: now().subtract({ hours: 100 }), file: "x", bytes: 1 })]);

  const { html } = await get("/newsroom");
  for (const words of [
    "ينتظر الموافقة حتى",
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
  expect(html).toContain(`/newsroom/issues/daily/${today}-noon`);
  const english = (await get("/newsroom?lang=en")).html;
  expect(english).toContain("Servers accepted 1 of 4");
  expect(english).toContain("did not go out, because: too few stories: 1, and it takes 3");
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
