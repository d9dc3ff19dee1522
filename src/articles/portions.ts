// Many rows for few statements, each of a size that both hosts take.

/** D1 takes two million octets a parameter; an Arabic letter is two of them. In UTF-16 units. */
const mostAtOnce = 700_000;

/** Consecutive things in as few portions as can be, none larger than a parameter may be but one that is so by itself. */
export function portions<Thing>(things: readonly Thing[], sizeOf: (thing: Thing) => number): Thing[][] {
  const all: Thing[][] = [];
  let room = 0;
  for (const thing of things) {
    const size = sizeOf(thing);
    if (size > room || all.length === 0) {
      all.push([]);
      room = mostAtOnce;
    }
    all.at(-1)?.push(thing);
    room -= size;
  }
  return all;
}
