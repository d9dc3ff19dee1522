// The words that articles are found by: folded, without the article and what is written together with it. Pure.
import { fold } from "../../arabic/index.ts";

/** No more of a text than this is indexed or looked through for what was found. */
export const mostSearched = 20_000;

// What becomes of each UTF-16 unit below U+0700, where nearly all text stands: one look in place of seven passes.
const [between, left, unusual] = [0, 1, 2] as const;
const plain = Uint16Array.from({ length: 0x700 }, (_, code) => {
  const folded = thoroughly(String.fromCharCode(code));
  if (folded === "") return left;
  if (folded.length > 1) return /[\p{L}\p{N}]/u.test(folded) ? unusual : between;
  return /[\p{L}\p{N}]/u.test(folded) ? folded.charCodeAt(0) : between;
});

/** Beyond what articles have in common, marks of other scripts do not tell words apart: "café" is "cafe". */
function thoroughly(text: string): string {
  return fold(text)
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replaceAll("ς", "σ");
}

/** Of the signs above: what is not seen parts no word; quotes, dashes and dots do. */
const signOf = (code: number) =>
  code >= 0x200b && code <= 0x200f ? left : code >= 0x2010 && code <= 0x2029 ? between : unusual;

/** The words of a text as they are indexed and looked for, in their order, a space between. */
export const searchText = (text: string): string =>
  (
    usualText(text) ??
    thoroughly(text)
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(" ") ??
    ""
  ).replace(article, "");

/** The same, one by one. */
export const searchWords = (text: string): string[] => {
  const found = searchText(text);
  return found === "" ? [] : found.split(" ");
};

/** Null where some character needs a second look. */
function usualText(text: string): string | null {
  const folded = new Uint16Array(text.length);
  let length = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const to = code < plain.length ? (plain[code] ?? unusual) : signOf(code);
    if (to === unusual) return null;
    if (to > unusual) folded[length++] = to;
    else if (to === between && inWord) folded[length++] = space;
    inWord = to > unusual || (to === left && inWord);
  }
  return units.decode(folded.subarray(0, length)).trimEnd();
}

const space = 0x20;
const units = new TextDecoder("utf-16le");

/**
 * The article, and a preposition before it: "والمدينه", "بالمدينه" and "للمدينه" are "مدينه". Three letters have to be left, so
 * that "الله" and "الان" stay. What has this beginning by its nature ("بالغين") loses it on both sides, in text and query.
 */
const article = /(?<=^| )[وف]?(?:[بك]?ال|لل)(?=[^ ]{3})/g;

/** Conjunctions and prepositions that are written together with a word that has no article. */
const proclitics = ["و", "ف", "ب", "ل", "ك"];
const withArticle = ["ال", "وال", "بال", "لل"];
const arabic = /^[\u0621-\u064A]+$/;

/**
 * How a word may stand in a text: with "و", "ب", "ل"… before it, and without the one that it has itself. Words of two letters
 * keep their article there (see `searchWords`), so it is put before them.
 */
export function spellings(word: string): string[] {
  if (!arabic.test(word) || word.length < 2) return [word];
  const [, inner] = /^[وفبلك](.{4,})$/.exec(word) ?? /^(?:و?ال|بال|لل)(.{2})$/.exec(word) ?? [];
  const bare = [word, inner].filter((it) => it !== undefined);
  const before = (it: string) => (it.length === 2 ? withArticle : it.length > 2 ? proclitics : []);
  return [...new Set(bare.flatMap((it) => [it, ...before(it).map((prefix) => prefix + it)]))];
}
