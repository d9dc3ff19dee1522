// The ledger: nobody twice, nobody lost, and nothing booked by whoever lost the right to.
import { type Kysely, sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { AccountTables } from "../accounts/index.ts";
import {
  addDigest,
  type DigestTables,
  digestBySlug,
  type IssueId,
  issueById,
  type PauseReason,
  pauseIssue,
  resumeIssue,
} from "../digests/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import {
  audiencePage,
  importSubscribers,
  type SubscriberId,
  type SubscriberTables,
} from "../subscribers/index.ts";
import {
  book,
  type Claimed,
  claimDeliveries,
  claimNotices,
  destinationsDue,
  expire,
  markSending,
  recover,
  release,
  withdraw,
  withdrawClaimed,
} from "./claim.ts";
import { groupCommit } from "./commit.ts";
import { decideDoubts, doubtsPage } from "./doubts.ts";
import {
  accountOf,
  audienceCounts,
  type DeliveryTables,
  forgetAccountOf,
  forgetDeliveriesTo,
  hasOpen,
  keepAccount,
  ledgerPage,
  queueNoticeIn,
  writeAudience,
} from "./ledger.ts";
import { addressesOf, blankLetters, lettersOf, readerOfMessage } from "./reader.ts";
import type { Outcome } from "./state.ts";
import { lettersTo } from "./why.ts";
import { allWorkers, asWorker, forgetWorkers, type Watch, watchWorkers } from "./workers.ts";

const start = Temporal.Instant.from("2026-03-01T05:00:00Z");
const deadline = start.add({ hours: 6 });
/** The lease of a claim ends after a quarter of an hour. */
const leaseEnd = start.add({ minutes: 20 });

async function open(readers: number) {
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

describe("the audience", () => {
  test("is written once, each on one side, however often it is written", async () => {
    const { db, issue, candidates, write, lines } = await open(5);
    const turned = candidates.map((it, i) => ({ ...it, reason: i < 2 ? ("pending" as const) : null }));
    await Promise.all([write(), write(turned)]);
    expect(await audienceCounts(db, issue)).toEqual({ deliveries: 5, exclusions: 0 });
    expect((await lines()).map(({ address, state }) => [address, state])).toEqual(
      candidates.map(({ address }) => [address, "queued"]),
    );
  });

  test("keeps the reason of whoever gets nothing, and counts them all", async () => {
    const { db, batch, issue, candidates, write } = await open(5);
    await batch(
      forgetDeliveriesTo(
        db,
        candidates.map(({ subscriberId }) => subscriberId),
      ),
    );
    const reasons = [null, "suppressed", "too-few-stories", "suppressed", null];
    await write(candidates.map((it, i) => ({ ...it, reason: reasons[i] ?? null })));
    expect(await audienceCounts(db, issue)).toEqual({ deliveries: 2, exclusions: 3 });
    const { states, exclusions } = await accountOf(db, issue);
    expect(states).toEqual([{ state: "queued", count: 2 }]);
    expect(exclusions.toSorted((a, b) => a.count - b.count)).toEqual([
      { reason: "too-few-stories", count: 1 },
      { reason: "suppressed", count: 2 },
    ]);
  });

  test("stands in the ledger with the group that each address is in", async () => {
    const { db, batch, candidates, write } = await open(3);
    const ids = candidates.map(({ subscriberId }) => subscriberId);
    await batch(forgetDeliveriesTo(db, ids));
    const domains = ["gmail.com", "hotmail.fr", "example.org"];
    await write(candidates.map((it, i) => ({ ...it, address: `a@${domains[i]}`, reason: null })));
    const rows = await db.selectFrom("deliveries").select("destination").orderBy("id").execute();
    expect(rows.map(({ destination }) => destination)).toEqual(["gmail", "outlook", "other"]);
  });

  test("is listed in pages", async () => {
    const { db, issue } = await open(5);
    const seen: string[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const { lines, next } = await ledgerPage(db, issue, after, 2);
      seen.push(...lines.map(({ address }) => address));
      after = next;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].map((i) => `reader${i}@example.org`));
  });
});

describe("somebody who is erased", () => {
  test("stands in no letter of theirs any more, and what is not sent is withdrawn", async () => {
    const { db, batch, issue, claim, claimOne, send, booked, accept, lines, candidates } = await open(3);
    const first = await claimOne("a");
    await send(first, "a");
    const refused = {
      state: "deferred",
      reply: "451 <reader0@example.org> later",
      retryAfterSeconds: 60,
    } as const;
    await booked(first, "a", refused);
    const later = start.add({ minutes: 2 });
    const again = (await claim("b", 3, later)).find(({ id }) => id === first.id) ?? first;
    await send(again, "b", later);
    await release(db, "deliveries", "b", later);
    const second = await claimOne("c", later);
    const subscribers = candidates.map(({ subscriberId }) => subscriberId);
    const before = JSON.stringify(await lettersOf(db, first.subscriberId));
    expect(before).toContain("reader0@example.org");
    await batch(subscribers.slice(0, 2).flatMap((id) => blankLetters(db, id, later)));
    expect(await send(second, "c", later)).toBe(false);
    expect(await accept(again, "b", later)).toBe(true); // it was under way
    expect(
      (await lines()).map(({ address, state, reply, reason }) => [address, state, reply, reason]),
    ).toEqual([
      ["", "accepted", null, null],
      ["", "withdrawn", null, "erased"],
      ["reader2@example.org", "queued", null, null],
    ]);
    const { rows } = await sql`select * from earlier_tries`.execute(db);
    expect(JSON.stringify([rows, await lettersOf(db, first.subscriberId)])).not.toContain("reader0");
    expect(await audienceCounts(db, issue)).toEqual({ deliveries: 3, exclusions: 0 });
  });

  test("gets no notice either, not even one that was under way and is to be tried again", async () => {
    const { db, batch } = await open(1);
    const queue = (address: string, subscriber: number) =>
      sql`insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
        values ('preferences', ${address}, 'ar', ${JSON.stringify({ subscriber })}, 'queued', 0, ${deadline.epochMilliseconds}, 0)`.execute(
        db,
      );
    await queue("a@example.org", 7);
    await queue("b@example.org", 8);
    const [subscriber] = await db.selectFrom("deliveries").select("subscriber_id").execute();
    if (!subscriber) throw new Error("Nobody is there.");
    await sql`update notices set data = json_set(data, '$.subscriber', ${subscriber.subscriber_id}) where id = 1`.execute(
      db,
    );
    expect(await addressesOf(db, subscriber.subscriber_id)).toEqual(["a@example.org", "reader0@example.org"]);
    await sql`update notices set state = 'sending', worker = 'a' where id = 1`.execute(db);
    await batch(blankLetters(db, subscriber.subscriber_id, start));
    await sql`update notices set state = 'deferred', worker = null where id = 1`.execute(db);
    expect((await claimNotices(db, "b", 10, start)).map(({ address }) => address)).toEqual(["b@example.org"]);
  });

  test("a message of ours is known by its whole id alone", async () => {
    const { db, claimOne, send } = await open(1);
    const letter = await claimOne("a");
    const id = `<delivery.${letter.id}.abc@example.org>`;
    await sql`update deliveries set message_id = ${id}`.execute(db);
    expect(await readerOfMessage(db, id)).toEqual({ subscriber: letter.subscriberId, digest: 1 });
    for (const other of [id.replace("abc", "abd"), "<delivery.99.abc@example.org>", "<x@example.org>", ""])
      expect(await readerOfMessage(db, other), other).toBeNull();
    expect(await send(letter, "a")).toBe(true);
  });
});

describe("a claim", () => {
  test("four at once, and no letter twice", async () => {
    const { claim } = await open(100);
    const rounds = await Promise.all(
      ["a", "b", "c", "d"].flatMap((worker) => [claim(worker), claim(worker)]),
    );
    const ids = rounds.flat().map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([100, 100]);
    expect(await claim("e")).toEqual([]);
  });

  test("takes no letter before it is due, and none of another issue", async () => {
    const { db, issue, claim } = await open(2);
    await sql`update deliveries set due_at = ${start.epochMilliseconds + 1} where id = 1`.execute(db);
    expect((await claim("a")).map(({ id }) => id)).toEqual([2]);
    const other = (issue + 1) as IssueId;
    expect(await claimDeliveries(db, other, "other", "a", 40, deadline)).toEqual([]);
  });

  test("takes letters to one destination, and those that wait elsewhere are named by it alone", async () => {
    const { db, issue, claim } = await open(7);
    const to = async (destination: string, state: string, ids: number[], due = start) =>
      sql`update deliveries set destination = ${destination}, state = ${state}, due_at = ${due.epochMilliseconds}
        where id in (select value from json_each(${JSON.stringify(ids)}))`.execute(db);
    await to("gmail", "queued", [1, 2]);
    await to("zoho", "deferred", [3], start.add({ minutes: 1 }));
    await to("yahoo", "in_doubt", [4]);
    await to("proton", "accepted", [5]);
    await to("a group of a newer version", "queued", [6]);
    const due = ["a group of a newer version", "gmail", "other", "yahoo"];
    expect(await destinationsDue(db, issue, start)).toEqual(due);
    expect(await destinationsDue(db, issue, start.add({ minutes: 1 }))).toEqual([...due, "zoho"]);
    const gmail = await claimDeliveries(db, issue, "gmail", "a", 40, start);
    expect(gmail.map(({ id, destination }) => [id, destination])).toEqual([
      [1, "gmail"],
      [2, "gmail"],
    ]);
    expect((await claim("b")).map(({ id }) => id)).toEqual([7]);
    expect(await destinationsDue(db, issue, start)).toEqual(["a group of a newer version", "yahoo"]);
  });

  test("what was not begun is given back at once; what is another's is not", async () => {
    const { db, claim, claimOne, states } = await open(3);
    await claim("a", 2);
    await claimOne("b");
    await release(db, "deliveries", "a", start);
    expect(await states()).toEqual(["queued", "queued", "claimed"]);
    expect(await claim("c")).toHaveLength(2);
  });

  test("names the same letter in a later try", async () => {
    const { booked, claimOne, send } = await open(1);
    const letter = await claimOne("a");
    expect([letter.messageId, letter.messageDate, letter.tries]).toEqual([null, null, 0]);
    await send(letter, "a");
    await booked(letter, "a", { state: "deferred", reply: "451 later", retryAfterSeconds: 60 });
    const again = await claimOne("b", start.add({ seconds: 60 }));
    expect([again.messageId, again.messageDate, again.tries]).toEqual(["<1@example.org>", start, 1]);
  });
});

describe("sending", () => {
  test("belongs to whoever claimed it, once, while the lease holds", async () => {
    const { claimOne, send, states } = await open(1);
    const letter = await claimOne("a");
    expect(await send(letter, "b")).toBe(false);
    expect(await send(letter, "a", leaseEnd)).toBe(false);
    expect(await send(letter, "a", leaseEnd.subtract({ milliseconds: 1 }))).toBe(true);
    expect(await send(letter, "a")).toBe(false);
    expect(await states()).toEqual(["sending"]);
  });

  test("a worker that slept past its lease sends nothing that another claimed meanwhile", async () => {
    const { claimOne, send, accept, mend, lines } = await open(1);
    const letter = await claimOne("sleeper");
    await mend(leaseEnd);
    const again = await claimOne("other", leaseEnd);
    expect(await send(letter, "sleeper", leaseEnd)).toBe(false);
    expect(await send(again, "other", leaseEnd)).toBe(true);
    expect(await accept(letter, "sleeper", leaseEnd)).toBe(false);
    expect(await accept(again, "other", leaseEnd)).toBe(true);
    expect(await lines()).toMatchObject([{ state: "accepted", tries: 1, in_doubt: 0, reply: "250 ok" }]);
  });

  test.each([
    ["accepted", { state: "accepted", reply: "250 ok" }, false],
    ["rejected", { state: "rejected", reply: "550 no" }, false],
    ["deferred", { state: "deferred", reply: "451 later", retryAfterSeconds: 60 }, true],
    ["in doubt", { state: "in_doubt", reply: "no answer", retryAfterSeconds: 60 }, true],
  ] as const)("what is %s is booked once, and is open or not", async (_, outcome, isOpen) => {
    const { db, issue, claim, claimOne, send, booked, lines } = await open(1);
    const letter = await claimOne("a");
    await send(letter, "a");
    expect(await booked(letter, "a", outcome)).toBe(true);
    expect(await booked(letter, "a", { state: "rejected", reply: "late" })).toBe(false);
    expect(await lines()).toMatchObject([
      { state: outcome.state, reply: outcome.reply, in_doubt: outcome.state === "in_doubt" ? 1 : 0 },
    ]);
    expect(await hasOpen(db, issue)).toBe(isOpen);
    expect(await claim("b", 40, start.add({ seconds: 59 }))).toHaveLength(0);
    expect(await claim("b", 40, start.add({ seconds: 60 }))).toHaveLength(isOpen ? 1 : 0);
  });
});

test("a server that answers after the lease ended is believed, unless somebody else sends it already", async () => {
  const { claimOne, send, accept, mend, lines } = await open(2);
  const letter = await claimOne("slow");
  const late = start.add({ minutes: 19 });
  expect(await send(letter, "slow", late)).toBe(true);
  await mend(start.add({ minutes: 21 })); // the lease counts anew from the moment it left
  expect((await lines()).map(({ state }) => state)).toContain("sending");
  const over = late.add({ minutes: 21 });
  await mend(over);
  expect(await accept(letter, "slow", over)).toBe(true);
  expect((await lines()).filter(({ state }) => state === "accepted")).toMatchObject([
    { tries: 1, in_doubt: 1 },
  ]);
});

test("a late answer overwrites nothing where somebody else sends the letter already", async () => {
  const { claimOne, send, accept, mend, claim } = await open(2);
  const letter = await claimOne("slow");
  await send(letter, "slow");
  const over = start.add({ minutes: 21 });
  await mend(over);
  expect((await claim("quick", 40, over)).map(({ id }) => id)).toContain(letter.id);
  expect(await accept(letter, "slow", over)).toBe(false);
});

describe("after a process ended", () => {
  test("nothing is touched while leases hold; then nobody is lost, and what was under way is in doubt", async () => {
    const { claim, claimOne, send, states, lines, mend } = await open(3);
    await claim("gone", 1);
    const letter = await claimOne("gone");
    await send(letter, "gone");
    await mend(leaseEnd.subtract({ milliseconds: 1 }));
    expect(await states()).toEqual(["claimed", "sending", "queued"]);
    await Promise.all([mend(leaseEnd), mend(leaseEnd)]);
    expect(await states()).toEqual(["queued", "in_doubt", "queued"]);
    expect((await lines())[1]).toMatchObject({ in_doubt: 1, tries: 1, message_id: "<2@example.org>" });
    expect(await claim("next", 40, leaseEnd)).toHaveLength(3);
  });

  test("past the deadline a letter has expired, unless it is under way", async () => {
    const { db, issue, claimOne, send, accept, states, mend } = await open(3);
    const late = deadline.subtract({ minutes: 1 });
    const letter = await claimOne("a", late);
    await send(letter, "a", late);
    const [second] = await claimDeliveries(db, issue, "other", "b", 1, late);
    await mend(deadline);
    expect(await states()).toEqual(["sending", "claimed", "expired"]);
    expect(await accept(letter, "a", deadline)).toBe(true);
    if (second) await release(db, "deliveries", "b", deadline);
    await mend(deadline);
    expect(await states()).toEqual(["accepted", "expired", "expired"]);
    expect(await hasOpen(db, issue)).toBe(false);
  });
});

test("a reply that comes after its issue was over has the sums counted anew", async () => {
  const { db, batch, issue, claimOne, send, accept, booked } = await open(2);
  const first = await claimOne("a");
  await send(first, "a");
  const second = await claimOne("b");
  await send(second, "b");
  await accept(second, "b");
  await db
    .updateTable("deliveries")
    .set({ state: "in_doubt", worker: null, reason: "held" })
    .where("id", "=", first.id)
    .execute();
  await keepAccount(db, issue);
  expect((await accountOf(db, issue)).states).toContainEqual({ state: "in_doubt", count: 1 });
  await batch([forgetAccountOf(db, first.id)]);
  expect(await booked(first, "a", { state: "accepted", reply: "250 at last" })).toBe(true);
  expect((await accountOf(db, issue)).states).toEqual([{ state: "accepted", count: 2 }]);
});

test("however many have expired, each does, some thousands at a time", async () => {
  const { db, issue, mend } = await open(1);
  await sql`insert into subscribers (address, address_key, state, language, created_at, confirmed_at, sample)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 4500)
    select 'x' || i || '@example.org', 'x' || i || '@example.org', 'confirmed', 'ar', 0, 0, 0 from n`.execute(
    db,
  );
  await sql`insert into deliveries (issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at)
    select ${issue}, id, '', 'ar', address, 'queued', 0, ${deadline.epochMilliseconds}, 0 from subscribers
    where address like 'x%'`.execute(db);
  await mend(deadline);
  expect((await accountOf(db, issue)).states).toEqual([{ state: "expired", count: 4501 }]);
});

describe("a paused issue", () => {
  const reason: PauseReason = { kind: "bounces", percent: 6.2, line: 5 };

  test("has no letter claimed and none expire until it goes on; what is under way is finished", async () => {
    const { db, batch, issue, claim, claimOne, send, accept, states, mend } = await open(3);
    const letter = await claimOne("a");
    await send(letter, "a");
    expect((await batch([pauseIssue(db, issue, reason, null, start)]))[0]?.changes).toBe(1);
    expect((await batch([pauseIssue(db, issue, reason, "salma", start)]))[0]?.changes).toBe(0);
    expect(await claim("b")).toEqual([]);
    expect(await accept(letter, "a")).toBe(true);
    await mend(deadline);
    expect(await states()).toEqual(["accepted", "queued", "queued"]);
    const until = deadline.add({ minutes: 30 });
    expect((await batch([resumeIssue(db, issue, until, deadline)]))[0]?.changes).toBe(1);
    expect((await batch([resumeIssue(db, issue, null, deadline)]))[0]?.changes).toBe(0);
    await mend(until.subtract({ milliseconds: 1 }));
    expect(await claim("b", 1, until.subtract({ milliseconds: 1 }))).toHaveLength(1);
    await mend(until);
    expect(await states()).toEqual(["accepted", "claimed", "expired"]);
  });

  test("says who paused it, since when and why", async () => {
    const { db, batch, issue } = await open(1);
    await batch([pauseIssue(db, issue, { kind: "person", words: "خطأ" }, "salma@example.org", start)]);
    expect((await issueById(db, issue))?.paused).toEqual({
      reason: { kind: "person", words: "خطأ" },
      by: "salma@example.org",
      since: start,
    });
  });
});

test("a letter that ends keeps what a server said to its last try, and when", async () => {
  const { db, batch, issue, candidates, claimOne, booked, lines, mend } = await open(4);
  const later = start.add({ minutes: 30 });
  const refuse = async (worker: string) => {
    const letter = await claimOne(worker);
    await booked(letter, worker, { state: "deferred", reply: `451 ${letter.id}`, retryAfterSeconds: 600 });
    return letter;
  };
  for (const worker of ["a", "b", "c", "d"]) await refuse(worker);
  const ids = candidates.map(({ subscriberId }) => subscriberId);
  const ofReader = async (n: number) => {
    const [letter] = await lettersTo(db, ids[n] as SubscriberId, null, 1, start);
    return letter;
  };
  // One is claimed again, and its worker dies; one is claimed and its reader gone; the others wait until they expire, or are cancelled.
  await claimOne("dead", later);
  const gone = await claimOne("e", later);
  await withdraw(db, [{ id: gone.id, reason: "left-by-page" }], "e", later);
  await mend(later.add({ minutes: 21 }));
  await batch([withdrawClaimed(db, issue, later)]);
  const tries = (n: number) => [{ try: 1, at: start.toString(), reply: `451 ${n + 1}` }];
  expect(await ofReader(0)).toMatchObject({ got: "queued", tries: tries(0) });
  expect(await ofReader(1)).toMatchObject({
    got: "withdrawn",
    reason: "left-by-page",
    ended_at: later.toString(),
    tries: tries(1),
  });
  await mend(deadline);
  expect(await ofReader(2)).toMatchObject({ got: "expired", ended_at: deadline.toString(), tries: tries(2) });
  expect((await lines())[2]).toMatchObject({ reply: "451 3", reason: null, at: deadline.toString() });
  expect(await ofReader(3)).toMatchObject({ got: "expired", tries: tries(3) });
});

describe("letters in doubt that are held", () => {
  const noAudit = (db: Kysely<DeliveryTables>) => () => sql`select 1 where changes() > 0`.compile(db);

  async function held() {
    const it = await open(4);
    await it.db.updateTable("digests").set({ in_doubt: "hold" }).execute();
    const doubt = { state: "in_doubt", reply: "no reply after the dot", retryAfterSeconds: 60 } as const;
    const letter = await it.claimOne("a");
    await it.send(letter, "a");
    await it.booked(letter, "a", doubt);
    const died = await it.claimOne("dead");
    await it.send(died, "dead");
    await it.mend(leaseEnd);
    for (const rest of await it.claim("b", 40, leaseEnd)) {
      await it.send(rest, "b", leaseEnd);
      await it.accept(rest, "b", leaseEnd);
    }
    return it;
  }

  test("are named, tried by nobody, never expire, and do not keep the issue open", async () => {
    const { db, issue, states, claim, mend } = await held();
    expect(await states()).toEqual(["in_doubt", "in_doubt", "accepted", "accepted"]);
    await mend(deadline);
    expect(await claim("c", 40, deadline.subtract({ minutes: 1 }))).toEqual([]);
    expect(await hasOpen(db, issue)).toBe(false);
    expect((await doubtsPage(db, issue, 0)).letters.map(({ address, reply }) => [address, reply])).toEqual([
      ["reader0@example.org", "no reply after the dot"],
      ["reader1@example.org", "the process ended while this was under way"],
    ]);
  });

  test("are sent again on a person’s word, though the issue was over: with time to leave, once", async () => {
    const { database, db, issue, claim, lines } = await held();
    await keepAccount(db, issue);
    await db.updateTable("issues").set({ state: "sent", finished_at: 1 }).execute();
    const late = deadline.add({ hours: 1 });
    const deps = { database, now: () => late, audit: noAudit(db) };
    const decide = (address: string | null) =>
      decideDoubts(deps, "daily/2026-03-01-morning", "resend", address, "salma");
    expect(await decide("nobody@example.org")).toMatchObject({ kind: "refused" });
    expect(await decide("Reader0@example.org")).toEqual({ kind: "done", letters: 1, left: 1 });
    const again = await claim("c", 40, late);
    expect(again.map(({ address, messageId }) => [address, messageId])).toEqual([
      ["reader0@example.org", "<1@example.org>"],
    ]);
    expect(await issueById(db, issue)).toMatchObject({ state: "sending", finishedAt: null });
    expect((await accountOf(db, issue)).states).toContainEqual({ state: "claimed", count: 1 });
    expect((await lines())[1]?.reason).toBe("held");
  });

  test("are let be: they stay in doubt, and nobody is asked any more", async () => {
    const { database, db, issue, lines } = await held();
    const deps = { database, now: () => leaseEnd, audit: noAudit(db) };
    const name = "daily/2026-03-01-morning";
    const both = await Promise.all([
      decideDoubts(deps, name, "leave", null, "salma"),
      decideDoubts(deps, name, "resend", null, "karim"),
    ]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(["done", "refused"]);
    expect((await lines()).slice(0, 2).map(({ state, reason }) => [state, reason])).toEqual([
      ["in_doubt", "let-be"],
      ["in_doubt", "let-be"],
    ]);
    expect(await hasOpen(db, issue)).toBe(false);
  });

  test("are accepted after all where the server’s word comes late", async () => {
    const { db, issue, lines, claimOne, send, accept, mend } = await open(1);
    await db.updateTable("digests").set({ in_doubt: "hold" }).execute();
    const letter = await claimOne("slow");
    await send(letter, "slow");
    await mend(leaseEnd);
    expect(await accept(letter, "slow", leaseEnd)).toBe(true);
    expect((await lines())[0]).toMatchObject({ state: "accepted", reason: null });
    expect((await doubtsPage(db, issue, 0)).letters).toEqual([]);
  });
});

describe("a worker that fell silent", () => {
  /** A stopwatch that a test sets. */
  const watching = () => {
    let elapsed = 0;
    return {
      watch: watchWorkers({ silentSeconds: 40 }, () => elapsed),
      pass: (seconds: number) => {
        elapsed += seconds * 1000;
      },
    };
  };
  const pulse = { beatSeconds: 0.005, silentSeconds: 40 };

  test("is told from one that beats, and from one that came just now; the time of day has no say in it", () => {
    const { watch, pass } = watching();
    const seen: string[][] = [];
    for (const [a, b] of [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 2],
    ] as const) {
      seen.push(
        watch([
          { name: "a", beats: a },
          { name: "b", beats: b },
        ]),
      );
      pass(20);
    }
    expect(seen).toEqual([[], [], ["b"], []]);
    expect(watch([{ name: "new", beats: 1 }])).toEqual([]);
  });

  test("is beaten at its work by others: what it held is theirs, what was under way is in doubt, and it writes no more", async () => {
    const { database, db, claim, claimOne, send, accept, mend, lines, states } = await open(3);
    const { watch, pass } = watching();
    let woken = () => {};
    const asleep = new Promise<void>((resolve) => {
      woken = resolve;
    });
    let name = "";
    const sleeper = asWorker({ database, pulse: { beatSeconds: 1e6, silentSeconds: 40 } }, async (run) => {
      await run.begin();
      name = run.worker;
      const out = await claimOne(name);
      const next = await claimOne(name);
      await send(out, name);
      await asleep;
      return [await send(next, name, start), await accept(next, name, start)];
    });
    await expect.poll(states).toEqual(["sending", "claimed", "queued"]);
    await mend(start, watch);
    pass(39);
    await mend(start, watch);
    expect(await states()).toEqual(["sending", "claimed", "queued"]);
    pass(1);
    await mend(start, watch);
    expect(await states()).toEqual(["in_doubt", "queued", "queued"]);
    expect((await lines())[0]).toMatchObject({ in_doubt: 1, tries: 1, message_id: "<1@example.org>" });
    expect(await allWorkers(db)).toEqual([]);
    expect(await claim("other")).toHaveLength(3);
    woken();
    expect(await sleeper).toEqual([false, false]);
    expect(await states()).toEqual(["claimed", "claimed", "claimed"]);
  });

  test("is not one that only waits long for its server: it beats, and is forgotten when it is done", async () => {
    const { database, db, claimOne, mend, states } = await open(1);
    const { watch, pass } = watching();
    await asWorker({ database, pulse }, async (run) => {
      await run.begin();
      await claimOne(run.worker);
      await mend(start, watch);
      const [{ beats } = { beats: 0 }] = await allWorkers(db);
      await expect.poll(async () => (await allWorkers(db))[0]?.beats ?? 0).toBeGreaterThan(beats);
      pass(100);
      await mend(start, watch);
      expect(await states()).toEqual(["claimed"]);
    });
    // It held something still, and only whoever holds nothing is forgotten.
    expect(await allWorkers(db)).toHaveLength(1);
    await database.batch([
      forgetWorkers(
        db,
        (await allWorkers(db)).map(({ name }) => name),
      ),
    ]);
    expect(await allWorkers(db)).toHaveLength(1);
    await sql`update deliveries set state = 'queued', worker = null`.execute(db);
    await asWorker({ database, pulse }, async (run) => run.begin());
    expect(await allWorkers(db)).toHaveLength(1);
    await mend(start, watch); // it may have beaten once more
    pass(100);
    await mend(start, watch);
    expect(await allWorkers(db)).toEqual([]);
  });

  test("who finds nothing to do leaves no name", async () => {
    const { database, db } = await open(1);
    await asWorker({ database, pulse }, async () => {});
    expect(await allWorkers(db)).toEqual([]);
  });
});

test("who left meanwhile is withdrawn, with the reason, by whoever holds the letter", async () => {
  const { db, claim, lines } = await open(3);
  const letters = await claim("a");
  const leaving = letters
    .slice(0, 2)
    .map(({ id }, i) => ({ id, reason: i === 0 ? ("left-by-page" as const) : ("erased" as const) }));
  await withdraw(db, leaving, "b", start);
  await withdraw(db, [], "a", start);
  expect((await lines()).map(({ state }) => state)).toEqual(["claimed", "claimed", "claimed"]);
  await withdraw(db, leaving, "a", start);
  expect((await lines()).map(({ state, reason }) => [state, reason])).toEqual([
    ["withdrawn", "left-by-page"],
    ["withdrawn", "erased"],
    ["claimed", null],
  ]);
});

test("a notice is queued with its cause or not at all, and goes the same way", async () => {
  const { database, db, batch } = await open(1);
  const { id: subscriber } = await db.selectFrom("subscribers").select("id").executeTakeFirstOrThrow();
  const notice = {
    kind: "preferences",
    address: "salma@example.org",
    language: "ar",
    data: { subscriber },
  } as const;
  const cause = (state: "on" | "off") =>
    db.updateTable("digests").set({ state }).where("state", "<>", state).compile();
  const old = start.subtract({ hours: 23, minutes: 59 }); // has a minute left when the lease ends
  await batch([cause("off"), queueNoticeIn(db)(notice, start)]);
  await batch([cause("off"), queueNoticeIn(db)(notice, start)]); // changes nothing
  await batch([cause("on"), queueNoticeIn(db)(notice, old)]);
  const claimed = await Promise.all([claimNotices(db, "a", 1, start), claimNotices(db, "b", 40, start)]);
  expect(claimed.flat()).toHaveLength(2);
  const [mine] = claimed.flat().filter(({ id }) => id === 1);
  expect(mine).toMatchObject({ kind: "preferences", address: "salma@example.org", data: '{"subscriber":1}' });
  await recover(database, { table: "notices" }, () => [], leaseEnd);
  await expire(database, { table: "notices" }, leaseEnd);
  const rows = await db.selectFrom("notices").select(["id", "state"]).orderBy("id").execute();
  expect(rows).toEqual([
    { id: 1, state: "queued" },
    { id: 2, state: "expired" },
  ]);
});

test("invented subscribers leave no trace; others stay", async () => {
  const { db, batch, issue, candidates } = await open(3);
  await batch(
    forgetDeliveriesTo(
      db,
      candidates.slice(0, 2).map(({ subscriberId }): SubscriberId => subscriberId),
    ),
  );
  expect(await audienceCounts(db, issue)).toEqual({ deliveries: 1, exclusions: 0 });
});
