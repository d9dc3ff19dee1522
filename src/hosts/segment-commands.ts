// nashra segment: filters of subscribers, saved and counted.
import { type Command, Option } from "commander";
import { auditIfChanged, commandLine } from "../accounts/index.ts";
import {
  addSegment,
  countSegment,
  givenFilter,
  listSegments,
  removeSegment,
  resolveFilter,
  showFilter,
} from "../subscribers/index.ts";
import { namesIn } from "./list-import-command.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say } from "./output.ts";
import type { Tools } from "./section-commands.ts";
import { filterNamed, todayIn } from "./subscriber-commands.ts";

type Json = { json?: boolean };
type FilterOptions = Partial<
  Record<
    | ("digest" | "section" | "state" | "language" | "source" | "import" | "createdFrom" | "createdTo")
    | ("confirmedFrom" | "confirmedTo" | "activeSince" | "idleSince"),
    string
  >
>;

/** Registers `nashra segment …`. */
export function segmentCommands(nashra: Command, { add, withNashra, json }: Tools): void {
  const segment = add(nashra, "segment", "saved filters of subscribers: list, add, remove, count");
  add(segment, "list", "all segments and their filters")
    .addOption(json())
    .action((options: Json) => withNashra((it) => list(it, options)));
  const day = "a day as in 2026-03-01, or 90d for so many days ago";
  add(segment, "add <name>", "save a filter; everything that is given must hold")
    .option("--digest <digest>", "has a subscription to it")
    .option("--section <section>", "gets this section of it (whoever gets all of them does)")
    .option(
      "--state <state>",
      "with --digest: active, paused, pending, left; else pending, confirmed, left, suppressed",
    )
    .addOption(new Option("--language <language>", "of their mails").choices(["ar", "en"]))
    .option("--source <source>", "how they came: home, section, page, embed, api, import, sample")
    .option("--import <id>", "the import that brought them (nashra subscriber imports)")
    .option("--created-from <day>", `first known on that day or later: ${day}`)
    .option("--created-to <day>", "first known on that day or before")
    .option("--confirmed-from <day>", "confirmed on that day or later")
    .option("--confirmed-to <day>", "confirmed on that day or before")
    .option("--active-since <day>", "did something themselves on that day or later")
    .option("--idle-since <day>", "did nothing themselves since")
    .addOption(json())
    .action((name: string, options: Json & FilterOptions) => withNashra((it) => addNamed(it, name, options)));
  add(segment, "remove <name>", "forget a filter; the people stay").action((name: string) =>
    withNashra((it) => remove(it, name)),
  );
  add(segment, "count <name>", "how many people are in it now")
    .addOption(json())
    .action((name: string, options: Json) => withNashra((it) => count(it, name, options)));
}

async function list(nashra: Nashra, options: Json): Promise<void> {
  const names = await namesIn(nashra);
  const rows = (await listSegments(nashra.database.db)).map(({ slug, filter }) => ({
    segment: slug,
    filter: showFilter(filter, names),
  }));
  printList(rows, {
    ...options,
    empty: "There is no segment yet: nashra segment add NAME --digest daily --state active",
  });
}

async function addNamed(nashra: Nashra, name: string, options: Json & FilterOptions): Promise<void> {
  const { database, now } = nashra;
  const slug = name.normalize("NFC").trim();
  if (!/^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u.test(slug) || slug.length > 80)
    throw new Refusal(
      `"${name}" is no name for a segment. Take letters, digits and hyphens, such as quiet-readers.`,
    );
  const given = givenFilter.safeParse(asFilter(options));
  if (!given.success)
    throw new Refusal(`This is no filter: ${given.error.issues.map(({ message }) => message).join("; ")}.`);
  const resolved = resolveFilter(given.data, await namesIn(nashra));
  if (!resolved.ok) throw new Refusal(resolved.why);
  const [added] = await database.batch([
    addSegment(database.db, { slug, filter: resolved.filter }, now()),
    auditIfChanged(database.db, { actor: commandLine, act: "segment-add", subject: slug }, now()),
  ]);
  if (added?.changes !== 1)
    throw new Refusal(`There is a segment "${slug}" already. Remove it, or take another name.`);
  await count(nashra, slug, options);
}

const asFilter = (options: FilterOptions): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({
      digest: options.digest,
      section: options.section,
      state: options.state,
      language: options.language,
      source: options.source,
      import: options.import === undefined ? undefined : Number(options.import),
      created_from: options.createdFrom,
      created_to: options.createdTo,
      confirmed_from: options.confirmedFrom,
      confirmed_to: options.confirmedTo,
      active_since: options.activeSince,
      idle_since: options.idleSince,
    }).filter(([, value]) => value !== undefined),
  );

async function remove({ database: { db, batch }, now }: Nashra, name: string): Promise<void> {
  const [removed] = await batch([
    removeSegment(db, name),
    auditIfChanged(db, { actor: commandLine, act: "segment-remove", subject: name }, now()),
  ]);
  if (removed?.changes !== 1)
    throw new Refusal(`There is no segment "${name}". "nashra segment list" shows them.`);
  say(`The segment ${name} is removed. Its people stay.`);
}

async function count(nashra: Nashra, name: string, options: Json): Promise<void> {
  const filter = await filterNamed(nashra, name);
  const people = await countSegment(nashra.database.db, filter, await todayIn(nashra));
  say(options.json ? JSON.stringify({ segment: name, count: people }) : `${name}: ${people}`);
}
