// Time between the store (milliseconds since 1970, UTC) and the core (Temporal.Instant).

/** The moment that a stored number of milliseconds means. */
export const fromMilliseconds = (ms: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(ms);

/**
 * A turn for whatever else waits, between two steps of long work: on Node a query blocks the process, and awaiting it lets no
 * timer and no request come between.
 */
export const othersFirst = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** The clock, handed to whatever needs it, so that tests set it. */
export type Clock = () => Temporal.Instant;

/** The machine's clock. All who ask within a millisecond get one instant, as a letter asks some fifteen times and each costs more than a number. */
export function systemClock(): Clock {
  let last = fromMilliseconds(Date.now());
  return () => {
    const ms = Date.now();
    if (ms !== last.epochMilliseconds) last = fromMilliseconds(ms);
    return last;
  };
}
