// The thread that writes the ledger, as it is built, beside the thread that sends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { CompiledQuery, sql } from "kysely";
import { afterAll, afterEach, expect, test } from "vitest";
import { groupCommit } from "../src/delivery/commit.ts";
import { openBeside } from "../src/hosts/ledger-beside.ts";

const scratch = mkdtempSync(join(tmpdir(), "nashra-ledger-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const raw = (text: string, ...values: unknown[]) => CompiledQuery.raw(text, values);
const note = (text: string) => raw("insert into notes (text) values (?)", text);

/** A database with notes, a connection beside, and another of ours that looks what is in the file. */
function open() {
  const file = join(mkdtempSync(join(scratch, "data-")), "notes.sqlite");
  const other = new Sqlite(file);
  other.pragma("journal_mode = wal");
  other.exec("create table notes (id integer primary key, text text not null unique) strict");
  const database = openBeside(file);
  let open = true;
  const close = async () => {
    if (open) await database.close();
    open = false;
  };
  closing.push(async () => {
    await close();
    other.close();
  });
  const texts = () => other.prepare("select text from notes order by id").pluck().all();
  return { ...database, other, texts, close };
}

test("what was written is read at once, by this connection and by others", async () => {
  const { db, batch, texts } = open();
  const [one, two] = await batch([
    raw("insert into notes (text) values (?), (?) returning id, text", "أ", "b"),
    raw("update notes set text = text || ? where id = ?", "!", 2),
  ]);
  expect(one).toEqual({
    rows: [
      { id: 1, text: "أ" },
      { id: 2, text: "b" },
    ],
    changes: 2,
  });
  expect(two).toEqual({ rows: [], changes: 1 });
  expect((await sql`select text from notes order by id`.execute(db)).rows).toEqual([
    { text: "أ" },
    { text: "b!" },
  ]);
  expect((await sql`delete from notes where id = 1`.execute(db)).numAffectedRows).toBe(1n);
  expect((await sql`update notes set text = 'c' returning id`.execute(db)).rows).toEqual([{ id: 2 }]);
  expect(texts()).toEqual(["c"]);
});

test("a batch is written whole or not at all, and the error comes as SQLite said it", async () => {
  const { batch, texts } = open();
  await expect(batch([note("a"), note("a")])).rejects.toThrow(
    new Sqlite.SqliteError("UNIQUE constraint failed: notes.text", "SQLITE_CONSTRAINT_UNIQUE"),
  );
  await expect(batch([note("b"), raw("insert into nowhere values (1)")])).rejects.toThrow("nowhere");
  await expect(batch([raw("insert into notes (text) values (?)", () => {})])).rejects.toThrow("cloned");
  await batch([note("c")]); // and goes on
  expect(texts()).toEqual(["c"]);
});

test("statements that no list of them can hold are written all the same", async () => {
  const { batch, texts } = open();
  for (let i = 0; i < 1100; i += 100)
    await batch(
      Array.from({ length: 100 }, (_, n) => raw(`insert into notes (text) values ('${i + n}' || ?)`, "")),
    );
  await batch([note("last")]);
  expect(texts()).toEqual([...Array.from({ length: 1100 }, (_, i) => String(i)), "last"]);
});

test("what was asked for before the end is written, in its order", async () => {
  const { batch, texts, close } = open();
  const asked = Array.from({ length: 300 }, (_, i) => batch([note(`${i}`)]));
  await close();
  await Promise.all(asked);
  expect(texts()).toEqual(Array.from({ length: 300 }, (_, i) => `${i}`));
});

test("while another process holds the lock this thread goes on, and what comes meanwhile is one commit", async () => {
  const { db, batch, other, texts } = open();
  await batch([note("before")]);
  let commits = 0;
  const commit = groupCommit({
    batch: (statements) => {
      commits++;
      return batch(statements);
    },
  });
  other.exec("begin immediate");
  const asked = [commit([note("0")])];
  let longest = 0;
  for (let turn = 1, at = performance.now(); turn <= 20; turn++) {
    await pause(10);
    longest = Math.max(longest, performance.now() - at);
    at = performance.now();
    asked.push(commit([note(`${turn}`)]));
    expect((await sql`select text from notes`.execute(db)).rows).toHaveLength(1);
  }
  other.exec("rollback");
  expect(await Promise.all(asked)).toEqual(Array.from({ length: 21 }, () => 1));
  expect(commits).toBe(2);
  expect(texts()).toHaveLength(22);
  expect(longest).toBeLessThan(5000); // SQLite's own patience with a lock
});

test("where the disk is full nothing is said to be written", async () => {
  const { batch, texts } = open();
  await batch([raw("pragma max_page_count = 10")]);
  const told = await batch([note("x".repeat(100_000))]).catch((error: unknown) => error);
  expect(told).toMatchObject({ code: "SQLITE_FULL" });
  await batch([raw("pragma max_page_count = 1000")]);
  await batch([note("room")]);
  expect(texts()).toEqual(["room"]);
});
