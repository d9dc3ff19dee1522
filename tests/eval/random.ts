// Chance that is the same each time.

export type Random = {
  /** From 0 to 1. */
  next: () => number;
  /** A whole number from `least` to `most`. */
  between: (least: number, most: number) => number;
  of: <It>(list: readonly It[]) => It;
  chance: (share: number) => boolean;
};

/** mulberry32: small, and good enough to invent news with. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    of(list) {
      const it = list[between(0, list.length - 1)];
      if (it === undefined) throw new Error("Nothing can be taken from an empty list.");
      return it;
    },
    chance: (share) => next() < share,
  };
}
