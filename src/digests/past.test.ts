import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase, planOf } from "../../tests/support/database.ts";
import { openPaper, site } from "../articles/articles.fixture.ts";
import { type ArticleId, type ArticleTables, articlesById } from "../articles/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { addEdition, placed } from "./editions.ts";
import { issueByName, openIssue } from "./issue-store.ts";
import { type ArchivePlace, archivePage, feedsOfIssuesWith, pastIssues } from "./past.ts";
import { addDigest, digestBySlug } from "./store.ts";
import type { DigestTables, IssueId, IssueState } from "./tables.ts";

const parts = {
  editor: 0,
  coverage: 0,
  heat: 0,
  clicks: null,
  freshness: 1,
  ageHours: 0,
  carriedBy: { articles: 1, sources: 0 },
  hand: null,
};
const schedule = { zone: "Asia/Beirut", days: [1], slots: [{ name: "morning", time: "07:00" }] };

/** A paper with two digests, whose issues are opened, built and moved on as a tick does, in few words. */
async function open() {
  const database = openTestDatabase<ArticleTables & SettingsTables & DigestTables>();
  const { db, batch, ran } = database;
  const paper = await openPaper(database);
  for (const slug of ["صباح", "مساء"])
    await batch([
      addDigest(db, { slug, name: slug, nameEn: null, schedule, maxStories: 5, minStories: 1 }, paper.now()),
    ]);
  const digestOf = async (slug: string) => {
    const digest = await digestBySlug(db, slug);
    if (!digest) throw new Error(`There is no digest ${slug}.`);
    return digest;
  };

  type Edited = {
    stories: ArticleId[];
    subject?: string;
    sections?: string;
    language?: "ar" | "en";
    revision?: number;
  };
  /** An issue opened at the start of the month and so many hours; its editions in the order of their building. */
  async function issue(hours: number, state: IssueState, editions: Edited[], slug = "صباح") {
    const digest = await digestOf(slug);
    const at = paper.now().add({ hours });
    const date = at.toString().slice(0, 10);
    const slot = `extra-${hours}`;
    await batch([openIssue(db, digest, { date, slot, at }, { state: "opened" }, at.add({ minutes: 1 }))]);
    const opened = await issueByName(db, `${slug}/${date}-${slot}`);
    if (!opened) throw new Error("It was not opened.");
    for (const { stories, sections = "", language = "ar", revision = 1, subject = "موضوع" } of editions) {
      const ranked = (await articlesById(db, stories)).map((article) => ({ article, score: 1, parts }));
      const edition = {
        issueId: opened.id,
        sections,
        language,
        revision,
        subject,
        html: "",
        text: "",
        shortened: 0,
      };
      await batch(addEdition(db, edition, ranked.map(placed), [], at));
    }
    await db.updateTable("issues").set({ state }).where("id", "=", opened.id).execute();
    return opened.id;
  }
  const past = async (slug = "صباح", limit = 50) => pastIssues(db, site, (await digestOf(slug)).id, limit);
  /** The subjects on each page of the archive. */
  const archive = async (size: number, slug = "صباح") => {
    const { id } = await digestOf(slug);
    const pages: string[][] = [];
    for (let after: ArchivePlace | null = null, first = true; first || after; first = false) {
      const { issues, next } = await archivePage(db, site, id, after, size);
      pages.push(issues.map(({ title }) => title));
      after = next;
    }
    return pages;
  };
  /** The slugs of the digests whose feeds must be touched if these articles change. */
  const touchedBy = async (ids: ArticleId[], length = 50) => {
    const guids = (await articlesById(db, ids)).map(({ guid }) => guid);
    const { rows } = await sql<{ slug: string }>`select d.slug from (${feedsOfIssuesWith(guids, length)}) f
      join digests d on f.feed = 'digest/' || d.id order by d.id`.execute(db);
    return rows.map((row) => row.slug);
  };
  return { ...paper, db, ran, issue, past, archive, touchedBy };
}

describe("the archive of a digest", () => {
  test("is read to its end, every issue once, whatever stands between them", async () => {
    const { issue, publish, retract, archive, now, db } = await open();
    const [story, gone] = [await publish(), await publish()];
    const states: IssueState[] = ["sent", "skipped", "sending", "cancelled", "sent", "waiting"];
    for (let hour = 0; hour < 30; hour++)
      await issue(hour, states[hour % states.length] ?? "sent", [
        { stories: [hour === 6 ? gone : story], subject: `${hour}` },
      ]);
    // Five at one instant, as a machine that was off leaves them.
    await db
      .updateTable("issues")
      .set({ planned_at: now().epochMilliseconds })
      .where("id", "<", 13 as IssueId)
      .execute();
    await issue(40, "sent", [{ stories: [story], subject: "مساء" }], "مساء");
    await retract(gone, "خطأ");
    const pages = await archive(4);
    expect(pages.map((page) => page.length)).toEqual([4, 4, 3, 3]); // 15 are out, of one nothing is left
    expect(pages.flat()).toEqual([28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 4, 2, 0].map(String));
    expect(await archive(100)).toEqual([pages.flat()]);
    expect(await archive(15)).toEqual([pages.flat()]); // no empty page behind a full one
  });

  test("looks no further than its page, however many issues there are", async () => {
    const { issue, publish, archive, ran, db } = await open();
    await issue(0, "sent", [{ stories: [await publish()] }]);
    await archive(10);
    const query = ran.findLast((it) => it.sql.includes("planned_at, id) <"));
    if (!query) throw new Error("It was not asked.");
    const plan = await planOf(db, query);
    expect(plan.filter((step) => step.includes(" issues "))).toEqual([
      expect.stringMatching(
        /^SEARCH issues USING INDEX issues_of_digest \(digest_id=\? AND planned_at<\?\)$/,
      ),
    ]);
  });
});

describe("the past issues of a digest", () => {
  test.each([
    ["opened", false],
    ["built", false],
    ["sending", true],
    ["sent", true],
    ["skipped", false],
    ["cancelled", false],
  ] as const)("an issue that is %s: %j", async (state, isThere) => {
    const { issue, past, publish, touchedBy } = await open();
    const story = await publish();
    await issue(0, state, [{ stories: [story] }]);
    expect(await past()).toHaveLength(isThere ? 1 : 0);
    expect(await touchedBy([story])).toEqual(isThere ? ["صباح"] : []);
  });

  test("each is its subject and a list of its stories, at the address that its mail names", async () => {
    const { issue, past, publish } = await open();
    const stories = [
      await publish({ title: "الأول" }),
      await publish({ title: `Reuters: "س" & <ع>`, url: `https://x.example/?a=1&b="<'` }),
    ];
    await issue(0, "sent", [{ stories, subject: "الأول" }]);
    expect(await past()).toEqual([
      {
        guid: expect.stringMatching(/^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
        title: "الأول",
        url: new URL(`/issues/${encodeURIComponent("صباح")}/2026-03-01-extra-0`, site),
        publishedAt: Temporal.Instant.from("2026-03-01T07:01:00Z"),
        summary: `الأول · \u200FReuters: "س" & <ع>`,
        html: `<ol><li><a href="https://marsa.example/articles/1">الأول</a></li><li><a href="https://x.example/?a=1&amp;b=%22%3C%27">\u200FReuters: &quot;س&quot; &amp; &lt;ع&gt;</a></li></ol>`,
      },
    ]);
  });

  test("are the newest of this digest, newest first, each with an id of its own that it keeps", async () => {
    const { issue, past, publish } = await open();
    const stories = [await publish()];
    for (const hours of [2, 30, 1]) await issue(hours, "sent", [{ stories, subject: String(hours) }]);
    await issue(3, "sent", [{ stories, subject: "another digest's" }], "مساء");
    const all = await past();
    expect(all.map(({ title }) => title)).toEqual(["30", "2", "1"]);
    expect((await past("صباح", 2)).map(({ guid }) => guid)).toEqual(all.slice(0, 2).map(({ guid }) => guid));
    expect(new Set(all.map(({ guid }) => guid)).size).toBe(3);
  });

  test("show the edition of all sections in Arabic, in its newest revision", async () => {
    const { issue, past, publish } = await open();
    const [one, two] = [await publish({ title: "الأول" }), await publish({ title: "الثاني" })];
    await issue(0, "sent", [
      { stories: [one], sections: "[1]", subject: "a choice" },
      { stories: [one], language: "en", subject: "English" },
      { stories: [one, two], subject: "first" },
      { stories: [two], revision: 2, subject: "revised" },
    ]);
    expect(await past()).toMatchObject([{ title: "revised", summary: "الثاني" }]);
  });

  test.each([
    ["in English", [{ sections: "[1]", language: "ar" as const }, { language: "en" as const }], 1],
    [
      "of the choice that comes first",
      [{ sections: "[2]" }, { sections: "[1]", language: "en" as const }, { sections: "[1]" }],
      2,
    ],
  ])("or the edition %s, where there is none such", async (_, editions, shown) => {
    const { issue, past, publish } = await open();
    const stories = [await publish()];
    await issue(
      0,
      "sent",
      editions.map((edition, i) => ({ ...edition, stories, subject: String(i) })),
    );
    expect(await past()).toMatchObject([{ title: String(shown) }]);
  });

  test("are without what was withdrawn since, also in their titles; one of which nothing is left is gone", async () => {
    const { issue, past, publish, retract } = await open();
    const long = `${"كلمة ".repeat(20)}أخيرة`;
    const first = await publish({ title: "المسحوب" });
    const second = await publish({ title: long });
    const third = await publish({ title: "الثالث" });
    await issue(0, "sent", [{ stories: [first, second, third], subject: "المسحوب" }]);
    await retract(third, "خطأ");
    expect(await past()).toMatchObject([{ title: "المسحوب", summary: `المسحوب · ${long}` }]);
    await retract(first, "خطأ");
    const [left] = await past();
    expect(JSON.stringify(left)).not.toContain("المسحوب");
    expect(left?.title).toMatch(/^(كلمة ){10,}كلمة…$/); // as a revision's subject would be
    await retract(second, "خطأ");
    expect(await past()).toEqual([]);
  });

  test("follow a title that was put right", async () => {
    const { issue, past, publish } = await open();
    const story = await publish({ external_id: "x", title: "خطأ" });
    await issue(0, "sent", [{ stories: [await publish({ title: "الأول" }), story] }]);
    await publish({ external_id: "x", title: "صواب" });
    expect(await past()).toMatchObject([{ summary: "الأول · صواب" }]);
  });
});

describe("a change of an article touches the feeds of digests", () => {
  test("that name it, each once, and no others", async () => {
    const { issue, publish, touchedBy } = await open();
    const [both, one, hidden, nowhere] = [await publish(), await publish(), await publish(), await publish()];
    await issue(0, "sent", [{ stories: [both, one] }, { stories: [hidden], sections: "[1]" }]);
    await issue(1, "sent", [{ stories: [both] }]);
    await issue(1, "sending", [{ stories: [both] }], "مساء");
    expect(await touchedBy([both, one])).toEqual(["صباح", "مساء"]);
    expect(await touchedBy([one])).toEqual(["صباح"]);
    expect(await touchedBy([hidden])).toEqual([]); // in a choice that the feed does not show
    expect(await touchedBy([nowhere])).toEqual([]);
    expect(await touchedBy([])).toEqual([]);
  });

  test("for as long as its issue is one of the newest", async () => {
    const { issue, publish, touchedBy } = await open();
    const [old, fresh] = [await publish(), await publish()];
    await issue(0, "sent", [{ stories: [old] }]);
    await issue(1, "sent", [{ stories: [fresh] }]);
    await issue(2, "skipped", []);
    await issue(3, "sent", [{ stories: [fresh] }]);
    expect([await touchedBy([old], 3), await touchedBy([old], 2)]).toEqual([["صباح"], []]);
  });

  test("also where another article leads its story, or its lead was retracted", async () => {
    const { issue, publish, touchedBy, retract, db } = await open();
    const [lead, member] = [await publish(), await publish()];
    await db.updateTable("articles").set({ story_id: lead }).where("id", "=", member).execute();
    await issue(0, "sent", [{ stories: [member] }]);
    await retract(lead, "خطأ");
    expect([await touchedBy([member]), await touchedBy([lead])]).toEqual([["صباح"], []]);
  });
});

test("past issues and what touches them are found in indexes, whatever the size of the store", async () => {
  const { ran, past, touchedBy, db, publish } = await open();
  const story = await publish();
  ran.length = 0;
  await past();
  await touchedBy([story]);
  const plans = await Promise.all([...ran].map((statement) => planOf(db, statement)));
  // Lists that were passed in, subqueries (page and f too), and tables of a few rows.
  const harmless = /VIRTUAL TABLE|^SCAN (page|f|d|sections|\(subquery-\d+\))$/;
  expect(plans.flat().filter((step) => step.startsWith("SCAN") && !harmless.test(step))).toEqual([]);
  expect(plans.flat().join("\n")).toContain("issues USING INDEX issues_of_digest (digest_id=?)");
});
