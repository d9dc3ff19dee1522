// Cells as CSV (RFC 4180) that a spreadsheet opens without running what stands in them. Pure.

/**
 * How a cell begins that a spreadsheet would take for a formula, also one that trims cells; and an apostrophe, so that ours can
 * be told and taken off.
 */
const risky = /^(?:[\t\r]|\s*[=+\-@'＝＋－＠])/;

/** What ends a cell here or in a spreadsheet that is set to another separator, as Excel is by the machine's language. */
const separating = /[",;|\t،\r\n]/;

/** A cell without the apostrophe that {@link csvLine}, or another program in the same way, put before a risky one. */
export const bareCell = (cell: string): string =>
  cell.startsWith("'") && risky.test(cell.slice(1)) ? cell.slice(1) : cell;

/** At the beginning of a CSV file: without it, Excel takes UTF-8 for the encoding of the machine. */
export const byteOrderMark = "\uFEFF";

/** One record with its line break. */
export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(csvCell).join(",")}\r\n`;

function csvCell(value: string | number | null): string {
  const text = String(value ?? "");
  const safe = risky.test(text) ? `'${text}` : text;
  return separating.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
