// Editors, their sessions, mailed links and limits: against a real database.
import { Hono } from "hono";
import { type CompiledQuery, sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { Keyring } from "../config.ts";
import { deviceOf } from "./device.ts";
import { editorAddress } from "./editors.ts";
import { isTarget } from "./held.ts";
import {
  type AccessDeps,
  type AccountTables,
  accountRoutes,
  addEditor,
  audit,
  auditNames,
  changeEditor,
  createApiToken,
  createLoginLink,
  endSessions,
  listApiTokens,
  listEditors,
  loginUrl,
  readAudit,
  removeEditor,
  requireEditor,
  requireFresh,
  requireToken,
  sessionsOf,
} from "./index.ts";
import { type LoginNotice, loginToken } from "./letter.ts";
import { mostTries } from "./limits.ts";
import { mostRefused } from "./refused.ts";

const keys: Keyring = [{ id: "k1", key: "0123456789abcdef0123456789abcdef" }];
const start = Temporal.Instant.from("2026-03-01T07:00:00Z");

function open(address = "http://localhost:3000/") {
  const database = openTestDatabase<AccountTables>();
  const { db } = database;
  const clock = { now: start };
  const site = new URL(address);
  const mails: { address: string; data: LoginNotice }[] = [];
  let waiting: (() => Promise<unknown>)[] = [];
  const deps: AccessDeps = {
    database,
    keys,
    site,
    assets: { css: "/assets/styles.css" },
    now: () => clock.now,
    addressOf: (c) => c.req.header("X-From") ?? "192.0.2.7",
    shell: async (c) => ({
      language: "ar",
      publisher: { name: "المرسى" },
      path: c.req.path,
      assets: { css: "/assets/styles.css" },
    }),
  };
  const queueNotice = ({ address, data }: { address: string; data: LoginNotice }): CompiledQuery => {
    mails.push({ address, data });
    return sql`select 1 where changes() > 0`.compile(db);
  };
  const tokens = { db, now: deps.now, addressOf: deps.addressOf };
  const app = new Hono()
    .route("/", accountRoutes({ ...deps, queueNotice, wake() {}, later: (work) => waiting.push(work) }))
    .get("/newsroom", requireEditor(deps, "viewer"), (c) => c.text(c.var.editor.address))
    .post("/newsroom/act", requireEditor(deps, "editor"), async (c) => {
      await database.batch([
        audit(db, { actor: c.var.editor.address, act: "test", subject: "x" }, clock.now),
      ]);
      return c.text("done");
    })
    .post("/newsroom/send", requireFresh(deps, "editor"), async (c) =>
      c.text(String((await c.req.parseBody())["say"])),
    )
    .post("/api/act", requireToken(tokens, "articles:write"), async (c) => {
      await database.batch([audit(db, { actor: c.var.actor, act: "test", subject: "x" }, clock.now)]);
      return c.text("done");
    });
  const settle = async () => {
    const all = waiting;
    waiting = [];
    for (const work of all) await work();
  };
  const post = (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams(fields).toString();
    return app.request(path, {
      method: "POST",
      body,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": String(body.length),
        ...headers,
      },
    });
  };
  const enter = async (who: string, headers: Record<string, string> = {}) => {
    const link = await createLoginLink(database, who, clock.now);
    const reply = await post(`/newsroom/login/${link}`, {}, headers);
    return reply.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  };
  const get = async (cookie: string) =>
    (await app.request("/newsroom", { headers: { Cookie: cookie } })).status;
  return { database, db, clock, site, app, mails, settle, post, enter, get };
}

const boss = "boss@example.org";

test("an editor is added, changed, switched off and removed; the log says by whom", async () => {
  const { database, db, enter, get } = open();
  const cookie = await enter(boss);
  expect(await addEditor(database, { address: "a@example.org", name: "", role: "viewer" }, boss, start)).toBe(
    true,
  );
  expect(await addEditor(database, { address: "a@example.org", name: "", role: "editor" }, boss, start)).toBe(
    false,
  );
  const hers = await enter("a@example.org");
  expect(await get(hers)).toBe(200);
  expect(await changeEditor(database, "a@example.org", { off: true }, boss, start)).toBe("done");
  expect(await get(hers)).toBe(303);
  expect(await createLoginLink(database, "a@example.org", start)).toBeNull();
  expect(await changeEditor(database, "a@example.org", { off: false, role: "editor" }, boss, start)).toBe(
    "done",
  );
  expect(await get(hers), "an old session does not come back").toBe(303);
  expect(await changeEditor(database, "nobody@example.org", { role: "editor" }, boss, start)).toBe("unknown");
  const again = await enter("a@example.org");
  expect(await removeEditor(database, "a@example.org", boss, start)).toBe("done");
  expect([await get(again), await get(cookie)]).toEqual([303, 200]);
  expect((await listEditors(db)).map(({ address }) => address)).toEqual([boss]);
  const log = await readAudit(db, { actor: boss }, 20);
  expect(log.map(({ act, subject }) => `${act} ${subject}`).reverse()).toEqual([
    "sign-in link",
    "editor-add a@example.org (viewer)",
    "editor-set a@example.org off",
    "editor-set a@example.org role=editor on",
    "editor-remove a@example.org",
  ]);
});

test("the last administrator stays, even of two who go at once", async () => {
  const { database, db, enter } = open();
  await enter("admin@localhost");
  await enter(boss);
  for (const wish of [{ role: "editor" as const }, { off: true }])
    expect(await changeEditor(database, boss, wish, boss, start)).toBe("last-administrator");
  expect(await removeEditor(database, boss, boss, start)).toBe("last-administrator");
  expect(await changeEditor(database, boss, { name: "Boss" }, boss, start)).toBe("done");
  await addEditor(database, { address: "b@example.org", name: "", role: "administrator" }, boss, start);
  const both = await Promise.all([
    removeEditor(database, boss, boss, start),
    changeEditor(database, "b@example.org", { role: "viewer" }, boss, start),
  ]);
  expect(both.sort()).toEqual(["done", "last-administrator"]);
  const left = (await listEditors(db)).filter(
    ({ role, offAt }) => role === "administrator" && offAt === null,
  );
  expect(left.length).toBe(2); // with the one for trying out
  expect(await removeEditor(database, "admin@localhost", boss, start), "who only tries out may go").toBe(
    "done",
  );
});

test("a role that is taken away is gone with the next request", async () => {
  const { database, post, enter } = open();
  await enter(boss);
  await addEditor(database, { address: "a@example.org", name: "", role: "editor" }, boss, start);
  const Cookie = await enter("a@example.org");
  expect((await post("/newsroom/act", {}, { Cookie })).status).toBe(200);
  await changeEditor(database, "a@example.org", { role: "viewer" }, boss, start);
  expect((await post("/newsroom/act", {}, { Cookie })).status).toBe(403);
});

test("asking for a link says the same to all, and mails only whom it knows", async () => {
  const { post, mails, settle, enter, app, site, db, clock } = open();
  await enter(boss);
  const texts: string[] = [];
  for (const address of [boss, "stranger@example.org", " BOSS@example.org "]) {
    const reply = await post("/newsroom/login", { login_address: address });
    expect(reply.status).toBe(200);
    texts.push((await reply.text()).replace(/data-options="[^"]*"/, ""));
  }
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toContain("راجع بريدك");
  expect(await db.selectFrom("login_links").select("mailed").where("mailed", "=", 1).execute()).toEqual([]);
  await settle();
  const links = await db.selectFrom("login_links").select("token_hash").where("mailed", "=", 1).execute();
  expect(links).toHaveLength(2);
  const { data } = mails[0] ?? { data: { noise: [], expiresAt: 0 } };
  expect(JSON.stringify(data)).not.toContain(await loginToken(keys, data));
  const url = await loginUrl(keys, site, data);
  expect((await app.request(url)).status).toBe(200);
  expect((await app.request(url)).status, "a GET uses nothing up").toBe(200);
  expect((await post(new URL(url).pathname)).status).toBe(303);
  expect((await post(new URL(url).pathname)).status).toBe(410);
  const second = await loginUrl(keys, site, mails[2]?.data ?? data);
  clock.now = start.add({ minutes: 31 });
  expect((await post(new URL(second).pathname)).status).toBe(410);
  for (const wrong of ["", "x", "a@b", "a b@c.example", "a@example.org, b@example.org"])
    expect((await post("/newsroom/login", { login_address: wrong })).status).toBe(422);
});

test("whoever asks for links in somebody's name shuts nobody out: a link that works is always in the mailbox", async () => {
  const { post, mails, settle, enter, app, site, db, clock } = open();
  await enter(boss);
  let newest = "";
  for (let minute = 0; minute < 60; minute++) {
    clock.now = start.add({ minutes: minute });
    await post("/newsroom/login", { login_address: boss }, { "X-From": `198.51.${minute}.1` });
    const before = (await db.selectFrom("login_links").select("token_hash").where("mailed", "=", 1).execute())
      .length;
    await settle();
    const after = (await db.selectFrom("login_links").select("token_hash").where("mailed", "=", 1).execute())
      .length;
    const last = mails.at(-1);
    if (last && after > before) newest = await loginUrl(keys, site, last.data);
    expect((await app.request(newest)).status, `minute ${minute}`).toBe(200);
  }
});

test("a flood from one network waits; others, and the other door, do not", async () => {
  const { post, settle, enter, db, clock } = open();
  await enter(boss);
  const ask = async (from: string) =>
    (await post("/newsroom/login", { login_address: boss }, { "X-From": from })).status;
  for (let i = 0; i < mostTries.link; i++) expect(await ask("198.51.100.1")).toBe(200);
  expect(await ask("198.51.100.2")).toBe(429);
  expect(await ask("203.0.113.9")).toBe(200);
  expect((await post("/newsroom/login/passkey", {}, { "X-From": "198.51.100.1" })).status).toBe(403);
  for (let i = 0; i < 500; i++) await ask(`10.${i % 250}.${Math.floor(i / 250)}.1`);
  await settle();
  expect((await db.selectFrom("sign_in_counts").select("bucket").execute()).length).toBeLessThan(503);
  clock.now = start.add({ minutes: 15 });
  expect(await ask("198.51.100.1")).toBe(200);
});

const refusals = async (db: ReturnType<typeof open>["db"]) =>
  (await readAudit(db, { act: "sign-in-refused" }, 500))
    .reverse()
    .map(({ actor, subject, network }) => `${actor} ${subject} ${network}`);

test("who was refused at the sign-in stands in the log, once an hour: by whose link or key, and no word that a stranger typed", async () => {
  const { database, db, post, settle, enter, clock } = open();
  await enter(boss);
  const link = (await createLoginLink(database, boss, start)) ?? "";
  const handle = await db.selectFrom("editors").select("id").executeTakeFirstOrThrow();
  await sql`insert into passkeys (editor_id, credential_id, public_key, counter, transports, synced, backed_up, name, created_at)
    values (${handle.id}, 'known', '', 0, '[]', 0, 0, '', 0)`.execute(db);
  const signed = (id: string) =>
    JSON.stringify({
      ...{ id, rawId: id, type: "public-key", clientExtensionResults: {} },
      response: { clientDataJSON: "e30", authenticatorData: "x", signature: "x" },
    });
  const key = (id: string) => post("/newsroom/login/passkey", { login_response: signed(id) });
  const texts: string[] = [];
  const read = async (reply: Response | Promise<Response>) =>
    texts.push((await (await reply).text()).replace(/data-options="[^"]*"|login\/[\w-]{20,}/g, ""));

  expect((await post(`/newsroom/login/${link}`)).status).toBe(303);
  await settle();
  expect(await refusals(db)).toEqual([]);
  for (let i = 0; i < 3; i++) await read(post(`/newsroom/login/${link}`));
  await read(post(`/newsroom/login/${"no-such-link".repeat(3)}`));
  for (let i = 0; i < 3; i++) for (const id of ["known", "unknown"]) await read(key(id));
  await post("/newsroom/login/passkey", { login_response: "<script>nobody@example.org</script>" });
  await post("/newsroom/login", { login_address: "nobody@example.org" });
  expect(await refusals(db), "nothing is written before the reply").toEqual([]);
  await settle();
  const network = "192.0.2.0/24";
  const once = [
    `${boss} link ${network}`,
    `stranger link ${network}`,
    `${boss} passkey ${network}`,
    `stranger passkey ${network}`,
  ];
  expect(await refusals(db)).toEqual(once);
  // One page says it to whoever is known and to whoever is not.
  expect(new Set(texts).size).toBe(2);

  clock.now = start.add({ minutes: 61 });
  await key("known");
  await settle();
  expect(await refusals(db)).toEqual([...once, `${boss} passkey ${network}`]);
});

test("however many networks try, the log grows by so many lines a day, and one's own key is not lost among them", async () => {
  const { db, post, settle, enter, clock } = open();
  await enter(boss);
  const flood = async () => {
    for (let i = 0; i < mostRefused.strangers + 10; i++)
      await post("/newsroom/login/passkey", {}, { "X-From": `198.51.${i}.1` });
    await settle();
  };
  await flood();
  expect(await refusals(db)).toHaveLength(mostRefused.strangers);
  const [whose] = await listEditors(db);
  await sql`insert into passkeys (editor_id, credential_id, public_key, counter, transports, synced, backed_up, name, created_at)
    values (${whose?.id}, 'known', '', 0, '[]', 0, 0, '', 0)`.execute(db);
  const response = {
    ...{ id: "known", rawId: "known", type: "public-key", clientExtensionResults: {} },
    response: { clientDataJSON: "e30", authenticatorData: "x", signature: "x" },
  };
  for (let i = 0; i < mostRefused.person + 5; i++)
    await post(
      "/newsroom/login/passkey",
      { login_response: JSON.stringify(response) },
      { "X-From": `203.0.${i}.1` },
    );
  await settle();
  expect((await refusals(db)).filter((it) => it.startsWith(boss))).toHaveLength(mostRefused.person);
  clock.now = start.add({ hours: 25 });
  await flood();
  expect((await refusals(db)).length).toBe(2 * mostRefused.strangers + mostRefused.person);
});

test("a network that tried too often stands in the log", async () => {
  const { db, post, settle, enter } = open();
  await enter(boss);
  const ask = () => post("/newsroom/login", { login_address: boss }, { "X-From": "198.51.100.1" });
  for (let i = 0; i < mostTries.link + 3; i++) await ask();
  await settle();
  expect(await refusals(db)).toEqual(["stranger link, too often 198.51.100.0/24"]);
});

test.each(["stranger", "command line", "a@b"])("no token is called %s", async (name) => {
  const { database } = open();
  await expect(createApiToken(database, name, "viewer", start)).rejects.toThrow("cannot be called");
});

test("a session ends when it is not used for two days, and after two weeks whatever happens", async () => {
  const { clock, enter, get } = open();
  const idle = await enter(boss);
  const used = await enter(boss);
  for (let hours = 0; hours < 14 * 24; hours += 40) {
    clock.now = start.add({ hours });
    expect(await get(used), `${hours} h`).toBe(200);
  }
  expect(await get(idle)).toBe(303);
  clock.now = start.add({ hours: 14 * 24 });
  expect(await get(used)).toBe(303);
});

test("signing in again takes the place of the session that the browser had", async () => {
  const { database, db, enter, get, clock } = open();
  const first = await enter(boss, {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  });
  const second = await enter(boss, { Cookie: first });
  expect([await get(first), await get(second)]).toEqual([303, 200]);
  const third = await enter(boss);
  const [me] = await listEditors(db);
  if (!me) throw new Error("Nobody is there.");
  const sessions = await sessionsOf(db, me.id, clock.now);
  expect(sessions.map(({ device, network, way }) => [device, network, way])).toEqual([
    ["", "192.0.2.0/24", "link"],
    ["", "192.0.2.0/24", "link"],
  ]);
  const own = Math.max(...sessions.map(({ id }) => id));
  const mine = sessions.find(({ id }) => id === own)?.id ?? null;
  expect(await endSessions(database, me, { but: mine }, boss, clock.now)).toBe(1);
  expect([await get(second), await get(third)]).toEqual([303, 200]);
});

/** The fields of the form in a page that sends to such a path. */
function formIn(page: string, action: string): Record<string, string> {
  const [, form = ""] = page.split(`action="${action}"`);
  const inputs = (form.split("</form>")[0] ?? "").matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, value]));
}

test("what was typed comes back to whoever is not signed in any more, and only then goes on", async () => {
  const { db, post, enter, clock } = open();
  const say = 'كتبنا <b>"كذا"</b>';
  const before = await enter(boss);
  await db.deleteFrom("sessions").execute();
  const out = await post("/newsroom/send?x=1", { say }, { Cookie: before });
  expect(out.status).toBe(403);
  const page = await out.text();
  expect(page).toContain('name="login_to" value="/newsroom/send?x=1"');
  expect(page).toContain("كتبنا &lt;b&gt;&quot;كذا&quot;&lt;/b&gt;");
  const Cookie = await enter(boss);
  expect(await (await post("/newsroom/send", { say }, { Cookie })).text()).toBe(say);
  clock.now = start.add({ minutes: 30 });
  const old = await post("/newsroom/send", { say }, { Cookie });
  const asked = await old.text();
  expect([old.status, asked.includes("أكّد أنك أنت")]).toEqual([403, true]);
  const held = { ...formIn(asked, "/newsroom/login"), say };
  const on = formIn(await (await post("/newsroom/login", held)).text(), "/newsroom/login/go-on");
  const waiting = await post("/newsroom/login/go-on", { ...on, say }, { Cookie: before });
  expect([waiting.status, formIn(await waiting.text(), "/newsroom/login")["login_for"]]).toEqual([
    403,
    on["login_for"],
  ]);
  const done = await post("/newsroom/login/go-on", { ...on, say }, { Cookie });
  expect([done.status, done.headers.get("Location")]).toEqual([307, "/newsroom/send"]);
});

test("what one person typed is not sent by another who signs in on that browser", async () => {
  const { database, db, post, enter } = open();
  const hers = await enter(boss);
  await addEditor(database, { address: "b@example.org", name: "", role: "administrator" }, boss, start);
  await db.deleteFrom("sessions").execute();
  const out = await post("/newsroom/send", { say: "x" }, { Cookie: hers });
  const held = formIn(await out.text(), "/newsroom/login");
  const Cookie = await enter("b@example.org", { Cookie: hers });
  const refused = await post("/newsroom/login/go-on", held, { Cookie });
  expect([refused.status, refused.headers.get("Location")]).toEqual([403, null]);
  expect(await refused.text()).toContain("كتبه غيرك");
  for (const login_for of ["", "A".repeat(22), "x"]) {
    const again = await post("/newsroom/login/go-on", { ...held, login_for }, { Cookie });
    expect([again.status === 307, login_for], "nor with a mark of one's own making").toEqual([
      false,
      login_for,
    ]);
  }
});

test("a form cannot bring fields that are the sign-in's own", async () => {
  const { db, post, enter } = open();
  const Cookie = await enter(boss);
  await db.deleteFrom("sessions").execute();
  const out = await post("/newsroom/send", { say: "x", login_to: "/newsroom/elsewhere" }, { Cookie });
  const page = await out.text();
  expect([page.includes('name="say"'), page.includes("elsewhere")]).toEqual([true, false]);
});

test("what nobody knows who typed is not kept", async () => {
  const { post, enter } = open();
  await enter(boss);
  for (const Cookie of ["", `nashra_session=${"A".repeat(43)}`]) {
    const out = await post("/newsroom/send", { say: "سر" }, { Cookie });
    const page = await out.text();
    expect([out.status, page.includes('سر"'), page.includes("انتهت جلستك")]).toEqual([403, false, true]);
  }
});

test.each([
  ["/newsroom", true],
  ["/newsroom/issues/daily/2026-03-01-morning?x=%D8%B3", true],
  ["/newsroom/settings/audit?act=a&from=2026-03-01", true],
  ["", false],
  ["//evil.example/newsroom", false],
  ["/newsroom\\evil.example", false],
  ["/newsroom/\\evil.example", false],
  ["/newsroom@evil.example", false],
  ["/newsroomevil", false],
  ["https://evil.example/newsroom", false],
  ["/newsroom/login", false],
  ["/newsroom/login/passkey", false],
  ["/newsroom/sign-out", false],
  ["/newsroom/a b", false],
  ["/newsroom/\n", false],
  ["/newsroom/../unsubscribe/x", false],
  ["/newsroom/%2e%2e/unsubscribe/x", false],
  ["/newsroom/./login", false],
  ["/newsroom/issues/../sign-out", false],
  [`/newsroom/${"a".repeat(2000)}`, false],
])("%j is a page to go on to: %s", (path, expected) => expect(isTarget(path)).toBe(expected));

test.each([
  ["Salma@Example.org ", "salma@example.org"],
  ["admin@localhost", "admin@localhost"],
  ["ａ@example.org", "a@example.org"],
  ["a@marsa", null],
  ["a", null],
  ["", null],
  ["a@b@c.example", null],
  ["<a@example.org>", null],
])("the address %j is stored as %j", (typed, stored) => expect(editorAddress(typed)).toBe(stored));

test.each([
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML) Version/18.0 Mobile/15E148 Safari/604.1",
    "Safari, iPhone",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML) Chrome/150.0 Mobile Safari/537.36",
    "Chrome, Android",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
    "Edge, Windows",
  ],
  ["curl/8.0", ""],
  ["", ""],
])("%j is called %j", (agent, words) => expect(deviceOf(agent)).toBe(words));

test("the log says from where, knows each actor once, and is read in pages", async () => {
  const { database, db, post, enter, clock } = open();
  const Cookie = await enter(boss);
  const token = await createApiToken(database, "press", ["articles:write"], start);
  await post("/newsroom/act", {}, { Cookie, "X-From": "198.51.100.7" });
  await post("/api/act", {}, { Authorization: `Bearer ${token}`, "X-From": "2001:db8:1:2::3" });
  clock.now = start.add({ minutes: 1 });
  for (let i = 0; i < 30; i++)
    await database.batch([audit(db, { actor: "command line", act: "bulk", subject: String(i) }, clock.now)]);
  const [byToken, byPerson] = await readAudit(db, { act: "test" }, 5);
  expect([byPerson?.network, byToken?.network]).toEqual(["198.51.100.0/24", "2001:db8:1::/48"]);
  expect(await auditNames(db, "actor")).toEqual([boss, "command line", "press"]);
  const read: string[] = [];
  let after: { at: number; id: number } | null = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof readAudit>> = await readAudit(db, { act: "bulk" }, 7, after);
    read.push(...page.map(({ subject }) => subject));
    const last = page.at(-1);
    if (!last) break;
    after = { at: last.at.epochMilliseconds, id: last.id };
  }
  expect(read).toEqual(Array.from({ length: 30 }, (_, i) => String(29 - i)));
  expect(await readAudit(db, { until: start }, 5)).toEqual([]);
  expect((await readAudit(db, { from: clock.now }, 100)).length).toBe(30);
});

test("a token may at most do what its maker may do now", async () => {
  const { database, db, post, enter } = open();
  await enter(boss);
  const maker = { address: "a@example.org", name: "", role: "administrator" as const };
  await addEditor(database, maker, boss, start);
  const all = await createApiToken(database, "all", ["admin"], start, maker.address);
  const some = await createApiToken(
    database,
    "some",
    ["articles:write", "subscribers:manage"],
    start,
    maker.address,
  );
  const house = await createApiToken(database, "house", "administrator", start);
  const act = async (token: string) =>
    (await post("/api/act", {}, { Authorization: `Bearer ${token}` })).status;
  const may = async () => (await listApiTokens(db)).map(({ now }) => now.join(" "));
  const tries = async () => [await act(all), await act(some), await act(house)];
  expect([await tries(), await may()]).toEqual([
    [200, 200, 200],
    ["admin", "articles:write subscribers:manage", "admin"],
  ]);
  await changeEditor(database, maker.address, { role: "editor" }, boss, start);
  expect([await tries(), await may()]).toEqual([
    [200, 200, 200],
    [
      "articles:read articles:write issues:read issues:write issues:send subscribers:read subscribers:write feedback:write metrics:read",
      "articles:read articles:write subscribers:read subscribers:write",
      "admin",
    ],
  ]);
  await changeEditor(database, maker.address, { role: "viewer" }, boss, start);
  expect([await tries(), await may()]).toEqual([
    [403, 403, 200],
    ["articles:read issues:read metrics:read", "articles:read", "admin"],
  ]);
  await changeEditor(database, maker.address, { role: "administrator", off: true }, boss, start);
  expect([await tries(), await may()]).toEqual([
    [401, 401, 200],
    ["", "", "admin"],
  ]);
  await changeEditor(database, maker.address, { off: false }, boss, start);
  expect(await tries()).toEqual([200, 200, 200]);
  await removeEditor(database, maker.address, boss, start);
  expect(await tries()).toEqual([401, 401, 200]);
  await addEditor(database, maker, boss, start);
  expect(await tries(), "they do not come back with the address").toEqual([401, 401, 200]);
  const log = await readAudit(db, { act: "token-revoke" }, 5);
  expect(log.map(({ actor, subject }) => `${actor} ${subject}`)).toEqual([
    `${boss} some (2)`,
    `${boss} all (1)`,
  ]);
});

test("two tokens of one name: an act is logged with the network that it came from", async () => {
  const { database, db, post, clock } = open();
  const both = [
    await createApiToken(database, "press", ["articles:write"], start),
    await createApiToken(database, "press", ["articles:write"], start),
  ];
  for (const n of [0, 1, 0, 1]) {
    clock.now = clock.now.add({ seconds: 1 });
    await post("/api/act", {}, { Authorization: `Bearer ${both[n]}`, "X-From": `198.51.${n}.7` });
  }
  const log = await readAudit(db, { act: "test" }, 5);
  expect(log.map(({ network }) => network)).toEqual([
    "198.51.1.0/24",
    "198.51.0.0/24",
    "198.51.1.0/24",
    "198.51.0.0/24",
  ]);
});

test.each(["salma@example.org", "command line", "", "x".repeat(101)])(
  "no token is called %j",
  async (name) => {
    const { database } = open();
    await expect(createApiToken(database, name, "viewer", start)).rejects.toThrow(/cannot be called/);
  },
);
