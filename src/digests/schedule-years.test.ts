// Ten years of every zone of interest, against another way of knowing them (schedule.fixture.ts).
import fc from "fast-check";
import { Temporal as Polyfill } from "temporal-polyfill/full/implementation";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Holiday } from "./holidays.ts";
import { expectedRuns, stretches, zones } from "./schedule.fixture.ts";
import {
  dueRuns,
  plannedFrom,
  type Run,
  type RunKey,
  runsFrom,
  type Schedule,
  skipReason,
} from "./schedule.ts";

const start = "2020-01-01";
const years = 3653;
const slot = (name: string, time: string) => ({ name, time });

/** Where clocks change in spring: at midnight, at two, at three; and hours that are always there. */
const slots = [slot("a", "00:30"), slot("b", "02:30"), slot("c", "07:00"), slot("d", "23:30")];
const holidays: Holiday[] = [
  { kind: "hijri", day: "10-01", name: "عيد الفطر" },
  { kind: "hijri", day: "12-30", name: "آخر السنة" }, // which not every year has
  { kind: "yearly", day: "02-29", name: "يوم الكبيسة" },
  { kind: "yearly", day: "12-25", name: "عيد الميلاد" },
  { kind: "once", day: "2023-02-06", name: "الزلزال" },
];

/** Everything at once, every day, in any zone. */
const schedule = (zone: string): Schedule => ({
  zone,
  days: [1, 2, 3, 4, 5, 6, 7],
  slots,
  ramadan: { days: [7, 1, 2, 3, 4], slots: [slot("c", "10:00"), slot("d", "01:00")] },
  holidays,
  skips: [{ date: "2024-03-31", slot: "b" }],
  hijriShift: 1,
});

const because = (why: string | null) => (why === null ? "" : ` (${why})`);
const told = ({ date, slot, at, skipped }: Run) => `${date} ${slot} ${at}${because(skipped)}`;
test("the other way knows the clocks of the zones", () => {
  const changes = (zone: string) => stretches(zone, Date.parse(start), Date.parse("2030-01-01")).length - 1;
  expect(zones.map((zone) => `${zone} ${changes(zone) > 10 ? "many" : changes(zone)}`)).toEqual([
    "Asia/Damascus 5",
    "Asia/Beirut many",
    "Africa/Cairo many",
    "Asia/Amman 5",
    "Asia/Riyadh 0",
    "Asia/Baghdad 0",
    "Asia/Dubai 0",
    "Asia/Gaza many",
    "Africa/Casablanca many",
    "Africa/Tunis 0",
    "Europe/London many",
    "America/New_York many",
  ]);
});

// Workers have no Temporal of their own: there it is the polyfill's. It is slow, and has the clocks from Intl.
describe.each([
  ["of the machine", Temporal, zones],
  ["of the polyfill", Polyfill, ["Africa/Cairo", "Africa/Casablanca"]],
] as const)("with the Temporal %s", (_, implementation, zones) => {
  beforeAll(() => void vi.stubGlobal("Temporal", implementation));
  afterAll(() => void vi.unstubAllGlobals());

  test.each(zones)("%s: each slot of each day once, at its instant, in order, whenever one asks", (zone) => {
    const its = schedule(zone);
    const wanted = expectedRuns(its, start, years);
    const from = Temporal.PlainDate.from(start).toZonedDateTime(zone).toInstant();
    const runs = plannedFrom(its, from, wanted.length);
    expect(runs.map(told)).toEqual(wanted);
    const going = wanted.filter((run) => !run.endsWith(")")).slice(0, 1500);
    expect(runsFrom(its, from, going.length).map(told)).toEqual(going);
    const anyRun = fc.nat({ max: wanted.length - 30 });
    const nanoseconds = fc.constantFrom(-1, 0, 1, 10 ** 13);
    const chunk = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(anyRun, nanoseconds, chunk, (place, past, count) => {
        const from = (runs[place] ?? unreachable()).at.add({ nanoseconds: past });
        const still = runs.findIndex(({ at }) => Temporal.Instant.compare(at, from) >= 0);
        expect(plannedFrom(its, from, count).map(told)).toEqual(wanted.slice(still, still + count));
      }),
      { numRuns: 20 },
    );
  });

  test.each(zones)(
    "%s: taken up by ticks at any hour, so many at once or so few, every run comes once",
    (zone) => {
      const its = schedule(zone);
      const key = ({ date, slot, at }: RunKey) =>
        `${date} ${slot} ${at}${because(skipReason(its, { date, slot }))}`;
      const wanted = expectedRuns(its, "2024-02-01", 150); // Ramadan, and the changes of spring
      const [first] = plannedFrom(its, Temporal.Instant.from("2024-02-01T12:00Z"), 1);
      let next: RunKey | null = first ?? unreachable();
      let now = next.at;
      const found: string[] = [];
      for (let i = 0; next !== null && found.length < 500; i++) {
        const taken = dueRuns(its, next, now, [1, 3, 50][i % 3] ?? 1);
        found.push(...taken.due.map(key));
        next = taken.next;
        now = now.add({ minutes: [1, 59, 60 * 7, 60 * 24 * 9][i % 4] ?? 1 });
      }
      const from = wanted.indexOf(found[0] ?? "");
      expect(found).toEqual(wanted.slice(from, from + found.length));
    },
  );
});

const unreachable = (): never => {
  throw new Error("There is none.");
};
