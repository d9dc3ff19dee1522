import { expect, test } from "vitest";
import { claimingByTurns } from "./turns.ts";

/** Letters by destination, claimed two at a time. */
function desk(letters: Record<string, number>) {
  const asked: string[] = [];
  const left = new Map(Object.entries(letters));
  const claim = claimingByTurns(
    async () => {
      asked.push("?");
      return [...left].flatMap(([name, count]) => (count > 0 ? name : []));
    },
    async (name) => {
      asked.push(name);
      const count = Math.min(left.get(name) ?? 0, 2);
      left.set(name, (left.get(name) ?? 0) - count);
      return Array.from({ length: count }, () => name);
    },
    2,
  );
  return { asked, left, claim };
}

test("a large destination waits for its turn like a small one, and none is asked that has nothing more", async () => {
  const { asked, claim } = desk({ gmail: 5, other: 3, zoho: 1 });
  const claims: string[][] = [];
  for (let got = await claim(); got.length > 0; got = await claim()) claims.push(got);
  expect(claims.map((it) => it.join())).toEqual([
    "gmail,gmail",
    "other,other",
    "zoho",
    "gmail,gmail",
    "other",
    "gmail",
  ]);
  expect(asked).toEqual(["?", "gmail", "other", "zoho", "gmail", "other", "gmail", "?"]);
});

test("what is due later is found when the others are done", async () => {
  const { left, claim } = desk({ gmail: 1 });
  expect(await claim()).toEqual(["gmail"]);
  left.set("other", 1);
  expect(await claim()).toEqual(["other"]);
  expect(await claim()).toEqual([]);
});

test("where others claim all that is due, it ends", async () => {
  const claim = claimingByTurns(
    async () => ["gmail", "other"],
    async () => [],
    2,
  );
  expect(await claim()).toEqual([]);
});
