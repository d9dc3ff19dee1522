import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../../tests/support/database.ts";
import type { DigestTables } from "../../digests/index.ts";
import { createLog } from "../../platform/index.ts";
import { expire, recover } from "../claim.ts";
import type { DeliveryTables } from "../ledger.ts";
import { letterCounts } from "./counts.ts";
import { createPacer } from "./pacer.ts";

const now = Temporal.Instant.from("2026-03-01T05:00:00Z");
const ms = now.epochMilliseconds;

function open() {
  const database = openTestDatabase<DeliveryTables & DigestTables>();
  const { db } = database;
  const counts = async () =>
    (await letterCounts(db)).map(({ transport, result, letters }) => `${transport} ${result} ${letters}`);
  const notice = (state: string, over: { worker?: string; due?: number; deadline?: number } = {}) =>
    sql`insert into notices (kind, address, language, data, state, worker, due_at, deadline_at, at)
      values ('confirm', 'a@example.org', 'ar', '{}', ${state}, ${over.worker ?? null}, ${over.due ?? ms},
        ${over.deadline ?? ms + 1000}, ${ms})`.execute(db);
  return { ...database, database, counts, notice };
}

test("tries are counted by transport and result, and written down when a worker shares what it learned", async () => {
  const { database, counts } = open();
  const deps = {
    database,
    now: () => now,
    log: createLog("silent"),
    mailer: { transportFor: () => "relay" },
    sender: { mailFrom: "bulletin@news.example" },
    lines: { bounces: 5, complaints: 0.1, after: 100 },
  };
  const letter = { address: "salma@example.org", destination: "other" };
  for (let run = 0; run < 2; run++) {
    const pacer = createPacer(deps);
    await pacer.begin();
    const heard = (way: string, state: "accepted" | "deferred" | "rejected" | "in_doubt") =>
      pacer.heard(letter, null, way, { fault: null, reply: "", state });
    for (const state of ["accepted", "accepted", "deferred", "in_doubt"] as const) heard("relay", state);
    heard("other", "rejected");
    await pacer.end();
  }
  expect(await counts()).toEqual([
    "other rejected 2",
    "relay accepted 4",
    "relay deferred 2",
    "relay in_doubt 2",
  ]);
});

test("what a stopped process left in doubt, and what became too late, is counted where it is found", async () => {
  const { database, counts, notice } = open();
  await notice("sending", { worker: "gone", due: ms - 1 });
  await notice("sending", { worker: "alive", due: ms + 60_000 });
  await notice("queued", { deadline: ms - 1 });
  await notice("deferred", { deadline: ms - 1 });
  const lot = { table: "notices" as const };
  for (let again = 0; again < 2; again++) {
    await recover(database, lot, () => [], now);
    await expire(database, lot, now);
  }
  expect(await counts()).toEqual([" expired 2", " in_doubt 1"]);
});

test("what comes back is counted once, and not where a server said so at once", async () => {
  const { db, counts, notice } = open();
  await notice("accepted");
  const report = (name: string, kind: string, by: string) =>
    sql`insert or ignore into feedback (notice_id, kind, verdict, code, words, known_by, report, letter_at, at)
      values (1, ${kind}, 'hard', '5.1.1', '', ${by}, ${name}, ${ms}, ${ms})`.execute(db);
  await report("one", "bounce", "return-path");
  await report("one", "bounce", "return-path");
  await report("two", "bounce", "message-id");
  await report("three", "bounce", "reply");
  await report("four", "complaint", "address");
  expect(await counts()).toEqual([" bounced 2", " complained 1"]);
});
