// Taking over a publisher's own list: found out how it is to be read, then stored chunk by chunk. Each chunk and the cursor
// behind it are one batch, so whoever runs the same list again after a kill goes on behind the last chunk that is stored.
import { sql } from "kysely";
import { z } from "zod";
import { auditIfChanged } from "../../accounts/index.ts";
import { fromMilliseconds, sha256 } from "../../platform/index.ts";
import type { ImportId } from "../tables.ts";
import { chunkStatements } from "./chunk.ts";
import { type ListFile, UnreadableList } from "./csv.ts";
import { layoutOf } from "./layout.ts";
import { forgetRows, type ReportedRow, reportedRows } from "./report.ts";
import {
  addErasedKeys,
  chunksOf,
  hasErased,
  type ImportDeps,
  type ImportRequest,
  type ListDatabase,
  readRows,
} from "./rows.ts";
import { slugOf } from "./wanted.ts";

/** How many rows there are, how many of them gave somebody a digest, and what became of the others, by {@link Outcome}. */
export type ImportCounts = z.output<typeof importCounts>;
const importCounts = z.object({
  rows: z.number(),
  added: z.number(),
  others: z.record(z.string(), z.number()),
});

export type ImportWatch = {
  /** Told as it goes on. */
  onProgress?: (octets: number, rows: number) => void;
  /** Told which import it is, before anything is stored. */
  onStart?: (id: ImportId) => void;
  /** Ends it between two chunks. */
  stop?: AbortSignal;
};

export type ImportReport = {
  id: ImportId;
  /** False if it was stopped: the same list goes on where it stopped. */
  finished: boolean;
  /** Rows that an earlier run had stored. */
  resumedAt: number;
  counts: ImportCounts;
};

/**
 * Subscribes the people of a list at once: the publisher vouches for their consent. Whoever left or is suppressed stays so.
 *
 * @param report is given the rows that added nobody, once all are stored
 * @throws UnreadableList where the list cannot be read: what was stored before that stays, and a mended list passes over it
 */
export async function importList(
  deps: ImportDeps,
  file: ListFile,
  request: ImportRequest,
  report: (rows: AsyncIterable<ReportedRow>, id: ImportId) => Promise<void>,
  { onProgress = () => {}, onStart = () => {}, stop }: ImportWatch = {},
): Promise<ImportReport> {
  const { database, now } = deps;
  const { db, batch } = database;
  const { consent, sample = false } = request;
  const layout = await layoutOf(file, request.encoding, request.columns);
  const { id, rows: resumedAt, counts: known } = await startImport(deps, file, request);
  onStart(id);
  let octets = 0;
  const rows = readRows(deps, file, layout, request, (read) => {
    octets = read;
  });
  for await (const chunk of chunksOf(rows, resumedAt, () => new Set())) {
    if (stop?.aborted) return { id, finished: false, resumedAt, counts: await countsOf(db, id) };
    // Asked anew each time: somebody may be erased while the list goes in.
    if (await hasErased(db)) await addErasedKeys(db, chunk.rows);
    const results = await batch(chunkStatements(db, { ...chunk, id, consent, sample, now }));
    if (results.at(-1)?.changes !== 1)
      throw new UnreadableList(`Another run of Nashra is importing ${file.name}. Let it finish.`);
    onProgress(octets, chunk.to);
  }
  if (known === null) {
    await report(reportedRows(deps, id, file, layout, request), id);
    const counts = JSON.stringify(await countsOf(db, id));
    await db.updateTable("imports").set({ counts }).where("id", "=", id).execute();
  }
  await forgetRows(db, id);
  const done = await db
    .updateTable("imports")
    .set({ state: "done", ended_at: now.epochMilliseconds })
    .where("id", "=", id)
    .returning("counts")
    .executeTakeFirstOrThrow();
  return { id, finished: true, resumedAt, counts: importCounts.parse(JSON.parse(done.counts ?? "null")) };
}

/** Takes the list up: anew, or where it was left. What is to be read, and how, decides which it is. */
async function startImport(
  { database, actor, now, names }: ImportDeps,
  file: ListFile,
  request: ImportRequest,
): Promise<{ id: ImportId; rows: number; counts: string | null }> {
  const { db, batch } = database;
  const { consentedAt, ...rest } = request;
  const mark = await sha256(JSON.stringify([file.identity, consentedAt?.toString() ?? null, rest]));
  const digest = slugOf(names.digests, request.digest);
  await batch([
    db
      .insertInto("imports")
      .values({ name: file.name, mark, state: "running", started_at: now.epochMilliseconds })
      .onConflict((conflict) => conflict.doNothing())
      .compile(),
    auditIfChanged(db, { actor, act: "subscribers-import", subject: `${file.name} (${digest})` }, now),
  ]);
  const started = await db
    .selectFrom("imports")
    .select(["id", "rows", "counts"])
    .where("mark", "=", mark)
    .where("state", "=", "running")
    .executeTakeFirst();
  if (!started) throw new UnreadableList(`Another process has just imported ${file.name}.`);
  return started;
}

async function countsOf(db: ListDatabase["db"], id: ImportId): Promise<ImportCounts> {
  const { rows, added } = await db
    .selectFrom("imports")
    .select(["rows", "added"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  const others = await db
    .selectFrom("import_rows")
    .select(["outcome", (query) => query.fn.countAll<number>().as("count")])
    .where("import_id", "=", id)
    .groupBy("outcome")
    .execute();
  return { rows, added, others: Object.fromEntries(others.map(({ outcome, count }) => [outcome, count])) };
}

export type ListedImport = {
  id: ImportId;
  name: string;
  state: "running" | "done";
  rows: number;
  added: number;
  startedAt: Temporal.Instant;
};

/** The newest imports; one that is `running` may have been broken off, and goes on when its list is imported again. */
export async function listImports(db: ListDatabase["db"], limit: number): Promise<ListedImport[]> {
  const rows = await db
    .selectFrom("imports")
    .select(["id", "name", "state", "rows", "added", "started_at"])
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ started_at, ...it }) => ({ ...it, startedAt: fromMilliseconds(started_at) }));
}

/** One import, with what became of its rows once it is over. */
export async function importById(
  db: ListDatabase["db"],
  id: number,
): Promise<(ListedImport & { counts: ImportCounts | null }) | null> {
  const row = await db
    .selectFrom("imports")
    .select(["id", "name", "state", "rows", "added", "started_at", "counts"])
    .where(sql<number>`id`, "=", id)
    .executeTakeFirst();
  if (!row) return null;
  const { started_at, counts, ...it } = row;
  return {
    ...it,
    startedAt: fromMilliseconds(started_at),
    counts: counts === null ? null : importCounts.parse(JSON.parse(counts)),
  };
}
