import { expect, test } from "vitest";
import { openNewsroom } from "./newsroom.fixture.ts";

const path = "/newsroom/issues/daily/2026-03-01-morning";

async function waiting() {
  const newsroom = await openNewsroom();
  const { db } = newsroom.database;
  const id = await newsroom.issue("2026-03-01", { state: "waiting" });
  const stories = [
    await newsroom.publish({ title: "المجلس يقر الموازنة" }),
    await newsroom.publish({ title: "معرض الكتاب يفتح أبوابه" }),
  ];
  await newsroom.edition(id, "", stories);
  const by = Temporal.Instant.from("2026-03-01T05:30Z").epochMilliseconds;
  await db.updateTable("issues").set({ revision: 2, approve_by: by, unanswered: "skip" }).execute();
  await db.updateTable("editions").set({ subject: "المجلس يقر الموازنة", html: "<p>مرحبا</p>" }).execute();
  const now = () =>
    db.selectFrom("issues").select(["state", "reason", "approved_by"]).executeTakeFirstOrThrow();
  const log = () => db.selectFrom("audit_log").select(["actor", "act", "subject"]).execute();
  return { ...newsroom, now, log };
}

test("an issue that waits says until when, what then, what an inbox shows, and is approved by a press", async () => {
  const { enter, now, log } = await waiting();
  const ask = await enter("salma@example.org", "editor");
  const { html } = await ask(path);
  expect(html).toContain("ينتظر هذا العدد موافقة محرر حتى");
  expect(html).toContain("فإن لم يوافق عليه أحد لم يُرسل");
  expect(html).toContain('name="revision" value="2"');
  expect(html).toContain("في صندوق الوارد");
  expect(html).toContain("معرض الكتاب يفتح أبوابه"); // the preheader
  const late = await ask(`${path}/approve`, { revision: "1" });
  expect([late.status, late.html.includes("تغيّر العدد بعد أن رأيته")]).toEqual([409, true]);
  expect((await now()).state).toBe("waiting");
  const pressed = await ask(`${path}/approve`, { revision: "2" });
  expect([pressed.status, pressed.headers.get("Location")]).toEqual([303, path]);
  expect(await now()).toEqual({ state: "built", reason: null, approved_by: "salma@example.org" });
  expect(await log()).toContainEqual({
    actor: "salma@example.org",
    act: "issue-approve",
    subject: "daily/2026-03-01-morning: revision 2",
  });
  expect((await ask(path)).html).toContain("وافق عليه");
});

test("calling it off takes a reason, and says so where it came too late", async () => {
  const { enter, now } = await waiting();
  const ask = await enter("salma@example.org", "editor");
  expect((await ask(`${path}/cancel`, { reason: " " })).status).toBe(400);
  expect((await ask(`${path}/cancel`, { reason: "خطأ <b>" })).status).toBe(303);
  expect(await now()).toEqual({ state: "cancelled", reason: "خطأ <b>", approved_by: null });
  const { html } = await ask(path);
  expect([html.includes("خطأ &lt;b&gt;"), html.includes("ألغِ العدد")]).toEqual([true, false]);
  expect((await ask(`${path}/cancel`, { reason: "مرة أخرى" })).status).toBe(409);
  expect((await ask(`${path}/approve`, { revision: "x" })).status).toBe(400);
  expect((await ask(`${path.replace("daily", "none")}/cancel`, { reason: "x" })).status).toBe(404);
});

test("a viewer looks at the issue, and neither acts nor sees it as a reader", async () => {
  const { enter, now } = await waiting();
  const ask = await enter("guest@example.org", "viewer");
  const { status, html } = await ask(path);
  expect([status, html.includes('<form method="post" action="/newsroom/issues')]).toEqual([200, false]);
  expect(html).not.toContain(`${path}/preview`);
  for (const reply of [
    await ask(`${path}/approve`, { revision: "2" }),
    await ask(`${path}/cancel`, { reason: "x" }),
    await ask(`${path}/preview`),
    await ask(`${path}/preview/html`),
  ])
    expect(reply.status).toBe(403);
  expect((await now()).state).toBe("waiting");
});

test("a preview shows the inbox and the mail in a frame under a policy of its own", async () => {
  const { enter } = await waiting();
  const ask = await enter("salma@example.org", "editor");
  const { html, status } = await ask(`${path}/preview`);
  expect([status, html.includes("صيغته رقم 2"), html.includes(`src="${path}/preview/html?`)]).toEqual([
    200,
    true,
    true,
  ]);
  const mail = await ask(`${path}/preview/html`);
  expect(mail.headers.get("Content-Security-Policy")).toContain("sandbox");
  expect(mail.html).toContain("مرحبا");
  const stranger = await ask(`${path}/preview?as=${encodeURIComponent('"><b>@example.org')}`);
  expect([stranger.status, stranger.html.includes("><b>@")]).toEqual([422, false]);
  expect((await ask("/newsroom/issues/none/2026-03-01-morning/preview")).status).toBe(404);
});

test("the list of issues leads to the next one, as it would be, for editors", async () => {
  const { enter, database } = await openNewsroom();
  const at = Temporal.Instant.from("2026-03-02T05:00Z").epochMilliseconds;
  const next = { next_at: at, next_date: "2026-03-02", next_slot: "morning" };
  await database.db.updateTable("digests").set(next).execute();
  const ask = await enter("salma@example.org", "editor");
  const path = "/newsroom/issues/daily/2026-03-02-morning/preview";
  expect((await ask("/newsroom/issues")).html).toContain(`href="${path}"`);
  const { status, html } = await ask(path);
  expect([status, html.includes("Too few stories")]).toEqual([422, true]);
  const guest = await enter("guest@example.org", "viewer");
  expect((await guest("/newsroom/issues")).html).not.toContain(path);
});
