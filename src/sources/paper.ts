// What of the paper's own order awaits a source's articles: where its categories lead, and the section for what has no other.
import { slugify } from "../arabic/index.ts";
import { addSection, listSections, type Section } from "../articles/index.ts";
import type { SourceDeps } from "./deps.ts";
import type { Category } from "./item.ts";
import { firstLeads, leadsByKey } from "./lay.ts";
import type { Source } from "./source.ts";
import { addCategories, categoriesOf, type KnownCategory } from "./store/categories.ts";

type Deps = Pick<SourceDeps, "database" | "isCatchAll">;

/** Where the articles of a source go. */
export type Paper = {
  leads: ReturnType<typeof leadsByKey>;
  open: Map<Section["id"], Section>;
  fallback: Section;
};

export async function layOut(deps: Deps, source: Source, named: readonly Category[]): Promise<Paper> {
  const { db, batch } = deps.database;
  const known = await categoriesOf(db, source.id);
  const byKey = new Map(named.map((category) => [category.key, category]));
  const fresh = [...byKey.values()].filter(({ key }) => !known.some((category) => category.key === key));
  const renamed = known.flatMap((it) => {
    const label = byKey.get(it.key)?.label ?? it.label;
    return label === it.label ? [] : [{ ...it, label }];
  });
  if (fresh.length + renamed.length > 0)
    await batch([addCategories(db, source.id, [...renamed, ...(await leadAll(deps, source, fresh))])]);
  const leads = leadsByKey(fresh.length > 0 ? await categoriesOf(db, source.id) : known);
  const fallback = await fallbackOf(deps, source);
  const open = new Map((await listSections(db)).flatMap((it) => (it.closedAt === null ? [[it.id, it]] : [])));
  return { leads, open, fallback };
}

/** A site has dozens; more are no order of a paper. */
const mostSections = 100;

/** A site's own categories become sections where there are none of their names; what feeds call categories may be anything. */
export async function leadAll(
  { database: { db, batch }, isCatchAll }: Deps,
  { kind }: Source,
  categories: readonly Category[],
): Promise<KnownCategory[]> {
  const before = await listSections(db);
  const makes = kind === "wordpress" || kind === "file";
  const missing = makes ? categories.filter((it) => firstLeads(it, before, isCatchAll) === null) : [];
  const made = missing.slice(0, Math.max(0, mostSections - before.length)).flatMap(({ key, label }) => {
    const slug = slugify(key) ?? slugify(label);
    return slug ? [addSection(db, { slug, title: label, titleEn: null, halfLifeHours: 12 }, false)] : [];
  });
  if (made.length > 0) await batch(made);
  const sections = made.length > 0 ? await listSections(db) : before;
  return categories.map((it) => ({
    ...it,
    ...(firstLeads(it, sections, isCatchAll) ?? { leads: "nowhere" as const }),
  }));
}

/** Where articles go that no category leads anywhere: the section that the source names, or the one for news. */
async function fallbackOf({ database: { db, batch } }: Deps, source: Source): Promise<Section> {
  const found = fallbackAmong(await listSections(db), source);
  if (found) return found;
  await batch([addSection(db, { ...news, titleEn: "News", halfLifeHours: 12 }, false)]);
  const added = fallbackAmong(await listSections(db), source);
  if (!added)
    throw new Error(
      `The section "${news.title}" is closed: open it, or give the source a section of its own.`,
    );
  return added;
}

const news = { slug: "أخبار", title: "أخبار" };

/** The same, if there is one. */
export function fallbackAmong(
  sections: readonly Section[],
  { sectionId }: Pick<Source, "sectionId">,
): Section | undefined {
  const open = sections.filter(({ closedAt }) => closedAt === null);
  return (
    open.find(({ id }) => id === sectionId) ??
    open.find(({ slug, title }) => slug === news.slug || title === news.title)
  );
}
