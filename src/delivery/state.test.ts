import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SendOutcome, Stage } from "../platform/index.ts";
import { outcomeOf } from "./state.ts";

const refused = (reply: string, stage: Stage = "rcpt"): SendOutcome => ({
  kind: "refused",
  code: Number(reply.slice(0, 3)),
  reply,
  stage,
});

test.each<[SendOutcome, string]>([
  [{ kind: "accepted", reply: "250 ok" }, "accepted"],
  [refused("421 later"), "deferred"],
  [refused("450 busy"), "deferred"],
  [refused("452 too many"), "deferred"],
  [refused("499 ?"), "deferred"],
  [refused("500 what"), "deferred"],
  [refused("550 5.1.1 unknown"), "rejected"],
  [refused("571 no"), "rejected"],
  [{ kind: "not-sent", reply: "ECONNREFUSED" }, "deferred"],
  [{ kind: "in-doubt", reply: "closed" }, "in_doubt"],
])("%j: %s", (result, state) => {
  const outcome = outcomeOf(result, 1, 0.5);
  expect(outcome.state).toBe(state);
  expect(outcome.reply).toBe(result.reply);
  expect("retryAfterSeconds" in outcome).toBe(state === "deferred" || state === "in_doubt");
});

describe("a row's own delay comes before that of the tries", () => {
  test.each<[SendOutcome, number, number, number]>([
    [refused("451 4.7.1 Greylisted"), 1, 300, 420],
    [refused("450 busy"), 1, 300, 420],
    [refused("451 4.7.1 Greylisted"), 2, 240, 360],
    [refused("452 4.2.2 full"), 1, 48, 72],
    [refused("421 4.3.2 closing"), 7, 48, 72],
    [refused("451 4.3.0 try again"), 7, 48, 72],
    [{ kind: "not-sent", reply: "ECONNREFUSED" }, 7, 48, 72],
    [{ kind: "not-sent", reply: "535 no", fault: "credentials" }, 7, 48, 72],
    [refused("503 5.5.1 what?", "mail"), 1, 2880, 4320],
  ])("%j in try %i: %i to %i seconds", (result, tries, from, to) => {
    const seconds = [0, 1].map((spread) => {
      const outcome = outcomeOf(result, tries, spread);
      return "retryAfterSeconds" in outcome ? outcome.retryAfterSeconds : null;
    });
    expect(seconds).toEqual([from, to]);
  });
});

describe("it is tried again", () => {
  const wait = (tries: number, spread: number) => {
    const outcome = outcomeOf(refused("499 later"), tries, spread);
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
