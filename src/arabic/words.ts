// Words and sentences of Arabic text, the lede, and the shingles by which reprints are recognised.
import { fold } from "./fold.ts";

const wordSegmenter = new Intl.Segmenter("ar", { granularity: "word" });
const sentenceSegmenter = new Intl.Segmenter("ar", { granularity: "sentence" });
const graphemeSegmenter = new Intl.Segmenter("ar", { granularity: "grapheme" });

/** The words in their order, without punctuation, spelled as they stand. */
export function words(s: string): string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of wordSegmenter.segment(s)) if (isWordLike) found.push(segment);
  return found;
}

// د. or وأ. or the A. of U.S.A.: one letter and a full stop, on the same line, but not the م. of "عام 2020 م."
const endsInAbbreviation = /(?<![\p{L}\p{M}\p{N}])(?<!\p{N}\s)و?\p{L}\.[^\S\n]*$/u;

/** The sentences in their order, trimmed. Unicode's rules break after د. and inside أ.ف.ب: those pieces stay together. */
export function sentences(s: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (const { segment, index } of sentenceSegmenter.segment(s)) {
    const end = index + segment.length;
    const isLast = end === s.length;
    // The last few characters decide, so that a long run of pieces costs no more than its length.
    if (!isLast && endsInAbbreviation.test(s.slice(Math.max(0, end - 20), end))) continue;
    const sentence = s.slice(start, end).trim();
    if (sentence !== "") found.push(sentence);
    start = end;
  }
  return found;
}

/**
 * What stands under a title.
 *
 * @param summary the article's own summary; kept whole if there is one, as an editor wrote it
 * @param firstParagraph what else the lede is taken from: its whole sentences, as many as fit; if not even the first
 *   does, then its words, and …
 * @param maxChars the length, in UTF-16 units, that a lede taken from the text never exceeds; at least 2
 */
export function lede(summary: string | null, firstParagraph: string, maxChars: number): string {
  const given = summary?.replace(/\s+/g, " ").trim();
  if (given) return given;
  const text = firstParagraph.replace(/\s+/g, " ").trim();
  if (text.length <= maxChars) return text;
  let whole = "";
  // Read two characters too far, so that a sentence that is cut here never seems to fit.
  for (const sentence of sentences(text.slice(0, maxChars + 2))) {
    const longer = whole === "" ? sentence : `${whole} ${sentence}`;
    if (longer.length > maxChars) break;
    whole = longer;
  }
  return whole === "" ? cutAtWord(text, maxChars) : whole;
}

function cutAtWord(text: string, maxChars: number): string {
  const room = maxChars - 1; // … takes one
  const space = text.lastIndexOf(" ", room);
  const kept = space > 0 ? text.slice(0, space) : firstGraphemes(text, room);
  return `${kept.replace(/[\s\p{Pd}،,؛;:.(«“]+$/u, "")}…`;
}

function firstGraphemes(text: string, room: number): string {
  let kept = "";
  for (const { segment } of graphemeSegmenter.segment(text.slice(0, room + 40))) {
    if (kept.length + segment.length > room) break;
    kept += segment;
  }
  return kept;
}

/** No more of a text than this is compared: some 8,000 words, beyond which a reprint has long shown itself. */
const mostCompared = 50_000;

/**
 * The hashes (unsigned, 32 bits) of every three words in a row of the folded text, each once, in the order of the text.
 * One or two words make a single shingle, none makes none. Only the first 50,000 UTF-16 units are read.
 */
export function shingles(text: string): Set<number> {
  const all = words(fold(text.slice(0, mostCompared)));
  const found = new Set<number>();
  if (all.length > 0 && all.length < 3) found.add(fnv1a(all.join(" ")));
  for (let i = 0; i + 2 < all.length; i++) found.add(fnv1a(`${all[i]} ${all[i + 1]} ${all[i + 2]}`));
  return found;
}

/** FNV-1a with 32 bits, over UTF-16 units instead of octets: it only has to be the same everywhere. */
function fnv1a(s: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < s.length; i++) {
    hash ^= s.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
