// What is known of a database that came out of a backup. Written by the backup itself, so that it holds whoever puts the copy in
// place; the trigger restores_hold does the rest (migration 26).
import { type CompiledQuery, type Generated, type Kysely, type RawBuilder, sql } from "kysely";
import { fromMilliseconds } from "../platform/index.ts";

export type RestoreTables = {
  restores: {
    id: Generated<number>;
    made_at: number;
    restored_at: number | null;
    released_at: Generated<number | null>;
    released_by: Generated<string | null>;
  };
};

type Db = Kysely<RestoreTables>;

/** Of what was done between the two nothing is known. */
export type Held = {
  madeAt: Temporal.Instant;
  restoredAt: Temporal.Instant;
};

/** In SQL: whether no issue may leave, since nobody has said yet that this copy is the paper's database now. */
export const mailIsHeld: RawBuilder<boolean> = sql<boolean>`exists (select 1 from restores where released_at is null)`;

/** What holds the mail, or null. */
export async function heldSince(db: Db): Promise<Held | null> {
  const row = await db
    .selectFrom("restores")
    .select(["made_at", "restored_at"])
    .where("released_at", "is", null)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const madeAt = fromMilliseconds(row.made_at);
  return { madeAt, restoredAt: row.restored_at === null ? madeAt : fromMilliseconds(row.restored_at) };
}

/** When this database was last restored, or null: what was due before may have been done by the one that it stands for. */
export async function lastRestored(db: Db): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom("restores")
    .select("restored_at")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.restored_at == null ? null : fromMilliseconds(row.restored_at);
}

/** Notes that a copy which somebody put in place by hand is in use from now on. */
export async function noteRestored(db: Db, now: Temporal.Instant): Promise<void> {
  await db
    .updateTable("restores")
    .set({ restored_at: now.epochMilliseconds })
    .where("restored_at", "is", null)
    .where("released_at", "is", null)
    .execute();
}

/** Marks a database as a copy of an earlier moment, where it was restored by other means than ours. */
export const markRestored = (db: Db, madeAt: Temporal.Instant, now: Temporal.Instant): CompiledQuery =>
  db
    .insertInto("restores")
    .values({ made_at: madeAt.epochMilliseconds, restored_at: now.epochMilliseconds })
    .compile();

/** Lets issues be sent again. Counts a change for each time that the copy was one; 0 if nothing was held. */
export const release = (db: Db, by: string, now: Temporal.Instant): CompiledQuery =>
  db
    .updateTable("restores")
    .set({ released_at: now.epochMilliseconds, released_by: by })
    .where("released_at", "is", null)
    .compile();
