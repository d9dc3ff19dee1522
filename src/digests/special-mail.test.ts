import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Article, articleId, type SectionId } from "../articles/index.ts";
import { createMailRenderer } from "../mail/index.ts";
import { newPublisher } from "../settings/index.ts";
import type { EditionFacts } from "./edition.ts";
import { breakingMail, correctionMail } from "./special-mail.ts";

const at = Temporal.Instant.from("2026-03-02T05:00:00Z");
const facts = (language: "ar" | "en"): EditionFacts => ({
  digest: {
    name: "نشرة اليوم",
    nameEn: "The Daily",
    schedule: { zone: "Asia/Damascus", days: [7], slots: [{ name: "morning", time: "08:00" }] },
  },
  publisher: { ...newPublisher, name: "المرسى", nameEn: "Al-Marsa", months: "levant" },
  site: new URL("https://paper.example/"),
  language,
  at,
});
const article: Article = {
  id: articleId(7),
  origin: "test",
  externalId: "test",
  guid: "urn:test:7",
  url: null,
  title: "المجلس يؤجل التصويت على الموازنة",
  summary: "أُجّلت الجلسة إلى الأحد.",
  bodyHtml: "<p>نص</p>",
  sections: [
    {
      id: 1 as SectionId,
      slug: "politics",
      title: "سياسة",
      titleEn: "Politics",
      halfLifeHours: 12,
      closedAt: null,
    },
  ],
  tags: [],
  authors: [],
  sourceName: null,
  image: null,
  importance: 2,
  publishedAt: at.subtract({ hours: 1 }),
  publishedFrom: "given",
  updatedAt: at,
  revision: 2,
  correction: null,
  status: { state: "published" },
  storyId: articleId(7),
};
const withdrawn: Article = { ...article, status: { state: "retracted", at, reason: "خطأ" } };
const said = "كتبنا أن المجلس أقرّ الموازنة، والصواب أنه أجّل التصويت عليها.";
const sentIn = { date: "2026-03-01" };
const renderer = createMailRenderer(
  () => (name) => readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8"),
);

test.each([
  ["breaking", breakingMail(facts("ar"), article), "عاجل: المجلس يؤجل التصويت على الموازنة", article.summary],
  [
    "breaking",
    breakingMail(facts("en"), article),
    "\u200FBreaking: المجلس يؤجل التصويت على الموازنة",
    article.summary,
  ],
  [
    "correction",
    correctionMail(facts("ar"), article, said, sentIn),
    "تصحيح: المجلس يؤجل التصويت على الموازنة",
    said,
  ],
  ["correction", correctionMail(facts("ar"), withdrawn, said, sentIn), "سحبنا خبرًا أرسلناه إليك", said],
] as const)("%s as a mailbox shows it: %#", (_, mail, subject, preheader) => {
  expect([mail.subject, mail.preheader]).toEqual([subject, preheader]);
});

test("a withdrawn story is named once, in the mail, and neither told nor linked", () => {
  const mail = correctionMail(facts("ar"), withdrawn, said, sentIn);
  expect(mail.stories).toEqual([]);
  expect(mail.notice).toBe(
    "أرسلنا إليك في عدد 1 آذار 2026 خبرًا سحبناه بعد ذلك: «المجلس يؤجل التصويت على الموازنة».",
  );
});

test.each([
  ["breaking", breakingMail(facts("ar"), article), "ar"],
  ["correction", correctionMail(facts("en"), article, "The vote was put off.", sentIn), "en"],
])("the plain text of %s", async (name, mail, language) => {
  const { html, text } = await renderer.render(name, mail);
  await expect(text.replace(/[\uFDD0\uFDD1]/g, "%")).toMatchFileSnapshot(`${name}.${language}.golden.txt`);
  expect(html.length).toBeLessThan(12_000);
});
