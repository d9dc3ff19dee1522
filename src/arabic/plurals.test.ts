import { expect, test } from "vitest";
import {
  articles,
  hours,
  hoursAgo,
  issues,
  minutes,
  minutesAgo,
  plural,
  stories,
  subscribers,
} from "./plurals.ts";

test.each([
  [0, "لا دقائق"],
  [1, "دقيقة واحدة"],
  [2, "دقيقتان"],
  [3, "3 دقائق"],
  [10, "10 دقائق"],
  [11, "11 دقيقة"],
  [99, "99 دقيقة"],
  [100, "100 دقيقة"],
  [102, "102 دقيقة"],
  [103, "103 دقائق"],
  [111, "111 دقيقة"],
])("%i minutes", (n, text) => expect(minutes(n)).toBe(text));

test.each([
  [stories(11), "11 خبرًا"],
  [stories(100), "100 خبر"],
  [articles(3), "3 مقالات"],
  [subscribers(12_500), "12,500 مشترك"],
  [subscribers(1_000_003, "arab"), "١٬٠٠٠٬٠٠٣ مشتركين"],
  [issues(2), "عددان"],
  [hours(5), "5 ساعات"],
  [hoursAgo(1), "قبل ساعة"],
  [hoursAgo(2), "قبل ساعتين"],
  [hoursAgo(3), "قبل 3 ساعات"],
  [hoursAgo(11, "arab"), "قبل ١١ ساعة"],
  [minutesAgo(0), "الآن"],
  [minutesAgo(45), "قبل 45 دقيقة"],
])("%s", (text, expected) => expect(text).toBe(expected));

test("forms of one's own", () => {
  const forms = { zero: "صفر", one: "قارئ", two: "قارئان", few: "# قراء", many: "# قارئًا", other: "# قارئ" };
  expect([0, 1, 2, 4, 14, 200].map((n) => plural(n, forms))).toEqual([
    "صفر",
    "قارئ",
    "قارئان",
    "4 قراء",
    "14 قارئًا",
    "200 قارئ",
  ]);
});
