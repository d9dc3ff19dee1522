// When a digest runs. Pure: a schedule and an instant in, runs out. node-cron and the like only wake us.

/** A named place in a digest's day. Its time may be moved; its name is what makes an issue unique. */
export type Slot = { name: string; time: string };

/** ISO weekdays (1 is Monday), local times `HH:MM`, an IANA zone. */
export type Schedule = { zone: string; days: readonly number[]; slots: readonly Slot[] };

/** `gap`: the local time did not exist that day; `overlap`: it happened twice, and this is the first. */
export type RunNote = "gap" | "overlap" | null;

export type Run = { date: string; slot: string; at: Temporal.Instant; note: RunNote };

/**
 * The next runs at or after an instant, in order. A local time that the clocks skip runs at the first instant after the
 * gap; one that happens twice runs the first time. Every scheduled local day has each of its slots exactly once.
 */
export function runsFrom(schedule: Schedule, from: Temporal.Instant, count: number): Run[] {
  const runs: Run[] = [];
  if (!schedule.days.some((day) => day >= 1 && day <= 7) || schedule.slots.length === 0) return runs;
  // A day earlier, for a slot just before midnight that a gap moved into the next day.
  let day = from.toZonedDateTimeISO(schedule.zone).toPlainDate().subtract({ days: 1 });
  while (runs.length < count) {
    if (schedule.days.includes(day.dayOfWeek)) {
      const ofDay = schedule.slots.map((slot) => runOn(day, slot, schedule.zone)).sort(inOrder);
      runs.push(...ofDay.filter(({ at }) => Temporal.Instant.compare(at, from) >= 0));
    }
    day = day.add({ days: 1 });
  }
  return runs.slice(0, count);
}

/**
 * The run that follows another, also where a gap put two slots on the same instant. Where the other was of an earlier
 * schedule: the first after it, but never the same slot of the same day once more.
 */
export function runAfter(schedule: Schedule, last: Pick<Run, "date" | "slot" | "at">): Run | null {
  const isLast = ({ date, slot }: Run) => date === last.date && slot === last.slot;
  // At most every slot of a skipped day and the midnight after it share an instant; one more is the next.
  const runs = runsFrom(schedule, last.at, schedule.slots.length + 2);
  const place = runs.findIndex((run) => isLast(run) && run.at.equals(last.at));
  const later = runs.filter(({ at }, i) => (place >= 0 ? i > place : !at.equals(last.at)));
  return later.find((run) => !isLast(run)) ?? null;
}

const inOrder = (a: Run, b: Run) => Temporal.Instant.compare(a.at, b.at);

function runOn(day: Temporal.PlainDate, slot: Slot, zone: string): Run {
  const local = day.toPlainDateTime(Temporal.PlainTime.from(slot.time));
  const earlier = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = local.toZonedDateTime(zone, { disambiguation: "later" });
  const run = { date: day.toString(), slot: slot.name };
  if (Temporal.Instant.compare(earlier.toInstant(), later.toInstant()) === 0) {
    return { ...run, at: earlier.toInstant(), note: null };
  }
  if (earlier.toPlainDateTime().equals(local)) return { ...run, at: earlier.toInstant(), note: "overlap" };
  const afterGap = earlier.getTimeZoneTransition("next");
  return { ...run, at: (afterGap ?? later).toInstant(), note: "gap" };
}
