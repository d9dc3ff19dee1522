import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { changesAfter, type FeedKey, type FeedTables, feedVersion, lastChange, touchFeeds } from "./store.ts";

function open() {
  const { db, batch } = openTestDatabase<FeedTables>();
  return {
    db,
    touch: (feeds: readonly FeedKey[], at: string) => batch(touchFeeds(db, feeds, Temporal.Instant.from(at))),
    versionOf: async (feed: FeedKey) => {
      const { version, changedAt } = await feedVersion(db, feed);
      return [version, changedAt?.toString() ?? null];
    },
  };
}

test("a feed that nothing touched has version 0; each touch raises it, and no other", async () => {
  const { touch, versionOf } = open();
  expect(await versionOf("all")).toEqual([0, null]);
  await touch(["all", "section/2"], "2026-03-01T06:00:00.400Z");
  expect(await versionOf("all")).toEqual([1, "2026-03-01T06:00:00Z"]);
  await touch(["all"], "2026-03-01T06:05:00Z");
  expect(await versionOf("all")).toEqual([2, "2026-03-01T06:05:00Z"]);
  expect(await versionOf("section/2")).toEqual([1, "2026-03-01T06:00:00Z"]);
});

test("its time grows with every touch, in the same second and when the clock goes back", async () => {
  const { touch, versionOf } = open();
  await touch(["section/2"], "2026-03-01T06:00:00Z");
  await touch(["section/2"], "2026-03-01T06:00:00.900Z");
  await touch(["section/2"], "2026-03-01T05:00:00Z");
  expect(await versionOf("section/2")).toEqual([3, "2026-03-01T06:00:02Z"]);
});

test("ten touches at once are ten versions; a feed named twice is touched once; none is nothing", async () => {
  const { touch, versionOf } = open();
  await Promise.all(Array.from({ length: 10 }, () => touch(["all", "all"], "2026-03-01T06:00:00Z")));
  expect(await versionOf("all")).toEqual([10, "2026-03-01T06:00:09Z"]);
  expect(await touch([], "2026-03-01T06:00:00Z")).toEqual([]);
});

test("changes are counted over all feeds: whoever knows one number learns what came since", async () => {
  const { db, touch } = open();
  await touch(["all", "tag/بحر"], "2026-03-01T06:00:00Z");
  const known = await lastChange(db);
  expect(await changesAfter(db, known)).toEqual([]);
  await touch(["section/1"], "2026-03-01T06:00:01Z");
  await touch(["section/1", "section/2"], "2026-03-01T06:00:02Z");
  expect(
    (await changesAfter(db, known)).map(({ feed, seq, version }) => [feed, seq - known, version.version]),
  ).toEqual([
    ["section/1", 2, 2],
    ["section/2", 2, 1],
  ]);
});

test("the paper, its sections and its digests have a version that whoever changes them raises", async () => {
  const { db, versionOf } = open();
  const others = db.withTables<{
    settings: { name: string; value: string; changed_at: number };
    sections: { slug: string; title: string; position: number };
  }>();
  const version = async () => (await versionOf("house"))[0];
  const before = Number(await version());
  await others.insertInto("settings").values({ name: "publisher", value: "{}", changed_at: 0 }).execute();
  await others.insertInto("settings").values({ name: "other", value: "{}", changed_at: 0 }).execute();
  await others.updateTable("settings").set({ value: "[]" }).where("name", "=", "publisher").execute();
  await others.insertInto("sections").values({ slug: "a", title: "a", position: 1 }).execute();
  await others.updateTable("sections").set({ title: "b" }).execute();
  await others.deleteFrom("sections").execute();
  expect(await version()).toBe(before + 5);
});
