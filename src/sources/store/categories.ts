// How a source orders its articles, and to which sections that leads.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { SectionId } from "../../articles/index.ts";
import type { Category } from "../item.ts";
import type { Leads, SourceId } from "../source.ts";
import type { SourceTables } from "../tables.ts";

type Db = Kysely<SourceTables>;

export type KnownCategory = Category & Leads;

export async function categoriesOf(db: Db, id: SourceId): Promise<KnownCategory[]> {
  const rows = await db
    .selectFrom("source_categories")
    .selectAll()
    .where("source_id", "=", id)
    .orderBy("key")
    .limit(5000)
    .execute();
  return rows.map(({ key, label, leads, section_id }) => ({ key, label, ...leadsOf(leads, section_id) }));
}

/** A page of a source's categories: those behind a key, at most `limit`. */
export async function categoriesAfter(
  db: Db,
  id: SourceId,
  after: string,
  limit: number,
): Promise<KnownCategory[]> {
  const rows = await db
    .selectFrom("source_categories")
    .selectAll()
    .where("source_id", "=", id)
    .where("key", ">", after)
    .orderBy("key")
    .limit(limit)
    .execute();
  return rows.map(({ key, label, leads, section_id }) => ({ key, label, ...leadsOf(leads, section_id) }));
}

const leadsOf = (leads: "section" | "everywhere" | "nowhere", sectionId: SectionId | null): Leads =>
  leads === "section" && sectionId !== null
    ? { leads, sectionId }
    : { leads: leads === "everywhere" ? leads : "nowhere" };

/** Adds categories that are not known yet; where a known one leads stays as the editor set it. */
export function addCategories(db: Db, id: SourceId, categories: readonly KnownCategory[]): CompiledQuery {
  return sql`insert into source_categories (source_id, key, label, leads, section_id)
    select ${id}, j.value ->> 'key', j.value ->> 'label', j.value ->> 'leads', j.value ->> 'sectionId'
    from json_each(${JSON.stringify(categories)}) j where true
    on conflict (source_id, key) do update set label = excluded.label`.compile(db);
}

/** Says where a category's articles go from now on. @returns false if the source has no such category */
export async function leadCategory(db: Db, id: SourceId, key: string, leads: Leads): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("source_categories")
    .set({ leads: leads.leads, section_id: leads.leads === "section" ? leads.sectionId : null })
    .where("source_id", "=", id)
    .where("key", "=", key)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
