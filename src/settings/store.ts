// The only SQL for the settings table.
import type { CompiledQuery, Kysely } from "kysely";
import { newPublisher, type Publisher, publisherSchema } from "./publisher.ts";

export type SettingsTables = {
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
