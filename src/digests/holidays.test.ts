import { expect, test } from "vitest";
import { type HijriShift, hijriDay, isRamadan } from "./hijri.ts";
import { type Holiday, holidayDay, holidayOn, holidayText } from "./holidays.ts";

test.each<[text: string, kind: string | null]>([
  ["2026-12-25", "once"],
  ["2024-02-29", "once"],
  ["12-25", "yearly"],
  ["02-29", "yearly"],
  ["hijri:10-01", "hijri"],
  ["hijri:12-30", "hijri"],
  ["2026-02-29", null],
  ["2026-13-01", null],
  ["04-31", null],
  ["00-10", null],
  ["1-1", null],
  ["hijri:10-31", null],
  ["hijri:13-01", null],
  ["hijri:2026-10-01", null],
  ["2026-12-25T00:00", null],
  ["", null],
])("the day %j is %s", (text, kind) => {
  const day = holidayDay(text);
  expect(day?.kind ?? null).toBe(kind);
  if (day) expect(holidayText(day)).toBe(text);
});

const holidays: Holiday[] = [
  { kind: "once", day: "2026-03-01", name: "once" },
  { kind: "yearly", day: "12-25", name: "Christmas" },
  { kind: "hijri", day: "10-01", name: "Eid" },
];

test.each<[date: string, shift: HijriShift, name: string | null]>([
  ["2026-03-01", 0, "once"],
  ["2027-03-01", 0, null],
  ["2026-12-25", 0, "Christmas"],
  ["2031-12-25", 0, "Christmas"],
  // 1 Shawwal of 1447 and 1448 by Umm al-Qura
  ["2026-03-20", 0, "Eid"],
  ["2027-03-09", 0, "Eid"],
  ["2026-03-21", 0, null],
  ["2026-03-21", -1, "Eid"], // the moon was seen a day later
  ["2026-03-20", -1, null],
  ["2026-03-19", 1, "Eid"],
])("%s, the moon shifted by %i: %s", (date, shift, name) => {
  const day = Temporal.PlainDate.from(date);
  expect(holidayOn(holidays, day, hijriDay(day, shift))?.name ?? null).toBe(name);
});

test.each<[shift: HijriShift, first: string, last: string]>([
  [0, "2026-02-18", "2026-03-19"],
  [1, "2026-02-17", "2026-03-18"],
  [-1, "2026-02-19", "2026-03-20"],
])("Ramadan of 1447, the moon shifted by %i, is from %s to %s", (shift, first, last) => {
  const days = Array.from({ length: 60 }, (_, i) => Temporal.PlainDate.from("2026-02-01").add({ days: i }));
  const ofRamadan = days.filter((day) => isRamadan(hijriDay(day, shift))).map(String);
  expect([ofRamadan[0], ofRamadan.at(-1)]).toEqual([first, last]);
});
