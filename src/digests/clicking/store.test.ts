import fc from "fast-check";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../../tests/support/database.ts";
import { openPaper } from "../../articles/articles.fixture.ts";
import { type ArticleId, type ArticleTables, articleId } from "../../articles/index.ts";
import { createLog } from "../../platform/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import type { SubscriberId, SubscriberTables } from "../../subscribers/index.ts";
import { issueByName, openIssue } from "../issue-store.ts";
import { addDigest, digestBySlug } from "../store.ts";
import type { DigestTables } from "../tables.ts";
import { createClickCount, type Followed, judged } from "./count.ts";
import { addClicks, clicksOf, clicksOfReader, forgetClicksOf, forgetReaderClicks } from "./store.ts";

type Tables = ArticleTables & SettingsTables & DigestTables & SubscriberTables;
const start = Temporal.Instant.from("2026-03-01T05:00:00Z");

async function open() {
  const database = openTestDatabase<Tables>();
  const { db, batch } = database;
  const paper = await openPaper(database);
  const schedule = { zone: "Asia/Beirut", days: [1, 2], slots: [{ name: "morning", time: "07:00" }] };
  const digest = { slug: "daily", name: "صباح", nameEn: null, schedule, maxStories: 5, minStories: 1 };
  await batch([addDigest(db, digest, paper.now())]);
  const added = await digestBySlug(db, "daily");
  if (!added) throw new Error("There is no digest.");
  const run = { date: "2026-03-01", slot: "morning", at: paper.now() };
  await batch([openIssue(db, added, run, { state: "opened" }, paper.now())]);
  const issue = await issueByName(db, "daily/2026-03-01-morning");
  if (!issue) throw new Error("There is no issue.");
  const stories: ArticleId[] = [];
  for (const title of ["أ", "ب", "ج", "د", "ه"]) stories.push(await paper.publish({ title }));
  for (const id of [1, 2, 3])
    await db
      .insertInto("subscribers")
      .values({
        id: id as SubscriberId,
        address: `reader${id}@example.org`,
        address_key: `reader${id}@example.org`,
        state: id === 3 ? "erased" : "confirmed",
        language: "ar",
        source: "import",
        created_at: 0,
        confirmed_at: 0,
        active_at: 0,
      })
      .execute();
  let fails = false;
  const flaky = {
    ...database,
    batch: async (statements: Parameters<typeof batch>[0]) => {
      if (fails) throw new Error("disk full");
      return batch(statements);
    },
  };
  const work: (() => Promise<unknown>)[] = [];
  const make = (writeAfterSeconds: number | null = null) =>
    createClickCount({
      database: flaky,
      log: createLog("silent"),
      later: (it) => void work.push(it),
      writeAfterSeconds,
    });
  const count = make();
  const by = (story: number, who: Partial<Followed> = {}): Followed => ({
    issue: issue.id,
    article: stories[story] ?? articleId(0),
    clicker: null,
    address: "192.0.2.1",
    userAgent: "Firefox",
    robot: false,
    ...who,
  });
  const reader = (subscriber: number) => ({
    clicker: { subscriber: subscriber as SubscriberId, madeAt: start },
  });
  return {
    ...database,
    issue,
    stories,
    count,
    make,
    work,
    by,
    reader,
    at: (seconds: number) => start.add({ milliseconds: Math.round(seconds * 1000) }),
    fail: (does: boolean) => {
      fails = does;
    },
    counted: async () => {
      const clicks = await clicksOf(db, issue.id);
      return stories.map((id) => {
        const it = clicks.find(({ articleId }) => articleId === id);
        return [it?.people ?? 0, it?.robots ?? 0];
      });
    },
  };
}

test("a click is written once nothing more of a burst can come, and all of it at the end", async () => {
  const { count, by, at, counted, ran } = await open();
  const before = ran.length;
  await count.note(by(0), at(0));
  await count.flush(at(9));
  expect(ran.length, "no write per click").toBe(before);
  await count.note(by(1, { address: "192.0.2.2" }), at(9));
  await count.flush(at(11));
  expect(await counted()).toEqual([
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  await count.flush(at(11), true);
  expect(await counted()).toEqual([
    [1, 0],
    [1, 0],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

test.each<
  [string, [story: number, seconds: number, address?: string, userAgent?: string][], [number, number][]]
>([
  ["one reader, one story", [[0, 0]], [[1, 0]]],
  [
    "the same story again is the same reader's",
    [
      [0, 0],
      [0, 5],
      [0, 4000],
    ],
    [[1, 0]],
  ],
  [
    "two readers behind one address",
    [
      [0, 0],
      [0, 1, "192.0.2.1", "Safari"],
    ],
    [[2, 0]],
  ],
  [
    "two tabs",
    [
      [0, 0],
      [1, 1],
    ],
    [
      [1, 0],
      [1, 0],
    ],
  ],
  [
    "all links of a mail at once: a scanner",
    [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ],
    [
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ],
  ],
  [
    "a scanner that takes its time",
    [
      [0, 0],
      [1, 5],
      [2, 10],
      [3, 15],
    ],
    [
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ],
  ],
  [
    "who reads between them",
    [
      [0, 0],
      [1, 60],
      [2, 120],
    ],
    [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
  ],
  [
    "a scanner, and later the reader behind it",
    [
      [0, 0],
      [1, 1],
      [2, 2],
      [1, 3600],
    ],
    [
      [0, 1],
      [1, 1],
      [0, 1],
    ],
  ],
])("%s", async (_, clicks, expected) => {
  const { count, by, at, counted } = await open();
  for (const [story, seconds, address, userAgent] of clicks) {
    await count.flush(at(seconds));
    await count.note(
      by(story, { ...(address && { address }), ...(userAgent && { userAgent }) }),
      at(seconds),
    );
  }
  await count.flush(at(9999));
  expect((await counted()).slice(0, expected.length)).toEqual(expected);
  expect((await counted()).flat().reduce((a, b) => a + b, 0)).toBe(
    expected.flat().reduce((a, b) => a + b, 0),
  );
});

test("whoever changes the name of their program is still one network, and counts so often an hour", async () => {
  const { count, by, at, counted } = await open();
  const follow = (n: number, story: number, address: string, seconds: number) =>
    count.note(by(story, { address, userAgent: `Firefox/${n}` }), at(seconds));
  for (let n = 0; n < 1000; n++) await follow(n, 0, `192.0.2.${n % 250}`, n / 1000);
  for (let n = 0; n < 1000; n++) await follow(n, 1, `2001:db8:7:${n.toString(16)}::1`, n / 1000);
  await follow(0, 0, "198.51.100.1", 5);
  await count.flush(at(60));
  expect((await counted()).slice(0, 2), "what is too many is counted apart").toEqual([
    [51, 950],
    [50, 950],
  ]);
  for (let n = 0; n < 1000; n++) await follow(1000 + n, 0, "192.0.2.1", 3600 + n / 1000);
  await count.flush(at(3700));
  expect((await counted())[0], "another hour").toEqual([101, 1900]);
});

test("what a program says of itself is counted apart, each time", async () => {
  const { count, by, at, counted } = await open();
  for (let i = 0; i < 3; i++) await count.note(by(0, { robot: true }), at(i));
  await count.flush(at(3));
  expect((await counted())[0]).toEqual([0, 3]);
});

test("by reader: once for each however often, not before anybody can have read, and nothing of who is erased", async () => {
  const { db, batch, count, by, reader, at, counted } = await open();
  await count.note(by(0, reader(1)), at(60));
  await count.note(by(1, reader(1)), at(3)); // a scanner at the door
  await count.note(by(0, { ...reader(2), address: "192.0.2.9" }), at(61));
  await count.note(by(0, reader(3)), at(62));
  await count.flush(at(100));
  await count.note(by(0, reader(1)), at(200));
  await count.flush(at(300));
  expect((await counted()).slice(0, 2)).toEqual([
    [3, 0],
    [0, 1],
  ]);
  expect(
    (await db.selectFrom("reader_clicks").select(["subscriber_id", "at"]).execute()).map((row) => row),
  ).toEqual([
    { subscriber_id: 1, at: at(60).epochMilliseconds },
    { subscriber_id: 2, at: at(61).epochMilliseconds },
  ]);
  expect(await clicksOfReader(db, 1 as SubscriberId)).toEqual([
    { issue_id: 1, article_id: expect.any(Number), at: at(60).toString() },
  ]);
  await batch([forgetClicksOf(db, 1 as SubscriberId)]);
  expect(await clicksOfReader(db, 1 as SubscriberId)).toEqual([]);
  expect((await counted())[0], "that it was followed stays").toEqual([3, 0]);
});

test("who followed what is forgotten after a season, and at once where persons are not counted any more", async () => {
  const { db, count, by, reader, at } = await open();
  await count.note(by(0, reader(1)), at(60));
  await count.flush(at(100));
  const kept = async () => (await clicksOfReader(db, 1 as SubscriberId)).length;
  await forgetReaderClicks(db, true, at(86_400 * 89));
  expect(await kept()).toBe(1);
  await forgetReaderClicks(db, true, at(86_400 * 91));
  expect(await kept()).toBe(0);
  await count.note(by(1, reader(1)), at(60));
  await count.flush(at(100));
  expect(await kept()).toBe(1);
  await forgetReaderClicks(db, false, at(101));
  expect(await kept()).toBe(0);
});

test("what cannot be written is kept, and written once", async () => {
  const { count, by, reader, at, counted, fail } = await open();
  await count.note(by(0), at(0));
  await count.note(by(1, { robot: true }), at(0));
  await count.note(by(2, reader(1)), at(60));
  fail(true);
  await count.flush(at(100));
  expect((await counted()).flat().every((n) => n === 0)).toBe(true);
  fail(false);
  await count.flush(at(101));
  await count.flush(at(102));
  expect((await counted()).slice(0, 3)).toEqual([
    [1, 0],
    [0, 1],
    [1, 0],
  ]);
});

test("on a host that ends processes without a word each click is written behind its reply", async () => {
  const { make, work, by, at, counted } = await open();
  const count = make(0.01);
  await count.note(by(0), at(0));
  expect(work).toHaveLength(1);
  await count.flush(at(60));
  await Promise.all(work.map((it) => it()));
  expect((await counted())[0]).toEqual([1, 0]);
});

test("what names an issue or an article that is gone is dropped, and the rest is counted", async () => {
  const { db, batch, issue, stories, counted } = await open();
  const [story] = stories;
  if (!story) throw new Error("There is no story.");
  const gone = { issue: 999 as typeof issue.id, article: story, people: 1, robots: 1 };
  const lost = { issue: issue.id, article: 999 as typeof story, people: 1, robots: 1 };
  const good = { issue: issue.id, article: story, people: 2, robots: 1 };
  await batch(
    addClicks(
      db,
      [gone, lost, good],
      [{ issue: gone.issue, article: story, subscriber: 1 as SubscriberId, at: 5 }],
    ),
  );
  expect((await counted())[0]).toEqual([2, 1]);
});

test("a flood of visitors takes no more memory than so many, and none of it is lost", async () => {
  const { count, by, at, counted } = await open();
  for (let i = 0; i < 11_000; i++)
    await count.note(by(i % 5, { address: `2001:db8:${i.toString(16)}::1` }), at(i / 10_000));
  await count.flush(at(60));
  const people = (await counted()).map(([n = 0]) => n);
  expect(people.reduce((a, b) => a + b, 0)).toBe(11_000);
});

test("every visit is somebody's, whatever the order: as many stories are counted as were followed", async () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ story: fc.integer({ min: 1, max: 8 }).map(articleId), at: fc.nat(100_000) }), {
        maxLength: 60,
      }),
      (clicks) => {
        const { people, robots } = judged(clicks, null);
        expect([...people, ...robots].sort()).toEqual([...new Set(clicks.map(({ story }) => story))].sort());
      },
    ),
  );
});
