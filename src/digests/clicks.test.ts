import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Click, clickScores, type Shown, withoutRobots } from "./clicks.ts";

const click = (story: number, seconds: number, letter = 1): Click => ({ letter, story, seconds });

describe("robots", () => {
  test.each<[string, Click[], number[]]>([
    ["one story, an hour later: a reader", [click(1, 3600)], [1]],
    ["the same story twice counts once", [click(1, 60), click(1, 90)], [1]],
    ["two at once: tabs", [click(1, 60), click(2, 61)], [1, 2]],
    ["three at once: a scanner", [click(1, 60), click(2, 61), click(3, 62)], []],
    ["before anybody can have read", [click(1, 2)], []],
    ["three in a quarter of an hour: a reader", [click(1, 60), click(2, 300), click(3, 900)], [1, 2, 3]],
    [
      "a scanner, then a reader of the same letter",
      [click(1, 20), click(2, 20), click(3, 21), click(2, 4000)],
      [2],
    ],
    ["a scanner that takes its time between links", [20, 25, 30, 35, 40].map((at, i) => click(i, at)), []],
    ["one link of each of three letters", [1, 2, 3].map((letter) => click(1, 60, letter)), [1, 1, 1]],
  ])("%s", (_, clicks, left) => {
    expect(withoutRobots(clicks).map(({ story }) => story)).toEqual(left);
    expect(
      withoutRobots(clicks.toReversed())
        .map(({ story }) => story)
        .sort(),
    ).toEqual(left.toSorted());
  });
});

describe("scores", () => {
  const shown = (...stories: [position: number, letters: number][]): Shown[] =>
    stories.map(([position, letters], i) => ({ story: i + 1, position, letters }));
  const clicks = (...counts: number[]) =>
    counts.flatMap((count, i) => Array.from({ length: count }, (_, letter) => click(i + 1, 60, letter)));

  test("nobody clicked: nothing was measured", () => expect(clickScores(shown([1, 10]), []).size).toBe(0));
  test("nothing was shown: nothing was measured", () => expect(clickScores([], clicks(3)).size).toBe(0));
  test("as many at the fifth place as at the first say more", () => {
    const scores = clickScores(shown([1, 1000], [5, 1000]), clicks(50, 50));
    expect(scores.get(2) ?? 0).toBeGreaterThan((scores.get(1) ?? 0) + 0.2);
  });
  test("the average scores nothing, and twice the average about a half", () => {
    expect(clickScores(shown([1, 1000]), clicks(40)).get(1)).toBeCloseTo(0, 10);
    const places: [number, number][] = [[1, 1_000_000], ...Array(99).fill([1, 1_000_000])];
    const scores = clickScores(shown(...places), clicks(200, ...Array(99).fill(99)));
    expect(scores.get(1)).toBeCloseTo(0.5, 2);
  });
  test("one click on one letter is no finding", () => {
    const scores = clickScores(shown([1, 1000], [1, 1]), clicks(50, 1));
    expect(scores.get(2) ?? 1).toBeLessThan(0.6);
  });
  test("what was shown in no letter says nothing, even where somebody followed it", () => {
    expect(clickScores(shown([1, 0]), clicks(1))).toEqual(new Map());
  });
  test("always in 0..1, and more clicks never lower a score", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.nat(2000)), { minLength: 1, maxLength: 10 }),
        fc.array(fc.nat(30), { minLength: 10, maxLength: 10 }),
        (places, counts) => {
          const before = clickScores(shown(...places), clicks(...counts));
          for (const value of before.values()) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
          }
          const after = clickScores(shown(...places), clicks((counts[0] ?? 0) + 5, ...counts.slice(1)));
          if (before.size > 0) expect(after.get(1) ?? 0).toBeGreaterThanOrEqual((before.get(1) ?? 0) - 1e-12);
        },
      ),
    ));
});

/** Numbers from 0 to 1, the same each time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How well one order agrees with another, -1 to 1 (Spearman). */
function agreement(a: readonly number[], b: readonly number[]): number {
  const places = (values: readonly number[]) => {
    const sorted = values.toSorted((x, y) => x - y);
    return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
  };
  const [x, y] = [places(a), places(b)];
  const middle = (a.length - 1) / 2;
  const sum = (f: (i: number) => number) => a.reduce((total, _, i) => total + f(i), 0);
  const part = (values: readonly number[], i: number) => (values[i] ?? 0) - middle;
  return (
    sum((i) => part(x, i) * part(y, i)) / Math.sqrt(sum((i) => part(x, i) ** 2) * sum((i) => part(y, i) ** 2))
  );
}

test("a twentieth of letters goes through scanners: with them the scores are noise, without them they are not", () => {
  const random = randomOf(7);
  const appeal = Array.from({ length: 60 }, () => random() ** 2);
  const shown: Shown[] = [];
  const clicks: Click[] = [];
  let letter = 0;
  for (let issue = 0; issue < 30; issue++) {
    const stories = Array.from({ length: 8 }, (_, i) => (issue * 2 + i * 7) % appeal.length).sort(
      () => random() - 0.5,
    );
    const letters = 200;
    for (const [i, story] of stories.entries()) shown.push({ story, position: i + 1, letters });
    for (let i = 0; i < letters; i++) {
      letter++;
      if (random() < 0.05)
        for (const story of stories)
          clicks.push({ letter, story, seconds: 3 + 4 * random() + (letter % 50) });
      for (const [place, story] of stories.entries())
        if (random() < 0.06 * (appeal[story] ?? 0) * (1 / (place + 1) ** 0.7))
          clicks.push({ letter, story, seconds: 60 + 8000 * random() });
    }
  }
  const said = (of: readonly Click[]) => {
    const scores = clickScores(shown, of);
    const known = [...scores.keys()];
    return agreement(
      known.map((story) => scores.get(story) ?? 0),
      known.map((story) => appeal[story] ?? 0),
    );
  };
  expect(said(withoutRobots(clicks))).toBeGreaterThan(0.7);
  expect(said(clicks)).toBeLessThan(0.4);
});
