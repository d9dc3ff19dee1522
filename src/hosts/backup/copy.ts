// A copy of the database as it is at one moment, while others read and write it.
import Sqlite from "better-sqlite3";

/** So many pages of 4 kB are copied in one go; between them the process does what else it has to. */
const pagesAtOnce = 2000;

/**
 * Copies a database that is in use, marks the copy as one, and checks it.
 *
 * A backup through a connection that nobody else writes by begins anew whenever another process commits, so that it would never end
 * while mail goes out (SQLite, "Using the SQLite Online Backup API"). A read that is kept open meanwhile holds the moment still:
 * in write-ahead mode nobody waits for it, and what is written meanwhile stays in the log.
 *
 * @returns the last migration that the copy has
 * @throws if the copy is not sound
 */
export async function copyDatabase(file: string, to: string, at: Temporal.Instant): Promise<string | null> {
  const source = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    source.pragma("busy_timeout = 5000");
    source.exec("begin");
    source.prepare("select count(*) from sqlite_schema").get(); // the read begins here, and not with `begin`
    await source.backup(to, { progress: () => pagesAtOnce });
  } finally {
    source.close();
  }
  const copy = new Sqlite(to);
  try {
    copy.pragma("journal_mode = delete"); // one file, with no log beside it
    copy.pragma("foreign_keys = on");
    if (hasTable(copy, "restores"))
      copy.prepare("insert into restores (made_at) values (?)").run(at.epochMilliseconds);
    checkSound(copy);
    return lastMigration(copy);
  } finally {
    copy.close();
  }
}

export const hasTable = (sqlite: Sqlite.Database, name: string): boolean =>
  sqlite.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(name) !== undefined;

/** @throws if SQLite finds something wrong with the file, a table or an index */
export function checkSound(sqlite: Sqlite.Database): void {
  const found = sqlite.pragma("integrity_check(3)", { simple: true });
  if (found !== "ok") throw new Error(`SQLite finds the database damaged: ${found}`);
}

/** The names of the migrations that a database has. */
export function migrationsOf(sqlite: Sqlite.Database): string[] {
  if (!hasTable(sqlite, "kysely_migration")) return [];
  return sqlite.prepare<[], string>("select name from kysely_migration order by name").pluck().all();
}

const lastMigration = (sqlite: Sqlite.Database): string | null => migrationsOf(sqlite).at(-1) ?? null;
