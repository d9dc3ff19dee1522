// Many at a time, and never more of them than are wanted.

/**
 * Works through what `more` brings until it brings null, with at most `width` at a time. The next are asked for before the last are
 * taken, so that nobody waits for them. Begins no further one once `goOn` is false or one has failed; waits for all that was begun
 * either way.
 *
 * @throws the first error, when nothing is under way any more
 */
export async function eachAtOnce<Item>(
  more: () => Promise<readonly Item[] | null>,
  width: number,
  goOn: () => boolean,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue: Item[] = [];
  const errors: unknown[] = [];
  let coming: Promise<void> | null = null;
  let isOver = false;
  const ask = async () => {
    try {
      const items = await more();
      if (items === null) isOver = true;
      else queue.push(...items);
    } catch (error) {
      errors.push(error);
    }
    coming = null;
  };
  const next = async (): Promise<Item | undefined> => {
    while (goOn() && errors.length === 0) {
      if (!isOver && queue.length <= width) coming ??= ask();
      const item = queue.shift();
      if (item !== undefined || isOver) return item;
      await coming;
    }
    return undefined;
  };
  const lane = async () => {
    for (let item = await next(); item !== undefined; item = await next())
      await work(item).catch((error: unknown) => errors.push(error));
  };
  await Promise.all(Array.from({ length: width }, lane));
  await coming;
  if (errors.length > 0) throw errors[0];
}
