// Puts a backup in the place of a data folder. Nothing that was there is deleted, and what is put there sends no issue until a person
// says so (docs/decisions/23-restored-copies.md).
import { mkdir, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import Sqlite from "better-sqlite3";
import { Refusal } from "../output.ts";
import { knownMigrations, openDatabase } from "../sqlite.ts";
import { checkSound, hasTable, migrationsOf } from "./copy.ts";
import { checkBackup, syncFolder } from "./make.ts";
import { databaseName, type Manifest } from "./manifest.ts";

/** What a backup may put into a data folder, and what therefore gives way. */
const places = ["secret", "dkim", "templates", "templates-in-use.json", databaseName] as const;

/**
 * What SQLite keeps beside a database while it is in use. Whichever database is opened beside such a log is taken for its own (SQLite,
 * "How To Corrupt An SQLite Database File", §1.4): one that was left behind would change the restored one.
 */
const logs = ["-wal", "-shm", "-journal"].map((end) => databaseName + end);

export type Restored = {
  manifest: Manifest;
  /** The folder that holds what was there before; null where nothing was. */
  setAside: string | null;
};

/**
 * @param options.replace whether what is in the data folder may be moved aside
 * @throws Refusal if the backup is damaged or of a later version, or the data folder is in use or holds something already
 */
export async function restoreBackup(
  file: string,
  { data, migrations, replace }: { data: string; migrations: string; replace: boolean },
  now: Temporal.Instant,
): Promise<Restored> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const there = (await readdir(data)).filter((name) => [...places, ...logs].includes(name));
  if (there.length > 0 && !replace)
    throw new Refusal(
      `${data} holds ${there.join(", ")} already. Name an empty folder with NASHRA_DATA, or say --replace: what is there is moved aside, and nothing is deleted.`,
    );
  const draft = await mkdtemp(join(data, ".restore-"));
  try {
    const manifest = await unpackInto(draft, file);
    await makeReady(join(draft, databaseName), manifest, migrations, now);
    const free = await seize(join(data, databaseName));
    try {
      const setAside = there.length > 0 ? await moveAside(data, there, now) : null;
      const came = (await readdir(draft)).sort((a) => (a === databaseName ? 1 : -1)); // the database last: with it, all is there
      for (const name of came) await rename(join(draft, name), join(data, name));
      await syncFolder(data);
      return { manifest, setAside };
    } finally {
      free();
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function unpackInto(folder: string, file: string): Promise<Manifest> {
  try {
    return await checkBackup(file, (name, chunks) => writing(join(folder, name), chunks));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(`${file} is not restored: ${why}. Nothing was changed.`);
  }
}

/** Hands on what it writes, so that it is summed up on the way. */
async function* writing(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const out = await open(path, "wx", 0o600);
  try {
    for await (const chunk of chunks) {
      await out.writeFile(chunk);
      yield chunk;
    }
    await out.sync();
  } finally {
    await out.close();
  }
}

/** Checks the database of a backup, brings it up to date, and sees to it that it is known as a restored one. */
async function makeReady(
  file: string,
  { madeAt }: Manifest,
  migrations: string,
  now: Temporal.Instant,
): Promise<void> {
  const before = new Sqlite(file, { fileMustExist: true });
  let marked = false;
  try {
    checkSound(before);
    const known = knownMigrations(migrations);
    const unknown = migrationsOf(before).filter((name) => !known.includes(name));
    if (unknown.length > 0)
      throw new Refusal(
        `The backup was made by a later Nashra: its database has ${unknown.join(", ")}, which this one does not know. Install the version that made it. Nothing was changed.`,
      );
    marked = hasTable(before, "restores"); // as every copy is that has the table
  } finally {
    before.close();
  }
  const database = await openDatabase(file, migrations, { copyBefore: null });
  await database.close();
  const after = new Sqlite(file);
  try {
    after.pragma("foreign_keys = on");
    if (!marked)
      after
        .prepare("insert into restores (made_at) values (?)")
        .run(Temporal.Instant.from(madeAt).epochMilliseconds);
    after.prepare("update restores set restored_at = ? where restored_at is null").run(now.epochMilliseconds);
    after.pragma("journal_mode = delete"); // until it is opened: one file is moved more safely than three
  } finally {
    after.close();
  }
}

/**
 * Takes a database for oneself alone, and what its log holds into its file. Whoever has it open in write-ahead mode holds a lock
 * on it, which ends with the process, however it ends.
 *
 * @returns what lets it go
 * @throws Refusal if a process has it open
 */
async function seize(file: string): Promise<() => void> {
  let sqlite: Sqlite.Database;
  try {
    sqlite = new Sqlite(file, { fileMustExist: true, timeout: 500 });
  } catch (error) {
    if (Object(error).code === "SQLITE_CANTOPEN") return () => undefined; // there is none
    throw error;
  }
  try {
    sqlite.pragma("locking_mode = exclusive");
    if (sqlite.pragma("journal_mode = delete", { simple: true }) !== "delete")
      throw new Error("it is locked");
    sqlite.exec("begin exclusive");
  } catch (error) {
    sqlite.close();
    if (["SQLITE_NOTADB", "SQLITE_CORRUPT"].includes(Object(error).code)) return () => undefined; // it may well be why one restores
    if (Object(error).code !== "SQLITE_BUSY" && Object(error).code !== "SQLITE_LOCKED") throw error;
    throw new Refusal(
      `A process of Nashra has ${file} open. Stop it (nashra serve, nashra deliver, an import), then restore. Nothing was changed.`,
    );
  }
  return () => sqlite.close();
}

/** Moves what is there into a folder of its own, the database first: nobody opens it half gone. */
async function moveAside(data: string, names: readonly string[], now: Temporal.Instant): Promise<string> {
  const stamp = now.toString({ smallestUnit: "second" }).replace(/[-:]/g, "");
  const aside = await mkdtemp(join(data, `before-restore-${stamp}-`));
  for (const name of [...names].sort((a) => (a === databaseName ? -1 : 1)))
    await rename(join(data, name), join(aside, name)).catch((error) => {
      // What a log held is in the file by now, unless the database cannot be opened: then the log may be what it can be saved by.
      if (!logs.includes(name) || Object(error).code !== "ENOENT") throw error;
    });
  return aside;
}
