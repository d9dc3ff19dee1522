// An issue that is paused while it is sent, by command, API and clock: nothing leaves, nothing expires, others go on.
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createApiToken } from "../../src/accounts/index.ts";
import { digestBySlug, openExtraIssue, setFacts } from "../../src/digests/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
let token: string;
const name = "daily/2026-03-01-morning";

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  token = await createApiToken(nashra.database, "desk", "editor", nashra.at());
  await nashra.sections("سياسة");
  await nashra.confirmed("salma@example.org", "karim@example.org");
  for (const title of ["المجلس يقر الموازنة", "الليرة تستقر", "معرض الكتاب"])
    await nashra.article({ title, sections: ["سياسة"] });
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

const told = z.looseObject({ state: z.string().optional(), detail: z.string().optional() });
async function act(act: string, body: object = {}) {
  const url = `http://localhost:3000/api/v1/issues/${name}/${act}`;
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const response = await nashra.app.request(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, ...told.parse(await response.json()) };
}

/** The issue with its audience written, and paused before anything left. */
async function paused() {
  const digest = await digestBySlug(nashra.database.db, "daily");
  nashra.setClock("2026-03-01T05:00:00Z");
  await nashra.ticking.database.db.updateTable("digests").set({ approval: null }).execute();
  // It is paused before its hour, and written at its hour all the same.
  await nashra.database.db
    .insertInto("issues")
    .values({
      digest_id: digest?.id as never,
      local_date: "2026-03-01",
      slot: "morning",
      state: "opened",
      planned_at: nashra.at().epochMilliseconds,
      opened_at: nashra.at().epochMilliseconds,
      finished_at: null,
      reason: null,
      candidates: null,
      guid: "urn:uuid:pause",
    })
    .execute();
  expect(await act("pause", { reason: "ننتظر تأكيدًا" })).toMatchObject({
    status: 200,
    paused: { by: "desk" },
  });
  await nashra.tick(60);
}

test("nothing of it leaves or expires, others go on; past its deadline it goes on only with minutes", async () => {
  await paused();
  expect(await nashra.issue(name)).toMatchObject({ state: "sending", candidates: 2 });
  expect(smtp.arrived).toHaveLength(0);
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (digest) await nashra.database.batch([setFacts(nashra.database.db, digest.id, { minStories: 1 })]);
  await nashra.article({ title: "خبر جديد تمامًا", sections: ["سياسة"] });
  if (digest)
    await openExtraIssue(nashra.ticking, (await digestBySlug(nashra.database.db, "daily")) ?? digest);
  await nashra.tick(60);
  expect(smtp.arrived).toHaveLength(2); // of the other issue, to the same readers
  await nashra.tickAt("2026-03-01T12:00:00Z"); // an hour past the deadline
  const states = [...(await nashra.ledger(name)).values()].map(({ state }) => state);
  expect(states).toEqual(["queued", "queued"]);
  const late = await act("resume");
  expect(late).toMatchObject({ status: 409, detail: expect.stringContaining("--minutes") });
  expect(await act("resume", { minutes: 30 })).toMatchObject({ status: 200, paused: null });
  await nashra.tick(60);
  expect((await nashra.issue(name)).state).toBe("sent");
  const log = await nashra.database.db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute();
  expect(log.map(({ act: it }) => it)).toEqual(expect.arrayContaining(["issue-pause", "issue-resume"]));
});

test("it is called off while it is paused", async () => {
  await paused();
  expect(await act("cancel", { reason: "خطأ" })).toMatchObject({
    status: 200,
    cancelled_by: "desk",
    paused: null,
  });
  await nashra.tick(60);
  expect((await nashra.issue(name)).state).toBe("cancelled");
  expect([...(await nashra.ledger(name)).values()].map(({ reason }) => reason)).toEqual([
    "issue-cancelled",
    "issue-cancelled",
  ]);
  expect(smtp.arrived).toHaveLength(0);
});

test("pausing and letting go on race with three senders: while it is paused nothing new leaves, and each gets it once", async () => {
  const readers = Array.from({ length: 120 }, (_, i) => `reader${i}@example.org`);
  await nashra.confirmed(...readers);
  await paused();
  const senders = () => Promise.all([nashra.tick(600), nashra.tick(600), nashra.tick(600)]);
  for (let rounds = 0; (await nashra.issue(name)).state !== "sent" && rounds < 8; rounds++) {
    expect((await act("resume")).status).toBe(200);
    const sending = senders();
    await new Promise((done) => setTimeout(done, 100 * 2 ** rounds));
    await act("pause"); // refused once it is over
    await sending;
    const before = smtp.arrived.length;
    await senders();
    expect(smtp.arrived.length).toBe(before);
  }
  expect((await nashra.issue(name)).state).toBe("sent");
  const everybody = [...readers, "salma@example.org", "karim@example.org"].sort();
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(everybody);
  for (const line of (await nashra.ledger(name)).values())
    expect(line).toMatchObject({ state: "accepted", tries: 1, in_doubt: 0 });
});

test("who signs up late is not in an audience that is written", async () => {
  await paused();
  await nashra.confirmed("late@example.org");
  expect(await act("resume")).toMatchObject({ status: 200 });
  await nashra.tick(60);
  expect(smtp.arrived).toHaveLength(2);
  expect((await nashra.ledger(name)).has("late@example.org")).toBe(false);
});

test("what becomes of letters in doubt is set by API, for editors, and stands in the audit log", async () => {
  const viewer = await createApiToken(nashra.database, "eyes", "viewer", nashra.at());
  const ask = async (
    method: "GET" | "PATCH",
    as: string,
    digest = "daily",
    body: object = { in_doubt: "hold" },
  ) => {
    const headers = { Authorization: `Bearer ${as}`, "Content-Type": "application/json" };
    const response = await nashra.app.request(`http://localhost:3000/api/v1/digests/${digest}`, {
      method,
      headers,
      ...(method === "PATCH" ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, ...told.parse(await response.json()) };
  };
  expect(await ask("GET", viewer)).toMatchObject({ status: 200, in_doubt: "resend" });
  expect((await ask("PATCH", viewer)).status).toBe(403);
  expect((await ask("PATCH", token, "none")).status).toBe(404);
  expect((await ask("PATCH", token, "daily", { in_doubt: "burn" })).status).toBe(422);
  expect(await ask("PATCH", token)).toMatchObject({ status: 200, in_doubt: "hold" });
  expect(await ask("GET", viewer)).toMatchObject({ in_doubt: "hold" });
  const log = await nashra.database.db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute();
  expect(log).toContainEqual({ actor: "desk", act: "digest-set", subject: "daily: inDoubt=hold" });
});

test("letters whose reply never came are held where the digest says so, the issue ends, and a person has them sent again", async () => {
  const { db } = nashra.database;
  await db.updateTable("digests").set({ in_doubt: "hold" }).execute();
  await smtp.close();
  smtp = await startSmtp();
  await nashra.tickAt("2026-03-01T05:00:00Z");
  // As a process leaves it that died behind the last dot.
  await db.updateTable("issues").set({ state: "sending", finished_at: null }).execute();
  await db
    .updateTable("deliveries")
    .set({
      state: "sending",
      worker: "dead",
      due_at: 0,
      tries: 1,
      message_id: "<same@example.org>",
      message_date: 0,
    })
    .where("address", "=", "salma@example.org")
    .execute();
  await db
    .updateTable("deliveries")
    .set({ state: "accepted", reason: null, ended_at: null, worker: null })
    .where("address", "=", "karim@example.org")
    .execute();
  await db.deleteFrom("issue_accounts").execute();
  await nashra.tick(60);
  expect((await nashra.issue(name)).state).toBe("sent");
  expect((await nashra.ledger(name)).get("salma@example.org")).toMatchObject({
    state: "in_doubt",
    reason: "held",
  });
  expect(await act("doubts", { decision: "resend" })).toMatchObject({ status: 200, letters: 1, left: 0 });
  await db.updateTable("deliveries").set({ destination: "other" }).execute();
  expect(await nashra.issue(name)).toMatchObject({ state: "sending" });
});
