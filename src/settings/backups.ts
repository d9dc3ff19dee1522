// When the last backup was made, for whoever watches over it: `nashra doctor`, /metrics.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { z } from "zod";
import type { SettingsTables } from "./store.ts";

const name = "last-backup";
const backupSchema = z.object({ at: z.number(), file: z.string(), bytes: z.number() });

export type Backup = {
  at: Temporal.Instant;
  /** Where it was put, as this machine calls it. */
  file: string;
  bytes: number;
};

/** Notes that a backup was made, unless a later one is noted. */
export function noteBackup(db: Kysely<SettingsTables>, { at, file, bytes }: Backup): CompiledQuery {
  const value = JSON.stringify({ at: at.epochMilliseconds, file, bytes });
  return sql`insert into settings (name, value, changed_at) values (${name}, ${value}, ${at.epochMilliseconds})
    on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at
    where excluded.changed_at >= settings.changed_at`.compile(db);
}

/** The last backup that was made of this database, or of the one that it was restored from; null if there is none. */
export async function lastBackup(db: Kysely<SettingsTables>): Promise<Backup | null> {
  const row = await db.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirst();
  if (!row) return null;
  const { at, ...where } = backupSchema.parse(JSON.parse(row.value));
  return { at: Temporal.Instant.fromEpochMilliseconds(at), ...where };
}
