// Letters that a server may have taken, held for a person.
import { type Kysely, sql } from "kysely";
import { describe, expect, test } from "vitest";
import { issueById } from "../digests/index.ts";
import { decideDoubts, doubtsPage } from "./doubts.ts";
import { deadline, leaseEnd, open } from "./ledger.fixture.ts";
import { accountOf, type DeliveryTables, hasOpen, keepAccount } from "./ledger.ts";

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
