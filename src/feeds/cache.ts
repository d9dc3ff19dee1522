// What a process remembers between requests: readings for a second, documents as long as there is room.

/** A finished document: its bytes as they are and gzipped, and what tells it from others. */
export type Document = {
  /** What it was made from: another version makes another document. */
  version: string;
  identity: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
  /** A hash of the content, so that it is the same after a restart and in every process. */
  hash: string;
  /** In whole seconds; null where nothing is known of a change. */
  lastModified: Temporal.Instant | null;
};

/** How long one request waits for work that another began. */
const patienceMilliseconds = 3000;

/**
 * Work that many ask for at once, done once. On Workers, work dies with the request that began it and its promise never
 * settles: so nobody waits for another's longer than three seconds, then somebody begins anew.
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

/** Readings of the database, each repeated at most once a second, however many ask. Names must be few: none is dropped. */
export function readings<T>() {
  const known = new Map<string, { at: number; value: T }>();
  const { join, forget } = shared<T>();
  return {
    async get(name: string, nowMilliseconds: number, read: () => Promise<T>): Promise<T> {
      const last = known.get(name);
      // A clock set back must not keep an old reading alive.
      if (last && nowMilliseconds >= last.at && nowMilliseconds < last.at + 1000) return last.value;
      return join(name, read, (value) => known.set(name, { at: nowMilliseconds, value }));
    },
    /** The next request reads again, also where a reading is under way: it may have begun before the change. */
    forget(name: string): void {
      known.delete(name);
      forget(name);
    },
  };
}

/** Documents by name, the least used dropped when their bytes exceed the bound. */
export function documents(maxBytes: number) {
  const kept = new Map<string, Document>();
  let bytes = 0;
  const drop = (name: string) => {
    const document = kept.get(name);
    if (document && kept.delete(name)) bytes -= size(document);
  };
  return {
    get(name: string, version: string): Document | undefined {
      const document = kept.get(name);
      if (document?.version !== version) return undefined;
      // A Map remembers the order of insertion: the first is the one least used.
      kept.delete(name);
      kept.set(name, document);
      return document;
    },
    keep(name: string, document: Document): void {
      drop(name);
      if (size(document) > maxBytes) return;
      kept.set(name, document);
      bytes += size(document);
      for (const oldest of kept.keys()) {
        if (bytes <= maxBytes) break;
        drop(oldest);
      }
    },
    bytes: () => bytes,
  };
}

const size = ({ identity, gzip }: Document) => identity.length + gzip.length;
