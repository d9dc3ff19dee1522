// A site changes while it is read page by page; whatever stood all the time is seen.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { askFrom, overlap, type Place, start, step } from "./scan.ts";

const perPage = 20;

/** Reads a site of these ids; between two pages something happens to it. */
function readAll(
  ids: Set<number>,
  happens: (page: number) => void,
  { hidden = new Set<number>(), total = true, order = (a: number, b: number) => a - b } = {},
): { seen: Set<number>; pages: number } {
  const seen = new Set<number>();
  let place: Place | null = start;
  let pages = 0;
  for (; place !== null; pages++) {
    if (pages > 2000) throw new Error("It never ends.");
    const all = [...ids].sort(order);
    const from = askFrom(place);
    const page = all.slice(from, from + perPage).filter((id) => !hidden.has(id));
    const { fresh, next } = step(place, { ids: page, perPage, total: total ? all.length : null });
    for (const id of fresh) seen.add(id);
    place = next;
    happens(pages);
  }
  return { seen, pages };
}

const upTo = (count: number) => new Set(Array.from({ length: count }, (_, i) => i + 1));

test.each([
  [0, 1],
  [1, 1],
  [perPage, 1],
  [perPage + 1, 2],
  [100, 7],
])("%i posts, of which none changes, take %i pages", (count, pages) =>
  expect(readAll(upTo(count), () => {})).toEqual({ seen: upTo(count), pages }),
);

test("what stands all the time is seen, whatever is deleted and added meanwhile", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 150 }),
      fc.array(
        fc.record({
          deleted: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 40 }),
          added: fc.uniqueArray(fc.integer({ min: 1, max: 260 }), { maxLength: 20 }),
        }),
        { maxLength: 30 },
      ),
      fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { maxLength: 60 }),
      fc.boolean(),
      (count, changes, unreadable, total) => {
        // Without a total a page that is not full is the last: then nothing may be left out of it.
        const hidden = new Set(total ? unreadable : []);
        const ids = upTo(count);
        const always = new Set([...ids].filter((id) => !hidden.has(id)));
        const { seen } = readAll(
          ids,
          (page) => {
            for (const id of changes[page]?.deleted ?? []) {
              ids.delete(id);
              always.delete(id);
            }
            for (const id of changes[page]?.added ?? []) ids.add(id);
          },
          { hidden, total },
        );
        expect([...always].filter((id) => !seen.has(id))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  ));

describe("a page on which", () => {
  const place: Place = { offset: 100, lastId: 500, mark: 500, shared: overlap };
  test("the last post is seen again brings what follows it", () =>
    expect(step(place, { ids: [498, 500, 503, 510], perPage, total: 1000 })).toEqual({
      fresh: [503, 510],
      next: { offset: 100 - overlap + perPage, lastId: 510, mark: 510, shared: overlap },
    }));
  test("it is not, brings nothing, and the page before is asked for", () => {
    const { fresh, next } = step(place, { ids: [503, 510], perPage, total: 1000 });
    expect(fresh).toEqual([]);
    expect(next && askFrom(next)).toBe(100 - overlap - perPage);
  });
  test("another order reigns, is taken as it comes", () =>
    expect(step(start, { ids: [9, 3, 7], perPage: 3, total: 6 })).toEqual({
      fresh: [9, 3, 7],
      next: { offset: 3, lastId: 0, mark: 0, shared: 0 },
    }));
});

test("a long row of posts that visitors may not read holds up nobody", () =>
  expect(
    readAll(upTo(200), () => {}, { hidden: new Set(Array.from({ length: 110 }, (_, i) => 31 + i)) }).seen,
  ).toEqual(new Set([...upTo(30), ...Array.from({ length: 60 }, (_, i) => 141 + i)])));

test("a site with an order of its own is read to its end", () =>
  expect(readAll(upTo(95), () => {}, { order: (a, b) => b - a }).seen).toEqual(upTo(95)));
