import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { groupCommit } from "./commit.ts";

async function open() {
  const database = await openTestDatabase<{
    settings: { name: string; value: string; changed_at: number };
  }>();
  const { db } = database;
  let commits = 0;
  let fails = false;
  const commit = groupCommit({
    batch: (statements) => {
      commits++;
      return fails ? Promise.reject(new Error("disk full")) : database.batch(statements);
    },
  });
  return {
    commit,
    broken: [sql`insert into settings (name, value, changed_at) values ('x', 'no json', 0)`.compile(db)],
    commits: () => commits,
    fail: (now: boolean) => {
      fails = now;
    },
    change: (name: string, condition = sql<boolean>`1 = 1`) =>
      commit([
        sql`select 1`.compile(db),
        sql`insert into settings (name, value, changed_at) select ${name}, '1', 0 where ${condition}`.compile(
          db,
        ),
      ]),
    names: async () =>
      (await db.selectFrom("settings").select("name").orderBy("name").execute()).map(({ name }) => name),
  };
}

test("what is asked for in one turn is one commit, and each hears of its own", async () => {
  const { change, commits, names } = await open();
  expect(await Promise.all([change("a"), change("b", sql<boolean>`1 = 0`), change("c")])).toEqual([1, 0, 1]);
  expect([commits(), await names()]).toEqual([1, ["a", "c"]]);
});

test("what is asked for meanwhile waits for the next, and nothing is forgotten", async () => {
  const { change, commits } = await open();
  const first = Promise.all(Array.from({ length: 450 }, (_, i) => change(`a${i}`)));
  await first;
  expect(commits()).toBe(3); // two hundred at most
  expect(await change("b")).toBe(1);
});

test("a write that cannot be costs no other its place", async () => {
  const { change, commit, broken, names } = await open();
  const told = await Promise.allSettled([change("a"), commit(broken), change("b")]);
  expect(told.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await names()).toEqual(["a", "b"]);
});

test("where nothing can be written all who waited are told, and later it goes on", async () => {
  const { change, fail, names } = await open();
  fail(true);
  const told = await Promise.allSettled([change("a"), change("b")]);
  expect(told.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  fail(false);
  expect([await change("c"), await names()]).toEqual([1, ["c"]]);
});
