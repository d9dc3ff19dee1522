import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompiledQuery } from "kysely";
import { afterAll, expect, test } from "vitest";
import { startNashra } from "../../../tests/support/nashra.ts";
import { createLog } from "../../platform/index.ts";
import { heldSince } from "../../settings/index.ts";
import { knownMigrations, openDatabase } from "../sqlite.ts";
import { restoreBackup } from "./restore.ts";
import { backupBeforeUpgrade } from "./upgrade.ts";

const scratch = mkdtempSync(join(tmpdir(), "nashra-upgrade-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const root = join(import.meta.dirname, "..", "..", "..");
const shipped = join(root, "migrations");
const now = Temporal.Instant.from("2026-03-01T04:00:00Z");

/** A data folder of a version that had the migrations before this one. */
async function oldPaper(before: string) {
  const data = mkdtempSync(join(scratch, "data-"));
  const migrations = join(data, "..", `migrations-${before}`);
  mkdirSync(migrations, { recursive: true });
  for (const name of knownMigrations(shipped))
    if (name < before) copyFileSync(join(shipped, name), join(migrations, name));
  await (await openDatabase(join(data, "nashra.sqlite"), migrations)).close();
  return { data, migrations };
}
const backupsOf = (data: string) => readdirSync(join(data, "backups")).sort();

test("a database that is brought up to date is copied first; the copy can be restored, and is held", async () => {
  const { data } = await oldPaper("0020");
  const nashra = await startNashra({ folder: data, now: now.toString() });
  expect(await heldSince(nashra.database.db)).toBeNull(); // the paper's own goes on
  await nashra.stop();
  const [file = "", ...others] = backupsOf(data);
  expect([file, others]).toEqual([
    expect.stringMatching(/^before-0020_ledger_life-20260301T040000Z-\d+\.tar\.gz$/),
    [],
  ]);
  await (await startNashra({ folder: data })).stop();
  expect(backupsOf(data)).toEqual([file]); // nothing to bring up to date, nothing to copy
  const folder = join(scratch, "restored");
  await restoreBackup(
    join(data, "backups", file),
    { data: folder, migrations: shipped, replace: false },
    now.add({ hours: 1 }),
  );
  const restored = await startNashra({ folder });
  expect(await heldSince(restored.database.db)).toEqual({ madeAt: now, restoredAt: now.add({ hours: 1 }) });
  await restored.stop();
});

test("a new database is not copied", async () => {
  const nashra = await startNashra({});
  expect(readdirSync(nashra.folder)).not.toContain("backups");
  await nashra.stop();
});

test("three copies are kept, the newest", async () => {
  const { data } = await oldPaper("0020");
  const deps = { data, templates: join(data, "templates"), root, log: createLog("silent") };
  for (let hour = 0; hour < 5; hour++)
    await backupBeforeUpgrade(deps, "0020_ledger_life.sql", now.add({ hours: hour }));
  expect(backupsOf(data).map((name) => /\d{8}T\d{6}Z/.exec(name)?.[0])).toEqual([
    "20260301T060000Z",
    "20260301T070000Z",
    "20260301T080000Z",
  ]);
});

test("an upgrade that fails leaves the database as it was, and says what goes on and where the copy is", async () => {
  const { data, migrations } = await oldPaper("0018");
  writeFileSync(
    join(migrations, "9999_broken.sql"),
    "create table begun (id integer); update nothing set x = 1;",
  );
  const file = join(data, "nashra.sqlite");
  const opening = openDatabase(file, migrations, { copyBefore: async () => "/backups/before.tar.gz" });
  await expect(opening).rejects.toThrow(
    /by 9999_broken\.sql: .*Nothing was changed\. The version of Nashra before this one goes on with it; a backup of it is \/backups\/before\.tar\.gz\./,
  );
  rmSync(join(migrations, "9999_broken.sql"));
  const again = await openDatabase(file, migrations, {
    copyBefore: async () => "there is nothing to copy for",
  });
  const [found] = await again.batch([
    CompiledQuery.raw("select name from sqlite_schema where name = 'begun'"),
  ]);
  expect(found?.rows).toEqual([]);
  await again.close();
});

test("where no copy can be made, nothing is brought up to date", async () => {
  const { data } = await oldPaper("0020");
  writeFileSync(join(data, "backups"), "no folder");
  await expect(startNashra({ folder: data })).rejects.toThrow(
    /no backup of it can be made in .*Nothing was changed/,
  );
});
