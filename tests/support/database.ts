// A real SQLite in memory, made by the migrations, for tests of stores and routes.
import { readdirSync, readFileSync } from "node:fs";
import SQLite from "better-sqlite3";
import { CompiledQuery, Kysely, SqliteDialect } from "kysely";
import type { Database } from "../../src/platform/index.ts";

const migrations = new URL("../../migrations/", import.meta.url);

/** `ran` holds every statement that ran so far, so that a test can look at their plans. */
export type TestDatabase<Tables> = Database<Tables> & { ran: CompiledQuery[] };

/** @returns the tables that the test asks for; whether they are there is for the migrations to say */
export function openTestDatabase<Tables>(): TestDatabase<Tables> {
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
  { sql, parameters }: CompiledQuery,
): Promise<string[]> {
  const explain: CompiledQuery<{ detail: string }> = CompiledQuery.raw(`explain query plan ${sql}`, [
    ...parameters,
  ]);
  const { rows } = await db.executeQuery(explain);
  return rows.map(({ detail }) => detail);
}
