import { createRequire } from "node:module";
import type { Bidi } from "bidi-js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { htmlStartsLatin, isolateHtml, isolatePlain, rtlTitle, startsLatin, subjectLine } from "./bidi.ts";

// Its types describe an ES module, what Node loads is CommonJS.
const bidiFactory: () => Bidi = createRequire(import.meta.url)("bidi-js");
const bidi = bidiFactory();
const controls = /[\u200E\u200F\u2066-\u2069]/g;

/** What stands on paper from left to right, if the line is laid out as `direction` says, or as its first letter does. */
function seen(line: string, direction?: "rtl" | "ltr"): string {
  return bidi.getReorderedString(line, bidi.getEmbeddingLevels(line, direction)).replace(controls, "");
}

/** Spans as the isolates that browsers make of them. */
const seenInHtml = (html: string) =>
  seen(html.replaceAll('<span dir="ltr">', "\u2066").replaceAll("</span>", "\u2069"), "rtl");

describe("tokens", () => {
  test.each([
    ["اتصلوا على +963 11 222 3333 غدًا", "+963 11 222 3333"],
    ["اتصلوا على +963112223333", "+963112223333"],
    ["هاتف 011-222-3333", "011-222-3333"],
    ["هاتف (011) 222 3333.", "(011) 222 3333"],
    ["هاتف 00961 1 555 123", null], // a group of one digit is no telephone to us
    ["هاتف 00961-1234567", "00961-1234567"],
    ["الحرارة -5 اليوم", "-5"],
    ["ارتفع +3.2%، ثم هبط", "+3.2%"],
    ["بلغ $500 للطن", "$500"],
    ["بـ$1,250.50", "$1,250.50"],
    ["خسر -€30", "-€30"],
    ["بين $5-$7", "$5-$7"],
    ["بلغ 500$ للطن", "500$"],
    ["لغة C++ قديمة", "C++"],
    ["لغة C# (جديدة)", "C#"],
    ["معيار C++20", "C++20"],
    ["راسلونا: news@example.org.", "news@example.org"],
    ["كتب @salma_n على", "@salma_n"],
    ["انظر https://example.org/a?b=1&amp;c=2.", "https://example.org/a?b=1&amp;c=2"],
    ["انظر (https://example.org/أخبار/1)", "https://example.org/أخبار/1"],
    ["https://example.org/wiki/ريف_(شعر) مفيد", "https://example.org/wiki/ريف_(شعر)"],
    ["قال &quot;C++&quot; فقط", "C++"],
  ])("%s", (text, token) => {
    const isolated = token === null ? text : text.replace(token, `<span dir="ltr">${token}</span>`);
    expect(isolateHtml(text)).toBe(isolated);
    if (token !== null && !/[\u0600-\u06FF]/.test(token))
      expect(seenInHtml(isolateHtml(text))).toContain(token);
  });

  test.each([
    "في موسم 2022-2023 و2024",
    "يوم 01-02-2026 أو 01 02 2026 أو 2026-03-01",
    "الساعة 07:30 والنسبة 5% أو 3.5",
    "كوفيد-19 وإف-16",
    "السطر -5-3 وغرينتش +3:30",
    "المادة 5-3 والنتيجة 2 - 1",
    "محادثات “2 + 2”",
    "شركة Zscaler الأميركية و iPhone 15",
    "من 100 إلى 200",
    "A &amp; B &#39; &lt;C&gt;",
    "عبر هاشتاغ #غزة",
    "1990-2000-2010",
    "@سلمى",
  ])("nothing in %s", (text) => expect(isolateHtml(text)).toBe(text));

  test("a token without its isolate would be read wrongly", () => {
    for (const text of ["هاتف 011-222-3333 غدًا", "الحرارة -5 اليوم", "لغة C++ قديمة", "بلغ $500 للطن"]) {
      const token = /span dir="ltr">([^<]*)</.exec(isolateHtml(text))?.[1] ?? "";
      expect(seen(text, "rtl")).not.toContain(token);
    }
  });

  test("isolating only adds spans", () =>
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(..."ab@.#+-$5 0(:/ع،&;\n", "https://", "&amp;", "+963 "),
          maxLength: 60,
        }),
        (s) => isolateHtml(s).replace(/<span dir="ltr">|<\/span>/g, "") === s,
      ),
      { numRuns: 1000 },
    ));

  test("a long hostile line costs no more than its length", () => {
    for (const piece of ["+1(", "0123-", "a@a.", "(", "www.(", "+", "5,5.", "aA", "$5-"]) {
      expect(isolateHtml(piece.repeat(20_000)).length).toBeGreaterThan(0);
    }
  });
});

describe("plain text", () => {
  test.each([
    ["وصل القطار", "\u200F\u2067وصل القطار\u2069"],
    ["هاتف +963 11 222 3333", "\u200F\u2067هاتف \u2066+963 11 222 3333\u2069\u2069"],
    ["https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"],
    ["اقرأ: https://example.org/a.", "\u200F\u2067اقرأ:\u2069\nhttps://example.org/a"],
    ["A Latin line, C++", "A Latin line, C++"],
    ["----", "----"],
    ["", ""],
    ["\u202Eعكس\u202C", "\u200F\u2067عكس\u2069"],
  ])("%j", (line, isolated) => expect(isolatePlain(line)).toBe(isolated));

  test("a program that knows nothing of Arabic lays the line out right", () => {
    const line = isolatePlain("Reuters: الحرارة -5، و C++!");
    expect(seen(line)).toBe("!C++ و ،-5 ةرارحلا :Reuters");
    expect(seen(line, "ltr")).toBe("!C++ و ،-5 ةرارحلا :Reuters");
  });
});

test.each([
  ["Reuters: قال", true],
  ["«Reuters» قال", true],
  ["7 قتلى في Paris", false],
  ["وصل", false],
  ["2026", false],
  ["", false],
  ["Москва", true],
])("%j starts in Latin: %s", (s, latin) => expect(startsLatin(s)).toBe(latin));

test.each([
  ["Reuters: قال", "\u200FReuters: قال"],
  ["\u200FReuters: قال", "\u200FReuters: قال"],
  ["قال Reuters", "قال Reuters"],
])("title %j", (s, title) => expect(rtlTitle(s)).toBe(title));

test("the mark puts a Latin beginning on the right", () => {
  expect(seen("Reuters: قال")).toBe("Reuters: لاق");
  expect(seen(rtlTitle("Reuters: قال"))).toBe("لاق :Reuters");
});

test.each([
  ["أخبار\r\nالصباح", "أخبار الصباح"],
  ["\u2067C++ خبر\u2069", "\u200FC++ خبر"],
])("subject %j", (s, subject) => expect(subjectLine(s)).toBe(subject));

test.each([
  ['<p class="lead">وصل Reuters</p>', false],
  ["<p>&laquo;<b>Reuters</b>&raquo; قال</p>", true],
  ["<p>&#x627;</p> 7", false], // spelled as a reference it decides nothing
  ["<p>", false],
])("%j starts in Latin as HTML: %s", (html, latin) => expect(htmlStartsLatin(html)).toBe(latin));
