import fc from "fast-check";
import { Temporal as Polyfill } from "temporal-polyfill/full/implementation";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { zones } from "./schedule.fixture.ts";
import {
  gatherHours,
  nextThatRuns,
  plannedAfter,
  plannedAfterChange,
  plannedFrom,
  type Run,
  runsFrom,
  type Schedule,
} from "./schedule.ts";

const everyDay = [1, 2, 3, 4, 5, 6, 7];

/** `morning=07:00,evening=18:00`, as the command line takes it. */
const daily = (zone: string, slots: string, days: readonly number[] = everyDay): Schedule => ({
  zone,
  days,
  slots: slots.split(",").map((slot) => {
    const [name = "", time = ""] = slot.split("=");
    return { name, time };
  }),
});

const told = ({ date, slot, at, note }: Run) => [date, slot, at.toString(), note].filter(Boolean).join(" ");

// Workers have no Temporal of their own: there it is the polyfill's.
describe.each([
  ["of the machine", Temporal],
  ["of the polyfill", Polyfill],
])("with the Temporal %s", (_, implementation) => {
  beforeAll(() => void vi.stubGlobal("Temporal", implementation));
  afterAll(() => void vi.unstubAllGlobals());

  test.each<[zone: string, slots: string, from: string, runs: string[]]>([
    // No change of clocks any more
    [
      "Asia/Damascus",
      "m=07:00",
      "2026-03-26T04:00:00Z",
      ["2026-03-26 m 2026-03-26T04:00:00Z", "2026-03-27 m 2026-03-27T04:00:00Z"],
    ],
    [
      "Asia/Damascus",
      "m=00:15",
      "2026-10-29T00:00:00Z",
      ["2026-10-30 m 2026-10-29T21:15:00Z", "2026-10-31 m 2026-10-30T21:15:00Z"],
    ],
    [
      "Asia/Amman",
      "m=07:00",
      "2026-02-27T00:00:00Z",
      ["2026-02-27 m 2026-02-27T04:00:00Z", "2026-02-28 m 2026-02-28T04:00:00Z"],
    ],
    // Spring: Beirut and Cairo have no midnight
    [
      "Asia/Beirut",
      "m=00:15",
      "2026-03-27T22:00:00Z",
      [
        "2026-03-28 m 2026-03-27T22:15:00Z",
        "2026-03-29 m 2026-03-28T22:00:00Z gap",
        "2026-03-30 m 2026-03-29T21:15:00Z",
      ],
    ],
    [
      "Africa/Cairo",
      "m=00:15",
      "2026-04-23T12:00:00Z",
      ["2026-04-24 m 2026-04-23T22:00:00Z gap", "2026-04-25 m 2026-04-24T21:15:00Z"],
    ],
    [
      "Africa/Cairo",
      "a=00:00,b=00:59,c=01:00",
      "2026-04-23T12:00:00Z",
      [
        "2026-04-24 a 2026-04-23T22:00:00Z gap",
        "2026-04-24 b 2026-04-23T22:00:00Z gap",
        "2026-04-24 c 2026-04-23T22:00:00Z",
      ],
    ],
    ["Africa/Cairo", "m=07:00", "2026-04-23T12:00:00Z", ["2026-04-24 m 2026-04-24T04:00:00Z"]],
    [
      "Asia/Gaza",
      "m=02:30",
      "2025-04-11T12:00:00Z",
      ["2025-04-12 m 2025-04-12T00:00:00Z gap", "2025-04-13 m 2025-04-12T23:30:00Z"],
    ],
    ["America/New_York", "m=02:30", "2026-03-08T00:00:00Z", ["2026-03-08 m 2026-03-08T07:00:00Z gap"]],
    // Autumn: an hour comes twice, and the first counts
    [
      "Asia/Beirut",
      "m=23:30",
      "2025-10-25T00:00:00Z",
      ["2025-10-25 m 2025-10-25T20:30:00Z overlap", "2025-10-26 m 2025-10-26T21:30:00Z"],
    ],
    [
      "Asia/Beirut",
      "m=23:30,n=00:00",
      "2025-10-25T20:45:00Z",
      ["2025-10-26 n 2025-10-25T22:00:00Z", "2025-10-26 m 2025-10-26T21:30:00Z"],
    ],
    ["Africa/Cairo", "m=23:00", "2025-10-30T12:00:00Z", ["2025-10-30 m 2025-10-30T20:00:00Z overlap"]],
    [
      "Europe/London",
      "m=01:30",
      "2026-10-25T00:00:00Z",
      ["2026-10-25 m 2026-10-25T00:30:00Z overlap", "2026-10-26 m 2026-10-26T01:30:00Z"],
    ],
    // Ramadan in Casablanca: an hour back before it, an hour on after it
    [
      "Africa/Casablanca",
      "m=02:30",
      "2025-02-22T00:00:00Z",
      [
        "2025-02-22 m 2025-02-22T01:30:00Z",
        "2025-02-23 m 2025-02-23T01:30:00Z overlap",
        "2025-02-24 m 2025-02-24T02:30:00Z",
      ],
    ],
    [
      "Africa/Casablanca",
      "m=02:30",
      "2025-04-05T12:00:00Z",
      ["2025-04-06 m 2025-04-06T02:00:00Z gap", "2025-04-07 m 2025-04-07T01:30:00Z"],
    ],
    // A gap round midnight, and a day that was none: 30 December 2011 in Samoa
    [
      "America/Scoresbysund",
      "a=23:30,b=00:00",
      "2025-03-29T12:00:00Z",
      [
        "2025-03-29 a 2025-03-30T01:00:00Z gap",
        "2025-03-30 b 2025-03-30T01:00:00Z",
        "2025-03-30 a 2025-03-31T00:30:00Z",
      ],
    ],
    [
      "Pacific/Apia",
      "a=00:00,b=12:00",
      "2011-12-30T00:00:00Z",
      [
        "2011-12-30 a 2011-12-30T10:00:00Z gap",
        "2011-12-30 b 2011-12-30T10:00:00Z gap",
        "2011-12-31 a 2011-12-30T10:00:00Z",
        "2011-12-31 b 2011-12-30T22:00:00Z",
      ],
    ],
    // Slots in any order
    [
      "Asia/Dubai",
      "evening=18:00,morning=07:00",
      "2026-03-01T04:00:00Z",
      ["2026-03-01 evening 2026-03-01T14:00:00Z", "2026-03-02 morning 2026-03-02T03:00:00Z"],
    ],
  ])("%s %s from %s", (zone, slots, from, runs) => {
    const schedule = daily(zone, slots);
    const found = runsFrom(schedule, Temporal.Instant.from(from), runs.length);
    expect(found.map(told)).toEqual(runs);
    const walked = found.slice(0, -1).map((run) => plannedAfter(schedule, run));
    expect(walked).toEqual(found.slice(1));
  });

  test("only on its days, by the local calendar", () => {
    const sundayAndFriday = daily("Asia/Damascus", "m=01:00", [7, 5]);
    expect(runsFrom(sundayAndFriday, Temporal.Instant.from("2026-03-01T00:00:00Z"), 3).map(told)).toEqual([
      "2026-03-06 m 2026-03-05T22:00:00Z",
      "2026-03-08 m 2026-03-07T22:00:00Z",
      "2026-03-13 m 2026-03-12T22:00:00Z",
    ]);
  });

  test.each([
    ["no days", daily("Asia/Damascus", "m=07:00", [])],
    ["no day of the week", daily("Asia/Damascus", "m=07:00", [0, 8])],
    ["no slots", { zone: "Asia/Damascus", days: everyDay, slots: [] }],
  ])("%s: never", (_, schedule) => {
    const now = Temporal.Instant.from("2026-03-01T00:00:00Z");
    expect(runsFrom(schedule, now, 3)).toEqual([]);
    expect(plannedAfter(schedule, { date: "2026-03-01", slot: "m", at: now })).toBeNull();
  });

  test("a slot that is moved does not run twice that day, and no other is passed over", () => {
    const morning = { date: "2026-03-01", slot: "m", at: Temporal.Instant.from("2026-03-01T04:00:00Z") };
    const nextWith = (slots: string) => {
      const next = plannedAfter(daily("Asia/Damascus", slots), morning);
      return next && told(next);
    };
    expect(nextWith("m=09:00")).toBe("2026-03-02 m 2026-03-02T06:00:00Z");
    expect(nextWith("m=05:00")).toBe("2026-03-02 m 2026-03-02T02:00:00Z");
    expect(nextWith("m=21:00,e=18:00")).toBe("2026-03-01 e 2026-03-01T15:00:00Z");
    expect(nextWith("e=18:00")).toBe("2026-03-01 e 2026-03-01T15:00:00Z");
    expect(nextWith("e=07:00")).toBe("2026-03-02 e 2026-03-02T04:00:00Z");
  });

  /** What every run must be, told by the local clock before, at and after it. */
  function expectTrue({ date, at, note }: Run, time: string, zone: string) {
    const wanted = Temporal.PlainDateTime.from(`${date}T${time}`);
    const localAt = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(zone).toPlainDateTime();
    const isWanted = (instant: Temporal.Instant) => localAt(instant).equals(wanted);
    const around = [30, 60, 90, 120].map((minutes) => ({ minutes }));
    if (note === "gap") {
      expect(Temporal.PlainDateTime.compare(localAt(at), wanted)).toBeGreaterThanOrEqual(0);
      expect(Temporal.PlainDateTime.compare(localAt(at.subtract({ nanoseconds: 1 })), wanted)).toBe(-1);
    } else {
      expect(localAt(at).toString()).toBe(wanted.toString());
      expect(around.some((it) => isWanted(at.subtract(it)))).toBe(false);
      expect(around.some((it) => isWanted(at.add(it)))).toBe(note === "overlap");
    }
  }

  /** From the first instant of a local day: each slot of each scheduled day once, in order, and plannedAfter walks the list. */
  function expectEachOnce(schedule: Schedule, start: Temporal.PlainDate, days: number) {
    const from = start.toZonedDateTime(schedule.zone).toInstant();
    const inOrder = [...schedule.slots].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    const wanted = Array.from({ length: days }, (_, i) => start.add({ days: i }))
      .filter((day) => schedule.days.includes(day.dayOfWeek))
      .flatMap((day) => inOrder.map(({ name, time }) => ({ key: `${day} ${name}`, time })));
    const runs = runsFrom(schedule, from, wanted.length);
    expect(runs.map(({ date, slot }) => `${date} ${slot}`)).toEqual(wanted.map(({ key }) => key));
    for (const [i, run] of runs.entries()) {
      expectTrue(run, wanted[i]?.time ?? "", schedule.zone);
      const next = runs[i + 1];
      if (!next) continue;
      expect(Temporal.Instant.compare(run.at, next.at)).toBeLessThanOrEqual(0);
      expect(told(plannedAfter(schedule, run) ?? run)).toBe(told(next));
    }
  }

  test("round every change of the clocks in ten years, each slot of each day runs once", () => {
    const slots = "a=00:00,b=00:15,c=01:00,d=02:00,e=02:30,f=07:00,g=23:30";
    let changes = 0;
    for (const zone of zones) {
      let at: Temporal.ZonedDateTime | null = Temporal.ZonedDateTime.from(`2020-01-01T00:00[${zone}]`);
      for (
        at = at.getTimeZoneTransition("next");
        at && at.year < 2030;
        at = at.getTimeZoneTransition("next")
      ) {
        expectEachOnce(daily(zone, slots), at.toPlainDate().subtract({ days: 1 }), 3);
        changes += 1;
      }
    }
    expect(changes).toBeGreaterThan(100);
  });

  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom("00", "01", "15", "30", "59"))
    .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${minute}`);
  const anySchedule = fc.record({
    zone: fc.constantFrom(...zones),
    days: fc.subarray(everyDay, { minLength: 1 }),
    slots: fc
      .uniqueArray(time, { minLength: 1, maxLength: 4 })
      .map((times) => times.map((it, i) => ({ name: `slot-${i}`, time: it }))),
  });

  test("whatever the schedule and the day, each slot of each scheduled day runs once", () =>
    fc.assert(
      fc.property(anySchedule, fc.nat({ max: 3650 }), (schedule, day) =>
        expectEachOnce(schedule, Temporal.PlainDate.from("2020-01-01").add({ days: day }), 10),
      ),
      { numRuns: 60 },
    ));

  test("whenever one asks, the runs are those that are still to come", () =>
    fc.assert(
      fc.property(anySchedule, fc.nat({ max: 3650 * 24 * 60 }), (schedule, minutes) => {
        const from = Temporal.Instant.from("2020-01-01T00:00:00Z").add({ minutes });
        const all = runsFrom(schedule, from.subtract({ hours: 24 * 9 }), 60);
        const still = all.filter(({ at }) => Temporal.Instant.compare(at, from) >= 0).map(told);
        expect(runsFrom(schedule, from, 5).map(told).slice(0, still.length)).toEqual(still.slice(0, 5));
      }),
      { numRuns: 60 },
    ));

  test("wherever a slot is moved to, it does not run a second time that day", () =>
    fc.assert(
      fc.property(anySchedule, time, fc.nat({ max: 3650 }), (schedule, moved, day) => {
        const from = Temporal.Instant.from("2020-01-01T00:00:00Z").add({ hours: day * 24 });
        const [last] = runsFrom(schedule, from, 1);
        if (!last) throw new Error("no run");
        const slots = schedule.slots.map((slot) =>
          slot.name === last.slot ? { ...slot, time: moved } : slot,
        );
        let run: Run | null = last;
        for (let i = 0; i < 10 && run; i++) {
          const next: Run | null = plannedAfter({ ...schedule, slots }, run);
          expect(next && `${next.date} ${next.slot}`).not.toBe(`${run.date} ${run.slot}`);
          expect(next && Temporal.Instant.compare(next.at, run.at)).not.toBe(-1);
          if (next && next.date === last.date && next.slot === last.slot) expect(i).toBeGreaterThan(0);
          run = next;
        }
      }),
      { numRuns: 60 },
    ));

  const everyMarch = Array.from({ length: 31 }, (_, i) => ({
    kind: "yearly" as const,
    day: `03-${String(i + 1).padStart(2, "0")}`,
    name: "March",
  }));
  const allYear = Array.from({ length: 366 }, (_, i) => {
    const day = Temporal.PlainDate.from("2024-01-01").add({ days: i }).toString().slice(5);
    return { kind: "yearly" as const, day, name: "always" };
  });

  test("a schedule that never runs is known as such, soon; and one that rarely does is found", () => {
    const from = Temporal.Instant.from("2026-03-01T00:00:00Z");
    const never = { ...daily("Asia/Damascus", "m=07:00"), holidays: allYear };
    expect(runsFrom(never, from, 3)).toEqual([]);
    expect(nextThatRuns(never, plannedFrom(never, from, 1)[0] ?? null)).toBeNull();
    expect(plannedFrom(never, from, 2).map(({ date, skipped }) => [date, skipped])).toEqual([
      ["2026-03-01", "holiday: always"],
      ["2026-03-02", "holiday: always"],
    ]);
    const rare = {
      ...daily("Asia/Damascus", "m=07:00", [5]),
      holidays: allYear.filter(({ day }) => day !== "03-01"),
    };
    expect(runsFrom(rare, from, 2).map(({ date }) => date)).toEqual(["2030-03-01", "2041-03-01"]);
    const inRamadan = { ...daily("Asia/Damascus", "m=07:00", []), ramadan: { days: [5], slots: [] } };
    expect(runsFrom(inRamadan, from, 4).map(({ date }) => date)).toEqual([
      "2026-03-06",
      "2026-03-13",
      "2027-02-12",
      "2027-02-19",
    ]);
  });

  test("the next that runs is the stored one, or the first after what is left out", () => {
    const schedule = { ...daily("Asia/Damascus", "m=07:00"), holidays: everyMarch };
    const [stored] = plannedFrom(schedule, Temporal.Instant.from("2026-03-30T00:00:00Z"), 1);
    expect(stored?.date).toBe("2026-03-30");
    expect(nextThatRuns(schedule, stored ?? null)).toMatchObject({ date: "2026-04-01" });
    expect(nextThatRuns({ ...schedule, holidays: [] }, stored ?? null)).toEqual(stored);
    expect(nextThatRuns(schedule, null)).toBeNull();
  });

  // Six o'clock in Damascus; the next run by the schedule before is today's morning at seven.
  test.each<[what: string, change: Partial<Schedule>, now: string, next: string]>([
    ["nothing", {}, "03:00", "2026-03-02 m 2026-03-02T04:00:00Z"],
    ["a later hour", daily("Asia/Damascus", "m=09:00"), "03:00", "2026-03-02 m 2026-03-02T06:00:00Z"],
    [
      "an hour that has passed",
      daily("Asia/Damascus", "m=05:00"),
      "03:00",
      "2026-03-02 m 2026-03-02T04:00:00Z",
    ],
    ["another name", daily("Asia/Damascus", "n=05:00"), "03:00", "2026-03-03 n 2026-03-03T02:00:00Z"],
    ["not on Mondays", { days: [2] }, "03:00", "2026-03-03 m 2026-03-03T04:00:00Z"],
    [
      "a slot before it",
      daily("Asia/Damascus", "n=06:30,m=05:00"),
      "03:00",
      "2026-03-02 n 2026-03-02T03:30:00Z",
    ],
    ["no slots", { slots: [] }, "03:00", "never"],
    // It is due already, and no tick came.
    ["nothing, later", {}, "05:00", "2026-03-02 m 2026-03-02T04:00:00Z"],
    [
      "an earlier hour, later",
      daily("Asia/Damascus", "m=05:00"),
      "05:00",
      "2026-03-02 m 2026-03-02T04:00:00Z",
    ],
    ["a later hour, later", daily("Asia/Damascus", "m=09:00"), "05:00", "2026-03-02 m 2026-03-02T06:00:00Z"],
  ])("after a change to %s", (_, change, now, expected) => {
    const stored = { date: "2026-03-02", slot: "m", at: Temporal.Instant.from("2026-03-02T04:00:00Z") };
    const schedule = { ...daily("Asia/Damascus", "m=07:00"), ...change };
    const next = plannedAfterChange(schedule, stored, Temporal.Instant.from(`2026-03-02T${now}:00Z`));
    expect(next ? `${next.date} ${next.slot} ${next.at}` : "never").toBe(expected);
  });

  test.each<[days: number[], hours: number]>([
    [everyDay, 24],
    [[5], 168],
    [[1, 4], 84],
    [[1, 2, 3, 4, 7], 33.6],
    [[5, 5], 168],
    [[], 168],
  ])("on the days %j an issue gathers %f hours", (days, hours) =>
    expect(gatherHours(daily("Asia/Damascus", "m=07:00,e=18:00", days))).toBeCloseTo(hours),
  );
});
