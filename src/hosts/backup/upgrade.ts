// The backup that is made by itself before a database is brought up to date.
import { readFileSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Log } from "../../platform/index.ts";
import { makeBackup } from "./make.ts";

/** So many are kept; the oldest go. */
const mostKept = 3;

/** @param root the project's folder */
export const versionOf = (root: string): string =>
  z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")))
    .version;

/** How the moment of a backup stands in its name: `20260301T040000Z`, so that names sort by time. */
export const stampOf = (now: Temporal.Instant): string =>
  now.toString({ smallestUnit: "second" }).replace(/[-:]/g, "");

/**
 * Makes a backup of a data folder whose database is about to be changed by an upgrade, beside it.
 *
 * @param first the first migration that it lacks
 * @returns where it is
 * @throws if it cannot be made: then the upgrade must not begin
 */
export async function backupBeforeUpgrade(
  { data, templates, root, log }: { data: string; templates: string; root: string; log: Log },
  first: string,
  now: Temporal.Instant,
): Promise<string> {
  const folder = join(data, "backups");
  const file = join(folder, `before-${first.replace(/\.sql$/, "")}-${stampOf(now)}-${process.pid}.tar.gz`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { bytes } = await makeBackup({ data, templates, version: versionOf(root) }, file, now);
    log.info({ file, bytes }, "backup made before the database is brought up to date");
    await keepNewest(folder, /^before-\d{4}_.+-(\d{8}T\d{6}Z)-\d+\.tar\.gz$/, mostKept);
    return file;
  } catch (error) {
    throw new Error(
      `The database is to be brought up to date, and no backup of it can be made in ${folder}: ${error instanceof Error ? error.message : String(error)}. Nothing was changed. Make room there, or put a link to a folder with room in its place.`,
    );
  }
}

/** Deletes the oldest files of a folder whose names are like these; what `pattern` captures says which are older. */
export async function keepNewest(folder: string, pattern: RegExp, most: number): Promise<string[]> {
  const found = (await readdir(folder)).flatMap((name) => {
    const at = pattern.exec(name)?.[1];
    return at === undefined ? [] : [{ name, at }];
  });
  const old = found.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(most);
  for (const { name } of old) await rm(join(folder, name), { force: true });
  return old.map(({ name }) => name);
}
