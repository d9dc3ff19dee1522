// Makes a backup: one file with everything that cannot be made again, whole or not there at all.
import { createReadStream } from "node:fs";
import { mkdtemp, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { copyDatabase } from "./copy.ts";
import { belongs, databaseName, digestOf, type Manifest, manifestName, readManifest } from "./manifest.ts";
import { type Packed, pack, unpack } from "./tar.ts";

export type BackupSource = {
  /** The data folder. */
  data: string;
  /** The publisher's own templates, wherever they are. */
  templates: string;
  version: string;
};

/**
 * Writes a backup of a data folder that may be in use. Under another name first, looked over as a whole, then renamed: what has the
 * name is a backup that can be read.
 *
 * @param file where it goes; what is there is replaced
 */
export async function makeBackup(
  { data, templates, version }: BackupSource,
  file: string,
  now: Temporal.Instant,
): Promise<{ bytes: number; manifest: Manifest }> {
  const folder = dirname(file);
  await removeBegun(folder);
  const work = await mkdtemp(join(folder, `${begun}${process.pid}-`));
  const draft = join(work, basename(file));
  try {
    const copy = join(work, databaseName);
    const migration = await copyDatabase(join(data, databaseName), copy, now);
    const files: Packed[] = [
      { name: databaseName, file: copy },
      ...(await filesIn(data, "", (name) => name === "secret" || name === "templates-in-use.json")),
      ...(await filesIn(join(data, "dkim"), "dkim/")),
      ...(await filesIn(templates, "templates/")),
    ];
    const manifest: Manifest = {
      format: 1,
      madeAt: now.toString(),
      version,
      migration,
      files: await Promise.all(
        files.map(async ({ name, file }) => ({
          name,
          size: (await stat(file)).size,
          sha256: await digestOf(createReadStream(file)),
        })),
      ),
    };
    const about = join(work, manifestName);
    await writeFile(about, `${JSON.stringify(manifest, null, 2)}\n`);
    await pack(draft, [{ name: manifestName, file: about }, ...files], now);
    await checkBackup(draft);
    await rename(draft, file);
    await syncFolder(folder);
    return { bytes: (await stat(file)).size, manifest };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What the folder that a backup is made in begins with; then comes the process. The machine, too: others may share the disk. */
const begun = `.nashra-backup-${hostname()}-`;

/** Removes what processes of this machine began and did not live to end. */
async function removeBegun(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(begun)
      ? Number(/^(\d+)-[A-Za-z0-9]{6}$/.exec(name.slice(begun.length))?.[1])
      : Number.NaN;
    if (pid > 0 && !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks, and sends nothing
    return true;
  } catch (error) {
    return Object(error).code !== "ESRCH";
  }
}

/**
 * The files of a folder that belong into a backup; none where there is no folder.
 *
 * @throws where a link among them leads nowhere: the backup would lack what it stands for
 */
async function filesIn(folder: string, prefix: string, wanted = (_: string) => true): Promise<Packed[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    if (Object(error).code === "ENOENT") return [];
    throw error;
  });
  const files: Packed[] = [];
  for (const it of entries) {
    const file = join(folder, it.name);
    if (!wanted(it.name) || !belongs(prefix + it.name)) continue;
    // Container hosts put secrets and configured files in their places as links.
    const isFile = it.isSymbolicLink() ? (await stat(file)).isFile() : it.isFile();
    if (isFile) files.push({ name: prefix + it.name, file });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Reads a backup from its begin to its end and compares what is in it with what it says of itself.
 *
 * @param take gets what each file holds; without one it is only looked at
 * @throws if it is none, or damaged
 */
export async function checkBackup(
  file: string,
  take: (name: string, chunks: AsyncGenerator<Buffer>) => AsyncIterable<Buffer> = (_, chunks) => chunks,
): Promise<Manifest> {
  let manifest: Manifest | null = null;
  const seen = new Set<string>();
  for await (const { name, size, chunks } of unpack(file)) {
    if (manifest === null) {
      manifest = name === manifestName && size < 1_000_000 ? readManifest(await textOf(chunks())) : null;
      if (manifest === null) throw new Error("it is no backup of Nashra's, or one of a later version");
      continue;
    }
    const told = manifest.files.find((it) => it.name === name);
    if (!told || !belongs(name) || seen.has(name)) throw new Error(`${name} does not belong into a backup`);
    seen.add(name);
    if ((await digestOf(take(name, chunks()))) !== told.sha256) throw new Error(`${name} is damaged`);
  }
  const missing = manifest?.files.find(({ name }) => !seen.has(name));
  if (missing) throw new Error(`${missing.name} is missing`);
  if (manifest === null || !seen.has(databaseName)) throw new Error("no database is in it");
  return manifest;
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}

/** A file's new name is on the disk when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
