// nashra subscriber import: a publisher's own list is taken over, or shown as it would be.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { commandLine } from "../accounts/index.ts";
import { listSections } from "../articles/index.ts";
import { listDigests } from "../digests/index.ts";
import { readPublisher } from "../settings/index.ts";
import {
  type ImportReport,
  importList,
  type ListFile,
  type Names,
  named,
  namesOf,
  type Preview,
  previewImport,
  previewRow,
  type ReportedRow,
  reportText,
  rowWords,
  type saidColumns,
  UnreadableList,
} from "../subscribers/index.ts";
import { withList } from "./list-file.ts";
import type { Nashra } from "./node.ts";
import { printList, progress, Refusal, say, tell } from "./output.ts";
import { duringImport } from "./sqlite.ts";

export type ImportOptions = {
  consent: string;
  consentedAt?: Temporal.Instant;
  digest?: string;
  section: string[];
  language: "ar" | "en";
  encoding?: string;
  columns?: NonNullable<ReturnType<typeof saidColumns>>;
  dryRun?: boolean;
  report?: string;
  json?: boolean;
};

/** Rows that added nobody and are told one by one; a report has all of them. */
const mostTold = 20;

/** The digests and sections that lists name. */
export const namesIn = async ({ database: { db } }: Nashra): Promise<Names> =>
  namesOf(await listDigests(db), await listSections(db));

export async function subscriberImport(nashra: Nashra, name: string, options: ImportOptions): Promise<void> {
  const { database, now, config } = nashra;
  const names = await namesIn(nashra);
  const digest = options.digest === undefined ? names.digests[0] : named(names.digests, options.digest);
  if (!digest)
    throw new Refusal(`There is no digest "${options.digest}". There are: ${slugs(names.digests)}.`);
  const sections = options.section.map((wanted) => {
    const section = named(names.sections, wanted);
    if (!section) throw new Refusal(`There is no section "${wanted}". There are: ${slugs(names.sections)}.`);
    return section.id;
  });
  const consent = options.consent.trim();
  if (consent === "")
    throw new Refusal(
      "--consent is empty. Say how these people agreed, such as: sign-up sheet of the book fair, May 2026.",
    );
  const request = {
    consent,
    consentedAt: options.consentedAt ?? null,
    digest: digest.id,
    sections,
    language: options.language,
    zone: (await readPublisher(database.db)).zone,
    encoding: options.encoding ?? null,
    ...(options.columns && { columns: options.columns }),
  };
  const deps = { database, names, actor: commandLine, now: now() };
  await duringImport(database.db, "addresses", () =>
    withList(name, config.data, async (file) => {
      const bar = progress(file.name);
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      process.once("SIGINT", interrupt);
      const watch = {
        stop: stop.signal,
        onProgress: (octets: number, rows: number) =>
          bar.at(`${Math.floor((octets / (file.octets || 1)) * 100)}%, ${rows.toLocaleString("en")} rows`),
      };
      try {
        if (options.dryRun) {
          const preview = await previewImport(deps, file, request, watch);
          bar.end();
          showPreview(file, preview, names, digest.slug, options);
          return;
        }
        const told: ReportedRow[] = [];
        const result = await importList(deps, file, request, reporter(options.report, told), watch);
        bar.end();
        showResult(result, told, digest.slug, options);
      } catch (error) {
        if (error instanceof UnreadableList) throw new Refusal(error.message);
        throw error;
      } finally {
        bar.end();
        process.off("SIGINT", interrupt);
      }
    }),
  );
}

const slugs = (all: Names["digests"]) => all.map(({ slug }) => slug).join(", ") || "none yet";

/** Writes the report into its file, or keeps the first rows for telling. */
const reporter =
  (path: string | undefined, told: ReportedRow[]) => async (rows: AsyncIterable<ReportedRow>) => {
    if (path !== undefined)
      await pipeline(Readable.from(reportText(rows)), createWriteStream(path, { mode: 0o600 }));
    else for await (const row of rows) if (told.push(row) > mostTold) break;
  };

function showResult(
  { id, finished, resumedAt, counts }: ImportReport,
  told: readonly ReportedRow[],
  digest: string,
  options: ImportOptions,
): void {
  const { rows, added } = counts;
  const { refused = 0, ...others } = counts.others;
  const known = Object.values(others).reduce((sum, number) => sum + number, 0);
  if (options.json) {
    const row = { import: Number(id), finished, resumed_at: resumedAt, rows, added, known, refused };
    say(JSON.stringify({ ...row, outcomes: counts.others }));
  } else {
    if (resumedAt > 0)
      tell(`It went on after row ${resumedAt.toLocaleString("en")}, where an earlier run had stopped.`);
    for (const it of told.slice(0, mostTold)) tell(`row ${it.row}: ${it.text}: ${rowWords.en(it)}`);
    if (told.length > mostTold) tell("… --report FILE writes down all of them.");
    const asBefore = known > 0 ? `${known} (${outcomeList(others)})` : "0";
    say(
      `Added to ${digest}: ${added}. Refused: ${refused}. Others, who stay as they are: ${asBefore}. Import ${id}.`,
    );
  }
  if (!finished) throw new Refusal("Stopped. The same command goes on where it stopped.");
  if (added === 0 && known === 0 && refused > 0)
    throw new Refusal("No row of it holds an address that can be mailed.");
}

const outcomeList = (others: Record<string, number>): string =>
  Object.entries(others)
    .map(([outcome, number]) => `${outcome} ${number}`)
    .join(", ");

function showPreview(
  file: ListFile,
  { layout, sample, counts }: Preview,
  names: Names,
  digest: string,
  options: ImportOptions,
): void {
  const { encoding, delimiter, headings, columns } = layout;
  const rows = sample.map((it) => previewRow(it, names));
  if (options.json) {
    const read = { encoding, delimiter, headings, columns: Object.fromEntries(columns) };
    say(JSON.stringify({ dry_run: true, ...read, first_rows: rows, ...counts }));
    return;
  }
  const between = delimiter === "\t" ? "tabs" : `"${delimiter}"`;
  say(
    `${file.name}: ${encoding}, cells between ${between}, ${headings ? "headings in its first row" : "no headings"}.`,
  );
  for (const [column, at] of columns)
    say(`  column ${at + 1}${headings ? ` ("${headings[at]}")` : ""}: ${columnWords[column]}`);
  const unused = (headings ?? []).filter((_, at) => ![...columns.values()].includes(at));
  if (unused.length > 0) say(`  not used: ${unused.join(", ")}`);
  say("The first rows, as they are understood:");
  printList(rows, { empty: "It holds no rows." });
  say(
    `Of ${counts.rows} rows, ${counts.added} would be added to ${digest} or to the digest they name${counts.added < counts.rows ? ` (the others: ${outcomeList(counts.others) || "headings and empty rows"})` : ""}. Nothing was written.`,
  );
}

const columnWords = {
  address: "the address",
  name: "a name, which is not kept",
  language: "the language of mails",
  state: "whether they are subscribed",
  reason: "a reason, which is for suppressions",
  digests: "the digests",
  sections: "the sections",
  consentedAt: "when they agreed",
  consentSource: "how they agreed",
} as const;
