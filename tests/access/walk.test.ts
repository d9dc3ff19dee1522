// Every route of the app, and who may call it: a new one has to say so.
import { afterAll, describe, expect, test } from "vitest";
import { type Role, roles, type Scope, scopes } from "../../src/accounts/index.ts";
import { holds } from "../../src/accounts/roles.ts";
import { needs, openWalk, origin } from "./walk.fixture.ts";

const walk = await openWalk();
afterAll(() => walk.stop());
const { routes } = walk;
const guarded = routes.filter(({ doors }) => doors.length > 0);
const newsroom = guarded.filter((route) => needs(route).role !== null);
const api = guarded.filter((route) => needs(route).scope !== null);
const isRole = (power: Role | Scope): power is Role => roles.some((role) => role === power);

// Everybody there is: a session of each role, and a token of each role and scope.
const people: (readonly [Role, string])[] = [];
for (const role of roles) people.push([role, await walk.enter(role)]);
const tokens: { power: Role | Scope; token: string }[] = [];
for (const power of [...roles, ...scopes])
  tokens.push({ power, token: await walk.token(isRole(power) ? power : [power]) });
const program = await walk.token("administrator");

const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

/** Routes that open to everybody, and why. Whatever is in no list and behind no door fails. */
const open: Readonly<Record<string, readonly string[]>> = {
  "readers and programs of readers": [
    "GET /",
    "GET /articles/:id",
    "GET /authors/:slug",
    "GET /issues/:digest",
    "GET /issues/:digest/:name",
    "GET /opensearch.xml",
    "GET /robots.txt",
    "GET /search",
    "GET /sections/:slug",
    "GET /tags/:slug",
    "ALL /feeds.opml",
    "ALL /feeds/*",
    "ALL /news-sitemap.xml",
    "ALL /news-sitemaps/*",
    "GET /feeds.opml",
    "GET /feeds/*",
    "GET /news-sitemap.xml",
    "GET /news-sitemaps/*",
    "GET /api/openapi.json",
  ],
  "signing up: nothing happens before it is confirmed, and floods are limited": [
    "GET /subscribe",
    "GET /subscribe.js",
    "GET /subscribe/embed",
    "GET /subscribe/embed/preview",
    "POST /subscribe",
    "GET /preferences",
    "POST /preferences",
  ],
  "a signed link": [
    "GET /confirm/:token",
    "POST /confirm/:token",
    "GET /preferences/:token",
    "POST /preferences/:token",
    "POST /preferences/:token/pause",
    "POST /preferences/:token/resume",
    "POST /preferences/:token/leave",
    "POST /preferences/:token/address",
    "POST /preferences/:token/export",
    "GET /preferences/:token/erase",
    "POST /preferences/:token/erase",
    "GET /preferences/address/:token",
    "POST /preferences/address/:token",
    "POST /preferences/:token/link",
    "GET /unsubscribe/:token",
    "POST /unsubscribe/:token",
    "GET /unsubscribe/return/:token",
    "POST /unsubscribe/return/:token",
    "GET /worth/:token",
    "POST /worth/:token",
    "GET /c/:token/:mark?",
  ],
  "links of a mail that is looked at before it goes out: they do nothing": [
    "GET /worth/test",
    "POST /worth/test",
    "GET /unsubscribe/test",
    "POST /unsubscribe/test",
    "GET /preferences/test",
    "POST /preferences/test",
  ],
  "other servers, which prove themselves": [
    "GET /websub",
    "POST /websub",
    "ALL /websub",
    "POST /inbound/wordpress/:source",
    "GET /inbound/websub/:source/:token",
    "POST /inbound/websub/:source/:token",
    "POST /cron/tick",
  ],
  "whoever runs the machine": ["GET /healthz", "GET /readyz"],
  "the sign-in itself": [
    "GET /newsroom/login",
    "POST /newsroom/login",
    "POST /newsroom/login/passkey",
    "POST /newsroom/login/go-on",
    "GET /newsroom/login/:token",
    "POST /newsroom/login/:token",
    "POST /newsroom/sign-out",
  ],
};
const openNames = new Set(Object.values(open).flat());

test("every route is behind a door, or in the list of those that are open", () => {
  const undeclared = routes.filter(({ doors }) => doors.length === 0).map(nameOf);
  expect(undeclared.filter((name) => !openNames.has(name))).toEqual([]);
  const doubly = guarded.map(nameOf).filter((name) => openNames.has(name));
  expect(doubly).toEqual([]);
  expect(guarded.length).toBeGreaterThan(60);
});

test("every page of the newsroom has a role, every route of the API one scope", () => {
  for (const route of routes) {
    const { path } = route;
    if (openNames.has(nameOf(route))) continue;
    if (path.startsWith("/newsroom")) expect(needs(route).role, nameOf(route)).not.toBeNull();
    const { scope, scopes } = needs(route);
    // A door before the last takes no more than the last.
    if (path.startsWith("/api/v1"))
      expect([scope !== null, scopes.every((it) => scope && holds([scope], it))], nameOf(route)).toEqual([
        true,
        true,
      ]);
  }
});

test.each(["1.0", "0x1", "+1", "%201", "1e0", "-1", "1%00", "١"])(
  "who has no token gets through no door of the API by writing an id as %s",
  async (id) => {
    for (const { method, path } of api) {
      const spelled = path.replace(/:\w+(\{[^}]*\})?/g, id);
      const { status } = await walk.app.request(`${origin}${spelled}`, { method });
      expect([401, 404], `${method} ${spelled}`).toContain(status);
    }
  },
);

test("who may call what", async () => {
  const lines = guarded.map((route) => {
    const { role, fresh, scope } = needs(route);
    return `${nameOf(route).padEnd(72)} ${scope ?? role}${fresh ? ", just now" : ""}`;
  });
  await expect(`${[...new Set(lines)].join("\n")}\n`).toMatchFileSnapshot("doors.golden.txt");
});

const signIn = /^\/newsroom\/login(\?|$)/;
/** Whether somebody was stopped at the door. */
const isStopped = (reply: Response) =>
  reply.status === 401 ||
  reply.status === 403 ||
  (reply.status === 303 && signIn.test(reply.headers.get("Location") ?? ""));

describe("a page of the newsroom", () => {
  test.each(newsroom)("$method $path", async (route) => {
    const { role: needed } = needs(route);
    const before = await walk.stored();
    const forbidden = [
      ["nobody", ""],
      ["a session that never was", `nashra_session=${"A".repeat(43)}`],
      ...people.filter(([role]) => needed !== null && roles.indexOf(role) < roles.indexOf(needed)),
    ] as const;
    for (const [who, cookie] of forbidden) {
      const reply = await walk.call(route, cookie ? { Cookie: cookie } : {});
      expect([who, reply.status, isStopped(reply)]).toEqual([who, reply.status, true]);
      expect(reply.headers.get("Cache-Control"), who).toBe("no-store");
    }
    const reply = await walk.call(route, { Authorization: `Bearer ${program}` });
    expect(isStopped(reply), "a token is no session").toBe(true);
    expect(await walk.stored()).toBe(before);

    for (const [role, cookie] of people) {
      if (needed === null || roles.indexOf(role) < roles.indexOf(needed)) continue;
      const reply = await walk.call(route, { Cookie: cookie });
      expect([role, reply.status, isStopped(reply)]).toEqual([role, reply.status, false]);
      expect(reply.status, role).toBeLessThan(500);
    }
  });

  test.each(newsroom.filter((route) => needs(route).fresh))(
    "$method $path asks who it is, once more",
    async (route) => {
      const cookie = await walk.enter("administrator");
      await walk.database.db.updateTable("sessions").set({ fresh_at: 0 }).execute();
      const before = await walk.stored();
      const reply = await walk.call(
        route,
        { Cookie: cookie },
        new URLSearchParams({ say: "ما كتبته <b>", login_x: "no" }),
      );
      expect(reply.status).toBe(403);
      const page = await reply.text();
      expect(page).toContain('action="/newsroom/login"');
      if (route.method === "POST") expect(page).toContain('name="say" value="ما كتبته &lt;b&gt;"');
      expect(page).not.toContain("login_x");
      expect(await walk.stored()).toBe(before);
      await walk.database.db.updateTable("sessions").set({ fresh_at: walk.at().epochMilliseconds }).execute();
    },
  );

  const posts = routes.filter(
    ({ path, method }) => path.startsWith("/newsroom") && method !== "GET" && method !== "ALL",
  );
  const types = [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/json",
    "",
  ];
  test.each(posts)("$method $path takes no form of another site", async (route) => {
    const cookie = await walk.enter("administrator");
    const before = await walk.stored();
    for (const evil of [
      "https://evil.example",
      "http://localhost:3001",
      "http://localhost.evil.example:3000",
      "null",
    ])
      for (const type of types)
        for (const site of ["cross-site", "same-site", "none", ""]) {
          const headers = {
            Cookie: cookie,
            Origin: evil,
            ...(type && { "Content-Type": type }),
            ...(site && { "Sec-Fetch-Site": site }),
          };
          const reply = await walk.call(route, headers, "role=administrator");
          expect([evil, type, site, reply.status]).toEqual([evil, type, site, 403]);
        }
    const bare = new Request(`${origin}${route.path.replace(/:\w+/g, "1")}`, {
      method: route.method,
      headers: { Cookie: cookie },
    });
    expect((await walk.app.request(bare)).status, "no origin at all").toBe(403);
    expect(await walk.stored()).toBe(before);
  });
});

describe("a route of the API", () => {
  const byRole: Readonly<Record<Role, readonly Scope[]>> = {
    viewer: ["articles:read", "issues:read", "metrics:read"],
    editor: ["articles:write", "issues:send", "subscribers:write", "feedback:write", "metrics:read"],
    administrator: ["admin"],
  };

  test.each(api)("$method $path", async (route) => {
    const { scope } = needs(route);
    const cookie = await walk.enter("administrator");
    const before = await walk.stored();
    for (const headers of [{}, { Cookie: cookie }, { Authorization: `Bearer nashra_${"A".repeat(43)}` }]) {
      const reply = await walk.call(route, headers);
      expect(reply.status).toBe(401);
      expect(reply.headers.get("WWW-Authenticate")).toContain("Bearer");
    }
    for (const { power, token } of tokens) {
      const held = isRole(power) ? byRole[power] : [power];
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const may = scope !== null && holds(held, scope);
      if (!may) {
        const reply = await walk.call(route, headers, "{}");
        expect([power, reply.status]).toEqual([power, 403]);
      }
    }
    expect(await walk.stored()).toBe(before);
    for (const { power, token } of tokens) {
      if (scope === null || !holds(isRole(power) ? byRole[power] : [power], scope)) continue;
      const reply = await walk.call(
        route,
        { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        "{}",
      );
      expect([401, 403].includes(reply.status), `${power}: ${reply.status}`).toBe(false);
      expect(reply.status, power).toBeLessThan(500);
    }
  });
});
