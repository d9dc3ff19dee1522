import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Sqlite from "better-sqlite3";
import { CompiledQuery } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import { openDatabase } from "./sqlite.ts";

const scratch = mkdtempSync(join(tmpdir(), "nashra-sqlite-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const shipped = join(import.meta.dirname, "..", "..", "migrations");
const raw = (sql: string, ...parameters: unknown[]) => CompiledQuery.raw(sql, parameters);

/** A new data folder with these files of migrations; the last row of each table shows what happened. */
function folder(files: Record<string, string>) {
  const data = mkdtempSync(join(scratch, "data-"));
  const add = (more: Record<string, string>) => {
    for (const [name, sql] of Object.entries(more)) writeFileSync(join(data, name), sql);
  };
  add(files);
  return { migrations: data, file: join(data, "nashra.sqlite"), add };
}

const first = {
  "0001_notes.sql":
    "create table notes (id integer primary key, text text not null unique, of integer references notes (id)) strict;\n" +
    "insert into notes (id, text) values (1, 'first');",
};

async function openNotes() {
  const it = folder(first);
  const database = await openDatabase(it.file, it.migrations);
  const texts = async () => {
    const [result] = await database.batch([raw("select text from notes order by id")]);
    return result?.rows;
  };
  return { ...it, ...database, texts };
}

function tablesOf(file: string): unknown[] {
  const sqlite = new Sqlite(file, { readonly: true });
  const rows = sqlite
    .prepare("select name from sqlite_schema where type = 'table' order by name")
    .pluck()
    .all();
  sqlite.close();
  return rows.filter((name) => !String(name).startsWith("kysely"));
}

describe("a batch", () => {
  test("says of each statement what it returned and how many rows it changed", async () => {
    const { batch, close } = await openNotes();
    expect(
      await batch([
        raw("insert into notes (text) values (?), (?)", "b", "c"),
        raw("update notes set of = 1 where id > ? returning id", 1),
        raw("delete from notes where id = 9"),
        raw("update notes set of = null where id = 2 and changes() = 0"),
        raw("update notes set of = null where id = 3 and changes() = 0"),
      ]),
    ).toEqual([
      { rows: [], changes: 2 },
      { rows: [{ id: 2 }, { id: 3 }], changes: 2 },
      { rows: [], changes: 0 },
      { rows: [], changes: 1 },
      { rows: [], changes: 0 },
    ]);
    expect(await batch([])).toEqual([]);
    await close();
  });

  test.each([
    ["a value that is there already", raw("insert into notes (text) values ('first')")],
    ["a reference to nothing", raw("insert into notes (text, of) values ('x', 99)")],
    ["a value of the wrong kind", raw("insert into notes (id, text) values ('x', 'x')")],
    ["no SQL", raw("insert into nowhere")],
    ["a parameter too few", raw("insert into notes (text) values (?)")],
  ])("leaves nothing behind when one statement fails: %s", async (_, bad) => {
    const { batch, texts, close } = await openNotes();
    const good = (text: string) => raw("insert into notes (text) values (?)", text);
    await expect(batch([good("a"), bad, good("b")])).rejects.toThrow();
    expect(await texts()).toEqual([{ text: "first" }]);
    await batch([good("c")]);
    expect(await texts()).toEqual([{ text: "first" }, { text: "c" }]);
    await close();
  });

  test("keeps apart from others that are asked for at the same time", async () => {
    const { batch, db, close } = await openNotes();
    const twice = (i: number) => [
      raw("update notes set of = (select count(*) from notes) where id = 1"),
      raw("insert into notes (text) values (?)", `n${i}`),
      raw("select (select of from notes where id = 1) + 1 = (select count(*) from notes) as alone"),
    ];
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => batch(twice(i))));
    expect(all.map((results) => results[2]?.rows)).toEqual(all.map(() => [{ alone: 1 }]));
    expect((await db.executeQuery(raw("select count(*) as n from notes"))).rows).toEqual([{ n: 51 }]);
    await close();
  });
});

describe("migrations", () => {
  test("run once, in order, and the file keeps its pragmas", async () => {
    const it = folder({
      ...first,
      "0002_more.sql": "insert into notes (text) values ('second');",
      "notes.txt": "no SQL",
    });
    for (let times = 0; times < 2; times++) {
      const { batch, close } = await openDatabase(it.file, it.migrations);
      const [texts, journal, keys, sync] = await batch([
        raw("select text from notes order by id"),
        raw("pragma journal_mode"),
        raw("pragma foreign_keys"),
        raw("pragma synchronous"),
      ]);
      expect(texts?.rows).toEqual([{ text: "first" }, { text: "second" }]);
      expect([journal?.rows, keys?.rows, sync?.rows]).toEqual([
        [{ journal_mode: "wal" }],
        [{ foreign_keys: 1 }],
        [{ synchronous: 2 }],
      ]);
      await close();
    }
  });

  test("those that are shipped run on an empty file and in memory", async () => {
    const { file } = folder({});
    for (const name of [file, ":memory:"]) {
      const { db, close } = await openDatabase(name, shipped);
      expect(await db.selectFrom("articles").selectAll().execute()).toEqual([]);
      await close();
    }
  });

  test.each([
    ["in its middle", "create table a (id integer) strict; create table b (id nonsense) strict;"],
    [
      "at its end",
      "create table a (id integer) strict; insert into a values (1); insert into nowhere values (1);",
    ],
    ["with its last word", "create table a (id integer) strict; create"],
  ])("one that fails %s leaves nothing of itself, nor of those before it, and says so", async (_, sql) => {
    const it = folder(first);
    await (await openDatabase(it.file, it.migrations)).close();
    it.add({ "0002_good.sql": "create table good (id integer) strict;", "0003_bad.sql": sql });
    for (let times = 0; times < 2; times++) {
      await expect(openDatabase(it.file, it.migrations)).rejects.toThrow(
        /^The database could not be brought up to date by 0003_bad\.sql: .+/,
      );
      expect(tablesOf(it.file)).toEqual(["notes"]);
    }
    it.add({ "0003_bad.sql": "create table mended (id integer) strict;" });
    await (await openDatabase(it.file, it.migrations)).close();
    expect(tablesOf(it.file)).toEqual(["good", "mended", "notes"]);
  });

  test("a database of a newer Nashra is left alone", async () => {
    const it = folder({ ...first, "0002_newer.sql": "create table newer (id integer) strict;" });
    await (await openDatabase(it.file, it.migrations)).close();
    rmSync(join(it.migrations, "0002_newer.sql"));
    await expect(openDatabase(it.file, it.migrations)).rejects.toThrow("0002_newer.sql");
    expect(tablesOf(it.file)).toEqual(["newer", "notes"]);
  });

  test("a database that is up to date is opened while somebody else writes", async () => {
    const { file, migrations, close } = await openNotes();
    const other = new Sqlite(file);
    other.exec("begin immediate");
    await (await openDatabase(file, migrations)).close();
    other.exec("rollback");
    other.close();
    await close();
  });

  test("a folder that is not there is told", async () => {
    await expect(openDatabase(join(scratch, "no", "where.sqlite"), shipped)).rejects.toThrow(/directory/);
    const { file } = folder({});
    await expect(openDatabase(file, join(scratch, "nowhere"))).rejects.toThrow("nowhere");
    expect(existsSync(`${file}-wal`)).toBe(false); // closed again
  });
});

test("two connections see each other's batches and wait for each other", async () => {
  const one = await openNotes();
  const two = await openDatabase(one.file, one.migrations);
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      (i % 2 ? one : two).batch([raw("insert into notes (text) values (?)", `n${i}`)]),
    ),
  );
  expect(await one.texts()).toHaveLength(41);
  await one.close();
  const [last] = await two.batch([raw("select count(*) as n from notes")]);
  expect(last?.rows).toEqual([{ n: 41 }]);
  await two.close();
});

test("several processes open a new file at once: one brings it up to date, all can write", async () => {
  const it = folder(first);
  const script = `
    const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, "sqlite.ts"))});
    const { CompiledQuery } = await import("kysely");
    const { batch, close } = await openDatabase(${JSON.stringify(it.file)}, ${JSON.stringify(it.migrations)});
    for (let i = 0; i < 20; i++)
      await batch([CompiledQuery.raw("insert into notes (text) values (?)", [process.pid + "-" + i])]);
    await close();`;
  const run = () =>
    promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      cwd: join(import.meta.dirname, "..", ".."),
    });
  await Promise.all(Array.from({ length: 3 }, run));
  const { batch, close } = await openDatabase(it.file, it.migrations);
  const [count] = await batch([raw("select count(*) as n from notes")]);
  expect(count?.rows).toEqual([{ n: 61 }]);
  await close();
});

describe("statements are prepared once", () => {
  test("and run with the values given each time, on the tables as they are now", async () => {
    const { db, batch, close } = await openNotes();
    const note = (text: string) => batch([raw("insert into notes (text) values (?)", text)]);
    await note("a");
    await note("b");
    const all = () => db.executeQuery<{ text: string }>(raw("select * from notes order by id"));
    expect((await all()).rows.map(({ text }) => text)).toEqual(["first", "a", "b"]);
    await batch([raw("alter table notes add column seen integer")]);
    expect((await all()).rows[0]).toHaveProperty("seen", null);
    await close();
  });

  test("and any number of different ones does no harm", async () => {
    const { db, close } = await openNotes();
    for (let i = 0; i < 1200; i++) {
      const { rows } = await db.executeQuery<{ n: number }>(raw(`select ${i % 700} as n`));
      expect(rows).toEqual([{ n: i % 700 }]);
    }
    await close();
  });
});
