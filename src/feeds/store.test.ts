import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { section } from "./feeds.fixture.ts";
import { type FeedKey, type FeedTables, feedsOf, feedVersion, sectionFeed, touchFeeds } from "./store.ts";

function open() {
  const { db, batch } = openTestDatabase<FeedTables>();
  return {
    touch: (feeds: readonly FeedKey[], at: string) => batch(touchFeeds(db, feeds, Temporal.Instant.from(at))),
    versionOf: async (feed: FeedKey) => {
      const { version, changedAt } = await feedVersion(db, feed);
      return [version, changedAt?.toString() ?? null];
    },
  };
}

const economy = sectionFeed(section(2, "economy", "اقتصاد").id);

test("an article touches the feed of everything, and each of its sections once", () => {
  const { id: first } = section(1, "a", "a");
  const { id: second } = section(2, "b", "b");
  expect(feedsOf([second, first, second])).toEqual(["all", "section/2", "section/1"]);
  expect(feedsOf([])).toEqual(["all"]);
});

test("a feed that nothing touched has version 0; each touch raises it, and no other", async () => {
  const { touch, versionOf } = open();
  expect(await versionOf("all")).toEqual([0, null]);
  await touch(["all", economy], "2026-03-01T06:00:00.400Z");
  expect(await versionOf("all")).toEqual([1, "2026-03-01T06:00:00Z"]);
  await touch(["all"], "2026-03-01T06:05:00Z");
  expect(await versionOf("all")).toEqual([2, "2026-03-01T06:05:00Z"]);
  expect(await versionOf(economy)).toEqual([1, "2026-03-01T06:00:00Z"]);
});

test("its time grows with every touch, in the same second and when the clock goes back", async () => {
  const { touch, versionOf } = open();
  await touch([economy], "2026-03-01T06:00:00Z");
  await touch([economy], "2026-03-01T06:00:00.900Z");
  await touch([economy], "2026-03-01T05:00:00Z");
  expect(await versionOf(economy)).toEqual([3, "2026-03-01T06:00:02Z"]);
});

test("ten touches at once are ten versions; a feed named twice is touched once; none is nothing", async () => {
  const { touch, versionOf } = open();
  await Promise.all(Array.from({ length: 10 }, () => touch(["all", "all"], "2026-03-01T06:00:00Z")));
  expect(await versionOf("all")).toEqual([10, "2026-03-01T06:00:09Z"]);
  expect(await touch([], "2026-03-01T06:00:00Z")).toEqual([]);
});
