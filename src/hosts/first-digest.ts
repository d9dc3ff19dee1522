// What a new paper has from the start, on both hosts.
import { addDigest, type DigestTables, listDigests } from "../digests/index.ts";
import { type FeedTables, touchFeeds } from "../feeds/index.ts";
import type { Database } from "../platform/index.ts";
import { newPublisher } from "../settings/index.ts";

/** A paper has one digest from the start: each morning at seven. Called by any number at once, there is still one. */
export async function ensureDigest(
  { db, batch }: Database<DigestTables & FeedTables>,
  now: Temporal.Instant,
): Promise<void> {
  if ((await listDigests(db)).length > 0) return;
  const schedule = {
    zone: newPublisher.zone,
    days: [1, 2, 3, 4, 5, 6, 7],
    slots: [{ name: "morning", time: "07:00" }],
  };
  const digest = {
    slug: "daily",
    name: "نشرة اليوم",
    nameEn: "The Daily Bulletin",
    schedule,
    maxStories: 8,
    minStories: 3,
  };
  await batch([addDigest(db, digest, now), ...touchFeeds(db, ["house"], now)]);
}
