import { expect, test } from "vitest";
import { exclusion, mayAsk, type SubscriberState, type Subscription, sectionsKey } from "./consent.ts";

const now = Temporal.Instant.from("2026-03-01T05:00:00Z");
const active: Subscription = { state: "active" };
const pausedUntil = (until: string | null): Subscription => ({
  state: "paused",
  until: until === null ? null : Temporal.Instant.from(until),
});

test.each<[SubscriberState, Subscription | null, boolean, string | null]>([
  ["confirmed", active, false, null],
  ["confirmed", active, true, "suppressed"],
  ["confirmed", { state: "pending" }, false, "pending"],
  ["confirmed", pausedUntil("2026-03-01T05:00:01Z"), false, "paused"],
  ["confirmed", pausedUntil("2026-03-01T05:00:00Z"), false, null],
  ["confirmed", pausedUntil(null), false, "paused"],
  ["confirmed", { state: "left", by: "one-click" }, false, "left-by-one-click"],
  ["confirmed", { state: "left", by: "page" }, false, "left-by-page"],
  ["confirmed", { state: "left", by: "page" }, true, "suppressed"],
  ["confirmed", null, false, "left"],
  ["pending", active, false, "pending"],
  ["pending", { state: "pending" }, true, "suppressed"],
  ["left", { state: "left", by: "one-click" }, false, "left-by-one-click"],
  ["left", { state: "pending" }, false, "pending"],
  ["left", active, false, "left"],
  ["left", null, false, "left"],
  ["suppressed", active, false, "suppressed"],
  ["erased", active, true, "erased"],
])("%s, %j, suppressed %s: %s", (subscriber, subscription, suppressed, why) =>
  expect(exclusion(subscriber, subscription, suppressed, now)).toBe(why),
);

test.each<[SubscriberState, Subscription["state"] | null, number, boolean]>([
  ["pending", null, 0, true],
  ["pending", "pending", 2, true],
  ["pending", "pending", 3, false],
  ["confirmed", "active", 0, false],
  ["confirmed", "paused", 0, false],
  ["confirmed", "pending", 0, true],
  ["confirmed", "left", 0, true],
  ["confirmed", null, 0, true],
  ["left", "left", 0, true],
  ["left", "left", 3, false],
  ["suppressed", null, 0, false],
  ["erased", null, 0, false],
])("%s with a %s subscription, asked %i times today: %s", (subscriber, subscription, asked, may) =>
  expect(mayAsk(subscriber, subscription, asked)).toBe(may),
);

test.each([
  [[], ""],
  [[7], "[7]"],
  [[10, 9, 10, 1], "[1,9,10]"],
])("the key of %j is %j", (sections, key) => expect(sectionsKey(sections)).toBe(key));
