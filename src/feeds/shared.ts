// Work that many ask for at once, done once; and different work, one after the other.
import { othersFirst } from "../platform/index.ts";

/** How long one request waits for work that another began. */
const patienceMilliseconds = 3000;

/**
 * On Workers, work dies with the request that began it and its promise never settles: so nobody waits for another's longer
 * than three seconds, then somebody begins anew.
 */
export function shared<T>() {
  const underWay = new Map<string, Promise<T>>();

  /** @param keep gets the result, unless `forget` was called meanwhile */
  async function join(name: string, work: () => Promise<T>, keep: (result: T) => void): Promise<T> {
    for (;;) {
      const running = underWay.get(name);
      if (running === undefined) break;
      const result = await inTime(running);
      if (result.inTime) return result.value;
      if (underWay.get(name) === running) underWay.delete(name);
    }
    const isCurrent = () => underWay.get(name) === mine;
    const mine: Promise<T> = work()
      .then((result) => {
        if (isCurrent()) keep(result);
        return result;
      })
      .finally(() => {
        if (isCurrent()) underWay.delete(name);
      });
    underWay.set(name, mine);
    return mine;
  }
  return { join, forget: (name: string) => underWay.delete(name) };
}

async function inTime<T>(work: Promise<T>): Promise<{ inTime: true; value: T } | { inTime: false }> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<{ inTime: false }>((resolve) => {
    timer = setTimeout(() => resolve({ inTime: false }), patienceMilliseconds);
  });
  try {
    return await Promise.race([work.then((value) => ({ inTime: true as const, value })), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Work that takes much memory and processor, one piece at a time, so that a crowd that asks for many things costs no more
 * than one of them at once, and others get their turn between. What is lesser waits for all that is not. Work that has not
 * ended after three seconds holds up nobody any longer: on Workers it may have died.
 */
export function turns() {
  const waiting: { ordinary: (() => void)[]; lesser: (() => void)[] } = { ordinary: [], lesser: [] };
  let running: object | null = null;
  const next = () => (waiting.ordinary.shift() ?? waiting.lesser.shift())?.();

  return async function inTurn<T>(isLesser: boolean, work: () => Promise<T>): Promise<T> {
    while (running !== null) {
      const before = running;
      const turn = new Promise<void>((resolve) => waiting[isLesser ? "lesser" : "ordinary"].push(resolve));
      const woken = await inTime(turn);
      if (!woken.inTime && running === before) running = null;
    }
    const mine = {};
    running = mine;
    try {
      await othersFirst(); // whoever is warm gets an answer between two renderings
      return await work();
    } finally {
      if (running === mine) running = null;
      next();
    }
  };
}
