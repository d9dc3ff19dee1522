// Measures the machine for the doctor.
import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { DatabaseSeen } from "../../doctor/index.ts";

/** What is left of the disk that a folder is on, and how large the database in it is. Null where that cannot be told. */
export async function roomOf(
  folder: string,
  file: string,
): Promise<{ free: number; database: number } | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    const sizes = [file, `${file}-wal`].map((it) => statSync(it, { throwIfNoEntry: false })?.size ?? 0);
    return { free: bavail * bsize, database: sizes.reduce((sum, size) => sum + size, 0) };
  } catch {
    return null;
  }
}

/** Run by a process of its own, which can be stopped: SQLite works where it is called, and a large database takes minutes. */
const script = `
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync(process.argv[1], { readOnly: true });
const [row] = database.prepare("pragma quick_check(1)").all();
process.stdout.write(JSON.stringify(row));
`;

/** SQLite's own quick check of a database, for at most so many seconds. Reads only. */
export function checkDatabase(file: string, seconds: number): Promise<DatabaseSeen> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--no-warnings", "-e", script, file],
      { timeout: seconds * 1000, killSignal: "SIGKILL", env: {} },
      (error, out, words) => {
        if (error?.killed) return resolve({ kind: "slow", seconds });
        if (error) {
          const why =
            words
              .trim()
              .split("\n")
              .find((line) => /Error/.test(line)) ?? error.message;
          // SQLITE_CORRUPT and SQLITE_NOTADB are found before there is anything to check.
          const faulty = /malformed|not a database/i.test(words);
          return resolve(
            faulty ? { kind: "faulty", words: why } : { kind: "failed", error: why.slice(0, 200) },
          );
        }
        const said = /"quick_check":"([^"]*)"/.exec(out)?.[1] ?? out;
        resolve(said === "ok" ? { kind: "good" } : { kind: "faulty", words: said.slice(0, 300) });
      },
    );
  });
}
