import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SendOutcome } from "../platform/index.ts";
import { outcomeOf } from "./state.ts";

test.each<[SendOutcome, string]>([
  [{ kind: "accepted", reply: "250 ok" }, "accepted"],
  [{ kind: "refused", code: 421, reply: "421 later" }, "deferred"],
  [{ kind: "refused", code: 450, reply: "450 busy" }, "deferred"],
  [{ kind: "refused", code: 452, reply: "452 too many" }, "deferred"],
  [{ kind: "refused", code: 499, reply: "499 ?" }, "deferred"],
  [{ kind: "refused", code: 500, reply: "500 what" }, "rejected"],
  [{ kind: "refused", code: 550, reply: "550 5.1.1 unknown" }, "rejected"],
  [{ kind: "refused", code: 571, reply: "571 no" }, "rejected"],
  [{ kind: "not-sent", reply: "ECONNREFUSED" }, "deferred"],
  [{ kind: "in-doubt", reply: "closed" }, "in_doubt"],
])("%j: %s", (result, state) => {
  const outcome = outcomeOf(result, 1, 0.5);
  expect(outcome.state).toBe(state);
  expect(outcome.reply).toBe(result.reply);
  expect("retryAfterSeconds" in outcome).toBe(state === "deferred" || state === "in_doubt");
});

describe("it is tried again", () => {
  const wait = (tries: number, spread: number) => {
    const outcome = outcomeOf({ kind: "refused", code: 451, reply: "" }, tries, spread);
    return "retryAfterSeconds" in outcome ? outcome.retryAfterSeconds : null;
  };
  test.each([
    [1, 1],
    [2, 5],
    [3, 15],
    [4, 30],
    [5, 60],
    [6, 60],
    [1000, 60],
  ])("after try %i in %i minutes, a fifth more or less", (tries, minutes) => {
    expect(wait(tries, 0.5)).toBe(minutes * 60);
    expect(wait(tries, 0)).toBe(minutes * 48);
    expect(wait(tries, 1)).toBe(minutes * 72);
  });

  test("never at once, never sooner than after the try before", () =>
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (tries, spread) => {
        const seconds = wait(tries, spread) ?? 0;
        expect(seconds).toBeGreaterThanOrEqual(48);
        expect(wait(tries + 1, spread)).toBeGreaterThanOrEqual(tries === 0 ? 48 : seconds);
      }),
    ));
});
