// A real database for tests of stores and routes, made by the migrations: SQLite in memory, or, where vitest runs the store
// tests a second time, D1 inside workerd.
import { readdirSync, readFileSync } from "node:fs";
import SQLite from "better-sqlite3";
import { CompiledQuery, Kysely, SqliteDialect } from "kysely";
import { inject } from "vitest";
import { openD1 } from "../../src/hosts/d1.ts";
import type { Database } from "../../src/platform/index.ts";
import { emptyD1 } from "./d1/client.ts";

const migrations = new URL("../../migrations/", import.meta.url);

/** `ran` holds every statement that ran so far, so that a test can look at their plans. */
export type TestDatabase<Tables> = Database<Tables> & {
  ran: { sql: string; parameters: readonly unknown[] }[];
};

/** @returns the tables that the test asks for, all empty; whether they are there is for the migrations to say */
export function openTestDatabase<Tables>(): TestDatabase<Tables> {
  const d1 = inject("d1");
  return d1 === undefined ? openSqlite() : openOnD1(d1);
}

function openOnD1<Tables>(url: string): TestDatabase<Tables> {
  const ran: TestDatabase<Tables>["ran"] = [];
  return { ...openD1<Tables>(emptyD1(url, ran)), ran };
}

function openSqlite<Tables>(): TestDatabase<Tables> {
  const sqlite = new SQLite(":memory:");
  sqlite.pragma("foreign_keys = on");
  const files = readdirSync(migrations).filter((name) => /^\d+_.*\.sql$/.test(name));
  for (const file of files.sort()) sqlite.exec(readFileSync(new URL(file, migrations), "utf8"));
  const ran: CompiledQuery[] = [];
  const run = sqlite.transaction((statements: readonly CompiledQuery[]) =>
    statements.map((query) => {
      ran.push(query);
      const statement = sqlite.prepare(query.sql);
      if (!statement.reader) return { rows: [], changes: statement.run(...query.parameters).changes };
      const rows = statement.all(...query.parameters);
      return { rows, changes: rows.length };
    }),
  );
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: sqlite }),
    log: ({ query }) => {
      ran.push(query);
    },
  });
  return { db, batch: async (statements) => run(statements), ran };
}

/** How SQLite would run a statement, a line a step. */
export async function planOf<Tables>(
  db: Kysely<Tables>,
  { sql, parameters }: TestDatabase<Tables>["ran"][number],
): Promise<string[]> {
  const explain: CompiledQuery<{ detail: string }> = CompiledQuery.raw(`explain query plan ${sql}`, [
    ...parameters,
  ]);
  const { rows } = await db.executeQuery(explain);
  return rows.map(({ detail }) => detail);
}
