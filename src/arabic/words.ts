// Words and sentences of Arabic text, the lede, and the shingles by which reprints are recognised.
import { fold } from "./fold.ts";

const wordSegmenter = new Intl.Segmenter("ar", { granularity: "word" });
const sentenceSegmenter = new Intl.Segmenter("ar", { granularity: "sentence" });
const graphemeSegmenter = new Intl.Segmenter("ar", { granularity: "grapheme" });

// The kinds of UTF-16 units below U+2100. Nothing joins two words over a gap (UAX #29, WB3a, WB3b, WB999); signs join letters
// or digits that stand on their two sides, and nothing else; what is of no kind is for the segmenter.
const [other, gap, letter, mark, sign] = [0, 1, 2, 3, 4] as const;
const kinds = Uint8Array.from({ length: 0x2100 }, (_, code) => {
  const unit = String.fromCharCode(code);
  if (/[ \t\n\r]/.test(unit)) return gap;
  if (/[0-9A-Za-zÀ-ÖØ-öø-ɏ\u0620-\u064A\u0660-\u0669ٮٯ\u0671-\u06D3ە\u06EE-\u06FC]/.test(unit)) return letter;
  if (/[\u064B-\u065F\u0670]/.test(unit)) return mark;
  if (/[!-/:-@[-^`{-~\u00A0-\u00A9«°»،؛؟٪۔‐-‣‥…‰-›]/.test(unit)) return sign;
  return other;
});

/** The words in their order, without punctuation, spelled as they stand: as Unicode's rules cut them (UAX #29). */
export function words(s: string): string[] {
  const found: string[] = [];
  for (let start = 0; start < s.length; ) {
    let [begins, ends] = [-1, -1];
    let isPlain = true; // one word of letters, marks and digits, or none, and signs around it
    let at = start;
    for (; at < s.length; at++) {
      const kind = kinds[s.charCodeAt(at)] ?? other;
      if (kind === gap) break;
      if (kind === sign) ends = begins >= 0 && ends < 0 ? at : ends;
      else if (kind === other || ends >= 0 || (kind === mark && begins < 0)) isPlain = false;
      else if (begins < 0) begins = at;
    }
    // The segmenter takes ten times as long.
    if (!isPlain) found.push(...segmented(s.slice(start, at)));
    else if (begins >= 0) found.push(s.slice(begins, ends < 0 ? at : ends));
    start = at + 1;
  }
  return found;
}

function segmented(s: string): string[] {
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
 * The hashes (unsigned, 32 bits) of every three words in a row of the folded text, each once, the smallest first. One or two
 * words make a single shingle, none makes none. Only the first 50,000 UTF-16 units are read.
 */
export function shingles(text: string): Uint32Array {
  const all = words(fold(text.slice(0, mostCompared)));
  const size = Math.min(3, all.length);
  const hashes = new Uint32Array(size === 0 ? 0 : all.length - size + 1).map((_, first) => {
    let hash = fnv1a(0x811c9dc5, all[first] ?? "");
    for (let word = first + 1; word < first + size; word++) hash = fnv1a(fnv1a(hash, " "), all[word] ?? "");
    return hash;
  });
  return hashes.sort().filter((hash, i, sorted) => hash !== sorted[i - 1]);
}

/** FNV-1a with 32 bits, gone on with over UTF-16 units instead of octets: it only has to be the same everywhere. */
function fnv1a(begun: number, s: string): number {
  let hash = begun;
  for (let i = 0; i < s.length; i++) hash = Math.imul(hash ^ s.charCodeAt(i), 0x01000193);
  return hash;
}
