// Right-to-left text with pieces in it that run the other way.
//
// Plain numbers, dates, times, percentages and single Latin words come out right by themselves (UAX #9); the tokens below
// do not, as their signs and separators have no direction of their own. A token is isolated whole or not at all: half a
// URL in an isolate shows reversed.
import { oneLine } from "./clean.ts";

const rightToLeftMark = "\u200F";
const bidiBrackets = /[\u202A-\u202E\u2066-\u2069]/g;

const firstLetter = /\p{L}/u;
const rightToLeftLetter =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}]/u;

/** Whether the first letter runs left to right, so that a reader's program would lay out the whole text that way. */
export function startsLatin(s: string): boolean {
  const letter = firstLetter.exec(s)?.[0];
  return letter !== undefined && !rightToLeftLetter.test(letter);
}

/** The same of HTML, whose markup and character references count for nothing. */
export function htmlStartsLatin(html: string): boolean {
  for (const [, letter] of html.matchAll(/<[^>]*>|&[#\w]+;|(\p{L})/gu))
    if (letter !== undefined) return startsLatin(letter);
  return false;
}

/** A title of an Arabic paper, with U+200F in front if its first letter is Latin ("Reuters: …"). */
export function rtlTitle(s: string): string {
  return startsLatin(s) && !s.startsWith(rightToLeftMark) ? rightToLeftMark + s : s;
}

/** A mail's subject: one line, with U+200F in front unless its first letter is Arabic; no isolates, which show as boxes. */
export const subjectLine = (s: string): string => rtlTitle(oneLine(s));

// Where a token may begin: after a space, an opening bracket or quote, or the end of a character reference (&quot;).
const start = String.raw`(?<![^\s(\[{«“"'‘;،؛:—])`;
// What may not follow, so that 5-3 or 2022-2023 is never read as a signed number: a letter, a digit, more of a number.
const end = String.raw`(?![\p{L}\d]|[-+–.,/:]\d)`;
const number = String.raw`\d{1,15}(?:[.,]\d{1,15}){0,5}`;
const sign = "[-+−±]";
const currency = "[$€£¥₺₪₹]";
const label = String.raw`[A-Za-z\d](?:[A-Za-z\d-]{0,62}[A-Za-z\d])?`;
const manyDigits = String.raw`(?=[+(]?(?:\d[ .()-]{0,2}){7,15}(?!\d))`;
const dayMonthYear = String.raw`\d\d([-. ])\d\d\1\d{4}(?!\d)`;

/** A URL up to its last letter, closed brackets included; `character` is one of its characters, brackets apart. */
const urlOf = (character: string) =>
  String.raw`(?<![\p{L}\d])(?:https?:\/\/|www\.)(?:${character}|\((?:${character}){0,200}\)){1,2000}(?<![.,،؛;:!؟?…])`;
const plainUrl = urlOf(String.raw`[^\s<>"'()«»“”]`);
const escapedUrl = urlOf(String.raw`(?:[^\s<>"'()«»“”&]|&amp;)`);

const otherTokens = [
  // an address
  String.raw`(?<![\w.%+-])[\w.%+-]{1,64}@${label}(?:\.${label}){1,8}(?![\w@])`,
  // a handle
  String.raw`${start}@\w(?:[\w.]{0,60}\w)?(?![\p{L}\d])`,
  // +963 11 222 3333
  String.raw`${start}${manyDigits}\+\d{1,4}(?:[ .-]?(?:\(\d{1,4}\)|\d{1,5})){2,6}${end}`,
  // 011-222-3333, (011) 222 3333: the zero tells a telephone from a range of numbers
  String.raw`${start}(?!${dayMonthYear})${manyDigits}(?:\(0\d{1,4}\) ?\d{2,8}|0\d{1,4}[ -]\d{2,8})(?:[ -]\d{2,8}){0,4}${end}`,
  // $500, -$3.5, $5-$7, 500$
  String.raw`(?<![\w.,@+−-])${sign}?(?:${currency} ?${number}(?:[-–]${currency}?${number})?|${number}(?:[-–]${number})? ?${currency})${end}`,
  // -5, +3.2%
  `${start}${sign}${number}%?${end}`,
  // C++, C++20, C#, Disney+
  String.raw`(?<![\w&#@+.-])[A-Za-z][A-Za-z\d]{0,20}(?:\+\+\d{0,2}|\+|#)(?![\w+#-])`,
].join("|");

const escapedToken = new RegExp(`${escapedUrl}|${otherTokens}`, "gu");
const plainToken = new RegExp(otherTokens, "gu");
const wholeUrl = new RegExp(plainUrl, "gu");

/**
 * Isolates, inside right-to-left HTML, telephone numbers, signed and currency amounts, names like C++ and C#, URLs,
 * addresses and handles, each whole, and nothing else. (`<bdi>` is not understood by Gmail and Outlook.)
 *
 * @param escapedText text in which `&`, `<` and `>` are escaped already; no markup
 */
export const isolateHtml = (escapedText: string): string =>
  escapedText.replace(escapedToken, (found) => `<span dir="ltr">${found}</span>`);

/**
 * The same for a line of plain text: an Arabic line is wrapped in RLM RLI … PDI, the tokens in it in LRI … PDI. Other
 * lines are left as they are. A URL gets a line of its own, as programs take a PDI after it for a part of it.
 *
 * @returns one line; several if there was a URL with other text round it
 */
export function isolatePlain(line: string): string {
  const text = line.replace(bidiBrackets, "");
  const urls = text.match(wholeUrl) ?? [];
  if (urls.length === 0) return isolatePiece(text);
  return text
    .split(wholeUrl)
    .flatMap((between, i) => [isolatePiece(between.trim()), urls[i] ?? ""])
    .filter((piece) => /[\p{L}\d]/u.test(piece)) // not the full stop or bracket after a URL
    .join("\n");
}

function isolatePiece(text: string): string {
  if (!rightToLeftLetter.test(text)) return text;
  return `${rightToLeftMark}\u2067${text.replace(plainToken, (found) => `\u2066${found}\u2069`)}\u2069`;
}
