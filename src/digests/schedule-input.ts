// What people may write as the parts of a schedule, on the command line or in a form. Pure.
import { oneLine } from "../arabic/index.ts";
import { type Holiday, holidayDay } from "./holidays.ts";

/** Of holidays and of runs left out: more is a mistake, and each run looks through them. */
export const mostExceptions = 200;
/** More times of a day than any paper has. */
export const mostSlots = 12;

/** An IANA zone by its own spelling; null for what is none. */
export function zoneNamed(name: string): string | null {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** Whether a slot may be called so: names such as `extra-1` are for issues that no schedule opens. */
export const mayBeSlot = (name: string): boolean =>
  /^[a-z][a-z0-9-]{0,30}$/.test(name) && !/^(extra|breaking|correction)-\d|^sample$/.test(name);

export const isTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/** `2026-12-25=Christmas`, `12-25=…`, `hijri:10-01=…`; null for what is no holiday. */
export function holidayIn(text: string): Holiday | null {
  const [, day = "", name = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const found = holidayDay(day.trim());
  return found === null || oneLine(name) === "" || name.length > 80
    ? null
    : { ...found, name: oneLine(name) };
}
