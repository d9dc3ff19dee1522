// nashra import of an export file of WordPress: however large, and from where it stopped.
import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { type ExportFile, importWxr, type WxrImport } from "../sources/index.ts";
import type { Nashra } from "./node.ts";
import { progress, Refusal, say, tell } from "./output.ts";
import { duringImport } from "./sqlite.ts";
import { threadedReader } from "./wxr-reader.ts";

/** The beginning of a file, by which it is told what it is and whether it was here before. */
const headOctets = 1_000_000;

async function headOf(name: string): Promise<Buffer> {
  const file = await open(name);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headOctets), 0, headOctets, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The file as an export of WordPress; null if it is something else. */
export async function exportFile(name: string): Promise<Omit<ExportFile, "reader"> | null> {
  const head = await headOf(name);
  if (!head.subarray(0, 20_000).toString("latin1").includes("wordpress.org/export/")) return null;
  const { size } = await stat(name);
  const digest = createHash("sha256").update(head).digest("hex").slice(0, 32);
  return {
    identity: `${size}:${digest}`,
    octets: size,
  };
}

/** Imports an export, showing how far it is; an interrupt stops it between two articles, and the same command goes on. */
export async function importExport(
  nashra: Nashra,
  name: string,
  file: Omit<ExportFile, "reader">,
  options: { json?: boolean },
): Promise<void> {
  const shown = progress(basename(name));
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  const started = performance.now();
  const reader = threadedReader(name);
  const importing = () =>
    importWxr(
      nashra.sources,
      { ...file, reader },
      {
        stop: stop.signal,
        progress: (octets, { created, revised, unchanged }) =>
          shown.at(`${Math.floor((octets / file.octets) * 100)}%, ${created + revised + unchanged} articles`),
      },
    );
  const result = await duringImport(nashra.database.db, "articles", importing).finally(reader.close);
  process.off("SIGINT", interrupt);
  shown.end();
  if (!result.ok) throw new Refusal(`${name}: ${result.why}`);
  const seconds = (performance.now() - started) / 1000;
  summarise(name, result, seconds, options);
  if (!result.finished)
    throw new Refusal(result.report.error ?? "Stopped. The same command goes on where it stopped.");
}

function summarise(
  name: string,
  { source, report, others, shortcodes, picturesLost, from }: WxrImport,
  seconds: number,
  options: { json?: boolean },
): void {
  for (const { what, why } of report.notes) tell(`Skipped: ${what}: ${why}`);
  if (report.skipped > report.notes.length)
    tell(`… and ${report.skipped - report.notes.length} more were skipped.`);
  if (picturesLost > 0)
    tell(
      `The export has more pictures than are remembered: ${picturesLost} were left out, and articles that have one of them came without. Export the site in parts, by date, to have all.`,
    );
  if (options.json) {
    say(
      JSON.stringify({
        file: name,
        source: source.slug,
        ...report,
        other_types: Object.fromEntries(others),
        shortcodes: Object.fromEntries(shortcodes),
        pictures_lost: picturesLost,
        resumed_at: from,
      }),
    );
    return;
  }
  const counts = (them: Iterable<[string, number]>) =>
    [...them].map(([what, number]) => `${what} ${number}`).join(", ");
  const { created, revised, unchanged, skipped, removed } = report;
  if (from > 0) tell(`It went on where an earlier import had stopped.`);
  say(
    `${source.title}: ${created} new, ${revised} changed, ${unchanged} as before, ${skipped} skipped, in ${seconds.toFixed(1)} s.`,
  );
  if (others.size > 0) say(`No articles: ${counts(others)}.`);
  if (Object.keys(removed).length > 0) say(`Taken out of the texts: ${counts(Object.entries(removed))}.`);
  if (shortcodes.size > 0) say(`Shortcodes taken out: ${counts(shortcodes)}.`);
  if (created > 0) say(`Their categories lead to sections: nashra source categories ${source.slug}`);
}
