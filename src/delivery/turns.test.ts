import { expect, test } from "vitest";
import { claimingByTurns } from "./turns.ts";

/** Letters by destination, claimed two at a time; `held` says of which none or fewer may be claimed. */
function desk(letters: Record<string, number>, held: Record<string, number | "closed"> = {}) {
  const asked: string[] = [];
  const left = new Map(Object.entries(letters));
  let breaths = 0;
  const claim = claimingByTurns(
    {
      async due() {
        asked.push("?");
        return [...left].flatMap(([name, count]) => (count > 0 ? name : []));
      },
      room: async (name, wanted) => held[name] ?? wanted,
      async claim(name, most) {
        asked.push(name);
        const count = Math.min(left.get(name) ?? 0, most);
        left.set(name, (left.get(name) ?? 0) - count);
        return Array.from({ length: count }, () => name);
      },
      breath: async () => ++breaths < 3,
    },
    2,
  );
  const all = async () => {
    const claims: string[] = [];
    for (let got = await claim(); got !== null; got = await claim()) claims.push(got.join());
    return claims;
  };
  return { asked, left, claim, all };
}

test("a large destination waits for its turn like a small one, and none is asked that has nothing more", async () => {
  const { asked, all } = desk({ gmail: 5, other: 3, zoho: 1 });
  expect(await all()).toEqual(["gmail,gmail", "other,other", "zoho", "gmail,gmail", "other", "gmail"]);
  expect(asked).toEqual(["?", "gmail", "other", "zoho", "gmail", "other", "gmail", "?"]);
});

test("what is due later is found when the others are done", async () => {
  const { left, claim } = desk({ gmail: 1 });
  expect(await claim()).toEqual(["gmail"]);
  left.set("other", 1);
  expect(await claim()).toEqual(["other"]);
  expect(await claim()).toBeNull();
});

test("one that rests is not asked at all, and holds up nobody", async () => {
  const { asked, all } = desk({ gmail: 1_000_000, other: 3 }, { gmail: "closed" });
  expect(await all()).toEqual(["other,other", "other"]);
  expect(asked).not.toContain("gmail");
});

test("one that is slow gives what it may, and is waited for when the others are done", async () => {
  const { all } = desk({ gmail: 2, other: 3 }, { gmail: 1 });
  expect(await all()).toEqual(["gmail", "other,other", "gmail", "other"]);
  const held = desk({ gmail: 2, other: 1 }, { gmail: 0 });
  expect(await held.all()).toEqual(["other", "", ""]); // breaths, until they are no use
});

test("where others claim all that is due, it ends", async () => {
  const { claim, left } = desk({ gmail: 0 });
  left.set("gmail", 0);
  expect(await claim()).toBeNull();
});
