// What programs do with single readers and with sources: as the pages do, by the same rules.
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
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

async function api(who: keyof typeof tokens, method: string, path: string, body?: unknown) {
  const reply = await nashra.app.request(`http://localhost:3000/api/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${tokens[who]}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, json: text === "" ? null : JSON.parse(text) };
}
/** What stands in the log, but for how the test began. */
const audited = async () =>
  nashra.database.db
    .selectFrom("audit_log")
    .select(["actor", "act", "subject"])
    .where("act", "not in", ["token-create", "subscribers-import"])
    .orderBy("id")
    .execute();

test("a reader who asked elsewhere is signed out by an editor's program, and erased by an administrator's", async () => {
  await nashra.confirmed("salma@example.org", "hala@example.org");
  const { json } = await api("editor", "GET", "subscribers");
  const [salma] = json.subscribers;
  const one = `subscribers/${salma.id}`;

  expect((await api("viewer", "POST", `${one}/leave`)).status).toBe(403);
  const left = await api("editor", "POST", `${one}/leave`);
  expect([left.status, left.json.state, left.json.digests[0].state]).toEqual([200, "left", "left"]);
  expect(left.json.history.at(-1)).toMatchObject({ act: "left" });
  // Again it changes nothing, and is no act.
  expect((await api("editor", "POST", `${one}/leave`)).status).toBe(200);

  expect((await api("editor", "DELETE", one)).status).toBe(403);
  expect((await api("administrator", "DELETE", one)).status).toBe(204);
  expect((await api("administrator", "DELETE", one)).status).toBe(404);
  const shown = await api("editor", "GET", one);
  expect([shown.json.state, shown.json.address]).toEqual(["erased", ""]);
  for (const [method, path] of [
    ["POST", "subscribers/987654/leave"],
    ["DELETE", "subscribers/987654"],
  ] as const)
    expect((await api("administrator", method, path)).status).toBe(404);
  const subject = `subscriber ${salma.id}`;
  expect(await audited()).toEqual([
    { actor: "editor", act: "subscriber-leave", subject },
    { actor: "administrator", act: "subscriber-erase", subject },
  ]);
});

test("a source is looked at, held, let go on and run by programs", async () => {
  await sql`insert into sources (slug, kind, url, origin, title, created_at, secret, failures, last_error)
    values ('ميناء', 'feed', 'http://127.0.0.1:9/rss?key=hush-hush', 'feed 127.0.0.1:9', 'الميناء', 0, 'hidden', 1, 'HTTP 503')`.execute(
    nashra.database.db,
  );
  const { id } = await nashra.database.db.selectFrom("sources").select("id").executeTakeFirstOrThrow();
  await sql`insert into source_runs (source_id, started_at, ended_at, created, revised, unchanged, retracted, skipped, removed, notes, error)
    values (${id}, 0, 900, 2, 1, 40, 0, 1, '{}', '[{"what":"x","why":"no title"}]', null)`.execute(
    nashra.database.db,
  );
  const wanted = {
    source: "ميناء",
    kind: "feed",
    url: expect.stringContaining("http://127.0.0.1:9/rss"),
    title: "الميناء",
    paused: false,
    failures: 1,
    error: "HTTP 503",
    last_run_at: null,
    last_good_at: null,
    next_run_at: null,
  };
  const list = await api("viewer", "GET", "sources");
  expect([list.status, list.json]).toEqual([200, [wanted]]);
  expect(JSON.stringify(list.json)).not.toMatch(/hush|hidden/);
  const one = `sources/${encodeURIComponent("ميناء")}`;
  const { runs, ...about } = (await api("viewer", "GET", one)).json;
  expect([about, runs]).toEqual([
    wanted,
    [expect.objectContaining({ created: 2, notes: [{ what: "x", why: "no title" }], error: null })],
  ]);

  for (const act of ["pause", "resume", "run"])
    expect((await api("editor", "POST", `${one}/${act}`, {})).status).toBe(403);
  expect((await api("administrator", "POST", `${one}/pause`)).json).toEqual({ ...wanted, paused: true });
  expect((await api("administrator", "POST", `${one}/pause`)).status).toBe(200); // as it was, and no act
  expect((await api("administrator", "POST", `${one}/resume`)).json).toMatchObject({ paused: false });
  const run = await api("administrator", "POST", `${one}/run`, { whole: true });
  expect([run.status, run.json.next_run_at]).toEqual([202, nashra.at().toString()]);
  for (const [method, path] of [
    ["GET", "sources/none"],
    ["POST", "sources/none/run"],
    ["POST", "sources/none/pause"],
  ] as const)
    expect((await api("administrator", method, path, method === "GET" ? undefined : {})).status).toBe(404);
  expect(await audited()).toEqual(
    ["source-pause", "source-resume", "source-run"].map((act) => ({
      actor: "administrator",
      act,
      subject: "ميناء",
    })),
  );
});
