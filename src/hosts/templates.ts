// The publisher's own templates on Node: files in a folder that stand before ours. They are looked at again when mail is rendered,
// at most once a second, never for a letter; what is broken is not used, and the last good ones stay, also after a restart.
import { hash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import {
  checkTemplates,
  isTemplateName,
  mailsWith,
  type TemplateFault,
  type TemplateReader,
  tryTemplates,
  unusedTemplates,
} from "../mail/index.ts";
import type { ShownTemplates } from "../newsroom/index.ts";
import { type Log, randomToken } from "../platform/index.ts";

export type TemplateFolder = Omit<ShownTemplates, "folder" | "builtIn"> & {
  /** The templates in force now. */
  source: () => Promise<TemplateReader>;
};

type Files = ReadonlyMap<string, string>;

const mostFiles = 100;
const mostOctets = 200_000;
const lookEveryMilliseconds = 1000;

/** The last good files, and which of ours they were checked with. */
const keptSchema = z.object({ builtIn: z.string(), files: z.record(z.string(), z.string()) });

/**
 * @param folder where the publisher's files are; it need not be there
 * @param kept the file that the last good ones are kept in
 * @param builtIn our own templates, and their names
 */
export function templateFolder(
  folder: string,
  kept: string,
  builtIn: { read: TemplateReader; names: readonly string[] },
  log: Log,
): TemplateFolder {
  const ours = hash("sha256", builtIn.names.map((name) => `${name}\0${builtIn.read(name)}`).join("\0"));
  const withOurs = (files: Files): TemplateReader =>
    files.size === 0 ? builtIn.read : (name) => files.get(name) ?? builtIn.read(name);

  let current: { stamp: string; reader: TemplateReader } | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<TemplateReader> | null = null;

  async function look(): Promise<TemplateReader> {
    const stamp = await stampOf(folder);
    if (current?.stamp !== stamp) current = { stamp, reader: withOurs(await choose()) };
    lookedAt = performance.now();
    return current.reader;
  }

  /** The files in the folder if they are good, else the last that were. */
  async function choose(): Promise<Files> {
    const { files, unread } = await readFiles(folder);
    const last = await readKept(kept);
    if (files.size === 0 && unread.length === 0) {
      await rm(kept, { force: true });
      return files;
    }
    if (unread.length === 0 && isGood(files, last)) return files;
    const faults = unread.length > 0 ? unread : await faultsIn(files);
    if (faults.length === 0) {
      await keep(kept, { builtIn: ours, files: Object.fromEntries(files) });
      log.info({ templates: [...files.keys()] }, "templates of the publisher are in use");
      return files;
    }
    const stays = last === null ? "ours are used" : "the last good ones stay in use";
    for (const { file, line, message } of faults) {
      log.error({ file: join(folder, file), line, fault: message }, `template refused; ${stays}`);
    }
    if (last === null) return new Map();
    // Another version of ours may not go with them any more.
    const good =
      last.builtIn === ours || (await checkTemplates(withOurs(last.files), last.files)).length === 0;
    return good ? last.files : new Map();
  }

  const isGood = (files: Files, last: Kept | null): boolean =>
    last?.builtIn === ours && sameFiles(last.files, files);

  /** What was found in which files when they were last tried out, which takes a second of rendering. */
  let tried: { files: Files; faults: readonly TemplateFault[] } | null = null;

  async function faultsIn(files: Files): Promise<readonly TemplateFault[]> {
    if (tried === null || !sameFiles(tried.files, files))
      tried = { files, faults: await checkTemplates(withOurs(files), files) };
    return tried.faults;
  }

  async function read(name: string): ReturnType<ShownTemplates["read"]> {
    if (!isTemplateName(name)) return null;
    const own = (await readFiles(folder)).files.get(name);
    const text = own ?? (builtIn.names.includes(name) ? builtIn.read(name) : null);
    return text === null ? null : { text, own: own !== undefined, mark: hash("sha256", text) };
  }

  /** Over when nobody saves: one saves after the other, so that the later finds what the one before wrote. */
  let saving: Promise<unknown> = Promise.resolve();

  async function save(
    ...[name, text, seen]: Parameters<ShownTemplates["save"]>
  ): ReturnType<ShownTemplates["save"]> {
    const before = await read(name);
    if (before?.mark !== seen) return { kind: "moved" };
    const changed = text === null ? null : text.replace(/^\uFEFF|\r(?=\n)/g, "");
    if (changed !== null && Buffer.byteLength(changed) > mostOctets)
      return {
        kind: "refused",
        faults: [{ file: name, line: null, message: `has more than ${mostOctets} octets` }],
      };
    const files = new Map((await readFiles(folder)).files);
    if (changed === null) files.delete(name);
    else files.set(name, changed);
    const faults = await checkTemplates(withOurs(files), files);
    if (faults.length > 0) return { kind: "refused", faults };
    try {
      await mkdir(folder, { recursive: true });
      if (changed === null) await rm(join(folder, name), { force: true });
      else await replaceFile(join(folder, name), changed);
    } catch (error) {
      return { kind: "unwritable", why: error instanceof Error ? error.message : String(error) };
    }
    lookedAt = Number.NEGATIVE_INFINITY;
    return { kind: "saved" };
  }

  return {
    async source() {
      if (current !== null && performance.now() - lookedAt < lookEveryMilliseconds) return current.reader;
      looking ??= look().finally(() => {
        looking = null;
      });
      return looking;
    },
    read,
    async mailsWith(name) {
      return mailsWith(withOurs((await readFiles(folder)).files), name);
    },
    async tryOut({ name, text }, mail, language, paper) {
      const { files } = await readFiles(folder);
      const tried = new Map([[name, text]]);
      return tryTemplates(withOurs(new Map([...files, ...tried])), tried, mail, language, paper);
    },
    save(...asked) {
      const done = saving.then(() => save(...asked));
      saving = done.catch(() => {});
      return done;
    },
    async check() {
      const { files, unread } = await readFiles(folder);
      const isKnown = files.size === 0 || isGood(files, await readKept(kept));
      const faults = [...unread, ...(isKnown ? [] : await faultsIn(files))];
      const unused = unusedTemplates(withOurs(files), await everyNameIn(folder));
      return { files: [...files.keys()], faults, unused };
    },
  };
}

/** Names, sizes and times of what is in a folder: another stamp, another look. */
async function stampOf(folder: string): Promise<string> {
  const names = await namesIn(folder);
  const facts = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => null);
      return `${name} ${found?.size} ${found?.mtimeMs} ${found?.ino}`;
    }),
  );
  return facts.join("\n");
}

/** Without hidden ones, which editors and systems leave. */
const everyNameIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith(".")).sort();

const namesIn = async (folder: string): Promise<string[]> =>
  (await everyNameIn(folder)).filter(isTemplateName).slice(0, mostFiles);

/** The files of a folder, and those that are none that can be read. */
async function readFiles(folder: string): Promise<{ files: Files; unread: TemplateFault[] }> {
  const files = new Map<string, string>();
  const unread: TemplateFault[] = [];
  for (const file of await namesIn(folder)) {
    const fault = (message: string) => unread.push({ file, line: null, message });
    try {
      const found = await stat(join(folder, file));
      // A pipe would be waited for.
      if (!found.isFile()) fault("is no file");
      else if (found.size > mostOctets) fault(`has ${found.size} octets, and a template takes ${mostOctets}`);
      else files.set(file, (await readFile(join(folder, file), "utf8")).replace(/^\uFEFF|\r(?=\n)/g, ""));
    } catch (error) {
      fault(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { files, unread };
}

type Kept = { builtIn: string; files: Files };

async function readKept(kept: string): Promise<Kept | null> {
  try {
    const { builtIn, files } = keptSchema.parse(JSON.parse(await readFile(kept, "utf8")));
    return { builtIn, files: new Map(Object.entries(files)) };
  } catch {
    return null; // none, or half of one
  }
}

/** Written aside, under a name that is hidden and no template's, and renamed. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = join(dirname(file), `.${randomToken().slice(0, 8)}`);
  await writeFile(draft, text, { flush: true });
  await rename(draft, file);
}

/** Written aside and renamed, so that nobody reads half of it. */
async function keep(kept: string, what: z.input<typeof keptSchema>): Promise<void> {
  await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
  const draft = `${kept}.${randomToken().slice(0, 8)}`;
  await writeFile(draft, JSON.stringify(what), { mode: 0o600, flush: true });
  await rename(draft, kept);
}

const sameFiles = (a: Files, b: Files): boolean =>
  a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);
