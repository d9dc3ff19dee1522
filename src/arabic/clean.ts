// Text that may be stored and shown: no stray bytes of old code pages, nothing that breaks a feed.

// What each byte from 0x80 to 0x9F stands for; a space where Windows-1252 leaves it undefined. The two tables agree
// on quotes, dashes, … and €; they differ in 81, 8A, 8D–90, 98, 9A and 9D–9F, where Windows-1256 has letters.
const windows1252 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
const windows1256 = "€پ‚ƒ„…†‡ˆ‰ٹ‹Œچژڈگ‘’“”•–—ک™ڑ›œ\u200C\u200Dں";

const strayBytes = /[\u0080-\u009F]/g;
const arabicLetter = /\p{Script=Arabic}/u;

// XML 1.0 §2.2 allows tab, newline, return, and everything from the space up but lone surrogates, U+FFFE and U+FFFF.
const notInXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
// It discourages these: delete, and the code points that Unicode never assigns (U+FDD0…, U+1FFFE…).
const discouraged = /\u007F|\p{Noncharacter_Code_Point}/gu;

// No writing has more marks on one letter than UAX #15 (Stream-Safe Text) allows for. Putting them in order takes time that
// grows with the square of their number: NFC of 80,000 took ten seconds.
const excessMarks = /(\p{M}{30})\p{M}+/gu;

// Embeddings, overrides and isolates. The marks (U+200E, U+200F, U+061C) stay: they cannot leak into what follows.
const bidiBrackets = /[\u202A-\u202E\u2066-\u2069]/g;

// What may need one of these: most texts hold none, and to look once is a tenth of the work. Half of a pair may be alone, and
// thirty-one characters in a row that are neither ASCII nor an Arabic letter may be marks.
const suspicious =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uD800-\uDFFF\uFDD0-\uFDEF\uFFFE\uFFFF]|[^\u0000-\u007F\u0621-\u064A]{31}/;

/**
 * Any text from outside, safe to store and to put into XML: NFC, without characters that XML 1.0 forbids.
 *
 * U+0080–009F are no text but bytes of a Windows code page that somebody read as Latin-1; they become what was meant.
 * Which code page matters for eleven of them only: a text with Arabic letters is read as Windows-1256, any other as
 * Windows-1252. Works on HTML too, as it touches no markup.
 */
export const cleanText = (s: string): string => (suspicious.test(s) ? withoutFaults(s) : s).normalize("NFC");

function withoutFaults(s: string): string {
  const page = arabicLetter.test(s) ? windows1256 : windows1252;
  return s
    .replace(strayBytes, (byte) => page.charAt(byte.charCodeAt(0) - 0x80).trim())
    .replace(notInXml, "")
    .replace(discouraged, "")
    .replace(excessMarks, "$1");
}

/** A title, a name or a header's value: clean, on one line, trimmed, and with no control that turns what follows it. */
export function oneLine(s: string): string {
  return cleanText(s).replace(bidiBrackets, "").replace(/\s+/g, " ").trim().normalize("NFC");
}
