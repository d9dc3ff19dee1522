// Time between the store (milliseconds since 1970, UTC) and the core (Temporal.Instant).

/** The moment that a stored number of milliseconds means. */
export const fromMilliseconds = (ms: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(ms);

/** The clock, handed to whatever needs it, so that tests set it. */
export type Clock = () => Temporal.Instant;
