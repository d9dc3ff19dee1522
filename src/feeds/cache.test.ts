import fc from "fast-check";
import { expect, test } from "vitest";
import { type Document, documents } from "./cache.ts";

const document = (name: string, length: number, version = "1"): Document => ({
  name,
  version,
  title: "",
  identity: new Uint8Array(length),
  gzip: new Uint8Array(1),
  br: null,
  hash: "",
  lastModified: null,
});

test("the least used goes first", () => {
  const store = documents(30);
  for (const name of ["a", "b", "c"]) store.keep(document(name, 9));
  store.get("a", "1");
  store.keep(document("d", 9));
  expect(["a", "b", "c", "d"].filter((name) => store.get(name, "1"))).toEqual(["a", "c", "d"]);
});

test("another version is another document", () => {
  const store = documents(100);
  store.keep(document("a", 9));
  expect(store.get("a", "2")).toBeUndefined();
  store.keep(document("a", 19, "2"));
  expect([store.get("a", "1"), store.bytes()]).toEqual([undefined, 20]);
});

test("an encoding that comes late counts too; for a document that was replaced meanwhile it is dropped", () => {
  const store = documents(30);
  const [old, current] = [document("a", 9), document("a", 9, "2")];
  store.keep(old);
  store.keep(document("b", 9));
  store.keep(current);
  store.addBrotli(old, new Uint8Array(5));
  expect([old.br, store.bytes()]).toEqual([null, 20]);
  store.addBrotli(current, new Uint8Array(5));
  store.addBrotli(current, new Uint8Array(5));
  expect(store.bytes()).toBe(25);
  store.addBrotli(store.get("b", "1") ?? old, new Uint8Array(6));
  expect([store.get("a", "2"), store.bytes()]).toEqual([undefined, 16]);
});

test("whatever is kept, the bound holds and the count is true", () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.nat(60), fc.nat(20))), (kept) => {
      const store = documents(100);
      for (const [name, length, br] of kept) {
        store.keep(document(name, length));
        const found = store.get(name, "1");
        if (found && br > 0) store.addBrotli(found, new Uint8Array(br));
      }
      const sizes = ["a", "b", "c", "d"].map((name) => {
        const found = store.get(name, "1");
        return found ? found.identity.length + 1 + (found.br?.length ?? 0) : 0;
      });
      expect(store.bytes()).toBe(sizes.reduce((sum, size) => sum + size, 0));
      expect(store.bytes()).toBeLessThanOrEqual(100);
    }),
  ));
