import fc from "fast-check";
import { expect, test } from "vitest";
import { articleId } from "./article.ts";
import { sameStory, storyShingles } from "./story.ts";

const lead = (id: number, shared: number, size: number) => ({ leadId: articleId(id), shared, size });

test.each<[string, number, ReturnType<typeof lead>[], number | null]>([
  ["alone", 100, [], null],
  ["the very same", 100, [lead(1, 100, 100)], 1],
  ["Jaccard just enough", 100, [lead(1, 60, 160)], 1], // 60 / 200
  ["Jaccard just short", 100, [lead(1, 59, 160)], null],
  ["a short reprint of a long text", 50, [lead(1, 30, 600)], 1], // .6 of the smaller
  ["a little less of it", 50, [lead(1, 29, 600)], null],
  ["a long text round a short one", 600, [lead(1, 30, 50)], 1],
  ["the nearest of several", 100, [lead(1, 50, 100), lead(2, 80, 100), lead(3, 60, 100)], 2],
  ["the first of equals", 100, [lead(5, 80, 100), lead(2, 80, 100)], 2],
])("%s", (_, size, overlaps, id) => expect(sameStory(size, overlaps)).toBe(id));

const words = Array.from({ length: 40 }, (_, i) => `كلمة${String.fromCharCode(0x628 + (i % 20))}${i}`);
const text = (from: number, to: number) => words.slice(from, to).join(" ");

test("a text too short to judge has no shingles, a long one no more than are compared", () => {
  expect(storyShingles("عنوان", text(0, 8))).toEqual([]);
  expect(storyShingles("عنوان", text(0, 20)).length).toBe(19);
  expect(storyShingles("عنوان", Array.from({ length: 5000 }, (_, i) => `ك${i}`).join(" "))).toHaveLength(600);
});

const overlapOf = (mine: readonly number[], others: readonly number[]) => {
  const known = new Set(others);
  return lead(1, mine.filter((it) => known.has(it)).length, others.length);
};

test("a reprint under another title is the same story, another text is not", () => {
  const first = storyShingles("عنوان الوكالة", text(0, 30));
  const reprint = storyShingles("عنوان آخر تمامًا للصحيفة", `${text(0, 28)}. بوابة المرفأ1-وكالة ضفاف`);
  const other = storyShingles("عنوان الوكالة", text(30, 40) + text(0, 10));
  expect(sameStory(reprint.length, [overlapOf(reprint, first)])).toBe(1);
  expect(sameStory(other.length, [overlapOf(other, first)])).toBeNull();
});

test("spelling aside, a text is its own story; no two shingles of it are the same", () =>
  fc.assert(
    fc.property(fc.shuffledSubarray(words, { minLength: 14 }), (some) => {
      const plain = storyShingles("العنوان", some.join(" "));
      const vowelled = storyShingles("العُنوان", some.join(" ، ").replaceAll("ك", "كَ"));
      expect(vowelled).toEqual(plain);
      expect(new Set(plain).size).toBe(plain.length);
      expect(sameStory(plain.length, [overlapOf(plain, plain)])).toBe(1);
    }),
  ));
