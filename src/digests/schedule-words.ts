// A schedule as people say it. Pure.
import { type Digits, type Language, weekdayName, withDigits, zoneCity } from "../arabic/index.ts";
import type { Schedule, Slot } from "./schedule.ts";

/**
 * "الأحد إلى الخميس، 07:00 بتوقيت دمشق", "Sunday to Thursday, 07:00 Damascus"; with what is otherwise in Ramadan, and a word
 * where it has holidays.
 *
 * @param digits of the Arabic; English always has Latin ones
 */
export function scheduleWords(schedule: Schedule, language: Language, digits: Digits = "latn"): string {
  const { days, slots, ramadan = null, holidays = [], zone } = schedule;
  if (slots.length === 0 || (days.length === 0 && !ramadan?.days?.length)) {
    return language === "ar" ? "لا تصدر" : "never";
  }
  const say = language === "ar" ? arabic : english;
  const list = say.list;
  const parts = [
    days.length > 0
      ? say.ordinary(daysWords(days, language, list), list(times(slots)), zoneCity(zone, language))
      : [],
    ramadan
      ? say.ramadan([
          ...(ramadan.days === null ? [] : [daysWords(ramadan.days, language, list)]),
          list(times(slots.map((slot) => ramadan.slots.find(({ name }) => name === slot.name) ?? slot))),
        ])
      : [],
    holidays.length > 0 ? say.holidays : [],
  ].flat();
  const text = parts.join(language === "ar" ? "؛ " : "; ");
  return language === "ar" ? withDigits(text, digits) : text;
}

type Say = {
  list: (words: readonly string[]) => string;
  ordinary: (days: string, times: string, city: string) => string;
  ramadan: (parts: readonly string[]) => string;
  holidays: string;
};

const arabic: Say = {
  list: (words) => words.join(" و"),
  ordinary: (days, times, city) => `${days}، ${times} بتوقيت ${city}`,
  ramadan: (parts) => `في رمضان: ${parts.join("، ")}`,
  holidays: "لا تصدر في العطل",
};

const english: Say = {
  list: (words) => new Intl.ListFormat("en-GB", { type: "conjunction" }).format(words),
  ordinary: (days, times, city) => `${days}, ${times} ${city}`,
  ramadan: (parts) => `in Ramadan: ${parts.join(", ")}`,
  holidays: "not on holidays",
};

const times = (slots: readonly Slot[]) => slots.map(({ time }) => time).sort();

/** "every day", "Sunday to Thursday" where three or more follow each other, else a list from Sunday on. */
function daysWords(days: readonly number[], language: Language, list: Say["list"]): string {
  const held = new Set(days);
  if (held.size === 7) return language === "ar" ? "كل يوم" : "every day";
  const before = (day: number) => (day === 1 ? 7 : day - 1);
  const starts = [...held].filter((day) => !held.has(before(day)));
  const [start = 0] = starts;
  if (starts.length === 1 && held.size >= 3) {
    const end = ((start - 1 + held.size - 1) % 7) + 1;
    return [weekdayName(start, language), weekdayName(end, language)].join(
      language === "ar" ? " إلى " : " to ",
    );
  }
  const inOrder = [...held].sort((a, b) => (a % 7) - (b % 7));
  return list(inOrder.map((day) => weekdayName(day, language)));
}
