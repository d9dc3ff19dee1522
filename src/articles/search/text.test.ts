import fc from "fast-check";
import { expect, test } from "vitest";
import { readQuery } from "./query.ts";
import { finderOf, highlight, type Piece, plainText, snippet } from "./text.ts";

function finder(query: string, begins = false) {
  const read = readQuery(query);
  if (!read.ok) throw new Error(read.why);
  return finderOf(read.query, begins);
}
const shown = (pieces: readonly Piece[]) =>
  pieces.map(({ text, found }) => (found ? `[${text}]` : text)).join("");

test.each([
  ["مذكرة", "وقّع مُذَكِّرَةً، ومذكّرات", "وقّع [مُذَكِّرَةً]، ومذكّرات"],
  [
    "القاهرة",
    "بالقاهرة وفي «القاهره» والقاهرة.",
    "[بالقاهرة] وفي «[القاهره]» و[القاهرة].".replace("و[القاهرة]", "[والقاهرة]"),
  ],
  ["سوريا", "لسوريا حدود، وسوريا", "[لسوريا] حدود، [وسوريا]"],
  ['"وزير الصحة"', "الوزير قال. وزير الصحة ووزير آخر", "الوزير قال. [وزير الصحة] ووزير آخر"],
  ["كوفيد-19", "لقاح كوفيد 19 و«كوفيد-19»", "لقاح [كوفيد 19] و«[كوفيد]-[19]»"],
  ["2026 -غائب", "عام ٢٠٢٦ غائب", "عام [٢٠٢٦] غائب"],
  ["cafe", "Café & <b>", "[Café] & <b>"],
  ["شيء", "", ""],
])("%s in %j", (query, text, marked) => expect(shown(highlight(text, finder(query)))).toBe(marked));

test("a beginning is marked only where it was taken for one", () => {
  expect(shown(highlight("مكتبة", finder("مكتب")))).toBe("مكتبة");
  expect(shown(highlight("مكتبة", finder("مكتب", true)))).toBe("[مكتبة]");
});

test("a snippet stands where most was found, and says that it is a part", () => {
  const filler = "كلام عن أمور أخرى كثيرة ".repeat(40);
  const text = `زرافة ${filler}ثم زرافة وفيل في الحديقة ${filler}`;
  const found = shown(snippet(text, finder("زرافة فيل")));
  expect(found).toMatch(/^… .*ثم \[زرافة وفيل\] في الحديقة .* …$/);
  expect(found.length).toBeLessThan(300);
  expect(shown(snippet(text, finder("شيء"))).startsWith("زرافة")).toBe(true);
});

test("nothing of a text is lost or added, whatever is looked for in it", () =>
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.string({ unit: fc.constantFrom(...'اب و "-لaA1ًـ') }),
      (text, query) => {
        const read = readQuery(query);
        if (!read.ok) return;
        const pieces = highlight(`${text} ${query}`, finderOf(read.query, true));
        expect(pieces.map((it) => it.text).join("")).toBe(`${text} ${query}`);
      },
    ),
  ));

test.each([
  ["<p>أ<b>ب</b>ج</p><p>د &amp; &lt;هـ&gt;</p>", "أبج د & <هـ>"],
  ['<a href="https://x.example/?a=1">رابط</a><br>سطر', "رابط سطر"],
])("the text of %j", (html, text) => expect(plainText(html, 1000)).toBe(text));
