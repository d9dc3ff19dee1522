import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { documents, readings, shared } from "./cache.ts";

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

describe("readings", () => {
  test.each([
    [0, 999, 1],
    [0, 1000, 2],
    [5000, 4000, 2], // the clock was set back
  ])("read at %i and %i: %i readings", async (first, second, times) => {
    const reading = readings<number>();
    let count = 0;
    await reading.get("x", first, async () => ++count);
    await reading.get("x", second, async () => ++count);
    expect(count).toBe(times);
  });

  test("what was read before `forget` is not remembered after it, though it arrives later", async () => {
    const { begun, work } = task<string>();
    const reading = readings<string>();
    const before = reading.get("x", 0, work);
    reading.forget("x");
    const after = reading.get("x", 0, work);
    begun[1]?.resolve("new");
    expect(await after).toBe("new");
    begun[0]?.resolve("old");
    expect(await before).toBe("old");
    expect(await reading.get("x", 1, work)).toBe("new");
  });
});

describe("documents", () => {
  const document = (length: number, version = "1") => ({
    version,
    identity: new Uint8Array(length),
    gzip: new Uint8Array(1),
    hash: "",
    lastModified: null,
  });

  test("the least used goes first", () => {
    const store = documents(30);
    for (const name of ["a", "b", "c"]) store.keep(name, document(9));
    store.get("a", "1");
    store.keep("d", document(9));
    expect(["a", "b", "c", "d"].filter((name) => store.get(name, "1"))).toEqual(["a", "c", "d"]);
  });

  test("another version is another document", () => {
    const store = documents(100);
    store.keep("a", document(9));
    expect(store.get("a", "2")).toBeUndefined();
    store.keep("a", document(19, "2"));
    expect([store.get("a", "1"), store.bytes()]).toEqual([undefined, 20]);
  });

  test("whatever is kept, the bound holds and the count is true", () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.nat(60))), (kept) => {
        const store = documents(100);
        for (const [name, length] of kept) store.keep(name, document(length));
        const sizes = ["a", "b", "c", "d"].map((name) => {
          const found = store.get(name, "1");
          return found ? found.identity.length + 1 : 0;
        });
        expect(store.bytes()).toBe(sizes.reduce((sum, size) => sum + size, 0));
        expect(store.bytes()).toBeLessThanOrEqual(100);
      }),
    ));
});
