// The tables of WebSub on real SQLite, and on D1: what takes effect when, whose turn it is, and what the bounds are.
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase, planOf } from "../../tests/support/database.ts";
import { type FeedKey, type FeedTables, touchFeeds } from "../feeds/index.ts";
import {
  bookCursor,
  bookFailed,
  bookTaken,
  changedAfter,
  claimAsks,
  claimCursor,
  claimPushes,
  drop,
  forget,
  markChanged,
  putOff,
} from "./queue.ts";
import { bounds, deny, keepAsk, moveTopic, settleAsk, subscriptionCount, subscriptionsTo } from "./store.ts";
import type { WebSubTables } from "./tables.ts";

const topicOf = (name: string) => `https://news.example/feeds/${name}.atom`;

function open() {
  const database = openTestDatabase<FeedTables & WebSubTables>();
  const { db, batch } = database;
  let clock = Temporal.Instant.from("2026-03-01T06:00:00Z");
  const turn = (worker: string, most = 100, mostOfHost = 100, silent: string[] = []) => ({
    ...{ worker, most, mostOfHost, silent },
  });
  type Asking = {
    name?: string;
    feeds?: FeedKey[];
    mode?: "subscribe" | "unsubscribe";
    secret?: string | null;
    lease?: number;
    most?: Readonly<Record<keyof typeof bounds, number>>;
  };
  const ask = (
    callback: string,
    {
      name = "all",
      feeds = ["all"],
      mode = "subscribe",
      secret = null,
      lease = 3600,
      most = bounds,
    }: Asking = {},
  ) => {
    const about = { topic: topicOf(name), askedTopic: topicOf(name), feeds, callback: new URL(callback) };
    return keepAsk(database, { ...about, mode, secret, leaseSeconds: lease }, clock, most);
  };
  const asks = (worker: string, ...rest: [number?, number?, string[]?]) =>
    claimAsks(db, turn(worker, ...rest), clock);
  const settleAll = async () => {
    const claimed = await asks("settler");
    for (const it of claimed) await settleAsk(database, it, clock, clock);
    return claimed.length;
  };
  return {
    database,
    db,
    now: () => clock,
    wait: (seconds: number) => {
      clock = clock.add({ seconds });
    },
    publish: (...feeds: FeedKey[]) => batch(touchFeeds(db, feeds, clock)),
    mark: () => markChanged(database, clock),
    ask,
    asks,
    settleAll,
    pushes: (worker: string, ...rest: [number?, number?, string[]?]) =>
      claimPushes(database, [], turn(worker, ...rest), clock),
    subscribe: async (callback: string, more: Asking = {}) => {
      expect(await ask(callback, more)).toBe("taken");
      await settleAll();
    },
    subscriptions: () => db.selectFrom("websub_subscriptions").selectAll().orderBy("id").execute(),
    hosts: (claimed: readonly { callback: URL }[]) => claimed.map(({ callback }) => callback.hostname).sort(),
  };
}

describe("a subscription", () => {
  test("is there once its callback has meant it, and not before", async () => {
    const { ask, asks, subscriptions, database, now } = open();
    await ask("https://r.example/a?x=1", { secret: "s" });
    expect(await subscriptions()).toEqual([]);
    const [claimed] = await asks("w");
    expect(claimed).toMatchObject({
      mode: "subscribe",
      askedTopic: topicOf("all"),
      leaseSeconds: 3600,
      tries: 1,
    });
    expect(claimed?.callback.href).toBe("https://r.example/a?x=1");
    if (claimed) expect(await settleAsk(database, claimed, now(), now().add({ seconds: 9 }))).toBe(true);
    expect(await subscriptions()).toMatchObject([
      {
        ...{ topic: topicOf("all"), callback: "https://r.example/a?x=1", host: "r.example", secret: "s" },
        ...{ due_at: null, tries: 0, lease_ends_at: now().add({ hours: 1 }).epochMilliseconds },
      },
    ]);
    expect(await asks("w")).toEqual([]);
  });

  test("a renewal takes effect once it was meant: until then the old secret, the old lease, the old feeds", async () => {
    const { ask, subscribe, settleAll, subscriptions, publish, mark, pushes, wait, now } = open();
    await subscribe("https://r.example/a", { secret: "old", feeds: ["section/1"] });
    const before = await subscriptions();
    wait(600);
    await ask("https://r.example/a", { secret: "new", lease: 7200, feeds: ["section/2"] });
    expect(await subscriptions()).toEqual(before);
    await settleAll();
    expect(await subscriptions()).toMatchObject([
      { id: before[0]?.id, secret: "new", lease_ends_at: now().add({ hours: 2 }).epochMilliseconds },
    ]);
    await publish("section/1");
    await mark();
    expect(await pushes("w")).toEqual([]);
    await publish("section/2");
    await mark();
    expect(await pushes("w")).toMatchObject([{ secret: "new" }]);
  });

  test("the later request wins, also over one that is being asked right now", async () => {
    const { ask, asks, settleAll, subscriptions, database, now } = open();
    await ask("https://r.example/a", { secret: "first" });
    const [first] = await asks("w");
    await ask("https://r.example/a", { secret: "second" });
    if (!first) throw new Error("nothing to ask");
    expect(await settleAsk(database, first, now(), now())).toBe(false);
    expect(await subscriptions()).toEqual([]);
    expect(await settleAll()).toBe(1);
    expect(await subscriptions()).toMatchObject([{ secret: "second" }]);
  });

  test("ends when that is meant; what somebody else subscribed to stays", async () => {
    const { ask, subscribe, settleAll, subscriptions } = open();
    await subscribe("https://r.example/a");
    await subscribe("https://r.example/b");
    await subscribe("https://r.example/a", { name: "section/x" });
    await ask("https://r.example/a", { mode: "unsubscribe" });
    expect(await subscriptions()).toHaveLength(3);
    await settleAll();
    expect(await subscriptions()).toMatchObject([
      { callback: "https://r.example/b" },
      { topic: topicOf("section/x") },
    ]);
  });

  test("a no leaves everything as it was", async () => {
    const { ask, asks, subscribe, subscriptions, db } = open();
    await subscribe("https://r.example/a", { secret: "old" });
    const before = await subscriptions();
    await ask("https://r.example/a", { mode: "unsubscribe" });
    for (const claimed of await asks("w")) await forget(db, claimed);
    expect(await subscriptions()).toEqual(before);
    expect(await asks("w")).toEqual([]);
  });

  test("a callback that cannot be asked is asked again later, by whoever is there then", async () => {
    const { ask, asks, wait, now, db } = open();
    await ask("https://r.example/a");
    for (const claimed of await asks("w")) await putOff(db, claimed, 60, now());
    wait(59);
    expect(await asks("w")).toEqual([]);
    wait(1);
    expect(await asks("another")).toMatchObject([{ tries: 2 }]);
    expect(await asks("a third")).toEqual([]);
    wait(60); // the second died
    expect(await asks("a third")).toMatchObject([{ tries: 3 }]);
  });

  test("begins with a push where its feed changed since it was asked for", async () => {
    const { ask, settleAll, publish, mark, pushes } = open();
    await publish("section/1", "section/2");
    await ask("https://r.example/a", { feeds: ["section/1"] });
    await ask("https://r.example/b", { feeds: ["section/2"] });
    await publish("section/2");
    await mark(); // nobody subscribes yet
    await settleAll();
    expect((await pushes("w")).map(({ callback }) => callback.pathname)).toEqual(["/b"]);
  });

  test("is denied when its feed is gone, and its callback told so", async () => {
    const { subscribe, publish, mark, pushes, asks, subscriptions, database, now, ask } = open();
    await subscribe("https://r.example/a");
    await ask("https://r.example/a", { secret: "renewal under way" });
    await publish("all");
    await mark();
    for (const push of await pushes("w")) await deny(database, push, "closed for good", now());
    expect(await subscriptions()).toEqual([]);
    expect(await asks("w")).toMatchObject([
      { mode: "denied", reason: "closed for good", askedTopic: topicOf("all"), tries: 1 },
    ]);
  });

  test("moves with its feed; where the callback has followed already, one is left", async () => {
    const { subscribe, publish, mark, pushes, subscriptions, database, db } = open();
    await subscribe("https://r.example/a");
    await subscribe("https://r.example/b");
    await subscribe("https://r.example/b", { name: "moved", secret: "newer" });
    await publish("all");
    await mark();
    const moved = [];
    for (const push of await pushes("w"))
      if (push.topic === topicOf("all")) moved.push(await moveTopic(database, push, topicOf("moved")));
    expect(moved.sort()).toEqual([false, true]);
    expect(await subscriptions()).toMatchObject([
      { callback: "https://r.example/a", topic: topicOf("moved") },
      { callback: "https://r.example/b", topic: topicOf("moved"), secret: "newer" },
    ]);
    const counted = await db
      .selectFrom("websub_counts")
      .select("number")
      .where("name", "=", "subscriptions")
      .execute();
    expect(counted).toEqual([{ number: 2 }]);
  });
});

describe("who hears of a change", () => {
  test("those who watch one of the feeds, once however many of them changed", async () => {
    const { subscribe, publish, mark, pushes } = open();
    await subscribe("https://all.example/");
    await subscribe("https://mix.example/", { name: "mix", feeds: ["section/1", "section/2"] });
    await subscribe("https://other.example/", { name: "other", feeds: ["section/3"] });
    await publish("all", "section/1");
    await publish("all", "section/2", "tag/x", "all#1", "house");
    await mark();
    const claimed = await pushes("w");
    expect(claimed.map(({ callback }) => callback.hostname).sort()).toEqual(["all.example", "mix.example"]);
    expect(await pushes("w")).toEqual([]);
  });

  test("nobody hears of what was before; a mark that is lost is made by the next", async () => {
    const { subscribe, publish, mark, pushes, db } = open();
    await publish("all");
    await subscribe("https://r.example/a");
    await mark();
    await mark();
    expect(await pushes("w")).toEqual([]);
    await publish("all");
    const bookings = await Promise.all([mark(), mark(), mark()]);
    expect(bookings).toHaveLength(3);
    const [push, ...more] = await pushes("w");
    expect(more).toEqual([]);
    expect(push?.wanted).toBe(1);
    if (push) await bookTaken(db, [push], Temporal.Instant.from("2026-03-01T06:00:01Z"));
    expect(await pushes("w")).toEqual([]);
  });

  test("pushes that were taken are booked in the commit that claims the next", async () => {
    const { subscribe, publish, mark, pushes, subscriptions, database, now } = open();
    for (const host of ["a", "b", "c"]) await subscribe(`https://${host}.example/`);
    await publish("all");
    await mark();
    const taken = await pushes("w", 2);
    const commits: number[] = [];
    const counting = {
      ...database,
      batch: (statements: Parameters<typeof database.batch>[0]) => {
        commits.push(statements.length);
        return database.batch(statements);
      },
    };
    const turn = { worker: "w", most: 2, mostOfHost: 2, silent: [] };
    const next = await claimPushes(counting, taken, turn, now());
    expect(next.map(({ callback }) => callback.hostname)).toEqual(["c.example"]);
    expect(commits).toEqual([2]);
    expect((await subscriptions()).map(({ worker, due_at }) => [worker, due_at === null])).toEqual([
      [null, true],
      [null, true],
      ["w", false],
    ]);
  });

  test("a change during a push leads to another push", async () => {
    const { subscribe, publish, mark, pushes, now, db } = open();
    await subscribe("https://r.example/a");
    await publish("all");
    await mark();
    const [push] = await pushes("w");
    await publish("all");
    await mark();
    expect(await pushes("another")).toEqual([]); // one at a time
    if (push) await bookTaken(db, [push], now());
    expect(await pushes("w")).toMatchObject([{ wanted: 2 }]);
  });

  test("a push that fails waits, and a change meanwhile does not cut that short", async () => {
    const { subscribe, publish, mark, pushes, wait, now, db } = open();
    const shown = async () =>
      (await subscriptionsTo(db, "all", 0, 10)).map(({ host, failing, pushedAt }) =>
        failing
          ? `${host} failing since ${failing.since}: ${failing.lastError}`
          : `${host} pushed to at ${pushedAt}`,
      );
    await subscribe("https://r.example/a");
    await publish("all");
    await mark();
    for (const push of await pushes("w"))
      await bookFailed(db, push, { afterSeconds: 120, why: "503" }, now());
    wait(60);
    await publish("all");
    await mark();
    expect(await pushes("w")).toEqual([]);
    expect(await shown()).toEqual(["r.example failing since 2026-03-01T06:00:00Z: 503"]);
    wait(60);
    const again = await pushes("another");
    expect(again).toMatchObject([{ tries: 1, wanted: 2 }]);
    for (const push of again) await bookFailed(db, push, { afterSeconds: 0, why: "silence" }, now());
    expect(await shown()).toEqual(["r.example failing since 2026-03-01T06:00:00Z: silence"]);
    for (const push of await pushes("a third")) await bookTaken(db, [push], now());
    expect(await shown()).toEqual(["r.example pushed to at 2026-03-01T06:02:00Z"]);
    expect(await pushes("w")).toEqual([]);
  });

  test("a renewal ends the waiting: its subscriber is there again", async () => {
    const { subscribe, publish, mark, pushes, now, db } = open();
    await subscribe("https://r.example/a");
    await publish("all");
    await mark();
    for (const push of await pushes("w"))
      await bookFailed(db, push, { afterSeconds: 9999, why: "503" }, now());
    await subscribe("https://r.example/a");
    expect(await pushes("w")).toMatchObject([{ tries: 0 }]);
  });

  test("a lease that has ended gets nothing, and is cleared away", async () => {
    const { subscribe, publish, mark, pushes, wait, subscriptions, now, db } = open();
    await subscribe("https://r.example/short", { lease: 300 });
    await subscribe("https://r.example/failing", { lease: 300 });
    await subscribe("https://r.example/long", { lease: 3600 });
    await publish("all");
    await mark();
    for (const push of await pushes("w"))
      await bookFailed(db, push, { afterSeconds: 240, why: "503" }, now());
    wait(300);
    expect((await pushes("w")).map(({ callback }) => callback.pathname)).toEqual(["/long"]);
    await mark();
    expect(await subscriptions()).toMatchObject([{ callback: "https://r.example/long" }]);
    const watches = await db.selectFrom("websub_watches").selectAll().execute();
    expect(watches).toHaveLength(1);
  });

  test("nothing is booked by whoever lost the claim", async () => {
    const { subscribe, publish, mark, pushes, wait, subscriptions, now, db } = open();
    await subscribe("https://r.example/a");
    await publish("all");
    await mark();
    const [slept] = await pushes("sleeper");
    wait(60);
    const [other] = await pushes("another");
    if (!slept || !other) throw new Error("nothing claimed");
    const before = await subscriptions();
    await bookTaken(db, [slept], now());
    await bookFailed(db, slept, { afterSeconds: 1, why: "late" }, now());
    await drop(db, slept);
    expect(await subscriptions()).toEqual(before);
    await drop(db, other);
    expect(await subscriptions()).toEqual([]);
  });
});

describe("whose turn it is", () => {
  test("a host with hundreds does not hold up the others, nor has it more under way than its share", async () => {
    const { subscribe, publish, mark, pushes, hosts, db, now } = open();
    const ms = now().epochMilliseconds;
    await sql`insert into websub_subscriptions (topic, asked_topic, callback, host, began_at, lease_ends_at, due_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)
      select 't', 't', 'https://big.example/' || i, 'big.example', ${ms}, ${ms + 3_600_000}, ${ms - 5} from n`.execute(
      db,
    );
    await subscribe("https://small.example/");
    await publish("all");
    await mark();
    const first = await pushes("w", 8, 4);
    expect(hosts(first)).toEqual(Array(4).fill("big.example"));
    expect(hosts(await pushes("another", 8, 4))).toEqual(["small.example"]);
    expect(await pushes("a third", 8, 4)).toEqual([]);
    const [taken] = first;
    if (taken) await bookTaken(db, [taken], now());
    expect(hosts(await pushes("w", 8, 4))).toEqual(["big.example"]);
  });

  test("all processes together have no more calls under way than there is room for", async () => {
    const { pushes, db, now } = open();
    const ms = now().epochMilliseconds;
    await sql`insert into websub_subscriptions (topic, asked_topic, callback, host, began_at, lease_ends_at, due_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 100)
      select 't', 't', 'https://r.example/' || i, i || '.example', ${ms}, ${ms + 3_600_000}, ${ms} from n`.execute(
      db,
    );
    const claimed = await Promise.all([pushes("a", 40), pushes("b", 40), pushes("c", 40)]);
    expect(claimed.map((it) => it.length)).toEqual([40, 24, 0]);
  });

  test("a host that did not answer is passed over", async () => {
    const { subscribe, publish, mark, pushes, hosts } = open();
    await subscribe("https://dead.example/");
    await subscribe("https://r.example/");
    await publish("all");
    await mark();
    expect(hosts(await pushes("w", 8, 4, ["dead.example"]))).toEqual(["r.example"]);
  });

  test("two workers never get the same, in whatever portions they claim", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 8 }),
        async (portions) => {
          const { subscribe, publish, mark, pushes } = open();
          for (let i = 0; i < 6; i++) await subscribe(`https://r${i % 2}.example/${i}`);
          await publish("all");
          await mark();
          const claimed = await Promise.all(portions.map((most, i) => pushes(`w${i}`, most)));
          const ids = claimed.flat().map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.length).toBe(
            Math.min(
              6,
              portions.reduce((a, b) => a + b, 0),
            ),
          );
        },
      ),
      { numRuns: 5 },
    );
  });
});

describe("bounds", () => {
  const tight = {
    ...bounds,
    subscriptions: 3,
    subscriptionsOfHost: 2,
    asks: 3,
    asksOfHost: 2,
    asksOfHostAMinute: 4,
  };

  test("callbacks of one host wait in a line that is bounded; a renewed request takes no second place", async () => {
    const { ask, wait, mark } = open();
    const of = (path: string, host = "r") => ask(`https://${host}.example/${path}`, { most: tight });
    expect([await of("1"), await of("2"), await of("3")]).toEqual(["taken", "taken", "host-busy"]);
    expect([await of("2"), await of("2")]).toEqual(["taken", "taken"]);
    expect(await of("2")).toBe("host-busy"); // the fifth in a minute
    expect([await of("1", "other"), await of("2", "other")]).toEqual(["taken", "busy"]);
    wait(60);
    await mark();
    expect(await of("2")).toBe("taken");
  });

  test("what was asked of a host is forgotten after a minute, and so is the host", async () => {
    const { ask, settleAll, wait, mark, db } = open();
    for (let i = 0; i < 4; i++) {
      await ask("https://r.example/", { most: tight });
      await settleAll();
      wait(10);
    }
    expect(await ask("https://r.example/other", { most: tight })).toBe("host-busy");
    expect(await ask("https://r.example/", { most: tight })).toBe("taken"); // who is subscribed renews all the same
    wait(20);
    expect(await ask("https://r.example/other", { most: tight })).toBe("taken");
    wait(60);
    await mark();
    expect(await db.selectFrom("websub_hosts").selectAll().execute()).toEqual([]);
  });

  test("when there is no room, who is there may renew and leave", async () => {
    const { ask, settleAll, wait } = open();
    const of = async (host: string, path: string, mode: "subscribe" | "unsubscribe" = "subscribe") => {
      const result = await ask(`https://${host}.example/${path}`, { most: tight, mode });
      await settleAll();
      wait(60);
      return result;
    };
    expect([await of("a", "1"), await of("a", "2"), await of("a", "3")]).toEqual([
      "taken",
      "taken",
      "host-full",
    ]);
    expect([await of("b", "1"), await of("b", "2")]).toEqual(["taken", "full"]);
    expect([await of("a", "1"), await of("b", "1")]).toEqual(["taken", "taken"]);
    expect(await of("a", "2", "unsubscribe")).toBe("taken");
    expect(await of("c", "1")).toBe("taken");
  });
});

describe("a hub outside", () => {
  const hub = "https://hub.example/";

  test("hears of each change once, in order, page by page, from when it was chosen", async () => {
    const { publish, database, db, now } = open();
    await publish("all");
    expect(await claimCursor(database, hub, "w", now())).toBeNull();
    await publish("all");
    await publish("tag/a", "tag/b", "tag/c");
    const told: string[] = [];
    for (;;) {
      const cursor = await claimCursor(database, hub, "w", now());
      if (!cursor) break;
      expect(await claimCursor(database, hub, "another", now())).toBeNull();
      const changed = await changedAfter(db, cursor, 2);
      told.push(...changed.map(({ feed }) => feed));
      const last = changed.at(-1);
      if (last) await bookCursor(db, cursor, last, now());
    }
    expect(told).toEqual(["all", "tag/a", "tag/b", "tag/c"]);
  });

  test("is told later when it could not be told, by whoever is there then", async () => {
    const { publish, database, db, now, wait } = open();
    await claimCursor(database, hub, "w", now());
    await publish("all");
    const cursor = await claimCursor(database, hub, "w", now());
    if (cursor) await bookCursor(db, cursor, { afterSeconds: 120 }, now());
    await publish("all");
    wait(119);
    expect(await claimCursor(database, hub, "w", now())).toBeNull();
    wait(1);
    expect(await claimCursor(database, hub, "another", now())).toMatchObject({ tries: 1, seq: cursor?.seq });
    wait(60); // it died
    const third = await claimCursor(database, hub, "w", now());
    expect(third).toMatchObject({ seq: cursor?.seq });
    expect(third && (await changedAfter(db, third, 10)).map(({ feed }) => feed)).toEqual(["all"]);
  });
});

test("what is shown of subscriptions comes in pages, and never tells a callback", async () => {
  const { subscribe, db, ask, settleAll } = open();
  expect(await subscriptionCount(db)).toBe(0);
  for (const path of ["a", "b", "c"])
    await subscribe(`https://r.example/${path}`, { secret: path === "b" ? "s" : null });
  const first = await subscriptionsTo(db, "all", 0, 2);
  const second = await subscriptionsTo(db, "all", first[1]?.id ?? 0, 2);
  expect([...first, ...second].map(({ host, signed }) => [host, signed])).toEqual([
    ["r.example", false],
    ["r.example", true],
    ["r.example", false],
  ]);
  expect(JSON.stringify(first)).not.toContain("https://r.example");
  expect(await subscriptionsTo(db, "section/1", 0, 2)).toEqual([]);
  await ask("https://r.example/a", { mode: "unsubscribe" });
  await settleAll();
  expect(await subscriptionCount(db)).toBe(2);
});

test("closing, renaming or removing a section concerns those who subscribed to its feed", async () => {
  const { publish, mark, pushes, subscribe, db, now } = open();
  await sql`insert into sections (id, slug, title, position, sample) values (1, 'a', 'أ', 1, 0), (2, 'b', 'ب', 2, 0), (3, 'c', 'ج', 3, 0)`.execute(
    db,
  );
  await publish("section/1", "section/2", "section/3");
  for (const id of [1, 2, 3])
    await subscribe(`https://r.example/${id}`, { name: `section/${id}`, feeds: [`section/${id}`] });
  const concerned = async (change: string) => {
    await sql.raw(change).execute(db);
    await mark();
    const claimed = await pushes("w");
    for (const push of claimed) await bookTaken(db, [push], now());
    return claimed.map(({ callback }) => callback.pathname);
  };
  expect(await concerned("update sections set closed_at = 5 where id = 1")).toEqual(["/1"]);
  expect(await concerned("update sections set slug = 'bb' where id = 2")).toEqual(["/2"]);
  expect(await concerned("update sections set title = 'جج' where id = 3")).toEqual([]);
  expect(await concerned("delete from sections where id = 3")).toEqual(["/3"]);
});

test("no statement scans a table that grows", async () => {
  const { database, subscribe, ask, asks, publish, mark, pushes, db, now } = open();
  await subscribe("https://r.example/a");
  await publish("all");
  await mark();
  for (const push of await pushes("w")) await bookFailed(db, push, { afterSeconds: 0, why: "503" }, now());
  for (const push of await pushes("w")) await moveTopic(database, push, topicOf("moved"));
  await ask("https://r.example/a", { mode: "unsubscribe" });
  for (const it of await asks("w")) await putOff(db, it, 0, now());
  for (const it of await asks("w")) await settleAsk(database, it, now(), now());
  await claimCursor(database, "https://hub.example/", "w", now());
  await changedAfter(db, { seq: 0, feed: "" }, 10);
  await subscriptionsTo(db, "all", 0, 10);
  const small = ["busy", "page", "j", "CONSTANT"]; // lists that we pass in, and what is under way
  const scans = [];
  for (const query of database.ran.filter(({ sql }) => /^\s*(select|insert|update|delete)/i.test(sql)))
    for (const step of await planOf(db, query)) {
      const [, table = ""] = /^SCAN (\w+)(?!.*VIRTUAL TABLE)/.exec(step) ?? [];
      if (table !== "" && !small.includes(table)) scans.push(`${step}: ${query.sql}`);
    }
  expect(scans).toEqual([]);
});
