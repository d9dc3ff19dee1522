import { describe, expect, test } from "vitest";
import { shared, turns } from "./shared.ts";

/** Work that ends when told. */
function task<T>() {
  const begun: PromiseWithResolvers<T>[] = [];
  const work = () => {
    const promise = Promise.withResolvers<T>();
    begun.push(promise);
    return promise.promise;
  };
  return { begun, work };
}

describe("shared work", () => {
  test("many ask at once, it is done once; the next asks anew", async () => {
    const { begun, work } = task<number>();
    const kept: number[] = [];
    const { join } = shared<number>();
    const all = Array.from({ length: 50 }, () => join("x", work, (n) => kept.push(n)));
    begun[0]?.resolve(1);
    expect(new Set(await Promise.all(all))).toEqual(new Set([1]));
    const next = join("x", work, (n) => kept.push(n));
    begun[1]?.resolve(2);
    expect(await next).toBe(2);
    expect([begun.length, kept]).toEqual([2, [1, 2]]);
  });

  test("a failure is told to all who waited, and is not kept", async () => {
    const { begun, work } = task<number>();
    const { join } = shared<number>();
    const all = [join("x", work, () => {}), join("x", work, () => {})];
    begun[0]?.reject(new Error("no"));
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(
      await join(
        "x",
        async () => 7,
        () => {},
      ),
    ).toBe(7);
  });
});

test("what was begun before `forget` is not kept, and nobody waits for it", async () => {
  const { begun, work } = task<string>();
  const kept: string[] = [];
  const { join, forget } = shared<string>();
  const before = join("x", work, (it) => kept.push(it));
  forget("x");
  const after = join("x", work, (it) => kept.push(it));
  begun[1]?.resolve("new");
  expect(await after).toBe("new");
  begun[0]?.resolve("old");
  expect([await before, kept]).toEqual(["old", ["new"]]);
});

test("one piece of work at a time, what is lesser last, and a failure holds up nobody", async () => {
  const inTurn = turns();
  const order: string[] = [];
  let atOnce = 0;
  const work = (name: string) => async () => {
    atOnce += 1;
    order.push(`${name} ${atOnce}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    atOnce -= 1;
    if (name === "fails") throw new Error("no");
  };
  const all = [
    inTurn(false, work("first")),
    inTurn(true, work("lesser")),
    inTurn(false, work("fails")),
    inTurn(false, work("last")),
  ];
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(order).toEqual(["first 1", "fails 1", "last 1", "lesser 1"]);
});
