import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { FeedTables } from "../feeds/index.ts";
import { createLog } from "../platform/index.ts";
import { markRestored, newPublisher, savePublisher } from "../settings/index.ts";
import { changeSchedule } from "./change.ts";
import type { DigestDeps } from "./draw.ts";
import { openDueIssues } from "./due.ts";
import { newestIssues } from "./issue-store.ts";
import type { Schedule } from "./schedule.ts";
import { addDigest, digestBySlug, reschedule } from "./store.ts";
import type { Digest, DigestTables } from "./tables.ts";

const slots = [
  { name: "morning", time: "07:00" },
  { name: "evening", time: "18:00" },
];
const twiceADay: Schedule = { zone: "Asia/Damascus", days: [1, 2, 3, 4, 5, 6, 7], slots };
const instant = (text: string) => Temporal.Instant.from(text);

async function open(schedule: Schedule = twiceADay, start = "2026-03-01T06:00+03:00") {
  const database = openTestDatabase<DigestTables & Tables & FeedTables>();
  const { db, batch } = database;
  let now = instant(start);
  const paper = { slug: "daily", name: "نشرة", nameEn: null, schedule, maxStories: 8, minStories: 1 };
  await batch([addDigest(db, paper, now)]);
  const digest = async (): Promise<Digest> => {
    const it = await digestBySlug(db, "daily");
    if (!it) throw new Error("There is no digest.");
    return it;
  };
  const tick = () => openDueIssues({ database, now: () => now, log: createLog("silent") });
  return {
    db,
    digest,
    tick,
    /** As many at once, each as its own process would: all read before any writes. */
    ticks: (count: number) => Promise.all(Array.from({ length: count }, tick)),
    tickAt: async (time: string) => {
      now = instant(time);
      await tick();
    },
    at: (time: string) => {
      now = instant(time);
    },
    /** As an editor does it. */
    change: (change: Partial<Schedule>) =>
      changeSchedule(
        {
          database,
          now: () => now,
          audit: () => sql`select 1`.compile(db),
          openDue: tick,
          changed: () => {},
        },
        "daily",
        (before) => ({ ...before, ...change }),
        () => "",
        "mona@example.org",
      ),
    set: async (change: Partial<Schedule>) => {
      const it = await digest();
      return reschedule(db, it, { ...it.schedule, ...change }, now);
    },
    shiftMoon: (hijriOffset: -1 | 0 | 1) => batch([savePublisher(db, { ...newPublisher, hijriOffset }, now)]),
    mark: (made: Temporal.Instant, at: Temporal.Instant) => batch([markRestored(db, made, at)]),
    next: async () => {
      const { next } = await digest();
      return next && `${next.date} ${next.slot} ${next.at}`;
    },
    /** From the first on: "2026-03-01-morning opened", "… skipped: why". */
    issues: async () =>
      (await newestIssues(db, 2000))
        .map(({ date, slot, state, reason }) => `${date}-${slot} ${state}${reason ? `: ${reason}` : ""}`)
        .reverse(),
  };
}
type Tables = DigestDeps["database"] extends { db: import("kysely").Kysely<infer All> } ? All : never;

describe("a slot is opened once", () => {
  test("and where it is moved to an hour that is still to come, the next run is one without an issue", async () => {
    const paper = await open();
    await paper.tickAt("2026-03-01T07:00+03:00");
    const later = (time: string) => [{ name: "morning", time }];
    await paper.change({ slots: later("09:00") });
    expect(await paper.next()).toBe("2026-03-02 morning 2026-03-02T06:00:00Z");
    await paper.tickAt("2026-03-02T09:00+03:00");
    await paper.change({ slots: later("10:00") });
    expect(await paper.next()).toBe("2026-03-03 morning 2026-03-03T07:00:00Z");
    expect(await paper.issues()).toEqual(["2026-03-01-morning opened", "2026-03-02-morning opened"]);
  });

  test("by fifty ticks at once, and at once again", async () => {
    const paper = await open();
    paper.at("2026-03-01T07:00+03:00");
    await paper.ticks(50);
    await paper.ticks(50);
    expect(await paper.issues()).toEqual(["2026-03-01-morning opened"]);
    expect(await paper.next()).toBe("2026-03-01 evening 2026-03-01T15:00:00Z");
  });

  test("by fifty ticks of a machine that slept for three days: each slot once, none left out", async () => {
    const paper = await open();
    paper.at("2026-03-03T18:30+03:00");
    await paper.ticks(50);
    expect(await paper.issues()).toEqual([
      "2026-03-01-morning skipped: late by 3570 minutes; the limit is 180",
      "2026-03-01-evening skipped: late by 2910 minutes; the limit is 180",
      "2026-03-02-morning skipped: late by 2130 minutes; the limit is 180",
      "2026-03-02-evening skipped: late by 1470 minutes; the limit is 180",
      "2026-03-03-morning skipped: late by 690 minutes; the limit is 180",
      "2026-03-03-evening opened",
    ]);
    expect(await paper.next()).toBe("2026-03-04 morning 2026-03-04T04:00:00Z");
  });

  test.each([
    ["later", "09:00", "2026-03-01 morning 2026-03-01T06:00:00Z"],
    ["earlier", "06:00", "2026-03-01 evening 2026-03-01T15:00:00Z"],
    ["after the evening's", "21:00", "2026-03-01 evening 2026-03-01T15:00:00Z"],
  ])("also where its time is moved %s that day", async (_, time, next) => {
    const paper = await open();
    await paper.tickAt("2026-03-01T07:00+03:00");
    const moved = { slots: [{ name: "morning", time }, ...slots.slice(1)] };
    await paper.set(moved);
    expect(await paper.next()).toBe(next);
    for (const hour of [8, 9, 12, 18, 21, 22]) {
      paper.at(`2026-03-01T${String(hour).padStart(2, "0")}:00+03:00`);
      await paper.ticks(3);
    }
    expect((await paper.issues()).sort()).toEqual(["2026-03-01-evening opened", "2026-03-01-morning opened"]);
    expect(await paper.next()).toMatch(/^2026-03-02/);
  });

  test("and while the schedule is changed under the ticks", async () => {
    const paper = await open();
    paper.at("2026-03-01T07:00+03:00");
    await Promise.all([
      paper.ticks(20),
      paper.set({ slots: [{ name: "morning", time: "07:30" }, ...slots.slice(1)] }),
      paper.ticks(20),
    ]);
    await paper.tickAt("2026-03-01T07:30+03:00");
    expect(await paper.issues()).toEqual(["2026-03-01-morning opened"]);
    expect(await paper.next()).toBe("2026-03-01 evening 2026-03-01T15:00:00Z");
  });
});

describe("a machine that slept", () => {
  test("for a month: every run is there once, with how late it was, and what is news still goes out", async () => {
    const paper = await open();
    await paper.tickAt("2026-04-01T07:10+03:00");
    const issues = await paper.issues();
    expect(issues).toHaveLength(31 * 2 + 1);
    expect(issues[0]).toBe("2026-03-01-morning skipped: late by 44650 minutes; the limit is 180");
    expect(issues.filter((issue) => issue.endsWith("opened"))).toEqual(["2026-04-01-morning opened"]);
    await paper.tick();
    expect(await paper.issues()).toEqual(issues);
  });

  test("for two years: some of it a tick, and no run is lost", async () => {
    const paper = await open();
    await paper.tickAt("2028-03-01T07:10+03:00");
    expect(await paper.issues()).toHaveLength(500);
    await paper.tick();
    await paper.ticks(3);
    const days = 365 + 366;
    expect(new Set(await paper.issues()).size).toBe(days * 2 + 1);
    expect((await paper.issues()).at(-1)).toBe("2028-03-01-morning opened");
    expect(await paper.next()).toMatch(/^2028-03-01 evening/);
  });

  test.each([
    ["2026-03-01T10:00:59+03:00", "opened"],
    ["2026-03-01T10:01:00+03:00", "skipped: late by 181 minutes; the limit is 180"],
  ])("until %s: %s", async (time, outcome) => {
    const paper = await open();
    await paper.tickAt(time);
    expect(await paper.issues()).toEqual([`2026-03-01-morning ${outcome}`]);
  });
});

describe("a run that is left out is kept with the reason", () => {
  test("on a holiday and by hand, once each; the rest goes out", async () => {
    const paper = await open({
      ...twiceADay,
      holidays: [{ kind: "hijri", day: "10-01", name: "عيد الفطر" }],
      skips: [{ date: "2026-03-21", slot: "morning" }],
    });
    paper.at("2026-03-19T20:00+03:00");
    await paper.set({});
    for (const day of [20, 21])
      for (const time of ["07:00", "12:00", "18:00"]) {
        paper.at(`2026-03-${day}T${time}+03:00`);
        await paper.ticks(3);
      }
    expect((await paper.issues()).slice(-4)).toEqual([
      "2026-03-20-morning skipped: holiday: عيد الفطر",
      "2026-03-20-evening skipped: holiday: عيد الفطر",
      "2026-03-21-morning skipped: left out by hand",
      "2026-03-21-evening opened",
    ]);
  });

  test("where every day is a holiday, tick after tick", async () => {
    const holidays = Array.from({ length: 31 }, (_, i) => ({
      kind: "yearly" as const,
      day: `03-${String(i + 1).padStart(2, "0")}`,
      name: "عطلة آذار",
    }));
    const paper = await open({ ...twiceADay, holidays });
    for (const day of ["01", "02", "03"]) await paper.tickAt(`2026-03-${day}T19:00+03:00`);
    expect(await paper.issues()).toHaveLength(6);
    expect((await paper.issues()).every((issue) => issue.endsWith("skipped: holiday: عطلة آذار"))).toBe(true);
  });
});

describe("the moon", () => {
  // By Umm al-Qura Ramadan of 1447 begins on 18 February 2026.
  const inRamadan: Schedule = {
    ...twiceADay,
    ramadan: { days: null, slots: [{ name: "morning", time: "10:00" }] },
  };

  test("is seen a day late: the next run is computed anew by the next tick", async () => {
    const paper = await open(inRamadan, "2026-02-17T19:00+03:00");
    expect(await paper.next()).toBe("2026-02-18 morning 2026-02-18T07:00:00Z");
    await paper.shiftMoon(-1);
    await paper.ticks(10);
    expect(await paper.next()).toBe("2026-02-18 morning 2026-02-18T04:00:00Z");
    await paper.tickAt("2026-02-18T07:00+03:00");
    await paper.tickAt("2026-02-18T18:00+03:00");
    expect(await paper.next()).toBe("2026-02-19 morning 2026-02-19T07:00:00Z");
    expect(await paper.issues()).toEqual(["2026-02-18-morning opened", "2026-02-18-evening opened"]);
  });

  test("moves a slot over one that ran: it does not run again", async () => {
    const paper = await open(inRamadan, "2026-02-17T06:00+03:00");
    await paper.tickAt("2026-02-17T07:00+03:00");
    await paper.shiftMoon(1); // it is Ramadan today already, and the morning's at ten
    await paper.tickAt("2026-02-17T07:01+03:00");
    await paper.tickAt("2026-02-17T10:00+03:00");
    expect(await paper.issues()).toEqual(["2026-02-17-morning opened"]);
    expect(await paper.next()).toBe("2026-02-17 evening 2026-02-17T15:00:00Z");
  });

  test("moves a slot to an hour that has passed: today it keeps its own", async () => {
    const paper = await open(inRamadan, "2026-02-18T08:00+03:00");
    expect(await paper.next()).toBe("2026-02-18 morning 2026-02-18T07:00:00Z");
    await paper.shiftMoon(-1); // not Ramadan yet: seven o'clock, an hour ago
    await paper.tick();
    await paper.tickAt("2026-02-18T10:00+03:00");
    expect(await paper.issues()).toEqual(["2026-02-18-morning opened"]);
  });
});

test("of two who change a schedule at once one is told", async () => {
  const paper = await open();
  const it = await paper.digest();
  const change = (zone: string) =>
    reschedule(paper.db, it, { ...it.schedule, zone }, instant("2026-03-01T00:00Z"));
  const [first, second] = [await change("Asia/Beirut"), await change("Africa/Cairo")];
  expect(first).toMatchObject({ slot: "morning" });
  expect(second).toBe(false);
  expect((await paper.digest()).schedule.zone).toBe("Asia/Beirut");
});

describe("a database that was restored from a backup", () => {
  test("opens nothing that was due before: it may have gone out; what is due later opens", async () => {
    const paper = await open();
    const restored = instant("2026-03-02T07:10+03:00");
    await paper.mark(instant("2026-03-01T06:30+03:00"), restored);
    await paper.tickAt("2026-03-02T07:11+03:00");
    const why = "it may have gone out before the database was restored from a backup";
    const ours = async () => (await paper.issues()).filter((issue) => !issue.includes("-restored-"));
    expect(await ours()).toEqual([
      `2026-03-01-morning skipped: ${why}`,
      `2026-03-01-evening skipped: ${why}`,
      `2026-03-02-morning skipped: ${why}`,
    ]);
    await paper.tickAt("2026-03-02T18:00+03:00");
    expect((await ours()).at(-1)).toBe("2026-03-02-evening opened");
  });
});
