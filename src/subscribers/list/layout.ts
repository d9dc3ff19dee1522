// How a list is read: its encoding, its delimiter, and which column is what. Found out before anything is stored.
import { type Column, columnsOf, isColumn } from "./columns.ts";
import {
  type Dialect,
  detectEncoding,
  type ListFile,
  looksLikeAddress,
  readHead,
  recordsOf,
  UnreadableList,
} from "./csv.ts";

export type Layout = Dialect & {
  /** The first row, where it holds headings. */
  headings: readonly string[] | null;
  columns: ReadonlyMap<Column, number>;
  /** The first row, whatever it holds. */
  first: readonly string[];
};

/** What stands in each column of a list, as a person said it; null for what is not read. */
export type SaidColumns = readonly (Column | null)[];

/**
 * Finds out how a list is to be read. A row of headings says which column is what; without one, addresses are where they
 * stand, and a column of languages beside them.
 *
 * @param encoding as given by a person; null to find it out
 * @param said what its columns hold, where a person knows it better than their headings
 * @throws UnreadableList if no column of it holds addresses
 */
export async function layoutOf(
  file: ListFile,
  encoding: string | null,
  said: SaidColumns | null = null,
): Promise<Layout> {
  const known = encoding === null ? await detectEncoding(file) : labelOf(encoding);
  const { delimiter, records } = await readHead(file, known);
  const first = records.findIndex((row) => row.some((cell) => cell.trim() !== ""));
  const headings = records[first] ?? [];
  const columns = said === null ? columnsOf(headings) : placesOf(said);
  const rows = records.slice(first);
  const named = columns.get("address");
  // A heading such as "العنوان" may be that of a street.
  const trusted =
    named !== undefined && (said !== null || rows.some((row) => looksLikeAddress(row[named] ?? "")));
  const place = trusted ? named : (placeOfAddresses(rows) ?? named ?? null);
  if (place === null)
    throw new UnreadableList(
      `No column of ${file.name} holds addresses${headings.length > 0 ? ` (the first row: ${headings.join(" | ").slice(0, 200)})` : ""}. Give the list a row of headings, one of them "email" or "البريد".`,
    );
  const hasHeadings = !(headings[place] ?? "").includes("@");
  if (!hasHeadings && said === null) columns.clear();
  columns.set("address", place);
  if (!hasHeadings && said === null && place === 0 && headings.length > 1) columns.set("language", 1);
  return { encoding: known, delimiter, headings: hasHeadings ? headings : null, columns, first: headings };
}

const placesOf = (said: SaidColumns) =>
  new Map(said.flatMap((column, place): [Column, number][] => (column === null ? [] : [[column, place]])));

function placeOfAddresses(rows: readonly (readonly string[])[]): number | null {
  const counts = new Map<number, number>();
  for (const row of rows)
    for (const [at, cell] of row.entries())
      if (looksLikeAddress(cell)) counts.set(at, (counts.get(at) ?? 0) + 1);
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best?.[0] ?? null;
}

function labelOf(encoding: string): string {
  try {
    return new TextDecoder(encoding).encoding;
  } catch {
    throw new UnreadableList(
      `Nobody knows the encoding "${encoding}". Take utf-8, windows-1256 or utf-16le.`,
    );
  }
}

/**
 * Columns as a program says them: `address=2,language=3`, the first being 1.
 *
 * @returns null if it is none of that, names a column twice, or no address
 */
export function saidColumns(text: string): SaidColumns | null {
  const said: (Column | null)[] = [];
  for (const part of text.split(",")) {
    const [, name = "", place = ""] = /^\s*([a-zA-Z]+)=(\d{1,3})\s*$/.exec(part) ?? [];
    const at = Number(place) - 1;
    if (!isColumn(name) || at < 0 || said[at] || said.includes(name)) return null;
    while (said.length <= at) said.push(null);
    said[at] = name;
  }
  return said.includes("address") ? said : null;
}

/**
 * Every row of a list with its number, as a spreadsheet counts them. `holds` is false for the row of headings and for empty
 * ones.
 */
export async function* rowsOf(
  file: ListFile,
  layout: Layout,
  onOctets?: (octets: number) => void,
): AsyncGenerator<{ row: number; cells: readonly string[]; holds: boolean }> {
  let row = 0;
  let headings = layout.headings !== null;
  for await (const cells of recordsOf(file, layout, onOctets)) {
    row++;
    const isEmpty = cells.every((cell) => cell.trim() === "");
    yield { row, cells, holds: !isEmpty && !headings };
    if (!isEmpty) headings = false;
  }
}
