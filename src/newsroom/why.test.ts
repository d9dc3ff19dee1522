import { expect, test } from "vitest";
import { parts } from "./newsroom.fixture.ts";
import { pointsOf, whyWords } from "./why.ts";

const plain = {
  editor: 0.25,
  coverage: 0,
  heat: 0,
  clicks: 0.5,
  freshness: 1,
  ageHours: 0.02,
  carriedBy: { articles: 1, sources: 0 },
  hand: null,
};

test.each([
  [
    parts,
    [
      "أهميته عند المحرر 2 من 3",
      "ورد في 5 مقالات، ومصادره من خارج الصحيفة: 3",
      "كلمات عنوانه رائجة اليوم: 40 من 100",
      "لم تُقس نقرات القراء بعد",
      "نُشر قبل 4 ساعات، فبقي له 79% من وزنه",
    ],
    [
      "editor’s importance 2 of 3",
      "carried by 5 articles, with 3 outside sources",
      "words of its title burst today: 40 of 100",
      "readers’ clicks are not measured yet",
      "4 hours old, which leaves it 79% of its weight",
    ],
  ],
  [
    plain,
    [
      "أهميته عند المحرر 0 من 3",
      "ورد في مقال واحد، للصحيفة نفسها",
      "ليس في عنوانه كلمات رائجة اليوم",
      "نقرات القراء: 50 من 100",
      "نُشر قبل دقيقة، فبقي له 100% من وزنه",
    ],
    [
      "editor’s importance 0 of 3",
      "carried by 1 article, of our own",
      "no words of its title burst today",
      "readers’ clicks: 50 of 100",
      "1 minute old, which leaves it 100% of its weight",
    ],
  ],
])("every part of a score is said", (score, arabic, english) => {
  expect(whyWords(score, "ar", "latn")).toEqual(arabic);
  expect(whyWords(score, "en", "latn")).toEqual(english);
});

test.each([
  [1, 0, "ورد في مقال واحد، للصحيفة نفسها"],
  [1, 1, "ورد في مقال واحد، من خارج الصحيفة"],
  [2, 0, "ورد في مقالين، كلها للصحيفة نفسها"],
  [2, 1, "ورد في مقالين، ومصادره من خارج الصحيفة: ١"],
  [11, 4, "ورد في ١١ مقالًا، ومصادره من خارج الصحيفة: ٤"],
])("%i articles of %i sources", (articles, sources, words) =>
  expect(whyWords({ ...parts, carriedBy: { articles, sources } }, "ar", "arab")[1]).toBe(words),
);

test("points of a hundred", () => {
  expect(pointsOf(0.4314, "ar", "latn")).toBe("43.1");
  expect(pointsOf(0.4314, "ar", "arab")).toBe("٤٣.١");
  expect(pointsOf(0.4314, "en", "arab")).toBe("43.1");
});

test.each([
  ["pinned", "ثبّته المحرر في أول العدد", "pinned by the editor"],
  ["ordered", "رتّبه المحرر بيده", "put here by the editor"],
] as const)("what an editor %s is said first", (hand, arabic, english) => {
  expect(whyWords({ ...plain, hand }, "ar", "latn")[0]).toBe(arabic);
  expect(whyWords({ ...plain, hand }, "en", "latn")[0]).toBe(english);
});
