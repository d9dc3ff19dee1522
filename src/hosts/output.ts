// What commands print: words for people, JSON for programs, progress on the side.

/** Something a person can mend: told in one sentence, without a stack, with exit code 1. */
export class Refusal extends Error {}

/** Wrong use of a command: exit code 2. */
export class WrongUsage extends Error {}

export const say = (line: string): void => void process.stdout.write(`${printable(line)}\n`);
export const tell = (line: string): void => void process.stderr.write(`${printable(line)}\n`);

/** Without control characters but newline and tab: what readers and feeds wrote must not steer the publisher's terminal. */
const printable = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, "");

/** A list: JSON lines, or a table for people, or a word that there is nothing. */
export function printList(rows: readonly object[], options: { json?: boolean; empty: string }): void {
  if (options.json) {
    for (const row of rows) say(JSON.stringify(row));
    return;
  }
  if (rows.length === 0) {
    tell(options.empty);
    return;
  }
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => Object.values(row).map(shown))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? "").length)));
  for (const row of cells)
    say(
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
}

/** A time for people, by the clock of a zone and with how far that is from UTC (RFC 9557); programs get it in UTC. */
export const inZone = (instant: Temporal.Instant, zone: string): string =>
  instant.toZonedDateTimeISO(zone).toString({ smallestUnit: "minute" });

const shown = (value: unknown): string =>
  value === null || value === undefined
    ? "-"
    : typeof value === "object"
      ? JSON.stringify(value)
      : printable(String(value));

/** Shows how far a long command is: one line that grows on a terminal, else a plain line every few seconds. */
export function progress(label: string): { at: (far: number | string) => void; end: () => void } {
  let last = 0;
  return {
    at(far) {
      const now = performance.now();
      if (now - last < (process.stderr.isTTY ? 100 : 5000)) return;
      last = now;
      if (process.stderr.isTTY) process.stderr.write(`\r${label}: ${far}\u001b[K`);
      else tell(`${label}: ${far}`);
    },
    end() {
      if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
    },
  };
}
