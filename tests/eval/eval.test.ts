// A small month with each test run: a change that makes the choice of stories better or worse is seen in review.
import { expect, test } from "vitest";
import { evaluate, markdown } from "./measure.ts";

test("a small month: nobody is sent a story twice, and the tables are as they were", async () => {
  const tables = await evaluate({ days: 6, storiesADay: 14 }, 1);
  const letters = tables.find(({ title }) => title === "What readers were sent");
  const repeats = letters?.rows[0]?.[letters.head.indexOf("repeats")];
  expect(repeats).toBe("0");
  // Renewed by `npx vitest run tests/eval -u`; the table of a whole month by `npm run eval -- --write`.
  await expect(`${markdown(tables)}\n`).toMatchFileSnapshot("./small.golden.md");
});
