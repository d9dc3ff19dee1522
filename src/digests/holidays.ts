// Days on which a digest does not run: once, every year, or every Hijri year. Pure.
import { z } from "zod";
import type { HijriDay } from "./hijri.ts";

/** `once`: a date, `2026-12-25`. `yearly`: `12-25`. `hijri`: month and day of every Hijri year, `10-01`. */
export const holidaySchema = z.object({
  kind: z.enum(["once", "yearly", "hijri"]),
  day: z.string(),
  /** What people are told why there is no issue. */
  name: z.string(),
});
export type Holiday = z.output<typeof holidaySchema>;

/**
 * Reads a day as people write it: `2026-12-25`, `12-25` (every year) or `hijri:10-01` (every Hijri year).
 *
 * @returns null for what is no day: no 31 April, no 31st of a Hijri month, which have 29 or 30
 */
export function holidayDay(text: string): Pick<Holiday, "kind" | "day"> | null {
  const hijri = /^hijri:(\d\d)-(\d\d)$/.exec(text);
  if (hijri) {
    const [month, day] = [Number(hijri[1]), Number(hijri[2])];
    const there = month >= 1 && month <= 12 && day >= 1 && day <= 30;
    return there ? { kind: "hijri", day: text.slice("hijri:".length) } : null;
  }
  if (/^\d\d-\d\d$/.test(text)) return isDate(`2024-${text}`) ? { kind: "yearly", day: text } : null; // a leap year
  return /^\d{4}-\d\d-\d\d$/.test(text) && isDate(text) ? { kind: "once", day: text } : null;
}

/** As {@link holidayDay} reads it. */
export const holidayText = ({ kind, day }: Pick<Holiday, "kind" | "day">): string =>
  kind === "hijri" ? `hijri:${day}` : day;

/**
 * The holiday of a day, or null.
 *
 * @param hijri the same day by the Hijri calendar; null only where no holiday is `hijri`
 */
export function holidayOn(
  holidays: readonly Holiday[],
  date: Temporal.PlainDate,
  hijri: HijriDay | null,
): Holiday | null {
  const today = { once: date.toString(), yearly: monthAndDay(date), hijri: hijri && monthAndDay(hijri) };
  return holidays.find(({ kind, day }) => day === today[kind]) ?? null;
}

const monthAndDay = ({ month, day }: HijriDay) =>
  `${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

function isDate(text: string): boolean {
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}
