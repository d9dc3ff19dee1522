import { describe, expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { ArticleId, Named } from "./article.ts";
import { articleById, embargoesEnding, listSections, newestArticles, storedAs } from "./read.ts";
import {
  type ArticleDraft,
  addSection,
  createArticle,
  endEmbargoes,
  forgetSampleArticles,
  retractArticle,
  reviseArticle,
  sampleArticleIds,
} from "./store.ts";
import { overlaps } from "./story/stories.ts";
import type { ArticleTables } from "./tables.ts";

const start = Temporal.Instant.from("2026-03-01T06:00:00Z");
const salma: Named = { slug: "سلمى-حداد", name: "سلمى حداد" };
const karim: Named = { slug: "كريم-نصر", name: "كريم نصر" };

async function open() {
  const { db, batch } = openTestDatabase<ArticleTables>();
  const section = (slug: string, sample = false) =>
    addSection(db, { slug, title: slug, titleEn: null, halfLifeHours: 12 }, sample);
  await batch([section("سياسة"), section("اقتصاد")]);
  const sections = (await listSections(db)).map(({ id }) => id);

  const draft = (over: Partial<ArticleDraft> = {}): ArticleDraft => ({
    origin: "api",
    externalId: "one",
    url: null,
    title: "افتتاح مكتبة عامة",
    summary: "فتحت المكتبة أبوابها.",
    bodyHtml: "<p>فتحت المكتبة أبوابها.</p>",
    sectionIds: sections.slice(0, 1),
    tags: [{ slug: "كتب", name: "كتب" }],
    authors: [salma],
    sourceName: null,
    image: null,
    importance: 0,
    publishedAt: start,
    publishedFrom: "given",
    updatedAt: start,
    correction: null,
    contentHash: JSON.stringify(over),
    ...over,
  });
  const create = async (
    over: Partial<ArticleDraft> = {},
    story: { leadId: ArticleId | null; shingles: number[] } = { leadId: null, shingles: [] },
  ) => {
    const it = draft(over);
    const [insert] = await batch(createArticle(db, it, `urn:uuid:${crypto.randomUUID()}`, story, start));
    return insert?.changes === 1;
  };
  const revise = async (revision: number, over: Partial<ArticleDraft>, at = start) => {
    const [, update] = await batch(reviseArticle(db, draft(over), revision, at));
    return update?.changes === 1;
  };
  const stored = async (externalId = "one") => {
    const it = await storedAs(db, "api", externalId);
    if (!it) throw new Error(`${externalId} is not stored.`);
    return it.article;
  };
  /** What readers of the whole paper and of its second section see. */
  const seen = async () => {
    const [, second] = sections;
    const titles = async (section?: typeof second) =>
      (
        await newestArticles(db, {
          of: section ? { kind: "section", id: section } : { kind: "all" },
          limit: 50,
        })
      ).map(({ title }) => title);
    return { all: await titles(), second: await titles(second) };
  };
  return { db, batch, sections, section, create, revise, stored, seen };
}

describe("a new article", () => {
  test("stands in its sections, with its authors and tags in their order", async () => {
    const { create, stored, seen, sections } = await open();
    expect(await create({ sectionIds: sections.toReversed(), authors: [karim, salma] })).toBe(true);
    const article = await stored();
    expect(article).toMatchObject({ revision: 1, status: { state: "published" }, publishedAt: start });
    expect(article.sections.map(({ slug }) => slug)).toEqual(["اقتصاد", "سياسة"]);
    expect(article.authors).toEqual([karim, salma]);
    expect(article.tags.map(({ name }) => name)).toEqual(["كتب"]);
    expect(article.storyId).toBe(article.id);
    expect(await seen()).toEqual({ all: ["افتتاح مكتبة عامة"], second: ["افتتاح مكتبة عامة"] });
  });

  test("of two under the same id at once, one is stored, and nothing of the other sticks to it", async () => {
    const { create, stored, sections, seen, db } = await open();
    const won = await Promise.all([
      create({ title: "الأول", authors: [salma], tags: [] }, { leadId: null, shingles: [1, 2] }),
      create(
        { title: "الثاني", authors: [karim], sectionIds: sections.slice(1) },
        { leadId: null, shingles: [3] },
      ),
    ]);
    expect(won.filter((it) => it)).toHaveLength(1);
    const article = await stored();
    const first = won[0] === true;
    expect(article.title).toBe(first ? "الأول" : "الثاني");
    expect(article.authors).toEqual(first ? [salma] : [karim]);
    expect(article.tags).toHaveLength(first ? 0 : 1);
    expect((await seen()).second).toHaveLength(first ? 0 : 1);
    const shingles = await db.selectFrom("story_shingles").select("shingle").orderBy("shingle").execute();
    expect(shingles.map(({ shingle }) => shingle)).toEqual(first ? [1, 2] : [3]);
  });

  test("ids are each origin's own", async () => {
    const { create, db } = await open();
    expect([await create(), await create({ origin: "import" }), await create()]).toEqual([true, true, false]);
    expect(await newestArticles(db, { of: { kind: "all" }, limit: 50 })).toHaveLength(2);
  });

  test("an embargo shows nowhere until it is ended", async () => {
    const { db, batch, create, stored, seen } = await open();
    const later = start.add({ hours: 1 });
    await create({ publishedAt: later });
    expect(await seen()).toEqual({ all: [], second: [] });
    expect(await embargoesEnding(db, start)).toEqual([]);
    const due = await embargoesEnding(db, later);
    expect(due.map(({ id }) => id)).toEqual([(await stored()).id]);
    const [ended] = await batch(endEmbargoes(db, due, later));
    const [again] = await batch(endEmbargoes(db, due, later));
    expect([ended?.changes, again?.changes]).toEqual([1, 0]);
    expect((await seen()).all).toHaveLength(1);
  });
});

describe("a revision", () => {
  test("replaces what it says and keeps what was", async () => {
    const { db, create, revise, stored, seen, sections } = await open();
    await create();
    const { id, guid } = await stored();
    const later = start.add({ minutes: 5 });
    expect(
      await revise(
        1,
        { title: "مكتبتان", sectionIds: sections.slice(1), authors: [], correction: "كان العدد خطأ" },
        later,
      ),
    ).toBe(true);
    const article = await stored();
    expect(article).toMatchObject({
      id,
      guid,
      revision: 2,
      title: "مكتبتان",
      correction: "كان العدد خطأ",
      authors: [],
    });
    expect(await seen()).toEqual({ all: ["مكتبتان"], second: ["مكتبتان"] });
    const kept = await db.selectFrom("article_revisions").selectAll().execute();
    expect(kept).toMatchObject([{ article_id: id, revision: 1, replaced_at: later.epochMilliseconds }]);
    expect(JSON.parse(kept[0]?.content ?? "")).toMatchObject({
      title: "افتتاح مكتبة عامة",
      correction: null,
    });
  });

  test("of two at once, one wins, whole", async () => {
    const { db, create, revise, stored, sections } = await open();
    await create();
    const [second] = sections.slice(1);
    const won = await Promise.all([
      revise(1, { title: "صيغة سلمى", authors: [salma] }),
      revise(1, { title: "صيغة كريم", authors: [karim], sectionIds: second ? [second] : [] }),
    ]);
    expect(won.filter((it) => it)).toHaveLength(1);
    const article = await stored();
    const hers = won[0] === true;
    expect([article.revision, article.title]).toEqual([2, hers ? "صيغة سلمى" : "صيغة كريم"]);
    expect(article.authors).toEqual(hers ? [salma] : [karim]);
    expect(article.sections.map(({ id }) => id)).toEqual(hers ? sections.slice(0, 1) : [second]);
    expect(await db.selectFrom("article_revisions").select("revision").execute()).toEqual([{ revision: 1 }]);
  });

  test.each([
    ["of what was revised meanwhile", 7],
    ["of nothing", 0],
  ])("%s changes nothing", async (_, revision) => {
    const { create, revise, stored } = await open();
    await create();
    const before = await stored();
    expect(await revise(revision, { title: "آخر", authors: [karim] })).toBe(false);
    expect(await stored()).toEqual(before);
  });
});

describe("a retraction", () => {
  test("takes the article out of everything, for good", async () => {
    const { db, batch, create, revise, stored, seen } = await open();
    const shingles = [1, 2, 3, 4, 5, 6, 7, 8];
    await create({}, { leadId: null, shingles });
    const { id } = await stored();
    const [first] = await batch(retractArticle(db, id, 1, "لم يحدث", start));
    const [second] = await batch(retractArticle(db, id, 1, "سبب آخر", start.add({ hours: 1 })));
    expect([first?.changes, second?.changes]).toEqual([1, 0]);
    expect((await articleById(db, id))?.status).toEqual({ state: "retracted", at: start, reason: "لم يحدث" });
    expect((await seen()).all).toEqual([]);
    expect(await revise(1, { title: "عودة" })).toBe(false);
    expect((await seen()).all).toEqual([]);
    // Its story keeps its name: a reprint that comes later still finds it.
    expect(await overlaps(db, shingles, start)).toHaveLength(1);
  });

  test("of a revision that is no longer the stored one changes nothing", async () => {
    const { db, batch, create, revise, stored, seen } = await open();
    await create();
    await revise(1, { title: "عنوان جديد" });
    const [retracted] = await batch(retractArticle(db, (await stored()).id, 1, "لم يحدث", start));
    expect(retracted?.changes).toBe(0);
    expect((await seen()).all).toHaveLength(1);
  });
});

test("sections keep their order; a slug or title that is taken adds none", async () => {
  const { db, batch, section } = await open();
  await batch([section("ثقافة"), section("سياسة")]);
  expect((await listSections(db)).map(({ slug }) => slug)).toEqual(["سياسة", "اقتصاد", "ثقافة"]);
});

test("the sample goes, and takes nothing of the paper's own along", async () => {
  const { db, batch, section, create, stored } = await open();
  await batch([section("عينة", true), section("مشترك", true)]);
  const ids = new Map((await listSections(db)).map(({ slug, id }) => [slug, id]));
  const [sampled, shared] = ["عينة", "مشترك"].flatMap((slug) => ids.get(slug) ?? []);
  if (!sampled || !shared) throw new Error("There are no sections.");
  await create(
    { origin: "sample", externalId: "s", sectionIds: [sampled, shared] },
    { leadId: null, shingles: [1] },
  );
  const [lead] = await sampleArticleIds(db);
  await create({ sectionIds: [shared] }, { leadId: lead ?? null, shingles: [1] });
  await batch(forgetSampleArticles(db));
  expect(await sampleArticleIds(db)).toEqual([]);
  const article = await stored();
  expect(article.storyId).toBe(article.id);
  expect((await listSections(db)).map(({ slug }) => slug)).toEqual(["سياسة", "اقتصاد", "مشترك"]);
});
