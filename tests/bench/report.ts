// What a bench says: the machine's line, means and medians with their spread, tables that are Markdown and read well as they are.
import { availableParallelism, cpus, release, totalmem, type } from "node:os";

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** What was measured on, and when: a number without it says nothing. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const day = Temporal.Now.plainDateISO("UTC");
  return `${model}, ${availableParallelism()} cores, ${gigabytes} GB, ${type()} ${release()}, Node ${process.version}, ${day}`;
}

export const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Half the way from the least to the most: what stands behind ± in the tables. */
const halfRange = (numbers: readonly number[]): number => (Math.max(...numbers) - Math.min(...numbers)) / 2;

/** The value that a share of the numbers lies below: .5 is the median. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** Three digits or so, and thousands apart. */
export function digits(number: number): string {
  const places = Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
  return number.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** Of rounds: "41.2 ± 1.3". */
export const meanAndSpread = (numbers: readonly number[]): string =>
  `${digits(mean(numbers))} ± ${digits(halfRange(numbers))}`;

/** Of repetitions: "12.1 (11.5–14.0)", the median and the quarters around it. */
export const medianAndQuarters = (numbers: readonly number[]): string =>
  `${digits(median(numbers))} (${digits(quantile(numbers, 0.25))}–${digits(quantile(numbers, 0.75))})`;

/** @param rows as wide as the head; the first column holds words, the others numbers */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const padded = (cells: readonly string[]) =>
    widths.map((width, column) => {
      const cell = cells[column] ?? "";
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  const line = (cells: readonly string[]) => say(`| ${cells.join(" | ")} |`);
  say("");
  line(padded(head));
  line(rule);
  for (const row of rows) line(padded(row));
  say("");
}
