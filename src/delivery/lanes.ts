// Many at a time, and never more of them than are wanted.

/**
 * Works through what `more` brings until it brings null, with at most `width` at a time. The next are asked for before the last are
 * taken, so that nobody waits for them. Begins no further one once `goOn` is false or one has failed; waits for all that was begun
 * either way.
 *
 * @param mayBegin false for one that must wait for others that are under way; those behind it are not held up. One that it says true of
 *   is begun. `more` takes its time where it
 *   brings nothing
 * @throws the first error, when nothing is under way any more
 */
export async function eachAtOnce<Item>(
  more: () => Promise<readonly Item[] | null>,
  width: number,
  goOn: () => boolean,
  work: (item: Item) => Promise<void>,
  mayBegin: (item: Item) => boolean = () => true,
): Promise<void> {
  const queue: Item[] = [];
  const errors: unknown[] = [];
  let coming: Promise<void> | null = null;
  let isOver = false;
  let change = Promise.withResolvers<void>();
  const changed = () => {
    change.resolve();
    change = Promise.withResolvers();
  };
  const ask = async () => {
    try {
      const items = await more();
      if (items === null) isOver = true;
      else queue.push(...items);
    } catch (error) {
      errors.push(error);
    }
    coming = null;
    changed();
  };
  const next = async (): Promise<Item | undefined> => {
    while (goOn() && errors.length === 0) {
      const at = queue.findIndex(mayBegin);
      if (!isOver && (queue.length <= width || at < 0)) coming ??= ask();
      const [item] = at < 0 ? [] : queue.splice(at, 1);
      if (item !== undefined || (isOver && queue.length === 0)) return item;
      await change.promise;
    }
    return undefined;
  };
  const lane = async () => {
    for (let item = await next(); item !== undefined; item = await next()) {
      await work(item).catch((error: unknown) => errors.push(error));
      changed();
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  await coming;
  if (errors.length > 0) throw errors[0];
}
