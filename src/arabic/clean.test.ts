import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanText, oneLine } from "./clean.ts";

test.each([
  ["خبر\u000Bعاجل\u0008", "خبرعاجل"],
  ["سطر\tأول\r\nسطر ثانٍ", "سطر\tأول\r\nسطر ثانٍ"],
  ["قال \u0093نعم\u0094 \u0085", "قال “نعم” …"],
  ["\u0081ار\u0098 و\u008Dاى", "پارک و" + "چاى"], // Windows-1256, as the text is Arabic
  ["na\u0081ve \u008Akoda \u0080", "nave Škoda €"], // Windows-1252, which has nothing at 81
  ["\uD800نص\uDC00", "نص"],
  ["😀 \uFFFE\uFFFF\uFDD0\u{1FFFE}\u{10FFFF}\u007F", "😀 "],
  ["e\u0301 ا\u0653", "é آ"],
  ["a\u0000\u0301", "á"],
  [`ا${"\u064B\u0650".repeat(400_000)}ب`, `ا${"\u064B".repeat(15)}${"\u0650".repeat(15)}ب`],
])("clean %.60j", (raw, clean) => expect(cleanText(raw)).toBe(clean));

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

test("cleaning twice is cleaning once, and leaves nothing that XML forbids", () =>
  fc.assert(
    fc.property(anyText, (s) => {
      const clean = cleanText(s);
      expect(clean).toMatch(/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
      expect(clean.isWellFormed()).toBe(true);
      expect(cleanText(clean)).toBe(clean);
    }),
  ));

// Most texts are found clean by one look, which must not miss what lies alone in a long one.
test.each(["\u0008", "\u0085", "\uD800", "\uFFFE", "\u{1FFFE}", "\u007F"])(
  "%j is found in a long text",
  (fault) => {
    const text = "قال المراسل إن 3 سيّارات وصلت. ".repeat(200);
    expect(cleanText(text)).toBe(text);
    expect(cleanText(text + fault + text)).not.toContain(fault);
  },
);

test.each([
  ["  عنوان \n في\u00A0سطرين ", "عنوان في سطرين"],
  ["سعر\u202Eabc\u202C \u2067خبر\u2069", "سعرabc خبر"],
  ["\u200Fخبر", "\u200Fخبر"],
  ["Subject\r\nBcc: x@example.org", "Subject Bcc: x@example.org"],
  ["\u0001", ""],
])("one line of %j", (raw, line) => expect(oneLine(raw)).toBe(line));

test("one line is one line, however often", () =>
  fc.assert(
    fc.property(anyText, (s) => {
      expect(oneLine(s)).not.toMatch(/[\r\n\u2028\u2029\u202A-\u202E\u2066-\u2069]/);
      expect(oneLine(oneLine(s))).toBe(oneLine(s));
    }),
  ));
