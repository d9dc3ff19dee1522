// Whose turn it is: the destinations of an issue are claimed from one after the other, so that none waits behind a large one.
import type { Room } from "./pace/pacer.ts";

type Desk<Letter> = {
  /** The destinations that have letters which are due. */
  due: () => Promise<string[]>;
  /** How many may be claimed from one now. */
  room: (destination: string, wanted: number) => Promise<Room>;
  /** Claims from one, at most so many. */
  claim: (destination: string, most: number) => Promise<Letter[]>;
  /** Waits a little where all that have something are held back; false: that is no use. */
  breath: () => Promise<boolean>;
};

/**
 * Claims some letters each time that it is called, to the destination whose turn it is. Once none has anything any more they are asked
 * for again, as others may be due by then.
 *
 * @param most so many at once
 * @returns what was claimed; null where nothing is due that may go
 */
export function claimingByTurns<Letter>(
  { due, room, claim, breath }: Desk<Letter>,
  most: number,
): () => Promise<Letter[] | null> {
  let waiting: string[] = [];
  return async () => {
    for (let isNew = false; ; isNew = true) {
      for (let turns = waiting.length; turns > 0; turns--) {
        const destination = waiting.shift();
        if (destination === undefined) break;
        const free = await room(destination, most);
        if (free === "closed") continue;
        if (free === 0) {
          waiting.push(destination); // it has its turn again when it may
          continue;
        }
        const claimed = await claim(destination, free);
        if (claimed.length === free) waiting.push(destination);
        if (claimed.length > 0) return claimed;
      }
      if (waiting.length > 0) return (await breath()) ? [] : null;
      if (isNew) return null;
      waiting = await due();
    }
  };
}
