// nashra backup, nashra restore: one file with everything that cannot be made again, and the way back from it.
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import Sqlite from "better-sqlite3";
import type { Command } from "commander";
import { Kysely, SqliteDialect } from "kysely";
import { auditIfChanged } from "../../accounts/index.ts";
import type { Config } from "../../config.ts";
import { releaseRestored, restoredState } from "../../delivery/index.ts";
import { issueName } from "../../digests/index.ts";
import {
  type Backup,
  type Held,
  markRestored,
  noteBackup,
  type SettingsTables,
} from "../../settings/index.ts";
import type { Nashra } from "../node.ts";
import { Refusal, say, tell, WrongUsage } from "../output.ts";
import { projectFolder } from "../parts.ts";
import type { Tools } from "../section-commands.ts";
import { hasTable } from "./copy.ts";
import { makeBackup } from "./make.ts";
import { databaseName } from "./manifest.ts";
import { restoreBackup } from "./restore.ts";
import { keepNewest, stampOf, versionOf } from "./upgrade.ts";

type Json = { json?: boolean };

/** Registers `nashra backup` and `nashra restore`. */
export function backupCommands(
  nashra: Command,
  {
    add,
    withNashra,
    json,
    count,
    instant,
    configOf,
  }: Tools & { instant: (text: string) => Temporal.Instant; configOf: () => Config },
): void {
  add(
    nashra,
    "backup <file-or-folder>",
    "database, keys and templates as one file, also while mail goes out; in a folder it is named by its time",
  )
    .option("--keep <n>", "of those named by their time in the folder, keep the newest n", count)
    .option("--overwrite", "replace the file if it is there")
    .addOption(json())
    .action((where: string, options: Json & { keep?: number; overwrite?: boolean }) =>
      backup(configOf(), where, options),
    );
  add(
    nashra,
    "restore [file]",
    "put a backup in place; without a file, say whether this database is a restored one",
  )
    .option("--replace", "move what is in the data folder aside first")
    .option("--resume", "let issues be sent again from a database that was restored")
    .option("--mark <instant>", "this database is a copy of that moment, restored by other means", instant)
    .addOption(json())
    .action(
      (
        file: string | undefined,
        options: Json & { replace?: boolean; resume?: boolean; mark?: Temporal.Instant },
      ) => {
        const asked = [file, options.resume, options.mark].filter((it) => it !== undefined).length;
        if (asked > 1) throw new WrongUsage("Give a file, or --resume, or --mark: one of them.");
        if (file !== undefined) return restore(configOf(), file, options);
        return withNashra(async (it) => {
          if (options.mark) await mark(it, options.mark);
          if (options.resume) await resume(it);
          await status(it, options);
        });
      },
    );
}

const timeName = /^nashra-(\d{8}T\d{6}Z)\.tar\.gz$/;

async function backup(
  { data, templates, secret, dkim }: Config,
  where: string,
  options: Json & { keep?: number; overwrite?: boolean },
): Promise<void> {
  if (!existsSync(join(data, databaseName)))
    throw new Refusal(`There is no database in ${data}. NASHRA_DATA names the data folder.`);
  const now = Temporal.Now.instant();
  const isFolder = statSync(where, { throwIfNoEntry: false })?.isDirectory() === true;
  if (options.keep !== undefined && !isFolder)
    throw new WrongUsage("--keep is for a folder of backups, and that is none.");
  const file = resolve(isFolder ? join(where, `nashra-${stampOf(now)}.tar.gz`) : where);
  if (existsSync(file) && !options.overwrite)
    throw new Refusal(`${file} is there already. Give another name, or say --overwrite.`);
  if (!existsSync(dirname(file))) throw new Refusal(`There is no folder ${dirname(file)}.`);
  const source = {
    data,
    templates: templates ?? join(data, "templates"),
    version: versionOf(projectFolder()),
  };
  const { bytes, manifest } = await makeBackup(source, file, now).catch((error: unknown) => {
    throw new Refusal(
      `No backup was made: ${error instanceof Error ? error.message : String(error)}. ${file} is as it was.`,
    );
  });
  await note(join(data, databaseName), { at: now, file, bytes });
  const gone = options.keep === undefined ? [] : await keepNewest(dirname(file), timeName, options.keep);
  if (options.json) return say(JSON.stringify({ file, bytes, ...manifest, deleted: gone }));
  say(`${file}: ${bytes} octets, read through and found whole. It holds ${listed(manifest.files)}.`);
  if (gone.length > 0) say(`Deleted: ${gone.join(", ")}.`);
  tell(
    "Whoever has this file can write mail in your name and knows your readers. Keep it where nobody else reads.",
  );
  if (secret !== null) tell("NASHRA_SECRET comes from the environment and is not in it: keep it yourself.");
  if (dkim !== null) tell("NASHRA_DKIM comes from the environment and is not in it: keep it yourself.");
}

const listed = (files: readonly { name: string }[]) => files.map(({ name }) => name).join(", ");

/** Notes when it was, for those who watch; without bringing the database up to date, which may be served by another version. */
async function note(file: string, made: Backup): Promise<void> {
  const sqlite = new Sqlite(file, { fileMustExist: true, timeout: 5000 });
  const db = new Kysely<SettingsTables>({ dialect: new SqliteDialect({ database: sqlite }) });
  try {
    if (hasTable(sqlite, "settings")) await db.executeQuery(noteBackup(db, made));
  } finally {
    await db.destroy();
  }
}

async function restore(config: Config, file: string, options: Json & { replace?: boolean }): Promise<void> {
  if (!existsSync(file)) throw new Refusal(`There is no file ${file}.`);
  const { manifest, setAside } = await restoreBackup(
    file,
    {
      data: config.data,
      migrations: join(projectFolder(), "migrations"),
      replace: options.replace === true,
    },
    Temporal.Now.instant(),
  );
  if (options.json) return say(JSON.stringify({ data: config.data, set_aside: setAside, ...manifest }));
  say(`${config.data} holds the backup of ${manifest.madeAt} now: ${listed(manifest.files)}.`);
  if (setAside !== null) say(`What was there is in ${setAside}.`);
  if (config.secret === null && !manifest.files.some(({ name }) => name === "secret"))
    tell(
      "No secret is in it. Set NASHRA_SECRET to the one that was used: the links in all mails sent depend on it.",
    );
  if (config.templates !== null && manifest.files.some(({ name }) => name.startsWith("templates/")))
    tell(
      `NASHRA_TEMPLATES is ${config.templates}; the templates of the backup are in ${join(config.data, "templates")}.`,
    );
  say(
    "No issue is sent from it yet. Start it, look, and say so: nashra restore tells what is not known, nashra restore --resume lets it send.",
  );
}

async function mark({ database: { db, batch }, now }: Nashra, madeAt: Temporal.Instant): Promise<void> {
  if (Temporal.Instant.compare(madeAt, now()) > 0) throw new Refusal(`${madeAt} is yet to come.`);
  await batch([
    markRestored(db, madeAt, now()),
    auditIfChanged(db, { actor: "command line", act: "restore-mark", subject: `copy of ${madeAt}` }, now()),
  ]);
}

async function resume({ database, now }: Nashra): Promise<void> {
  const audit: Parameters<typeof releaseRestored>[0]["audit"] = (entry, at) =>
    auditIfChanged(database.db, entry, at);
  if (!(await releaseRestored({ database, now, audit }, "command line")))
    throw new Refusal("Nothing is held: this database is no restored copy, or somebody let it send already.");
  say("Issues that are opened from now on, and those that were opened since the restore, are sent.");
}

async function status({ database: { db } }: Nashra, options: Json): Promise<void> {
  const state = await restoredState(db);
  const { held } = state;
  const issues = state.issues.map(({ issue, unknown }) => ({
    issue: issueName(issue),
    state: issue.state,
    unknown,
  }));
  if (options.json)
    return say(
      JSON.stringify({
        held: held !== null,
        made_at: held?.madeAt.toString() ?? null,
        restored_at: held?.restoredAt.toString() ?? null,
        paused: issues,
      }),
    );
  say(held === null ? "No mail is held." : heldWords(held));
  if (issues.length > 0)
    say(
      "These were under way when the copy was made. Letters without an end may have left since; the relay's log knows:",
    );
  for (const { issue, state, unknown } of issues)
    say(
      `  ${issue} (${state}): ${unknown} letters without an end. nashra issue resume ${issue} sends them, nashra issue cancel ${issue} --reason … does not.`,
    );
}

const heldWords = ({ madeAt, restoredAt }: Held): string =>
  `This database is a copy of ${madeAt}, restored at ${restoredAt}. Until somebody says "nashra restore --resume", or so in the newsroom, no issue is sent from it.
Nothing is known of what was done between the two:
  - Letters that left. Issues that were under way are paused, each until you say so; runs that were due in between are left out.
  - Readers who left, were suppressed or had themselves erased: they are here as before. Take out those you know of.
  - Articles, corrections and choices of editors.
  - Editors who were removed or switched off may sign in again, and roles are as they were: nashra editor list. Everybody was signed out.
  - Passkeys that were removed, such as of a lost phone, open again: let each editor look through theirs in the newsroom.
  - Tokens of the API that were revoked work again: nashra token list.
Make sure that the database it stands for sends nothing any more.`;
