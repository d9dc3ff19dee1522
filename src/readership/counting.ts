// What a process counts of the readers of its feeds: in memory, since it is part of every request, and written once a minute.

import type { FeedFormat } from "../feeds/index.ts";
import { type Database, type Log, othersFirst, randomToken } from "../platform/index.ts";
import { placeOf, type Salt, saltOf, subscribersClaimed } from "./readers.ts";
import {
  type CountedFeed,
  type DayNumber,
  dayOf,
  type ReaderTables,
  recordCounts,
  saltOfDay,
} from "./store.ts";
import {
  countClaim,
  countClient,
  countRequest,
  countsOf,
  giveBack,
  newTally,
  settle,
  type Taken,
  type Tally,
  take,
} from "./tally.ts";

type Deps = {
  database: Database<ReaderTables>;
  log: Log;
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
};

/** A program's request for a feed that was answered, `unchanged` by 304. */
export type Poll = {
  feed: CountedFeed;
  format: FeedFormat;
  unchanged: boolean;
  address: string;
  userAgent: string;
};

export type ReaderCount = {
  /** Counts a request: less than a microsecond, since it is given the time (to read it as an Instant takes as long). */
  note(poll: Poll, nowMilliseconds: number): void;
  /** Writes what was counted. What cannot be written is kept, and the log says so. */
  flush(): Promise<void>;
};

const flushMilliseconds = 60_000;

/** Feeds that a process counts in a day; at 2 kB each they take 10 MB at most. Tags and authors do not crowd out the others. */
const mostFeeds = 5000;
const mostTagsAndAuthors = 4000;

/** Requests whose addresses wait until the day's salt is read: moments, at the start and after midnight. */
const mostWaiting = 500;

/** Rows in one batch: some 10 ms during which SQLite answers nobody else. */
const rowsInBatch = 10_000;

type Day = {
  day: DayNumber;
  /** Null until it is read; a day that is over has none any more. */
  salt: Salt | "over" | null;
  waiting: Poll[];
  feeds: Map<CountedFeed, Tally>;
  tagsAndAuthors: number;
  toldFull: boolean;
};

/**
 * One for a process. Workers end without a word: up to a minute of counts is lost with an isolate. But the first request of
 * each is written at once, so that the readers of a quiet feed are counted too.
 */
export function createReaderCount({ database, log, later }: Deps): ReaderCount {
  const { db, batch } = database;
  let today: Day | null = null;
  let yesterday: Day | null = null;
  let flushAt = Number.NEGATIVE_INFINITY;

  /** The day that is not today's; null for a straggler, whose day was written and put away. */
  function otherDay(day: DayNumber): Day | null {
    if (day === yesterday?.day) return yesterday;
    if (today !== null && day === today.day - 1) return null;
    yesterday = today;
    today = { day, salt: null, waiting: [], feeds: new Map(), tagsAndAuthors: 0, toldFull: false };
    flushAt = Number.NEGATIVE_INFINITY; // its salt is wanted at once
    return today;
  }

  function tallyOf(day: Day, feed: CountedFeed): Tally | null {
    const known = day.feeds.get(feed);
    if (known) return known;
    const isLesser = feed.startsWith("tag/") || feed.startsWith("author/");
    if (day.feeds.size >= mostFeeds || (isLesser && day.tagsAndAuthors >= mostTagsAndAuthors)) {
      const counted = day.feeds.size;
      if (!day.toldFull)
        log.warn({ feed, counted }, "Too many feeds were asked for today to count the readers of all.");
      day.toldFull = true;
      return null;
    }
    if (isLesser) day.tagsAndAuthors += 1;
    const made = newTally(feed);
    day.feeds.set(feed, made);
    return made;
  }

  function note(poll: Poll, nowMilliseconds: number): void {
    const number = dayOf(nowMilliseconds);
    const day = number === today?.day ? today : otherDay(number);
    const tally = day && tallyOf(day, poll.feed);
    if (day && tally) {
      countRequest(tally, poll.unchanged);
      const claim = subscribersClaimed(poll.userAgent);
      if (claim !== null) countClaim(tally, poll.format, claim);
      else if (day.salt === null) {
        if (day.waiting.length < mostWaiting) day.waiting.push(poll);
      } else if (day.salt !== "over") countClient(tally, placeOf(day.salt, poll.address, poll.userAgent));
    }
    // Due, or a clock was set back; requests that are noted a moment out of order do not count as that.
    if (nowMilliseconds >= flushAt || nowMilliseconds < flushAt - 2 * flushMilliseconds) {
      flushAt = nowMilliseconds + flushMilliseconds;
      later(() => othersFirst().then(flush)); // SQLite on Node works where it is called: not before this request's reply
    }
  }

  async function readSalt(day: Day): Promise<void> {
    const text = await saltOfDay(db, day.day, randomToken());
    day.salt ??= text === null ? "over" : saltOf(text);
    for (const { feed, address, userAgent } of day.waiting.splice(0)) {
      const tally = day.feeds.get(feed);
      if (tally && day.salt !== "over") countClient(tally, placeOf(day.salt, address, userAgent));
    }
  }

  async function write(day: Day): Promise<void> {
    if (day.salt === null) await readSalt(day);
    if (day.salt === "over") return; // the store would take nothing
    let taken: Taken[] = [];
    let rows = 0;
    for (const tally of [...day.feeds.values()]) {
      if (!tally.dirty) continue;
      const it = take(tally);
      taken.push(it);
      rows += 1 + it.places.length + it.claims.length;
      if (rows < rowsInBatch) continue;
      await writeBatch(day.day, taken);
      await othersFirst();
      taken = [];
      rows = 0;
    }
    if (taken.length > 0) await writeBatch(day.day, taken);
  }

  async function writeBatch(day: DayNumber, taken: readonly Taken[]): Promise<void> {
    try {
      await batch(recordCounts(db, countsOf(day, taken)));
    } catch (error) {
      for (const it of taken) giveBack(it);
      throw error;
    }
    for (const it of taken) settle(it);
  }

  async function flush(): Promise<void> {
    const ended = yesterday;
    try {
      if (ended !== null) await write(ended);
      if (yesterday === ended) yesterday = null;
      if (today !== null) await write(today);
    } catch (error) {
      const why = "The counts of feed readers could not be written. They are kept for the next time.";
      log.warn({ error: String(error) }, why);
    }
  }

  return { note, flush };
}
