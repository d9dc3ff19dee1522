import { expect, test } from "vitest";
import { openTestDatabase } from "../../../tests/support/database.ts";
import { freely, shutOut } from "./rules.ts";
import { keepPace, readPaces, resumeWay } from "./store.ts";
import type { PaceTables } from "./tables.ts";
import { allowanceOn, giveBack, startWarmup, takeAllowance, takenToday } from "./warmup.ts";

const now = Temporal.Instant.from("2026-03-01T05:00:00Z");

test("what was learned is kept across restarts, without addresses; of two rests the longer stays", async () => {
  const { db, batch } = openTestDatabase<PaceTables>();
  const way = { transport: "relay", destination: "" };
  const short = shutOut(freely, "535 salma@reader.example may not", now.epochMilliseconds);
  const long = { ...short, restsUntil: (short.restsUntil ?? 0) + 1000 };
  await batch([
    keepPace(db, way, long, now.epochMilliseconds),
    keepPace(db, way, short, now.epochMilliseconds),
  ]);
  const [known] = await readPaces(db);
  expect(known?.pace).toEqual({ ...long, reply: "535 … may not" });
  expect((await batch([resumeWay(db, way)])).at(0)?.changes).toBe(1);
  expect(await readPaces(db)).toEqual([]);
});

test.each([
  [0, 200],
  [1, 236],
  [10, 1046],
  [41, 177_089],
  [42, null],
])("on day %i of a warm-up %s letters may go", (day, letters) => expect(allowanceOn(day)).toBe(letters));

test("a warm-up grows from day to day, by a fifth at most, until there is no limit", () => {
  const days = Array.from({ length: 42 }, (_, day) => allowanceOn(day) ?? Number.NaN);
  for (const [day, letters] of days.entries()) {
    const before = days[day - 1];
    if (before === undefined) continue;
    expect(letters).toBeGreaterThan(before);
    expect(letters).toBeLessThanOrEqual(Math.ceil(before * 1.2));
    expect(letters).toBeLessThanOrEqual(200_000);
  }
});

test("any number of processes take no more of a day than it has, and the next day has more", async () => {
  const { db, batch } = openTestDatabase<PaceTables>();
  await batch([startWarmup(db, "news.example", "test", now)]);
  const warmup = {
    domain: "news.example",
    startedOn: Math.floor(now.epochMilliseconds / 86_400_000),
    by: "test",
  };
  const take = (wanted: number, at = now, to = "gmail") => takeAllowance(db, warmup, to, wanted, at);
  const grants = await Promise.all(Array.from({ length: 9 }, () => take(30)));
  expect(grants.reduce((a, b) => a + b)).toBe(200);
  expect(await take(30)).toBe(0);
  expect(await take(30, now, "outlook")).toBe(30);
  await batch([giveBack(db, warmup, "gmail", 25, now)]);
  expect(await take(30)).toBe(25);
  expect(await takenToday(db, "news.example", now)).toEqual(
    new Map([
      ["gmail", 200],
      ["outlook", 30],
    ]),
  );
  expect(await take(1000, now.add({ hours: 24 }))).toBe(236);
  expect(await take(1000, now.add({ hours: 24 * 42 }))).toBe(1000);
});
