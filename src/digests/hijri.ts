// The Hijri day by Umm al-Qura, a day more or fewer where the moon was seen otherwise. Pure.

/** Days by which the moon, as it was seen, differs from Umm al-Qura: 1 where the month began a day earlier. */
export type HijriShift = -1 | 0 | 1;

/** A day of any year: Ramadan is the ninth month. */
export type HijriDay = { month: number; day: number };

const ramadan = 9;

/**
 * The Hijri day that a day of the civil calendar is, from midnight to midnight: what mails have in their date line
 * (`formatHijri`), whatever the evening before.
 */
export function hijriDay(day: Temporal.PlainDate, shift: HijriShift): HijriDay {
  const hijri = day.add({ days: shift }).withCalendar("islamic-umalqura");
  return { month: hijri.month, day: hijri.day };
}

export const isRamadan = ({ month }: HijriDay): boolean => month === ramadan;
