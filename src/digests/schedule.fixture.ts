// Another way to know when a digest runs, for tests to compare with: local clocks as Intl tells them, in milliseconds and
// strings, with nothing of Temporal or of the schedule's own code.
import type { Schedule } from "./schedule.ts";

/** The zones that papers of the Arab world are read in. */
export const zones = [
  ..."Asia/Damascus Asia/Beirut Africa/Cairo Asia/Amman Asia/Riyadh Asia/Baghdad Asia/Dubai Asia/Gaza".split(
    " ",
  ),
  ..."Africa/Casablanca Africa/Tunis Europe/London America/New_York".split(" "),
];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A stretch of time in which a zone's clocks do not change. `offset` is what they are ahead of UTC. */
type Stretch = { from: number; to: number; offset: number };

/** Every change of a zone's clocks between two instants, found by looking every six hours, and then at the minutes. */
export function stretches(zone: string, from: number, to: number): Stretch[] {
  const clock = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" },
  });
  const offsetAt = (ms: number) => {
    const part = new Map(clock.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const [year = 0, month = 0] = [part.get("year"), part.get("month")];
    return Date.UTC(year, month - 1, part.get("day"), part.get("hour"), part.get("minute")) - ms;
  };
  const found: Stretch[] = [{ from, to, offset: offsetAt(from) }];
  for (let ms = from; ms < to; ms += 6 * hour) {
    const last = found.at(-1);
    if (!last || offsetAt(ms) === last.offset) continue;
    let change = ms;
    while (offsetAt(change - minute) !== last.offset) change -= minute;
    last.to = change;
    found.push({ from: change, to, offset: offsetAt(ms) });
  }
  return found;
}

/** The first instant at which the clocks show a local time, or, where they never do, the first at which they show a later one. */
function instantOf(local: number, clocks: readonly Stretch[]): number {
  for (const { from, to, offset } of clocks) {
    if (local - offset < from) return from; // the clocks went over it when this stretch began
    if (local - offset < to) return local - offset;
  }
  throw new Error("The clocks are not known so far on.");
}

const hijri = new Intl.DateTimeFormat("en-u-ca-islamic-umalqura-nu-latn", {
  timeZone: "UTC",
  month: "numeric",
  day: "numeric",
});

const two = (n: number) => String(n).padStart(2, "0");

/** "2026-03-01 morning 2026-03-01T05:00:00Z", with "(why)" behind it where it is left out; from the first day on. */
export function expectedRuns(schedule: Schedule, firstDay: string, days: number): string[] {
  const start = Date.parse(firstDay);
  const clocks = stretches(schedule.zone, start - 5 * day, start + (days + 5) * day);
  const { ramadan, holidays = [], skips = [], hijriShift = 0 } = schedule;
  const found: string[] = [];
  for (let i = 0; i < days; i++) {
    const midnight = start + i * day;
    const date = new Date(midnight);
    const name = date.toISOString().slice(0, 10);
    const moon = hijri.formatToParts(midnight + hijriShift * day);
    const [month, ofMonth] = ["month", "day"].map((it) =>
      Number(moon.find(({ type }) => type === it)?.value),
    );
    const variant = month === 9 && ramadan ? ramadan : null;
    if (!(variant?.days ?? schedule.days).includes(date.getUTCDay() || 7)) continue;
    const today = [name, name.slice(5), `${two(month ?? 0)}-${two(ofMonth ?? 0)}`];
    const holiday = holidays.find(
      ({ kind, day }) => day === today[["once", "yearly", "hijri"].indexOf(kind)],
    );
    const runs = schedule.slots.map((slot) => {
      const time = variant?.slots.find((it) => it.name === slot.name)?.time ?? slot.time;
      const [h = 0, m = 0] = time.split(":").map(Number);
      const byHand = skips.some((skip) => skip.date === name && skip.slot === slot.name);
      const why = byHand ? " (left out by hand)" : holiday ? ` (holiday: ${holiday.name})` : "";
      return { slot: slot.name, at: instantOf(midnight + h * hour + m * minute, clocks), why };
    });
    for (const { slot, at, why } of runs.sort((a, b) => a.at - b.at))
      found.push(`${name} ${slot} ${new Date(at).toISOString().replace(".000", "")}${why}`);
  }
  return found;
}
