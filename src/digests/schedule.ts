// When a digest runs. Pure: a schedule and an instant in, runs out. node-cron and the like only wake us.
import { type HijriShift, hijriDay, isRamadan } from "./hijri.ts";
import { type Holiday, holidayOn } from "./holidays.ts";

/** A named place in a digest's day. Its time may be moved; its name is what makes an issue unique. */
export type Slot = { name: string; time: string };

/** What is otherwise in Ramadan: other days (null: the same), other times for the slots it names (the rest keep theirs). */
export type Ramadan = { days: readonly number[] | null; slots: readonly Slot[] };

/** A run left out by hand. */
export type Skip = { date: string; slot: string };

/** ISO weekdays (1 is Monday), local times `HH:MM`, an IANA zone; and where it has any, the exceptions. */
export type Schedule = {
  zone: string;
  days: readonly number[];
  slots: readonly Slot[];
  ramadan?: Ramadan | null;
  holidays?: readonly Holiday[];
  skips?: readonly Skip[];
  /** The publisher's, for Ramadan and Hijri holidays. */
  hijriShift?: HijriShift;
};

/** `gap`: the local time did not exist that day; `overlap`: it happened twice, and this is the first. */
export type RunNote = "gap" | "overlap" | null;

export type Run = {
  date: string;
  slot: string;
  at: Temporal.Instant;
  note: RunNote;
  /** Whether it stands as the Ramadan variant says. */
  ramadan: boolean;
  /** Why no issue goes out, as {@link skipReason} says; null if one does. */
  skipped: string | null;
};

/** Which run, without what can be computed anew: as a digest stores its next. */
export type RunKey = Pick<Run, "date" | "slot" | "at">;

/**
 * After so many days without a run we stop looking: twelve years. A day of the year falls on each weekday within them (29
 * February aside), so who has not run by then never does.
 */
const longestWaitDays = 4400;

/**
 * The next runs at or after an instant that an issue goes out for, in order. A local time that the clocks skip runs at the
 * first instant after the gap; one that happens twice runs the first time.
 */
export function runsFrom(schedule: Schedule, from: Temporal.Instant, count: number): Run[] {
  return collect(schedule, from, count, ({ skipped }) => skipped === null);
}

/**
 * The same with those that are left out, each with the reason. Every scheduled local day has each of its slots exactly
 * once.
 */
export function plannedFrom(schedule: Schedule, from: Temporal.Instant, count: number): Run[] {
  return collect(schedule, from, count, () => true);
}

function collect(
  schedule: Schedule,
  from: Temporal.Instant,
  count: number,
  counts: (run: Run) => boolean,
): Run[] {
  const runs: Run[] = [];
  const everyDay = [...schedule.days, ...(schedule.ramadan?.days ?? [])];
  if (!everyDay.some((day) => day >= 1 && day <= 7) || schedule.slots.length === 0) return runs;
  // A day earlier, for a slot just before midnight that a gap moved into the next day.
  let day = from.toZonedDateTimeISO(schedule.zone).toPlainDate().subtract({ days: 1 });
  for (let waited = 0; runs.length < count && waited < longestWaitDays; waited++) {
    const ofDay = runsOn(schedule, day).filter((run) => Temporal.Instant.compare(run.at, from) >= 0);
    const counted = ofDay.filter(counts);
    runs.push(...counted);
    if (counted.length > 0) waited = 0;
    day = day.add({ days: 1 });
  }
  return runs.slice(0, count);
}

/**
 * The planned run that follows another, also where a gap put two slots on the same instant. Where the other was of an
 * earlier schedule: the first after it, but never the same slot of the same day once more.
 */
export function plannedAfter(schedule: Schedule, last: RunKey): Run | null {
  const isLast = ({ date, slot }: Run) => date === last.date && slot === last.slot;
  // At most every slot of a skipped day and the midnight after it share an instant; one more is the next.
  const runs = plannedFrom(schedule, last.at, schedule.slots.length + 2);
  const place = runs.findIndex((run) => isLast(run) && run.at.equals(last.at));
  const later = runs.filter(({ at }, i) => (place >= 0 ? i > place : !at.equals(last.at)));
  return later.find((run) => !isLast(run)) ?? null;
}

/**
 * The runs whose time has come, the oldest first, and the one after them.
 *
 * @param first the digest's next run, as stored
 * @param most so many at once: a machine that was off for long has many
 */
export function dueRuns(
  schedule: Schedule,
  first: RunKey,
  now: Temporal.Instant,
  most: number,
): { due: RunKey[]; next: RunKey | null } {
  const due: RunKey[] = [];
  let next: RunKey | null = first;
  while (next && due.length < most && Temporal.Instant.compare(next.at, now) <= 0) {
    due.push(next);
    next = plannedAfter(schedule, next);
  }
  return { due, next };
}

/**
 * The next planned run when a schedule is changed. None that was to come is lost: what is due already counts from its own
 * time, and the next run, moved to an hour that has passed, keeps its old one for today. Other slots of today that are moved so run from
 * tomorrow on.
 *
 * @param stored the next run by the schedule before
 */
export function plannedAfterChange(
  schedule: Schedule,
  stored: RunKey | null,
  now: Temporal.Instant,
): RunKey | null {
  if (stored === null) return plannedFrom(schedule, now, 1)[0] ?? null;
  const from = Temporal.Instant.compare(stored.at, now) < 0 ? stored.at : now;
  const moved = runsOn(schedule, Temporal.PlainDate.from(stored.date)).find(
    ({ slot }) => slot === stored.slot,
  );
  const passed = moved !== undefined && Temporal.Instant.compare(moved.at, from) < 0;
  const [first] = plannedFrom(schedule, from, 1);
  if (passed && (!first || Temporal.Instant.compare(stored.at, first.at) <= 0)) return stored;
  return first ?? null;
}

/** The next run that an issue goes out for. @param stored the next planned one, left out or not */
export function nextThatRuns(schedule: Schedule, stored: RunKey | null): RunKey | null {
  if (stored === null || skipReason(schedule, stored) === null) return stored;
  return runsFrom(schedule, stored.at, 1)[0] ?? null;
}

/** Why a run is left out, as it is kept with its issue, or null. */
export function skipReason(schedule: Schedule, { date, slot }: Skip): string | null {
  const byHand = schedule.skips?.some((skip) => skip.date === date && skip.slot === slot);
  return byHand ? "left out by hand" : holidayReason(schedule, Temporal.PlainDate.from(date));
}

function holidayReason(schedule: Schedule, day: Temporal.PlainDate): string | null {
  const { holidays = [], hijriShift = 0 } = schedule;
  if (holidays.length === 0) return null;
  const byMoon = holidays.some(({ kind }) => kind === "hijri");
  const holiday = holidayOn(holidays, day, byMoon ? hijriDay(day, hijriShift) : null);
  return holiday && `holiday: ${holiday.name}`;
}

/**
 * So many hours of news an issue gathers in an ordinary week: 24 where it runs every day, 168 where once a week. What an
 * issue's pool and half-life go by.
 */
export function gatherHours({ days, ramadan }: Schedule): number {
  const perWeek = new Set(days.length > 0 ? days : (ramadan?.days ?? [])).size;
  return (7 * 24) / Math.max(1, perWeek);
}

/** The runs of one local day in their order. */
function runsOn(schedule: Schedule, day: Temporal.PlainDate): Run[] {
  const { ramadan = null, hijriShift = 0 } = schedule;
  const variant = ramadan && isRamadan(hijriDay(day, hijriShift)) ? ramadan : null;
  if (!(variant?.days ?? schedule.days).includes(day.dayOfWeek)) return [];
  const times = new Map(variant?.slots.map(({ name, time }) => [name, time]));
  return schedule.slots
    .map(({ name, time }) => {
      const run = { date: day.toString(), slot: name };
      const ramadan = variant !== null;
      return { ...run, ...instantOf(day, times.get(name) ?? time, schedule.zone), ramadan };
    })
    .map((run) => ({ ...run, skipped: skipReason(schedule, run) }))
    .sort((a, b) => Temporal.Instant.compare(a.at, b.at));
}

function instantOf(day: Temporal.PlainDate, time: string, zone: string): Pick<Run, "at" | "note"> {
  const local = day.toPlainDateTime(Temporal.PlainTime.from(time));
  const earlier = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = local.toZonedDateTime(zone, { disambiguation: "later" });
  if (Temporal.Instant.compare(earlier.toInstant(), later.toInstant()) === 0) {
    return { at: earlier.toInstant(), note: null };
  }
  if (earlier.toPlainDateTime().equals(local)) return { at: earlier.toInstant(), note: "overlap" };
  const afterGap = earlier.getTimeZoneTransition("next");
  return { at: (afterGap ?? later).toInstant(), note: "gap" };
}
