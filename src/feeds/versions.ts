// What a process knows of the versions of feeds: kept in step by one small reading a second, however many feeds there are.
import type { Kysely } from "kysely";
import { shared } from "./shared.ts";
import {
  changesAfter,
  type FeedKey,
  type FeedTables,
  type FeedVersion,
  feedVersion,
  lastChange,
  mostChanges,
} from "./store.ts";

/** Versions are small; these take some megabytes. */
const mostKnown = 20_000;

/** How long what was read counts as what is so. */
const freshMilliseconds = 1000;

/** One for a process. */
export function knownVersions(db: Kysely<FeedTables>) {
  const known = new Map<FeedKey, FeedVersion>();
  let seq: number | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  const readings = shared<void>();

  function learn(feed: FeedKey, version: FeedVersion): FeedVersion {
    const before = known.get(feed);
    // Two readings may come back in another order than they were made; versions only grow.
    if (before && before.version >= version.version) return before;
    known.delete(feed);
    known.set(feed, version);
    for (const oldest of known.keys()) {
      if (known.size <= mostKnown) break;
      known.delete(oldest);
    }
    return version;
  }

  async function catchUp(): Promise<void> {
    const changes = seq === null ? null : await changesAfter(db, seq);
    if (changes === null || changes.length === mostChanges) {
      const last = await lastChange(db); // before what it stands for is read
      known.clear();
      seq = last;
      return;
    }
    for (const { feed, version } of changes) learn(feed, version);
    seq = Math.max(seq ?? 0, changes.at(-1)?.seq ?? 0);
  }

  return {
    /** Whether what is known here is what was so less than a second ago. A clock set back must not keep it alive. */
    isFresh: (nowMilliseconds: number): boolean =>
      nowMilliseconds >= readAt && nowMilliseconds < readAt + freshMilliseconds,
    /** Reads what changed since the last time; of many that ask at once one reads. */
    refresh: (nowMilliseconds: number): Promise<void> =>
      readings.join("changes", catchUp, () => {
        readAt = nowMilliseconds;
      }),
    /** What is known, without asking anybody. */
    known: (feed: FeedKey): FeedVersion | undefined => known.get(feed),
    /** What is known, or read now. */
    async get(feed: FeedKey): Promise<FeedVersion> {
      const version = known.get(feed);
      if (version === undefined) return learn(feed, await feedVersion(db, feed));
      // A Map remembers the order of insertion: what nobody asks for goes first, and not what everybody needs.
      known.delete(feed);
      known.set(feed, version);
      return version;
    },
    /** The next request reads again, also where a reading is under way: it may have begun before the change. */
    forget(): void {
      readAt = Number.NEGATIVE_INFINITY;
      readings.forget("changes");
    },
  };
}
