import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "../../arabic/index.ts";
import { searchWords, spellings } from "./words.ts";

test.each([
  ["وَقالَ الرئيسُ في «المدينة»", ["وقال", "رءيس", "في", "مدينه"]],
  ["والقاهرة، بالقاهرة؛ للقاهرة. كالقاهرة", ["قاهره", "قاهره", "قاهره", "قاهره"]],
  ["الله والله الآن الحج", ["الله", "والله", "الان", "الحج"]],
  ["كـوفيد-19 عام ٢٠٢٦ و۲۰۲۶", ["كوفيد", "19", "عام", "2026", "و2026"]],
  ["Café L’Orient", ["cafe", "l", "orient"]],
  ["مرسى المستشفى مسؤول", ["مرسي", "مستشفي", "مسءول"]],
  ["ﷺ ﻻ", ["صلي", "الله", "عليه", "وسلم", "لا"]],
  ["نص\u200Cها \u202Bا\u202C", ["نصها", "ا"]],
  ["§s12 \u0000 !!! …", ["s12"]],
])("words of %j", (text, words) => expect(searchWords(text)).toEqual(words));

test("the quick way finds what the thorough way finds", () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.string({ unit: fc.constantFrom(..."ابأإةىؤ ًـَ،.١9aÉß-«\u200C\u200F\u0301Σς§"), maxLength: 60 }),
      ),
      (text) => {
        const strange = "\u{1D7D9}"; // a digit of mathematics: what holds it is read thoroughly
        expect(searchWords(`${text} ${strange}`)).toEqual([...searchWords(text), "1"]);
        expect(searchWords(fold(text))).toEqual(searchWords(text));
      },
    ),
    { numRuns: 2000 },
  ));

test("only letters and digits come out, so that no query can speak FTS5's language", () =>
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      for (const word of searchWords(text).flatMap(spellings)) expect(word).toMatch(/^[\p{L}\p{N}]+$/u);
    }),
  ));

test.each([
  ["سوريا", ["سوريا", "وسوريا", "فسوريا", "بسوريا", "لسوريا", "كسوريا"]],
  ["بدمشق", ["بدمشق", "دمشق", "وبدمشق", "ودمشق"]],
  ["حج", ["حج", "الحج", "والحج", "بالحج"]],
  ["الحج", ["الحج", "حج"]],
  ["reuters", ["reuters"]],
])("%s may stand as %j", (word, some) => expect(spellings(word)).toEqual(expect.arrayContaining(some)));
