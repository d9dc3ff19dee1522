import { expect, test } from "vitest";
import { atOtherSlot, slotsKey } from "./slots.ts";

test.each([
  [[], ""],
  [["evening"], '["evening"]'],
  [["morning", "evening", "morning"], '["evening","morning"]'],
])("the key of %j is %s", (chosen, key) => expect(slotsKey(chosen)).toBe(key));

test.each<[chosen: string[], slot: string, why: string | null]>([
  [[], "morning", null],
  [["morning"], "morning", null],
  [["morning"], "evening", "other-slot"],
  [["morning", "evening"], "evening", null],
  [["noon", "evening"], "morning", "other-slot"],
  [["noon"], "morning", null], // a slot that is no more: better too many than none for ever
  [["evening"], "extra-1", null], // sent by hand
  [["evening"], "sample", null],
])("who chose %j and the issue of %s: %s", (chosen, slot, why) =>
  expect(atOtherSlot(slotsKey(chosen), { slot, digestSlots: ["morning", "evening"] })).toBe(why),
);
