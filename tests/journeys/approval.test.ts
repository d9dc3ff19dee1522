// An issue that editors are asked about: built ahead of its time, approved, called off, or answered by the rule; and once only,
// however many ask at once.
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createApiToken, createLoginLink } from "../../src/accounts/index.ts";
import { sendDue } from "../../src/delivery/index.ts";
import { newestEdition } from "../../src/digests/editions.ts";
import { type Approval, digestBySlug, openExtraIssue, setApproval } from "../../src/digests/index.ts";
import { retract } from "../../src/publish.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";
import { type Smtp, startSmtp } from "../support/smtp.ts";

let smtp: Smtp;
let nashra: TestNashra;
let token: string;
const name = "daily/2026-03-01-morning";
const rule: Approval = { aheadMinutes: 60, deadlineMinutes: 30, unanswered: "skip" };

beforeEach(async () => {
  smtp = await startSmtp();
  nashra = await startNashra({ now: "2026-03-01T03:00:00Z", smtp: smtp.url });
  token = await createApiToken(nashra.database, "desk", "editor", nashra.at());
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  await nashra.confirmed("salma@example.org");
  await wanted(rule);
});
afterEach(async () => {
  await nashra.stop();
  await smtp.close();
});

async function wanted(approval: Approval | null) {
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (digest) await nashra.database.batch(setApproval(nashra.database.db, digest.id, approval));
}

/** Importance gives their order. */
const news = async () => ({
  budget: await nashra.article({ title: "المجلس يقر الموازنة", sections: ["سياسة"], importance: 3 }),
  lira: await nashra.article({ title: "الليرة تستقر في السوق", sections: ["اقتصاد"], importance: 2 }),
  fair: await nashra.article({ title: "معرض الكتاب يفتح أبوابه", sections: ["ثقافة"], importance: 1 }),
});

/** The budget's article under another title, or with another importance. */
const corrected = (over: { title?: string; importance?: 2 | 3 }) =>
  nashra.article({
    title: "المجلس يقر الموازنة",
    external_id: "المجلس يقر الموازنة",
    sections: ["سياسة"],
    importance: 3,
    published_at: "2026-03-01T03:00:00Z",
    ...over,
  });

const told = z.looseObject({ state: z.string().optional(), detail: z.string().optional() });
async function act(act: string, body: object = {}, as = token) {
  const response = await nashra.app.request(
    `http://localhost:3000/api/v1/issues/${name}${act && `/${act}`}`,
    {
      method: act === "" ? "GET" : "POST",
      headers: { Authorization: `Bearer ${as}`, "Content-Type": "application/json" },
      ...(act === "" ? {} : { body: JSON.stringify(body) }),
    },
  );
  return { status: response.status, ...told.parse(await response.json()) };
}
const approve = (revision: number) => act("approve", { revision });
const cancel = () => act("cancel", { reason: "خطأ في العدد" });
const tickAt = (time: string) => nashra.tickAt(`2026-03-01T${time}:00Z`);
const subjectNow = async () =>
  (await newestEdition(nashra.database.db, (await nashra.issue(name)).id, "", "ar"))?.subject;

test("it is built an hour ahead, waits, and goes out when it is approved", async () => {
  await news();
  await tickAt("03:59");
  expect((await act("")).status).toBe(404);
  await tickAt("04:00");
  expect(await nashra.issue(name)).toMatchObject({ state: "waiting", revision: 1, approvedBy: null });
  expect((await nashra.get(`/issues/${name}`)).status).toBe(404); // nobody outside knows of it yet
  await tickAt("05:00");
  await tickAt("05:10");
  expect(smtp.arrived).toHaveLength(0);
  expect(await approve(1)).toMatchObject({ status: 200, state: "built" });
  await tickAt("05:11");
  expect((await nashra.issue(name)).state).toBe("sent");
  const [mail] = smtp.arrived;
  expect(mail?.raw).not.toContain("Auto-Submitted"); // a person stands behind it
  expect((await nashra.get(`/issues/${name}`)).status).toBe(200);
  expect(await approve(1)).toMatchObject({
    status: 409,
    detail: expect.stringContaining("approved by desk already"),
  });
  const log = await nashra.database.db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute();
  expect(log).toContainEqual({ actor: "desk", act: "issue-approve", subject: `${name}: revision 1` });
});

test("approved early it still goes out at its time", async () => {
  await news();
  await tickAt("04:00");
  await approve(1);
  await tickAt("04:59");
  expect(smtp.arrived).toHaveLength(0);
  await tickAt("05:00");
  expect(smtp.arrived).toHaveLength(1);
});

test.each([
  ["skip", "skipped", "nobody approved it in time", 0],
  ["send", "sent", null, 1],
] as const)("nobody answers: %s", async (unanswered, state, reason, letters) => {
  await wanted({ ...rule, unanswered });
  await news();
  for (const time of ["04:00", "05:00", "05:29"]) await tickAt(time);
  expect((await nashra.issue(name)).state).toBe("waiting");
  await tickAt("05:30");
  await tickAt("05:31");
  expect(await nashra.issue(name)).toMatchObject({ state, reason, approvedBy: null });
  expect(smtp.arrived).toHaveLength(letters);
});

test("what waits goes out at its time once nobody is to be asked any more", async () => {
  await wanted({ ...rule, unanswered: "skip" });
  await news();
  await tickAt("04:00");
  await wanted(null);
  await tickAt("04:59");
  expect((await nashra.issue(name)).state).toBe("waiting");
  await tickAt("05:00");
  await tickAt("05:01");
  expect((await nashra.issue(name)).state).toBe("sent");
  expect(smtp.arrived).toHaveLength(1);
});

test("opened late, editors still have their half hour", async () => {
  await news();
  await tickAt("06:00");
  await tickAt("06:29");
  expect((await nashra.issue(name)).state).toBe("waiting");
  await tickAt("06:30");
  expect((await nashra.issue(name)).state).toBe("skipped");
});

test("what is sent by hand waits for nobody", async () => {
  await news();
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (digest) await openExtraIssue(nashra.ticking, digest);
  await tickAt("03:00");
  expect(smtp.arrived).toHaveLength(1);
});

test("an approval is of the revision that was seen", async () => {
  const { fair } = await news();
  await tickAt("04:00");
  const hand = await nashra.app.request(`http://localhost:3000/api/v1/issues/${name}/hand`, {
    method: "PATCH",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ pins: [fair.id] }),
  });
  expect(hand.status).toBe(200);
  expect(await approve(1)).toMatchObject({
    status: 409,
    detail: expect.stringContaining("being built anew"),
  });
  await tickAt("04:01");
  expect(await approve(1)).toMatchObject({
    status: 409,
    detail: expect.stringContaining("it is revision 2 now"),
  });
  expect((await approve(2)).status).toBe(200);
  // Built anew after it was approved, it waits again.
  expect(await act("rebuild")).toMatchObject({ status: 200, state: "opened" });
  expect((await act("rebuild")).status).toBe(409);
  await tickAt("04:02");
  expect(await nashra.issue(name)).toMatchObject({ state: "waiting", revision: 3, approvedBy: null });
});

test("too little an hour ahead is no reason yet; what comes until its time is looked at", async () => {
  await tickAt("04:00");
  expect((await nashra.issue(name)).state).toBe("opened");
  await news();
  await tickAt("04:30");
  expect((await nashra.issue(name)).state).toBe("waiting");
});

test("whoever subscribes between building and sending gets an edition, too", async () => {
  await news();
  await tickAt("04:00");
  await approve(1);
  await nashra.confirmed("karim@example.org");
  const { db } = nashra.database;
  const karim = await db
    .selectFrom("subscribers")
    .select("id")
    .where("address", "=", "karim@example.org")
    .executeTakeFirstOrThrow();
  await db
    .updateTable("subscriptions")
    .set({ sections: "[1,2,3]" })
    .where("subscriber_id", "=", karim.id)
    .execute();
  await tickAt("05:00");
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(["karim@example.org", "salma@example.org"]);
});

test("while it waits, what is corrected is corrected in it, and what is retracted makes room for the next", async () => {
  const { budget, lira } = await news();
  const more = await nashra.article({ title: "مسرح المدينة يعود", sections: ["ثقافة"] });
  await nashra.database.db.updateTable("digests").set({ max_stories: 3 }).execute();
  await tickAt("04:00");
  expect(await subjectNow()).toBe("المجلس يقر الموازنة");
  await corrected({ title: "المجلس يؤجل الموازنة", importance: 3 });
  await retract(nashra.publishing, lira.id, "لم يحدث");
  expect((await nashra.issue(name)).revision).toBe(1);
  await tickAt("04:05");
  expect(await subjectNow()).toBe("المجلس يؤجل الموازنة");
  expect(await approve(1)).toMatchObject({
    status: 409,
    detail: expect.stringContaining("changed since you saw it"),
  });
  const edition = await newestEdition(nashra.database.db, (await nashra.issue(name)).id, "", "ar");
  expect(edition?.revision).toBe(2);
  expect(new Set(edition?.articles)).toEqual(new Set([budget.id, more.id, edition?.articles[1]]));
  // What changes nothing that a reader sees makes no revision.
  await corrected({ title: "المجلس يؤجل الموازنة", importance: 2 });
  await tickAt("04:10");
  expect(await nashra.issue(name)).toMatchObject({ state: "waiting", revision: 2 });
  await approve(2);
  await tickAt("05:00");
  expect((await smtp.read("salma@example.org")).text).not.toContain("الليرة");
});

test("a correction between freezing and sending is in every letter that leaves after it", async () => {
  await wanted(null);
  await nashra.confirmed("salma+once451@example.org");
  await news();
  await tickAt("05:00");
  expect(smtp.arrived.map(({ to }) => to)).toEqual(["salma@example.org"]);
  await corrected({ title: "المجلس يؤجل الموازنة", importance: 3 });
  await tickAt("05:10");
  expect((await smtp.read("salma@example.org")).subject).toBe("المجلس يقر الموازنة");
  const late = await smtp.read("salma+once451@example.org");
  expect(late.subject).toBe("المجلس يؤجل الموازنة");
  expect(late.text).not.toContain("يقر الموازنة");
});

test("called off before its time it never goes out; the reason stays", async () => {
  await news();
  await tickAt("04:00");
  expect(await cancel()).toMatchObject({ status: 200, state: "cancelled" });
  expect(await approve(1)).toMatchObject({ status: 409, detail: expect.stringContaining("is cancelled") });
  const feeds = () => nashra.database.db.selectFrom("feed_versions").selectAll().execute();
  const before = await feeds();
  expect(before.map(({ feed }) => feed)).toContain("digest/1"); // whoever reads the feed is told
  expect((await cancel()).status).toBe(409);
  expect(await feeds()).toEqual(before);
  for (const time of ["05:00", "05:30", "06:00"]) await tickAt(time);
  expect(smtp.arrived).toHaveLength(0);
  expect(await nashra.issue(name)).toMatchObject({ state: "cancelled", reason: "خطأ في العدد" });
});

test("called off while it is sent, what has not left is withdrawn, also what a worker holds or a server put off", async () => {
  await wanted(null);
  const readers = Array.from({ length: 90 }, (_, i) => `reader${i}@example.org`);
  await nashra.confirmed("late+t451@example.org", ...readers);
  await news();
  nashra.setClock("2026-03-01T05:00:00Z");
  await nashra.tick(0); // freezes it, and sends nothing
  const { send } = nashra.ticking.mailer;
  let tried = 0;
  const mailer: typeof nashra.ticking.mailer = {
    ...nashra.ticking.mailer,
    send: async (...letter) => {
      if (++tried === 20) expect(await cancel()).toMatchObject({ status: 200, state: "cancelling" });
      return send(...letter);
    },
  };
  await sendDue({ ...nashra.ticking, mailer, connections: 2 }, nashra.at().add({ hours: 1 }));
  expect(smtp.arrived.length).toBeLessThanOrEqual(21); // those that were on the wire beside it
  const page = await nashra.get(`/issues/${name}`); // mails of it lead there
  expect([page.status, (await page.text()).includes("أُلغي إرسال هذا العدد")]).toEqual([200, true]);
  await tickAt("05:01");
  expect(await nashra.issue(name)).toMatchObject({
    state: "cancelled",
    reason: "خطأ في العدد",
    candidates: 92,
  });
  const lines = [...(await nashra.ledger(name)).values()];
  const states = Map.groupBy(lines, ({ state, reason }) => (state === "withdrawn" ? reason : state));
  expect([...states.keys()].sort()).toEqual(["accepted", "issue-cancelled"]);
  expect(states.get("accepted")).toHaveLength(smtp.arrived.length);
  await tickAt("05:20");
  expect(smtp.arrived.length).toBe(states.get("accepted")?.length);
});

test("approvals, cancellations and clocks race: it goes out once, or not at all, and the ledger agrees", async () => {
  const readers = Array.from({ length: 30 }, (_, i) => `reader${i}@example.org`);
  await nashra.confirmed(...readers);
  await news();
  await tickAt("04:00");
  nashra.setClock("2026-03-01T05:30:00Z"); // the rule speaks now, too
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, () => approve(1)),
    ...Array.from({ length: 8 }, () => nashra.tick(600).then(() => ({ status: 0 }))),
  ]);
  const approvals = answers.filter(({ status }) => status === 200).length;
  const { state } = await nashra.issue(name);
  for (let i = 0; i < 3; i++) await nashra.tick(600);
  expect([approvals, state === "skipped"]).toEqual(state === "skipped" ? [0, true] : [1, false]);
  const expected = state === "skipped" ? [] : ["salma@example.org", ...readers].sort();
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(expected);
});

test("cancelling races with sending: who was sent it stands as accepted, all others as withdrawn", async () => {
  await nashra.confirmed(...Array.from({ length: 60 }, (_, i) => `reader${i}@example.org`));
  await news();
  await tickAt("04:00");
  await approve(1);
  nashra.setClock("2026-03-01T05:00:00Z");
  const [, , , cancelled] = await Promise.all([
    nashra.tick(600),
    nashra.tick(600),
    nashra.tick(600),
    new Promise((done) => setTimeout(done, 60)).then(cancel),
  ]);
  for (let i = 0; i < 2; i++) await nashra.tick(600);
  const { state } = await nashra.issue(name);
  expect(state).toBe(cancelled.status === 200 ? "cancelled" : "sent");
  const lines = [...(await nashra.ledger(name)).values()];
  const accepted = lines.filter((line) => line.state === "accepted").map(({ address }) => address);
  expect(smtp.arrived.map(({ to }) => to).sort()).toEqual(accepted.sort());
  expect(lines.every((line) => line.state === "accepted" || line.state === "withdrawn")).toBe(true);
});

test("a viewer's token looks and does not touch", async () => {
  await news();
  await tickAt("04:00");
  const viewer = await createApiToken(nashra.database, "guest", "viewer", nashra.at());
  expect(await act("", {}, viewer)).toMatchObject({ status: 200, state: "waiting", revision: 1 });
  for (const [what, body] of [
    ["approve", { revision: 1 }],
    ["cancel", { reason: "x" }],
    ["rebuild", {}],
  ] as const)
    expect((await act(what, body, viewer)).status).toBe(403);
});

test("a press on the newsroom's page approves; the same form on another site does not", async () => {
  await news();
  await tickAt("04:00");
  const link = await createLoginLink(nashra.database, "editor@example.org", nashra.at());
  const origin = "http://localhost:3000";
  const signedIn = await nashra.post(`/newsroom/login/${link}`, {}, { Origin: origin });
  const Cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const press = (from: string) =>
    nashra.post(`/newsroom/issues/${name}/approve`, { revision: "1" }, { Cookie, Origin: from });
  expect((await press("https://elsewhere.example")).status).toBe(403);
  expect((await nashra.issue(name)).state).toBe("waiting");
  expect((await press(origin)).status).toBe(303);
  expect(await nashra.issue(name)).toMatchObject({ state: "built", approvedBy: "editor@example.org" });
});

test("an issue that cannot be built yet says what it lacks, and until when it has time", async () => {
  const origin = nashra.config.publicUrl.origin;
  const link = await createLoginLink(nashra.database, "editor@example.org", nashra.at());
  const signedIn = await nashra.post(`/newsroom/login/${link}`, {}, { Origin: origin });
  const Cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const page = async () =>
    (await nashra.app.request(`${origin}/newsroom/issues/${name}`, { headers: { Cookie } })).text();
  nashra.setClock("2026-03-01T04:00:00Z"); // the issue is opened, an hour ahead of its time; there are no stories
  await nashra.tick(0);
  expect(await page()).toContain("تُرتّب أخباره الآن");
  nashra.wait({ minutes: 5 });
  await nashra.tick(0);
  expect(await page()).toContain("لا يقل عن 3 مما اختاره المشترك");
  await news();
  await nashra.tick(0);
  expect(await page()).not.toContain("لم تُرتّب أخباره بعد");
});
