// Every route that changes something leaves an entry in the audit log, or says here where else it is written down.
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { articleId } from "../../src/articles/index.ts";
import { listDigests } from "../../src/digests/index.ts";
import { importSubscribers } from "../../src/subscribers/index.ts";
import { openWalk, origin } from "./walk.fixture.ts";

const walk = await openWalk();
afterAll(() => walk.stop());
const { db } = walk.database;
const changing = walk.routes.filter(
  ({ method, doors }) => doors.length > 0 && method !== "GET" && method !== "ALL",
);

/** What writes no entry, and where it stands instead. */
const none: Readonly<Record<string, string>> = {
  "POST /newsroom/breaking": "it shows what would be sent, and sends nothing",
  "POST /newsroom/issues/:digest/:name/correction": "it shows what would be sent, and sends nothing",
  "POST /api/v1/subscribers": "the ledger of consents has the token's name",
  "POST /api/v1/webhooks/:id/test": "it sends a message that says it is a test",
  "POST /newsroom/subscribers/add": "the ledger of consents has the editor's address",
  "POST /newsroom/subscribers/imports": "it shows what would be imported, and writes nothing",
  "POST /newsroom/subscribers/imports/:id/report": "it is what the import, which stands in the log, said",
  "POST /newsroom/settings/doctor": "it only looks",
  "POST /newsroom/digests/:digest/sender/check": "it only looks",
  "POST /newsroom/settings/templates/:name/preview": "it shows what would be, and keeps nothing",
  "POST /api/v1/templates/:name/preview": "it shows what would be, and keeps nothing",
  "POST /newsroom/settings/webhooks/:id/test": "it sends a message that says it is a test",
  "POST /newsroom/sources/new": "it shows what would come, and stores nothing",
  "POST /api/v1/why": "it only looks",
  "POST /api/v1/sources/preview": "it shows what would come, and stores nothing",
  "POST /inbound/mail": "the table of feedback has what came",
};

/** Whose entry is looked at where the whole of it is walked through. */
const elsewhere: Readonly<Record<string, string>> = {
  "POST /newsroom/breaking/send": "src/newsroom/special.test.ts",
  "POST /newsroom/issues/:digest/:name/correction/send": "src/newsroom/special.test.ts",
  "POST /api/v1/digests/:digest/breaking": "tests/journeys/special.test.ts",
  "POST /api/v1/issues/:digest/:issue/correction": "tests/journeys/special.test.ts",
  "POST /api/v1/issues/:digest/:issue/test": "tests/journeys/preview.test.ts",
  "POST /newsroom/issues/:digest/:name/preview/test": "tests/journeys/preview.test.ts",
  "POST /api/v1/issues/:digest/:issue/rebuild": "tests/journeys/approval.test.ts",
  "POST /newsroom/account/passkeys": "tests/browser/access.test.ts",
  "POST /newsroom/sources": "tests/journeys/desk.test.ts",
  "POST /newsroom/sources/:source/map": "tests/journeys/desk.test.ts",
  "POST /api/v1/sources": "tests/journeys/add-source-api.test.ts",
  "PATCH /api/v1/sources/:source/categories": "tests/journeys/add-source-api.test.ts",
  "POST /api/v1/webhooks/:id/replay": "src/hooks/api.ts writes webhook-replay",
  "POST /api/v1/transports/:name/test": "tests/journeys/settings-api.test.ts",
  "POST /api/v1/transports/:name/resume": "tests/journeys/settings-api.test.ts",
  "POST /newsroom/settings/mail/test": "src/newsroom/settings-pages.test.ts",
  "POST /newsroom/settings/mail/resume": "src/newsroom/settings-pages.test.ts",
  "POST /newsroom/settings/webhooks/:id/replay": "src/newsroom/settings-pages.test.ts",
};

// Once and at first: a restored copy signs everybody out.
await sql`insert into restores (made_at, restored_at, released_at) values (0, 0, 0)`.execute(db);
const Cookie = await walk.enter("administrator");
const token = await walk.token("administrator");
await walk.sections("سياسة");
const [first, second] = [
  await walk.article({ title: "المجلس يقر الموازنة", sections: ["سياسة"] }),
  await walk.article({ title: "معرض الكتاب يفتح أبوابه", sections: ["سياسة"] }),
];

const api = (method: string, path: string, body: unknown) =>
  walk.app.request(`${origin}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
const press = (path: string, fields: Record<string, string> = {}) =>
  walk.post(path, fields, { Cookie, Origin: origin });

/** An issue that waits for an editor. @returns its name */
async function waiting(day: string): Promise<string> {
  const digest = await db.selectFrom("digests").select("id").executeTakeFirstOrThrow();
  const at = walk.at().epochMilliseconds;
  await sql`insert into issues (digest_id, local_date, slot, state, planned_at, opened_at, revision, approve_by, unanswered)
    values (${digest.id}, ${day}, 'morning', 'waiting', ${at}, ${at}, 1, ${at + 3_600_000}, 'send')`.execute(
    db,
  );
  return `daily/${day}-morning`;
}
/** An issue that was sent, with a letter in doubt that is held for a person. @returns its name */
async function heldLetter(day: string): Promise<string> {
  const name = await waiting(day);
  const address = `held-${day}@example.org`;
  await importSubscribers(
    walk.database,
    { digest: (await listDigests(db))[0]?.id ?? 0, consent: "test", language: "ar", now: walk.at() },
    [address],
  );
  await sql`update issues set state = 'sent' where local_date = ${day}`.execute(db);
  await sql`insert into deliveries
      (issue_id, subscriber_id, sections, language, address, state, in_doubt, reason, tries, due_at, deadline_at, at)
    select i.id, s.id, '', 'ar', s.address, 'in_doubt', 1, 'held', 1, 0, 0, 0 from issues i, subscribers s
    where i.local_date = ${day} and s.address = ${address}`.execute(db);
  return name;
}
const idOf = async (table: "editors" | "api_tokens" | "sessions" | "passkeys") => {
  const { rows } = await sql<{ id: number }>`select max(id) as id from ${sql.table(table)}`.execute(db);
  return rows[0]?.id ?? 0;
};
const reader = async (address: string) =>
  (
    await db
      .selectFrom("subscribers")
      .select("id")
      .where("address_key", "=", address)
      .executeTakeFirstOrThrow()
  ).id;
const hook = async () => (await db.selectFrom("webhook_endpoints").select("id").executeTakeFirstOrThrow()).id;
const someone = async () => {
  await press("/newsroom/settings/users", {
    address: `x${await idOf("editors")}@example.org`,
    role: "viewer",
  });
  return idOf("editors");
};
/** The newest session of the administrator, which is not the one that asks. */
const other = async () => {
  await walk.enter("administrator");
  return idOf("sessions");
};
const passkey = async () => {
  const { id } = await db
    .selectFrom("editors")
    .select("id")
    .where("address", "=", walk.people.administrator)
    .executeTakeFirstOrThrow();
  await sql`insert into passkeys (editor_id, credential_id, public_key, counter, transports, synced, backed_up, name, created_at)
    values (${id}, ${crypto.randomUUID()}, '', 0, '[]', 0, 0, '', 0)`.execute(db);
  return idOf("passkeys");
};

/** Holds the copy anew. */
const restored = () => sql`update restores set released_at = null`.execute(db);

/** How often the schedule of the weekly digest was changed. */
const revision = async (digest = "weekly") => {
  const { schedule_revision } = await db
    .selectFrom("digests")
    .select("schedule_revision")
    .where("slug", "=", digest)
    .executeTakeFirstOrThrow();
  return String(schedule_revision);
};
/** The page of a source that nobody answers for. */
const source = async () => {
  await sql`insert into sources (slug, kind, url, origin, title, created_at, secret)
    values ('harbour', 'feed', 'http://127.0.0.1:9/', 'feed 127.0.0.1:9', 'الميناء', 0, 'x')
    on conflict do nothing`.execute(db);
  return "/newsroom/sources/harbour";
};

const acts: Readonly<Record<string, () => Promise<Response>>> = {
  "POST /api/v1/articles": async () =>
    api("POST", "/api/v1/articles", {
      external_id: "n",
      title: "خبر",
      body_html: "<p>نص الخبر هنا.</p>",
      sections: ["سياسة"],
    }),
  "PATCH /api/v1/articles/:id": async () =>
    api("PATCH", `/api/v1/articles/${first.id}`, { title: "عنوان آخر" }),
  "POST /api/v1/stories/:id/merge": async () =>
    api("POST", `/api/v1/stories/${first.id}/merge`, { with: second.id }),
  "POST /api/v1/stories/:id/split": async () =>
    api("POST", `/api/v1/stories/${first.id}/split`, { articles: [second.id] }),
  "POST /api/v1/articles/:id/retraction": async () =>
    api("POST", `/api/v1/articles/${articleId(second.id)}/retraction`, { reason: "خطأ" }),
  "PATCH /api/v1/issues/:digest/:issue/hand": async () =>
    api("PATCH", `/api/v1/issues/${await waiting("2026-03-01")}/hand`, { pins: [first.id] }),
  "POST /api/v1/issues/:digest/:issue/approve": async () =>
    api("POST", `/api/v1/issues/${await waiting("2026-03-02")}/approve`, { revision: 1 }),
  "POST /api/v1/issues/:digest/:issue/cancel": async () =>
    api("POST", `/api/v1/issues/${await waiting("2026-03-03")}/cancel`, { reason: "خطأ" }),
  "POST /api/v1/subscribers/import": async () =>
    walk.app.request(`${origin}/api/v1/subscribers/import?consent=test&name=list.csv`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "text/csv" },
      body: "address\nsalma@example.org\n",
    }),
  "POST /api/v1/segments": async () =>
    api("POST", "/api/v1/segments", { slug: "readers", filter: { language: "ar" } }),
  "DELETE /api/v1/segments/:slug": async () => api("DELETE", "/api/v1/segments/readers", {}),
  "POST /api/v1/suppressions": async () =>
    api("POST", "/api/v1/suppressions", { address: "no@example.org", reason: "manual" }),
  "DELETE /api/v1/suppressions": async () => api("DELETE", "/api/v1/suppressions?address=no@example.org", {}),
  "POST /api/v1/webhooks": async () =>
    api("POST", "/api/v1/webhooks", { url: "https://cms.example/hook", events: ["issue.sent"] }),
  "POST /api/v1/subscribers/:id/leave": async () => {
    await importSubscribers(
      walk.database,
      { digest: (await listDigests(db))[0]?.id ?? 0, consent: "test", language: "ar", now: walk.at() },
      ["left@example.org"],
    );
    return api("POST", `/api/v1/subscribers/${await reader("left@example.org")}/leave`, {});
  },
  "DELETE /api/v1/subscribers/:id": async () =>
    api("DELETE", `/api/v1/subscribers/${await reader("left@example.org")}`, {}),
  "POST /api/v1/sources/:source/run": async () => {
    await source();
    return api("POST", "/api/v1/sources/harbour/run", {});
  },
  "POST /api/v1/sources/:source/pause": async () => api("POST", "/api/v1/sources/harbour/pause", {}),
  "POST /api/v1/sources/:source/resume": async () => api("POST", "/api/v1/sources/harbour/resume", {}),
  "DELETE /api/v1/sources/:source": async () => api("DELETE", "/api/v1/sources/harbour", {}),
  "POST /api/v1/restore/release": async () => {
    await restored();
    return api("POST", "/api/v1/restore/release", {});
  },
  "POST /api/v1/webhooks/:id/secret": async () => api("POST", "/api/v1/webhooks/1/secret", {}),
  "DELETE /api/v1/webhooks/:id": async () => api("DELETE", "/api/v1/webhooks/1", {}),
  "POST /newsroom/subscribers/segments": async () =>
    press("/newsroom/subscribers/segments", { slug: "arabic", language: "ar" }),
  "POST /newsroom/subscribers/segments/remove": async () =>
    press("/newsroom/subscribers/segments/remove", { slug: "arabic" }),
  "POST /newsroom/subscribers/suppressions": async () =>
    press("/newsroom/subscribers/suppressions", { address: "never@example.org", reason: "manual" }),
  "POST /newsroom/subscribers/suppressions/lift": async () =>
    press("/newsroom/subscribers/suppressions/lift", { address: "never@example.org" }),
  "POST /newsroom/subscribers/export": async () => press("/newsroom/subscribers/export", { format: "csv" }),
  "POST /newsroom/subscribers/imports/run": async () =>
    press("/newsroom/subscribers/imports/run", {
      list: "address\nhala@example.org\n",
      name: "hala.csv",
      consent: "test",
    }),
  "POST /newsroom/subscribers/:id/export": async () =>
    press(`/newsroom/subscribers/${await reader("salma@example.org")}/export`),
  "POST /newsroom/subscribers/:id/leave": async () =>
    press(`/newsroom/subscribers/${await reader("salma@example.org")}/leave`),
  "POST /newsroom/subscribers/:id/erase": async () =>
    press(`/newsroom/subscribers/${await reader("salma@example.org")}/erase`),
  "POST /newsroom/settings/publisher": async () =>
    press("/newsroom/settings/publisher", { name: "المرسى الجديد" }),
  "POST /newsroom/settings/webhooks": async () =>
    press("/newsroom/settings/webhooks", { url: "https://cms.example/hook", event: "issue.sent" }),
  "PUT /api/v1/templates/:name": async () => {
    const stored = await walk.templates.read("story.txt");
    return api("PUT", "/api/v1/templates/story.txt", { text: `${stored?.text}\n`, seen: stored?.mark });
  },
  "DELETE /api/v1/templates/:name": async () =>
    api("DELETE", `/api/v1/templates/story.txt?seen=${(await walk.templates.read("story.txt"))?.mark}`, {}),
  "POST /newsroom/settings/templates/:name": async () => {
    const stored = await walk.templates.read("story.txt");
    return press("/newsroom/settings/templates/story.txt", {
      text: `${stored?.text}\n`,
      seen: stored?.mark ?? "",
    });
  },
  "POST /newsroom/settings/templates/:name/back": async () =>
    press("/newsroom/settings/templates/story.txt/back", {
      seen: (await walk.templates.read("story.txt"))?.mark ?? "",
    }),
  "POST /newsroom/settings/restored/release": async () => {
    await restored();
    return press("/newsroom/settings/restored/release", { sure: "yes" });
  },
  "POST /newsroom/settings/webhooks/:id/secret": async () =>
    press(`/newsroom/settings/webhooks/${await hook()}/secret`),
  "POST /newsroom/settings/webhooks/:id/remove": async () =>
    press(`/newsroom/settings/webhooks/${await hook()}/remove`),
  "POST /newsroom/issues/:digest/:name/approve": async () =>
    press(`/newsroom/issues/${await waiting("2026-03-04")}/approve`, { revision: "1" }),
  "POST /newsroom/issues/:digest/:name/send": async () =>
    press(`/newsroom/issues/${await waiting("2026-03-21")}/send`, { revision: "1" }),
  "POST /api/v1/issues/:digest/:issue/send": async () =>
    api("POST", `/api/v1/issues/${await waiting("2026-03-22")}/send`, { revision: 1 }),
  "POST /newsroom/issues/:digest/:name/words": async () =>
    press(`/newsroom/issues/${await waiting("2026-03-23")}/words`, { seen: "0", subject: "صباح" }),
  "POST /newsroom/issues/:digest/:name/order": async () =>
    press(`/newsroom/issues/${await waiting("2026-03-24")}/order`, {
      seen: "0",
      act: "pin",
      article: String(first.id),
    }),
  "POST /newsroom/issues/:digest/:name/cancel": async () =>
    press(`/newsroom/issues/${await waiting("2026-03-05")}/cancel`, { reason: "خطأ" }),
  "POST /newsroom/digests": async () => press("/newsroom/digests", { slug: "weekly", name: "أسبوع المرسى" }),
  "POST /newsroom/digests/:digest/schedule": async () =>
    press("/newsroom/digests/weekly/schedule", {
      seen: await revision(),
      zone: "Asia/Beirut",
      days: "7",
      slots: "morning",
      "time-morning": "08:00",
    }),
  "POST /newsroom/digests/:digest/runs": async () =>
    press("/newsroom/digests/weekly/runs", {
      seen: await revision(),
      act: "skip",
      date: "2026-03-08",
      slot: "morning",
    }),
  "POST /newsroom/digests/:digest/facts": async () => {
    const seen = {
      name: "أسبوع المرسى",
      nameEn: null,
      minStories: 3,
      maxStories: 8,
      template: "digest",
      inDoubt: "resend",
    };
    const form = { name: "أسبوع", least: "2", most: "5", template: "compact", inDoubt: "hold" };
    return press("/newsroom/digests/weekly/facts", { ...form, seen: JSON.stringify(seen) });
  },
  "POST /newsroom/digests/:digest/approval": async () =>
    press("/newsroom/digests/weekly/approval", {
      seen: await revision(),
      rule: "skip",
      ahead: "60",
      deadline: "30",
    }),
  "POST /newsroom/digests/:digest/sender": async () =>
    press("/newsroom/digests/weekly/sender", {
      seen: JSON.stringify({ address: null, name: null }),
      address: "week@alerts.example",
    }),
  "POST /newsroom/digests/:digest/off": async () => press("/newsroom/digests/weekly/off"),
  "POST /newsroom/digests/:digest/on": async () => press("/newsroom/digests/weekly/on"),
  "POST /newsroom/sources/:source/run": async () => press(`${await source()}/run`),
  "POST /newsroom/sources/:source/pause": async () => press(`${await source()}/pause`),
  "POST /newsroom/sources/:source/resume": async () => press(`${await source()}/resume`),
  "POST /newsroom/sources/:source/remove": async () => press(`${await source()}/remove`),
  "PATCH /api/v1/publisher": async () => api("PATCH", "/api/v1/publisher", { nameEn: "The Harbour" }),
  "POST /api/v1/digests": async () =>
    api("POST", "/api/v1/digests", { digest: "evening", name: "مساء المرسى" }),
  "PUT /api/v1/digests/:digest/schedule": async () =>
    api("PUT", "/api/v1/digests/evening/schedule", {
      zone: "Asia/Damascus",
      days: [5],
      slots: [{ name: "evening", time: "18:00" }],
      seen: Number(await revision("evening")),
    }),
  "POST /api/v1/digests/:digest/runs": async () =>
    api("POST", "/api/v1/digests/evening/runs", {
      date: "2026-03-13",
      slot: "evening",
      act: "skip",
      seen: Number(await revision("evening")),
    }),
  "PUT /api/v1/digests/:digest/approval": async () =>
    api("PUT", "/api/v1/digests/evening/approval", {
      approval: { ahead_minutes: 60, deadline_minutes: 30, unanswered: "skip" },
      seen: Number(await revision("evening")),
    }),
  "POST /api/v1/digests/:digest/off": async () => api("POST", "/api/v1/digests/evening/off", {}),
  "POST /api/v1/digests/:digest/on": async () => api("POST", "/api/v1/digests/evening/on", {}),
  "PATCH /api/v1/digests/:digest": async () => api("PATCH", "/api/v1/digests/daily", { in_doubt: "hold" }),
  "POST /api/v1/issues/:digest/:issue/pause": async () =>
    api("POST", `/api/v1/issues/${await waiting("2026-03-06")}/pause`, { reason: "خطأ" }),
  "POST /api/v1/issues/:digest/:issue/resume": async () =>
    api("POST", "/api/v1/issues/daily/2026-03-06-morning/resume", {}),
  "POST /api/v1/issues/:digest/:issue/doubts": async () =>
    api("POST", `/api/v1/issues/${await heldLetter("2026-03-07")}/doubts`, { decision: "leave" }),
  "POST /newsroom/issues/:digest/:name/pause": async () =>
    press(`/newsroom/issues/${await waiting("2026-03-08")}/pause`, { reason: "خطأ" }),
  "POST /newsroom/issues/:digest/:name/resume": async () =>
    press("/newsroom/issues/daily/2026-03-08-morning/resume"),
  "POST /newsroom/issues/:digest/:name/doubts": async () =>
    press(`/newsroom/issues/${await heldLetter("2026-03-09")}/doubts`, { decision: "leave" }),
  "POST /newsroom/stories/:id/importance": async () =>
    press(`/newsroom/stories/${first.id}/importance`, { importance: "2" }),
  "POST /newsroom/stories/:id/hand": async () =>
    press(`/newsroom/stories/${first.id}/hand`, { act: "pin", issue: await waiting("2026-03-10") }),
  "POST /newsroom/stories/:id/merge": async () =>
    press(`/newsroom/stories/${first.id}/merge`, { with: String(second.id) }),
  "POST /newsroom/stories/:id/split": async () =>
    press(`/newsroom/stories/${first.id}/split`, { article: String(second.id) }),
  "POST /newsroom/stories/:id/correct": async () => {
    const { revision } = await db
      .selectFrom("articles")
      .select("revision")
      .where("id", "=", articleId(first.id))
      .executeTakeFirstOrThrow();
    return press(`/newsroom/stories/${first.id}/correct`, {
      title: "عنوان صحيح",
      revision: String(revision),
    });
  },
  "POST /newsroom/stories/:id/retract": async () =>
    press(`/newsroom/stories/${first.id}/retract`, { reason: "خطأ" }),
  "POST /newsroom/account/language": async () => press("/newsroom/account/language", { language: "en" }),
  "POST /newsroom/account/name": async () => press("/newsroom/account/name", { name: "سلمى" }),
  "POST /newsroom/account/passkeys/:id/name": async () =>
    press(`/newsroom/account/passkeys/${await passkey()}/name`, { name: "هاتفي" }),
  "POST /newsroom/account/passkeys/:id/remove": async () =>
    press(`/newsroom/account/passkeys/${await passkey()}/remove`),
  "POST /newsroom/account/sessions/:id/end": async () =>
    press(`/newsroom/account/sessions/${await other()}/end`),
  "POST /newsroom/account/sessions/end": async () => {
    await other();
    return press("/newsroom/account/sessions/end");
  },
  "POST /newsroom/settings/users": async () =>
    press("/newsroom/settings/users", { address: "new@example.org", role: "editor" }),
  "POST /newsroom/settings/users/:id": async () =>
    press(`/newsroom/settings/users/${await someone()}`, { role: "editor" }),
  "POST /newsroom/settings/users/:id/off": async () =>
    press(`/newsroom/settings/users/${await someone()}/off`),
  "POST /newsroom/settings/users/:id/on": async () => press(`/newsroom/settings/users/${await someone()}/on`),
  "POST /newsroom/settings/users/:id/remove": async () =>
    press(`/newsroom/settings/users/${await someone()}/remove`),
  "POST /newsroom/settings/users/:id/sessions/end": async () => {
    const { id } = await db
      .selectFrom("editors")
      .select("id")
      .where("address", "=", walk.people.viewer)
      .executeTakeFirstOrThrow();
    await walk.enter("viewer");
    return press(`/newsroom/settings/users/${id}/sessions/end`);
  },
  "POST /newsroom/settings/users/:id/sessions/:session/end": async () => {
    const { id } = await db
      .selectFrom("editors")
      .select("id")
      .where("address", "=", walk.people.viewer)
      .executeTakeFirstOrThrow();
    await walk.enter("viewer");
    return press(`/newsroom/settings/users/${id}/sessions/${await idOf("sessions")}/end`);
  },
  "POST /newsroom/settings/tokens": async () =>
    press("/newsroom/settings/tokens", { name: "CMS", scope: "articles:write" }),
  "POST /newsroom/settings/tokens/:id/revoke": async () =>
    press(`/newsroom/settings/tokens/${await idOf("api_tokens")}/revoke`),
};

test("each route that changes something is in one of these lists", () => {
  const names = changing.map(({ method, path }) => `${method} ${path}`);
  const listed = [none, elsewhere, acts].flatMap((it) => Object.keys(it));
  expect(listed.toSorted()).toEqual([...new Set(names)].toSorted());
});

test.each(Object.keys(acts))("%s", async (name) => {
  const own = name.includes("/api/") ? "walk" : walk.people.administrator;
  const entries = () =>
    db
      .selectFrom("audit_log")
      .select(["id", "actor", "act"])
      .where("act", "not in", ["sign-in"])
      .orderBy("id")
      .execute();
  const reply = await acts[name]?.();
  expect([reply?.status, await reply?.text()]).toEqual([reply?.status, expect.any(String)]);
  expect(reply?.status).toBeLessThan(400);
  const newest = (await entries()).at(-1);
  expect(newest?.actor).toBe(own);
  expect(seen.has(newest?.id ?? 0), `${newest?.act} was there before`).toBe(false);
  for (const { id } of await entries()) seen.add(id);
});
const seen = new Set<number>();
