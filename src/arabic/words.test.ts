import fc from "fast-check";
import { expect, test } from "vitest";
import { lede, sentences, shingles, words } from "./words.ts";

test.each([
  ["قالت المديرة: “السعر 3.5 ليرات”.", ["قالت", "المديرة", "السعر", "3.5", "ليرات"]],
  ["مُذكّرة، و Zscaler", ["مُذكّرة", "و", "Zscaler"]],
  ["… ! «»", []],
])("words of %j", (text, found) => expect(words(text)).toEqual(found));

test.each([
  ["وصل د. سامي إلى المرفأ. ثم غادر.", ["وصل د. سامي إلى المرفأ.", "ثم غادر."]],
  ["وقالت أ.ف.ب إن السفينة رست. انتهى", ["وقالت أ.ف.ب إن السفينة رست.", "انتهى"]],
  ["التقى أ. هاني ود. ريم م. نور. وعاد", ["التقى أ. هاني ود. ريم م. نور.", "وعاد"]],
  ["قال: “نعم.” ثم ذهب. هل عاد؟ لا!", ["قال: “نعم.”", "ثم ذهب.", "هل عاد؟", "لا!"]],
  ["بلغت النسبة 3.5 في المئة. وزادت", ["بلغت النسبة 3.5 في المئة.", "وزادت"]],
  ["بُني سنة 1920 م. ورُمّم لاحقًا.", ["بُني سنة 1920 م.", "ورُمّم لاحقًا."]],
  ["عنوان من دون نقطة\nوسطر آخر", ["عنوان من دون نقطة", "وسطر آخر"]],
  [" \n ", []],
])("sentences of %j", (text, found) => expect(sentences(text)).toEqual(found));

const arabic = fc.string({ unit: fc.constantFrom(..."ابجده د م.  ،؟!\n“”1A"), maxLength: 200 });

test("no letter is lost between sentences", () =>
  fc.assert(fc.property(arabic, (s) => sentences(s).join("").replace(/\s/g, "") === s.replace(/\s/g, ""))));

const paragraph =
  "أُعيد فتح الجسر فجر اليوم. وعبرته أولى الشاحنات، بعد إغلاق دام أسبوعين. وقال العمال إنهم ينتظرون.";
test.each([
  ["خلاصة\nالمحرر ", paragraph, 20, "خلاصة المحرر"],
  [null, paragraph, 500, paragraph],
  [" ", paragraph, 75, "أُعيد فتح الجسر فجر اليوم. وعبرته أولى الشاحنات، بعد إغلاق دام أسبوعين."],
  [null, paragraph, 40, "أُعيد فتح الجسر فجر اليوم."],
  [null, "وعبرته أولى الشاحنات، بعد إغلاق دام أسبوعين", 25, "وعبرته أولى الشاحنات…"],
  [null, "😀😀😀😀", 4, "😀…"],
  [null, "", 40, ""],
])("lede of %j and %j in %i", (summary, first, max, text) => expect(lede(summary, first, max)).toBe(text));

test("a lede from the text never exceeds its room", () =>
  fc.assert(
    fc.property(
      fc.oneof(arabic, fc.string({ unit: "grapheme" })),
      fc.integer({ min: 2, max: 120 }),
      (s, max) => {
        const text = lede(null, s, max);
        expect(text.length).toBeLessThanOrEqual(max);
        expect(text.endsWith("\uD83D")).toBe(false);
      },
    ),
  ));

test("two spellings of one text have the same shingles", () => {
  const plain = "اعلنت الوزاره في العاصمه ان الاتفاقيه الجديده سارت علي ما يرام";
  const vowelled = "أعلنتِ الوزارةُ في العاصمة: أنّ الاتفاقيّة الجديدة سارت على ما يُرام!";
  expect(shingles(vowelled)).toEqual(shingles(plain));
  expect(shingles(plain).size).toBe(9);
});

test.each([
  ["", 0],
  ["خبر", 1],
  ["خبر عاجل", 1],
  ["خبر عاجل جدا", 1],
  ["خبر عاجل جدا خبر عاجل جدا", 3],
])("%j has %i shingles", (text, size) => expect(shingles(text).size).toBe(size));

test("a shingle has 32 bits and is the same everywhere", () => {
  expect([...shingles("a b c")]).toEqual([0x76f420af]);
});

test("an endless text makes a bounded set", () => {
  expect(shingles("كلمة أخرى هنا وهناك ".repeat(100_000)).size).toBeLessThan(10);
});
