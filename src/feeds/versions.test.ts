import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { type FeedKey, type FeedTables, mostChanges, touchFeeds } from "./store.ts";
import { knownVersions } from "./versions.ts";

function open() {
  const { db, batch, ran } = openTestDatabase<FeedTables>();
  const touch = (feeds: readonly FeedKey[]) =>
    batch(touchFeeds(db, feeds, Temporal.Instant.from("2026-03-01T06:00:00Z")));
  return { db, touch, ran, versions: knownVersions(db) };
}

test.each([
  [0, 999, true],
  [0, 1000, false],
  [5000, 4000, false], // the clock was set back
])("read at %i, at %i it is fresh: %s", async (read, asked, fresh) => {
  const { versions } = open();
  expect(versions.isFresh(read)).toBe(false);
  await versions.refresh(read);
  expect(versions.isFresh(asked)).toBe(fresh);
});

test("what changed is learned by one reading, however many feeds there are", async () => {
  const { versions, touch, ran } = open();
  const feeds = Array.from({ length: 200 }, (_, i): FeedKey => `section/${i}`);
  await versions.refresh(0);
  for (const feed of feeds) await versions.get(feed);
  await touch(feeds.slice(0, 100));
  const before = ran.length;
  await versions.refresh(1000);
  expect(ran.length - before).toBe(1);
  expect(feeds.map((feed) => versions.known(feed)?.version)).toEqual(feeds.map((_, i) => (i < 100 ? 1 : 0)));
});

test("after more changes than fit in a reading nothing is believed that was known before", async () => {
  const { versions, touch } = open();
  await versions.refresh(0);
  await versions.get("all");
  await touch(Array.from({ length: mostChanges }, (_, i): FeedKey => `tag/${i}`));
  await touch(["all"]);
  await versions.refresh(1000);
  expect(versions.known("all")).toBeUndefined();
  expect((await versions.get("all")).version).toBe(1);
  await touch(["all"]);
  await versions.refresh(2000);
  expect(versions.known("all")?.version).toBe(2);
});

test("a reading that was under way when a publish was told of does not count as fresh", async () => {
  const { versions } = open();
  await versions.refresh(0);
  const under = versions.refresh(1000);
  versions.forget();
  await under;
  expect(versions.isFresh(1000)).toBe(false);
});
