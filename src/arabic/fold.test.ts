import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "./fold.ts";

test.each([
  ["مُذَكِّرَةٌ", "مذكره"],
  ["إلى أنقرة وآل ٱلشام", "الي انقره وال الشام"],
  ["مسؤول ومئة وشيء", "مسءول ومءه وشيء"],
  ["تـــطويل", "تطويل"],
  ["کتاب فارسی ې", "كتاب فارسي ي"],
  ["٢٠٢٦ و۲۰۲۶", "2026 و2026"],
  ["هٰذا ۖ", "هذا "],
  ["می\u200Cخواهم \u202Bنص\u202C \u200Fخ\u00ADط", "ميخواهم نص خط"],
  ["ﻻ ﷲ", "لا الله"], // presentation forms
  ["Café ＡＢＣ", "café abc"],
  ["ا\u200D\u0653", "ا"],
  ["e\uFE71\u0301", "é"], // a form that is nothing but a dropped mark
])("fold %j", (raw, folded) => expect(fold(raw)).toBe(folded));

const letters = fc.string({
  unit: fc.constantFrom(
    ..."اأإآٱىيئؤءةهکكیې\u0640\u064B\u0651\u0653\u0654\u0655\u0670\u200D\u200F٣۳3AaİẞϓK e\u0301ﻻﷺ",
  ),
});

test("folding twice is folding once", () =>
  fc.assert(
    fc.property(fc.oneof(letters, fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" })), (s) => {
      expect(fold(fold(s))).toBe(fold(s));
    }),
    { numRuns: 1000 },
  ));

test("a text that is folded at one look folds as any other", () => {
  // What stands behind a space has no part in the text before it, but its sign is none of those that one look is enough for.
  const slowly = (s: string) => fold(`${s} 漢`).slice(0, -2);
  const low = fc.string({
    unit: fc.integer({ min: 0, max: 0x20ff }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(
    fc.property(fc.oneof(letters, low), (s) => {
      expect(fold(s)).toBe(slowly(s));
    }),
    { numRuns: 3000 },
  );
  for (let code = 0; code < 0x2100; code++)
    for (const before of ["", "e", "ا", "ب"]) {
      const text = before + String.fromCharCode(code);
      if (fold(text) !== slowly(text)) expect.fail(`U+${code.toString(16)} after "${before}"`);
    }
});
