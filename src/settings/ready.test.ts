import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { createLog } from "../platform/index.ts";
import type { AllTables } from "../tables.ts";
import { readiness } from "./ready.ts";

const now = () => Temporal.Instant.from("2026-03-01T04:00:00Z");
const log = createLog("silent");

test("a database that takes no writes is told of, at most every five seconds, and as soon when it is well again", async () => {
  const { db } = openTestDatabase<AllTables>();
  let ms = 0;
  const ready = readiness({ db, now, log }, () => ms);
  expect(await ready()).toEqual([]);
  await sql`pragma query_only = on`.execute(db);
  ms = 4999;
  expect(await ready()).toEqual([]); // as it was
  ms = 5000;
  expect(await ready()).toEqual(["the database does not answer, or cannot be written"]);
  await sql`pragma query_only = off`.execute(db);
  ms = 10_000;
  expect(await ready()).toEqual([]);
  expect(await db.selectFrom("settings").select("name").execute()).toHaveLength(1); // one row, however often
});

test("what the host says is said", async () => {
  const { db } = openTestDatabase<AllTables>();
  const unfit = async () => ["the disk is full", "the delivery thread ended"];
  expect(await readiness({ db, now, log, unfit })()).toEqual(await unfit());
});
