// What a process keeps of entries between two versions of a feed, so that a publish makes one entry and not fifty: the entry
// of an article, and the finished text that it has in each format.
import type { Article } from "../articles/index.ts";
import type { Entry } from "./entry.ts";
import type { FeedFormat } from "./which.ts";

/** The finished text of entries in each format, as long as somebody keeps the entry. An entry never changes. */
export type KeptParts = Readonly<Record<FeedFormat, WeakMap<Entry, string>>>;

export const keptParts = (): KeptParts => ({ rss: new WeakMap(), atom: new WeakMap(), json: new WeakMap() });

export type KeptEntries = {
  /** The entry of an article: the one that is kept if the article says what it said then, else `make`'s. */
  entryOf(article: Article, make: (article: Article) => Entry): Entry;
  readonly parts: KeptParts;
  bytes(): number;
};

/** What all of it takes of each character of an article: the key, the content, three formats, two octets each. */
const bytesPerCharacter = 10;

/** Entries in as many octets, those used longest ago dropped. */
export function keptEntries(maxBytes: number): KeptEntries {
  // By all that an entry shows and not by the revision: whatever changed it, what is found is what would be made.
  const kept = new Map<string, Entry>();
  let bytes = 0;
  return {
    entryOf(article, make) {
      const key = allThatIsShown(article);
      const known = kept.get(key);
      const entry = known ?? make(article);
      const size = key.length * bytesPerCharacter;
      if (size > maxBytes) return entry;
      if (!known) bytes += size;
      kept.delete(key); // a Map remembers the order of insertion: the first is the one used longest ago
      kept.set(key, entry);
      for (const oldest of kept.keys()) {
        if (bytes <= maxBytes) break;
        kept.delete(oldest);
        bytes -= oldest.length * bytesPerCharacter;
      }
      return entry;
    },
    parts: keptParts(),
    bytes: () => bytes,
  };
}

/** As one text. What is left out stands in no feed: a new field that does must not be named here. */
function allThatIsShown(article: Article): string {
  const { origin: _, externalId: __, importance: ___, revision: ____, storyId: _____, ...shown } = article;
  const { publishedAt, updatedAt, status, sections, ...rest } = shown;
  return JSON.stringify([
    rest,
    publishedAt.epochMilliseconds, // an Instant as text takes as long as all the rest
    updatedAt.epochMilliseconds,
    status.state,
    sections.map(({ title }) => title),
  ]);
}
