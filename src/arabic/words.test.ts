import fc from "fast-check";
import { expect, test } from "vitest";
import { lede, sentences, shingles, words } from "./words.ts";

test.each([
  ["قالت المديرة: “السعر 3.5 ليرات”.", ["قالت", "المديرة", "السعر", "3.5", "ليرات"]],
  ["مُذكّرة، و Zscaler", ["مُذكّرة", "و", "Zscaler"]],
  ["… ! «»", []],
])("words of %j", (text, found) => expect(words(text)).toEqual(found));

const segmenter = new Intl.Segmenter("ar", { granularity: "word" });
const segmentedWords = (s: string) =>
  [...segmenter.segment(s)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);

const likely = fc.constantFrom(
  ..."ابتةىئ كلملآ ٱپچگ aBzéß 019٠٩۱ \u064B\u0651\u0670\u0640",
  ..." \n\t\r  .,:;'’‘_-–…،؛؟!?()«»“”\"/@#&*%٪٫٬+=<>",
);
const unlikely = fc.constantFrom(
  ..."אב漢字かナ가ไทยдЖ°º·‧\u00A0\u00AD\u0300\u200B\u200C\u200D\u200F\u061C\u202A\uFEFF\u2028\u0085",
  "😀",
  "👨‍👩‍👧",
  "🇸🇾",
  "\r\n",
  "\uD83D",
);
const mixed = fc.string({ unit: fc.oneof({ weight: 12, arbitrary: likely }, unlikely), maxLength: 60 });

test("words are those of Unicode's segmenter", () => {
  const anyText = fc.oneof(mixed, fc.string({ unit: likely, maxLength: 40 }), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(anyText, (s) => {
      expect(words(s)).toEqual(segmentedWords(s));
    }),
    { numRuns: 3000 },
  );
});

test("words are those of the segmenter whatever sign stands beside, before or between them", () => {
  const wrong: string[] = [];
  for (let code = 0; code < 0x2100; code++) {
    const sign = String.fromCharCode(code);
    for (const text of [
      sign,
      `${sign}ب`,
      `ب${sign}`,
      `ب${sign}ب`,
      `1${sign}1`,
      `ب${sign}1`,
      `1${sign}a`,
      `ب ${sign}ب`,
    ])
      if (words(text).join("|") !== segmentedWords(text).join("|"))
        wrong.push(`${code.toString(16)}: ${text}`);
  }
  expect(wrong).toEqual([]);
});

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

test.each([
  ["", []],
  ["خبر", [0x574be09e]],
  ["خبر عاجل", [0x6e6aceb2]],
  ["وصل الوزيرُ إلى بيروت", [0x81abfe01, 0xa4116d99]],
])("the shingles of %j are always these, as they lie in stores", (text, hashes) =>
  expect([...shingles(text)]).toEqual(hashes),
);

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
  expect(shingles(plain).length).toBe(9);
});

test.each([
  ["", 0],
  ["خبر", 1],
  ["خبر عاجل", 1],
  ["خبر عاجل جدا", 1],
  ["خبر عاجل جدا خبر عاجل جدا", 3],
])("%j has %i shingles", (text, size) => expect(shingles(text).length).toBe(size));

test("a shingle has 32 bits and is the same everywhere", () => {
  expect([...shingles("a b c")]).toEqual([0x76f420af]);
});

test("an endless text makes a bounded set", () => {
  expect(shingles("كلمة أخرى هنا وهناك ".repeat(100_000)).length).toBeLessThan(10);
});
