// The SQL that changes sections, each time one statement with its condition in it, and the slugs that they had before.
// Adding one stands in store.ts. What feeds say of sections follows by triggers in the migrations.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { Section, SectionId } from "./article.ts";
import { sectionBySlug } from "./read.ts";
import type { ArticleTables } from "./tables.ts";

type Db = Kysely<ArticleTables>;

/** What is to be changed of a section's names; the others stay. */
export type SectionNames = Partial<Pick<Section, "slug" | "title" | "titleEn">>;

/**
 * Gives a section other names. It is found under its old slug for ever after, unless another section takes that slug. The
 * result counts 0 changes if there is no such section, or if another one has the slug or the title.
 */
export function renameSection(db: Db, id: SectionId, { slug, title, titleEn }: SectionNames): CompiledQuery {
  return db
    .updateTable("sections")
    .set({
      ...(slug !== undefined && { slug }),
      ...(title !== undefined && { title }),
      ...(titleEn !== undefined && { title_en: titleEn }),
    })
    .where("id", "=", id)
    .where(
      sql<boolean>`not exists (select 1 from sections o where o.id <> ${id}
        and (o.slug = ${slug ?? null} or o.title = ${title ?? null}))`,
    )
    .returning("id")
    .compile();
}

/** Closes a section: it keeps its articles and takes no new ones. Counts 0 changes if it is closed already. */
export const closeSection = (db: Db, id: SectionId, now: Temporal.Instant): CompiledQuery =>
  db
    .updateTable("sections")
    .set({ closed_at: now.epochMilliseconds })
    .where("id", "=", id)
    .where("closed_at", "is", null)
    .returning("id")
    .compile();

/** Opens a closed section again. Counts 0 changes if it is open. */
export const openSection = (db: Db, id: SectionId): CompiledQuery =>
  db
    .updateTable("sections")
    .set({ closed_at: null })
    .where("id", "=", id)
    .where("closed_at", "is not", null)
    .returning("id")
    .compile();

/**
 * Puts a section into the nth place of the paper's order, counted from 1, closed ones too, or the last if there are fewer;
 * the others keep theirs among each other. Counts the sections that moved.
 */
export const moveSection = (db: Db, id: SectionId, place: number): CompiledQuery =>
  sql`update sections set position = now.place from (
      select id, row_number() over (order by case when id = ${id} then ${place} else among + (among >= ${place}) end) as place
      from (select id, row_number() over (partition by id = ${id} order by position, id) as among from sections)) now
    where now.id = sections.id and now.place <> sections.position returning sections.id`.compile(db);

/** Every slug that a section had before and that no other has taken since; a paper has dozens. */
export async function formerSlugs(db: Db): Promise<{ slug: string; sectionId: SectionId }[]> {
  const rows = await db.selectFrom("section_former_slugs").selectAll().limit(10_000).execute();
  return rows.map(({ slug, section_id }) => ({ slug, sectionId: section_id }));
}

/** The section that had this slug (compared in NFC) before it was renamed, or null. To be asked if none has it now. */
export async function sectionFormerly(db: Db, slug: string): Promise<Section | null> {
  const row = await db
    .selectFrom("section_former_slugs as f")
    .innerJoin("sections as s", "s.id", "f.section_id")
    .select("s.slug")
    .where("f.slug", "=", slug.normalize("NFC"))
    .executeTakeFirst();
  return row ? sectionBySlug(db, row.slug) : null;
}
