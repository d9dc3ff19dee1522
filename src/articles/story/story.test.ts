import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { articleId } from "../article.ts";
import { sameStory, storyShingles, type Told } from "./story.ts";
import { agency, forms, neighbours, reprints } from "./texts.fixture.ts";

/** A lead with which a text of weight `mine` shares that much; both are about the same. */
const lead = (id: number, mine: number, shared: number, theirs: number, told: Told = agency) => ({
  storyId: articleId(id),
  mine,
  shared,
  theirs,
  told: () => told,
});

test.each<[string, ReturnType<typeof lead>[], number | null]>([
  ["alone", [], null],
  ["the very same", [lead(1, 100, 100, 100)], 1],
  ["Jaccard just enough", [lead(1, 100, 60, 160)], 1], // 60 / 200
  ["Jaccard just short", [lead(1, 100, 59, 160)], null],
  ["a short reprint of a long text", [lead(1, 50, 30, 600)], 1], // .6 of the smaller
  ["a little less of it", [lead(1, 50, 29, 600)], null],
  ["a long text round a short one", [lead(1, 600, 30, 50)], 1],
  ["the nearest of several", [lead(1, 100, 50, 100), lead(2, 100, 80, 100), lead(3, 100, 60, 100)], 2],
  ["the first of equals", [lead(5, 100, 80, 100), lead(2, 100, 80, 100)], 2],
  [
    "much the same under a title that names nothing of it",
    [lead(1, 100, 79, 100, { title: "بيان", text: "" })],
    null,
  ],
  ["nearly the same under any title", [lead(1, 100, 80, 100, { title: "بيان", text: "" })], 1],
  [
    "the next one, where the nearest only has the same form",
    [lead(1, 100, 79, 100, { title: "بيان", text: "" }), lead(2, 100, 70, 100)],
    2,
  ],
])("%s", (_, overlaps, id) => expect(sameStory(agency, overlaps)).toBe(id));

/** As the store weighs it where no other lead has any of it. */
function between(mine: Told, theirs: Told) {
  const [a, b] = [mine, theirs].map(({ title, text }) => new Set(storyShingles(title, text)));
  if (!a || !b) throw new Error("Two texts have two sets.");
  return lead(1, a.size, a.intersection(b).size, b.size, theirs);
}
const containment = (one: Told, other: Told) => {
  const { mine, shared, theirs } = between(one, other);
  return shared / Math.min(mine, theirs);
};

describe("reprints are one story, whichever comes first", () => {
  test.each(Object.entries(reprints))("%s", (_, reprint) => {
    expect(sameStory(reprint, [between(reprint, agency)])).toBe(1);
    expect(sameStory(agency, [between(agency, reprint)])).toBe(1);
  });
});

describe("a form that is filled in twice tells two", () => {
  test.each(Object.entries(forms))("%s", (_, [one, other]) => {
    expect(containment(one, other)).toBeGreaterThan(0.5); // as much as many a reprint
    expect(sameStory(other, [between(other, one)])).toBeNull();
    expect(sameStory(one, [between(one, other)])).toBeNull();
  });

  test.each(Object.entries(forms))("%s, each reprinted in part", (_, [one]) => {
    const cut = { ...one, text: one.text.split("\n").slice(0, 2).join("\n") };
    expect(sameStory(cut, [between(cut, one)])).toBe(1);
  });
});

describe("two stories that sound alike", () => {
  test.each(Object.entries(neighbours))("%s", (_, [one, other]) => {
    expect(sameStory(other, [between(other, one)])).toBeNull();
    expect(sameStory(one, [between(one, other)])).toBeNull();
  });
});

const words = Array.from({ length: 40 }, (_, i) => `كلمة${String.fromCharCode(0x628 + (i % 20))}${i}`);
const text = (from: number, to: number) => words.slice(from, to).join(" ");

test("a text too short to judge has no shingles, a long one no more than are compared", () => {
  expect(storyShingles("عنوان", text(0, 8))).toEqual([]);
  expect(storyShingles("عنوان", text(0, 20)).length).toBe(19);
  expect(storyShingles("عنوان", Array.from({ length: 5000 }, (_, i) => `ك${i}`).join(" "))).toHaveLength(200);
});

test("spelling aside, a text is its own story; no two shingles of it are the same", () =>
  fc.assert(
    fc.property(fc.shuffledSubarray(words, { minLength: 14 }), (some) => {
      const plain = { title: "العنوان", text: some.join(" ") };
      const vowelled = { title: "العُنوان", text: some.join(" ، ").replaceAll("ك", "كَ") };
      const shingles = storyShingles(plain.title, plain.text);
      expect(storyShingles(vowelled.title, vowelled.text)).toEqual(shingles);
      expect(new Set(shingles).size).toBe(shingles.length);
      expect(sameStory(vowelled, [between(vowelled, plain)])).toBe(1);
    }),
  ));
