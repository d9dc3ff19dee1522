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
  return { ...newsroom, db, now, log };
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
  const page = "/newsroom/issues/daily/2026-03-02-morning";
  const path = `${page}/preview`;
  expect((await ask("/newsroom/issues")).html).toContain(`href="${page}"`);
  expect((await ask(page)).html).toContain(`href="${path}"`);
  const { status, html } = await ask(path);
  expect([status, html.includes("أخباره أقل مما تصدر به النشرة")]).toEqual([422, true]);
  const guest = await enter("guest@example.org", "viewer");
  expect((await guest(page)).html).not.toContain(path);
});

test("an issue is paused by a press, says who did since when and why, and goes on; past its deadline only with minutes", async () => {
  const { enter, db, log } = await waiting();
  const ask = await enter("salma@example.org", "editor");
  await db.updateTable("issues").set({ state: "sending", planned_at: 0 }).execute();
  expect((await ask(`${path}/pause`, { reason: "خطأ <b> في العنوان" })).status).toBe(303);
  const { html } = await ask(path);
  expect(html).toContain("أوقفه salma@example.org في");
  expect(html).toContain("خطأ &lt;b&gt; في العنوان");
  expect((await ask(`${path}/pause`, { reason: "" })).status).toBe(409);
  const late = await ask(`${path}/resume`, { minutes: "" });
  expect([late.status, late.html.includes("انتهت مهلة رسائله")]).toEqual([409, true]);
  expect((await ask(`${path}/resume`, { minutes: "99999" })).status).toBe(400);
  expect((await ask(`${path}/resume`, { minutes: "60" })).status).toBe(303);
  expect((await ask(path)).html).not.toContain("أوقفه salma");
  expect((await log()).map(({ act }) => act)).toEqual(["sign-in", "issue-pause", "issue-resume"]);
});

test("letters in doubt stand on the issue’s page with the server’s words, and are sent again or left", async () => {
  const newsroom = await openNewsroom();
  const { db } = newsroom.database;
  const id = await newsroom.issue("2026-03-01", { state: "sent" });
  const doubt = { state: "in_doubt", reason: "held", reply: "<no reply>", in_doubt: 1 } as const;
  await newsroom.candidate(id, "a@example.org", doubt);
  await newsroom.candidate(id, "b@example.org", doubt);
  const look = await newsroom.enter("karim@example.org", "viewer");
  expect((await look(path)).html).not.toContain("a@example.org");
  expect((await look(`${path}/doubts`, { decision: "resend" })).status).toBe(403);
  const ask = await newsroom.enter("salma@example.org", "editor");
  const { html } = await ask(path);
  expect(html).toContain("رسائل غير مؤكدة");
  expect(html).toContain("&lt;no reply&gt;");
  expect((await ask(`${path}/doubts`, { decision: "eat" })).status).toBe(400);
  expect((await ask(`${path}/doubts`, { decision: "leave", address: "a@example.org" })).status).toBe(303);
  expect((await ask(`${path}/doubts`, { decision: "resend" })).status).toBe(303);
  const rows = await db
    .selectFrom("deliveries")
    .select(["address", "state", "reason"])
    .orderBy("id")
    .execute();
  expect(rows).toEqual([
    { address: "a@example.org", state: "in_doubt", reason: "let-be" },
    { address: "b@example.org", state: "in_doubt", reason: null },
  ]);
  expect((await db.selectFrom("issues").select("state").execute())[0]?.state).toBe("sending");
  const after = await ask(path);
  expect(after.html).toContain("تُرك كما هو بقرار محرر");
  expect((await ask(`${path}/doubts`, { decision: "leave" })).status).toBe(409);
});

test("why an address got its mail or not, in Arabic and in English, for editors alone", async () => {
  const newsroom = await openNewsroom();
  const { db } = newsroom.database;
  const id = await newsroom.issue("2026-03-01", { state: "cancelled" });
  await db.updateTable("issues").set({ cancelled_by: "salma@example.org", reason: "خطأ <i>" }).execute();
  await newsroom.candidate(id, "off@example.org", {
    state: "withdrawn",
    reason: "issue-cancelled",
    reply: "451 later",
  });
  await newsroom.candidate(id, "out@example.org", { excluded: "paused" });
  await newsroom.candidate(id, "no@example.org", { state: "rejected", reply: "550 5.1.1 <b>nobody" });
  const page = (address: string) => `/newsroom/why?address=${encodeURIComponent(address)}`;
  const look = await newsroom.enter("karim@example.org", "viewer");
  expect((await look(page("no@example.org"))).status).toBe(403);
  const ask = await newsroom.enter("salma@example.org", "editor");
  const seen = async (address: string, more = "") => (await ask(page(address) + more)).html;
  const called = await seen("off@example.org");
  for (const words of ["سُحب قبل الإرسال", "ألغى العدد salma@example.org", "خطأ &lt;i&gt;", "451 later"])
    expect(called).toContain(words);
  expect(await seen("out@example.org")).toContain("أوقف الاشتراك مؤقتًا");
  expect(await seen("no@example.org")).toContain("550 5.1.1 &lt;b&gt;nobody");
  expect(await seen("none@example.org")).toContain("لا أحد بهذا العنوان");
  expect((await ask(page("nonsense"))).status).toBe(400);
  expect((await ask(`${page("no@example.org")}&issue=daily/2026-03-09-x`)).status).toBe(404);
  await newsroom.candidate(await newsroom.issue("2026-03-02", { state: "sent" }), "later@example.org", {
    state: "accepted",
  });
  const other = await seen("later@example.org", "&issue=daily/2026-03-01-morning");
  expect(other).toContain("ليس من جمهوره");
  await db.updateTable("issues").set({ folded_through: 99_999 }).where("id", "=", id).execute();
  expect(await seen("later@example.org", "&issue=daily/2026-03-01-morning")).toContain("طُويت صفحته");
  expect(await seen("off@example.org", "&lang=en")).toContain(
    "The issue was called off by salma@example.org",
  );
});

test("the page says that many letters bounced, and what others wait for", async () => {
  const newsroom = await openNewsroom();
  const { db } = newsroom.database;
  const issue = await newsroom.issue("2026-03-01", { state: "sending" });
  await db.insertInto("issue_health").values({ issue_id: issue, sent: 100, bounced: 3 }).execute();
  const ms = newsroom.now().epochMilliseconds;
  await newsroom.candidate(issue, "x@gmail.com", { state: "queued" });
  await db.updateTable("deliveries").set({ destination: "gmail" }).execute();
  const rest = { transport: "relay", reason: "rate", rests_until: ms + 900_000, at: ms };
  await db
    .insertInto("paces")
    .values([
      { ...rest, destination: "gmail", reply: "450 4.7.1 too much" },
      { ...rest, destination: "yahoo", reply: "421 TSS04" },
    ])
    .execute();
  const ask = await newsroom.enter("salma@example.org", "viewer");
  const { html } = await ask(path);
  expect(html).toContain("ارتدّ 3.0% من رسائل العدد (3 من 100)");
  expect(html).toContain("تنتظر دورها: gmail. طلب خادمها أن نخفف");
  expect([html.includes("450 4.7.1 too much"), html.includes("TSS04")]).toEqual([true, false]);
  const { html: english } = await ask(`${path}?lang=en`);
  expect(english).toContain("3.0% of this issue’s letters bounced (3 of 100)");
  expect(english).toContain("Waits for its turn: gmail. The server wants less of us; it rests until");
});
