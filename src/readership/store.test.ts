// Counting readers from the request to the row that stays: on a real database, with as many processes as a test wants.
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase, planOf } from "../../tests/support/database.ts";
import type { Database, Log } from "../platform/index.ts";
import { createReaderCount, type Poll } from "./counting.ts";
import {
  countedFeed,
  dayOf,
  dayToShow,
  foldReaders,
  type ReaderTables,
  readersOf,
  saltOfDay,
  startOf,
} from "./store.ts";

const at = (time: string) => Temporal.Instant.from(time).epochMilliseconds;
const noon = at("2026-03-01T12:00:00Z");
const first = dayOf(noon);
const reader = "FreshRSS/1.28.1 (Linux; https://freshrss.org)";
const feedly = (subscribers: number) =>
  `Feedly/1.0 (+http://www.feedly.com/fetcher.html; ${subscribers} subscribers; )`;

function open() {
  const database = openTestDatabase<ReaderTables>();
  const { db } = database;
  return {
    ...database,
    /** A process with a memory of its own. */
    process(own: Database<ReaderTables> = database) {
      const said: string[] = [];
      const log: Log = {
        debug() {},
        info() {},
        warn: (_, message) => said.push(message),
        error() {},
        child: () => log,
      };
      const started: (() => Promise<unknown>)[] = [];
      const count = createReaderCount({ database: own, log, later: (work) => started.push(work) });
      return {
        said,
        started,
        flush: count.flush,
        note: (over: Partial<Poll> = {}, time = noon) =>
          count.note(
            {
              feed: "all",
              format: "rss",
              unchanged: false,
              address: "192.0.2.1",
              userAgent: reader,
              ...over,
            },
            time,
          ),
      };
    },
    all: (day = first) => readersOf(db, day, { limit: 10_000 }),
    fold: (time: string) => foldReaders(database, Temporal.Instant.from(time)),
    async rows(table: keyof ReaderTables) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db);
      return rows[0]?.n;
    },
    salts: () => db.selectFrom("reader_days").selectAll().orderBy("day").execute(),
  };
}

const crowd = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ address: `10.1.${(from + i) >> 8}.${(from + i) & 255}` }));

describe("a day's counts", () => {
  test("are clients, what aggregators claim, requests, and those answered by 304", async () => {
    const { process, all } = open();
    const { note, flush } = process();
    for (const unchanged of [false, true, true]) note({ unchanged });
    note({ address: "192.0.2.2", format: "atom" });
    note({ feed: "section/3" });
    note({ userAgent: feedly(12) });
    note({ userAgent: feedly(15), unchanged: true });
    note({ userAgent: feedly(14) });
    note({ userAgent: feedly(4), format: "atom" });
    note({ userAgent: "Feedbin feed-id:1 - 3 subscribers" });
    await flush();
    expect(await all()).toEqual([
      {
        feed: "all",
        clients: 2,
        aggregators: [
          { name: "Feedly", subscribers: 19 },
          { name: "Feedbin", subscribers: 3 },
        ],
        subscribers: 22,
        readers: 24,
        requests: 9,
        unchanged: 3,
      },
      {
        feed: "section/3",
        clients: 1,
        aggregators: [],
        subscribers: 0,
        readers: 1,
        requests: 1,
        unchanged: 0,
      },
    ]);
  });

  test("of two processes are those of one that saw everything", async () => {
    const { db, process, all, rows } = open();
    const [one, other, single] = [process(), process(), process()];
    await one.flush(); // nothing was counted: nothing is written
    expect(await rows("reader_days")).toBe(0);
    const next = noon + 24 * 3_600_000;
    for (const day of [first, first + 1]) await saltOfDay(db, day, "the same for once");
    for (const client of crowd(0, 400)) one.note(client);
    for (const client of crowd(200, 600)) other.note(client);
    one.note({ userAgent: feedly(7) });
    other.note({ userAgent: feedly(9) });
    await Promise.all([one.flush(), other.flush()]);
    single.note(crowd(0, 1)[0], next);
    await single.flush();
    for (const client of crowd(0, 600)) single.note(client, next);
    await single.flush();
    const [seen] = await all();
    expect(seen).toMatchObject({ feed: "all", subscribers: 9, requests: 802 });
    expect(Math.abs((seen?.clients ?? 0) - 600)).toBeLessThan(60);
    expect((await all(first + 1))[0]?.clients).toBe(seen?.clients);
  });

  test("that are written already are not written again; requests are added", async () => {
    const { process, all, ran } = open();
    const { note, flush } = process();
    const everybody = () => {
      for (const client of crowd(0, 50)) note(client);
      note({ userAgent: feedly(5) });
    };
    everybody();
    await flush();
    note({ address: "192.0.2.1" });
    note({ userAgent: feedly(6) });
    await flush();
    const [before] = await all();
    const written = ran.length;
    await flush();
    expect(ran.length).toBe(written);
    everybody();
    await flush();
    expect(ran.slice(written).filter(({ sql }) => !sql.includes("insert into feed_days"))).toEqual([]);
    expect(await all()).toEqual([{ ...before, requests: 104 }]);
  });

  test("that a broken database did not take are kept, and counted once", async () => {
    const store = open();
    let works = false;
    const { note, flush, said } = store.process({
      db: store.db,
      batch: async (statements) => {
        if (!works) throw new Error("no disk");
        return store.batch(statements);
      },
    });
    note();
    note({ userAgent: feedly(5) });
    await flush();
    expect([await store.all(), said.length]).toEqual([[], 1]);
    works = true;
    await flush();
    expect(await store.all()).toMatchObject([{ clients: 1, subscribers: 5, requests: 2 }]);
  });

  test("of a write that died without a word: registers and claims are written again", async () => {
    const store = open();
    let dies = true;
    const { note, flush } = store.process({
      db: store.db,
      batch: (statements) => (dies ? new Promise(() => {}) : store.batch(statements)),
    });
    note();
    note({ userAgent: feedly(5) });
    void flush();
    await saltOfDay(store.db, first, ""); // has come after that of the process, which now waits for ever
    await new Promise((done) => setTimeout(done, 50));
    dies = false;
    note();
    await flush();
    expect(await store.all()).toMatchObject([{ clients: 1, subscribers: 5 }]);
  });

  test("until the salt is read, so many wait; the others are requests all the same", async () => {
    const { process, all } = open();
    const { note, flush } = process();
    for (const client of crowd(0, 700)) note(client);
    await flush();
    const [seen] = await all();
    expect(seen?.requests).toBe(700);
    expect(Math.abs((seen?.clients ?? 0) - 500)).toBeLessThan(50);
  });

  test("are written in the background: at the first request, then once a minute", async () => {
    const { process } = open();
    const { note, started } = process();
    const begun = () => started.length;
    note();
    expect(begun()).toBe(1);
    note({}, noon + 59_999);
    expect(begun()).toBe(1);
    note({}, noon + 60_000);
    expect(begun()).toBe(2);
    note({}, noon - 60_001); // a clock that was set back does not stop it
    expect(begun()).toBe(3);
    await Promise.all(started.map((work) => work()));
  });
});

describe("midnight", () => {
  const before = at("2026-03-01T23:59:59.999Z");
  const after = at("2026-03-02T00:00:00Z");

  test("parts two days, also where requests are noted out of order", async () => {
    const { process, all, salts } = open();
    const { note, flush, started } = process();
    note({}, before);
    await flush();
    note({ address: "192.0.2.9" }, after);
    note({ address: "192.0.2.2" }, before);
    expect(started).toHaveLength(2); // the new day's salt is wanted at once
    await flush();
    note({ address: "192.0.2.3" }, before); // its day was written and put away
    note({ address: "192.0.2.9" }, after);
    await flush();
    expect(await all()).toMatchObject([{ clients: 2, requests: 2 }]);
    expect(await all(first + 1)).toMatchObject([{ clients: 1, requests: 2 }]);
    const [one, other] = await salts();
    expect(one?.salt).not.toBe(other?.salt);
  });

  test("then the day becomes a row a feed, and its salt, registers and claims are gone", async () => {
    const { process, all, fold, rows, salts } = open();
    const { note, flush } = process();
    for (const client of crowd(0, 300)) note({ ...client, unchanged: true });
    for (const client of crowd(0, 20)) note({ ...client, feed: "section/3" });
    note({ userAgent: feedly(12) });
    note({ userAgent: feedly(3), format: "json" });
    await flush();
    const seen = await all();
    await fold("2026-03-02T00:14:59Z"); // processes still write what they counted before midnight
    expect((await salts()).map(({ salt }) => typeof salt)).toEqual(["string"]);
    expect(await rows("reader_registers")).toBeGreaterThan(200);
    await fold("2026-03-02T00:15:00Z");
    expect(await salts()).toEqual([{ day: first, salt: null }]);
    expect([await rows("reader_registers"), await rows("reader_claims"), await rows("feed_days")]).toEqual([
      0, 0, 2,
    ]);
    expect(await all()).toEqual(seen);
    await Promise.all([fold("2026-03-02T00:16:00Z"), fold("2026-03-02T00:16:00Z")]);
    expect(await all()).toEqual(seen);
  });

  test("what comes too late changes nothing: neither a slow process nor one whose clock is behind", async () => {
    const { process, all, fold, rows, salts } = open();
    const [one, slow, behind] = [process(), process(), process()];
    for (const { note } of [one, slow]) note();
    await one.flush();
    await slow.flush();
    const seen = await all();
    slow.note({ address: "192.0.2.2" });
    slow.note({ userAgent: feedly(5) });
    await fold("2026-03-02T01:00:00Z");
    await slow.flush();
    behind.note({ address: "192.0.2.3" });
    await behind.flush();
    behind.note({ address: "192.0.2.4" });
    await behind.flush();
    expect(await all()).toEqual(seen);
    expect([await rows("reader_registers"), await rows("reader_claims")]).toEqual([0, 0]);
    expect(await salts()).toEqual([{ day: first, salt: null }]);
  });

  test("many feeds are folded some at a time; the salt goes first", async () => {
    const { process, all, fold, rows, salts } = open();
    const { note, flush } = process();
    for (let i = 0; i < 50; i++) note({ feed: `tag/${i}` });
    await flush();
    const seen = await all();
    for (const left of [30, 10, 0]) {
      await fold("2026-03-02T01:00:00Z");
      expect([await rows("reader_registers"), await salts()]).toEqual([left, [{ day: first, salt: null }]]);
      expect(await all()).toEqual(seen);
    }
  });

  test("a row is kept for 400 days", async () => {
    const { process, all, fold, rows } = open();
    const { note, flush } = process();
    note();
    await flush();
    const days = (n: number) =>
      startOf(first + n)
        .add({ hours: 1 })
        .toString();
    await fold(days(1));
    await fold(days(400));
    expect((await all()).length).toBe(1);
    await fold(days(401));
    expect([await rows("feed_days"), await rows("reader_days")]).toEqual([0, 0]);
  });

  test("yesterday is shown, or today where nothing was counted yesterday", async () => {
    const { process, db } = open();
    const { note, flush } = process();
    note();
    await flush();
    const shown = (n: number) => dayToShow(db, startOf(first + n).add({ hours: 3 }));
    expect([await shown(0), await shown(1), await shown(2)]).toEqual([first, first, first + 2]);
  });
});

describe("bounds", () => {
  test("invented aggregators are fifty a feed, and push out no known one", async () => {
    const { process, all } = open();
    const { note, flush } = process();
    for (let i = 0; i < 200; i++) note({ userAgent: `Liar${i}/1 (99999999999 subscribers)` });
    note({ userAgent: feedly(12) });
    await flush();
    const other = process();
    other.note({ userAgent: "Latecomer/1 (5 subscribers)" });
    other.note({ userAgent: "Liar7/1 (5 subscribers)" });
    other.note({ userAgent: "Feedbin feed-id:1 - 3 subscribers" });
    await other.flush();
    const aggregators = (await all())[0]?.aggregators ?? [];
    expect(aggregators).toHaveLength(52);
    expect(aggregators.slice(-2)).toEqual([
      { name: "Feedly", subscribers: 12 },
      { name: "Feedbin", subscribers: 3 },
    ]);
    expect(aggregators[0]).toEqual({ name: "Liar0", subscribers: 10_000_000 });
  });

  test("a process counts so many feeds; tags do not crowd out sections; the log says it once", async () => {
    const { process, all } = open();
    const { note, flush, said } = process();
    for (let i = 0; i < 4100; i++) note({ feed: `tag/${i}` });
    expect(said).toHaveLength(1);
    for (let i = 0; i < 1100; i++) note({ feed: `section/${i}` });
    await flush();
    expect(said).toHaveLength(1);
    const feeds = (await all()).map(({ feed }) => feed);
    expect(feeds.filter((feed) => feed.startsWith("section/"))).toHaveLength(1000);
    expect(feeds).toHaveLength(5000);
  });

  test("feeds are read in pages, in the order of their keys", async () => {
    const { process, db } = open();
    const { note, flush } = process();
    const feeds = ["all", "author/a", "digest/1", "mix", "section/2", "tag/وسم"] as const;
    for (const feed of feeds) note({ feed });
    await flush();
    const keys = async (range: { after?: string; before?: string; limit: number }) =>
      (await readersOf(db, first, range)).map(({ feed }) => feed);
    expect(await keys({ limit: 4 })).toEqual(feeds.slice(0, 4));
    expect(await keys({ after: "mix", limit: 4 })).toEqual(feeds.slice(4));
    expect(await keys({ after: "digest/", before: "tag/", limit: 9 })).toEqual(feeds.slice(2, 5));
  });

  test("no statement looks at more than it needs", async () => {
    const { process, db, ran, all, fold } = open();
    const { note, flush } = process();
    note();
    note({ userAgent: feedly(3) });
    await flush();
    await all();
    await fold("2026-03-02T01:00:00Z");
    await dayToShow(db, Temporal.Instant.from("2026-03-02T01:00:00Z"));
    const shapes = new Map(ran.map((query) => [query.sql, query]));
    expect(shapes.size).toBeGreaterThan(12);
    for (const [text, query] of shapes) {
      if (!/^\s*(select|insert|update|delete)/i.test(text)) continue;
      const plan = await planOf(db, query);
      const scans = plan.filter((step) => /^SCAN (?!j\b|p\b|\(subquery|CONSTANT)/.test(step));
      expect([text, scans]).toEqual([text, []]);
    }
  });
});

test.each([
  [{ kind: "all" }, ["all"], "all"],
  [{ kind: "section", slug: "سياسة" }, ["section/3"], "section/3"],
  [{ kind: "section", slug: "سياسة" }, ["section/3#2"], null],
  [{ kind: "mix", slugs: ["a", "b"] }, ["section/3", "section/4"], "mix"],
  [{ kind: "tag", slug: "وسم" }, ["tag/وسم"], "tag/وسم"],
] as const)("%j with %j is counted as %s: archives are not, mixes together", (name, keys, counted) =>
  expect(countedFeed({ name, keys })).toBe(counted),
);
