// What a request and the paper say about any page: language, name, sections, address. Parts above show their pages in it.
import type { Context } from "hono";
import type { Kysely } from "kysely";
import { type Publisher, readPublisher, type SettingsTables } from "../settings/index.ts";
import { type AssetPaths, chooseLanguage, type Language, type Page } from "../web/index.ts";
import type { Section } from "./article.ts";
import { listSections } from "./read.ts";
import type { ArticleTables } from "./tables.ts";

/** What `Page` takes beside a title and what stands on it. */
type Shell = Omit<Parameters<typeof Page>[0], "title" | "children">;

export type Visit = {
  language: Language;
  /** The publisher's settings, which say how dates and digits are written. */
  paper: Publisher;
  /** The open sections in the paper's order. */
  sections: readonly Section[];
  shell: Shell;
};

/**
 * Reads, once a request, what every page says of the paper.
 *
 * @param theirs the language of the mail that led here, for who chose none; else the paper's
 */
export async function visitOf(
  c: Context,
  { db, assets }: { db: Kysely<ArticleTables & SettingsTables>; assets: AssetPaths },
  theirs?: Language,
): Promise<Visit> {
  const [paper, known] = await Promise.all([readPublisher(db), listSections(db)]);
  const language = chooseLanguage(c, theirs ?? paper.language);
  const english = language === "en";
  const { pathname, search } = new URL(c.req.url);
  const sections = known.filter(({ closedAt }) => closedAt === null);
  return {
    language,
    paper,
    sections,
    shell: {
      language,
      publisher: {
        name: english ? paper.nameEn : paper.name,
        tagline: english ? paper.taglineEn : paper.tagline,
      },
      path: pathname + search,
      assets,
      sample: paper.sample,
      nav: sections.map((section) => ({
        href: sectionPath(section),
        label: sectionTitle(section, language),
        current: pathname === sectionPath(section),
      })),
    },
  };
}

export const sectionPath = ({ slug }: Pick<Section, "slug">): string =>
  `/sections/${encodeURIComponent(slug)}`;

export const sectionTitle = (section: Pick<Section, "title" | "titleEn">, language: Language): string =>
  language === "en" ? (section.titleEn ?? section.title) : section.title;
