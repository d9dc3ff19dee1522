// A morning at the desk: what did not go out is told by mail, once; an editor sees what waits, puts two stories together, and takes one back.
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLoginLink } from "../../src/accounts/index.ts";
import { digestBySlug, setApproval } from "../../src/digests/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

const origin = "http://localhost:3000";
let smtp: Smtp;
let nashra: TestNashra;

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  await nashra.sections("سياسة", "اقتصاد");
  await nashra.confirmed("salma@example.org");
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

/** Adds somebody and signs them in. @returns how they open a page, or press a button on one */
async function enter(address: string, role: "editor" | "viewer") {
  await createLoginLink(nashra.database, "first@example.org", nashra.at()); // the first is the administrator
  await nashra.database.db.insertInto("editors").values({ address, role, created_at: 0 }).execute();
  const link = await createLoginLink(nashra.database, address, nashra.at());
  const reply = await nashra.post(`/newsroom/login/${link}`, {}, { Origin: origin });
  const Cookie = reply.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  return {
    open: async (path: string) => (await nashra.get(path, { Cookie })).text(),
    press: async (path: string, fields: Record<string, string>) => {
      const answer = await nashra.post(path, fields, { Cookie, Origin: origin });
      return answer.headers.get("Location") ?? answer.status;
    },
  };
}

const told = () =>
  nashra.database.db
    .selectFrom("notices")
    .select(["address", "state", "data"])
    .where("kind", "=", "issue-skipped")
    .orderBy("address")
    .execute();

test("nothing went out, because: each editor is told once, and today’s page says it", async () => {
  const mona = await enter("mona@example.org", "editor");
  await enter("nada@example.org", "viewer");
  await nashra.database.db
    .insertInto("editors")
    .values([
      { address: "admin@localhost", role: "administrator", created_at: 0 },
      { address: "demo@paper.invalid", role: "editor", created_at: 0 },
      { address: "gone@example.org", role: "editor", created_at: 0, off_at: 1 },
    ])
    .execute();
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect((await nashra.issue("daily/2026-03-01-morning")).state).toBe("skipped");
  await Promise.all([nashra.tick(60), nashra.tick(60)]);
  await nashra.tickAt("2026-03-01T05:10:00Z");
  expect((await told()).map(({ address, state }) => [address, state])).toEqual([
    ["first@example.org", "accepted"],
    ["mona@example.org", "accepted"],
  ]);
  const { text, subject } = await smtp.read("mona@example.org");
  expect(subject).toContain("لم يصدر عدد");
  expect(text).toContain("أقل عدد");
  expect(text).toContain("was sent to nobody. Why: too few stories");
  expect(text).toContain(`${origin}/newsroom/issues/daily/2026-03-01-morning`);
  expect(await mona.open("/newsroom")).toContain("لم يصدر، والسبب: أخباره");
});

test("who chose a language is written to in it, and in no other", async () => {
  const mona = await enter("mona@example.org", "editor");
  expect(await mona.press("/newsroom/account/language", { language: "en" })).toBe(
    "/newsroom/account?done=language",
  );
  await nashra.tickAt("2026-03-01T05:00:00Z");
  const { text, subject } = await smtp.read("mona@example.org");
  expect(subject).toMatch(/^No issue of “.+” went out$/);
  expect(text).toContain("too few stories");
  expect(text).not.toContain("ولم يُرسل إلى أحد");
  expect((await smtp.read("first@example.org")).subject).toContain("لم يصدر");
  await nashra.post("/newsroom/login", { login_address: "mona@example.org" }, { Origin: origin });
  await expect
    .poll(async () => (await smtp.read("mona@example.org")).subject, { timeout: 20_000 })
    .toContain("Your link to sign in");
});

test("an issue that waits is told to each editor once, with until when", async () => {
  await enter("mona@example.org", "editor");
  const { db, batch } = nashra.database;
  const digest = await digestBySlug(db, "daily");
  if (digest)
    await batch(setApproval(db, digest.id, { aheadMinutes: 60, deadlineMinutes: 30, unanswered: "skip" }));
  for (const title of ["المجلس يقر الموازنة", "الليرة تستقر في السوق", "معرض الكتاب يفتح أبوابه"])
    await nashra.article({ title, sections: ["سياسة"], importance: 2 });
  await nashra.tickAt("2026-03-01T04:00:00Z");
  await nashra.tickAt("2026-03-01T04:01:00Z");
  const asked = await db
    .selectFrom("notices")
    .select("address")
    .where("kind", "=", "issue-waiting")
    .execute();
  expect(asked.map(({ address }) => address).sort()).toEqual(["first@example.org", "mona@example.org"]);
  const { text, subject } = await smtp.read("mona@example.org");
  expect(subject).toMatch(/^عدد «.+» ينتظر موافقة$/);
  expect(text).toContain("لم يُرسل");
  expect(text).toContain("waits for an editor");
  expect(text).toContain(`${origin}/newsroom/issues/daily/2026-03-01-morning`);
});

test("a holiday, and what an editor left out, are no news", async () => {
  await enter("mona@example.org", "editor");
  const digest = await digestBySlug(nashra.database.db, "daily");
  await nashra.database.db
    .updateTable("digests")
    .set({ exceptions: JSON.stringify({ skips: [{ date: "2026-03-01", slot: "morning" }] }) })
    .where("slug", "=", digest?.slug ?? "")
    .execute();
  await nashra.tickAt("2026-03-01T05:00:00Z");
  expect((await nashra.issue("daily/2026-03-01-morning")).state).toBe("skipped");
  expect(await told()).toEqual([]);
});

test("an editor sees what waits, makes two stories one, and retracts a third", async () => {
  const mona = await enter("mona@example.org", "editor");
  const { db, batch } = nashra.database;
  const digest = await digestBySlug(db, "daily");
  if (digest)
    await batch(setApproval(db, digest.id, { aheadMinutes: 60, deadlineMinutes: 30, unanswered: "skip" }));
  const council = await nashra.article({ title: "المجلس يقر الموازنة", sections: ["سياسة"], importance: 3 });
  const budget = await nashra.article({
    title: "موازنة البلاد تمر بالأغلبية",
    sections: ["سياسة"],
    source_name: "وكالة الفنار",
    importance: 2,
  });
  const lira = await nashra.article({ title: "الليرة تستقر في السوق", sections: ["اقتصاد"], importance: 2 });
  const port = await nashra.article({ title: "رصيف جديد في الميناء", sections: ["اقتصاد"], importance: 1 });
  await nashra.tickAt("2026-03-01T04:00:00Z");
  const today = await mona.open("/newsroom");
  expect(today).toContain("ينتظر موافقتك");
  expect(today).toContain('href="/newsroom/issues/daily/2026-03-01-morning"');

  const page = `/newsroom/stories/${council.id}`;
  expect(await mona.press(`${page}/merge`, { with: String(budget.id) })).toBe(`${page}?done=merged`);
  expect(await mona.open(`${page}?done=merged`)).toContain("وكالة الفنار");
  const wrong = `/newsroom/stories/${lira.id}`;
  expect(await mona.press(`${wrong}/retract`, { reason: "الخبر قديم" })).toBe(`${wrong}?done=retracted`);
  expect((await nashra.get(`/articles/${lira.id}`)).status).toBe(410);
  expect(await mona.open("/newsroom/stories")).not.toContain("الليرة تستقر");
  expect(await mona.open(`/newsroom/stories/${port.id}/rank?issue=daily/2026-03-01-morning`)).toContain(
    "موضعه",
  );
  const { rows } = {
    rows: await db.selectFrom("audit_log").select("act").where("actor", "=", "mona@example.org").execute(),
  };
  expect(rows.map(({ act }) => act)).toEqual(expect.arrayContaining(["story-merge", "article-retract"]));
});
