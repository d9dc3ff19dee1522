// How far export files were read.
import type { Kysely } from "kysely";
import type { SourceId } from "../source.ts";
import type { SourceTables } from "../tables.ts";

type Db = Kysely<SourceTables>;

/** How many octets of an export file were stored; 0 of one that nobody began. */
export async function offsetOf(db: Db, id: SourceId, identity: string): Promise<number> {
  const row = await db
    .selectFrom("source_files")
    .select("octets")
    .where("source_id", "=", id)
    .where("identity", "=", identity)
    .executeTakeFirst();
  return row?.octets ?? 0;
}

export async function keepOffset(db: Db, id: SourceId, identity: string, octets: number): Promise<void> {
  await db
    .insertInto("source_files")
    .values({ source_id: id, identity, octets })
    .onConflict((conflict) => conflict.columns(["source_id", "identity"]).doUpdateSet({ octets }))
    .execute();
}
