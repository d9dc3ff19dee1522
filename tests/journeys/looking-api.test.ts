// What programs look at: the feeds and who reads them, the audit log, what is set from outside. As the pages show it, to the same people.
import { sql } from "kysely";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createApiToken } from "../../src/accounts/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

let nashra: TestNashra;
const tokens = { viewer: "", editor: "", administrator: "" };

beforeEach(async () => {
  nashra = await startNashra({ now: "2026-03-01T04:00:00Z" });
  for (const role of ["viewer", "editor", "administrator"] as const)
    tokens[role] = await createApiToken(nashra.database, role, role, nashra.at());
});
afterEach(() => nashra.stop());

async function api(who: keyof typeof tokens, path: string) {
  const at = path.startsWith("http") ? path : `http://localhost:3000/api/v1/${path}`;
  const reply = await nashra.app.request(at, { headers: { Authorization: `Bearer ${tokens[who]}` } });
  return { status: reply.status, json: JSON.parse(await reply.text()) };
}

test("the feeds with their readers and those who are pushed to, and whether one is valid", async () => {
  const { db } = nashra.database;
  await nashra.threeArticles();
  await nashra.article({ title: "خبر بوسم", sections: ["سياسة"], tags: ["الموازنة"] });
  const yesterday = Math.floor(nashra.at().epochMilliseconds / 86_400_000) - 1;
  for (const feed of [
    "all",
    "mix",
    "tag/الموازنه",
    ...Array.from({ length: 51 }, (_, n) => `author/a${100 + n}`),
  ])
    await sql`insert into feed_days (day, feed, open, requests, unchanged, touched, weight, claims)
      values (${yesterday}, ${feed}, 0, 8, 6, 0, 0, '[["Reader", 40]]')`.execute(db);
  // Somebody else's turn: what was published just now is not pushed to them here.
  for (const n of [1, 2])
    await sql`insert into websub_subscriptions
        (id, topic, asked_topic, callback, host, secret, began_at, lease_ends_at, wanted, tries, failing_since, last_error, worker, due_at)
      values (${n}, 'x', 'x', ${`https://reader.example/${n}?key=hush-hush`}, 'reader.example', ${n === 1 ? "hidden" : null},
        0, ${Date.UTC(2026, 2, 9)}, 0, 0, ${n === 1 ? null : 500}, ${n === 1 ? null : "HTTP 503"}, 'away', ${Date.UTC(2026, 2, 9)})`.execute(
      db,
    );
  await sql`insert into websub_watches (feed, subscription_id) values ('all', 1), ('all', 2)`.execute(db);

  const list = await api("viewer", "feeds");
  expect([list.status, list.json.day, list.json.next]).toEqual([200, "2026-02-28", null]);
  expect(list.json.feeds.map((it: { kind: string; slug: string | null }) => [it.kind, it.slug])).toEqual([
    ["all", null],
    ["section", "سياسة"],
    ["section", "اقتصاد"],
    ["section", "ثقافة"],
    ["digest", "daily"],
    ["mix", null],
  ]);
  const all = {
    kind: "all",
    slug: null,
    title: { ar: "كل الأخبار", en: expect.stringMatching(/^\w/) },
    urls: expect.objectContaining({ rss: "http://localhost:3000/feeds/all.rss" }),
    readers: 40,
    clients: 0,
    claimed: 40,
    requests: 8,
    unchanged: 6,
    unchanged_share: 0.75,
    changed_at: expect.stringMatching(/^2026-03-01T04:00:0/),
    subscriptions: { number: 2, failing: 1 },
  };
  expect(list.json.feeds[0]).toEqual(all);
  expect(list.json.feeds.at(-1)).toMatchObject({ urls: null, readers: 40, subscriptions: null });
  expect(list.json.feeds[1]).toMatchObject({ readers: 0, unchanged_share: null });
  const tags = await api("viewer", "feeds?kind=tag");
  expect(tags.json.feeds).toEqual([expect.objectContaining({ kind: "tag", slug: "الموازنه", requests: 8 })]);
  const authors = await api("viewer", "feeds?kind=author");
  const older = await api("viewer", authors.json.next);
  expect([authors.json.feeds.length, older.json.feeds[0].slug, older.json.next]).toEqual([50, "a150", null]);

  const one = await api("viewer", "feeds/all");
  const shown = { ...all, day: "2026-02-28", aggregators: [{ name: "Reader", subscribers: 40 }], next: null };
  const subscriber = {
    host: "reader.example",
    began_at: "1970-01-01T00:00:00Z",
    lease_ends_at: "2026-03-09T00:00:00Z",
    pushed_at: null,
  };
  const subscribers = [
    { ...subscriber, signed: true, failing: null },
    { ...subscriber, signed: false, failing: { since: "1970-01-01T00:00:00.5Z", error: "HTTP 503" } },
  ];
  expect(one.json).toEqual({ ...shown, subscribers, validity: null });
  expect(JSON.stringify(one.json)).not.toMatch(/hush|hidden/);
  expect((await api("viewer", "feeds/all?after=1&check=true")).json).toEqual({
    ...shown,
    subscribers: subscribers.slice(1),
    validity: ["rss", "atom", "json"].map((format) => ({ format, served: true, valid: true, faults: [] })),
  });
  const section = await api("viewer", `feeds/section/${encodeURIComponent("سياسة")}?check=true`);
  expect([section.json.title.ar, section.json.validity.length]).toEqual(["سياسة", 3]);
  expect((await api("viewer", `feeds/tag/${encodeURIComponent("الموازنه")}`)).status).toBe(200);

  for (const [path, status] of [
    ["feeds/section/none", 404],
    ["feeds/tag/none", 404],
    ["feeds/mix/x", 422],
    ["feeds?kind=section", 422],
    ["feeds/all?check=perhaps", 422],
    ["feeds/all?after=-1", 422],
  ] as const)
    expect([path, (await api("viewer", path)).status]).toEqual([path, status]);
});

test("the audit log goes by in pages, by whom, by act and by time, and only to administrators", async () => {
  const { db } = nashra.database;
  const began = nashra.at().epochMilliseconds;
  for (let n = 0; n < 5; n++)
    await sql`insert into audit_log (at, actor, act, subject, network)
      values (${began + (n < 3 ? 1 : n) * 1000}, ${n % 2 ? "cms" : "mona@example.org"}, 'source-run', ${`s${n}`}, '')`.execute(
      db,
    );
  for (const who of ["viewer", "editor"] as const) expect((await api(who, "audit")).status).toBe(403);
  const first = await api("administrator", "audit?act=source-run&limit=2");
  const second = await api("administrator", first.json.next);
  const third = await api("administrator", second.json.next);
  const subjects = [first, second, third].map(({ json }) =>
    json.entries.map((it: { subject: string }) => it.subject),
  );
  expect([subjects, third.json.next]).toEqual([[["s4", "s3"], ["s2", "s1"], ["s0"]], null]);
  expect(first.json.entries[0]).toEqual({
    id: expect.any(Number),
    at: "2026-03-01T04:00:04Z",
    actor: "mona@example.org",
    act: "source-run",
    words: { ar: expect.stringMatching(/\p{Script=Arabic}/u), en: expect.stringMatching(/\w/) },
    subject: "s4",
    way: "page",
    network: "",
  });
  const by = await api(
    "administrator",
    `audit?actor=cms&from=${encodeURIComponent("2026-03-01T07:00:01+03:00")}&until=2026-03-01T04:00:03Z`,
  );
  expect(by.json.entries).toEqual([expect.objectContaining({ subject: "s1", way: "api" })]);
  for (const wrong of [
    "from=2026-03-01T00:00:00.1234567890Z",
    "after=x",
    "after=1-",
    "limit=0",
    "limit=501",
    "from=yesterday",
    "from=2026-03-01",
  ])
    expect([wrong, (await api("administrator", `audit?${wrong}`)).status]).toEqual([wrong, 422]);
});

test("what is set from outside is told without what is secret", async () => {
  for (const who of ["viewer", "editor"] as const) expect((await api(who, "environment")).status).toBe(403);
  vi.stubEnv("NASHRA_CRON_SECRET", "hush-hush");
  vi.stubEnv("NASHRA_SAMPLE", "off");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { json } = await api("administrator", "environment");
  const named = (name: string) => json.find((it: { name: string }) => it.name === name);
  expect(named("NASHRA_CRON_SECRET")).toMatchObject({ set: true, value: null });
  expect(named("NASHRA_SAMPLE")).toMatchObject({ set: true, value: "off" });
  expect(named("NASHRA_PORT")).toMatchObject({
    set: false,
    value: "3000",
    about: { ar: expect.stringMatching(/\p{Script=Arabic}/u), en: expect.stringMatching(/\w/) },
  });
  const order = json.map((it: { set: boolean }) => it.set);
  expect(order).toEqual([...order].sort((a, b) => Number(b) - Number(a)));
  expect(JSON.stringify(json)).not.toContain("hush");
});
