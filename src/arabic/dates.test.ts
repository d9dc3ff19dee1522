import { Temporal as Polyfill } from "temporal-polyfill/full/implementation";
import { expect, test } from "vitest";
import {
  formatDate,
  formatDateTime,
  formatDay,
  formatFullDate,
  formatHijri,
  formatTime,
  type HijriStyle,
  weekdayName,
} from "./dates.ts";

const beirut: HijriStyle = {
  zone: "Asia/Beirut",
  months: "levant",
  digits: "latn",
  hijri: true,
  hijriOffset: 0,
};
const at = Temporal.Instant.from("2026-01-31T22:30Z"); // half an hour after midnight in Beirut

test.each([
  [{}, "1 شباط 2026"],
  [{ months: "international" }, "1 فبراير 2026"],
  [{ months: "both" }, "1 شباط/فبراير 2026"],
  [{ months: "maghreb-tn", zone: "Africa/Tunis" }, "31 جانفي 2026"],
  [{ months: "maghreb-ma", zone: "Africa/Casablanca" }, "31 يناير 2026"],
  [{ digits: "arab" }, "١ شباط ٢٠٢٦"],
] satisfies [Partial<HijriStyle>, string][])("%j: %s", (change, text) =>
  expect(formatDate(at, { ...beirut, ...change }, "ar")).toBe(text),
);

test.each([
  [formatFullDate(at, beirut, "ar"), "الأحد 1 شباط 2026"],
  [formatTime(at, beirut, "ar"), "00:30"],
  [formatTime(at, { ...beirut, digits: "arab" }, "ar"), "٠٠:٣٠"],
  [formatDateTime(at, beirut, "ar"), "1 شباط 2026، 00:30"],
  [formatDateTime(at, { ...beirut, digits: "arab" }, "en"), "1 February 2026, 00:30"],
  [formatFullDate(at, beirut, "en"), "Sunday 1 February 2026"],
  [
    formatDay(Temporal.PlainDate.from("2026-08-15"), { ...beirut, months: "maghreb-ma" }, "ar"),
    "15 غشت 2026",
  ],
  [weekdayName(5, "ar"), "الجمعة"],
])("%s", (text, expected) => expect(text).toBe(expected));

test.each([
  [0, "ar", "13 شعبان 1447 هـ"],
  [1, "ar", "14 شعبان 1447 هـ"],
  [-1, "ar", "12 شعبان 1447 هـ"],
  [0, "en", "13 Shaʻban 1447 AH"],
] as const)("Hijri, %i days off, in %s: %s", (hijriOffset, language, text) =>
  expect(formatHijri(at, { ...beirut, hijriOffset }, language)).toBe(text),
);

test("no Hijri line unless the publisher wants one", () =>
  expect(formatHijri(at, { ...beirut, hijri: false }, "ar")).toBeNull());

test("our month names are those of Unicode's locale data", () => {
  const locales = { levant: "SY", international: "EG", "maghreb-tn": "TN", "maghreb-ma": "MA" } as const;
  for (const months of ["levant", "international", "maghreb-tn", "maghreb-ma"] as const) {
    const theirs = new Intl.DateTimeFormat(`ar-${locales[months]}-u-ca-gregory-nu-latn`, {
      month: "long",
      timeZone: "UTC",
    });
    for (let month = 1; month <= 12; month++) {
      const day = Temporal.PlainDate.from({ year: 2026, month, day: 2 });
      const noon = day.toZonedDateTime({ timeZone: "UTC", plainTime: "12:00" }).epochMilliseconds;
      expect(formatDay(day, { months, digits: "latn" }, "ar")).toBe(`2 ${theirs.format(noon)} 2026`);
    }
  }
});

test("the polyfill that Workers use says the same", () => {
  const theirs = Polyfill.Instant.from(at.toString());
  expect(formatDateTime(theirs, beirut, "ar")).toBe(formatDateTime(at, beirut, "ar"));
  expect(formatHijri(theirs, beirut, "ar")).toBe(formatHijri(at, beirut, "ar"));
});
