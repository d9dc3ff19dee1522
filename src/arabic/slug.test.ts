import fc from "fast-check";
import { expect, test } from "vitest";
import { slugify } from "./slug.ts";

test.each([
  ["تحت المجهر", "تحت-المجهر"],
  ["مُذكِّرة «التعاون»، بين بلدين!", "مذكرة-التعاون-بين-بلدين"],
  ["علوم & تقنية", "علوم-تقنية"],
  ["Reuters – قال", "reuters-قال"],
  ["don’t  stop", "dont-stop"],
  ["تـــطويل \u202Bنص\u202C", "تطويل-نص"],
  ["ا\u0653خر", "آخر"],
  ["../..//etc/passwd", "etc-passwd"],
  ["٢٠٢٦ / 2026", "٢٠٢٦-2026"],
  ["!!! 😀", null],
  ["", null],
  ["كلمات ".repeat(40), Array(13).fill("كلمات").join("-")],
  ["ا".repeat(200), "ا".repeat(80)],
  [`${"ا".repeat(79)}😀ب`, "ا".repeat(79)],
  ["\u{10400}".repeat(100), "\u{10428}".repeat(80)],
])("slug of %j", (text, slug) => expect(slugify(text)).toBe(slug));

test("a slug is bounded, clean and its own slug", () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.string({ unit: fc.constantFrom(..."اآأ\u0653\u064B\u0300aİ -’"), maxLength: 300 }),
      ),
      (s) => {
        const slug = slugify(s);
        if (slug === null) return;
        expect(slug).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(-[\p{L}\p{M}\p{N}]+)*$/u);
        expect(Array.from(slug).length).toBeLessThanOrEqual(80);
        expect(slugify(slug)).toBe(slug);
      },
    ),
    { numRuns: 1000 },
  ));
