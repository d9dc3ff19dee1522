// How much mail that comes in is read in an hour, whichever way it comes.
import type { Clock } from "../platform/index.ts";

/**
 * How many mails an hour are read: to one letter's return path, which its reader can see; to the address for leaving, and to postmaster
 * and abuse, which anybody knows; and how many of those go on to a person. To read one that was made for it may take a fifth of
 * a second.
 */
export const hourly = { letter: 20, leave: 500, person: 1000, forwards: 60 };

/** So many names are counted at a time; whoever brings mail for more begins a new hour. */
const mostNames = 50_000;

export type HourlyCount = (name: string, most: number) => boolean;

/** Counts by name over an hour of the clock. @returns whether one more is within what is allowed */
export function hourlyCount(now: Clock): HourlyCount {
  const counts = new Map<string, number>();
  let hour = 0;
  return (name, most) => {
    const current = Math.floor(now().epochMilliseconds / 3_600_000);
    if (current !== hour || counts.size >= mostNames) counts.clear();
    hour = current;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= most;
  };
}
