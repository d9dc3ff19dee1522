import fc from "fast-check";
import { expect, test } from "vitest";
import { type Article, articleId, type SectionId } from "./article.ts";
import { startOfTests as now } from "./articles.fixture.ts";
import { arrangeFront } from "./front.ts";

const sections = [1, 2, 3].map((id) => ({
  id: id as SectionId,
  slug: `s${id}`,
  title: `s${id}`,
  titleEn: null,
  halfLifeHours: 12,
  closedAt: null,
}));

const article = (it: {
  id: number;
  story: number;
  hours: number;
  importance: Article["importance"];
  section: number;
  own: boolean;
}): Article => ({
  id: articleId(it.id),
  origin: "test",
  externalId: "test",
  guid: `urn:x:${it.id}`,
  url: null,
  title: "",
  summary: "",
  bodyHtml: "",
  sections: sections.slice(it.section, it.section + 1),
  tags: [],
  authors: [],
  sourceName: it.own ? null : "وكالة",
  image: null,
  importance: it.importance,
  publishedAt: now.subtract({ minutes: Math.round(it.hours * 60) }),
  publishedFrom: "given",
  updatedAt: now,
  revision: 1,
  correction: null,
  status: { state: "published" },
  storyId: articleId(it.story),
});

const articles = fc
  .array(
    fc.record({
      story: fc.integer({ min: 1, max: 30 }),
      hours: fc.double({ min: -1, max: 5000, noNaN: true }),
      importance: fc.constantFrom<Article["importance"]>(0, 1, 2, 3),
      section: fc.integer({ min: 0, max: 2 }),
      own: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((list) => list.map((it, i) => article({ ...it, id: i + 1 })));

const bySectionOf = (all: readonly Article[]) =>
  sections.map((section) => ({ section, articles: all.filter((it) => it.sections[0] === section) }));

test("no story stands twice, no block is empty, and there is a lead if there is news", () =>
  fc.assert(
    fc.property(articles, (all) => {
      const front = arrangeFront(all, bySectionOf(all), now);
      const shown = [front.lead ?? [], front.beside, ...front.blocks.map((block) => block.articles)].flat();
      expect(new Set(shown.map(({ storyId }) => storyId)).size).toBe(shown.length);
      expect(front.blocks.every((block) => block.articles.length > 0)).toBe(true);
      expect(front.lead === null).toBe(all.length === 0);
    }),
  ));

const plain = { story: 1, hours: 1, importance: 0, section: 0, own: true } as const;

test.each([
  [
    "the important before the new",
    { ...plain, id: 1, hours: 6, importance: 2 },
    { ...plain, id: 2, story: 2 },
  ],
  [
    "the new before what was important yesterday",
    { ...plain, id: 1 },
    { ...plain, id: 2, story: 2, hours: 48, importance: 2 },
  ],
  ["of one story the paper's own report", { ...plain, id: 1 }, { ...plain, id: 2, own: false }],
] as const)("%s", (_, lead, other) =>
  expect(arrangeFront([article(other), article(lead)], [], now).lead?.id).toBe(1),
);
