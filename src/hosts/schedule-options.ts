// The options of `nashra digest set`: what they change of a schedule, and a schedule as they would write it. Pure.
import {
  type Holiday,
  holidayDay,
  holidayIn,
  holidayText,
  isTime,
  mayBeSlot,
  mostExceptions,
  type Schedule,
  type Slot,
  zoneNamed,
} from "../digests/index.ts";
import { WrongUsage } from "./output.ts";

/** As the command line gives them. `ramadan` is false for --no-ramadan. */
export type ScheduleOptions = {
  zone?: string;
  days?: string;
  at?: string;
  ramadan?: string | false;
  ramadanDays?: string;
  holiday?: string[];
  removeHoliday?: string[];
  skip?: string[];
  unskip?: string[];
};

const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Whether nothing of a schedule is to change. */
export const saysNothing = (given: ScheduleOptions): boolean =>
  Object.values(given).every((value) => value === undefined || (Array.isArray(value) && value.length === 0));

/** A schedule with what was given changed, the rest as it was. @throws {WrongUsage} that says what to write */
export function changedSchedule(before: Schedule, given: ScheduleOptions): Schedule {
  if (saysNothing(given)) {
    throw new WrongUsage(
      [
        "Say what to change; --help tells more.",
        "  when it runs: --zone, --days, --at, --ramadan, --ramadan-days, --no-ramadan, --holiday, --remove-holiday, --skip, --unskip, --on, --off",
        "  what it carries: --name, --name-en, --most, --least, --template",
        "  whether an editor is asked: --approval, --approval-minutes, --build-ahead",
      ].join("\n"),
    );
  }
  const slots = given.at === undefined ? before.slots : slotsOf(given.at);
  const schedule = {
    ...before,
    zone: given.zone === undefined ? before.zone : zoneOf(given.zone),
    days: given.days === undefined ? before.days : daysOf(given.days),
    slots,
    ramadan: ramadanOf(before.ramadan ?? null, given),
    holidays: holidaysOf(before.holidays ?? [], given),
    skips: skipsOf(before.skips ?? [], given),
  };
  const stranger = schedule.ramadan?.slots.find(({ name }) => !slots.some((slot) => slot.name === name));
  if (stranger) {
    throw new WrongUsage(
      `Ramadan has a time for "${stranger.name}", but the slots are ${slots.map(({ name }) => name).join(", ")}. Give --ramadan anew, or --no-ramadan.`,
    );
  }
  return schedule;
}

function ramadanOf(before: (Schedule["ramadan"] & {}) | null, given: ScheduleOptions) {
  if (given.ramadan === false) {
    if (given.ramadanDays !== undefined)
      throw new WrongUsage("--no-ramadan and --ramadan-days exclude each other.");
    return null;
  }
  if (given.ramadan === undefined && given.ramadanDays === undefined) return before;
  return {
    slots: given.ramadan === undefined ? (before?.slots ?? []) : slotsOf(given.ramadan),
    days: given.ramadanDays === undefined ? (before?.days ?? null) : daysOf(given.ramadanDays),
  };
}

function holidaysOf(before: readonly Holiday[], given: ScheduleOptions): Holiday[] {
  const holidays = new Map(before.map((holiday) => [holidayText(holiday), holiday]));
  for (const text of given.removeHoliday ?? []) {
    if (!holidays.delete(text)) {
      const known = [...holidays.keys()].join(", ");
      throw new WrongUsage(
        `"${text}" is no holiday of it. ${known === "" ? "It has none." : `It has ${known}.`}`,
      );
    }
  }
  for (const text of given.holiday ?? []) {
    const holiday = holidayIn(text);
    if (holiday === null) {
      throw new WrongUsage(
        `"${text}" is no holiday. Write DAY=NAME: 2026-12-25=Christmas once, 12-25=Christmas every year, hijri:10-01=Eid every Hijri year.`,
      );
    }
    holidays.set(holidayText(holiday), holiday);
  }
  if (holidays.size > mostExceptions)
    throw new WrongUsage(`A digest has at most ${mostExceptions} holidays.`);
  return [...holidays.values()];
}

function skipsOf(before: NonNullable<Schedule["skips"]>, given: ScheduleOptions) {
  const skips = new Map(before.map((skip) => [`${skip.date}/${skip.slot}`, skip]));
  for (const text of given.unskip ?? []) {
    if (!skips.delete(text)) {
      const known = [...skips.keys()].join(", ");
      throw new WrongUsage(
        `"${text}" is not left out. ${known === "" ? "No run is." : `These are: ${known}.`}`,
      );
    }
  }
  for (const text of given.skip ?? []) {
    const [, date = "", slot = ""] = /^(\d{4}-\d\d-\d\d)\/(.+)$/.exec(text) ?? [];
    if (holidayDay(date)?.kind !== "once")
      throw new WrongUsage(`"${text}" is no run. Write DATE/SLOT, such as 2026-03-02/morning.`);
    skips.set(text, { date, slot });
  }
  if (skips.size > mostExceptions)
    throw new WrongUsage(`A digest leaves out at most ${mostExceptions} runs by hand.`);
  return [...skips.values()];
}

function zoneOf(name: string): string {
  const zone = zoneNamed(name);
  if (zone === null) throw new WrongUsage(`"${name}" is no IANA time zone. Asia/Damascus is one.`);
  return zone;
}

function daysOf(list: string): number[] {
  const names = list.toLowerCase() === "daily" ? dayNames : list.toLowerCase().split(",");
  const days = names.map((name) => {
    const day = dayNames.indexOf(name.trim().slice(0, 3)) + 1;
    if (day === 0) throw new WrongUsage(`"${name}" is no day. Days are ${dayNames.join(",")}.`);
    return day;
  });
  return [...new Set(days)].sort((a, b) => a - b);
}

function slotsOf(list: string): Slot[] {
  const slots = list.split(",").map((part) => {
    const [name = "", time = ""] = part.split("=").map((text) => text.trim());
    if (!mayBeSlot(name) || !isTime(time)) {
      throw new WrongUsage(
        `"${part}" is no slot. Write name=HH:MM, such as morning=07:00; names such as extra-1, breaking-1, correction-1 and sample are for issues that no schedule opens.`,
      );
    }
    return { name, time };
  });
  if (new Set(slots.map(({ name }) => name)).size < slots.length)
    throw new WrongUsage("Two slots have the same name.");
  return slots;
}

const daysText = (days: readonly number[]) => days.map((day) => dayNames[day - 1]).join(",");
const slotsText = (slots: readonly Slot[]) => slots.map(({ name, time }) => `${name}=${time}`).join(",");

/** A schedule as the options would write it, for programs. */
export function scheduleOptions({ zone, days, slots, ramadan, holidays = [], skips = [] }: Schedule) {
  return {
    zone,
    days: daysText(days),
    at: slotsText(slots),
    ramadan: ramadan ? slotsText(ramadan.slots) : null,
    ramadan_days: ramadan?.days ? daysText(ramadan.days) : null,
    holidays: holidays.map((holiday) => `${holidayText(holiday)}=${holiday.name}`),
    skips: skips.map(({ date, slot }) => `${date}/${slot}`),
  };
}
