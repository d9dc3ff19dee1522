import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMailRenderer, type DigestMail, type DigestStory, encodedOctets } from "../mail/index.ts";
import { mailWith } from "./digests.fixture.ts";
import { fitted, octetsTooMany, shortenedBy } from "./fit.ts";

const builtIn = (name: string) => readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8");
const renderer = createMailRenderer(() => builtIn);
const render = (mail: DigestMail) => renderer.render("digest", mail);

const story = (summary: string, i = 0): DigestStory => ({
  title: `المجلس يقر موازنة العام المقبل بعد جلسة امتدت ${i} ساعات`,
  url: `https://news.example.org/${i}`,
  summary,
  brief: "",
  section: "سياسة",
  source: "خاص",
  time: "05:40",
  image: null,
});
const mailOf = (summaries: readonly string[]) => mailWith(summaries.map(story));
const octets = (text: string) => new TextEncoder().encode(text).length;

test("what fits stays as it was written", async () => {
  const mail = mailOf(Array.from({ length: 20 }, () => "أقر المجلس الموازنة. ".repeat(10).trim()));
  const { rendered, shortened, tooMany } = await fitted(mail, render);
  expect([shortened, tooMany]).toEqual([0, 0]);
  expect(rendered).toEqual(await render(mail));
});

test("only the longest are shortened, at a sentence or a word, and all to one length", () => {
  const short = "قصير. ".repeat(20).trim();
  const long = "جملة فيها سبع كلمات لا أكثر ولا أقل. ".repeat(60).trim();
  const longer = "جملة فيها سبع كلمات لا أكثر ولا أقل. ".repeat(90).trim();
  const { mail, shortened } = shortenedBy(mailOf([short, long, longer]), 3000);
  const [first, second, third] = mail.stories.map(({ summary }) => summary);
  expect(shortened).toBe(2);
  expect(first).toBe(short);
  expect(long.startsWith(second ?? "-")).toBe(true);
  expect(second).toBe(third);
  expect(second).toMatch(/أقل\.$/);
  expect(mail.groups[0]?.stories.map(({ summary }) => summary)).toEqual([second, third]);
});

const words = fc.constantFrom(
  "الموازنة",
  "في",
  "مَدْرَسَةٌ",
  "C++",
  "12%",
  "+963 11 222 3333",
  "«قال»",
  "<b>",
  "&",
  "😀",
  "وقالت:",
  "البلدية.",
);
const summary = fc
  .tuple(fc.array(words, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 400 }))
  .map(([some, times]) => `${some.join(" ")} `.repeat(times).slice(0, 6000).toWellFormed().trim());

test("however long the summaries are, the mail fits, and no more is cut than must be", async () => {
  let cut = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(summary, { minLength: 3, maxLength: 50 }), async (summaries) => {
      const mail = mailOf(summaries);
      const { rendered, shortened, tooMany } = await fitted(mail, render);
      expect(tooMany).toBe(0);
      expect(octets(rendered.html)).toBeLessThanOrEqual(90_000);
      expect(encodedOctets(rendered.html)).toBeLessThanOrEqual(100_000);
      const whole = octetsTooMany((await render(mail)).html);
      expect(shortened > 0).toBe(whole > 0);
      if (whole > 0) {
        cut++;
        // Summaries end at a sentence or a word, so that some room is left; half of it where sentences are long.
        expect(octets(rendered.html)).toBeGreaterThan(25_000);
      }
    }),
    { numRuns: 40 },
  );
  expect(cut).toBeGreaterThan(5);
});

test("where titles alone are too much it says by how much", async () => {
  const mail = mailOf(Array.from({ length: 50 }, () => ""));
  const endless = { ...mail, intro: "كلمة ".repeat(20_000) };
  const { shortened, tooMany } = await fitted(endless, render);
  expect(shortened).toBe(0);
  expect(tooMany).toBeGreaterThan(50_000);
});
