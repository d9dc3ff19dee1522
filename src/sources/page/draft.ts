// What reading one page gives: an article that is not cleaned yet, or why there is none.
import { words } from "../../arabic/index.ts";

export type PageDraft = {
  /** The page's own address, absolute, without a fragment; null if nothing says it. */
  url: string | null;
  title: string;
  summary: string | null;
  /** HTML as it was found: whoever stores it cleans it first (`articles/clean`), as with every article. */
  bodyHtml: string;
  section: string | null;
  sourceName: string | null;
  publishedAt: Temporal.Instant | null;
  authors: string[];
  image: { url: string; alt: string | null; width: number | null; height: number | null } | null;
};

/** `why` is a sentence on which a person can act. */
export type PageReading = { ok: true; draft: PageDraft } | { ok: false; why: string };

/** Octets of a page or text that are read; a larger one is refused. */
export const mostOctets = 5_000_000;

/** A page with fewer words is a note, a list or an error, and no article. */
export const fewestWords = 40;

export const refuse = (why: string): PageReading => ({ ok: false, why });

/** Whether a text has at least so many words. Reads no further than it must. */
export const hasWords = (text: string, count: number): boolean =>
  words(text.slice(0, count * 50)).length >= count;

/** Whether a text takes more octets, as UTF-8, than are read. */
export const isTooLarge = (text: string): boolean =>
  text.length > mostOctets ||
  (text.length > mostOctets / 3 && new TextEncoder().encode(text).length > mostOctets);

export const tooLarge = refuse(
  `This is larger than ${mostOctets / 1_000_000} MB, too large for one article.`,
);
