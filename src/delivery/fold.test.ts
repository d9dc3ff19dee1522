// Rows that become counts: every sum stays what it was, wherever the folding was stopped; what needs a row keeps it.
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { addDigest, type DigestTables, type IssueId, issueById } from "../digests/index.ts";
import type { Log } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { type SubscriberTables, subscriberAt } from "../subscribers/index.ts";
import { foldedLetters, foldLedger } from "./fold.ts";
import { accountOf, audienceCounts, type DeliveryTables } from "./ledger.ts";
import { whyOf } from "./why.ts";

const start = Temporal.Instant.from("2026-03-01T05:00:00Z");
const later = start.add({ hours: 24 * 91 });
const soon = later.add({ hours: 1 });
const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** An issue that was sent in March: of each hundred letters, some in every state; every fifth candidate was left out. */
async function open(letters: number) {
  const database = openTestDatabase<DeliveryTables & DigestTables & SubscriberTables & SettingsTables>();
  const { db, batch } = database;
  const schedule = { zone: "UTC", days: [7], slots: [{ name: "morning", time: "05:00" }] };
  const paper = { slug: "daily", name: "نشرة", nameEn: null, schedule, maxStories: 8, minStories: 1 };
  await batch([addDigest(db, paper, start)]);
  const issue = async (slot: string, state: "sent" | "sending") => {
    const { id } = await db
      .insertInto("issues")
      .values({
        digest_id: 1 as never,
        local_date: "2026-03-01",
        slot,
        state,
        planned_at: start.epochMilliseconds,
        opened_at: start.epochMilliseconds,
        finished_at: state === "sent" ? start.add({ hours: 1 }).epochMilliseconds : null,
        reason: null,
        candidates: letters,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return id;
  };
  const id = await issue("morning", "sent");
  const numbers = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${letters})`;
  const ms = start.epochMilliseconds;
  await sql`insert into subscribers (id, address, address_key, state, language, created_at, confirmed_at, sample)
    select i, 'r' || i || '@example.org', 'r' || i || '@example.org', 'confirmed', 'ar', 0, 0, 0
    from (${numbers} select i from n)`.execute(db);
  await sql`insert into deliveries (issue_id, subscriber_id, sections, language, address, state, reason, tries, in_doubt, destination,
      message_id, due_at, deadline_at, at)
    select ${id}, i, '', 'ar', 'r' || i || '@example.org',
      case i % 100 when 1 then 'rejected' when 2 then 'expired' when 3 then 'withdrawn' when 4 then 'in_doubt' else 'accepted' end,
      case i % 100 when 3 then 'left-by-page' when 4 then 'held' end, 1 + (i % 7 = 0), i % 100 in (4, 6),
      case when i % 2 then 'gmail' else 'other' end, '<' || i || '>', ${ms}, ${ms}, ${ms}
    from (${numbers} select i from n) where i % 5 <> 0`.execute(db);
  await sql`insert into exclusions (issue_id, subscriber_id, reason)
    select ${id}, i, case when i % 10 then 'paused' else 'suppressed' end
    from (${numbers} select i from n) where i % 5 = 0`.execute(db);
  await sql`insert into earlier_tries (delivery_id, try, reply, at)
    select id, 1, '451', ${ms} from deliveries where tries = 2`.execute(db);
  await sql`insert into feedback (delivery_id, subscriber_id, kind, verdict, code, words, known_by, report, letter_at, at)
    select id, subscriber_id, 'bounce', 'hard', '5.1.1', 'no', 'return-path', 'x', ${ms}, ${ms}
    from deliveries where subscriber_id % 100 = 7`.execute(db);
  const rows = async () =>
    (await sql`select subscriber_id as s from deliveries order by 1`.execute(db)).rows.length;
  const sums = async () => {
    const { states, exclusions } = await accountOf(db, id);
    const { rows: tries } = await sql<{ tries: number }>`select sum(tries) as tries from (
      select tries from deliveries union all select tries from folded_deliveries)`.execute(db);
    const sorted = (list: readonly object[]) => list.map((it) => JSON.stringify(it)).sort();
    return [sorted(states), sorted(exclusions), await audienceCounts(db, id), tries];
  };
  const fold = (over: Partial<Parameters<typeof foldLedger>[0]> = {}, until = soon) =>
    foldLedger({ database, now: () => later, log: silent, ledgerDays: 90, ...over }, until);
  return { database, db, batch, id, issue, rows, sums, fold };
}

test("every sum stays; what was refused, late, in doubt, or came back keeps its row, and its tries", async () => {
  const { db, id, rows, sums, fold } = await open(3000);
  const before = await sums();
  expect(await rows()).toBe(2400);
  expect(await fold()).toBeGreaterThan(2);
  expect(await rows()).toBe(30 * 6 - 30); // of each hundred: refused, expired, in doubt, was in doubt, bounced
  expect(await sums()).toEqual(before);
  const counts = await foldedLetters(db, id);
  expect(counts.map(({ destination, state, reason }) => [destination, state, reason])).toEqual([
    ["gmail", "accepted", ""],
    ["gmail", "withdrawn", "left-by-page"],
    ["other", "accepted", ""],
  ]);
  const { rows: left } = await sql`select 1 from earlier_tries t where not exists (
    select 1 from deliveries d where d.id = t.delivery_id)`.execute(db);
  expect(left).toEqual([]);
  expect(JSON.stringify(counts)).not.toContain("example.org");
  expect(await fold()).toBe(0);
  expect((await issueById(db, id))?.foldedThrough).toBeGreaterThan(3000);
});

test("stopped anywhere, by a disk that fails or by another process, it goes on where it was", async () => {
  const { database, sums, fold, rows } = await open(5000);
  const before = await sums();
  let turn = 0;
  const failing = {
    ...database,
    batch: async (...asked: Parameters<typeof database.batch>) => {
      if (++turn % 2 === 0) throw new Error("disk full");
      return database.batch(...asked);
    },
  };
  await expect(fold({ database: failing })).rejects.toThrow("disk full");
  expect(await sums()).toEqual(before);
  let stops = 0;
  expect(await fold({ now: () => (++stops > 3 ? soon : later) })).toBeLessThan(3);
  expect(await sums()).toEqual(before);
  await Promise.all([fold(), fold(), fold()]);
  while ((await fold()) > 0);
  expect(await rows()).toBe(50 * 5);
  expect(await sums()).toEqual(before);
});

test("nothing is folded before its days are over, or while an issue is sent; one that is paused holds nobody up", async () => {
  const { db, issue, rows, fold } = await open(500);
  expect(await fold({ ledgerDays: 92 })).toBe(0);
  const other = await issue("evening", "sending");
  expect(await fold()).toBe(0);
  await db.updateTable("issues").set({ paused: "{}" }).where("id", "=", other).execute();
  expect(await fold()).toBe(1);
  expect(await rows()).toBe(25);
});

test("a tick folds a bounded part, so that nothing waits long", async () => {
  const { db, fold, id } = await open(30_000);
  expect(await fold()).toBe(20);
  const row = () =>
    db.selectFrom("issues").select(["folded_through", "folded_at"]).where("id", "=", id).executeTakeFirst();
  expect((await row())?.folded_at).toBeNull();
  await fold();
  expect((await row())?.folded_at).toBe(later.epochMilliseconds);
});

test.each([
  ["r8@example.org", { got: "folded" }],
  ["r10@example.org", { got: "folded" }],
  ["r1@example.org", { got: "rejected" }],
  ["r104@example.org", { got: "in_doubt", reason: "held" }],
])("why says of %s what is still known", async (address, told) => {
  const { db, id, fold } = await open(200);
  await fold();
  const issue = await issueById(db, id as IssueId);
  const { letters } = await whyOf(db, address, issue, 10, start);
  expect(letters).toMatchObject([told]);
  expect(await subscriberAt(db, address)).not.toBeNull();
  const all = await whyOf(db, address, null, 10, start);
  expect(all.folded_before).toBe("2026-03-01T06:00:00Z");
  expect(all.letters.length).toBe(told.got === "folded" ? 0 : 1);
});
