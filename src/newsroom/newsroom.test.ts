import { expect, test } from "vitest";
import { markRestored } from "../settings/index.ts";
import { mailBytes, openNewsroom } from "./newsroom.fixture.ts";

test("no page of the newsroom opens to whoever is not signed in", async () => {
  const { app, issue } = await openNewsroom();
  await issue("2026-03-01");
  const open = ["/newsroom/login", "/newsroom/login/passkey", "/newsroom/login/:token", "/newsroom/sign-out"];
  const pages = app.routes.filter(({ path, method }) => method !== "ALL" && !open.includes(path));
  expect(pages.length).toBeGreaterThanOrEqual(7);
  const filled = pages.map(({ method, path }) => ({
    method,
    path: path.replace(":digest", "daily").replace(":name", "2026-03-01-morning").replace(":id", "1-a"),
  }));
  for (const { method, path } of [...filled, { method: "GET", path: "/newsroom/anything/else" }]) {
    for (const cookie of ["", `nashra_session=${"A".repeat(43)}`, `__Host-nashra=${"A".repeat(43)}`]) {
      const reply = await app.request(path, { method, headers: { Cookie: cookie } });
      const body = await reply.text();
      const [signIn = "", back] = (reply.headers.get("Location") ?? "").split("?login_to=");
      expect([path, reply.status, signIn, body]).toEqual([path, 303, "/newsroom/login", ""]);
      const hasWayBack = method === "GET" && path !== "/newsroom";
      expect(back).toBe(hasWayBack ? encodeURIComponent(path) : undefined);
    }
  }
});

test("what is asked for and what it gets", async () => {
  const { issue, enter } = await openNewsroom();
  await issue("2026-03-01");
  const get = await enter();
  const table: [path: string, status: number][] = [
    ["/newsroom", 200],
    ["/newsroom/stories", 200],
    ["/newsroom/stories?importance=3&source=x&show=retracted", 200],
    ["/newsroom/stories?section=none", 400],
    ["/newsroom/stories?importance=4", 400],
    ["/newsroom/stories?after=x", 400],
    ["/newsroom/stories?q=%22-", 400],
    ["/newsroom/stories/1", 404],
    ["/newsroom/stories/1%20or%201", 404],
    ["/newsroom/stories/1/rank", 404],
    ["/newsroom/stories/1/retract", 404],
    ["/newsroom/issues", 200],
    ["/newsroom/issues?before=2", 200],
    ["/newsroom/issues?before=0", 400],
    ["/newsroom/issues?before=-1", 400],
    ["/newsroom/issues?before=x", 400],
    ["/newsroom/issues/daily/2026-03-01-morning", 200],
    ["/newsroom/issues/daily/2026-03-01-morning?after=5", 200],
    ["/newsroom/issues/daily/2026-03-01-morning?after=1%20or%201", 400],
    ["/newsroom/issues/daily/2026-03-01-morning?sections=77", 200],
    ["/newsroom/issues/daily/2026-03-02-morning", 404],
    ["/newsroom/issues/daily/x", 404],
    ["/newsroom/issues/other/2026-03-01-morning", 404],
    ["/newsroom/outbox", 200],
    ["/newsroom/outbox/1-a", 200],
    ["/newsroom/outbox/1-a?view=nonsense", 200],
    ["/newsroom/outbox/1-a/html", 200],
    ["/newsroom/outbox/1-a/message.eml", 200],
    ["/newsroom/outbox/nothing", 404],
    ["/newsroom/outbox/nothing/html", 404],
    ["/newsroom/outbox/nothing/message.eml", 404],
    ["/newsroom/outbox/..%2F..%2Fetc%2Fpasswd", 404],
    ["/newsroom/outbox/__proto__", 404],
    [`/newsroom/outbox/${"a".repeat(5000)}`, 404],
  ];
  for (const [path, status] of table) {
    const reply = await get(path);
    expect([path, reply.status, reply.headers.get("Cache-Control")]).toEqual([path, status, "no-store"]);
  }
});

test("an empty newsroom says what will stand there", async () => {
  const { enter } = await openNewsroom({});
  const get = await enter();
  expect((await get("/newsroom/issues")).html).toContain("npx nashra digest send daily");
  expect((await get("/newsroom/outbox")).html).toContain("لا رسائل بعد");
});

test("without an outbox its pages say so", async () => {
  const { enter } = await openNewsroom(null);
  const get = await enter();
  for (const path of ["/newsroom/outbox", "/newsroom/outbox/1-a"])
    expect((await get(`${path}?lang=en`)).html).toContain("There is no outbox here");
  for (const path of ["/newsroom/outbox/1-a/html", "/newsroom/outbox/1-a/message.eml"])
    expect((await get(path)).status).toBe(404);
});

test("the list of issues tells what became of each, and can be read to its end", async () => {
  const { issue, candidate, enter } = await openNewsroom();
  for (let day = 1; day <= 23; day++) await issue(`2026-01-${String(day).padStart(2, "0")}`);
  await issue("2026-02-01", { state: "skipped", reason: "too few stories: 2, and it takes 3" });
  const sent = await issue("2026-03-01", { candidates: 3 });
  await candidate(sent, "a@example.org", { state: "accepted" });
  await candidate(sent, "b@example.org", { state: "rejected" });
  await candidate(sent, "c@example.org", { excluded: "paused" });
  const get = await enter();
  const first = await get("/newsroom/issues");
  expect(first.html).toContain("مقبولة 1، مرفوضة 1، مستثنى 1");
  expect(first.html).toContain("أخباره 2، وأقل عدد 3");
  const older = /href="([^"]*)" rel="next"/.exec(first.html)?.[1] ?? "";
  const second = await get(older);
  const names = (html: string) =>
    (html.split('id="list"')[1] ?? "").match(/\/newsroom\/issues\/daily\/[\d-]+-morning/g) ?? [];
  expect([names(first.html).length, names(second.html).length]).toEqual([20, 5]);
  expect(new Set([...names(first.html), ...names(second.html)]).size).toBe(25);
  expect(second.html).not.toContain('rel="next"');
});

test("an issue accounts for every candidate and says why each story is in it", async () => {
  const { issue, candidate, edition, publish, retract, enter } = await openNewsroom();
  const it = await issue("2026-03-01", { candidates: 4 });
  const story = await publish({ title: "سدرانا توقّع اتفاق المياه" });
  const withdrawn = await publish({ title: "خبر سُحب" });
  await retract(withdrawn, "خطأ");
  await edition(it, "", [story, withdrawn]);
  await candidate(it, "salma@example.org", { state: "accepted", reply: "250 2.0.0 Ok: queued" });
  await candidate(it, "omar@example.org", { state: "in_doubt", reply: "connection lost", in_doubt: 2 });
  await candidate(it, "left@example.org", { state: "withdrawn", reason: "left-by-one-click" });
  await candidate(it, "paused@example.org", { excluded: "paused" });
  const get = await enter();
  const path = "/newsroom/issues/daily/2026-03-01-morning";
  const arabic = (await get(path)).html;
  for (const words of [
    "المرشحون 4 = الرسائل 3 + المستثنون 1",
    "أوقف الاشتراك مؤقتًا",
    "سدرانا توقّع اتفاق المياه",
    "سُحب بعدها",
    "43.1",
    "أهميته عند المحرر 2 من 3",
    "ورد في 5 مقالات، ومصادره من خارج الصحيفة: 3",
    "salma@example.org",
    "250 2.0.0 Ok: queued",
    "1 (منها غير مؤكد: 2)",
    "ألغى الاشتراك من زرّ البريد",
  ])
    expect(arabic).toContain(words);
  const english = (await get(`${path}?lang=en`)).html;
  for (const words of [
    "4 candidates = 3 letters + 1 excluded",
    "editor’s importance 2 of 3",
    "carried by 5 articles, with 3 outside sources",
    "4 hours old, which leaves it 79% of its weight",
  ])
    expect(english).toContain(words);
});

test("sums that do not agree are an alarm", async () => {
  const { issue, candidate, enter } = await openNewsroom();
  const it = await issue("2026-03-01", { candidates: 3 });
  await candidate(it, "a@example.org", { state: "accepted" });
  const { html } = await (await enter())("/newsroom/issues/daily/2026-03-01-morning");
  expect(html).toContain('role="alert"');
  expect(html).toContain("الحساب لا يستقيم");
});

test("the ledger is read to its end, every letter once", async () => {
  const { issue, candidate, edition, enter } = await openNewsroom();
  const it = await issue("2026-03-01", { candidates: 120 });
  await edition(it, "[1]", []);
  const chosen = `sections=${encodeURIComponent("[1]")}&language=ar`;
  for (let i = 0; i < 120; i++) await candidate(it, `reader-${i}-@example.org`, { state: "accepted" });
  const get = await enter();
  const seen: string[] = [];
  let path: string | undefined = `/newsroom/issues/daily/2026-03-01-morning?${chosen}`;
  for (let pages = 0; path !== undefined && pages < 5; pages++) {
    const { html } = await get(path);
    seen.push(...(html.match(/(?<=>)reader-\d+-/g) ?? []));
    path = /href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll("&amp;", "&").split("#")[0];
    if (path) expect(path).toContain(chosen);
  }
  expect(seen).toHaveLength(120);
  expect(new Set(seen).size).toBe(120);
});

test("the outbox names each mail; its views show it", async () => {
  const { enter } = await openNewsroom();
  const get = await enter();
  const list = (await get("/newsroom/outbox")).html;
  expect(list).toContain("صباح المرسى");
  expect(list).toContain("salma@example.org");
  expect(list.indexOf("2-b")).toBeLessThan(list.indexOf("1-a"));

  const view = async (name: string) => (await get(`/newsroom/outbox/1-a?view=${name}`)).html;
  expect(await view("phone")).toMatch(
    /<iframe class="frame frame-phone" src="\/newsroom\/outbox\/1-a\/html"[^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/,
  );
  expect(await view("desktop")).toContain('class="frame frame-desktop"');
  expect(await view("dark")).toContain('src="/newsroom/outbox/1-a/html?dark=1"');
  expect(await view("source")).toContain("Subject: =?utf-8?B?");
  const text = await view("text");
  expect(text).toContain("https://marsa.example/confirm/x");
  expect(text).not.toContain('href="https://marsa.example/confirm/x"');
});

test("a mail is framed under a policy of its own", async () => {
  const { enter } = await openNewsroom();
  const { headers, html } = await (await enter())("/newsroom/outbox/1-a/html?dark=1");
  expect(headers.get("Content-Security-Policy")).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: http: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
  );
  expect(html).toContain("@media (min-width: 0)");
  expect(html).toContain('<base target="_blank">');
});

test("the file is the mail, to the byte, under a name that is only a name", async () => {
  const odd = 'a"\r\nX: y';
  const { enter } = await openNewsroom({ "1-a": mailBytes(), [odd]: mailBytes() });
  const get = await enter();
  const { headers } = await get("/newsroom/outbox/1-a/message.eml");
  expect(headers.get("Content-Type")).toBe("message/rfc822");
  expect(headers.get("Content-Disposition")).toBe('attachment; filename="1-a.eml"');
  const reply = await get(`/newsroom/outbox/${encodeURIComponent(odd)}/message.eml`);
  expect(reply.headers.get("Content-Disposition")).toBe('attachment; filename="a___X__y.eml"');
  expect(reply.html).toBe(new TextDecoder().decode(mailBytes()));
});

test("nothing in a mail, a title or an address becomes markup of ours", async () => {
  const evil = `"><script>alert(1)</script>`;
  const { issue, candidate, edition, publish, enter } = await openNewsroom({
    "1-a": mailBytes({ subject: evil, text: evil }),
    "2-b": new Uint8Array(200_000).fill(40),
    "3-c": new Uint8Array(),
  });
  const it = await issue("2026-03-01", { candidates: 2, reason: evil });
  await edition(it, "", [await publish({ title: evil })]);
  await candidate(it, `a${evil}@example.org`, { state: "deferred", reply: `451 ${evil}` });
  await candidate(it, "b@example.org", { excluded: evil });
  const get = await enter();
  for (const path of [
    "/newsroom/issues",
    "/newsroom/issues/daily/2026-03-01-morning",
    "/newsroom/outbox",
    "/newsroom/outbox/1-a?view=text",
    "/newsroom/outbox/1-a?view=source",
    "/newsroom/outbox/2-b",
    "/newsroom/outbox/3-c?view=source",
  ]) {
    const { status, html } = await get(path);
    expect([path, status, html.includes("<script")]).toEqual([path, 200, false]);
  }
});

test("a restored copy says that it sends nothing yet, and everybody has to sign in anew", async () => {
  const { database, enter } = await openNewsroom();
  const get = await enter();
  expect((await get("/newsroom/issues")).html).not.toContain("/settings/restored");
  const made = Temporal.Instant.from("2026-03-01T04:00:00Z");
  await database.batch([markRestored(database.db, made, made.add({ hours: 30 }))]);
  expect((await get("/newsroom/issues")).status).toBe(303);
  expect((await (await enter())("/newsroom/issues")).html).toContain("/newsroom/settings/restored");
});
