// Calls to others: as many at once as there is room for, and what all of them need.
import { type Clock, type GuardedCall, type Log, othersFirst } from "../platform/index.ts";

/** Who is slower than this is called another time. */
export const callSeconds = 10;

/** Counts calls for the metrics. `dropped`: it will not be tried again. */
export type CountCall = (
  what: "push" | "verification" | "denial" | "ping",
  result: "ok" | "failed" | "dropped",
) => void;

export type CallDeps = { call: GuardedCall; now: Clock; log: Log; count: CountCall };

/**
 * Claims jobs and does them, at most `width` at a time, until nothing is due or `goOn` is false. A slow job holds up nobody:
 * whenever there is room, the next is claimed. Waits for all that was begun.
 *
 * @returns how many were done
 * @throws the first error, when nothing is under way any more
 */
export async function workOff<Job>(
  width: number,
  goOn: () => boolean,
  claim: (most: number) => Promise<Job[]>,
  work: (job: Job) => Promise<void>,
): Promise<number> {
  const underWay = new Set<Promise<void>>();
  const errors: unknown[] = [];
  let begun = 0;
  for (;;) {
    const room = width - underWay.size;
    let jobs: Job[] = [];
    if (room > 0 && errors.length === 0 && goOn()) {
      try {
        jobs = await claim(room);
      } catch (error) {
        errors.push(error);
      }
    }
    for (const job of jobs) {
      const running: Promise<void> = work(job)
        .catch((error: unknown) => void errors.push(error))
        .finally(() => underWay.delete(running));
      underWay.add(running);
    }
    begun += jobs.length;
    if (jobs.length > 0 && underWay.size < width) continue;
    if (underWay.size === 0) break;
    await Promise.race(underWay);
    await othersFirst(); // those that end together make room together
  }
  if (errors.length > 0) throw errors[0];
  return begun;
}
