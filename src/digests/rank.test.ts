import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Candidate, Section } from "../articles/index.ts";
import { articleId } from "../articles/index.ts";
import { diversify } from "./diversify.ts";
import { choose, noWishes, rank, type Wishes } from "./rank.ts";
import { byScore, type Pool, type Ranked, type ScoreParts, score, scoreOf, titleWords } from "./score.ts";

const now = Temporal.Instant.from("2026-03-01T07:00:00Z");

const section = (id: number, halfLifeHours = 12): Section => ({
  id: id as Section["id"],
  slug: `section-${id}`,
  title: `قسم ${id}`,
  titleEn: null,
  halfLifeHours,
  closedAt: null,
});
const sections = [section(1), section(2), section(3, 36)];

type Given = Partial<Omit<Candidate, "id" | "storyId" | "sections">> & {
  id: number;
  story?: number;
  section?: number;
  hours?: number;
};

function article({ id, story = id, section: of = 1, hours = 1, ...over }: Given): Candidate {
  return {
    id: articleId(id),
    origin: "test",
    externalId: "test",
    guid: `urn:test:${id}`,
    url: null,
    title: `عنوان${id}`,
    summary: `ملخص${id} كلمة${id}`,
    length: 20,
    sections: sections.filter((it) => it.id === of),
    tags: [],
    authors: [],
    sourceName: null,
    image: null,
    importance: 0,
    publishedAt: now.subtract({ minutes: Math.round(hours * 60) }),
    publishedFrom: "given",
    updatedAt: now,
    revision: 1,
    correction: null,
    status: { state: "published" },
    storyId: articleId(story),
    ...over,
  };
}

const pool = (articles: readonly Candidate[], over: Partial<Pool> = {}): Pool => ({
  articles,
  coverage: new Map(),
  earlierTitles: [],
  ...over,
});
const idsOf = (it: Pool, most = 10) => rank(it, now, most).map(({ article }) => Number(article.id));
const partsOf = (it: Pool) => rank(it, now, 1)[0]?.parts;

describe("the parts of a score", () => {
  test.each([
    [0, 0.25],
    [1, 0.5],
    [2, 0.75],
    [3, 1],
  ] as const)("importance %i: %f of the editor's word", (importance, editor) =>
    expect(partsOf(pool([article({ id: 1, importance })]))?.editor).toBe(editor),
  );

  test.each([
    [1, 0, 0],
    [2, 0, 0.3155],
    [1, 1, 0.3155],
    [3, 1, 0.6309],
    [8, 1, 1],
    [500, 40, 1],
  ])("%i articles and %i sources: %f of coverage", (articles, sources, value) => {
    const coverage = new Map([[1, { articles, sources }]]);
    expect(partsOf(pool([article({ id: 1 })], { coverage }))?.coverage).toBeCloseTo(value, 4);
  });

  test.each([
    [0, 1, 1],
    [12, 1, 0.5],
    [24, 1, 0.25],
    [36, 3, 0.5],
    [-2, 1, 1],
  ])("after %i hours in section %i, %f is left", (hours, of, freshness) => {
    const parts = partsOf(pool([article({ id: 1, hours, section: of, importance: 3 })]));
    expect(parts?.freshness).toBeCloseTo(freshness, 10);
    expect(parts?.ageHours).toBe(Math.max(0, hours));
  });

  test("words burst when several stories of today have them, and the days before had not", () => {
    const titles = ["زلزال المرفأ اليوم", "بعد زلزال المرفأ", "حفل موسيقي كبير"];
    const articles = titles.map((title, i) => article({ id: i + 1, title }));
    const heatsOf = (it: Pool) =>
      new Map(rank(it, now, 10).map(({ article: { id }, parts }) => [Number(id), parts.heat]));
    const fresh = heatsOf(pool(articles));
    expect(fresh.get(1)).toBeCloseTo(2 / 9, 10);
    expect(fresh.get(2)).toBeCloseTo(2 / 9, 10);
    expect(fresh.get(3)).toBe(0);
    const everyDay = heatsOf(pool(articles, { earlierTitles: ["زلزال", "المرفأ", "زلزال في المرفأ"] }));
    expect(everyDay.get(1)).toBe(0);
    const reprinted = articles.map((it) => ({ ...it, storyId: articleId(1) }));
    expect(heatsOf(pool(reprinted)).get(1)).toBe(0); // one story told three times is no burst
  });

  test("they are weighed as the newsroom was told", () => {
    const parts: ScoreParts = {
      editor: 1,
      coverage: 1,
      heat: 1,
      clicks: null,
      freshness: 0.5,
      ageHours: 12,
      carriedBy: { articles: 1, sources: 0 },
      hand: null,
    };
    expect(scoreOf(parts)).toBeCloseTo(0.425, 10);
    expect(scoreOf({ ...parts, clicks: 1 })).toBeCloseTo(0.5, 10);
    expect(scoreOf({ ...parts, editor: 0.25, coverage: 0, heat: 0, freshness: 1 })).toBeCloseTo(0.1125, 10);
  });
});

describe("the order", () => {
  test.each<[string, Given[], number[]]>([
    [
      "the newer first",
      [
        { id: 1, hours: 5 },
        { id: 2, hours: 1, section: 2 },
      ],
      [2, 1],
    ],
    ["a tie by id", [{ id: 2 }, { id: 1 }], [1, 2]],
    [
      "the editor's word before age",
      [
        { id: 1, hours: 1 },
        { id: 2, hours: 9, importance: 3, section: 2 },
      ],
      [2, 1],
    ],
    [
      "below the floor is out",
      [
        { id: 1, hours: 41 },
        { id: 2, hours: 43 },
      ],
      [1],
    ],
    ["nothing", [], []],
  ])("%s", (_, given, ids) => expect(idsOf(pool(given.map(article)))).toEqual(ids));

  test.each<[string, Given[], number]>([
    ["the paper's own report", [{ id: 1, sourceName: "وكالة", length: 60 }, { id: 2 }], 2],
    ["the longest", [{ id: 1 }, { id: 2, length: 40 }], 2],
    [
      "the earliest",
      [
        { id: 1, hours: 1 },
        { id: 2, hours: 2 },
      ],
      2,
    ],
    ["the first that came", [{ id: 2 }, { id: 1 }], 1],
  ])("of one story stands %s", (_, given, id) => {
    const members = given.map((it) => article({ ...it, story: 7 }));
    expect(idsOf(pool(members))).toEqual([id]);
    expect(idsOf(pool(members.toReversed()))).toEqual([id]);
  });

  test("a story has the importance that any of its articles was given", () => {
    const members = [
      article({ id: 1, story: 1 }),
      article({ id: 2, story: 1, sourceName: "وكالة", importance: 3 }),
    ];
    expect(partsOf(pool(members))?.editor).toBe(1);
  });

  test("neighbours differ: a look-alike steps back behind an equal of another kind", () => {
    const same = { title: "فيضان النهر يقطع طريق الجبل", summary: "فيضان النهر يقطع طريق الجبل" };
    const articles = [
      article({ id: 1, importance: 3, ...same }),
      article({ id: 2, importance: 2, ...same }),
      article({ id: 3, importance: 2, section: 2, hours: 2 }),
    ];
    expect(idsOf(pool(articles))).toEqual([1, 3, 2]);
  });
});

const anyArticle = fc.record({
  section: fc.integer({ min: 1, max: 3 }),
  story: fc.integer({ min: 1, max: 20 }),
  hours: fc.integer({ min: -3, max: 80 }),
  importance: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
  sourceName: fc.constantFrom(null, "وكالة ضفاف", "وكالة الساحل"),
  title: fc
    .array(fc.constantFrom("زلزال", "المرفأ", "فيضان", "النهر", "انتخابات", "البلدية", "مباراة"), {
      minLength: 1,
    })
    .map((it) => it.join(" ")),
});
const anyArticles = fc
  .array(anyArticle, { maxLength: 30 })
  .map((all) => all.map((it, i) => article({ id: i + 1, ...it })));
const anyPool = fc.record({
  articles: anyArticles,
  coverage: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.record({ articles: fc.nat(12), sources: fc.nat(5) })))
    .map((entries) => new Map(entries)),
  earlierTitles: fc.array(fc.constantFrom("زلزال في المرفأ", "مباراة اليوم")),
});
const anyMost = fc.integer({ min: 0, max: 12 });

test("the same pool in any order gives the same issue", () =>
  fc.assert(
    fc.property(anyPool, anyMost, fc.infiniteStream(fc.nat()), (it, most, random) => {
      const shuffled = it.articles
        .map((one) => ({ one, at: random.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ one }) => one);
      expect(rank({ ...it, articles: shuffled }, now, most)).toEqual(rank(it, now, most));
    }),
  ));

test("one article a story, never more than asked for, never below the floor, never fewer than there are", () =>
  fc.assert(
    fc.property(anyPool, anyMost, (it, most) => {
      const chosen = rank(it, now, most);
      const stories = chosen.map(({ article: { storyId } }) => storyId);
      expect(new Set(stories).size).toBe(stories.length);
      expect(chosen.length).toBeLessThanOrEqual(most);
      for (const { score, parts } of chosen) {
        expect(score).toBeGreaterThanOrEqual(0.01);
        expect(score).toBe(scoreOf(parts));
        for (const part of [parts.editor, parts.coverage, parts.heat, parts.freshness]) {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(1);
        }
      }
      expect(chosen.length).toBe(Math.min(most, rank(it, now, 1000).length));
    }),
  ));

test("at most two of a section among the first five, while others are left", () =>
  fc.assert(
    fc.property(anyPool, (it) => {
      const all = rank(it, now, 1000).map(({ article: { sections } }) => sections[0]?.id);
      for (const [i, id] of all.slice(0, 5).entries()) {
        const before = (one: typeof id) => all.slice(0, i).filter((other) => other === one).length;
        if (before(id) >= 2) expect(all.slice(i).every((other) => before(other) >= 2)).toBe(true);
      }
    }),
  ));

test("more importance never ranks a story lower", () =>
  fc.assert(
    fc.property(anyPool, fc.nat(), (it, which) => {
      const chosen = it.articles[which % Math.max(1, it.articles.length)];
      if (!chosen || chosen.importance === 3) return;
      const placeOf = (articles: readonly Candidate[]) => {
        const place = rank({ ...it, articles }, now, 1000).findIndex(
          ({ article: { storyId } }) => storyId === chosen.storyId,
        );
        return place === -1 ? Number.POSITIVE_INFINITY : place;
      };
      const raised = it.articles.map((one) => (one === chosen ? { ...one, importance: 3 as const } : one));
      expect(placeOf(raised)).toBeLessThanOrEqual(placeOf(it.articles));
    }),
    { numRuns: 300 },
  ));

test("the strongest leads", () =>
  fc.assert(
    fc.property(anyPool, (it) => {
      const [first] = rank(it, now, 1000);
      const strongest = Math.max(...rank(it, now, 1000).map(({ score }) => score));
      if (first) expect(first.score).toBe(strongest);
    }),
  ));

/** What {@link diversify} does, said as plainly as it can be: at each step every candidate is weighed anew. */
function diversifyPlainly(strong: readonly Ranked[], first: readonly Ranked[], most: number): Ranked[] {
  const chosen = first.slice(0, most);
  let left = [...strong];
  const best = strong[0]?.score ?? 1;
  const sectionOf = (it: Ranked) => it.article.sections[0]?.id;
  const wordsIn = (it: Ranked) => titleWords(`${it.article.title} ${it.article.summary}`);
  const likeness = (a: Ranked, b: Ranked) => {
    const [one, two] = [wordsIn(a), wordsIn(b)];
    const sameSection = sectionOf(a) === sectionOf(b) ? 0.3 : 0;
    return Math.max(sameSection, one.intersection(two).size / Math.max(1, one.union(two).size));
  };
  while (chosen.length < most && left.length > 0) {
    const ofSection = (it: Ranked) => chosen.filter((other) => sectionOf(other) === sectionOf(it)).length;
    const room = left.filter((it) => chosen.length >= 5 || ofSection(it) < 2);
    const [next] = (room.length > 0 ? room : left)
      .map((it) => {
        const nearest = Math.max(0, ...chosen.slice(-3).map((other) => likeness(it, other)));
        return { it, value: 0.75 * (it.score / best) - 0.25 * nearest };
      })
      .sort((a, b) => b.value - a.value || byScore(a.it, b.it));
    if (!next) break;
    chosen.push(next.it);
    left = left.filter((it) => it !== next.it);
  }
  return chosen;
}

test("looking at few candidates chooses what looking at all of them does", () =>
  fc.assert(
    fc.property(anyPool, fc.nat(3), fc.nat(40), (it, pinned, most) => {
      const all = score(it, now).sort(byScore);
      const [first, strong] = [all.slice(0, pinned), all.slice(pinned)];
      expect(diversify(strong, first, most)).toEqual(diversifyPlainly(strong, first, most));
    }),
    { numRuns: 500 },
  ));

describe("an editor's hand", () => {
  const news = [
    article({ id: 1, importance: 3, section: 1 }),
    article({ id: 2, importance: 2, section: 2 }),
    article({ id: 3, importance: 1, section: 3 }),
    article({ id: 4, section: 1, hours: 90 }), // far below the floor
    article({ id: 5, story: 2, section: 2, sourceName: "وكالة" }),
  ];
  const chosen = (wishes: Partial<Wishes>, most = 10) =>
    choose(score(pool(news), now), { ...noWishes, ...wishes }, most).stories;
  const ids = (...args: Parameters<typeof chosen>) =>
    chosen(...args).map(({ article }) => Number(article.id));

  test.each<[string, Partial<Wishes>, number[]]>([
    ["says nothing", {}, [1, 2, 3]],
    ["pins one first", { pins: [articleId(3)] }, [3, 1, 2]],
    ["pins in its own order, whatever the score", { pins: [articleId(4), articleId(3)] }, [4, 3, 2, 1]], // 1 is of the section of 4
    ["pins the article that is to stand for its story", { pins: [articleId(5)] }, [5, 1, 3]],
    ["pins two of one story: the first stands", { pins: [articleId(5), articleId(2)] }, [5, 1, 3]],
    ["pins what is not in these sections", { pins: [articleId(99)] }, [1, 2, 3]],
    ["hides a story", { hidden: new Set([2]) }, [1, 3]],
    ["hides what it pinned", { hidden: new Set([3]), pins: [articleId(3)] }, [1, 2]],
    ["orders what was chosen", { order: [3, 2] }, [3, 2, 1]],
    ["orders behind the pins", { pins: [articleId(2)], order: [3, 2] }, [2, 3, 1]],
    ["orders what was not chosen", { order: [4, 3] }, [3, 1, 2]],
  ])("%s", (_, wishes, expected) => expect(ids(wishes)).toEqual(expected));

  test("counts pins, and what an order cannot bring in", () => {
    expect(ids({ pins: [articleId(3), articleId(2)] }, 2)).toEqual([3, 2]);
    expect(ids({ pins: [articleId(3), articleId(2)] }, 1)).toEqual([3]);
    expect(ids({ order: [3] }, 2)).toEqual([1, 2]);
  });

  test("is said with each place", () =>
    expect(chosen({ pins: [articleId(4)], order: [3] }).map(({ parts }) => parts.hand)).toEqual([
      "pinned",
      "ordered",
      null,
      null,
    ]));
});

test("what comes next is what a longer issue would go on with", () =>
  fc.assert(
    fc.property(anyPool, anyMost, fc.nat(10), (it, most, further) => {
      const { stories, next } = choose(score(it, now), noWishes, most, further);
      expect([...stories, ...next]).toEqual(rank(it, now, most + further));
      expect(stories).toHaveLength(Math.min(most, rank(it, now, 1000).length));
    }),
  ));

test("an article of other sections makes its story neither stand in these nor fall out of them", () => {
  const members = [article({ id: 1, story: 1, section: 2 }), article({ id: 2, story: 1, length: 9 })];
  const inFirst = score(pool(members), now).filter(({ article }) => article.sections[0]?.id === 1);
  expect(choose(inFirst, noWishes, 5).stories.map(({ article }) => Number(article.id))).toEqual([2]);
});
