import { expect, test } from "vitest";
import {
  exclusion,
  type Frequency,
  otherSections,
  type SubscriberState,
  type Subscription,
  sectionsKey,
  tooSoon,
  wantsBreaking,
} from "./consent.ts";

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

test.each<[Frequency, string | null, string, string | null]>([
  ["each", "2026-03-01", "2026-03-01", null],
  ["daily", null, "2026-03-01", null],
  ["daily", "2026-03-01", "2026-03-01", "had-today"],
  ["daily", "2026-02-28", "2026-03-01", null],
  ["weekly", null, "2026-03-01", null],
  ["weekly", "2026-03-01", "2026-03-01", "had-this-week"],
  ["weekly", "2026-02-23", "2026-03-01", "had-this-week"],
  ["weekly", "2026-02-22", "2026-03-01", null],
  ["weekly", "2025-12-31", "2026-03-01", null],
])("who wants %s issue and had one on %s: that of %s", (frequency, last, issue, why) =>
  expect(
    tooSoon(frequency, last === null ? null : Temporal.PlainDate.from(last), Temporal.PlainDate.from(issue)),
  ).toBe(why),
);

test.each([
  [[], ""],
  [[7], "[7]"],
  [[10, 9, 10, 1], "[1,9,10]"],
])("the key of %j is %j", (sections, key) => expect(sectionsKey(sections)).toBe(key));

test.each<[Frequency, 0 | 1 | null, boolean]>([
  ["each", null, true], // wants every issue, and never said anything else
  ["daily", null, false], // asked for few mails, and gets no more unasked
  ["weekly", null, false],
  ["each", 0, false],
  ["each", 1, true],
  ["weekly", 1, true],
  ["weekly", 0, false],
])("who wants %s issue and said %j of breaking news gets it: %j", (frequency, breaking, wants) =>
  expect(wantsBreaking({ frequency, breaking })).toBe(wants),
);

test.each([
  ["", [4], null],
  ["", [], null],
  ["[4,7]", [7], null],
  ["[4,7]", [1, 4], null],
  ["[4,7]", [1], "other-sections"],
  ["[4]", [], "other-sections"],
])("a choice of %j and an article in %j: %j", (key, sections, why) =>
  expect(otherSections(key, sections)).toBe(why),
);
