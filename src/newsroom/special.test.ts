// The newsroom's two forms for one article at once, as a browser without scripts fills them in.
import { describe, expect, test } from "vitest";
import { importSubscribers } from "../subscribers/index.ts";
import { openNewsroom } from "./newsroom.fixture.ts";

async function open() {
  const it = await openNewsroom();
  const { db } = it.database;
  const { id } = await db.selectFrom("digests").select("id").executeTakeFirstOrThrow();
  const options = { digest: id, consent: "test", language: "ar" as const, now: it.now() };
  await importSubscribers(it.database, options, ["salma@example.org", "karim@example.org"]);
  const hidden = (html: string) =>
    Object.fromEntries(
      [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = "", value = ""]) => [name, value],
      ),
    );
  const audit = async () =>
    (await db.selectFrom("audit_log").selectAll().where("act", "like", "issue-%").execute()).map(
      ({ actor, act, subject }) => `${actor} ${act} ${subject}`,
    );
  return { ...it, db, hidden, audit };
}

describe("breaking news", () => {
  test("is chosen, seen, and sent", async () => {
    const { publish, enter, hidden, audit } = await open();
    const story = await publish({ title: "هزة <أرضية>" });
    const visit = await enter();
    expect((await visit("/newsroom/issues")).html).toContain('href="/newsroom/breaking"');
    const first = await visit("/newsroom/breaking");
    expect(first.html).toContain("هزة &lt;أرضية&gt;");
    expect(first.html).not.toContain("<script");
    const second = await visit("/newsroom/breaking", {
      digest: "daily",
      article: String(story),
      loud: "yes",
    });
    expect(second.status).toBe(200);
    expect(second.html).toContain("عاجل: هزة &lt;أرضية&gt;");
    expect(second.html).toContain("<strong>2</strong>");
    const sent = await visit("/newsroom/breaking/send", hidden(second.html));
    expect([sent.status, sent.headers.get("Location")]).toEqual([
      303,
      "/newsroom/issues/daily/2026-03-01-breaking-1",
    ]);
    expect(await audit()).toEqual([`salma@example.org issue-breaking daily: article ${story}, 2 readers`]);
    // The back button and one more press send nothing more.
    const again = await visit("/newsroom/breaking/send", hidden(second.html));
    expect(again.status).toBe(409);
    expect(again.html).toContain("هذا التأكيد استُعمل");
  });

  test.each([
    ["nothing", {}, "لا نشرة"],
    ["no article", { digest: "daily" }, "لا خبر بالرقم 0"],
    ["an article that is none", { digest: "daily", number: "abc" }, "لا خبر بالرقم 0"],
    ["another article's number", { digest: "daily", article: "1", number: "99" }, "لا خبر بالرقم 99"],
  ])("%s filled in is told beside the form", async (_, form, words) => {
    const { publish, enter } = await open();
    await publish();
    const reply = await (await enter())("/newsroom/breaking", form);
    expect(reply.status).toBe(422);
    expect(reply.html).toContain(words);
    expect(reply.html).toContain('action="/newsroom/breaking"');
  });
});

describe("a correction", () => {
  test("is said, seen, and sent to those who got it", async () => {
    const { db, publish, retract, issue, candidate, edition, enter, hidden, audit } = await open();
    const wrong = await publish({ title: "خبر خاطئ" });
    const carrying = await issue("2026-03-01");
    const made = await edition(carrying, "", [wrong]);
    await candidate(carrying, "got@example.org", { state: "accepted" });
    await candidate(carrying, "refused@example.org", { state: "rejected" });
    await db.updateTable("deliveries").set({ edition_id: made }).execute();
    const visit = await enter();
    const path = "/newsroom/issues/daily/2026-03-01-morning/correction";
    expect((await visit("/newsroom/issues/daily/2026-03-01-morning")).html).toContain(`href="${path}"`);
    expect((await visit(path)).html).toContain("خبر خاطئ");
    const early = await visit(path, { article: String(wrong), say: "كلام <لي>" });
    expect([early.status, early.html.includes("لم يتغيّر هذا الخبر")]).toEqual([422, true]);
    expect(early.html).toContain("كلام &lt;لي&gt;"); // what was typed is still there
    await retract(wrong, "خطأ");
    const none = await visit(path, { article: String(wrong), say: "نعتذر." });
    expect([none.status, none.html.includes("لن يصل إلى أحد")]).toEqual([422, true]); // not subscribed to it
    await db
      .insertInto("subscriptions")
      .values(
        (
          await db.selectFrom("subscribers").select("id").where("address", "like", "%@example.org").execute()
        ).map(({ id }) => ({ subscriber_id: id, digest_id: 1, state: "active", sections: "", since: 0 })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const second = await visit(path, { article: String(wrong), say: "نعتذر." });
    expect(second.html).toContain("سحبنا خبرًا أرسلناه إليك");
    expect(second.html).toContain("<strong>1</strong>");
    const sent = await visit(`${path}/send`, hidden(second.html));
    expect(sent.headers.get("Location")).toBe("/newsroom/issues/daily/2026-03-01-correction-1");
    expect(await audit()).toEqual([
      `salma@example.org issue-correction daily: article ${wrong}, 1 readers, sent wrong in daily/2026-03-01-morning`,
    ]);
  });
});

test.each([
  ["sent", 9, true],
  ["cancelling", 9, true],
  ["cancelled", 9, true],
  ["cancelled", 0, false], // before its audience: nobody got it
  ["built", 9, false],
] as const)(
  "a %s issue whose audience is written up to %i may have a correction: %s",
  async (state, frozen, may) => {
    const { db, issue, enter } = await open();
    const id = await issue("2026-03-01", { state });
    await db.updateTable("issues").set({ frozen_through: frozen }).where("id", "=", id).execute();
    const { html } = await (await enter())("/newsroom/issues/daily/2026-03-01-morning");
    expect(html.includes('/2026-03-01-morning/correction"')).toBe(may);
  },
);

test.each([
  ["digest", true],
  ["breaking", false],
  ["correction", false],
] as const)("readers of a %s are asked whether it was worth reading: %s", async (kind, asked) => {
  const { db, issue, enter } = await open();
  const id = await issue("2026-03-01");
  await db.updateTable("issues").set({ kind }).where("id", "=", id).execute();
  const { html } = await (await enter())("/newsroom/issues/daily/2026-03-01-morning");
  expect(html.includes("هل استحق القراءة؟")).toBe(asked);
});

test("viewers see no button and no form", async () => {
  const { publish, issue, enter } = await open();
  await publish();
  await issue("2026-03-01");
  await enter(); // the first is an administrator
  const visit = await enter("looks@example.org", "viewer");
  expect((await visit("/newsroom/issues")).html).not.toContain("/newsroom/breaking");
  const issuePage = "/newsroom/issues/daily/2026-03-01-morning";
  expect((await visit(issuePage)).html).not.toContain("/correction");
  for (const path of ["/newsroom/breaking", `${issuePage}/correction`]) {
    expect((await visit(path)).status).toBe(403);
    for (const post of [path, `${path}/send`]) expect((await visit(post, { article: "1" })).status).toBe(403);
  }
});

test("what is longer than any form is not read", async () => {
  const { enter } = await open();
  const reply = await (await enter())("/newsroom/breaking", { say: "x".repeat(30_000) });
  expect(reply.status).toBe(413);
});
