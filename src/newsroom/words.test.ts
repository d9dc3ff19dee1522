import { expect, test } from "vitest";
import { newPublisher } from "../settings/index.ts";
import { exclusionWord, reasonWord } from "./words.ts";

test.each([
  ["late by 44650 minutes; the limit is 180", "تأخر ٤٤٬٦٥٠ دقيقة، والحد ١٨٠"],
  ["holiday: عيد الفطر", "عطلة: عيد الفطر"],
  ["left out by hand", "حذفه المحرر من الجدول"],
  ["too few stories: 1, and it takes 3", "أخباره ١، وأقل عدد ٣"],
  ["the article is not published any more", "لم يعد الخبر منشورًا"],
  ["something of tomorrow", "something of tomorrow"],
])("no issue: %s", (reason, arabic) => {
  const paper = { ...newPublisher, digits: "arab" as const };
  expect(reasonWord(reason, "ar", paper)).toBe(arabic);
  expect(reasonWord(reason, "en", paper)).toBe(reason);
});

test("whoever wanted another hour", () => {
  expect(exclusionWord("other-slot", "ar")).toBe("اختار ساعة أخرى من اليوم");
  expect(exclusionWord("other-slot", "en")).toBe("chose another hour of the day");
});
