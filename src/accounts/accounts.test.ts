import { Hono } from "hono";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { Keyring } from "../config.ts";
import {
  type AccessDeps,
  type AccountTables,
  accountRoutes,
  createApiToken,
  createLoginLink,
  listApiTokens,
  type Role,
  requireEditor,
  requireToken,
  revokeApiToken,
} from "./index.ts";

const keys: Keyring = [{ id: "k1", key: "0123456789abcdef0123456789abcdef" }];
const start = Temporal.Instant.from("2026-03-01T07:00:00Z");

function open(address = "http://localhost:3000/") {
  const database = openTestDatabase<AccountTables>();
  const clock = { now: start };
  const deps: AccessDeps = {
    database,
    site: new URL(address),
    now: () => clock.now,
    keys,
    assets: { css: "/assets/styles.css" },
    addressOf: (c) => c.req.header("X-Test-Address") ?? "192.0.2.7",
    shell: async (c) => ({
      language: "ar",
      publisher: { name: "المرسى" },
      path: c.req.path,
      assets: { css: "/assets/styles.css" },
    }),
  };
  const tokens = { db: database.db, now: deps.now, addressOf: deps.addressOf };
  const app = new Hono()
    .route(
      "/",
      accountRoutes({
        ...deps,
        queueNotice: () => sql`select 1`.compile(database.db),
        wake() {},
        later: (work) => void work(),
      }),
    )
    .get("/newsroom", requireEditor(deps, "viewer"), (c) => c.text(c.var.editor.address))
    .get("/newsroom/settings", requireEditor(deps, "administrator"), (c) => c.text("settings"))
    .get("/api/read", requireToken(tokens, "articles:read"), (c) => c.text(c.var.actor))
    .get("/api/write", requireToken(tokens, "articles:write"), (c) => c.text(c.var.actor));
  const link = async (email: string) => (await createLoginLink(database, email, clock.now)) ?? "";
  const editor = (email: string, role: Role) =>
    database.db.insertInto("editors").values({ address: email, role, created_at: 0 }).execute();
  /** Presses the button of a fresh link. @returns the cookie as a browser sends it back */
  const enter = async (email: string) => {
    const reply = await app.request(`/newsroom/login/${await link(email)}`, { method: "POST" });
    return reply.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  };
  const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });
  return { database, clock, app, link, editor, enter, get };
}

test("a link is looked at any number of times, and pressed once", async () => {
  const { app, link, get } = open();
  const token = await link("Salma@example.org ");
  for (let i = 0; i < 3; i++) {
    const page = await get(`/newsroom/login/${token}`);
    expect(page.status).toBe(200);
    expect(page.headers.get("Set-Cookie")).toBeNull();
    expect(await page.text()).toContain(`action="/newsroom/login/${token}"`);
  }
  const pressed = await app.request(`/newsroom/login/${token}`, { method: "POST" });
  expect([pressed.status, pressed.headers.get("Location")]).toEqual([303, "/newsroom"]);
  const cookie = pressed.headers.get("Set-Cookie") ?? "";
  expect(cookie).toMatch(
    /^nashra_session=[\w-]{43}\.[\w-]{22}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  expect(await (await get("/newsroom", { Cookie: cookie })).text()).toBe("salma@example.org");

  expect((await app.request(`/newsroom/login/${token}`, { method: "POST" })).status).toBe(410);
  expect((await get(`/newsroom/login/${token}`)).status).toBe(410);
});

test("over https the cookie is bound to the host", async () => {
  const { app, link } = open("https://marsa.example/");
  const reply = await app.request(`/newsroom/login/${await link("a@example.org")}`, { method: "POST" });
  expect(reply.headers.get("Set-Cookie")).toMatch(
    /^__Host-nashra=[\w-]{43}\.[\w-]{22}; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
});

test("half an hour later the link is of no use, and two weeks later the session", async () => {
  const { app, clock, link, enter, get } = open();
  const token = await link("a@example.org");
  const cookie = await enter("a@example.org");
  clock.now = start.add({ minutes: 31 });
  expect((await app.request(`/newsroom/login/${token}`, { method: "POST" })).status).toBe(410);
  expect((await get("/newsroom", { Cookie: cookie })).status).toBe(200);
  clock.now = start.add({ hours: 24 * 14 + 1 });
  expect((await get("/newsroom", { Cookie: cookie })).status).toBe(303);
});

test("who signs out is out, with a copied cookie too", async () => {
  const { app, enter, get } = open();
  const cookie = await enter("a@example.org");
  const reply = await app.request("/newsroom/sign-out", { method: "POST", headers: { Cookie: cookie } });
  expect([reply.status, reply.headers.get("Location")]).toEqual([303, "/newsroom/login"]);
  expect(reply.headers.get("Set-Cookie")).toMatch(/^nashra_session=; Max-Age=0/);
  expect((await get("/newsroom", { Cookie: cookie })).status).toBe(303);
});

test("the first address becomes administrator; a stranger gets no link", async () => {
  const { link, editor, enter, get } = open();
  const first = await enter("first@example.org");
  expect((await get("/newsroom/settings", { Cookie: first })).status).toBe(200);
  expect(await link("stranger@example.org")).toBe("");
  await editor("viewer@example.org", "viewer");
  const viewer = await enter("viewer@example.org");
  expect((await get("/newsroom", { Cookie: viewer })).status).toBe(200);
  const refused = await get("/newsroom/settings", { Cookie: viewer });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain("لا تملك إذنًا");
});

test.each([
  ["no cookie", ""],
  ["an empty one", "nashra_session="],
  ["one that we never gave", `nashra_session=${"A".repeat(43)}`],
  ["one of 100 kB", `nashra_session=${"A".repeat(100_000)}`],
  ["the name that only https has", `__Host-nashra=${"A".repeat(43)}`],
  ["SQL", "nashra_session=' or 1=1 --"],
  ["bytes", "nashra_session=%00%FF%u0000"],
])("%s opens nothing", async (_, cookie) => {
  const { get, enter } = open();
  await enter("a@example.org");
  const reply = await get("/newsroom", cookie ? { Cookie: cookie } : {});
  expect([reply.status, reply.headers.get("Location")]).toEqual([303, "/newsroom/login"]);
  expect(reply.headers.get("Cache-Control")).toBe("no-store");
});

test.each(["", "x", "..%2f..", "%3Cscript%3E", "A".repeat(200), "A".repeat(43), "%E0%A4%A"])(
  "the link %j is no link",
  async (token) => {
    const { app, get } = open();
    const pressed = await app.request(`/newsroom/login/${token}`, { method: "POST" });
    expect(pressed.status).toBe(token === "" ? 404 : 410);
    if (token === "") return;
    const page = await get(`/newsroom/login/${token}`);
    expect(page.status).toBe(410);
    expect(await page.text()).not.toContain("<script");
  },
);

test("the API asks for a token as RFC 6750 has it", async () => {
  const { database, get } = open();
  const viewer = await createApiToken(database, "archive", "viewer", start);
  const editor = await createApiToken(database, "press", "editor", start);
  const realm = 'Bearer realm="nashra"';
  const invalid = `${realm}, error="invalid_token"`;
  const table: [authorization: string | null, status: number, challenge: string | null][] = [
    [null, 401, realm],
    ["", 401, realm],
    ["Basic YTpi", 401, realm],
    ["Bearer", 401, invalid],
    ["Bearer ", 401, invalid],
    ["Bearer a b", 401, invalid],
    [`Bearer ${editor}x`, 401, invalid],
    [`Bearer ${editor} ${editor}`, 401, invalid],
    [`Bearer ${"a".repeat(100_000)}`, 401, invalid],
    ["Bearer ' or 1=1 --", 401, invalid],
    [`Bearer ${viewer}`, 403, `${realm}, error="insufficient_scope", scope="articles:write"`],
    [`Bearer ${editor}`, 200, null],
    [`bearer   ${editor}`, 200, null],
  ];
  for (const [authorization, status, challenge] of table) {
    const reply = await get("/api/write", authorization === null ? {} : { Authorization: authorization });
    const said = `Authorization: ${String(authorization).slice(0, 60)}`;
    expect([said, reply.status, reply.headers.get("WWW-Authenticate")]).toEqual([said, status, challenge]);
    if (status !== 200) {
      expect(reply.headers.get("Content-Type")).toBe("application/problem+json");
      expect(await reply.json()).toMatchObject({
        status,
        title: expect.any(String),
        detail: expect.any(String),
      });
    }
  }
  expect(await (await get("/api/read", { Authorization: `Bearer ${viewer}` })).text()).toBe("archive");
});

test("a revoked token is listed and opens nothing", async () => {
  const { database, get } = open();
  const token = await createApiToken(database, "press", "editor", start);
  expect(await revokeApiToken(database, 1, start)).toBe(true);
  expect(await revokeApiToken(database, 1, start)).toBe(false);
  expect(await listApiTokens(database.db)).toMatchObject([
    { name: "press", revokedAt: start.epochMilliseconds },
  ]);
  expect((await get("/api/read", { Authorization: `Bearer ${token}` })).status).toBe(401);
});
