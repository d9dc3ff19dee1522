import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Article, Section, SectionId } from "./article.ts";
import { articleId } from "./article.ts";
import { draftArticle, guidFor, inputOf } from "./ingest.ts";
import { type ArticleInput, articleChange, articleInput } from "./input.ts";

const now = Temporal.Instant.from("2026-03-01T07:00:00Z");
const site = new URL("https://paper.example/");

const section = (
  id: number,
  slug: string,
  title: string,
  closedAt: Temporal.Instant | null = null,
): Section => ({
  id: id as SectionId,
  slug,
  title,
  titleEn: null,
  halfLifeHours: 12,
  closedAt,
});
const sections = [
  section(1, "politics", "سياسة"),
  section(2, "آراء", "آراء وأفكار"),
  section(3, "old", "قديم", now),
];

const given: ArticleInput = {
  external_id: "a-1",
  title: "عنوان",
  body_html: "<p>الفقرة الأولى.</p><p>الثانية.</p>",
  sections: ["politics"],
  tags: [],
  authors: [],
  importance: 0,
};
const stored: Article = {
  id: articleId(1),
  origin: "test",
  externalId: "test",
  guid: "urn:test:1",
  url: null,
  title: "عنوان",
  summary: "الفقرة الأولى.",
  bodyHtml: "<p>الفقرة الأولى.</p><p>الثانية.</p>",
  sections: sections.slice(0, 1),
  tags: [],
  authors: [],
  sourceName: null,
  image: null,
  importance: 0,
  publishedAt: now.subtract({ hours: 5 }),
  publishedFrom: "first-seen",
  updatedAt: now.subtract({ hours: 5 }),
  revision: 1,
  correction: null,
  status: { state: "published" },
  storyId: articleId(1),
};

const draft = async (over: Partial<ArticleInput>, before: Article | null = null, at = now) => {
  const drafting = await draftArticle({ ...given, ...over }, "test", sections, before, at);
  if (!drafting.ok) throw new Error(JSON.stringify(drafting));
  return drafting.draft;
};

describe("sections", () => {
  test.each([
    [["politics"], [1]],
    [["سياسة"], [1]],
    [
      ["آراء".normalize("NFD"), "politics"],
      [2, 1],
    ],
    [["politics", "سياسة"], [1]],
  ])("%j", async (names, ids) => expect((await draft({ sections: names })).sectionIds).toEqual(ids));

  test("unknown and closed ones are named; an article keeps the closed one that it has", async () => {
    const names = ["politics", "sport", "old"];
    expect(await draftArticle({ ...given, sections: names }, "test", sections, null, now)).toEqual({
      ok: false,
      why: "unknown-sections",
      unknown: ["sport", "old"],
    });
    expect(
      (await draft({ sections: ["old"] }, { ...stored, sections: sections.slice(2) })).sectionIds,
    ).toEqual([3]);
  });
});

test.each([
  "<script>alert(1)</script>",
  "<p> &nbsp; </p>",
  "<img src=https://a.example/x.jpg>",
  "&#1;",
  "<!-- -->",
])("%s is no text", async (body_html) =>
  expect(await draftArticle({ ...given, body_html }, "test", sections, null, now)).toEqual({
    ok: false,
    why: "no-text",
  }),
);

test("a title of controls alone is no title", async () =>
  expect(await draftArticle({ ...given, title: "\u202E\u0001" }, "test", sections, null, now)).toMatchObject({
    ok: false,
  }));

describe("the summary", () => {
  test.each([
    [{}, "الفقرة الأولى."],
    [{ summary: "" }, "الفقرة الأولى."],
    [{ summary: "ما كتبه\n محرر\u202E" }, "ما كتبه محرر"],
    [{ body_html: "<p>سطر\nمقطوع في\nالمصدر.</p><p>آخر</p>" }, "سطر مقطوع في المصدر."],
  ])("of %j", async (over, summary) => expect((await draft(over)).summary).toBe(summary));
});

describe("dates", () => {
  test.each<[string, Partial<ArticleInput>, Article | null, string, string]>([
    ["given", { published_at: "2026-02-01T10:00:00+03:00" }, null, "2026-02-01T07:00:00Z", "given"],
    ["not given: first seen now", {}, null, now.toString(), "first-seen"],
    ["not given again: as it was", {}, stored, "2026-03-01T02:00:00Z", "first-seen"],
    ["given later", { published_at: "2026-02-01T07:00:00Z" }, stored, "2026-02-01T07:00:00Z", "given"],
  ])("%s", async (_, over, before, at, from) => {
    const { publishedAt, publishedFrom } = await draft(over, before);
    expect([publishedAt.toString(), publishedFrom]).toEqual([at, from]);
  });

  test.each<[Partial<ArticleInput>, Article | null, string]>([
    [{}, null, now.toString()],
    [{ published_at: "2026-02-01T07:00:00Z" }, null, "2026-02-01T07:00:00Z"],
    [{}, stored, now.toString()],
    [{ updated_at: "2026-02-28T07:00:00Z" }, stored, "2026-02-28T07:00:00Z"],
  ])("changed: %j", async (over, before, at) =>
    expect((await draft(over, before)).updatedAt.toString()).toBe(at),
  );
});

test("tags and authors stand once each, under one slug", async () =>
  expect((await draft({ tags: ["علوم", " علوم ", "عُلوم", "!!!"] })).tags).toHaveLength(1));

describe("the same content has the same hash, whenever and however it comes", () => {
  const hash = async (over: Partial<ArticleInput>, before: Article | null = stored) =>
    (await draft(over, before, now.add({ hours: 3 }))).contentHash;

  test.each<[string, Partial<ArticleInput>, boolean]>([
    ["nothing", {}, true],
    ["the spelling of its markup", { body_html: "<P>الفقرة الأولى.<P class=x>الثانية." }, true],
    ["the form of Unicode", { title: "عنوان".normalize("NFD") }, true],
    ["the time of change", { updated_at: "2026-03-01T08:00:00Z" }, true],
    ["the title", { title: "عنوان آخر" }, false],
    ["a correction", { correction: "صوابه كذا." }, false],
    ["the importance", { importance: 1 }, false],
    ["the date", { published_at: "2026-02-01T07:00:00Z" }, false],
  ])("changed: %s", async (_, over, same) => expect((await hash(over)) === (await hash({}))).toBe(same));

  test("an article read back and sent again is unchanged", async () => {
    expect(await hash(inputOf(stored))).toBe(await hash({}));
    expect(articleInput.safeParse(inputOf(stored)).success).toBe(true);
  });
});

describe("the guid", () => {
  const minted = /^tag:paper\.example,2026-03-01:article\/[0-9a-f-]{36}$/;
  test.each([
    "https://old.example/?p=17",
    "http://old.example/2026/أخبار",
    "urn:uuid:0b5e3a1c-7d3f-4c1e-9a53-0f5f1f4f0001",
    "tag:old.example,2020:17",
  ])("%s is kept", (id) => expect(guidFor(id, site, now)).toBe(id));

  test.each([
    "press-2026-17",
    "17",
    "javascript:alert(1)",
    "mailto:a@b.example",
    "https://",
    "https://a.example/<b>",
    'https://a.example/"x',
    "https://a.example/a b",
    "https://a.example/a\u0001",
    "https://a.example/a\u0085",
    "https://a.example/a\u2028",
    "https://a.example/a\uFFFE",
    "https://a.example/\uD800",
    "https://a.example/{x}|^`\\",
    "HTTPS://a.example/x",
    "",
  ])("%j is no IRI: a tag is minted", (id) => expect(guidFor(id, site, now)).toMatch(minted));

  test("whatever the id, it is an IRI, and minted ones never meet", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string({ unit: "binary" }).map((it) => `https://a.example/${it}`),
        ),
        (id) => {
          const guid = guidFor(id, site, now);
          expect(guid).toMatch(/^(?:https?|urn|tag):[^\s<>"\\^`{|}\u0000-\u0020\u007F-\u009F]+$/);
          expect(guid.isWellFormed()).toBe(true);
          if (guid !== id) expect(guidFor(id, site, now)).not.toBe(guid);
        },
      ),
      { numRuns: 500 },
    ));
});

describe("input", () => {
  test.each<[string, unknown]>([
    ["external_id", ""],
    ["external_id", "x".repeat(2001)],
    ["title", "  "],
    ["body_html", ""],
    ["body_html", "x".repeat(1_000_001)],
    ["sections", []],
    ["sections", [""]],
    ["sections", Array(31).fill("politics")],
    ["url", "javascript:alert(1)"],
    ["url", "/news/1"],
    ["url", ""],
    ["importance", 4],
    ["importance", "1"],
    ["published_at", "2026-03-01"],
    ["published_at", "2026-03-01T07:00:00"],
    ["published_at", "2026-02-30T07:00:00Z"],
    ["published_at", "2026-03-01T07:00:00.1234567891Z"],
    ["published_at", "أمس"],
    ["image", { url: "data:image/png;base64,AA" }],
    ["image", { url: "https://a.example/x.jpg", width: 0 }],
    ["image", { url: "https://a.example/x.jpg", type: "text/html" }],
    ["image", { url: "https://a.example/x.jpg", size: 1 }],
    ["id", 7],
  ])("%s: %.40j is refused, and the message says which", (name, value) => {
    const result = articleInput.safeParse({ ...given, [name]: value });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toContain(`"${name}"`);
  });

  test("a change may hold any field but the id, and invents none", () => {
    expect(articleChange.parse({ title: "آخر" })).toEqual({ title: "آخر" });
    expect(articleChange.safeParse({ external_id: "x" }).success).toBe(false);
  });

  const piece = fc.constantFrom(
    "2026",
    "-",
    "03",
    "01",
    "T",
    "07",
    ":",
    "00",
    ".",
    "5".repeat(12),
    "Z",
    "+03:00",
    "-23:59",
    "0000",
    "60",
    "24",
  );
  test("every date that is let in is an instant", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 14 }).map((it) => it.join("")),
          fc
            .tuple(
              fc.date({ noInvalidDate: true }),
              fc.constantFrom("Z", "+03:00", "-00:00", "+14:00", "000Z", "123456Z"),
            )
            .map(([date, end]) => date.toISOString().replace("Z", end)),
        ),
        (published_at) => {
          const input = articleInput.safeParse({ ...given, published_at });
          if (input.success) expect(() => Temporal.Instant.from(published_at)).not.toThrow();
        },
      ),
      { numRuns: 1000 },
    ));
});
