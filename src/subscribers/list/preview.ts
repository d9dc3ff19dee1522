// What an import would do, told before it does it.
import { fromMilliseconds } from "../../platform/index.ts";
import { judgeChunk } from "./chunk.ts";
import type { ListFile } from "./csv.ts";
import type { ImportCounts, ImportWatch } from "./import.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { RowReading } from "./row.ts";
import { addErasedKeys, chunksOf, hasErased, type ImportDeps, type ImportRequest, readRows } from "./rows.ts";
import { type Names, writeWanted } from "./wanted.ts";
import { problemWords } from "./words.ts";

export type Preview = {
  layout: Layout;
  /** The first rows as they are understood. */
  sample: { row: number; understood: RowReading }[];
  counts: ImportCounts;
};

/** Rows that a preview shows. */
const shownRows = 5;

/** A preview tells duplicates among so many; an import tells all. */
const mostRemembered = 1_000_000;

/** What {@link importList} would do. Nothing is written. */
export async function previewImport(
  deps: ImportDeps,
  file: ListFile,
  request: ImportRequest,
  { onProgress = () => {}, stop }: ImportWatch = {},
): Promise<Preview> {
  const { db } = deps.database;
  const layout = await layoutOf(file, request.encoding, request.columns);
  const hidesErased = await hasErased(db);
  const seen = new Set<string>();
  const sample: Preview["sample"] = [];
  const counts: ImportCounts = { rows: 0, added: 0, others: {} };
  let octets = 0;
  async function* shown() {
    const onOctets = (read: number) => {
      octets = read;
    };
    for await (const it of readRows(deps, file, layout, request, onOctets)) {
      if (it.reading && sample.length < shownRows) sample.push({ row: it.row, understood: it.reading });
      yield it;
    }
  }
  for await (const { to, rows } of chunksOf(shown(), 0, () => seen)) {
    stop?.throwIfAborted();
    if (seen.size > mostRemembered) seen.clear();
    if (hidesErased) await addErasedKeys(db, rows);
    const judged = rows.flatMap((it) => ("outcome" in it ? [it.outcome] : []));
    for (const outcome of [...judged, ...(await judgeChunk(db, rows))]) {
      if (outcome === null) counts.added++;
      else counts.others[outcome] = (counts.others[outcome] ?? 0) + 1;
    }
    counts.rows = to;
    onProgress(octets, to);
  }
  return { layout, sample, counts };
}

/** A row of a preview in words: the person as understood, or why there is none. */
export function previewRow({ row, understood }: Preview["sample"][number], names: Names) {
  if (!understood.ok)
    return {
      row,
      address: null,
      language: null,
      digests: null,
      consented_at: null,
      refused: problemWords("en", understood.problem),
    };
  const { address, language, wanted, consentedAt } = understood.person;
  return {
    row,
    address,
    language,
    digests: writeWanted(wanted, names),
    consented_at: consentedAt === null ? null : fromMilliseconds(consentedAt).toString(),
    refused: null,
  };
}
