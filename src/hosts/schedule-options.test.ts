import { expect, test } from "vitest";
import type { Schedule } from "../digests/index.ts";
import { changedSchedule, type ScheduleOptions, scheduleOptions } from "./schedule-options.ts";

const before: Schedule = {
  zone: "Asia/Damascus",
  days: [1, 2, 3, 4, 7],
  slots: [
    { name: "morning", time: "07:00" },
    { name: "evening", time: "18:00" },
  ],
  ramadan: { days: null, slots: [{ name: "morning", time: "10:00" }] },
  holidays: [{ kind: "hijri", day: "10-01", name: "عيد الفطر" }],
  skips: [{ date: "2026-03-02", slot: "morning" }],
};
const written = scheduleOptions(before);

test.each<[ScheduleOptions, Partial<typeof written>]>([
  [{ zone: "asia/beirut" }, { zone: "Asia/Beirut" }],
  [{ days: "Fri, sunday" }, { days: "fri,sun" }],
  [{ at: "morning=06:30,evening=18:00" }, { at: "morning=06:30,evening=18:00" }],
  [{ ramadan: "evening=21:00" }, { ramadan: "evening=21:00" }],
  [{ ramadanDays: "daily" }, { ramadan_days: "mon,tue,wed,thu,fri,sat,sun" }],
  [{ ramadan: false }, { ramadan: null }],
  [
    { ramadan: false, at: "dawn=05:00" },
    { ramadan: null, at: "dawn=05:00" },
  ],
  [
    { holiday: ["2026-12-25=عيد = الميلاد", "hijri:10-01=الفطر"] },
    { holidays: ["hijri:10-01=الفطر", "2026-12-25=عيد = الميلاد"] },
  ],
  [{ removeHoliday: ["hijri:10-01"], holiday: ["12-25=x"] }, { holidays: ["12-25=x"] }],
  [{ skip: ["2026-03-03/evening"] }, { skips: ["2026-03-02/morning", "2026-03-03/evening"] }],
  [{ unskip: ["2026-03-02/morning"] }, { skips: [] }],
])("%j changes that and nothing else", (given, change) =>
  expect(scheduleOptions(changedSchedule(before, given))).toEqual({ ...written, ...change }),
);

test.each<[ScheduleOptions, RegExp]>([
  [{}, /Say what to change/],
  [{ holiday: [], skip: [] }, /Say what to change/],
  [{ zone: "Mars/Olympus" }, /no IANA time zone/],
  [{ days: "sun,funday" }, /"funday" is no day/],
  [{ ramadanDays: "fasting" }, /"fasting" is no day/],
  [{ at: "morning=24:00" }, /"morning=24:00" is no slot/],
  [{ at: "extra-1=07:00" }, /is no slot/],
  [{ at: "a=07:00,a=08:00" }, /same name/],
  [{ ramadan: "noon=12:00" }, /Ramadan has a time for "noon", but the slots are morning, evening/],
  [{ at: "evening=18:00" }, /Ramadan has a time for "morning"/],
  [{ ramadan: false, ramadanDays: "fri" }, /exclude each other/],
  [{ holiday: ["2026-02-30=x"] }, /is no holiday. Write DAY=NAME/],
  [{ holiday: ["12-25"] }, /is no holiday/],
  [{ holiday: ["12-25= "] }, /is no holiday/],
  [{ holiday: [`12-25=${"س".repeat(81)}`] }, /is no holiday/],
  [{ holiday: Array.from({ length: 300 }, (_, i) => `${2000 + i}-01-01=x`) }, /at most 200 holidays/],
  [{ removeHoliday: ["12-25"] }, /"12-25" is no holiday of it. It has hijri:10-01/],
  [{ skip: ["2026-02-30/morning"] }, /"2026-02-30\/morning" is no run/],
  [{ skip: ["tomorrow"] }, /"tomorrow" is no run/],
  [{ unskip: ["2026-03-02/evening"] }, /not left out. These are: 2026-03-02\/morning/],
])("%j is refused, and says what to write", (given, words) =>
  expect(() => changedSchedule(before, given)).toThrow(words),
);
