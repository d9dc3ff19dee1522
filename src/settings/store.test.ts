// What a database knows of itself: that it is a restored copy, and when it was backed up. On both hosts.
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { AllTables } from "../tables.ts";
import { lastBackup, noteBackup } from "./backups.ts";
import { heldSince, lastRestored, mailIsHeld, markRestored, noteRestored, release } from "./restores.ts";

const made = Temporal.Instant.from("2026-03-01T04:00:00Z");
const restored = made.add({ hours: 30 });

/** A paper in the middle of its morning: an issue in each state, letters, notices, somebody signing up, somebody signed in. */
async function open() {
  const { db, batch } = openTestDatabase<AllTables>();
  const states = ["opened", "waiting", "built", "sending", "sent", "skipped", "cancelling", "cancelled"];
  const ms = made.epochMilliseconds;
  const run = (text: string) => sql.raw(text).compile(db);
  await batch([
    run(`insert into digests (id, slug, name, state, zone, days, slots, max_stories, min_stories, late_minutes, deadline_minutes)
      values (1, 'daily', 'نشرة', 'on', 'Asia/Damascus', '[1]', '[]', 8, 1, 180, 360)`),
    ...states.map((state, i) =>
      run(`insert into issues (id, digest_id, local_date, slot, state, planned_at, opened_at)
        values (${i + 1}, 1, '2026-03-01', 's${i}', '${state}', ${ms}, ${ms})`),
    ),
    run(`insert into subscribers (id, address, address_key, state, language, created_at)
      values (7, 'salma@example.org', 'salma@example.org', 'confirmed', 'ar', 0)`),
    run(`insert into deliveries (id, issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at)
      values (9, 4, 7, '', 'ar', 'salma@example.org', 'queued', ${ms}, ${ms + 1}, ${ms})`),
    ...["queued", "sending", "accepted"].map((state) =>
      run(`insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
        values ('confirm', 'karim@example.org', 'ar', '{}', '${state}', ${ms}, ${ms}, ${ms})`),
    ),
    run(`insert into requests (id, at, state, address, address_key, domain, network, wish)
      values (3, ${ms}, 'waiting', 'noor@example.org', 'noor@example.org', 'example.org', '', '{}')`),
  ]);
  return { db, batch, run };
}

test("a copy is held from the moment that it is marked, whatever was under way is paused, and nothing that waited goes out by itself", async () => {
  const { db, batch } = await open();
  expect(await heldSince(db)).toBeNull();
  await batch([markRestored(db, made, restored)]);
  expect(await heldSince(db)).toEqual({ madeAt: made, restoredAt: restored });
  const issues = await db
    .selectFrom("issues")
    .select(["state", "paused"])
    .where("id", "<=", sql<never>`8`)
    .orderBy("id")
    .execute();
  expect(issues.map(({ state, paused }) => `${state}${paused === null ? "" : " paused"}`)).toEqual([
    "opened paused",
    "waiting paused",
    "built paused",
    "sending paused",
    "sent",
    "skipped",
    "cancelling",
    "cancelled",
  ]);
  expect(JSON.parse(issues[0]?.paused ?? "")).toEqual({
    reason: { kind: "restored", madeAt: made.epochMilliseconds },
    by: null,
    since: made.epochMilliseconds,
  });
  const notices = await db.selectFrom("notices").select(["state", "reason"]).orderBy("id").execute();
  expect(notices).toEqual([
    { state: "withdrawn", reason: "restored" },
    { state: "withdrawn", reason: "restored" },
    { state: "accepted", reason: null },
  ]);
  expect(await db.selectFrom("requests").select("state").execute()).toEqual([{ state: "passed" }]);
});

test("until a person lets it send, once; the next copy is held again", async () => {
  const { db, batch } = await open();
  const held = async () =>
    (await sql<{ held: number }>`select ${mailIsHeld} as held`.execute(db)).rows[0]?.held;
  expect(await held()).toBe(0);
  await batch([markRestored(db, made, restored)]);
  expect(await held()).toBe(1);
  const changes = async () => (await batch([release(db, "editor@example.org", restored)]))[0]?.changes;
  expect([await changes(), await held(), await changes()]).toEqual([1, 0, 0]);
  expect(await lastRestored(db)).toEqual(restored); // what was due before it is never opened
  await batch([markRestored(db, restored, restored.add({ hours: 1 }))]);
  expect([await held(), await heldSince(db)]).toEqual([
    1,
    { madeAt: restored, restoredAt: restored.add({ hours: 1 }) },
  ]);
});

test("a copy that somebody put in place by hand is restored when it is first opened, and not again", async () => {
  const { db } = await open();
  await noteRestored(db, restored);
  expect(await lastRestored(db)).toBeNull();
  await db.insertInto("restores").values({ made_at: made.epochMilliseconds, restored_at: null }).execute();
  await noteRestored(db, restored);
  await noteRestored(db, restored.add({ hours: 5 }));
  expect(await lastRestored(db)).toEqual(restored);
});

test("ids that were given out after the copy was made are not given to others: links and return paths name them", async () => {
  const { db, batch, run } = await open();
  await batch([markRestored(db, made, restored)]);
  await batch([
    run(
      `insert into subscribers (address, address_key, state, language, created_at) values ('a@b.c', 'a@b.c', 'pending', 'ar', 0)`,
    ),
    run(
      `insert into issues (digest_id, local_date, slot, state, planned_at, opened_at) values (1, '2026-03-02', 'm', 'opened', 0, 0)`,
    ),
    run(
      `insert into requests (at, state, address, address_key, domain, network, wish) values (0, 'waiting', '', '', '', '', '{}')`,
    ),
    run(`insert into deliveries (issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at)
      values (5, 7, '', 'ar', '', 'queued', 0, 0, 0)`),
  ]);
  const last = async (table: "subscribers" | "issues" | "requests" | "deliveries") =>
    (await sql<{ id: number }>`select max(id) as id from ${sql.table(table)}`.execute(db)).rows[0]?.id;
  expect(await last("subscribers")).toBe(7 + 1_000_000 + 1);
  expect(await last("issues")).toBe(8 + 100_000 + 1);
  expect(await last("requests")).toBe(3 + 1_000_000 + 1);
  expect(await last("deliveries")).toBe(9 + 100_000_000 + 1);
});

test("a store without a digest, a subscriber or a letter can be restored, too", async () => {
  const { db, batch } = openTestDatabase<AllTables>();
  await batch([markRestored(db, made, restored)]);
  expect(await heldSince(db)).not.toBeNull();
});

test("of backups the last is known, in whatever order they are noted", async () => {
  const { db, batch } = openTestDatabase<AllTables>();
  expect(await lastBackup(db)).toBeNull();
  const late = { at: restored, file: "/backups/b.tar.gz", bytes: 2 };
  await batch([noteBackup(db, late), noteBackup(db, { at: made, file: "/backups/a.tar.gz", bytes: 1 })]);
  expect(await lastBackup(db)).toEqual(late);
});
