import { describe, expect, test } from "vitest";
import { hasText, importanceOf, plainSlug, plainText, withoutAttribution } from "./text.ts";

test.each([
  ["عنوان", "عنوان"],
  ["علوم &amp; تقنية", "علوم & تقنية"],
  ["&laquo;نور&raquo; &#8211; &#x62E;بر&hellip;", "«نور» – خبر…"],
  ["<em>مائل</em> و<strong class='x'>غليظ</strong>", "مائل وغليظ"],
  ["<p>أول</p><p>ثان<br/>ثالث</p>", "أول ثان ثالث"],
  ["عن <الصمت> و 1 < 2", "عن <الصمت> و 1 < 2"],
  ["  بين\n\tسطرين ", "بين سطرين"],
  ["&lt;b&gt;", "<b>"],
])("%s as plain text", (html, text) => expect(plainText(html)).toBe(text));

test.each([
  ["<p>نص</p>", true],
  ["<p>&#1605;</p>", true],
  ['<p>&nbsp;<img src="/a.jpg" alt="نص"> … </p>', false],
  ["", false],
])("%s has text: %s", (html, has) => expect(hasText(html)).toBe(has));

test.each([
  ["economy", "economy"],
  ["%d8%a3%d8%b3%d9%88%d8%a7%d9%82", "أسواق"],
  ["%d8%a7%d9%93", "آ"], // two signs that are one in NFC
  ["%d8%a3%d8", "%d8%a3%d8"],
])("the slug %s", (slug, text) => expect(plainSlug(slug)).toBe(text));

test.each<[string, boolean, number]>([
  ["عاجل: زلزال", false, 2],
  ["«عاجل» | زلزال", false, 2],
  ["عاجل", false, 2],
  ["عاجلاً أم آجلاً", false, 0],
  ["خبر عاجل", false, 0],
  ["خبر", true, 2],
])("%s, sticky %s, has importance %i", (title, sticky, importance) =>
  expect(importanceOf(title, sticky)).toBe(importance),
);

describe("the source in the last line", () => {
  test.each<[string, string, string | null]>([
    ["<p>نص.</p>\n<p>الجريدة1-وكالة</p>", "<p>نص.</p>", "وكالة"],
    [
      "<p>نص.</p><p><strong>الجريدة 12 - وكالة &amp; شركاه</strong></p>\n",
      "<p>نص.</p><p><strong>الجريدة 12 - وكالة &amp; شركاه</strong></p>\n",
      null,
    ],
    ["<p>نص.</p><p><strong>الجريدة 12 - وكالة</strong></p>\n", "<p>نص.</p>", "وكالة"],
    ["<p>نص.<br>\nالجريدة1-وكالة</p>", "<p>نص.</p>", "وكالة"],
    ["<p>نص.</p><div>المصدر: وكالة</div>", "<p>نص.</p>", "وكالة"],
    ["<p>الجريدة1-وكالة</p><p>نص.</p>", "<p>الجريدة1-وكالة</p><p>نص.</p>", null],
    [`<p>${"طويل ".repeat(300)}</p><p>المصدر: وكالة</p>`, `<p>${"طويل ".repeat(300)}</p>`, "وكالة"],
    [`<p>${"طويل ".repeat(300)}</p>`, `<p>${"طويل ".repeat(300)}</p>`, null],
    ["نص بلا فقرات", "نص بلا فقرات", null],
    ["", "", null],
  ])("%s", (html, bodyHtml, sourceName) =>
    expect(withoutAttribution(html)).toEqual({ bodyHtml, sourceName }),
  );
});
