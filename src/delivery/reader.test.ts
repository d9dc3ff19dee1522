// The letters of one reader: what is kept of them, and what is left once the reader is erased.
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { claimNotices, release } from "./claim.ts";
import { deadline, open, start } from "./ledger.fixture.ts";
import { audienceCounts } from "./ledger.ts";
import { addressesOf, blankLetters, lettersOf, readerOfMessage } from "./reader.ts";

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
