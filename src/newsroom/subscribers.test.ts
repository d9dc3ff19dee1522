import { sql } from "kysely";
import { expect, test } from "vitest";
import { openNewsroom } from "./newsroom.fixture.ts";

test("of many pages that find the sums too old one has them counted anew", async () => {
  const { enter, database } = await openNewsroom();
  const { db, ran } = database;
  // So many that nobody waits for the count.
  await sql`insert into subscribers (id, address, address_key, state, language, created_at)
    values (200000, 'a@example.org', 'a@example.org', 'confirmed', 'ar', 0)`.execute(db);
  const get = await enter("mona@example.org", "editor");
  const kept = () =>
    ran.filter((it) => it.sql.startsWith("insert") && it.parameters.includes("subscriber-counts"));
  const pages = await Promise.all(Array.from({ length: 4 }, () => get("/newsroom/subscribers")));
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await expect.poll(() => kept().length).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(kept()).toHaveLength(1);
  await get("/newsroom/subscribers");
  expect(kept()).toHaveLength(1);
});
