// Counts clicks: in memory until it can be told whether a reader made them, then in the store, some at a time and never one by one.
import type { ArticleId } from "../../articles/index.ts";
import { hmac, type Log, networkOf, othersFirst, randomToken } from "../../platform/index.ts";
import { burstSeconds, type Click, withoutRobots } from "../clicks.ts";
import type { IssueId } from "../tables.ts";
import type { Clicker } from "./links.ts";
import { addClicks, type ClickDatabase, type Counted, type ReaderClick } from "./store.ts";

export type Followed = {
  issue: IssueId;
  article: ArticleId;
  /** Null where the publisher does not count by person, or the link does not say. */
  clicker: Clicker | null;
  address: string;
  userAgent: string;
  /** Whether the request itself says that no reader made it. */
  robot: boolean;
};

export type ClickCount = {
  /** Takes down a click: no write. */
  note(followed: Followed, now: Temporal.Instant): Promise<void>;
  /**
   * Writes what is known by now. What cannot be written is kept for the next time, and the log says so.
   *
   * @param all whether clicks count, too, whose visitor may still go on: when the process ends
   */
  flush(now: Temporal.Instant, all?: boolean): Promise<void>;
};

type Deps = {
  database: ClickDatabase;
  log: Log;
  later: (work: () => Promise<unknown>) => void;
  /**
   * Seconds after which a click is written behind its reply, on a host that ends a process without a word. Null where something
   * flushes now and then, and at the end.
   */
  writeAfterSeconds: number | null;
};

/** One letter's reader, as far as we can tell: a person whom the link names, else an address with a program, for one issue. */
type Visit = {
  issue: IssueId;
  clicker: Clicker | null;
  /** A mark for where they come from; '' where the link names them. */
  network: string;
  clicks: { story: ArticleId; at: number }[];
  /** More links than any letter has. */
  tooMany: boolean;
};

/** What is held in memory at most: 10,000 visits of some 500 octets, and 50,000 marks. */
const mostVisits = 10_000;
const mostClicks = 60;
const mostMarks = 50_000;
/**
 * So often an hour a network (256 addresses, or one customer's) counts for a story: whoever calls their program something else each time
 * is a new reader each time, and the letters of all readers have the same link. A carrier behind whose addresses more than these read the
 * same story within an hour is rarer than somebody who wants to be read.
 */
const mostOfNetwork = 50;

/** Stories of issues that are counted at once, each 100 octets. */
const mostStories = 20_000;

/** Clicks that are written early, and not with the next minute. */
const manyVisits = 5000;

export function createClickCount({ database, log, later, writeAfterSeconds }: Deps): ClickCount {
  const { db, batch } = database;
  // Of addresses nothing is kept but a mark that means nothing to another process, and that ends with this one.
  const salt = { key: randomToken() };
  /** In the order of their last clicks. */
  const visits = new Map<string, Visit>();
  /** Which visitor followed which story already, for those whom no link names. */
  const followed = new Set<string>();
  /** How often each network counted for a story in an hour. */
  const ofNetworks = new Map<string, number>();
  let counted = new Map<string, Counted>();
  let readers: ReaderClick[] = [];

  function add(issue: IssueId, article: ArticleId, what: "people" | "robots", times = 1): void {
    const name = `${issue}-${article}`;
    const row = counted.get(name) ?? { issue, article, people: 0, robots: 0 };
    if (!counted.has(name) && counted.size >= mostStories) return;
    row[what] += times;
    counted.set(name, row);
  }

  /** Whether a network may count for a story once more in this hour. */
  function isWithin(network: string, issue: IssueId, story: ArticleId, at: number): boolean {
    const name = `${Math.floor(at / 3_600_000)}-${network}-${issue}-${story}`;
    const times = (ofNetworks.get(name) ?? 0) + 1;
    if (times > mostOfNetwork) return false;
    ofNetworks.delete(name); // those that counted last are kept
    ofNetworks.set(name, times);
    dropOldest(ofNetworks, mostMarks);
    return true;
  }

  /** Decides who it was, once nothing more of a burst can come. */
  function settle(key: string, { issue, clicker, network, clicks, tooMany }: Visit): void {
    visits.delete(key);
    const { people, robots } = tooMany
      ? { people: [], robots: clicks.map(({ story }) => story) }
      : judged(clicks, clicker?.madeAt ?? null);
    for (const story of robots) add(issue, story, "robots");
    for (const story of people) {
      const at = clicks.find((it) => it.story === story)?.at ?? 0;
      if (clicker) {
        if (readers.length < mostMarks)
          readers.push({ issue, article: story, subscriber: clicker.subscriber, at });
        continue;
      }
      const mark = `${key}-${story}`;
      if (followed.has(mark)) continue;
      if (!isWithin(network, issue, story, at)) {
        add(issue, story, "robots");
        continue;
      }
      followed.add(mark);
      dropOldest(followed, mostMarks);
      add(issue, story, "people");
    }
  }

  async function write(): Promise<void> {
    const [rows, named] = [[...counted.values()], readers];
    if (rows.length === 0 && named.length === 0) return;
    counted = new Map();
    readers = [];
    try {
      await batch(addClicks(db, rows, named));
    } catch (error) {
      for (const { issue, article, people, robots } of rows) {
        add(issue, article, "people", people);
        add(issue, article, "robots", robots);
      }
      readers = [...named, ...readers].slice(0, mostMarks);
      log.warn({ error: String(error) }, "Clicks could not be written. They are kept for the next time.");
    }
  }

  const count: ClickCount = {
    async note({ issue, article, clicker, address, userAgent, robot }, now) {
      const at = now.epochMilliseconds;
      if (robot) add(issue, article, "robots");
      else {
        const markOf = async (text: string) => (await hmac(salt, text)).slice(0, 12);
        const visitor = clicker ? String(clicker.subscriber) : await markOf(`${address}\n${userAgent}`);
        const network = clicker ? "" : await markOf(networkOf(address));
        const key = `${issue}-${visitor}`;
        const visit = visits.get(key) ?? { issue, clicker, network, clicks: [], tooMany: false };
        if (visit.clicks.length < mostClicks) visit.clicks.push({ story: article, at });
        else visit.tooMany = true;
        visits.delete(key);
        visits.set(key, visit);
        const [oldest] = visits.size > mostVisits ? visits : [];
        if (oldest) settle(...oldest);
      }
      if (writeAfterSeconds !== null)
        later(async () => {
          await new Promise((resolve) => setTimeout(resolve, writeAfterSeconds * 1000));
          await count.flush(now.add({ milliseconds: Math.ceil(writeAfterSeconds * 1000) }));
        });
      else if (visits.size === manyVisits || counted.size === manyVisits)
        later(() => othersFirst().then(() => count.flush(now)));
    },
    flush(now, all = false) {
      for (const [key, visit] of [...visits]) {
        const last = visit.clicks.at(-1)?.at ?? 0;
        const isOver = now.epochMilliseconds - last > burstSeconds * 1000 || now.epochMilliseconds < last;
        if (all || isOver) settle(key, visit);
      }
      return write(); // of two at once the second finds what the first left
    },
  };
  return count;
}

/** Forgets what was put in first. */
function dropOldest(
  kept: { size: number; keys(): Iterable<string>; delete(key: string): boolean },
  most: number,
): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}

/** So long after the start of time that no click seems too early, where nobody knows when the letter left. */
const longAgo = 0;

/** Which stories a reader followed, each once, and which a program did. */
export function judged(
  clicks: readonly { story: ArticleId; at: number }[],
  madeAt: Temporal.Instant | null,
): { people: ArticleId[]; robots: ArticleId[] } {
  const since = madeAt?.epochMilliseconds ?? longAgo;
  const seen: Click[] = clicks.map(({ story, at }) => ({ letter: 0, story, seconds: (at - since) / 1000 }));
  const by = new Set(withoutRobots(seen).map(({ story }) => story));
  const stories = [...new Set(clicks.map(({ story }) => story))];
  return {
    people: stories.filter((story) => by.has(story)),
    robots: stories.filter((story) => !by.has(story)),
  };
}
