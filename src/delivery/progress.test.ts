// What the page of an issue says while a large one is under way.
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { DigestTables, IssueId } from "../digests/index.ts";
import type { DeliveryTables } from "./ledger.ts";
import { addHealth, beginHealthAnew, noHealth } from "./pace/health.ts";
import { progressOf } from "./progress.ts";

test("more letters than are counted: the sums tell, also after a pause, and the audience stands as it was written", async () => {
  const { db, batch } = openTestDatabase<DeliveryTables & DigestTables>();
  const run = (text: string) => sql.raw(text).compile(db);
  const id = 5 as IssueId; // as the statement below has it
  await batch([
    run(`insert into digests (id, slug, name, state, zone, days, slots, max_stories, min_stories, late_minutes, deadline_minutes)
      values (1, 'daily', 'نشرة', 'on', 'UTC', '[7]', '[]', 8, 1, 180, 360)`),
    run(`insert into issues (id, digest_id, local_date, slot, state, planned_at, opened_at, candidates)
      values (5, 1, '2026-03-01', 'morning', 'sending', 0, 0, 250000)`),
    run(`insert into issue_audiences values (5, 240000, '[{"reason":"paused","count":10000}]')`),
    run(`with recursive n (i) as (select 1 union all select i + 1 from n where i < 120000)
      insert into subscribers (id, address, address_key, state, language, created_at, sample)
      select i, i || '@example.org', i || '@example.org', 'confirmed', 'ar', 0, 0 from n`),
    run(`insert into deliveries (issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at)
      select 5, id, '', 'ar', address, 'accepted', 0, 0, 0 from subscribers`),
    addHealth(db, id, { ...noHealth, sent: 119_000 }),
  ]);
  const before = await progressOf(db, { id, candidates: 250_000, finishedAt: null });
  expect(before).toMatchObject({ letters: 240_000, accepted: 119_000, waiting: 121_000 });
  expect(before.exclusions).toEqual([{ reason: "paused", count: 10_000 }]);

  // It was paused and goes on: its health begins anew, what left in all does not.
  await batch([run("update issues set paused = null where id = 5"), beginHealthAnew(db, id)]);
  await batch([addHealth(db, id, { ...noHealth, sent: 1_000 })]);
  const after = await progressOf(db, { id, candidates: 250_000, finishedAt: null });
  expect(after).toMatchObject({ accepted: 120_000, waiting: 120_000 });
});
