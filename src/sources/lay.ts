// A source's article becomes one of the paper's: its sections, a date to believe, no text longer than its field. Pure.
import { fold, oneLine } from "../arabic/index.ts";
import { type ArticleInput, articleInput, type Section, type SectionId } from "../articles/index.ts";
import type { Category, SourceItem } from "./item.ts";
import type { Leads } from "./source.ts";
import type { KnownCategory } from "./store/categories.ts";
import type { KnownItem } from "./store/items.ts";

/** A source may be some hours ahead of the clock, by its zone or because it announces; further ahead its date is an error. */
const farAheadHours = 48;

/**
 * The time that an article is given: the source's, unless it says none or one that lies far ahead. An article whose date
 * was not believed once never gets a later one than when it was first seen, however near that date comes.
 */
export function believedTime(
  { published, scheduled }: Pick<SourceItem, "published" | "scheduled">,
  known: Pick<KnownItem, "dated" | "firstSeenAt"> | null,
  now: Temporal.Instant,
): Temporal.Instant | null {
  if (published === null) return null;
  const latest =
    known === null || known.dated
      ? scheduled
        ? published
        : now.add({ hours: farAheadHours })
      : known.firstSeenAt;
  return Temporal.Instant.compare(published, latest) > 0 ? null : published;
}

/**
 * The sections of an article: those to which its categories lead, in their order. Where they lead nowhere, or to closed
 * ones alone, the one for what has no other.
 */
export function sectionsOf(
  item: Pick<SourceItem, "categories">,
  known: ReadonlyMap<string, Leads>,
  open: ReadonlyMap<SectionId, Section>,
  fallback: Section,
): Section[] {
  const found = item.categories.flatMap(({ key }) => {
    const leads = known.get(key);
    return (leads?.leads === "section" && open.get(leads.sectionId)) || [];
  });
  return found.length > 0 ? [...new Set(found)] : [fallback];
}

/** Where a category leads that was not known before: to the section of its name; null where there is none. */
export function firstLeads(
  { key, label }: Category,
  sections: readonly Section[],
  isCatchAll: (category: Category) => boolean,
): Leads | null {
  if (isCatchAll({ key, label })) return { leads: "everywhere" };
  const named = (name: string) => fold(name).replace(/[-_\s]+/g, " ");
  const names = new Set([named(key), named(label)]);
  const section = sections.find(({ slug, title }) => names.has(named(slug)) || names.has(named(title)));
  return section ? { leads: "section", sectionId: section.id } : null;
}

/** Categories by their keys, each with where it leads. */
export const leadsByKey = (categories: readonly KnownCategory[]): Map<string, Leads> =>
  new Map(categories.map((category) => [category.key, category]));

const forbidden = /[\p{Cc}\p{Noncharacter_Code_Point}]/gu;
/** What is compared as it stands, so that it is not spelled in another way, but holds nothing that cannot be shown. */
const shown = (text: string) => text.toWellFormed().replace(forbidden, "");

export const tidyCategory = ({ key, label }: Category): Category => ({
  key: shown(key),
  label: oneLine(label),
});

/** An article whose ids, addresses and categories hold nothing that cannot be shown; its texts are cleaned when it is stored. */
export const tidyItem = (item: SourceItem): SourceItem => ({
  ...item,
  externalId: shown(item.externalId),
  url: item.url && shown(item.url),
  image: item.image && { ...item.image, url: shown(item.image.url) },
  categories: item.categories.map(tidyCategory),
});

export type Laid = { ok: true; input: ArticleInput } | { ok: false; why: string };

/** The texts of an article, as they fit. What is too long beside the text is cut or left out; the text never is. */
export const textsOf = ({ title, summary, bodyHtml, url }: SourceItem) => ({
  title: (title.length > 500 ? `${title.slice(0, 499).toWellFormed()}…` : title).trim(),
  summary: fits(summary, 2000)?.trim() ?? null,
  body_html: bodyHtml,
  url: fits(url, 2000),
});

const fits = (text: string | null, most: number) => (text !== null && text.length <= most ? text : null);

/** The article as the API would take it. */
export function layItem(
  item: SourceItem,
  sections: readonly Section[],
  published: Temporal.Instant | null,
): Laid {
  const names = (given: readonly string[]) =>
    given
      .map((name) => name.trim())
      .filter((name) => name !== "" && name.length <= 120)
      .slice(0, 30);
  const { image } = item;
  const parsed = articleInput.safeParse({
    external_id: item.externalId,
    ...textsOf(item),
    sections: sections.slice(0, 30).map(({ slug }) => slug),
    tags: names(item.tags),
    authors: names(item.authors),
    source_name: fits(item.sourceName?.trim() || null, 200),
    image: image && layImage(image),
    published_at: published?.toString() ?? null,
    updated_at: item.modified?.toString() ?? null,
    importance: item.importance,
  });
  if (parsed.success) return { ok: true, input: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, why: `${issue?.path.join(".") || "it"}: ${issue?.message ?? "cannot be read"}` };
}

/** A picture without an address that can be fetched is none; what else is wrong of it is left out. */
function layImage(image: NonNullable<SourceItem["image"]>): ArticleInput["image"] {
  if (image.url.length > 2000 || !/^https?:$/.test(URL.parse(image.url)?.protocol ?? "")) return null;
  const number = (value: number | null) =>
    value !== null && Number.isInteger(value) && value > 0 ? value : null;
  return {
    url: image.url,
    type: image.type !== null && /^image\/[a-z0-9.+-]+$/.test(image.type) ? image.type : null,
    length: number(image.length),
    width: number(image.width),
    height: number(image.height),
    alt: image.alt?.slice(0, 500).toWellFormed() ?? null,
    credit: image.credit?.slice(0, 200).toWellFormed() ?? null,
  };
}
