// What was seen of providers' events, on both databases.
import { expect, test } from "vitest";
import { openLedger, start } from "../feedback/letters.fixture.ts";
import { forgetWebhookEvents, noteEvents, seenEvents, takeToken } from "./store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("events are seen once noted, and noted as often as one likes", async () => {
  const { db } = await openLedger();
  await noteEvents(db, ["a:1", "a:2"], start);
  await noteEvents(db, ["a:2", "a:3", "a:3"], start);
  await noteEvents(db, [], start);
  expect([...(await seenEvents(db, ["a:1", "a:3", "a:4", "'; drop table feedback"]))].sort()).toEqual([
    "a:1",
    "a:3",
  ]);
});

test("a token serves one body, at once and later", async () => {
  const { db } = await openLedger();
  const taken = await Promise.all(["x", "y", "x"].map((body) => takeToken(db, "t", bytes(body), start)));
  expect([taken[0] === taken[2], taken[0] !== taken[1]]).toEqual([true, true]);
  expect(await takeToken(db, "u", bytes("y"), start)).toBe(true);
});

test("what nobody sends again is forgotten", async () => {
  const { db } = await openLedger();
  await noteEvents(db, ["a:1"], start);
  await noteEvents(db, ["a:2"], start.add({ hours: 24 * 5 }));
  await forgetWebhookEvents(db, start.add({ hours: 24 * 8 }));
  expect([...(await seenEvents(db, ["a:1", "a:2"]))]).toEqual(["a:2"]);
});
