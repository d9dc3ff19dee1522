// An editor's hand on one issue: pins, hides, an order, an intro and a subject, said before it is opened or while it waits.
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { auditIfChanged, createApiToken } from "../../src/accounts/index.ts";
import type { Article } from "../../src/articles/index.ts";
import { prepareIssue } from "../../src/delivery/index.ts";
import { newestEdition } from "../../src/digests/editions.ts";
import { changeHand, digestBySlug, openDueIssues, pin, storiesOf } from "../../src/digests/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
let ids: Record<"budget" | "lira" | "fair" | "cup", Article["id"]>;
const morning = "2026-03-01T05:00:00Z";
const name = "daily/2026-03-01-morning";

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  await nashra.sections("سياسة", "اقتصاد", "ثقافة", "رياضة");
  const article = async (title: string, section: string, importance: 0 | 1 | 2) =>
    (await nashra.article({ title, sections: [section], importance })).id;
  ids = {
    budget: await article("المجلس يقر الموازنة", "سياسة", 2),
    lira: await article("الليرة تستقر في السوق", "اقتصاد", 1),
    fair: await article("معرض الكتاب يفتح أبوابه", "ثقافة", 0),
    cup: await article("الفريق يفوز بالكأس", "رياضة", 0),
  };
  await nashra.confirmed("salma@example.org");
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

const byHand = () => ({
  database: nashra.database,
  now: () => nashra.at(),
  audit: (entry: { actor: string; act: string; subject: string }, at: Temporal.Instant) =>
    auditIfChanged(nashra.database.db, entry, at),
});
const answer = z.looseObject({ detail: z.string().optional(), pins: z.array(z.number()).optional() });
const log = () => nashra.database.db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute();

/** The titles of an issue's edition of all sections, in their order. */
async function titles() {
  const { id } = await nashra.issue(name);
  const edition = await newestEdition(nashra.database.db, id, "", "ar");
  const stories = edition ? await storiesOf(nashra.database.db, edition.id) : [];
  const all = Object.entries(ids);
  return stories.map(({ articleId }) => all.find(([, it]) => it === articleId)?.[0]);
}

/** Opens the issue and builds it, and no more. */
async function build() {
  nashra.setClock(morning);
  await openDueIssues(nashra.ticking);
  await prepareOnce();
}
async function prepareOnce() {
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (digest) await prepareIssue(nashra.ticking, digest, await nashra.issue(name));
}

async function call(method: string, body?: object, role: "editor" | "viewer" = "editor", issue = name) {
  const token = await createApiToken(nashra.database, "desk", role, nashra.at());
  const response = await nashra.app.request(`http://localhost:3000/api/v1/issues/${issue}/hand`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, json: answer.parse(await response.json()) };
}

test("what is said the evening before holds in the morning", async () => {
  const change = {
    pins: [ids.cup],
    hides: [ids.lira],
    order: [ids.fair],
    intro: "صباح الخير من غرفة الأخبار.",
    subject: "الكأس في مرسانة",
  };
  const changed = await call("PATCH", change);
  expect(changed.status).toBe(200);
  expect((await call("GET", undefined, "viewer")).json).toEqual({ issue: name, ...change, version: 1 });
  // Made from what was there before it, another change is refused.
  expect((await call("PATCH", { version: 0, intro: "غيره" })).status).toBe(409);
  await nashra.tickAt(morning);
  expect(await titles()).toEqual(["cup", "fair", "budget"]);
  const mail = await smtp.read("salma@example.org");
  expect(mail.subject).toBe("الكأس في مرسانة");
  expect(mail.text).toContain("صباح الخير من غرفة الأخبار.");
  expect(mail.text).not.toContain("الليرة");
  expect(await log()).toContainEqual({
    actor: "desk",
    act: "issue-hand",
    subject: `${name}: pins ${ids.cup}; hides ${ids.lira}; order ${ids.fair}; intro; subject`,
  });
});

test("an issue that is built is built anew, until its audience is frozen", async () => {
  await build();
  expect(await titles()).toEqual(["budget", "lira", "fair", "cup"]);
  expect((await call("PATCH", { pins: [ids.fair] })).status).toBe(200);
  expect((await nashra.issue(name)).state).toBe("opened");
  await prepareOnce();
  expect(await titles()).toEqual(["fair", "budget", "lira", "cup"]);
  await nashra.tickAt(morning);
  expect((await smtp.read("salma@example.org")).subject).toBe("معرض الكتاب يفتح أبوابه");
  const late = await call("PATCH", { pins: [] });
  expect([late.status, late.json.detail]).toEqual([409, expect.stringContaining("is sent")]);
  expect((await call("GET")).json.pins).toEqual([ids.fair]);
});

test("whoever builds from an older word stores nothing of it", async () => {
  nashra.setClock(morning);
  await openDueIssues(nashra.ticking);
  const render = nashra.ticking.mail.render;
  let changing: Promise<unknown> | null = null;
  const slow: typeof render = async (...args) => {
    // In the middle of the building an editor pins another.
    changing ??= changeHand(byHand(), name, pin([ids.cup]), "desk");
    await changing;
    return render(...args);
  };
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  await prepareIssue({ ...nashra.ticking, mail: { render: slow } }, digest, await nashra.issue(name));
  expect((await nashra.issue(name)).state).toBe("opened");
  expect(await titles()).toEqual([]);
  await nashra.tickAt(morning);
  expect(await titles()).toEqual(["cup", "budget", "lira", "fair"]);
});

test("two editors at once: both words hold", async () => {
  await Promise.all([
    changeHand(byHand(), name, pin([ids.cup]), "one"),
    changeHand(byHand(), name, pin([ids.fair]), "two"),
  ]);
  expect(new Set((await call("GET")).json.pins)).toEqual(new Set([ids.cup, ids.fair]));
});

test.each<[string, object, number, RegExp]>([
  ["daily/2026-03-01-midnight", { intro: "نص" }, 404, /no slot "midnight", only morning/],
  ["daily/2026-02-28-morning", { intro: "نص" }, 404, /that day is over/],
  ["daily/2026-02-30-morning", { intro: "نص" }, 404, /no day 2026-02-30/],
  ["weekly/2026-03-01-morning", { intro: "نص" }, 404, /names no issue/],
  ["daily/2026-03-01-extra-1", { intro: "نص" }, 200, /^$/],
  [name, { pins: [99_999] }, 422, /no article 99999/],
  [name, { pins: ["x"] }, 422, /pins/],
  [name, { subject: "س".repeat(200) }, 422, /subject/],
  [name, {}, 200, /^$/],
])("%s, %o: %i", async (issue, change, status, why) => {
  const answer = await call("PATCH", change, "editor", issue);
  expect(answer.status).toBe(status);
  expect(answer.json.detail ?? "").toMatch(why);
});

test("a viewer's token may look and not touch", async () =>
  expect((await call("PATCH", { pins: [ids.cup] }, "viewer")).status).toBe(403));
