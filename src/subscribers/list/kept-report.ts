// The report of the newest import by the pages: kept until the next one, for a week at most, and never past an erasure.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { z } from "zod";
import type { SettingsTables } from "../../settings/index.ts";
import type { ImportId } from "../tables.ts";
import { type ReportedRow, reportText } from "./report.ts";

const name = "import-report";
const keptDays = 7;

/** Rows that the report of an import by the pages tells; a command's report has all. */
export const mostKept = 5000;

const kept = z.object({ import: z.number(), more: z.boolean(), csv: z.string() });

/** Keeps the first rows that added nobody. */
export async function keepReport(
  db: Kysely<SettingsTables>,
  id: ImportId,
  rows: AsyncIterable<ReportedRow>,
  now: Temporal.Instant,
): Promise<void> {
  const first: ReportedRow[] = [];
  let more = false;
  for await (const row of rows) {
    more = first.length === mostKept;
    if (more) break;
    first.push(row);
  }
  let csv = "";
  for await (const piece of reportText(ReadableStream.from(first))) csv += piece;
  const row = { value: JSON.stringify({ import: id, more, csv }), changed_at: now.epochMilliseconds };
  await db
    .insertInto("settings")
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}

/** The report of an import, or null if it is not kept any more. `more`: there were more rows than it tells. */
export async function keptReport(
  db: Kysely<SettingsTables>,
  id: number,
  now: Temporal.Instant,
): Promise<{ csv: string; more: boolean } | null> {
  const row = await db
    .selectFrom("settings")
    .selectAll()
    .where("name", "=", name)
    .where("changed_at", ">", now.subtract({ hours: 24 * keptDays }).epochMilliseconds)
    .executeTakeFirst();
  if (!row) return null;
  const { import: of, csv, more } = kept.parse(JSON.parse(row.value));
  return of === id ? { csv, more } : null;
}

/** Forgets it: it holds addresses, and who is erased must not stay in it. */
export const forgetReport = (db: Kysely<SettingsTables>, condition = sql<boolean>`1 = 1`): CompiledQuery =>
  sql`delete from settings where name = ${name} and ${condition}`.compile(db);
