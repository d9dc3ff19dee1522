// What was counted of one feed in one day by one process, and what of it the store does not have yet. No I/O.

import type { FeedFormat } from "../feeds/index.ts";
import { type Claim, rankOf, registerCount, registerOf } from "./readers.ts";
import { type CountedFeed, type Counts, type DayNumber, mostInventedNames } from "./store.ts";

type HeldClaim = Claim & { format: FeedFormat; stored: number };

export type Tally = {
  readonly feed: CountedFeed;
  requests: number;
  unchanged: number;
  /** The rank of each register, and the one that the store is known to have; null before the first client. */
  registers: Uint8Array | null;
  stored: Uint8Array | null;
  readonly claims: Map<string, HeldClaim>;
  inventedNames: number;
  /** Whether there may be something that was not written. */
  dirty: boolean;
};

export const newTally = (feed: CountedFeed): Tally => ({
  feed,
  requests: 0,
  unchanged: 0,
  registers: null,
  stored: null,
  claims: new Map(),
  inventedNames: 0,
  dirty: false,
});

export function countRequest(tally: Tally, unchanged: boolean): void {
  tally.requests += 1;
  if (unchanged) tally.unchanged += 1;
  tally.dirty = true;
}

/** @param place where the client falls, of `placeOf` */
export function countClient(tally: Tally, place: number): void {
  tally.registers ??= new Uint8Array(registerCount);
  const register = registerOf(place);
  const rank = rankOf(place);
  if (rank <= (tally.registers[register] ?? 0)) return;
  tally.registers[register] = rank;
  tally.dirty = true;
}

/** Keeps the most that an aggregator claims; of names that we do not list only so many. */
export function countClaim(tally: Tally, format: FeedFormat, claim: Claim): void {
  const key = `${format} ${claim.name}`;
  const held = tally.claims.get(key);
  if (held) {
    held.subscribers = Math.max(held.subscribers, claim.subscribers);
    return;
  }
  if (!claim.wellKnown && tally.inventedNames >= mostInventedNames) return;
  if (!claim.wellKnown) tally.inventedNames += 1;
  tally.claims.set(key, { ...claim, format, stored: -1 });
}

/** What is on its way to the store. */
export type Taken = {
  tally: Tally;
  requests: number;
  unchanged: number;
  places: number[];
  claims: [HeldClaim, subscribers: number][];
};

/**
 * Takes what the store does not have. Requests are taken out: they are to be added once. Registers and claims count as stored
 * only when that is certain (`settle`): writing them twice is harmless, and a write may die without a word.
 */
export function take(tally: Tally): Taken {
  const { requests, unchanged, registers, stored } = tally;
  const places: number[] = [];
  registers?.forEach((rank, register) => {
    if (rank > (stored?.[register] ?? 0)) places.push((register << 6) | rank);
  });
  const claims = [...tally.claims.values()]
    .filter((claim) => claim.subscribers > claim.stored)
    .map((claim): Taken["claims"][number] => [claim, claim.subscribers]);
  tally.requests = 0;
  tally.unchanged = 0;
  tally.dirty = false;
  return { tally, requests, unchanged, places, claims };
}

/** The store did not take it. */
export function giveBack({ tally, requests, unchanged }: Taken): void {
  tally.requests += requests;
  tally.unchanged += unchanged;
  tally.dirty = true;
}

/** The store has it. */
export function settle({ tally, places, claims }: Taken): void {
  const stored = tally.stored ?? (places.length > 0 ? new Uint8Array(registerCount) : null);
  tally.stored = stored;
  for (const place of places) {
    const register = registerOf(place);
    if (stored) stored[register] = Math.max(stored[register] ?? 0, rankOf(place));
  }
  for (const [claim, subscribers] of claims) claim.stored = Math.max(claim.stored, subscribers);
}

/** As the store wants it. */
export const countsOf = (day: DayNumber, taken: readonly Taken[]): Counts => ({
  day,
  requests: taken.map(({ tally, requests, unchanged }) => [tally.feed, requests, unchanged]),
  places: taken.filter(({ places }) => places.length > 0).map(({ tally, places }) => [tally.feed, places]),
  claims: taken.flatMap(({ tally, claims }) =>
    claims.map(
      ([{ format, name, wellKnown }, subscribers]) =>
        [tally.feed, format, name, subscribers, wellKnown] as const,
    ),
  ),
});
