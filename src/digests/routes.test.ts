import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { assets, openPaper, site } from "../articles/articles.fixture.ts";
import type { ArticleId, ArticleTables } from "../articles/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { archiveRoutes } from "./archive.tsx";
import { insertEdition } from "./digests.fixture.ts";
import { digestRoutes } from "./routes.tsx";
import { addDigest } from "./store.ts";
import type { DigestTables, IssueState } from "./tables.ts";

const parts =
  '{"editor":1,"coverage":0,"heat":0,"clicks":null,"freshness":1,"ageHours":0,"carriedBy":{"articles":1,"sources":0}}';

async function open() {
  const database = openTestDatabase<ArticleTables & SettingsTables & DigestTables>();
  const { db, batch } = database;
  const paper = await openPaper(database);
  const schedule = {
    zone: "Asia/Beirut",
    days: [1, 2, 3, 4, 5, 6, 7],
    slots: [{ name: "morning", time: "07:00" }],
  };
  const digest = {
    slug: "صباح",
    name: "صباح المرسى",
    nameEn: "Marsa Morning",
    schedule,
    maxStories: 5,
    minStories: 1,
  };
  await batch([addDigest(db, digest, paper.now())]);
  const { id: digest_id } = await db.selectFrom("digests").select("id").executeTakeFirstOrThrow();

  /** An issue with one edition a choice of sections. */
  async function issue(
    slot: string,
    state: IssueState,
    editions: Record<string, ArticleId[]> = {},
    over: { at?: number; candidates?: number } = {},
  ) {
    const at = over.at ?? 0;
    const times = { planned_at: at, opened_at: at, finished_at: null };
    const row = {
      digest_id,
      local_date: "2026-03-01",
      slot,
      state,
      reason: null,
      candidates: over.candidates ?? null,
      guid: `urn:test:${slot}`,
      ...times,
    };
    const { id } = await db.insertInto("issues").values(row).returning("id").executeTakeFirstOrThrow();
    for (const [sections, stories] of Object.entries(editions))
      await insertEdition(db, id, sections, stories, { score: 1, parts });
  }
  const deps = { database, site, now: paper.now, assets };
  const app = digestRoutes(deps).route("/", archiveRoutes(deps));
  const get = async (path: string) => {
    const reply = await app.request(path);
    return { status: reply.status, html: await reply.text() };
  };
  return { ...paper, issue, get };
}

const page = (slot: string) => `/issues/${encodeURIComponent("صباح")}/2026-03-01-${slot}`;

test.each([
  ["opened", 404],
  ["waiting", 404],
  ["built", 404],
  ["sending", 200],
  ["sent", 200],
  ["skipped", 404],
  ["cancelling", 404],
  ["cancelled", 404],
] as const)("an issue that is %s answers %i", async (state, status) => {
  const { get, issue, publish } = await open();
  await issue("morning", state, { "": [await publish()] });
  expect((await get(page("morning"))).status).toBe(status);
});

test("one that was called off once letters left says so, and stands in no list", async () => {
  const { get, issue, publish } = await open();
  await issue("morning", "cancelled", { "": [await publish({ title: "بقي هنا" })] }, { candidates: 3 });
  const { status, html } = await get(page("morning"));
  expect(status).toBe(200);
  expect(html).toContain("أُلغي إرسال هذا العدد");
  expect(html).toContain("بقي هنا");
  expect(html).toContain('content="noindex, follow"');
  expect((await get(`/issues/${encodeURIComponent("صباح")}`)).html).not.toContain("بقي هنا");
});

test("issues of one day are told apart by their hours", async () => {
  const { get, issue, publish } = await open();
  const at = (time: string) => ({ at: Temporal.Instant.from(`2026-03-01T${time}Z`).epochMilliseconds });
  await issue("morning", "sent", { "": [await publish()] }, at("05:00"));
  await issue("extra-1", "sent", { "": [await publish()] }, at("15:30"));
  const { html } = await get(`/issues/${encodeURIComponent("صباح")}`);
  expect(html).toContain("مارس 2026، 07:00");
  expect(html).toContain("مارس 2026، 17:30");
});

test.each([
  "/issues/x/2026-03-01-morning",
  page("evening"),
  "/issues/x/y",
  "/issues/%00/%FF",
  `${page("morning")}'--`,
])("%s is no issue", async (path) => {
  const { get, issue } = await open();
  await issue("morning", "sent");
  expect((await get(path)).status).toBe(404);
});

test("the issue's page has its stories in their order, without those withdrawn since", async () => {
  const { get, issue, publish, retract } = await open();
  const [first, second, third] = [
    await publish({ title: "الأول" }),
    await publish({ title: "الثاني" }),
    await publish({ title: "الثالث" }),
  ];
  await issue("morning", "sent", { "[1]": [second], "": [third, second, first] });
  await retract(second, "خطأ");
  const { html } = await get(page("morning"));
  expect(html).toContain("صباح المرسى: عدد 1 آذار/مارس 2026");
  expect(html.match(/الأول|الثاني|الثالث/g)?.filter((it, i, all) => all.indexOf(it) === i)).toEqual([
    "الثالث",
    "الأول",
  ]);
  expect(html).not.toMatch(/unsubscribe|preferences|@/);
  expect((await get(`${page("morning")}?lang=en`)).html).toContain("Marsa Morning: Issue of 1 March 2026");
});

test("an issue that nobody gets whole shows its first edition; one of which nothing is left says so", async () => {
  const { get, issue, publish, retract } = await open();
  const only = await publish({ title: "الوحيد" });
  await issue("morning", "sent", { "[1]": [only] });
  expect((await get(page("morning"))).html).toContain("الوحيد");
  await retract(only, "خطأ");
  const { status, html } = await get(page("morning"));
  expect([status, html.includes("لم يبقَ من أخبار هذا العدد شيء")]).toEqual([200, true]);
});

const archive = `/issues/${encodeURIComponent("صباح")}`;

test("the archive leads to each issue that is out, in either language, and onwards", async () => {
  const { get, issue, publish } = await open();
  expect((await get(archive)).html).toContain("لم يصدر منها عدد بعد");
  const story = await publish({ title: "الموازنة" });
  for (let i = 0; i < 25; i++) await issue(`slot-${i}`, i === 3 ? "waiting" : "sent", { "": [story] });
  const { html } = await get(archive);
  expect(html).toContain("أعداد «صباح المرسى»");
  expect(html.match(/<article/g)).toHaveLength(20);
  expect(html).not.toMatch(/unsubscribe|preferences|@/);
  const [, older = ""] = /href="([^"]*before=[^"]*)"/.exec(html) ?? [];
  const second = await get(older.replaceAll("&amp;", "&"));
  expect(second.html.match(/<article/g)).toHaveLength(4);
  expect(`${html}${second.html}`).not.toContain('slot-3"');
  expect(second.html).toContain('content="noindex, follow"');
  expect((await get(`${archive}?lang=en`)).html).toContain("Issues of “Marsa Morning”");
  expect((await get(page("slot-1"))).html).toContain(`href="${archive}"`);
});

test.each([
  [`${archive}?before=1-1`, 200],
  [`${archive}?before=x`, 400],
  [`${archive}?before=1-1'--`, 400],
  ["/issues/none", 404],
  ["/issues/%00", 404],
])("%s: %i", async (path, status) => expect((await (await open()).get(path)).status).toBe(status));

test("the issue's page names its digest's feeds first, then those of everything", async () => {
  const { get, issue, publish } = await open();
  await issue("morning", "sent", { "": [await publish()] });
  const { html } = await get(page("morning"));
  const links = [...html.matchAll(/<link rel="alternate"[^>]*href="([^"]*)"[^>]*>/g)].map(
    ([, href = ""]) => href,
  );
  const digest = `https://marsa.example/feeds/digests/${encodeURIComponent("صباح")}`;
  expect(links.slice(0, 3)).toEqual([`${digest}.rss`, `${digest}.atom`, `${digest}.json`]);
  expect(links[3]).toBe("https://marsa.example/feeds/all.rss");
});
