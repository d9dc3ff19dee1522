// A date or time as lists write it. Pure.
import { fold } from "../../arabic/index.ts";

/**
 * Reads `2026-03-01`, `2026/3/1 12:30`, `01.03.2026`, `1/3/2026` (the day first), an ISO instant, in any digits.
 *
 * @param zone of what names no offset; a day without a time is its beginning there
 * @returns milliseconds since 1970, or null if it is none of these
 */
export function readMoment(cell: string, zone: string): number | null {
  const text = fold(cell).trim().toUpperCase();
  if (text === "" || text.length > 40) return null;
  const parts =
    /^(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))(?:[T ]+(.+))?$/.exec(text);
  if (!parts) return null;
  const [, y1, m1, d1, d2, m2, y2, time] = parts;
  const [year, month, day] = [Number(y1 ?? y2), Number(m1 ?? m2), Number(d1 ?? d2)];
  try {
    const date = Temporal.PlainDate.from({ year, month, day }, { overflow: "reject" });
    if (time === undefined) return date.toZonedDateTime(zone).epochMilliseconds;
    const clock = time.replace(/ *(?:UTC|GMT)$/, "Z").replace(/ +(?=[+-]\d)/, "");
    return /(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(clock)
      ? Temporal.Instant.from(`${date}T${clock}`).epochMilliseconds
      : date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(clock) }).epochMilliseconds;
  } catch {
    return null; // no such day or time
  }
}
