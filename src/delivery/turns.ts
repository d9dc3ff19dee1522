// Whose turn it is: the destinations of an issue are claimed from one after the other, so that none waits behind a large one.

/**
 * Claims some letters each time that it is called, to the destination whose turn it is.
 *
 * @param due the destinations that have letters which are due; asked again once none of them has any more, as others may be due by then
 * @param claim claims from one, at most `most`
 * @returns what was claimed; nothing where nothing is due
 */
export function claimingByTurns<Letter>(
  due: () => Promise<string[]>,
  claim: (destination: string) => Promise<Letter[]>,
  most: number,
): () => Promise<Letter[]> {
  let waiting: string[] = [];
  return async () => {
    let askedAgain = false;
    for (;;) {
      const destination = waiting.shift();
      if (destination === undefined) {
        if (askedAgain) return [];
        askedAgain = true;
        waiting = await due();
        continue;
      }
      const claimed = await claim(destination);
      if (claimed.length === most) waiting.push(destination);
      if (claimed.length > 0) return claimed;
    }
  };
}
