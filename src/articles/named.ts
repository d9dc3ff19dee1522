// Tags and authors: things with names. Two spellings of a name are one thing, with one slug.
import type { Kysely } from "kysely";
import { fold, slugify } from "../arabic/index.ts";
import type { ArticleTables } from "./tables.ts";

/** A tag or an author; the name is spelled as it was when it first came. */
export type NamedThing = { id: number; slug: string; name: string };

/** The slug of a tag or an author: "أحمد" and "احمد" have one. Null if nothing is left of the name. Of a slug it is that slug. */
export const nameSlug = (name: string): string | null => slugify(fold(name));

/** The tag or author that a slug or a name means, in whatever spelling; null if there is none. */
export async function namedThing(
  db: Kysely<ArticleTables>,
  kind: "tag" | "author",
  name: string,
): Promise<NamedThing | null> {
  const slug = nameSlug(name.slice(0, 500));
  if (slug === null) return null;
  const row = await db
    .selectFrom(kind === "tag" ? "tags" : "authors")
    .select(["id", "slug", "name"])
    .where("slug", "=", slug)
    .executeTakeFirst();
  return row ?? null;
}
