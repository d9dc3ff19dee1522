import { expect, test } from "vitest";
import { untilWords } from "./countdown.ts";

test.each([
  [-5, "الآن", "now"],
  [0, "الآن", "now"],
  [1, "بعد دقيقة", "in 1 minute"],
  [2, "بعد دقيقتين", "in 2 minutes"],
  [60, "بعد ساعة", "in 1 hour"],
  [185, "بعد 3 ساعات و5 دقائق", "in 3 hours and 5 minutes"],
  [1440, "بعد يوم", "in 1 day"],
  [2 * 1440 + 11 * 60 + 59, "بعد يومين و11 ساعة", "in 2 days and 11 hours"],
  [1440 + 3, "بعد يوم", "in 1 day"],
])("%i minutes", (minutes, ar, en) => {
  const from = Temporal.Instant.from("2026-03-01T04:00:00Z");
  const to = from.add({ minutes });
  expect(untilWords(from, to, "ar", "latn")).toBe(ar);
  expect(untilWords(from, to, "en", "latn")).toBe(en);
});
