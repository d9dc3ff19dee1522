import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { assets, openPaper, site } from "../articles/articles.fixture.ts";
import type { ArticleTables } from "../articles/index.ts";
import type { Keyring } from "../config.ts";
import type { SettingsTables } from "../settings/index.ts";
import { issueByName, openIssue } from "./issue-store.ts";
import { addDigest, digestBySlug } from "./store.ts";
import type { DigestTables } from "./tables.ts";
import { forgetWorthMarks, worthUrl } from "./worth.ts";
import { worthRoutes } from "./worth-pages.tsx";

const keys: Keyring = [{ id: "k1", key: "0123456789abcdef0123456789abcdef" }];

async function open() {
  const database = openTestDatabase<ArticleTables & SettingsTables & DigestTables>();
  const { db, batch } = database;
  const paper = await openPaper(database);
  const schedule = { zone: "Asia/Beirut", days: [1, 2], slots: [{ name: "morning", time: "07:00" }] };
  await batch([
    addDigest(
      db,
      { slug: "daily", name: "صباح المرسى", nameEn: "Marsa Morning", schedule, maxStories: 5, minStories: 1 },
      paper.now(),
    ),
  ]);
  const digest = await digestBySlug(db, "daily");
  if (!digest) throw new Error("There is no digest.");
  const opened = async (date: string) => {
    await batch([
      openIssue(db, digest, { date, slot: "morning", at: paper.now() }, { state: "opened" }, paper.now()),
    ]);
    const issue = await issueByName(db, `daily/${date}-morning`);
    if (!issue) throw new Error("There is no issue.");
    return issue;
  };
  const issue = await opened("2026-03-01");
  const app = worthRoutes({ database, keys, now: paper.now, assets });
  return {
    db,
    paper,
    issue,
    opened,
    link: async (subscriber: number, of = issue, language: "ar" | "en" = "ar") =>
      new URL(await worthUrl(keys, site, of, { subscriber, language })).pathname,
    ask: (path: string, method = "GET") => app.request(path, { method }),
    press: (path: string, answer: string) =>
      app.request(path, { method: "POST", body: new URLSearchParams({ answer }) }),
    counted: async () => (await issueByName(db, "daily/2026-03-01-morning"))?.worth,
    marks: () => db.selectFrom("worth_marks").selectAll().execute(),
    forget: () => forgetWorthMarks(db, paper.now()),
  };
}

test("opening the page counts nothing, however it is asked for", async () => {
  const { link, ask, press, counted, marks } = await open();
  const path = await link(7);
  for (const method of ["GET", "HEAD", "OPTIONS", "PUT"]) await ask(path, method);
  expect((await ask(path)).status).toBe(200);
  expect((await press(path, "perhaps")).status).toBe(303); // a program that posts nothing
  expect(await counted()).toEqual({ yes: 0, no: 0 });
  expect(await marks()).toEqual([]);
});

test("two buttons, in the language of the mail", async () => {
  const { link, ask } = await open();
  const arabic = await (await ask(await link(7))).text();
  expect(arabic).toContain('<html lang="ar" dir="rtl"');
  expect(arabic.match(/<button[^>]*name="answer"/g)).toHaveLength(2);
  const english = await (await ask(await link(7, undefined, "en"))).text();
  expect(english).toContain('<html lang="en" dir="ltr"');
  expect(english).toContain("Marsa Morning");
});

test("one answer a reader and issue, the first", async () => {
  const { link, press, counted, opened } = await open();
  const path = await link(7);
  const pages = await Promise.all(["yes", "no", "yes"].map((answer) => press(path, answer)));
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
  const first = await counted();
  expect((first?.yes ?? 0) + (first?.no ?? 0)).toBe(1);
  await press(await link(8), "no");
  await press(await link(8, undefined, "en"), "no"); // the same letter in another language
  await press(await link(7, await opened("2026-03-02")), "no"); // another issue
  const after = await counted();
  expect((after?.yes ?? 0) + (after?.no ?? 0)).toBe(2);
});

test("what is kept names nobody, and goes when the issue takes no more answers", async () => {
  const { link, press, marks, counted, paper, forget, ask, issue } = await open();
  const path = await link(7);
  await press(path, "yes");
  const [mark, ...others] = await marks();
  expect(others).toEqual([]);
  expect(Object.keys(mark ?? {})).toEqual(["issue_id", "mark", "until"]); // no answer, no time, no person
  expect(mark?.mark).toBeGreaterThan(10_000);
  await forget();
  expect(await marks()).toHaveLength(1);
  paper.clock.now = issue.plannedAt.add({ hours: 24 * 14 });
  expect((await ask(path)).status).toBe(410);
  expect((await press(path, "yes")).status).toBe(410);
  await forget();
  expect(await marks()).toEqual([]);
  expect(await counted()).toEqual({ yes: 1, no: 0 });
});

test.each(["abc", "a.k1.b", "MQ.k1.AAAAAAAAAAAAAAAAAAAAAA"])("%s is no link of ours", async (token) => {
  const { ask, press, counted } = await open();
  expect((await ask(`/worth/${token}`)).status).toBe(400);
  expect((await press(`/worth/${token}`, "yes")).status).toBe(400);
  expect(await counted()).toEqual({ yes: 0, no: 0 });
});

test("links of a thousand readers differ", async () => {
  const { link } = await open();
  const links = await Promise.all(Array.from({ length: 1000 }, (_, i) => link(i + 1)));
  expect(new Set(links).size).toBe(1000);
});
