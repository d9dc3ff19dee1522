// The pages of digests and sources: a schedule is changed, two change it at once, a viewer may not, a WordPress comes in.
import { afterAll, expect, test } from "vitest";
import { createLoginLink } from "../../src/accounts/index.ts";
import { digestBySlug } from "../../src/digests/index.ts";
import { startWordPress } from "../../src/sources/wordpress/site.fixture.ts";
import { startNashra } from "../support/nashra.ts";

const origin = "http://localhost:3000";
const [nashra, site] = await Promise.all([
  startNashra({ now: "2026-11-24T06:00:00Z", env: { NASHRA_FETCH_ALLOW: "127.0.0.0/8" } }),
  startWordPress(),
]);
afterAll(async () => {
  await nashra.stop();
  await site.close();
});
const { db } = nashra.database;
const enter = async (address: string) => {
  const link = await createLoginLink(nashra.database, address, nashra.at());
  const reply = await nashra.post(`/newsroom/login/${link}`, {}, { Origin: origin });
  return { Origin: origin, Cookie: reply.headers.get("Set-Cookie")?.split(";")[0] ?? "" };
};
const admin = await enter("first@example.org");
await db.insertInto("editors").values({ address: "v@example.org", role: "viewer", created_at: 0 }).execute();
const viewer = await enter("v@example.org");
const acts = async () => (await db.selectFrom("audit_log").select("act").execute()).map(({ act }) => act);
const daily = async () => {
  const digest = await digestBySlug(db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  return digest;
};
const form = async (over: Record<string, string> = {}) => ({
  seen: String((await daily()).scheduleRevision),
  zone: "Asia/Damascus",
  days: "7",
  slots: "morning",
  "time-morning": "08:30",
  ...over,
});
const path = "/newsroom/digests/daily";

test("a schedule is changed, and what is wrong keeps what was typed", async () => {
  const wrong = await nashra.post(`${path}/schedule`, await form({ zone: "Asia/Nowhere" }), admin);
  expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining("Asia/Nowhere")]);
  const old = await form({ "time-morning": "09:45" });
  expect((await nashra.post(`${path}/schedule`, await form(), admin)).status).toBe(303);
  expect((await daily()).schedule).toMatchObject({ days: [7], slots: [{ name: "morning", time: "08:30" }] });
  const page = await (await nashra.get(path, admin)).text();
  expect(page).toContain("الأحد، 08:30 بتوقيت دمشق");
  expect(page).toContain("2026-11-29T05:30:00Z");
  const later = await nashra.post(`${path}/schedule`, old, admin);
  const both = await later.text();
  expect([later.status, both.includes("08:30"), both.includes("09:45")]).toEqual([409, true, true]);
  expect((await daily()).schedule.slots).toEqual([{ name: "morning", time: "08:30" }]);
});

test("a viewer sees and may not", async () => {
  const page = await (await nashra.get(path, viewer)).text();
  expect(page).not.toContain(`action="${path}/`);
  expect((await nashra.post(`${path}/schedule`, await form(), viewer)).status).toBe(403);
});

test("who is signed in stays in the newsroom where a page is missing or not theirs", async () => {
  const inside = { viewer: "v@example.org", admin: "first@example.org" };
  const asked = [
    ["/newsroom/nowhere", admin, 404, inside.admin],
    ["/newsroom/issues/daily/2020-01-01-morning", viewer, 404, inside.viewer],
    ["/newsroom/subscribers", viewer, 403, inside.viewer],
  ] as const;
  for (const [address, who, status, name] of asked) {
    const reply = await nashra.get(address, who);
    const page = await reply.text();
    expect([address, reply.status, reply.headers.get("Cache-Control")]).toEqual([
      address,
      status,
      "no-store",
    ]);
    for (const part of [`class="desk-nav"`, `href="/newsroom/issues"`, name, `href="/newsroom"`])
      expect(page, address).toContain(part);
    expect(page, address).not.toContain('class="colophon"');
    expect(page.includes('href="/newsroom/subscribers"'), address).toBe(who === admin);
  }
  for (const [address, who] of [
    ["/nowhere", {}],
    ["/nowhere", admin],
    ["/newsroomy", admin],
  ] as const) {
    const reply = await nashra.get(address, who);
    const page = await reply.text();
    expect([address, reply.status]).toEqual([address, 404]);
    expect(page, address).toContain('class="colophon"');
    expect(page, address).not.toMatch(/desk-nav|@example\.org/);
  }
});

test("a WordPress is looked at, added and read", async () => {
  const typed = { kind: "wordpress", address: site.home.href, name: "harbour", section: "" };
  const look = await nashra.post("/newsroom/sources/new", typed, admin);
  expect([look.status, (await nashra.get("/newsroom/sources", admin)).status]).toEqual([200, 200]);
  expect(await db.selectFrom("sources").selectAll().execute()).toEqual([]);
  expect((await nashra.post("/newsroom/sources", typed, admin)).status).toBe(303);
  expect(await acts()).toContain("source-add");
  await expect
    .poll(async () => (await db.selectFrom("source_runs").select("created").execute())[0]?.created, {
      timeout: 20_000,
    })
    .toBeGreaterThan(0);
  const page = await nashra.get("/newsroom/sources/harbour", admin);
  expect(page.status).toBe(200);
  const { key } = await db.selectFrom("source_categories").select("key").executeTakeFirstOrThrow();
  const mapped = await nashra.post("/newsroom/sources/harbour/map", { key, leads: "nowhere" }, admin);
  expect([mapped.status, await acts()]).toEqual([303, expect.arrayContaining(["source-map"])]);
});

test("what a feed serves is checked", async () => {
  const page = await nashra.get("/newsroom/feeds/all?check=1", viewer);
  expect([page.status, (await page.text()).match(/badge-ok/g)?.length]).toEqual([200, 3]);
});
