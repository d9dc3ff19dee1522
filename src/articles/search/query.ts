// What a person typed into the search field, and the expression that FTS5 is asked with. Pure.
// Words are all to be there; "in quotes" in this order; -without. Nothing else means anything.
import { searchWords, spellings } from "./words.ts";

/** One word, or several in a row. */
export type Term = { words: readonly string[]; quoted: boolean };
export type SearchQuery = { wanted: readonly Term[]; unwanted: readonly Term[] };

export type ReadQuery =
  | { ok: true; query: SearchQuery }
  | { ok: false; why: "empty" | "too-long" | "too-many-words" | "no-words" | "only-without" };

export const longestQuery = 300;
export const mostTerms = 12;
const mostWordsInPhrase = 20;

// A minus counts where a word begins: not in "كوفيد-19".
const piece = /([-−–]?)"([^"]*)"|([-−–]?)([^\s"]+)/g;
const otherQuotes = /[“”„«»]/g;

/** Reads a query; whatever somebody sends costs no more than its first 300 characters. */
export function readQuery(text: string): ReadQuery {
  if (text.length > longestQuery) return { ok: false, why: "too-long" };
  if (text.trim() === "") return { ok: false, why: "empty" };
  const [wanted, unwanted]: [Term[], Term[]] = [[], []];
  for (const [, minus, phrase, minusOfWord, word = ""] of text.replace(otherQuotes, '"').matchAll(piece)) {
    const words = searchWords(phrase ?? word);
    if (words.length > 0)
      (minus || minusOfWord ? unwanted : wanted).push({ words, quoted: phrase !== undefined });
  }
  const terms = wanted.length + unwanted.length;
  if (terms > mostTerms || [...wanted, ...unwanted].some(({ words }) => words.length > mostWordsInPhrase))
    return { ok: false, why: "too-many-words" };
  if (wanted.length === 0) return { ok: false, why: unwanted.length > 0 ? "only-without" : "no-words" };
  return { ok: true, query: { wanted: withoutCommon(wanted), unwanted } };
}

// They stand in nearly every article. (Not على: folded it is the name علي too.)
const common = new Set([
  "في",
  "من",
  "الي",
  "عن",
  "ان",
  "او",
  "مع",
  "the",
  "of",
  "in",
  "a",
  "an",
  "and",
  "to",
]);

function withoutCommon(terms: readonly Term[]): Term[] {
  const telling = terms.filter(({ words: [word = ""], quoted }) => quoted || !common.has(word));
  return telling.length > 0 ? telling : [...terms];
}

/** From this length on a word may stand for all that begin with it; shorter ones begin too many. */
const shortestBeginning = 3;

/** The word that may be the beginning of others: the last, unless it is in quotes. Null if there is none. */
export function beginningOf({ wanted }: SearchQuery): string | null {
  const last = wanted.at(-1);
  const word = last?.words.length === 1 && !last.quoted ? last.words[0] : undefined;
  return word !== undefined && word.length >= shortestBeginning ? word : null;
}

/** Each term by itself, in FTS5's language. Only words of ours stand in it, each in quotes: letters and digits. */
export const expressionOf = ({ words, quoted }: Term): string =>
  words.length > 1
    ? `"${words.join(" ")}"`
    : `(${(quoted ? words : words.flatMap(spellings)).map((word) => `"${word}"`).join(" OR ")})`;

/**
 * The whole query in FTS5's language.
 *
 * @param facets words that nobody can type and that have to be there: see the migration
 * @param begins whether the last word may be the beginning of others
 */
export function matchExpression(query: SearchQuery, facets: readonly string[], begins: boolean): string {
  const beginning = begins ? beginningOf(query) : null;
  const wanted = query.wanted.map((term, i) =>
    beginning !== null && i === query.wanted.length - 1
      ? `(${expressionOf(term)} OR "${beginning}"*)`
      : expressionOf(term),
  );
  const all = [...facets.map((facet) => `"${facet}"`), ...wanted].join(" AND ");
  return query.unwanted.length === 0
    ? all
    : `(${all}) NOT (${query.unwanted.map(expressionOf).join(" OR ")})`;
}
