// nashra subscriber: import, export, list, show, leave, imports.
import { once } from "node:events";
import { type Command, InvalidArgumentError, Option } from "commander";
import { audit, commandLine } from "../accounts/index.ts";
import { readPublisher } from "../settings/index.ts";
import {
  columnNames,
  type ExportFormat,
  eventWords,
  exportFormats,
  exportText,
  leave,
  listImports,
  parseAddress,
  type SegmentFilter,
  saidColumns,
  segmentBySlug,
  segmentPages,
  showSubscriber,
  stateOf,
  subscriberAt,
} from "../subscribers/index.ts";
import { type ImportOptions, namesIn, subscriberImport } from "./list-import-command.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, tell } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Json = { json?: boolean };

/** Registers `nashra subscriber …`. @returns it, for commands that stand elsewhere */
export function subscriberCommands(
  nashra: Command,
  { add, withNashra, json, instant }: Tools & { instant: (text: string) => Temporal.Instant },
): Command {
  const subscriber = add(nashra, "subscriber", "subscribers: import, export, list, show, leave");
  const several = (section: string, before: string[]) => [...before, section];
  const segment = () => new Option("--segment <segment>", "only those of a saved segment");
  add(
    subscriber,
    "import <file>",
    "take over a list of people who agreed: CSV or one address a line; - reads standard input",
  )
    .requiredOption("--consent <text>", "how these people agreed; kept with each of them")
    .option("--consented-at <instant>", "when they did, where the list does not say it of each", instant)
    .option("--digest <digest>", "which digest they get whose row names none")
    .option("--section <section>", "only this section of it (slug or title); may be given again", several, [])
    .addOption(
      new Option("--language <language>", "of those whose row names none")
        .choices(["ar", "en"])
        .default("ar"),
    )
    .option("--encoding <encoding>", "such as windows-1256, where it is not found out by itself")
    .option(
      "--columns <columns>",
      `what its columns hold, where their headings do not say it: address=2,language=3; there are ${columnNames.join(", ")}`,
      columnsIn,
    )
    .option("--dry-run", "show how the list is understood and what would come of it; write nothing")
    .option("--report <file>", "write the rows that added nobody into this file, with reasons")
    .addOption(json())
    .action((file: string, options: ImportOptions) =>
      withNashra((it) => subscriberImport(it, file, options)),
    );
  add(
    subscriber,
    "imports",
    "the newest lists that were taken over; one that is running may have been broken off",
  )
    .addOption(json())
    .action((options: Json) => withNashra((it) => imports(it, options)));
  add(subscriber, "export", "subscribers as a file on standard output, for spreadsheets or for programs")
    .addOption(segment())
    .addOption(
      new Option("--format <format>", "csv, or json: a line a person").choices(exportFormats).default("csv"),
    )
    .action((options: { segment?: string; format: ExportFormat }) =>
      withNashra((it) => exportAll(it, options)),
    );
  add(subscriber, "list", "every subscriber and their state")
    .addOption(segment())
    .addOption(json())
    .action((options: Json & { segment?: string }) => withNashra((it) => list(it, options)));
  add(subscriber, "show <address>", "their state, what they subscribe to, and what they agreed to when")
    .addOption(json())
    .action((address: string, options: Json) => withNashra((it) => show(it, address, options)));
  add(subscriber, "leave <address>", "end all their subscriptions; no import brings them back").action(
    (address: string) => withNashra((it) => leaveAll(it, address)),
  );
  return subscriber;
}

/** The filter of a saved segment; everybody where none is named. */
export async function filterNamed(
  { database: { db } }: Nashra,
  slug: string | undefined,
): Promise<SegmentFilter> {
  if (slug === undefined) return {};
  const segment = await segmentBySlug(db, slug);
  if (!segment) throw new Refusal(`There is no segment "${slug}". "nashra segment list" shows them.`);
  return segment.filter;
}

export const todayIn = async ({ database: { db }, now }: Nashra) => ({
  now: now(),
  zone: (await readPublisher(db)).zone,
});

async function imports({ database: { db } }: Nashra, options: Json): Promise<void> {
  const rows = (await listImports(db, 50)).map(({ startedAt, ...it }) => ({
    ...it,
    started: startedAt.toString(),
  }));
  printList(rows, { ...options, empty: "No list was taken over yet." });
}

async function exportAll(
  nashra: Nashra,
  { segment, format }: { segment?: string; format: ExportFormat },
): Promise<void> {
  const { database, now } = nashra;
  const filter = await filterNamed(nashra, segment);
  const subject = `${segment ?? "all"} (${format})`;
  await database.batch([
    audit(database.db, { actor: commandLine, act: "subscribers-export", subject }, now()),
  ]);
  const text = exportText(database.db, format, filter, await namesIn(nashra), await todayIn(nashra));
  for await (const piece of text) if (!process.stdout.write(piece)) await once(process.stdout, "drain");
}

async function list(nashra: Nashra, options: Json & { segment?: string }): Promise<void> {
  const filter = await filterNamed(nashra, options.segment);
  let any = false;
  for await (const page of segmentPages(nashra.database.db, filter, await todayIn(nashra))) {
    any = true;
    const rows = page.map((person) => ({ address: person.address, state: stateOf(person) }));
    printList(rows, { json: options.json === true, empty: "" });
  }
  if (!any && !options.json)
    tell(options.segment ? "Nobody is in this segment." : "There is no subscriber yet.");
}

async function idAt({ database: { db } }: Nashra, address: string) {
  const parsed = parseAddress(address);
  const id = parsed.ok ? await subscriberAt(db, parsed.key) : null;
  if (id === null) throw new Refusal(`Nobody with the address ${address} is known.`);
  return id;
}

async function show(nashra: Nashra, address: string, options: Json): Promise<void> {
  const names = await namesIn(nashra);
  const shown = await showSubscriber(nashra.database.db, await idAt(nashra, address), names);
  if (!shown) throw new Refusal(`Nobody with the address ${address} is known.`);
  const { history, ...person } = shown;
  const digestOf = (id: number | null) => names.digests.find((it) => it.id === id)?.slug ?? null;
  const told = history.map((event) => ({
    at: event.at.toString(),
    act: event.act,
    digest: digestOf(event.digest),
    words: eventWords("en", event),
  }));
  if (options.json) return say(JSON.stringify({ ...person, history: told }));
  say(
    `${person.address}: ${person.state}${person.suppression ? ` (${person.suppression})` : ""}, ${person.language}`,
  );
  say(`came by ${person.source}${person.import ? ` ${person.import}` : ""} on ${person.created_at}`);
  for (const { digest, state, sections, frequency, slots, paused_until } of person.digests)
    say(
      `${digest}: ${state}${paused_until ? ` until ${paused_until}` : ""}, ${sections.length > 0 ? sections.join(", ") : "all sections"}, ${frequency === "each" ? "each issue" : frequency}${slots.length > 0 ? ` at ${slots.join(", ")}` : ""}`,
    );
  say("Consent:");
  for (const { at, digest, words } of told) say(`  ${at}${digest ? ` ${digest}` : ""}: ${words}`);
}

async function leaveAll(nashra: Nashra, address: string): Promise<void> {
  const { database, now } = nashra;
  const subscriber = await idAt(nashra, address);
  const ended = await leave(database, { subscriber, digest: null }, "publisher", { via: "publisher" }, now());
  if (ended.length === 0) throw new Refusal(`${address} had left everything already.`);
  const entry = { actor: commandLine, act: "subscriber-leave", subject: `subscriber ${subscriber}` };
  await database.batch([audit(database.db, entry, now())]);
  say(`${address} gets nothing any more. No import brings them back; they may sign up again themselves.`);
}

function columnsIn(text: string): NonNullable<ReturnType<typeof saidColumns>> {
  const columns = saidColumns(text);
  if (columns === null)
    throw new InvalidArgumentError(
      `"${text}" is not NAME=PLACE separated by commas, each once and address among them, such as address=2,language=3. There are ${columnNames.join(", ")}.`,
    );
  return columns;
}
