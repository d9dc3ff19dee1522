import { expect, test } from "vitest";
import { findingWords } from "./settings-doctor.tsx";

// Isolates are shown as brackets.
test.each([
  ["شهادة news.example تنتهي بعد 5 أيام.", "شهادة [news.example] تنتهي بعد 5 أيام."],
  [
    "لم نصل إلى 127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9.",
    "لم نصل إلى [127.0.0.1:9]: [connect ECONNREFUSED 127.0.0.1:9].",
  ],
  ["أعده: nashra doctor --database-seconds 1800", "أعده: [nashra doctor --database-seconds 1800]"],
  ["بقي على القرص 100 م.ب، وقاعدة البيانات 2000 م.ب.", "بقي على القرص 100 م.ب، وقاعدة البيانات 2000 م.ب."],
])("%s", (ar, shown) =>
  expect(findingWords({ ar, en: "" }, "ar").replaceAll("\u2068", "[").replaceAll("\u2069", "]")).toBe(shown),
);
