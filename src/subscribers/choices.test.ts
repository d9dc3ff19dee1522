import { expect, test } from "vitest";
import { offeredToNew } from "./choices.ts";

const digest = (id: number, on?: boolean) => ({
  id,
  slug: `d${id}`,
  name: "نشرة",
  nameEn: null,
  ...(on === undefined ? {} : { on }),
});

test.each([
  [
    [digest(1, true), digest(2, false), digest(3)],
    [1, 3],
  ],
  [
    [digest(1, false), digest(2, false)],
    [1, 2],
  ],
  [[], []],
])("new readers are offered what runs; all of it where nothing does", (digests, offered) =>
  expect(offeredToNew(digests).map(({ id }) => id)).toEqual(offered),
);
