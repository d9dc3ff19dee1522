// Dates and times as the publisher writes them. Month and day names are tables of ours, since a publisher chooses them
// apart from country and language; the calendar is always Gregorian but for the Hijri line, the digits always spelled.
import { type Digits, withDigits } from "./digits.ts";

export type Language = "ar" | "en";

/** Which names the months have: كانون الثاني, يناير, "كانون الثاني/يناير", جانفي (Tunis, Algiers), or يناير with غشت (Rabat). */
export type MonthNames = "levant" | "international" | "both" | "maghreb-tn" | "maghreb-ma";

export type DateStyle = {
  /** An IANA zone: where the reader's calendar and clock stand. */
  zone: string;
  months: MonthNames;
  /** For Arabic; English always has Latin digits. */
  digits: Digits;
};

export type HijriStyle = DateStyle & {
  hijri: boolean;
  /** Days by which the moon, as it was seen, differs from the Umm al-Qura calendar. */
  hijriOffset: -1 | 0 | 1;
};

const levant =
  "كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول".split(",");
const international = "يناير,فبراير,مارس,أبريل,مايو,يونيو,يوليو,أغسطس,سبتمبر,أكتوبر,نوفمبر,ديسمبر".split(",");
const arabicMonths: Readonly<Record<MonthNames, readonly string[]>> = {
  levant,
  international,
  both: levant.map((name, i) => `${name}/${international[i]}`),
  "maghreb-tn": "جانفي,فيفري,مارس,أفريل,ماي,جوان,جويلية,أوت,سبتمبر,أكتوبر,نوفمبر,ديسمبر".split(","),
  "maghreb-ma": "يناير,فبراير,مارس,أبريل,ماي,يونيو,يوليوز,غشت,شتنبر,أكتوبر,نونبر,دجنبر".split(","),
};
const englishMonths =
  "January,February,March,April,May,June,July,August,September,October,November,December".split(",");
const weekdays: Readonly<Record<Language, readonly string[]>> = {
  ar: "الاثنين,الثلاثاء,الأربعاء,الخميس,الجمعة,السبت,الأحد".split(","),
  en: "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday".split(","),
};

/**
 * The name of a day of the week.
 *
 * @param day 1 for Monday to 7 for Sunday, as ISO 8601 and Temporal's `dayOfWeek` count
 */
export const weekdayName = (day: number, language: Language): string => weekdays[language][day - 1] ?? "";

/** A calendar day that has no time, such as an issue's: "1 آذار 2026", "1 March 2026". */
export function formatDay(
  day: Temporal.PlainDate,
  style: Omit<DateStyle, "zone">,
  language: Language,
): string {
  const names = language === "ar" ? arabicMonths[style.months] : englishMonths;
  return inDigits(`${day.day} ${names[day.month - 1]} ${day.year}`, style, language);
}

/** Some days from one to another: "من 17 إلى 23 آذار 2026", "28 February to 6 March 2026"; what they share is said once. */
export function formatDays(
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
  style: Omit<DateStyle, "zone">,
  language: Language,
): string {
  const names = language === "ar" ? arabicMonths[style.months] : englishMonths;
  const parts = [from.day, names[from.month - 1], from.year];
  const differs = from.year !== to.year ? 3 : from.month !== to.month ? 2 : 1;
  const first = inDigits(parts.slice(0, differs).join(" "), style, language);
  const last = formatDay(to, style, language);
  return language === "ar" ? `من ${first} إلى ${last}` : `${first} to ${last}`;
}

/** The day of an instant in the style's zone: "1 آذار 2026". */
export const formatDate = (at: Temporal.Instant, style: DateStyle, language: Language): string =>
  formatDay(dayOf(at, style), style, language);

/** The same with its weekday in front: "الأحد 1 آذار 2026". */
export const formatFullDate = (at: Temporal.Instant, style: DateStyle, language: Language): string =>
  `${weekdayName(dayOf(at, style).dayOfWeek, language)} ${formatDate(at, style, language)}`;

/** The time of day, on a clock of 24 hours: "07:05". */
export function formatTime(at: Temporal.Instant, style: DateStyle, language: Language): string {
  const { hour, minute } = at.toZonedDateTimeISO(style.zone);
  return inDigits([hour, minute].map((n) => String(n).padStart(2, "0")).join(":"), style, language);
}

/** Day and time: "1 آذار 2026، 07:05", "1 March 2026, 07:05". */
export const formatDateTime = (at: Temporal.Instant, style: DateStyle, language: Language): string =>
  [formatDate(at, style, language), formatTime(at, style, language)].join(language === "ar" ? "، " : ", ");

/** The day in the Umm al-Qura calendar, "12 رمضان 1447 هـ", or null where the publisher wants no such line. */
export function formatHijri(at: Temporal.Instant, style: HijriStyle, language: Language): string | null {
  if (!style.hijri) return null;
  // Through Intl with milliseconds, which needs no Hijri calendar from Temporal, native or not.
  const noon = dayOf(at, style)
    .add({ days: style.hijriOffset })
    .toZonedDateTime({ timeZone: "UTC", plainTime: "12:00" }).epochMilliseconds;
  const parts = new Map(
    new Intl.DateTimeFormat(`${language}-u-ca-islamic-umalqura-nu-latn`, {
      day: "numeric",
      month: "long",
      year: "numeric",
      timeZone: "UTC",
    })
      .formatToParts(noon)
      .map(({ type, value }) => [type, value]),
  );
  const era = language === "ar" ? "هـ" : "AH";
  return inDigits(`${parts.get("day")} ${parts.get("month")} ${parts.get("year")} ${era}`, style, language);
}

const dayOf = (at: Temporal.Instant, style: DateStyle) => at.toZonedDateTimeISO(style.zone).toPlainDate();

const inDigits = (s: string, { digits }: { digits: Digits }, language: Language) =>
  language === "ar" ? withDigits(s, digits) : s;
