import { expect, test } from "vitest";
import type { Schedule } from "./schedule.ts";
import { scheduleWords } from "./schedule-words.ts";

const at = (...times: string[]) => times.map((time, i) => ({ name: `slot${i}`, time }));
const base: Schedule = { zone: "Asia/Damascus", days: [1, 2, 3, 4, 7], slots: at("07:00") };
const daily = [1, 2, 3, 4, 5, 6, 7];

test.each<[Partial<Schedule>, arabic: string, english: string]>([
  [{}, "الأحد إلى الخميس، 07:00 بتوقيت دمشق", "Sunday to Thursday, 07:00 Damascus"],
  [
    { days: daily, zone: "Asia/Beirut", slots: at("18:00", "07:00") },
    "كل يوم، 07:00 و18:00 بتوقيت بيروت",
    "every day, 07:00 and 18:00 Beirut",
  ],
  [{ days: [5], zone: "Africa/Cairo" }, "الجمعة، 07:00 بتوقيت القاهرة", "Friday, 07:00 Cairo"],
  [{ days: [6, 7] }, "الأحد والسبت، 07:00 بتوقيت دمشق", "Sunday and Saturday, 07:00 Damascus"],
  [{ days: [5, 6, 7] }, "الجمعة إلى الأحد، 07:00 بتوقيت دمشق", "Friday to Sunday, 07:00 Damascus"],
  [
    { days: [5, 2, 7], zone: "America/Argentina/Buenos_Aires" },
    "الأحد والثلاثاء والجمعة، 07:00 بتوقيت Buenos Aires",
    "Sunday, Tuesday and Friday, 07:00 Buenos Aires",
  ],
  [
    { slots: at("07:00", "18:00"), ramadan: { days: null, slots: [{ name: "slot0", time: "10:00" }] } },
    "الأحد إلى الخميس، 07:00 و18:00 بتوقيت دمشق؛ في رمضان: 10:00 و18:00",
    "Sunday to Thursday, 07:00 and 18:00 Damascus; in Ramadan: 10:00 and 18:00",
  ],
  [
    {
      ramadan: { days: daily, slots: [] },
      holidays: [{ kind: "yearly", day: "12-25", name: "عيد الميلاد" }],
    },
    "الأحد إلى الخميس، 07:00 بتوقيت دمشق؛ في رمضان: كل يوم، 07:00؛ لا تصدر في العطل",
    "Sunday to Thursday, 07:00 Damascus; in Ramadan: every day, 07:00; not on holidays",
  ],
  [
    { days: [], ramadan: { days: daily, slots: [] } },
    "في رمضان: كل يوم، 07:00",
    "in Ramadan: every day, 07:00",
  ],
  [{ days: [] }, "لا تصدر", "never"],
  [{ slots: [] }, "لا تصدر", "never"],
])("%j", (change, arabic, english) => {
  expect(scheduleWords({ ...base, ...change }, "ar")).toBe(arabic);
  expect(scheduleWords({ ...base, ...change }, "en")).toBe(english);
});

test("in the publisher's digits", () =>
  expect(scheduleWords(base, "ar", "arab")).toBe("الأحد إلى الخميس، ٠٧:٠٠ بتوقيت دمشق"));
