import fc from "fast-check";
import { expect, test } from "vitest";
import { articleId } from "../articles/index.ts";
import { changed, inOrder, noHand } from "../digests/hand.ts";
import { listIn, type Move, moved } from "./order.ts";

const ids = (...list: number[]) => list.map(articleId);

test.each<[move: Move, id: number, after: number[]]>([
  [{ act: "up" }, 3, [1, 3, 2, 4]],
  [{ act: "up" }, 1, [1, 2, 3, 4]],
  [{ act: "down" }, 3, [1, 2, 4, 3]],
  [{ act: "down" }, 4, [1, 2, 3, 4]],
  [{ act: "place", place: 1 }, 4, [4, 1, 2, 3]],
  [{ act: "place", place: 3 }, 1, [2, 3, 1, 4]],
  [{ act: "place", place: 99 }, 2, [1, 3, 4, 2]],
  [{ act: "place", place: 1 }, 9, [1, 2, 3, 4]],
])("%j of %i", (move, id, after) => {
  expect(moved(ids(1, 2, 3, 4), articleId(id), move)).toEqual(after);
});

test.each([
  ["4,7,2", [4, 7, 2]],
  ["4", [4]],
  ["", null],
  ["4,,2", null],
  ["4,4", null],
  ["0", null],
  ["4;2", null],
  [Array.from({ length: 51 }, (_, i) => i + 1).join(), null],
])("%s as a list", (text, list) => expect(listIn(text)).toEqual(list));

test("whatever order is wanted of an edition, it stands so: what comes before a pin is pinned", () => {
  const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 });
  const some = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8]);
  fc.assert(
    fc.property(order, some, some, (wanted, pins, before) => {
      const hand = changed({ ...noHand, pins: ids(...pins), order: ids(...before) }, inOrder(ids(...wanted)));
      const standing = [...hand.pins, ...hand.order].filter((id) => wanted.includes(id));
      expect([...new Set(standing)]).toEqual(wanted);
      expect(hand.pins).toEqual(expect.arrayContaining(ids(...pins))); // what was pinned stays in
    }),
  );
});
