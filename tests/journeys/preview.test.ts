// Looking at an issue before it goes out: as any reader would get it, and sent to the newsroom.
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createApiToken } from "../../src/accounts/index.ts";
import { changeHand, digestBySlug, hide, openExtraIssue, setApproval } from "../../src/digests/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
let token: string;
const name = "daily/2026-03-01-morning";
const salma = "salma@example.org";

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  token = await createApiToken(nashra.database, "desk", "editor", nashra.at());
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  await nashra.confirmed(salma);
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

const article = (title: string, section: string, importance: 0 | 1 | 2 | 3 = 0) =>
  nashra.article({ title, sections: [section], importance });
const news = async () => ({
  budget: await article("المجلس يقر الموازنة", "سياسة", 3),
  lira: await article("الليرة تستقر في السوق", "اقتصاد", 2),
  fair: await article("معرض الكتاب يفتح أبوابه", "ثقافة", 1),
  stage: await article("مسرح المدينة يعود", "ثقافة"),
});

const answer = z.looseObject({
  detail: z.string().optional(),
  html: z.string().default(""),
  text: z.string().default(""),
  letters: z.array(z.object({ address: z.string(), state: z.string(), reply: z.string() })).optional(),
});
async function ask(path: string, body?: object, as = token) {
  const response = await nashra.app.request(`http://localhost:3000/api/v1/issues/${path}`, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${as}`, "Content-Type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, ...answer.parse(await response.json()) };
}
const preview = (query: string, issue = name) => ask(`${issue}/preview?${query}`);
const as = (address: string) => `as=${encodeURIComponent(address)}`;

/** What a preview or a test must not touch. */
async function everything() {
  const { db } = nashra.database;
  const tables = ["issues", "editions", "deliveries", "exclusions", "notices", "subscriptions", "consents"];
  const rows = tables.map(async (table) => (await sql`select * from ${sql.table(table)}`.execute(db)).rows);
  return JSON.stringify(await Promise.all(rows));
}

async function only(address: string, sections: string) {
  const { db } = nashra.database;
  await sql`update subscriptions set sections = ${sections} where subscriber_id = (
    select id from subscribers where address = ${address})`.execute(db);
}

test("tomorrow's issue today, with what the editor decided of it, and nothing is stored", async () => {
  const { lira } = await news();
  const audit = () =>
    sql`insert into audit_log (at, actor, act, subject) values (0, '', '', '')`.compile(nashra.database.db);
  await changeHand({ database: nashra.database, now: nashra.at, audit }, name, hide([lira.id]), "desk");
  const before = await everything();
  expect(await preview(as(salma))).toMatchObject({
    status: 200,
    state: null,
    revision: null,
    built: false,
    language: "ar",
    excluded: null,
    subject: "المجلس يقر الموازنة",
    preheader: "معرض الكتاب يفتح أبوابه",
    inbox: { phone: { subject: "المجلس يقر الموازنة" }, desktop: { preheader: "معرض الكتاب يفتح أبوابه" } },
  });
  const { text, html } = await preview(as("SALMA@Example.org"));
  expect(text).not.toContain("الليرة");
  expect(html).not.toMatch(/[\uFDD0\uFDD1]/); // no place is left open
  expect(await everything()).toBe(before);
});

test("a reader's own sections, and why they would get nothing", async () => {
  await news();
  const karim = "karim@example.org";
  await nashra.confirmed(karim);
  await only(karim, "[3]");
  await sql`update digests set min_stories = 2`.execute(nashra.database.db);
  const { text } = await preview(as(karim));
  expect([text.includes("مسرح المدينة"), text.includes("الموازنة")]).toEqual([true, false]);
  await sql`update subscriptions set state = 'left', left_by = 'page', left_at = 0`.execute(
    nashra.database.db,
  );
  expect(await preview(as(karim))).toMatchObject({ status: 200, excluded: "left-by-page" });
});

test("what stands is shown as it stands; who was sent a story of it sees their own", async () => {
  const { budget } = await news();
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  await sql`update digests set max_stories = 3, min_stories = 1`.execute(nashra.database.db);
  // Karim alone was sent the budget, by an issue of the night for readers of politics.
  await nashra.confirmed("karim@example.org");
  await only("karim@example.org", "[1]");
  await only(salma, "[2]");
  await openExtraIssue(nashra.ticking, digest);
  await nashra.tick(600);
  expect(smtp.to("karim@example.org")).toHaveLength(1);
  await only("karim@example.org", "");
  await only(salma, "[]");
  await nashra.confirmed("nour@example.org");
  await nashra.database.batch(
    setApproval(nashra.database.db, digest.id, {
      aheadMinutes: 60,
      deadlineMinutes: 30,
      unanswered: "skip",
    }),
  );
  await nashra.tickAt("2026-03-01T04:00:00Z");
  const before = await everything();
  const nour = await preview(as("nour@example.org"));
  const karim = await preview(as("karim@example.org"));
  expect(nour).toMatchObject({ built: true, state: "waiting", revision: 1 });
  expect([nour.text.includes(budget.title), karim.text.includes(budget.title)]).toEqual([true, false]);
  expect(karim.text).toContain("مسرح المدينة");
  expect(await everything()).toBe(before);
});

test.each([
  [`${name}/preview?as=nobody%40example.org`, 422, /no subscription/],
  [`${name}/preview?as=nobody`, 422, /no address/],
  [`${name}/preview`, 422, /Too few stories: 0/],
  ["daily/2026-02-01-morning/preview", 404, /that day is over/],
  ["daily/2026-03-01-midnight/preview", 404, /no slot "midnight"/],
])("%s: %i", async (path, status, why) =>
  expect(await ask(path)).toMatchObject({ status, detail: expect.stringMatching(why) }),
);

test("whose choices an address has is for editors", async () => {
  const viewer = await createApiToken(nashra.database, "guest", "viewer", nashra.at());
  expect((await ask(`${name}/preview`, undefined, viewer)).status).toBe(403);
  expect((await ask(`${name}/test`, { to: [salma] }, viewer)).status).toBe(403);
});

test("a test is marked as one, stands in no ledger, and its links do nothing to anybody", async () => {
  await news();
  await sql`insert into suppressions (address_key, reason, at) values ('gone@example.org', 'complaint', 0)`.execute(
    nashra.database.db,
  );
  const before = await everything();
  const to = ["desk@example.org", "gone@example.org", "x", "bad+r550@example.org"];
  const { letters } = await ask(`${name}/test`, { to, as: salma });
  expect(letters?.map(({ address, state }) => `${address} ${state}`)).toEqual([
    "desk@example.org accepted",
    "gone@example.org refused",
    "x refused",
    "bad+r550@example.org refused",
  ]);
  const mail = await smtp.read("desk@example.org");
  expect(mail.subject).toBe("[تجربة] المجلس يقر الموازنة");
  expect(smtp.arrived.map((it) => it.to)).toEqual(["desk@example.org"]);
  const raw = smtp.arrived[0]?.raw ?? "";
  expect(raw).toContain("List-Unsubscribe: <http://localhost:3000/unsubscribe/test>");
  const inHtml = [...String(mail.html).matchAll(/href="(http:[^"]+)"/g)].map(([, link = ""]) => link);
  const paths = new Set(
    [...(mail.text?.match(/http:\S+/g) ?? []), ...inHtml].map((it) => new URL(it).pathname),
  );
  for (const path of paths) expect((await nashra.get(path)).status, path).toBe(200);
  for (const path of ["/preferences/test", "/unsubscribe/test", "/worth/test"]) {
    expect(paths).toContain(path);
    const pressed = await nashra.post(path, { "List-Unsubscribe": "One-Click", answer: "yes" });
    expect([pressed.status, (await pressed.text()).includes("رابط تجريبي")]).toEqual([200, true]);
  }
  expect(paths).toContain("/issues/daily"); // its own page is there once it is sent
  expect(await everything()).toBe(before);
  const log = await nashra.database.db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute();
  expect(log).toContainEqual({ actor: "desk", act: "issue-test", subject: `${name}: 3 addresses` });
  // It still goes out to its readers, once.
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(smtp.to(salma)).toHaveLength(1);
});

test("of an issue that was sent, an address sees what it was sent, whatever came after", async () => {
  const { budget } = await news();
  const { db } = nashra.database;
  await sql`update digests set min_stories = 1`.execute(db);
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const sent = (await smtp.read(salma)).text ?? "";
  // Another issue tells the same story, as is found out later; and she chose otherwise, and left.
  const again = await article("البرلمان يوافق على الموازنة", "سياسة", 3);
  const digest = await digestBySlug(db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  await openExtraIssue(nashra.ticking, digest);
  await nashra.tick(600);
  expect(smtp.to(salma)).toHaveLength(2);
  await sql`update articles set story_id = ${budget.id} where id = ${again.id}`.execute(db);
  await only(salma, "[2]");
  await sql`update subscriptions set state = 'left', left_by = 'page', left_at = 0`.execute(db);
  const shown = await preview(as(salma));
  expect(shown).toMatchObject({ status: 200, built: true, state: "sent", excluded: null });
  const stories = (text: string) =>
    text.split("\n").filter((line) => /الموازنة|الليرة|الكتاب|المسرح/.test(line));
  expect(stories(sent).length).toBeGreaterThanOrEqual(4);
  expect(stories(shown.text)).toEqual(stories(sent));
  expect(shown.text).toContain(`http://localhost:3000/issues/${name}`);
});

test("of an issue that was sent, what it was; a language that nobody reads it in has nothing", async () => {
  await news();
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect(await preview("language=ar")).toMatchObject({
    built: true,
    state: "sent",
    subject: "المجلس يقر الموازنة",
  });
  expect(await preview("language=en")).toMatchObject({
    status: 422,
    detail: expect.stringContaining("is sent"),
  });
});
