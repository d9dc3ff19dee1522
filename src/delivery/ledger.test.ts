import { describe, expect, test } from "vitest";
import type { SubscriberId } from "../subscribers/index.ts";
import { claimNotices, expire, recover } from "./claim.ts";
import { leaseEnd, open, start } from "./ledger.fixture.ts";
import {
  accountOf,
  audienceCounts,
  forgetAccountOf,
  forgetDeliveriesTo,
  keepAccount,
  ledgerPage,
  queueNoticeIn,
} from "./ledger.ts";

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
