import { expect, test } from "vitest";
import { directedHtml, directedOutlook, directedPlain } from "./direction.ts";

const ltr = (text: string) => `<span dir="ltr" style="direction:ltr;unicode-bidi:embed">${text}</span>`;

test.each([
  ["rtl", "27 ألف طن & 12%", "27 ألف طن &amp; 12%"],
  [
    "rtl",
    "بلغة C++",
    'بلغة <span dir="ltr" style="direction:ltr;unicode-bidi:embed;white-space:nowrap">C++</span>',
  ],
  ["rtl", "EU agrees, again.", ltr("EU agrees, again.")],
  ["rtl", "2026", "2026"],
  ["ltr", "EU & co.", "EU &amp; co."],
  ["ltr", "Reuters: ميناء", "Reuters: ميناء"],
  [
    "ltr",
    "OpenHarbor تدير ستة موانئ في البحر",
    '<span dir="rtl" style="direction:rtl;unicode-bidi:embed">OpenHarbor تدير ستة موانئ في البحر</span>',
  ],
  ["ltr", "ميناء.", '<span dir="rtl" style="direction:rtl;unicode-bidi:embed">ميناء.</span>'],
] as const)("in a mail that runs %s: %s", (dir, text, html) => expect(directedHtml(text, dir)).toBe(html));

test("plain text: URLs and places stand alone, empty lines are at most one", () => {
  expect(directedPlain("  أهلًا \n\n\n\nhttps://example.org/a\n\uFDD0webUrl\uFDD1\nHello \n\n", "rtl")).toBe(
    "\u200F\u2067أهلًا\u2069\n\nhttps://example.org/a\n\uFDD0webUrl\uFDD1\nHello\n",
  );
  expect(directedPlain("Reuters of بيروت\nبيروت", "ltr")).toBe("Reuters of بيروت\n\u200F\u2067بيروت\u2069\n");
});

test("Outlook's tables get their direction, others are left alone", () => {
  expect(
    directedOutlook('<!--[if mso | IE]><table><tr><td><table dir="ltr" width="1"><![endif]--><table>', "rtl"),
  ).toBe('<!--[if mso | IE]><table dir="rtl"><tr><td><table dir="ltr" width="1"><![endif]--><table>');
});
