// Sources that programs add, order and remove: asked over real HTTP first, kept by the same rules as the pages keep them.
import { afterAll, expect, test } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { startWordPress } from "../../src/sources/wordpress/site.fixture.ts";
import { startNashra } from "../support/nashra.ts";

const [nashra, site] = await Promise.all([
  startNashra({ now: "2026-11-24T06:00:00Z", env: { NASHRA_FETCH_ALLOW: "127.0.0.0/8" } }),
  startWordPress(),
]);
afterAll(async () => {
  await nashra.stop();
  await site.close();
});
const { db } = nashra.database;
const tokens = {
  viewer: await createApiToken(nashra.database, "viewer", "viewer", nashra.at()),
  editor: await createApiToken(nashra.database, "editor", "editor", nashra.at()),
  administrator: await createApiToken(nashra.database, "administrator", "administrator", nashra.at()),
};

async function api(who: keyof typeof tokens, method: string, path: string, body?: unknown) {
  const at = path.startsWith("http") ? path : `http://localhost:3000/api/v1/sources${path}`;
  const reply = await nashra.app.request(at, {
    method,
    headers: { Authorization: `Bearer ${tokens[who]}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, json: text === "" ? null : JSON.parse(text) };
}
const acts = () =>
  db
    .selectFrom("audit_log")
    .select(["actor", "act", "subject"])
    .where("act", "like", "source-%")
    .orderBy("id")
    .execute();
const harbour = { kind: "wordpress", url: site.home.href, name: "harbour" };

test("a WordPress is looked at, added, ordered and removed", async () => {
  await nashra.sections("سياسة", "ثقافة");
  for (const path of ["", "/preview"])
    for (const who of ["viewer", "editor"] as const)
      expect((await api(who, "POST", path, harbour)).status).toBe(403);
  const look = await api("administrator", "POST", "/preview", { ...harbour, section: "سياسة" });
  expect(look).toMatchObject({ status: 200, json: { title: expect.any(String), more: expect.any(Boolean) } });
  expect(look.json.articles[0]).toMatchObject({ would: "create", title: expect.any(String), why: null });
  expect(look.json.articles.length).toBeLessThanOrEqual(100);
  expect(look.json.categories.length).toBeGreaterThan(2);
  expect([await db.selectFrom("sources").selectAll().execute(), await acts()]).toEqual([[], []]);

  const added = await api("administrator", "POST", "", harbour);
  expect([added.status, added.json]).toMatchObject([
    201,
    { source: "harbour", kind: "wordpress", title: look.json.title, paused: false, failures: 0 },
  ]);
  await expect
    .poll(async () => (await api("viewer", "GET", "/harbour")).json.runs[0]?.created, { timeout: 20_000 })
    .toBeGreaterThan(0);
  for (const again of [harbour, { ...harbour, name: "another" }]) {
    const twice = await api("administrator", "POST", "", again);
    expect([twice.status, twice.json.detail]).toEqual([409, expect.stringContaining("a source already")]);
  }

  const first = await api("viewer", "GET", "/harbour/categories?limit=1");
  const second = await api("viewer", "GET", first.json.next);
  const [one, other] = [first.json.categories[0], second.json.categories[0]];
  expect([first.json.categories.length, one.key < other.key]).toEqual([1, true]);
  const map = (who: keyof typeof tokens, wanted: object) =>
    api(who, "PATCH", "/harbour/categories", { key: other.key, ...wanted });
  expect((await map("editor", { leads: "nowhere" })).status).toBe(403);
  expect((await map("administrator", { leads: "section", section: "ثقافة" })).status).toBe(204);
  expect((await api("viewer", "GET", first.json.next)).json.categories[0]).toEqual({
    ...other,
    leads: "section",
    section: "ثقافة",
  });
  expect((await map("administrator", { leads: "everywhere" })).status).toBe(204);
  expect((await api("viewer", "GET", first.json.next)).json.categories[0]).toMatchObject({
    leads: "everywhere",
    section: null,
  });
  for (const [wanted, status] of [
    [{ leads: "section", section: "none" }, 422],
    [{ leads: "section" }, 422],
    [{ leads: "nowhere", section: "سياسة" }, 422],
    [{ leads: "away" }, 422],
    [{ key: "none", leads: "nowhere" }, 404],
  ] as const)
    expect([wanted, (await map("administrator", wanted)).status]).toEqual([wanted, status]);

  expect((await api("editor", "GET", "/harbour/webhook")).status).toBe(403);
  const { secret } = await db.selectFrom("sources").select("secret").executeTakeFirstOrThrow();
  expect((await api("administrator", "GET", "/harbour/webhook")).json).toEqual({
    url: "http://localhost:3000/inbound/wordpress/harbour",
    secret,
  });

  expect((await api("editor", "DELETE", "/harbour")).status).toBe(403);
  expect((await api("administrator", "DELETE", "/harbour")).status).toBe(204);
  for (const [method, path] of [
    ["DELETE", "/harbour"],
    ["GET", "/harbour/categories"],
    ["GET", "/harbour/webhook"],
  ] as const)
    expect((await api("administrator", method, path)).status).toBe(404);
  expect(await db.selectFrom("articles").select("id").limit(1).execute()).toHaveLength(1);
  const subject = `harbour: ${other.key}`;
  expect(await acts()).toEqual(
    [
      ["source-add", "harbour"],
      ["source-map", subject],
      ["source-map", subject],
      ["source-remove", "harbour"],
    ].map(([act, subject]) => ({ actor: "administrator", act, subject })),
  );
});

test("what is no source is refused with a sentence that says why, and nothing is kept", async () => {
  const before = await acts();
  for (const [wrong, detail] of [
    [{ url: "ftp://example.org" }, /no address of the web/],
    [{ url: "https://mona:hush@example.org" }, /name and the password/],
    [{ name: "!!" }, /no letter or digit/],
    [{ section: "none" }, /no open section/],
    // The guard asks nobody inside its own network but where it was told that it may.
    [{ url: "http://169.254.169.254/latest" }, /169\.254/],
    [{ kind: "file" }, /kind/],
    [{ whatever: 1 }, /whatever/],
  ] as const)
    for (const path of ["", "/preview"]) {
      const refused = await api("administrator", "POST", path, { ...harbour, ...wrong });
      expect([wrong, refused.status, JSON.stringify(refused.json)]).toEqual([
        wrong,
        422,
        expect.stringMatching(detail),
      ]);
      expect(JSON.stringify(refused.json)).not.toContain("hush");
    }
  expect([await acts(), await db.selectFrom("sources").selectAll().execute()]).toEqual([before, []]);
});
