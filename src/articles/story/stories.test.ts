// Stories in a real store: what is found by likeness, and what a hand decides above it.
import { type CompiledQuery, sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase, planOf } from "../../../tests/support/database.ts";
import { type ArticleId, articleId } from "../article.ts";
import { coverageOf, storedAs } from "../read.ts";
import { type ArticleDraft, createArticle, renewShingles, retractArticle, reviseArticle } from "../store.ts";
import type { ArticleTables } from "../tables.ts";
import { type HandDeps, mergeStories, splitStory } from "./hand.ts";
import { findStory, forgetOldShingles, overlaps, storyWith } from "./stories.ts";
import { storyShingles, type Told } from "./story.ts";
import { agency, forms, reprints } from "./texts.fixture.ts";

const start = Temporal.Instant.from("2026-03-01T06:00:00Z");

/** A store into which texts come as publish.ts brings them. */
function open() {
  const database = openTestDatabase<ArticleTables>();
  const { db, batch } = database;
  const clock = { now: start };
  let number = 0;
  const draftOf = (externalId: string, { title, text }: Told, over: Partial<ArticleDraft>): ArticleDraft => ({
    origin: "test",
    externalId,
    url: null,
    title,
    summary: "",
    bodyHtml: `<p>${text.replaceAll("\n", "</p><p>")}</p>`,
    sectionIds: [],
    tags: [],
    authors: [],
    sourceName: null,
    image: null,
    importance: 0,
    publishedAt: clock.now,
    publishedFrom: "given",
    updatedAt: clock.now,
    correction: null,
    contentHash: `${title}${text}`,
    ...over,
  });
  const idOf = async (externalId: string) =>
    (await storedAs(db, "test", externalId))?.article.id ?? articleId(0);

  async function comes(told: Told, over: Partial<ArticleDraft> = {}): Promise<ArticleId> {
    number += 1;
    const draft = draftOf(`text-${number}`, told, over);
    const shingles = storyShingles(told.title, told.text);
    const leadId = await findStory(db, told, shingles, draft.publishedAt);
    await batch(createArticle(db, draft, `urn:test:${number}`, { leadId, shingles }, clock.now));
    return idOf(draft.externalId);
  }
  /** The article comes again with another text. */
  async function changes(id: ArticleId, told: Told, revision = 1) {
    const draft = draftOf(`text-${id}`, told, {});
    const shingles = storyShingles(told.title, told.text);
    const leadId = await findStory(db, told, shingles, draft.publishedAt);
    await batch([
      ...reviseArticle(db, draft, revision, clock.now),
      ...renewShingles(db, draft, revision + 1, { leadId, shingles }),
    ]);
  }
  const storyOf = async (id: ArticleId) => (await storyWith(db, id))?.id;
  const hand: HandDeps = {
    database,
    now: () => clock.now,
    audit: ({ actor, act, subject }, now): CompiledQuery =>
      sql`insert into audit_log (at, actor, act, subject)
        select ${now.epochMilliseconds}, ${actor}, ${act}, ${subject} where changes() > 0`.compile(db),
  };
  const merge = (into: ArticleId, from: ArticleId) => mergeStories(hand, into, from, "salma");
  const split = (id: ArticleId, ...articles: ArticleId[]) => splitStory(hand, id, articles, "salma");
  const log = async () =>
    (
      await sql<{
        line: string;
      }>`select actor || ': ' || act || ' ' || subject as line from audit_log order by id`.execute(db)
    ).rows.map(({ line }) => line);
  return { ...database, clock, draftOf, comes, changes, storyOf, merge, split, log };
}

const telling = (about: string): Told => ({
  title: `${about} في مرسانة`,
  text: `${about} ${Array.from({ length: 40 }, (_, i) => `${about}${i}`).join(" ")}`,
});

describe("by likeness", () => {
  test("reprints find the first, and telegrams, weather and prices each stay alone", async () => {
    const { comes, storyOf } = open();
    const first = await comes(agency);
    const alone = [];
    for (const [one, other] of Object.values(forms)) alone.push(await comes(one), await comes(other));
    for (const reprint of Object.values(reprints)) expect(await storyOf(await comes(reprint))).toBe(first);
    for (const id of alone) expect(await storyOf(id)).toBe(id);
    const [telegram] = forms["telegrams of condolence to two heads of state"] ?? [];
    if (telegram) expect(await storyOf(await comes(telegram))).toBe(alone[0]);
  });

  test("members are never compared with: what is like a member only opens its own", async () => {
    const { db, comes, storyOf } = open();
    const words = Array.from({ length: 150 }, (_, i) => `كلمة${i}`);
    const part = (from: number, to: number): Told => ({
      title: "مرسانة الحور",
      text: words.slice(from, to).join(" "),
    });
    const lead = await comes(part(0, 100));
    expect(await storyOf(await comes(part(45, 145)))).toBe(lead);
    const far = await comes(part(95, 150));
    expect(await storyOf(far)).toBe(far);
    expect(await overlaps(db, storyShingles("", part(0, 30).text), start)).toHaveLength(1);
  });

  test("what several leads say weighs as little as it says", async () => {
    const { db, comes } = open();
    const background = telling("خلفية").text;
    const about = (name: string): Told => ({
      title: telling(name).title,
      text: `${telling(name).text} ${telling(`${name}ات`).text} ${background}`,
    });
    const shingles = storyShingles("", background);
    const weights = [];
    for (const name of ["زيتون", "مرفأ", "قطار"]) {
      await comes(about(name));
      const [nearest] = await overlaps(db, shingles, start);
      weights.push(Math.round(nearest?.shared ?? 0));
    }
    expect(weights).toEqual([39, 20, 13]); // 39 shingles, shared by one lead, by two, by three
  });

  test.each([
    ["72 hours before", -72, true],
    ["longer before", -73, false],
    ["72 hours after", 72, true],
    ["longer after", 73, false],
  ])("a lead published %s", async (_, hours, found) => {
    const { db, comes } = open();
    await comes(agency, { publishedAt: start.add({ hours }) });
    const shingles = storyShingles(agency.title, agency.text);
    expect(await overlaps(db, shingles, start)).toHaveLength(found ? 1 : 0);
  });

  test("a lead is forgotten when nothing can join it any more", async () => {
    const { db, comes } = open();
    await comes(agency);
    const shingles = storyShingles(agency.title, agency.text);
    await forgetOldShingles(db, start.add({ hours: 72 }));
    expect(await overlaps(db, shingles, start)).toHaveLength(1);
    await forgetOldShingles(db, start.add({ hours: 73 }));
    expect(await overlaps(db, shingles, start)).toEqual([]);
    expect(await overlaps(db, [], start)).toEqual([]);
  });

  test("what twelve leads say is not kept for more of them", async () => {
    const { db, comes } = open();
    const background = telling("خلفية").text;
    for (let i = 0; i < 15; i++) {
      const [one, other] = [telling(`حرف${i}`), telling(`رقم${i}`)];
      await comes({ title: one.title, text: `${one.text} ${other.text} ${background}` });
    }
    const { rows } = await sql<{ most: number }>`
      select max(leads) as most from (select count(*) as leads from story_shingles group by shingle)`.execute(
      db,
    );
    expect(rows).toEqual([{ most: 12 }]);
  });

  test("an urgent line finds its story when its text comes; nothing else moves by being revised", async () => {
    const { comes, changes, storyOf, merge, split } = open();
    const urgent = { title: "عاجل: مرسانة توقّع", text: "التفاصيل لاحقًا" };
    const [one, two] = [await comes(urgent), await comes(urgent)];
    const first = await comes(agency);
    await changes(one, agency);
    expect(await storyOf(one)).toBe(first);
    await split(first, one);
    await changes(one, { ...agency, text: `${agency.text}.` }, 2);
    expect(await storyOf(one)).toBe(one);

    const three = await comes(urgent);
    await merge(first, three);
    await split(first, three);
    await changes(three, agency);
    expect(await storyOf(three)).toBe(three); // a hand took it out before it had a text

    const other = await comes(telling("زيتون"));
    await changes(two, telling("قطار"));
    expect(await storyOf(two)).toBe(two);
    await changes(other, agency);
    expect(await storyOf(other)).toBe(other); // it told a story already
  });
});

describe("a story", () => {
  test("has its lead, its members and its spread", async () => {
    const { db, clock, comes } = open();
    const first = await comes(agency, { sourceName: "وكالة الموج" });
    clock.now = start.add({ hours: 1 });
    const second = await comes(agency, { sourceName: "الساحل برس" });
    clock.now = start.add({ hours: 2 });
    const third = await comes(agency);
    const story = await storyWith(db, third);
    expect([story?.id, story?.lead.id, story?.members.map(({ id }) => id)]).toEqual([
      first,
      first,
      [second, third],
    ]);
    expect(story?.spread).toEqual({ articles: 3, sources: 2, first: start, last: clock.now });
    expect((await coverageOf(db, [first])).get(first)).toEqual({ articles: 3, sources: 2 });
    expect(await storyWith(db, articleId(99))).toBeNull();
  });

  test("whose lead is held back or withdrawn is led by the first published", async () => {
    const { db, batch, clock, comes } = open();
    const held = await comes(agency, { publishedAt: start.add({ hours: 5 }) });
    const second = await comes(agency);
    clock.now = start.add({ hours: 1 });
    const third = await comes(agency);
    const shown = async () => {
      const story = await storyWith(db, third);
      return [story?.id, story?.lead.id, story?.spread.articles, story?.spread.first];
    };
    expect(await shown()).toEqual([held, second, 2, start]);
    await batch(retractArticle(db, second, 1, "لم يحدث", start));
    expect(await shown()).toEqual([held, third, 1, clock.now]);
    await batch(retractArticle(db, third, 1, "لم يحدث", start));
    expect(await shown()).toEqual([held, held, 0, null]);
  });
});

describe("by hand", () => {
  test("two stories become one, and reprints of either find it", async () => {
    const { db, comes, storyOf, merge, log } = open();
    const [olive, train] = [await comes(telling("زيتون")), await comes(telling("قطار"))];
    const member = await comes(telling("قطار"));
    const merged = await merge(olive, member); // any article stands for its story
    expect(merged.kind).toBe("merged");
    for (const again of ["زيتون", "قطار"]) expect(await storyOf(await comes(telling(again)))).toBe(olive);
    expect([await storyOf(train), await storyOf(member)]).toEqual([olive, olive]);
    const byHand = (await storyWith(db, olive))?.members.filter((it) => it.byHand).map(({ id }) => id);
    expect(byHand).toEqual([train, member]);
    expect((await merge(olive, train)).kind).toBe("one-already");
    expect(await merge(olive, articleId(99))).toEqual({ kind: "unknown", id: 99 });
    expect(await log()).toEqual([`salma: story-merge story ${train} into ${olive}`]);
  });

  test("a story that was put into another follows it into a third", async () => {
    const { comes, storyOf, merge } = open();
    const [olive, train, port] = [
      await comes(telling("زيتون")),
      await comes(telling("قطار")),
      await comes(telling("مرفأ")),
    ];
    await merge(train, olive);
    await merge(port, train);
    expect([await storyOf(olive), await storyOf(train)]).toEqual([port, port]);
    expect(await storyOf(await comes(telling("زيتون")))).toBe(port);
  });

  test("its text revised, a story that was put into another still brings its reprints there", async () => {
    const { comes, changes, storyOf, merge } = open();
    const [olive, train] = [await comes(telling("زيتون")), await comes(telling("قطار"))];
    await merge(olive, train);
    await changes(train, telling("عربات"));
    expect(await storyOf(train)).toBe(olive);
    expect(await storyOf(await comes(telling("عربات")))).toBe(olive);
  });

  test("what is taken out opens its own; later texts go where they are nearer, and nothing goes back", async () => {
    const { db, comes, storyOf, split, log } = open();
    const first = await comes(agency);
    const cut = reprints["half of it, in a report of one's own"] ?? agency;
    const own = await comes(cut);
    const other = await comes(agency);
    expect(await storyOf(own)).toBe(first);
    const done = await split(first, own);
    expect(done.kind === "split" && [done.opened.id, done.left.id]).toEqual([own, first]);
    expect(await storyOf(other)).toBe(first);
    expect(await storyOf(await comes(agency))).toBe(first);
    expect(await storyOf(await comes(cut))).toBe(own);
    expect(await storyOf(own)).toBe(own);
    const { rows } = await sql`select article_id, story_id, kind, by_whom from story_hand`.execute(db);
    expect(rows).toEqual([{ article_id: own, story_id: first, kind: "apart", by_whom: "salma" }]);
    expect(await log()).toEqual([`salma: story-split articles ${own} out of story ${first}`]);
  });

  test("several taken out stay together; if the one it is named after goes, the others take a new name", async () => {
    const { comes, storyOf, split } = open();
    const ids = [await comes(agency), await comes(agency), await comes(agency), await comes(agency)] as const;
    const [a, b, c, d] = ids;
    await split(a, b, c);
    expect(await Promise.all(ids.map(storyOf))).toEqual([a, b, b, a]);
    const done = await split(b, b);
    expect(done.kind === "split" && [done.opened.id, done.left.id]).toEqual([b, c]);
    expect(await Promise.all(ids.map(storyOf))).toEqual([a, b, c, a]);
    expect(await split(a, a, d)).toEqual({ kind: "all" });
    expect(await split(a, d, b)).toEqual({ kind: "elsewhere", ids: [b] });
    expect(await split(articleId(99), d)).toEqual({ kind: "unknown", id: 99 });
    expect(await Promise.all(ids.map(storyOf))).toEqual([a, b, c, a]);
  });

  test("one undoes the other", async () => {
    const { db, comes, storyOf, merge, split } = open();
    const [olive, train] = [await comes(telling("زيتون")), await comes(telling("قطار"))];
    const member = await comes(telling("قطار"), { publishedAt: start.subtract({ hours: 1 }) });
    await merge(olive, train);
    await split(olive, member, train);
    // The one that led leads again, though the other is older: its shingles are there.
    expect([await storyOf(olive), await storyOf(train), await storyOf(member)]).toEqual([
      olive,
      train,
      train,
    ]);
    expect(await storyOf(await comes(telling("قطار")))).toBe(train);
    await merge(olive, train);
    expect(await storyOf(member)).toBe(olive);
    const { rows } = await sql`select 1 from story_hand where kind = 'apart'`.execute(db);
    expect(rows).toEqual([]);
  });

  test("a text that found a story while it was put into another goes where that went", async () => {
    const { db, batch, clock, draftOf, comes, merge } = open();
    const [olive, train] = [await comes(telling("زيتون")), await comes(telling("قطار"))];
    await merge(olive, train);
    const late = draftOf("late", telling("قطار"), {});
    await batch(createArticle(db, late, "urn:late", { leadId: train, shingles: [] }, clock.now));
    expect((await storedAs(db, "test", "late"))?.article.storyId).toBe(olive);
  });
});

test("nothing that finds, shows, joins or parts stories reads a whole table", async () => {
  const { db, ran, comes, changes, storyOf, merge, split } = open();
  const [olive, train] = [await comes(telling("زيتون")), await comes(telling("قطار"))];
  await merge(olive, train);
  await split(olive, train);
  await changes(train, telling("عربات"));
  await storyOf(await comes(agency));
  await storyOf(await comes(agency));
  await forgetOldShingles(db, start);
  const judged = ran.filter(({ sql }) => /story_|coalesce/.test(sql));
  const plans = await Promise.all(judged.map((query) => planOf(db, query)));
  const scans = plans.flat().filter((step) => /^SCAN \w/.test(step) && !/VIRTUAL|CONSTANT/.test(step));
  expect(new Set(judged.map(({ sql }) => sql)).size).toBeGreaterThan(12);
  expect(scans).toEqual([]);
});
