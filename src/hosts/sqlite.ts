// SQLite on Node: the file, its pragmas, the batch, the migrations.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { type CompiledQuery, Kysely, SqliteDialect, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Database } from "../platform/index.ts";
import type { AllTables } from "../tables.ts";

export type OpenDatabase = Database<AllTables> & { close: () => Promise<void> };

/**
 * Opens the database, in write-ahead mode and with foreign keys on, and brings its tables up to date.
 *
 * @param file a path, or `:memory:`
 * @param migrations the folder of SQL files
 * @param copyBefore makes a backup of a database that is in use and is to be brought up to date, and says where it is; while it fails,
 *   nothing is changed
 * @throws if a migration fails, and names it: nothing of it is kept, nor of those that ran before it just now
 */
export async function openDatabase(
  file: string,
  migrations: string,
  { copyBefore = null }: { copyBefore?: ((first: string) => Promise<string>) | null } = {},
): Promise<OpenDatabase> {
  const sqlite = connect(file);
  const prepare = keptStatements(sqlite);
  const db = new Kysely<AllTables>({
    dialect: new SqliteDialect({ database: { prepare, close: () => sqlite.close() } }),
  });
  const close = async () => {
    await db.destroy(); // closes nothing where it was never asked
    sqlite.close();
  };
  try {
    const { isInUse, isUpToDate, firstMissing } = stateOf(sqlite, migrations);
    const copy = firstMissing && isInUse && copyBefore ? await copyBefore(firstMissing) : null;
    // Without its lock where there is nothing to do: whoever was stopped in the middle of a write holds that.
    if (!isUpToDate) await migrate(sqlite, db, migrations, copy);
  } catch (error) {
    await close();
    throw error;
  }
  const run = batchOf(sqlite, prepare);
  return { db, batch: async (statements) => run(statements), close };
}

/** A connection as all of Nashra's are. */
export function connect(file: string): Sqlite.Database {
  const sqlite = new Sqlite(file);
  sqlite.pragma("journal_mode = wal");
  sqlite.pragma("synchronous = full"); // what the ledger says must be true after a power cut
  sqlite.pragma("foreign_keys = on");
  sqlite.pragma("busy_timeout = 5000");
  return sqlite;
}

/**
 * Of pages that an import keeps. Addresses come in no order and change a page of their index each, the same ones again and again;
 * articles come in the order of their rows and change few.
 */
const importMegabytes = { addresses: 64, articles: 32 };

/**
 * Runs an import of many articles or people. Meanwhile the disk is not waited for at each commit: a power cut may take the last of them,
 * in their order, together with the note how far the import was, so that it goes on before them. A killed process loses none.
 * Afterwards everything is on the disk. More pages are kept in memory, and moved from the log to the file more rarely.
 */
export async function duringImport<Result>(
  db: Kysely<AllTables>,
  what: keyof typeof importMegabytes,
  work: () => Promise<Result>,
): Promise<Result> {
  const pragmas = async (...settings: string[]) => {
    for (const setting of settings) await sql`pragma ${sql.raw(setting)}`.execute(db);
  };
  const cache = `cache_size = ${-1000 * importMegabytes[what]}`; // negative: in kB
  await pragmas("synchronous = normal", "wal_autocheckpoint = 16000", cache); // in pages of 4 kB
  try {
    return await work();
  } finally {
    await pragmas("synchronous = full", "wal_autocheckpoint = 1000", "cache_size = -16000");
    await pragmas("wal_checkpoint(full)");
  }
}

type Prepare = (sql: string) => Sqlite.Statement<unknown[], never>;

/** Nashra's own statements are some hundred; those made of lists of a varying length must not push them out for good. */
export const mostStatements = 500;

/** Prepares each statement once, as SQLite takes about as long to read one as to run it; forgets the one used longest ago. */
export function keptStatements(sqlite: Sqlite.Database): Prepare {
  const kept = new Map<string, Sqlite.Statement<unknown[], never>>();
  return (sql) => {
    const statement = kept.get(sql) ?? sqlite.prepare<unknown[], never>(sql);
    kept.delete(sql);
    kept.set(sql, statement);
    const [oldest] = kept.size > mostStatements ? kept.keys() : [];
    if (oldest !== undefined) kept.delete(oldest);
    return statement;
  };
}

/** better-sqlite3 is synchronous, so that nothing else of this process can come between the statements. */
export function batchOf(sqlite: Sqlite.Database, prepare: Prepare) {
  const run = sqlite.transaction((statements: readonly Pick<CompiledQuery, "sql" | "parameters">[]) =>
    statements.map(({ sql, parameters }) => {
      const statement = prepare(sql);
      if (statement.reader) {
        const rows = statement.all(...parameters);
        return { rows, changes: rows.length };
      }
      return { rows: [], changes: statement.run(...parameters).changes };
    }),
  );
  return run.immediate;
}

/** The names of the files in a folder of migrations, in their order. */
export const knownMigrations = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort();

/** How a database stands to the migrations in the folder. One that is not in use is new: nothing of it could be lost. */
function stateOf(sqlite: Sqlite.Database, folder: string) {
  const noted = sqlite.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").get();
  const ran = noted ? sqlite.prepare("select name from kysely_migration").pluck().all() : [];
  const known = knownMigrations(folder);
  const firstMissing = known.find((name) => !ran.includes(name));
  return {
    isInUse: ran.length > 0,
    isUpToDate: firstMissing === undefined && ran.length === known.length,
    firstMissing,
  };
}

async function migrate(
  sqlite: Sqlite.Database,
  db: Kysely<AllTables>,
  folder: string,
  copy: string | null,
): Promise<void> {
  const files = knownMigrations(folder);
  const migrations = Object.fromEntries(
    files.map((name): [string, Migration] => {
      const text = readFileSync(join(folder, name), "utf8");
      // Kysely takes one statement at a time; the driver takes the file.
      return [name, { up: async () => void sqlite.exec(text) }];
    }),
  );
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  // Kysely opens no transaction for SQLite. With one, a migration and the note that it ran are kept together or not at all,
  // and of two processes that start at once the second waits and finds the work done.
  sqlite.exec("begin immediate");
  const { error, results } = await migrator.migrateToLatest();
  if (sqlite.inTransaction) sqlite.exec(error ? "rollback" : "commit");
  if (error) {
    const failed = results?.find(({ status }) => status === "Error");
    throw new Error(
      `The database could not be brought up to date${failed ? ` by ${failed.migrationName}` : ""}: ${error instanceof Error ? error.message : String(error)}. Nothing was changed.${copy === null ? "" : ` The version of Nashra before this one goes on with it; a backup of it is ${copy}.`}`,
    );
  }
}
