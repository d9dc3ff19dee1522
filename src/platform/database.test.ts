// What both hosts promise of a batch, and what the SQL of all parts leans on.
import { sql } from "kysely";
import { expect, inject, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";

type Tables = {
  settings: { name: string; value: string; changed_at: number };
  import_rows: { import_id: number; row: number; outcome: string };
};

function open() {
  const { db, batch } = openTestDatabase<Tables>();
  const insert = (name: string, value = "1") =>
    sql`insert into settings (name, value, changed_at) values (${name}, ${value}, 0)`.compile(db);
  const rename = (from: string, to: string) =>
    db.updateTable("settings").set({ name: to }).where("name", "=", from).compile();
  const names = async () =>
    (await db.selectFrom("settings").select("name").orderBy("name").execute()).map(({ name }) => name);
  return { db, batch, insert, rename, names };
}

test("a batch tells of each statement what it gave and how many rows it changed", async () => {
  const { db, batch, insert, rename } = open();
  const results = await batch([
    insert("a"),
    db.selectFrom("settings").select(["name", "changed_at"]).compile(),
    rename("a", "b"),
    rename("a", "b"),
    db.deleteFrom("settings").where("name", "=", "b").returning("name").compile(),
  ]);
  expect(results).toEqual([
    { rows: [], changes: 1 },
    { rows: [{ name: "a", changed_at: 0 }], changes: 1 },
    { rows: [], changes: 1 },
    { rows: [], changes: 0 },
    { rows: [{ name: "b" }], changes: 1 },
  ]);
  expect(await batch([])).toEqual([]);
});

test.each([
  ["a name that is taken by then", "z", "1"],
  ["a value that a check refuses", "c", "{no json"],
])("a statement that fails takes all others with it: %s", async (_, name, value) => {
  const { batch, insert, rename, names } = open();
  await batch([insert("a")]);
  await expect(batch([insert("b"), rename("a", "z"), insert(name, value), insert("d")])).rejects.toThrow(
    /constraint failed/,
  );
  expect(await names()).toEqual(["a"]);
});

test.each([
  ["did something", "a", ["b", "then"]],
  ["did nothing", "nobody", ["a"]],
])("a statement can depend on whether the one before it %s", async (_, from, expected) => {
  const { db, batch, insert, rename, names } = open();
  await batch([insert("a")]);
  const [renamed, followed] = await batch([
    rename(from, "b"),
    sql`insert into settings (name, value, changed_at) select 'then', '1', 0 where changes() > 0`.compile(db),
  ]);
  expect(await names()).toEqual(expected);
  expect([renamed?.changes, followed?.changes]).toEqual(expected.length > 1 ? [1, 1] : [0, 0]);
});

test("two batches at once: one after the other, never between each other's statements", async () => {
  const { db, batch, names } = open();
  const grow = (letter: string) => [
    sql`insert into settings select ${letter} || 1, '1', count(*) from settings`.compile(db),
    sql`insert into settings select ${letter} || 2, '1', count(*) from settings`.compile(db),
  ];
  await Promise.all(["a", "b", "c"].map((letter) => batch(grow(letter))));
  const rows = await db.selectFrom("settings").select(["name", "changed_at"]).orderBy("changed_at").execute();
  expect(rows.map(({ changed_at }) => changed_at)).toEqual([0, 1, 2, 3, 4, 5]);
  for (const [i, { name }] of rows.entries())
    expect(name).toBe(`${rows[i - (i % 2)]?.name[0]}${(i % 2) + 1}`);
  expect(await names()).toHaveLength(6);
});

test("thousands of rows go in as one parameter", async () => {
  const { db, batch } = open();
  const list = JSON.stringify(Array.from({ length: 2000 }, (_, i) => ({ name: `اسم ${i}`, value: i })));
  const [written] = await batch([
    sql`insert into settings (name, value, changed_at)
      select j.value ->> 'name', j.value ->> 'value', j.key from json_each(${list}) j`.compile(db),
  ]);
  expect(written?.changes).toBe(2000);
  const row = await db.selectFrom("settings").selectAll().where("name", "=", "اسم 1999").executeTakeFirst();
  expect(row).toEqual({ name: "اسم 1999", value: "1999", changed_at: 1999 });
});

test("tables are strict, and foreign keys hold", async () => {
  const { db, batch } = open();
  await expect(
    batch([db.insertInto("import_rows").values({ import_id: 17, row: 1, outcome: "added" }).compile()]),
  ).rejects.toThrow(/FOREIGN KEY/);
  await expect(
    sql`insert into settings (name, value, changed_at) values ('a', '1', 'soon')`.execute(db),
  ).rejects.toThrow(/TEXT value/);
});

test("a number of changed rows comes back from single statements, too", async () => {
  const { db, insert, batch } = open();
  await batch([insert("a"), insert("b"), insert("c")]);
  const { numUpdatedRows } = await db
    .updateTable("settings")
    .set({ changed_at: 5 })
    .where("name", ">", "a")
    .executeTakeFirstOrThrow();
  const { numDeletedRows } = await db
    .deleteFrom("settings")
    .where("name", "=", "d")
    .executeTakeFirstOrThrow();
  expect([numUpdatedRows, numDeletedRows]).toEqual([2n, 0n]);
});

test.runIf(inject("d1"))("D1 has neither transactions nor streams, and says what to do instead", async () => {
  const { db } = open();
  const transaction = db.transaction().execute(async () => {});
  await expect(transaction).rejects.toThrow(/as a batch/);
  const stream = db.selectFrom("settings").selectAll().stream()[Symbol.asyncIterator]();
  await expect(stream.next()).rejects.toThrow(/keyset pages/);
});
