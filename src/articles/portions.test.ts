import fc from "fast-check";
import { expect, test } from "vitest";
import { portions } from "./portions.ts";

test("portions hold everything in its order, and none but a single thing is larger than a parameter may be", () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 900_000 })), (sizes) => {
      const all = portions(sizes, (size) => size);
      expect(all.flat()).toEqual(sizes);
      for (const some of all)
        if (some.length > 1) expect(some.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(700_000);
    }),
  ));
