// Finished documents in memory, as long as there is room.

/** A finished document: its bytes in each encoding, and what tells it from others. */
export type Document = {
  /** Under which it is kept. */
  name: string;
  /** What it was made from: another version makes another document. */
  version: string;
  title: string;
  identity: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
  /** Null until somebody asked for it and it was made, off the request's path. */
  br: Uint8Array<ArrayBuffer> | null;
  /** A hash of the content, so that it is the same after a restart and in every process. */
  hash: string;
  /** In whole seconds; null where nothing is known of a change, or where no one second tells two changes apart. */
  lastModified: Temporal.Instant | null;
};

/** Documents by name, the least used dropped when their bytes exceed the bound. */
export function documents(maxBytes: number) {
  // When each was last used is a number beside it, and the least is looked for where one must go: that is rare, while to move
  // it to the end of the Map at each request took more time than all else that finds a warm document.
  const kept = new Map<string, { document: Document; used: number }>();
  let uses = 0;
  let bytes = 0;
  const drop = (name: string) => {
    const it = kept.get(name);
    if (it && kept.delete(name)) bytes -= size(it.document);
  };
  const dropOldest = () => {
    while (bytes > maxBytes) {
      let oldest: { name: string; used: number } | null = null;
      for (const [name, { used }] of kept) if (oldest === null || used < oldest.used) oldest = { name, used };
      if (oldest === null) break;
      drop(oldest.name);
    }
  };
  return {
    get(name: string, version: string): Document | undefined {
      const it = kept.get(name);
      if (it?.document.version !== version) return undefined;
      it.used = ++uses;
      return it.document;
    },
    keep(document: Document): void {
      drop(document.name);
      if (size(document) > maxBytes) return;
      kept.set(document.name, { document, used: ++uses });
      bytes += size(document);
      dropOldest();
    },
    /** Adds an encoding to a document, if it is still the one that is kept. */
    addBrotli(document: Document, br: Uint8Array<ArrayBuffer>): void {
      if (kept.get(document.name)?.document !== document || document.br !== null) return;
      document.br = br;
      bytes += br.length;
      dropOldest();
    },
    bytes: () => bytes,
  };
}

const size = ({ identity, gzip, br }: Document) => identity.length + gzip.length + (br?.length ?? 0);
