// The rows of a list, read one by one and put together in chunks.
import type { AccountTables } from "../../accounts/index.ts";
import type { Database } from "../../platform/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { erasedMark, erasureHash } from "../erasure.ts";
import type { SubscriberTables } from "../tables.ts";
import type { ChunkRow } from "./chunk.ts";
import type { ListFile } from "./csv.ts";
import { type Layout, rowsOf, type SaidColumns } from "./layout.ts";
import { type ListedPerson, type ListOptions, type RowReading, rowReader } from "./row.ts";
import type { Names } from "./wanted.ts";

export type ListDatabase = Database<SubscriberTables & SettingsTables & AccountTables>;

/** Rows that go in as one batch: other writers wait for it some tens of milliseconds. */
const chunkSize = 2000;

export type ImportDeps = {
  database: ListDatabase;
  names: Names;
  /** Who does it, for the audit log. */
  actor: string;
  now: Temporal.Instant;
};

export type ImportRequest = ListOptions & {
  /** Null to find it out. */
  encoding: string | null;
  /** What its columns hold, where a person said so; else their headings say it. */
  columns?: SaidColumns;
  /** Invented subscribers, who go when the sample newsroom goes. */
  sample?: boolean;
};

export type ReadRow = { row: number; cells: readonly string[]; reading: RowReading | null };

/** The rows of a list with their numbers; the row of headings and empty ones read as null. */
export async function* readRows(
  { names, now }: ImportDeps,
  file: ListFile,
  layout: Layout,
  request: ImportRequest,
  onOctets?: (octets: number) => void,
): AsyncGenerator<ReadRow> {
  const read = rowReader(layout.columns, names, request, now);
  for await (const { row, cells, holds } of rowsOf(file, layout, onOctets))
    yield { row, cells, reading: holds ? read(cells) : null };
}

/**
 * Rows in chunks, those up to `after` passed over. Whoever stands in a chunk twice, for the same digests, is a duplicate.
 *
 * @param seenFor what was seen before a chunk: nothing, or what all chunks before saw
 */
export async function* chunksOf(
  rows: AsyncIterable<ReadRow>,
  after: number,
  seenFor: () => Set<string>,
): AsyncGenerator<{ from: number; to: number; rows: ChunkRow[] }> {
  let [from, to, chunk, seen]: [number, number, ChunkRow[], Set<string>] = [after, after, [], seenFor()];
  for await (const { row, reading } of rows) {
    if (row <= after) continue;
    to = row;
    if (reading !== null)
      chunk.push(reading.ok ? placed(row, reading.person, seen) : { row, outcome: "refused" });
    if (to - from < chunkSize) continue;
    yield { from, to, rows: chunk };
    [from, chunk, seen] = [to, [], seenFor()];
  }
  if (to > from) yield { from, to, rows: chunk };
}

/** The person with those digests that no row before asked for. */
function placed(row: number, person: ListedPerson, seen: Set<string>): ChunkRow {
  const mark = (digest: number) => `${person.key} ${digest}`;
  const wanted = person.wanted.filter(({ digest }) => !seen.has(mark(digest)));
  for (const { digest } of wanted) seen.add(mark(digest));
  return wanted.length === 0
    ? { row, outcome: "duplicate" }
    : { row, person: { ...person, wanted }, erasedKey: null };
}

/** Whether any address was erased: only then need a list be hashed. */
export async function hasErased(db: ListDatabase["db"]): Promise<boolean> {
  const erased = await db
    .selectFrom("suppressions")
    .select("address_key")
    .where("address_key", ">=", erasedMark)
    .where("address_key", "<", `${erasedMark}~`)
    .limit(1)
    .executeTakeFirst();
  return erased !== undefined;
}

/** Says of each person how the address would stand among the suppressions, had it been erased. */
export async function addErasedKeys(db: ListDatabase["db"], rows: readonly ChunkRow[]): Promise<void> {
  const people = rows.flatMap((it) => ("person" in it ? [it] : []));
  const hashes = await erasureHash(
    db,
    people.map(({ person }) => person.key),
  );
  for (const [i, it] of people.entries()) it.erasedKey = erasedMark + hashes[i];
}
