// A digest's schedule as its operator sets it, and the clock's processes that race for it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestBySlug, reschedule } from "../../src/digests/index.ts";
import { openDatabase } from "../../src/hosts/sqlite.ts";
import { nashra } from "../support/process.ts";

let data: string;
const run = (...args: string[]) => nashra({ NASHRA_DATA: data }, args);
const lines = (out: string) =>
  out
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "nashra-schedule-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

test("Ramadan, holidays and a run left out: set, listed, seen ahead, and taken back", async () => {
  const set = await run(
    ...["digest", "set", "daily", "--zone", "Asia/Damascus", "--days", "sun,mon,tue,wed,thu"],
    ...["--at", "morning=07:00", "--ramadan", "morning=10:00", "--ramadan-days", "daily"],
    ...["--holiday", "2050-12-25=عيد الميلاد", "--holiday", "hijri:10-01=عيد الفطر"],
    ...["--skip", "2050-12-26/morning"],
  );
  expect([set.err, set.code]).toEqual(["", 0]);
  const words = "الأحد إلى الخميس، 07:00 بتوقيت دمشق؛ في رمضان: كل يوم، 10:00؛ لا تصدر في العطل";
  expect(set.out).toContain(`daily: ${words}\nIt runs next at `);
  const { out: shown } = await run("digest", "list");
  expect(shown).toContain(words);
  expect(shown, "people read times by the digest's clock").toMatch(/T\d\d:00\+03:00\[Asia\/Damascus\]/);
  expect(lines((await run("digest", "list", "--json")).out)).toEqual([
    expect.objectContaining({
      days: "mon,tue,wed,thu,sun",
      at: "morning=07:00",
      ramadan: "morning=10:00",
      ramadan_days: "mon,tue,wed,thu,fri,sat,sun",
      holidays: ["2050-12-25=عيد الميلاد", "hijri:10-01=عيد الفطر"],
      skips: ["2050-12-26/morning"],
      says: {
        ar: words,
        en: "Sunday to Thursday, 07:00 Damascus; in Ramadan: every day, 10:00; not on holidays",
      },
    }),
  ]);

  const next = async (from: string, ...more: string[]) =>
    lines((await run("digest", "next", "daily", "--from", from, "--json", ...more)).out);
  expect(await next("2026-03-18T12:00:00Z", "--count", "3", "--with-skipped")).toEqual([
    {
      issue: "daily/2026-03-19-morning",
      local_date: "2026-03-19",
      slot: "morning",
      at: "2026-03-19T07:00:00Z",
      note: "ramadan",
      skipped: false,
    },
    // Friday 20 March 2026 is the feast, and no day of the ordinary week
    {
      issue: "daily/2026-03-22-morning",
      local_date: "2026-03-22",
      slot: "morning",
      at: "2026-03-22T04:00:00Z",
      note: null,
      skipped: false,
    },
    {
      issue: "daily/2026-03-23-morning",
      local_date: "2026-03-23",
      slot: "morning",
      at: "2026-03-23T04:00:00Z",
      note: null,
      skipped: false,
    },
  ]);
  expect(
    (await next("2050-12-24T12:00:00Z", "--count", "3", "--with-skipped")).map(({ note }) => note),
  ).toEqual(["holiday: عيد الميلاد", "left out by hand", null]);
  expect(await next("2050-12-24T12:00:00Z", "--count", "1")).toEqual([
    {
      issue: "daily/2050-12-27-morning",
      local_date: "2050-12-27",
      slot: "morning",
      at: "2050-12-27T04:00:00Z",
      note: null,
    },
  ]);

  // The moon was seen a day late: 20 March is still Ramadan.
  await run("publisher", "hijriOffset=-1");
  expect(await next("2026-03-19T12:00:00Z", "--count", "1")).toEqual([
    {
      issue: "daily/2026-03-20-morning",
      local_date: "2026-03-20",
      slot: "morning",
      at: "2026-03-20T07:00:00Z",
      note: "ramadan",
    },
  ]);

  const back = await run(
    ...[
      "digest",
      "set",
      "daily",
      "--no-ramadan",
      "--remove-holiday",
      "2050-12-25",
      "--unskip",
      "2050-12-26/morning",
    ],
  );
  expect([back.err, back.code]).toEqual(["", 0]);
  expect(lines((await run("digest", "list", "--json")).out)[0]).toMatchObject({
    ramadan: null,
    holidays: ["hijri:10-01=عيد الفطر"],
    skips: [],
  });
});

test.each([
  ["no such slot", "2050-12-26/noon"],
  ["no day of its week", "2050-12-30/morning"],
  ["a day that is over", "2020-03-02/morning"],
])("a run that is none cannot be left out: %s", async (_, skip) => {
  await run("digest", "set", "daily", "--days", "sun,mon,tue,wed,thu", "--at", "morning=07:00");
  const { code, err } = await run("digest", "set", "daily", "--skip", skip);
  expect([code, err]).toEqual([1, expect.stringContaining(`No run ${skip} of "daily" is still to come`)]);
});

test("six processes tick at once over two days that were missed: each slot has one issue", async () => {
  await run("digest", "list");
  const database = await openDatabase(
    join(data, "nashra.sqlite"),
    resolve(import.meta.dirname, "../../migrations"),
  );
  const now = Temporal.Now.instant();
  const today = now.toZonedDateTimeISO("UTC").toPlainDate();
  const digest = await digestBySlug(database.db, "daily");
  if (!digest) throw new Error("There is no daily digest.");
  const slots = ["00:00", "00:01", "00:02"].map((time, i) => ({ name: `slot${i}`, time }));
  const schedule = { zone: "UTC", days: [1, 2, 3, 4, 5, 6, 7], slots };
  await reschedule(
    database.db,
    digest,
    schedule,
    today.subtract({ days: 2 }).toZonedDateTime("UTC").toInstant(),
  );
  await database.close();

  const ticks = await Promise.all(Array.from({ length: 6 }, () => run("tick", "--json")));
  expect(ticks.map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => 0));
  const issues = lines((await run("issue", "list", "--json")).out).map(({ issue }) => issue);
  const wanted = [2, 1, 0].flatMap((ago) =>
    slots.map(({ name }) => `daily/${today.subtract({ days: ago })}-${name}`),
  );
  // The last day's may be still to come, in the first minutes after midnight.
  expect(issues.toSorted().slice(0, 6)).toEqual(wanted.slice(0, 6));
  expect(wanted).toEqual(expect.arrayContaining(issues));
  expect(new Set(issues).size).toBe(issues.length);
});
