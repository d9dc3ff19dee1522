// When a feed does not want to be asked: skipHours and skipDays of RSS. Pure.
import { z } from "zod";

/** Hours of the day (0–23) and days of the week (1 is Monday), in GMT. Never all of them. */
export const quiet = z.object({ hours: z.array(z.int()), days: z.array(z.int()) });
export type Quiet = z.infer<typeof quiet>;

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/**
 * What a channel says of itself, as RSS 2.0 has it, or RSS 0.91, which counts hours to 24. Read here, since feedsmith 3.0.1
 * drops a lone hour or day.
 *
 * @returns null where it says nothing, or leaves no time at all
 */
export function readQuiet(rss: string): Quiet | null {
  const [first, last] = [rss.search(/<item[\s>]/i), rss.lastIndexOf("</item>")];
  const channel = first === -1 ? rss : `${rss.slice(0, first)}${last === -1 ? "" : rss.slice(last)}`;
  const said = (list: string, one: string) => {
    const [, inside = ""] = new RegExp(`<${list}>([^]{0,2000}?)</${list}>`, "i").exec(channel) ?? [];
    return [...inside.matchAll(new RegExp(`<${one}>\\s*(\\w{1,9})\\s*</${one}>`, "gi"))].map(
      ([, it = ""]) => it,
    );
  };
  const hours = said("skipHours", "hour").flatMap((hour) =>
    /^(?:[01]?\d|2[0-4])$/.test(hour) ? Number(hour) % 24 : [],
  );
  const days = said("skipDays", "day").map((day) => weekdays.indexOf(day.toLowerCase()) + 1);
  const some = (given: readonly number[], all: number) => {
    const them = new Set(given);
    return them.size < all ? [...them] : [];
  };
  const found = {
    hours: some(hours, 24),
    days: some(
      days.filter((day) => day > 0),
      7,
    ),
  };
  return found.hours.length + found.days.length > 0 ? found : null;
}

/** This time, or where the feed wants to be left alone then, the first full hour at which it does not. */
export function afterQuiet({ hours, days }: Quiet, at: Temporal.Instant): Temporal.Instant {
  let time = at.toZonedDateTimeISO("UTC");
  // A week is looked through, though one of its days and hours is always free.
  for (let step = 0; step < 7 * 24 && (hours.includes(time.hour) || days.includes(time.dayOfWeek)); step++)
    time = time.add({ hours: 1 }).round({ smallestUnit: "hour", roundingMode: "floor" });
  return time.toInstant();
}
