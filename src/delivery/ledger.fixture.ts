// An issue in a ledger of its own, for the tests of what moves letters.
import { sql } from "kysely";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { AccountTables } from "../accounts/index.ts";
import { addDigest, type DigestTables, digestBySlug } from "../digests/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { audiencePage, importSubscribers, type SubscriberTables } from "../subscribers/index.ts";
import { book, type Claimed, claimDeliveries, expire, markSending, recover } from "./claim.ts";
import { groupCommit } from "./commit.ts";
import { type DeliveryTables, ledgerPage, writeAudience } from "./ledger.ts";
import type { Outcome } from "./state.ts";
import type { Watch } from "./workers.ts";

export const start = Temporal.Instant.from("2026-03-01T05:00:00Z");
export const deadline = start.add({ hours: 6 });
/** The lease of a claim ends after twenty minutes. */
export const leaseEnd = start.add({ minutes: 20 });

/** An issue whose audience of so many readers is written, and the steps that a worker takes with its letters. */
export async function open(readers: number) {
  const database = openTestDatabase<
    DeliveryTables & DigestTables & SubscriberTables & SettingsTables & AccountTables
  >();
  const { db, batch } = database;
  const schedule = { zone: "UTC", days: [7], slots: [{ name: "morning", time: "05:00" }] };
  const paper = { slug: "daily", name: "نشرة", nameEn: null, schedule, maxStories: 8, minStories: 1 };
  await batch([addDigest(db, paper, start)]);
  const digest = await digestBySlug(db, "daily");
  if (!digest) throw new Error("There is no digest.");
  const times = {
    planned_at: start.epochMilliseconds,
    opened_at: start.epochMilliseconds,
    finished_at: null,
  };
  const { id: issue } = await db
    .insertInto("issues")
    .values({
      digest_id: digest.id,
      local_date: "2026-03-01",
      slot: "morning",
      state: "sending",
      reason: null,
      candidates: readers,
      ...times,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const names = Array.from({ length: readers }, (_, i) => `reader${i}@example.org`);
  await importSubscribers(
    database,
    { digest: digest.id, consent: "test", language: "ar", now: start },
    names,
  );
  const candidates = (
    await audiencePage(
      db,
      digest.id,
      0,
      1000,
      { date: Temporal.PlainDate.from("2026-03-01"), slot: "morning", digestSlots: ["morning"] },
      start,
    )
  ).map((it) => ({
    ...it,
    reason: it.exclusion,
  }));
  const write = (list: Parameters<typeof writeAudience>[2] = candidates) =>
    batch(writeAudience(db, issue, list, deadline, sql<boolean>`1 = 1`, start));
  await write();

  const claim = (worker: string, most = 40, now = start) =>
    claimDeliveries(db, issue, "other", worker, most, now);
  const claimOne = async (worker: string, now = start) => {
    const [letter] = await claim(worker, 1, now);
    if (!letter) throw new Error("Nothing was to be claimed.");
    return letter;
  };
  const commit = groupCommit(database);
  const messageOf = (letter: Claimed) => ({ id: `<${letter.id}@example.org>`, date: start, edition: null });
  const send = async (letter: Claimed, worker: string, now = start) =>
    (await commit(markSending(letter, worker, messageOf(letter), now))) === 1;
  const booked = async (letter: Claimed, worker: string, outcome: Outcome, now = start) =>
    (await commit(book(letter, worker, messageOf(letter), outcome, now))) === 1;
  const accept = (letter: Claimed, worker: string, now = start) =>
    booked(letter, worker, { state: "accepted", reply: "250 ok" }, now);
  const lines = async () => (await ledgerPage(db, issue, 0, 1000)).lines;
  const states = async () => (await lines()).map(({ state }) => state);
  const mend = async (now: Temporal.Instant, watch: Watch = () => []) => {
    await recover(database, { table: "deliveries", issue }, watch, now);
    await expire(database, { table: "deliveries", issue }, now);
  };
  return {
    database,
    db,
    batch,
    issue,
    candidates,
    write,
    claim,
    claimOne,
    send,
    booked,
    accept,
    lines,
    states,
    mend,
  };
}
