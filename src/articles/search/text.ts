// What was found, shown in the article's own spelling: its plain text, and the words in it that the query means. Pure.
import type { SearchQuery } from "./query.ts";
import { beginningOf } from "./query.ts";
import { searchWords, spellings } from "./words.ts";

/** A piece of a text; `found` where it is what was looked for. */
export type Piece = { text: string; found: boolean };

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

/**
 * The text of clean HTML, as far as its first `most` characters. Quicker than `htmlToText`, and good for nothing but words:
 * every tag parts two of them, but for those inside a word.
 */
export const plainText = (cleanHtml: string, most: number): string =>
  cleanHtml
    .slice(0, 3 * most)
    .replace(
      /<\/?(?:b|i|u|s|em|strong|span|mark|small|sub|sup|a|bdi|bdo|q|code|abbr|cite|ins|del)(?:\s[^<>]*)?>/g,
      "",
    )
    .replace(/<[^<>]*>?/g, " ")
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name] ?? " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, most);

/** Whether a row of folded words begins with what a term means; how many of them it takes, or 0. */
export type Finder = (words: readonly string[], at: number) => number;

/** What of a text a query means. `begins`: whether its last word was taken for the beginning of others. */
export function finderOf(query: SearchQuery, begins: boolean): Finder {
  const single = new Set<string>();
  const rows: (readonly string[])[] = [];
  for (const { words, quoted } of query.wanted)
    if (words.length > 1) rows.push(words);
    else for (const word of quoted ? words : words.flatMap(spellings)) single.add(word);
  const beginning = begins ? beginningOf(query) : null;
  return (words, at) => {
    const word = words[at] ?? "";
    for (const row of rows) if (row.every((it, i) => it === words[at + i])) return row.length;
    return single.has(word) || (beginning !== null && word.startsWith(beginning)) ? 1 : 0;
  };
}

type Word = { start: number; end: number; found: boolean };

// As `searchWords` parts a text: letters and digits, and what stands unseen or as a mark within a word.
const wordInText = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}\u00AD\u061C\u200B-\u200F\u2060]*[\p{L}\p{M}\p{N}])?/gu;

function markedWords(text: string, finder: Finder): Word[] {
  const places: Word[] = [];
  const words: string[] = [];
  const owners: number[] = []; // of each folded word, the place it came from: one sign may be several words
  for (const match of text.matchAll(wordInText)) {
    for (const word of searchWords(match[0])) {
      words.push(word);
      owners.push(places.length);
    }
    places.push({ start: match.index, end: match.index + match[0].length, found: false });
  }
  for (let at = 0; at < words.length; at++) {
    const taken = finder(words, at);
    for (let i = at; i < at + taken; i++) {
      const place = places[owners[i] ?? -1];
      if (place) place.found = true;
    }
  }
  return places;
}

/** The whole text with what was found in it. */
export const highlight = (text: string, finder: Finder): Piece[] =>
  pieces(text, 0, text.length, markedWords(text, finder));

/** Words in a snippet: two lines or three. */
const snippetWords = 32;
const wordsBefore = 6;

/** The part of a text where most of what was found stands together, from a word to a word; its beginning if there is nothing. */
export function snippet(text: string, finder: Finder): Piece[] {
  const words = markedWords(text, finder);
  let [best, most, within] = [0, 0, 0];
  for (let end = 0; end < words.length; end++) {
    if (words[end]?.found) within += 1;
    if (end >= snippetWords - wordsBefore && words[end - (snippetWords - wordsBefore)]?.found) within -= 1;
    if (within > most) [best, most] = [Math.max(0, end - (snippetWords - wordsBefore) + 1), within];
  }
  const firstFound = words.findIndex(({ found }, i) => found && i >= best);
  const from = Math.max(0, Math.min(firstFound - wordsBefore, words.length - snippetWords));
  const to = Math.min(words.length, from + snippetWords);
  const start = from === 0 ? 0 : (words[from]?.start ?? 0);
  const end = to === words.length ? text.length : (words[to - 1]?.end ?? text.length);
  const found = pieces(text, start, end, words.slice(from, to));
  return [
    ...(start > 0 ? [{ text: "… ", found: false }] : []),
    ...found,
    ...(end < text.length ? [{ text: " …", found: false }] : []),
  ];
}

function pieces(text: string, from: number, to: number, words: readonly Word[]): Piece[] {
  const all: Piece[] = [];
  const add = (start: number, end: number, found: boolean) => {
    if (end > start) all.push({ text: text.slice(start, end), found });
  };
  let at = from;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (!word?.found) continue;
    add(at, word.start, false);
    let last = word;
    // What stands in a row is one mark.
    for (
      let next = words[i + 1];
      next?.found && /^\s+$/.test(text.slice(last.end, next.start));
      next = words[i + 1]
    ) {
      last = next;
      i += 1;
    }
    add(word.start, last.end, true);
    at = last.end;
  }
  add(at, to, false);
  return all;
}
