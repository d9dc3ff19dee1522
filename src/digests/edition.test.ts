import { describe, expect, test } from "vitest";
import { type Article, articleId, type Section, type SectionId } from "../articles/index.ts";
import { newPublisher } from "../settings/index.ts";
import { bySection, digestMail, digestName, type EditionFacts, templateOf } from "./edition.ts";

const at = Temporal.Instant.from("2026-03-01T05:00:00Z"); // Sunday, 08:00 in Damascus
const politics: Section = {
  id: 1 as SectionId,
  slug: "politics",
  title: "سياسة",
  titleEn: "Politics",
  halfLifeHours: 12,
  closedAt: null,
};

const facts: EditionFacts = {
  digest: {
    name: "نشرة اليوم",
    nameEn: "The Daily",
    schedule: { zone: "Asia/Damascus", days: [5, 7], slots: [{ name: "morning", time: "08:00" }] },
  },
  publisher: { ...newPublisher, name: "المرسى", nameEn: "Al-Marsa", months: "levant", zone: "Europe/London" },
  site: new URL("https://paper.example/"),
  language: "ar",
  at,
};
const english: EditionFacts = { ...facts, language: "en" };

const article = (over: Partial<Article> = {}): Article => ({
  id: articleId(7),
  origin: "test",
  externalId: "test",
  guid: "urn:test:7",
  url: null,
  title: "افتتاح مكتبة عامة",
  summary: "فتحت أبوابها.",
  bodyHtml: "<p>نص</p>",
  sections: [politics],
  tags: [],
  authors: [],
  sourceName: null,
  image: null,
  importance: 0,
  publishedAt: at.subtract({ hours: 2 }),
  publishedFrom: "given",
  updatedAt: at,
  revision: 1,
  correction: null,
  status: { state: "published" },
  storyId: articleId(7),
  ...over,
});
const storyOf = (over: Partial<Article>, it = facts) => digestMail(it, [article(over)]).stories[0];

test("the frame, in the language of the reader and the zone of the digest", () => {
  const arabic = digestMail(facts, [article()]);
  expect(arabic).toMatchObject({
    language: "ar",
    dir: "rtl",
    publisher: { name: "المرسى", url: "https://paper.example/" },
    digest: { name: "نشرة اليوم" },
    dateLine: "الأحد 1 آذار 2026",
    hijriLine: null,
    sample: false,
  });
  expect(digestMail(english, [article()])).toMatchObject({
    dir: "ltr",
    publisher: { name: "Al-Marsa" },
    digest: { name: "The Daily" },
    dateLine: "Sunday 1 March 2026",
  });
  const lateInDamascus = Temporal.Instant.from("2026-03-01T21:30:00Z");
  expect(digestMail({ ...facts, at: lateInDamascus }, []).dateLine).toBe("الاثنين 2 آذار 2026");
});

describe("a newsletter that runs once a week", () => {
  const schedule = { ...facts.digest.schedule, days: [7] };
  const weekly = { ...facts, digest: { ...facts.digest, schedule } };
  test.each([
    ["2026-03-08T05:00:00Z", "من 2 إلى 8 آذار 2026", "2 to 8 March 2026"],
    ["2026-03-01T05:00:00Z", "من 23 شباط إلى 1 آذار 2026", "23 February to 1 March 2026"],
    [
      "2026-01-04T05:00:00Z",
      "من 29 كانون الأول 2025 إلى 4 كانون الثاني 2026",
      "29 December 2025 to 4 January 2026",
    ],
  ])("is dated by its week: %s", (instant, arabic, inEnglish) => {
    const at = Temporal.Instant.from(instant);
    expect(digestMail({ ...weekly, at }, []).dateLine).toBe(arabic);
    expect(digestMail({ ...weekly, at, language: "en" }, []).dateLine).toBe(inEnglish);
  });

  test.each([
    [[7], "digest", "weekly"],
    [[7], "compact", "compact"],
    [[6, 7], "digest", "digest"],
  ] as const)("days %j, set to %s: %s", (days, template, used) =>
    expect(templateOf({ schedule: { ...schedule, days: [...days] }, template })).toBe(used),
  );
});

describe("stories by section", () => {
  const group = (ids: readonly number[], placed: readonly number[] = []) =>
    bySection(
      ids.map((id) => article({ id: articleId(id), storyId: articleId(id) })),
      new Set(placed),
      ({ id }) => `section ${Math.floor(id / 10)}`,
    ).map(({ heading, articles }) => `${heading}: ${articles.map(({ id }) => id).join(" ")}`);
  test.each([
    [[], [], []],
    [[11, 21, 12, 31, 22], [], ["section 1: 11 12", "section 2: 21 22", "section 3: 31"]],
    // What an editor put second, third and fourth stays there; others join the section where it stands last.
    [
      [11, 21, 12, 31, 22, 13],
      [11, 21, 12],
      ["section 1: 11", "section 2: 21 22", "section 1: 12 13", "section 3: 31"],
    ],
    [
      [11, 12, 21],
      [11, 12],
      ["section 1: 11 12", "section 2: 21"],
    ],
  ])("%j, %j by hand", (ids, placed, groups) => expect(group(ids, placed)).toEqual(groups));

  test("of a mail: all but the lead, what has no section under a heading of its own", () => {
    const { groups } = digestMail(english, [article(), article({ title: "ثانٍ" }), article({ sections: [] })]);
    expect(groups.map(({ heading, stories }) => [heading, stories.length])).toEqual([
      ["Politics", 1],
      ["Other stories", 1],
    ]);
  });
});

test.each([
  ["ar", null, "نشرة اليوم"],
  ["en", null, "نشرة اليوم"],
  ["en", "The Daily", "The Daily"],
] as const)("its name in %s, called %s in English", (language, nameEn, name) =>
  expect(digestName({ name: "نشرة اليوم", nameEn }, language)).toBe(name),
);

describe("subject and preheader", () => {
  test("the first story's title, then the second's", () => {
    const mail = digestMail(facts, [article(), article({ title: "خبر آخر" })]);
    expect([mail.subject, mail.preheader]).toEqual(["افتتاح مكتبة عامة", "خبر آخر"]);
  });

  test("of a single story its summary; of none the digest's name", () => {
    expect(digestMail(facts, [article()]).preheader).toBe("فتحت أبوابها.");
    expect(digestMail(facts, [])).toMatchObject({ subject: "نشرة اليوم", preheader: "", stories: [] });
  });

  test.each([
    ["كلمة ".repeat(12).trim(), "كلمة ".repeat(12).trim()],
    ["كلمة ".repeat(20).trim(), `${"كلمة ".repeat(12).trim()}…`],
    ["س".repeat(80), `${"س".repeat(60)}…`],
    [`${"س".repeat(59)}😀 آخر`, `${"س".repeat(59)}…`],
    [`كلمة ${"س".repeat(80)}`, `كلمة ${"س".repeat(55)}…`],
    ["C++ في المدارس", "\u200FC++ في المدارس"],
    ["خبر\r\nBcc: x@y.example", "خبر Bcc: x@y.example"],
  ])("%j is cut at a word, on one line", (title, subject) => {
    const mail = digestMail(facts, [article({ title })]);
    expect(mail.subject).toBe(subject);
    expect(mail.subject.isWellFormed()).toBe(true);
  });
});

describe("a story", () => {
  test.each<[Partial<Article>, string]>([
    [{}, "https://paper.example/articles/7"],
    [{ url: "https://other.example/x" }, "https://other.example/x"],
  ])("%j leads to %s", (over, url) => expect(storyOf(over)?.url).toBe(url));

  test.each<[Partial<Article>, string]>([
    [{}, "المرسى"],
    [{ authors: [{ slug: "x", name: "ليلى الحاج" }] }, "ليلى الحاج"],
    [{ authors: [{ slug: "x", name: "ليلى الحاج" }], sourceName: "وكالة ضفاف" }, "وكالة ضفاف"],
  ])("%j is by %s", (over, by) => expect(storyOf(over)?.source).toBe(by));

  test.each([
    ["2026-03-01T03:00:00Z", "06:00"],
    ["2026-02-28T21:00:00Z", "00:00"], // today in Damascus, not yet in London
    ["2026-02-20T03:00:00Z", "20 شباط"],
  ])("published at %s says %s", (published, words) =>
    expect(storyOf({ publishedAt: Temporal.Instant.from(published) })?.time).toContain(words),
  );

  test("its section in the reader's language, as far as it has one", () => {
    expect(storyOf({})?.section).toBe("سياسة");
    expect(storyOf({}, english)?.section).toBe("Politics");
    expect(storyOf({ sections: [{ ...politics, titleEn: null }] }, english)?.section).toBe("سياسة");
    expect(storyOf({ sections: [] })?.section).toBeNull();
  });

  test("a title that begins with a Latin word is set right to left, in an Arabic edition", () => {
    expect(storyOf({ title: "NASA تعلن" })?.title).toBe("\u200FNASA تعلن");
    expect(storyOf({ title: "NASA تعلن" }, english)?.title).toBe("NASA تعلن");
  });

  test("a picture only where its size is known, as mail clients need it", () => {
    const image = { url: "https://paper.example/a.jpg", type: null, length: null, alt: null, credit: null };
    expect(storyOf({ image: { ...image, width: 1200, height: 675 } })?.image).toEqual({
      url: "https://paper.example/a.jpg",
      alt: "",
      width: 1200,
      height: 675,
    });
    expect(storyOf({ image: { ...image, width: 1200, height: null } })?.image).toBeNull();
    expect(storyOf({})?.image).toBeNull();
  });
});
