import { describe, expect, test } from "vitest";
import {
  counted,
  freely,
  limitsNow,
  type Pace,
  recovered,
  refusedAsSender,
  restsNow,
  shutOut,
  slowedDown,
  troubled,
} from "./rules.ts";

const minute = 60_000;
const fast = { perSecond: 100, atOnce: 10 };
const slowed = (times: readonly number[], pace: Pace = freely) =>
  times.reduce((it, at) => slowedDown(it, fast, "450 4.7.1 slow down", at * minute), pace);

describe("a destination that wants less", () => {
  test("gets half as fast and half as many at once", () =>
    expect(limitsNow(slowed([0]), "destination", 0)).toEqual({ perSecond: 50, atOnce: 5 }));

  test("and half of that the next time", () =>
    expect(limitsNow(slowed([0, 1]), "destination", minute)).toMatchObject({ atOnce: 2 }));

  test.each([
    [[0, 1, 2], true],
    [[0, 9, 9.9], true],
    [[0, 9, 11], false],
    [[0, 1], false],
  ])("asked at minutes %j: it rests: %s", (times, rests) => {
    const end = (times.at(-1) ?? 0) * minute;
    expect(restsNow(slowed(times), end)).toBe(rests);
    if (rests) expect(slowed(times).restsUntil).toBe(end + 15 * minute);
  });

  test("the limit doubles each half hour, and is gone where it was before", () => {
    const pace = slowed([0]);
    expect(limitsNow(pace, "destination", 15 * minute).perSecond).toBeCloseTo(70.7, 1);
    expect(limitsNow(pace, "destination", 30 * minute)).toEqual({ perSecond: Infinity, atOnce: Infinity });
  });

  test("after a rest one at a time", () => {
    const pace = slowed([0, 1, 2]);
    expect(limitsNow(pace, "destination", 17 * minute).atOnce).toBe(1);
    expect(limitsNow(pace, "destination", 48 * minute).atOnce).toBe(2);
  });

  test("a clock that is set back changes no limit", () =>
    expect(limitsNow(slowed([60]), "destination", 0)).toEqual({ perSecond: 50, atOnce: 5 }));
});

test("a server in trouble: half the connections, soon back", () => {
  const pace = troubled(freely, { perSecond: 5, atOnce: 8 }, 0);
  expect(limitsNow(pace, "transport", 0)).toEqual({ perSecond: Infinity, atOnce: 4 });
  expect(limitsNow(pace, "transport", 2 * minute)).toEqual({ perSecond: Infinity, atOnce: Infinity });
});

test("where we are not let in each rest is longer than the one before, and a letter that goes through ends that", () => {
  let pace = freely;
  const rests: number[] = [];
  for (let now = 0, i = 0; i < 7; i++) {
    pace = shutOut(pace, "535 no", now);
    rests.push(((pace.restsUntil ?? 0) - now) / minute);
    expect(shutOut(pace, "535 no", now + 1)).toBe(pace); // others that were under way
    now = pace.restsUntil ?? 0;
  }
  expect(rests).toEqual([15, 30, 60, 120, 240, 240, 240]);
  expect(recovered(pace)).toMatchObject({ rests: 0, restsUntil: null });
});

describe("whoever refuses us", () => {
  const many = (refusals: readonly boolean[]) =>
    refusals.reduce((it, no) => (no ? refusedAsSender(it, "550 5.7.1 no", 0) : counted(it, 0)), freely);
  test.each<[string, boolean[], boolean]>([
    ["ten in a row", Array(10).fill(true), true],
    ["nine in a row", Array(9).fill(true), false],
    ["nine, one that is taken, nine", [...Array(9).fill(true), false, ...Array(9).fill(true)], true],
    ["ten of two hundred", Array.from({ length: 200 }, (_, i) => i % 20 === 19), true],
    ["ten of three hundred", Array.from({ length: 300 }, (_, i) => i % 30 === 29), false],
  ])("%s: rests: %s", (_, refusals, rests) => expect(restsNow(many(refusals), 0)).toBe(rests));
});
