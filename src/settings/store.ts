// The only SQL for the settings table.
import type { CompiledQuery, Kysely } from "kysely";
import { z } from "zod";
import { randomToken } from "../platform/index.ts";
import { newPublisher, type Publisher, publisherSchema } from "./publisher.ts";
import type { RestoreTables } from "./restores.ts";

export type SettingsTables = RestoreTables & {
  settings: { name: string; value: string; changed_at: number };
};

/** The publisher as set, with the defaults of a new paper for what was never set. */
export async function readPublisher(db: Kysely<SettingsTables>): Promise<Publisher> {
  const row = await db
    .selectFrom("settings")
    .select("value")
    .where("name", "=", "publisher")
    .executeTakeFirst();
  return row ? publisherSchema.parse({ ...newPublisher, ...JSON.parse(row.value) }) : newPublisher;
}

/** Whether anything was ever set, and whether the sample newsroom is being loaded: a start that was killed goes on. */
export async function setupState(db: Kysely<SettingsTables>): Promise<"new" | "loading" | "set"> {
  const rows = await db
    .selectFrom("settings")
    .select("name")
    .where("name", "not in", ["erasure-key", "last-backup", "subscriber-counts", "import-report"]) // which may stand before anything was set
    .limit(10)
    .execute();
  if (rows.length === 0) return "new";
  return rows.some(({ name }) => name === loadingMark) ? "loading" : "set";
}

const loadingMark = "sample-loading";

/** Notes that the sample newsroom is being loaded, or that it is all there. */
export function markLoading(
  db: Kysely<SettingsTables>,
  loading: boolean,
  now: Temporal.Instant,
): CompiledQuery {
  if (!loading) return db.deleteFrom("settings").where("name", "=", loadingMark).compile();
  const row = { name: loadingMark, value: "true", changed_at: now.epochMilliseconds };
  return db
    .insertInto("settings")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .compile();
}

/** The statement that keeps the publisher's settings. */
export function savePublisher(
  db: Kysely<SettingsTables>,
  publisher: Publisher,
  now: Temporal.Instant,
): CompiledQuery {
  const row = { value: JSON.stringify(publisherSchema.parse(publisher)), changed_at: now.epochMilliseconds };
  return db
    .insertInto("settings")
    .values({ name: "publisher", ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .compile();
}

/** A secret of this store that never changes: made when it is first asked for; of two that ask at once, both get one. */
export async function keptSecret(db: Kysely<SettingsTables>, name: string): Promise<string> {
  const known = await secretNamed(db, name);
  if (known !== null) return known;
  await db
    .insertInto("settings")
    .values({ name, value: JSON.stringify(randomToken()), changed_at: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await secretNamed(db, name);
  if (made === null) throw new Error(`The secret ${name} could not be kept.`);
  return made;
}

async function secretNamed(db: Kysely<SettingsTables>, name: string): Promise<string | null> {
  const row = await db.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirst();
  return row ? z.string().min(32).parse(JSON.parse(row.value)) : null;
}
