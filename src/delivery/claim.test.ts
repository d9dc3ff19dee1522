// Letters move from state to state: nobody twice, nobody lost, and nothing booked by whoever lost the right to.
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { type IssueId, issueById, type PauseReason, pauseIssue, resumeIssue } from "../digests/index.ts";
import type { SubscriberId } from "../subscribers/index.ts";
import { claimDeliveries, destinationsDue, release, withdraw, withdrawClaimed } from "./claim.ts";
import { deadline, leaseEnd, open, start } from "./ledger.fixture.ts";
import { accountOf, hasOpen } from "./ledger.ts";
import { lettersTo } from "./why.ts";

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
