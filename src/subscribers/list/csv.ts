// The bytes of a list become records of cells, whatever encoding and delimiter it is in; one after the other, however many.
import { CsvError, type Options } from "csv-parse";
import { parse as parseStream } from "csv-parse/stream";
import { parse as parseText } from "csv-parse/sync";
import { columnsOf } from "./columns.ts";

/** A list as the host hands it over. It may be read any number of times. */
export type ListFile = {
  name: string;
  /** The same for the same content alone, such as a hash of it. */
  identity: string;
  octets: number;
  open: () => ReadableStream<Uint8Array<ArrayBuffer>>;
};

/** A list that cannot be read: the sentence says why, and what to do. */
export class UnreadableList extends Error {}

/** A record that is longer holds a quotation mark that nothing closes. */
const longestRecord = 100_000;

export const delimiters = [",", ";", "\t", "|", "،"] as const;
export type Delimiter = (typeof delimiters)[number];

export type Dialect = {
  /** As the Encoding Standard names it. */
  encoding: string;
  delimiter: Delimiter;
};

const optionsFor = (delimiter: Delimiter): Options => ({
  delimiter,
  bom: true,
  record_delimiter: ["\r\n", "\n", "\r"],
  relax_column_count: true,
  relax_quotes: true,
  ...(delimiter === "\t" ? {} : { trim: true }), // a tab would be trimmed too
  max_record_size: longestRecord,
});

/**
 * Every record of a list, empty lines too, so that their numbers are those that a spreadsheet shows.
 *
 * @param onOctets told how many have been read so far
 * @throws UnreadableList where the list is broken
 */
export async function* recordsOf(
  file: ListFile,
  { encoding, delimiter }: Dialect,
  onOctets: (octets: number) => void = () => {},
): AsyncGenerator<string[]> {
  let octets = 0;
  const counted = file.open().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        octets += chunk.length;
        onOctets(octets);
        controller.enqueue(chunk);
      },
    }),
  );
  const bytes = encoding === "utf-8" ? counted : recoded(counted, encoding);
  const records: ReadableStream<string[]> = bytes.pipeThrough(parseStream(optionsFor(delimiter)));
  try {
    yield* records;
  } catch (error) {
    if (error instanceof CsvError) throw new UnreadableList(faultOf(error));
    throw error;
  }
}

const recoded = (bytes: ReadableStream<Uint8Array<ArrayBuffer>>, encoding: string) =>
  bytes.pipeThrough(new TextDecoderStream(encoding)).pipeThrough(new TextEncoderStream());

function faultOf(error: CsvError): string {
  const line = Number(error["lines"]);
  return /MAX_RECORD|QUOTE_NOT_CLOSED/.test(error.code)
    ? `A quotation mark opens a cell that nothing closes, in the record that ends on line ${line} or before. Mend the list there.`
    : `Line ${line} cannot be read as CSV: ${error.message}.`;
}

/**
 * The encoding of a list: UTF-8 or UTF-16, by a byte order mark or by what all of it looks like; else windows-1256, in which
 * Arabic was written before (and French, at the same places as in windows-1252).
 *
 * @throws UnreadableList if it is no text
 */
export async function detectEncoding(file: ListFile): Promise<string> {
  const utf8 = new TextDecoder("utf-8");
  let [broken, whole, first] = [0, 0, true];
  for await (const chunk of file.open()) {
    const known = first ? encodingByHead(chunk) : null;
    if (known !== null) return known;
    first = false;
    const text = utf8.decode(chunk, { stream: true });
    if (text.includes("\0")) throw new UnreadableList(noText);
    if (!beyondAscii.test(text)) continue;
    broken += text.match(/\uFFFD/g)?.length ?? 0;
    whole += text.match(/[^\0-\x7F\uFFFD]/g)?.length ?? 0;
  }
  // A few broken letters, as when a cell was cut inside one, make no other encoding of it.
  return broken === 0 || whole >= broken * wholeBesideBroken ? "utf-8" : "windows-1256";
}

const wholeBesideBroken = 10;
const beyondAscii = /[^\0-\x7F]/;
const noText = "This is no text. Save the list as CSV (UTF-8) and give that.";

function encodingByHead(head: Uint8Array): string | null {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0x50 && b === 0x4b && c === 3 && d === 4)
    throw new UnreadableList("This is a spreadsheet (xlsx, ods). Save it as CSV (UTF-8) and give that.");
  // The first letters of any list are ASCII or Arabic: in UTF-16 every other octet of ASCII is 0, of Arabic 6.
  const pairs = head.subarray(0, 1000);
  const high = (at: 0 | 1) => pairs.filter((octet, i) => i % 2 === at && (octet === 0 || octet === 6)).length;
  const most = Math.floor(pairs.length / 2) * 0.9;
  if (pairs.length < 4) return null;
  return high(1) >= most ? "utf-16le" : high(0) >= most ? "utf-16be" : null;
}

/** How a list looks like an address: nothing of it need be one. */
export const looksLikeAddress = (cell: string): boolean =>
  /^[^\s@,;|،"<>]+@[^\s@,;|،"<>]+$/.test(cell.trim());

/** Records by which a list is judged. */
const headRecords = 50;
const headCharacters = 100_000;

/** The first records of a list, read with the delimiter that makes the most sense of them. */
export async function readHead(
  file: ListFile,
  encoding: string,
): Promise<{ delimiter: Delimiter; records: string[][] }> {
  const text = await headText(file, encoding);
  const readings = delimiters.map((delimiter) => {
    const records = headRecordsOf(text, delimiter);
    const addresses = records.flat().filter(looksLikeAddress).length;
    const known = columnsOf(records[0] ?? []).size;
    const widths = records.map(({ length }) => length);
    const even = widths.filter((width) => width === widths[0]).length / (widths.length || 1);
    return { delimiter, records, score: [addresses + known, (widths[0] ?? 0) > 1 ? even : 0] as const };
  });
  const [best] = readings.sort((a, b) => b.score[0] - a.score[0] || b.score[1] - a.score[1]);
  return best ?? { delimiter: ",", records: [] };
}

async function headText(file: ListFile, encoding: string): Promise<string> {
  const decoder = new TextDecoder(encoding);
  let text = "";
  for await (const chunk of file.open()) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > headCharacters) return text.slice(0, headCharacters);
  }
  return text + decoder.decode();
}

function headRecordsOf(text: string, delimiter: Delimiter): string[][] {
  // The head may end inside a record, so that its last one is not to be believed; what comes before is given out.
  const records: string[][] = [];
  try {
    parseText(text, {
      ...optionsFor(delimiter),
      to: headRecords,
      on_record: (record: string[]) => {
        records.push(record);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  return records;
}
