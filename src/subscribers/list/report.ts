// The rows of an import that added nobody, beside what the list itself says in them.
import { sql } from "kysely";
import type { ImportId, Outcome } from "../tables.ts";
import { byteOrderMark, csvLine } from "./cells.ts";
import type { ListFile } from "./csv.ts";
import type { Layout } from "./layout.ts";
import type { RowProblem } from "./row.ts";
import { type ImportDeps, type ImportRequest, type ListDatabase, readRows } from "./rows.ts";
import { rowWords } from "./words.ts";

/** A row that added nobody. */
export type ReportedRow = {
  /** As a spreadsheet numbers it. */
  row: number;
  /** Its address, or what stands in it instead; cut to 200 characters. */
  text: string;
  outcome: Outcome;
  /** What is wrong with it, if it was refused. */
  problem: RowProblem | null;
};

/** Rows that one query of a report reads, and that one statement forgets. */
const rowsAtOnce = 10_000;

/** They come in the order of the list, which is read once more for it. */
export async function* reportedRows(
  deps: ImportDeps,
  id: ImportId,
  file: ListFile,
  layout: Layout,
  request: ImportRequest,
): AsyncGenerator<ReportedRow> {
  const { db } = deps.database;
  const list = readRows(deps, file, layout, request);
  const place = layout.columns.get("address") ?? 0;
  try {
    for (let after = 0; ; ) {
      const page = await db
        .selectFrom("import_rows")
        .select(["row", "outcome"])
        .where("import_id", "=", id)
        .where("row", ">", after)
        .orderBy("row")
        .limit(rowsAtOnce)
        .execute();
      for (const { row, outcome } of page) {
        let read = await list.next();
        while (!read.done && read.value.row < row) read = await list.next();
        if (read.done) return;
        const { cells, reading } = read.value;
        const text = (cells[place]?.trim() || cells.join(" ").trim()).slice(0, 200);
        yield {
          row,
          text,
          outcome,
          problem: reading && !reading.ok ? reading.problem : null,
        };
      }
      after = page.at(-1)?.row ?? after;
      if (page.length < rowsAtOnce) return;
    }
  } finally {
    await list.return(undefined);
  }
}

/** Forgets the rows of an import, some at a time. */
export async function forgetRows(db: ListDatabase["db"], id: ImportId): Promise<void> {
  for (let forgotten = rowsAtOnce; forgotten === rowsAtOnce; ) {
    const result = await sql`delete from import_rows where import_id = ${id} and row in (
      select row from import_rows where import_id = ${id} order by row limit ${rowsAtOnce})`.execute(db);
    forgotten = Number(result.numAffectedRows ?? 0);
  }
}

/** A report as a CSV file: the row, what stands there, and why it added nobody, in both languages. */
export async function* reportText(rows: AsyncIterable<ReportedRow>): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(["row", "address", "outcome", "reason", "السبب"]);
  for await (const it of rows) yield csvLine([it.row, it.text, it.outcome, rowWords.en(it), rowWords.ar(it)]);
}
