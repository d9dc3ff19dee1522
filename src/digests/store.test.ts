import { type RawBuilder, sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { openPaper } from "../articles/articles.fixture.ts";
import { type Article, type ArticleId, type ArticleTables, articlesById } from "../articles/index.ts";
import type { FeedTables } from "../feeds/index.ts";
import type { Log } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { type Acting, approveIssue, cancelIssue, rebuildIssue, settleUnanswered } from "./acts.ts";
import {
  addEdition,
  editionsOf,
  forgetSampleStories,
  issuesCarrying,
  newestEdition,
  placed,
  storiesOf,
  storiesSentTo,
} from "./editions.ts";
import { type HandChange, pin } from "./hand.ts";
import { changeHand, handIs, handOf } from "./hand-store.ts";
import { endFreezing, markFrozenThrough, moveIssue } from "./issue-steps.ts";
import {
  issueById,
  issueByName,
  issueName,
  issuesUnderWay,
  lastOpened,
  newestIssues,
  nextExtraSlot,
  openIssue,
  openRuns,
} from "./issue-store.ts";
import { plannedAfter } from "./schedule.ts";
import type { Ranked } from "./score.ts";
import {
  addDigest,
  digestBySlug,
  dueDigests,
  listDigests,
  moveOn,
  reschedule,
  setApproval,
  setFacts,
  switchOff,
  switchOn,
} from "./store.ts";
import type { Digest, DigestTables, Issue } from "./tables.ts";

const start = Temporal.Instant.from("2026-03-01T03:00:00Z");
const seven = Temporal.Instant.from("2026-03-01T05:00:00Z"); // in Beirut
const slots = [
  { name: "morning", time: "07:00" },
  { name: "evening", time: "18:00" },
];
const schedule = { zone: "Asia/Beirut", days: [1, 2, 3, 4, 5, 6, 7], slots };

async function open() {
  const database = openTestDatabase<DigestTables & ArticleTables & SettingsTables & FeedTables>();
  const { db, batch } = database;
  const add = (slug: string) =>
    addDigest(db, { slug, name: slug, nameEn: null, schedule, maxStories: 8, minStories: 1 }, start);
  await batch([add("daily")]);

  const digest = async (slug = "daily"): Promise<Digest> => {
    const it = await digestBySlug(db, slug);
    if (!it) throw new Error(`There is no digest ${slug}.`);
    return it;
  };
  /** Opens the digest's next run, as a tick does. True for whoever opened it. */
  const openNext = async (it: Digest, now = seven) => {
    if (!it.next) throw new Error("It has no next run.");
    const next = plannedAfter(it.schedule, it.next);
    const [opened] = await batch([
      openRuns(db, it, [{ run: it.next, outcome: { state: "opened" } }], now),
      moveOn(db, it, next),
    ]);
    return opened?.changes === 1;
  };
  const issueOn = async (date: string, slot = "morning", slug = "daily"): Promise<Issue> => {
    const it = await issueByName(db, issueName({ digestSlug: slug, date, slot }));
    if (!it) throw new Error(`There is no issue of ${date}.`);
    return it;
  };
  return { database, db, batch, add, digest, openNext, issueOn };
}

describe("a digest", () => {
  test("is there once, and its first run is the next of its schedule", async () => {
    const { db, batch, add, digest } = await open();
    await Promise.all([batch([add("daily")]), batch([add("economy")]), batch([add("economy")])]);
    expect((await listDigests(db)).map(({ slug }) => slug)).toEqual(["daily", "economy"]);
    expect((await digest()).next).toEqual({ date: "2026-03-01", slot: "morning", at: seven });
    expect((await digest()).schedule).toEqual({
      ...schedule,
      ramadan: null,
      holidays: [],
      skips: [],
      hijriShift: 0,
    });
  });

  test("is due from its minute on, unless it is off", async () => {
    const { db, digest } = await open();
    expect(await dueDigests(db, 0, seven.subtract({ milliseconds: 1 }))).toEqual([]);
    expect((await dueDigests(db, 0, seven)).map(({ slug }) => slug)).toEqual(["daily"]);
    await db.updateTable("digests").set({ state: "off" }).execute();
    expect(await dueDigests(db, 0, seven)).toEqual([]);
    expect((await digest()).on).toBe(false);
  });

  test("with another schedule runs by that", async () => {
    const { db, digest } = await open();
    const evenings = { zone: "Africa/Cairo", days: [5], slots: slots.slice(1) };
    await reschedule(db, await digest(), evenings, start);
    const { next } = await digest();
    expect(next && `${next.date} ${next.slot} ${next.at}`).toBe("2026-03-06 evening 2026-03-06T16:00:00Z");
    await reschedule(db, await digest(), { ...evenings, days: [] }, start);
    expect((await digest()).next).toBeNull();
  });
});

describe("an issue", () => {
  test("is opened once, however many open it, and the digest moves on by one run", async () => {
    const { db, digest, openNext } = await open();
    const seen = await digest();
    const opened = await Promise.all(Array.from({ length: 10 }, () => openNext(seen)));
    expect(opened.filter((it) => it)).toHaveLength(1);
    const issues = await newestIssues(db, 10);
    expect(issues.map(issueName)).toEqual(["daily/2026-03-01-morning"]);
    expect(issues[0]).toMatchObject({ state: "opened", plannedAt: seven, openedAt: seven, frozenThrough: 0 });
    expect((await digest()).next).toMatchObject({ date: "2026-03-01", slot: "evening" });
  });

  test("whoever comes late with an old view moves nothing back", async () => {
    const { digest, openNext } = await open();
    const old = await digest();
    await openNext(old);
    await openNext(await digest());
    expect(await openNext(old)).toBe(false);
    expect((await digest()).next).toMatchObject({ date: "2026-03-02", slot: "morning" });
  });

  test("nothing is opened by the schedule of before, even where the next run is the same", async () => {
    const { db, digest, openNext } = await open();
    const old = await digest();
    await reschedule(db, old, { ...schedule, skips: [{ date: "2026-03-01", slot: "morning" }] }, start);
    expect((await digest()).next).toEqual(old.next);
    expect(await openNext(old)).toBe(false);
    expect(await newestIssues(db, 10)).toEqual([]);
    expect((await digest()).next).toEqual(old.next);
    expect(await openNext(await digest())).toBe(true);
  });

  test("a slot that was moved within its day is not opened again", async () => {
    const { db, digest, openNext } = await open();
    await openNext(await digest());
    const later = slots.map((slot) => (slot.name === "morning" ? { ...slot, time: "09:00" } : slot));
    await reschedule(db, await digest(), { ...schedule, slots: later }, seven.add({ minutes: 5 }));
    expect((await digest()).next).toMatchObject({ date: "2026-03-01", slot: "morning" });
    expect(await openNext(await digest(), seven.add({ hours: 2 }))).toBe(false);
    expect((await digest()).next).toMatchObject({ slot: "evening" });
  });

  test("keeps why it was skipped", async () => {
    const { db, batch, digest, issueOn } = await open();
    const it = await digest();
    const run = { date: "2026-02-28", slot: "morning", at: start };
    await batch([openIssue(db, it, run, { state: "skipped", reason: "late by 900 minutes" }, seven)]);
    expect(await issueOn("2026-02-28")).toMatchObject({
      state: "skipped",
      reason: "late by 900 minutes",
      finishedAt: seven,
    });
    expect(await issuesUnderWay(db)).toEqual([]);
  });

  test("goes from state to state, each step taken by one", async () => {
    const { db, batch, digest, openNext, issueOn } = await open();
    await openNext(await digest());
    const { id } = await issueOn("2026-03-01");
    const built = await Promise.all(
      [1, 2, 3].map(() => moveIssue(db, id, "opened", { state: "built" }, seven)),
    );
    expect(built.filter((it) => it)).toHaveLength(1);
    expect(await moveIssue(db, id, "opened", { state: "skipped", reason: "x" }, seven)).toBe(false);
    const [, again] = await batch(
      [40, 99].map((to) => markFrozenThrough(db, id, 0, to, sql<boolean>`1 = 1`)),
    );
    expect(again?.changes).toBe(0);
    await batch([endFreezing(db, id, 40)]);
    expect(await issueById(db, id)).toMatchObject({ state: "sending", frozenThrough: 40, candidates: 40 });
    expect(await issuesUnderWay(db)).toHaveLength(1);
    expect(await moveIssue(db, id, "sending", { state: "sent" }, seven)).toBe(true);
    expect(await issueById(db, id)).toMatchObject({ state: "sent", finishedAt: seven, reason: null });
    expect(await issuesUnderWay(db)).toEqual([]);
  });

  test("sent at once comes before what a schedule opened, however long that takes", async () => {
    const { db, batch, digest, openNext } = await open();
    await openNext(await digest());
    const later = seven.add({ minutes: 1 });
    const run = { date: "2026-03-01", slot: "breaking-1", at: later };
    await batch([openIssue(db, await digest(), run, { state: "opened" }, later)]);
    await db.updateTable("issues").set({ kind: "breaking" }).where("slot", "=", "breaking-1").execute();
    expect((await issuesUnderWay(db)).map(({ slot }) => slot)).toEqual(["breaking-1", "morning"]);
  });

  test("by hand gets the next free extra slot of its day", async () => {
    const { db, batch, digest } = await open();
    const it = await digest();
    for (const expected of ["extra-1", "extra-2"]) {
      const slot = await nextExtraSlot(db, it.id, "2026-03-01");
      expect(slot).toBe(expected);
      await batch([openIssue(db, it, { date: "2026-03-01", slot, at: seven }, { state: "opened" }, seven)]);
    }
    expect(await nextExtraSlot(db, it.id, "2026-03-02")).toBe("extra-1");
  });

  test.each([
    "daily",
    "daily/2026-03-01",
    "daily/2026-03-01-",
    "/2026-03-01-morning",
    "daily/2026-03-01-night",
  ])("the name %o names none", async (name) => {
    const { db, digest, openNext } = await open();
    await openNext(await digest());
    expect(await issueByName(db, name)).toBeNull();
  });

  test("the last issue before it is the last that went out", async () => {
    const { db, digest, openNext, issueOn } = await open();
    await openNext(await digest());
    const evening = seven.add({ hours: 11 });
    await openNext(await digest(), evening);
    const [first, second] = [await issueOn("2026-03-01"), await issueOn("2026-03-01", "evening")];
    expect(await lastOpened(db, second.digestId, second.id)).toBeNull();
    await moveIssue(db, first.id, "opened", { state: "built" }, seven);
    expect(await lastOpened(db, second.digestId, second.id)).toEqual(seven);
    expect(await lastOpened(db, first.digestId, first.id)).toBeNull();
  });
});

describe("an edition", () => {
  const parts = {
    editor: 1,
    coverage: 0.5,
    heat: 0,
    clicks: null,
    freshness: 1,
    ageHours: 0,
    carriedBy: { articles: 1, sources: 0 },
    hand: null,
  };

  async function openWithNews() {
    const house = await open();
    const paper = await openPaper(house.database);
    const ids = [await paper.publish(), await paper.publish(), await paper.publish()];
    const articles = await articlesById(house.db, ids);
    const ranked = (...places: number[]): Ranked[] =>
      places.flatMap((place) => {
        const article: Article | undefined = articles.find(({ id }) => id === ids[place]);
        return article ? [{ article, score: 1 / (place + 3), parts }] : [];
      });
    await house.openNext(await house.digest());
    const issue = await house.issueOn("2026-03-01");
    type Over = { sections?: string; revision?: number; condition?: RawBuilder<boolean> };
    const build = (subject: string, stories: Ranked[], { condition, ...over }: Over = {}) =>
      house.batch(
        addEdition(
          house.db,
          {
            issueId: issue.id,
            sections: "",
            language: "ar",
            revision: 1,
            subject,
            html: `<p>${subject}</p>`,
            text: subject,
            shortened: 0,
            ...over,
          },
          stories.map(placed),
          [],
          seven,
          condition,
        ),
      );
    return { ...house, ids, ranked, issue, build };
  }

  test("is built once; whoever builds it again changes nothing of its stories", async () => {
    const { db, ids, ranked, issue, build } = await openWithNews();
    await Promise.all([build("الأولى", ranked(0)), build("الثانية", ranked(2, 1))]);
    const edition = await newestEdition(db, issue.id, "", "ar");
    const stories = edition ? await storiesOf(db, edition.id) : [];
    const first = edition?.subject === "الأولى";
    expect(stories.map(({ articleId }) => articleId)).toEqual(first ? [ids[0]] : [ids[2], ids[1]]);
    expect(stories.map(({ position }) => position)).toEqual(first ? [1] : [1, 2]);
    expect(stories[0]).toMatchObject({ parts, score: first ? 1 / 3 : 1 / 5 });
    expect(await newestEdition(db, issue.id, "", "en")).toBeNull();
  });

  test("a later revision takes its place, with its own stories", async () => {
    const { db, ids, ranked, issue, build } = await openWithNews();
    await build("الأولى", ranked(0, 1, 2));
    await build("المصححة", ranked(1, 2), { revision: 2 });
    await build("اقتصاد", ranked(2), { sections: "[2]" });
    const edition = await newestEdition(db, issue.id, "", "ar");
    expect(edition).toMatchObject({ revision: 2, subject: "المصححة", html: "<p>المصححة</p>" });
    const stories = edition ? await storiesOf(db, edition.id) : [];
    expect(stories.map(({ articleId }) => articleId)).toEqual(ids.slice(1));
    const all = await editionsOf(db, issue.id);
    expect(all.map(({ sections, revision }) => [sections, revision])).toEqual(
      expect.arrayContaining([
        ["", 2],
        ["[2]", 1],
      ]),
    );
    expect(all).toHaveLength(2);
  });

  test("a story counts as sent for the same choice, from an issue that went out before", async () => {
    const { db, batch, ids, ranked, issue, build, digest, openNext, issueOn } = await openWithNews();
    await build("الأولى", ranked(0));
    await build("اقتصاد", ranked(1), { sections: "[2]" });
    await openNext(await digest());
    const next = await issueOn("2026-03-01", "evening");
    const sent = async (it: Issue, choice: string) => [
      ...(await storiesSentTo(db, choice, await issuesCarrying(db, it.digestId, it.id, ids))),
    ];
    expect(await sent(next, "")).toEqual([]); // opened, not built
    await moveIssue(db, issue.id, "opened", { state: "built" }, seven);
    expect(await sent(next, "")).toEqual(ids.slice(0, 1));
    expect(await sent(next, "[2]")).toEqual(ids.slice(1, 2));
    expect(await sent(issue, "")).toEqual([]);
    // An editor puts its story into another: what was sent is that story now.
    await sql`update articles set story_id = ${ids[2]} where id = ${ids[0]}`.execute(db);
    expect(await sent(next, "")).toContain(ids[2]);
    await batch(forgetSampleStories(db, ids.slice(0, 1) satisfies ArticleId[]));
    expect(await sent(next, "")).toEqual([]);
  });

  test("an editor's word drops it while nobody was sent it, and what was drawn by an older word is not stored", async () => {
    const { db, batch, database, ids, ranked, issue, build } = await openWithNews();
    const audit = () => sql`select 1 where changes() > 0`.compile(db);
    const say = async (hand: HandChange) =>
      changeHand({ database, now: () => seven, audit }, issueName(issue), hand, "editor");
    await build("الأولى", ranked(0));
    await moveIssue(db, issue.id, "opened", { state: "built" }, seven);
    const before = await handOf(db, issue);
    expect((await say(pin(ids.slice(1, 2)))).kind).toBe("changed");
    expect((await issueById(db, issue.id))?.state).toBe("opened");
    expect(await editionsOf(db, issue.id)).toEqual([]);
    const after = await handOf(db, issue);
    expect([before.version, after.version, after.hand.pins]).toEqual([0, 1, ids.slice(1, 2)]);

    await build("بالية", ranked(0), { condition: handIs(issue, before.version) });
    expect(await editionsOf(db, issue.id)).toEqual([]);
    await build("جديدة", ranked(1), { condition: handIs(issue, after.version) });
    expect((await editionsOf(db, issue.id)).map(({ subject }) => subject)).toEqual(["جديدة"]);

    expect(await moveIssue(db, issue.id, "opened", { state: "built" }, seven, handIs(issue, 0))).toBe(false);
    await moveIssue(db, issue.id, "opened", { state: "built" }, seven, handIs(issue, 1));
    const [late] = await batch([markFrozenThrough(db, issue.id, 0, 40, handIs(issue, 0))]);
    const [frozen] = await batch([markFrozenThrough(db, issue.id, 0, 40, handIs(issue, 1))]);
    expect([late?.changes, frozen?.changes]).toEqual([0, 1]);
    expect(await say({ intro: "نص" })).toEqual({ kind: "closed", state: "built" });
    expect(await editionsOf(db, issue.id)).toHaveLength(1);
  });
});

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

describe("an issue that waits", () => {
  /** Opened an hour ahead, with one edition, in its first revision. */
  async function waiting(unanswered: "send" | "skip" = "skip") {
    const store = await open();
    const { db, batch } = store;
    const before = await store.digest();
    await batch(setApproval(db, before.id, { aheadMinutes: 60, deadlineMinutes: 30, unanswered }));
    expect(await store.openNext(before)).toBe(false); // whoever has read the rule before opens nothing by it
    const six = seven.subtract({ hours: 1 });
    expect((await dueDigests(db, 0, six)).map(({ slug }) => slug)).toEqual(["daily"]);
    await store.openNext(await store.digest(), six);
    const { id } = await store.issueOn("2026-03-01");
    const mail = { subject: "موضوع", html: "<p>", text: "نص", shortened: 0 };
    const edition = { issueId: id, sections: "", language: "ar" as const, revision: 1, ...mail };
    await batch(addEdition(db, edition, [], [], six));
    await moveIssue(db, id, "opened", { state: "waiting" }, six);
    const acting = {
      database: store.database,
      now: () => seven.add({ minutes: 30 }),
      audit: ({ actor, act, subject }: { actor: string; act: string; subject: string }) =>
        sql`insert into audit_log (at, actor, act, subject) select 0, ${actor}, ${act}, ${subject} where changes() > 0`.compile(
          db,
        ),
      withdrawClaimed: () => sql`select 1`.compile(db),
    };
    const name = "daily/2026-03-01-morning";
    const issue = () => store.issueOn("2026-03-01");
    const acts = async () =>
      (await sql<{ act: string }>`select act from audit_log order by id`.execute(db)).rows.map(
        ({ act }) => act,
      );
    return { ...store, acting, name, issue, acts };
  }
  const done = (answers: readonly (Acting | undefined)[]) =>
    answers.filter((it) => it?.kind === "done").length;

  test("keeps its rule and its deadline, whatever the digest's becomes", async () => {
    const { db, batch, issue, digest } = await waiting();
    const other = { aheadMinutes: 10, deadlineMinutes: 5, unanswered: "send" } as const;
    await batch(setApproval(db, (await digest()).id, other));
    expect(await issue()).toMatchObject({
      state: "waiting",
      revision: 1,
      approval: { by: seven.add({ minutes: 30 }), unanswered: "skip" },
    });
  });

  test("is approved by one of many, or skipped by the clock, never both", async () => {
    const { acting, name, issue, acts } = await waiting();
    const settle = async () => settleUnanswered({ ...acting, log: silent }, await issue());
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => settle().then(() => undefined)),
      ...Array.from({ length: 5 }, (_, i) => approveIssue(acting, name, 1, `editor ${i}`)),
    ]);
    const { state, approvedBy } = await issue();
    expect([state, done(answers), approvedBy === null, await acts()]).toEqual(
      state === "built" ? ["built", 1, false, ["issue-approve"]] : ["skipped", 0, true, []],
    );
  });

  test("is called off once, and not approved after it", async () => {
    const { acting, name, issue, acts } = await waiting();
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) => cancelIssue(acting, name, `سبب ${i}`, "editor")),
    );
    expect([done(answers), done([await approveIssue(acting, name, 1, "editor")])]).toEqual([1, 0]);
    expect([(await issue()).state, await acts()]).toEqual(["cancelled", ["issue-cancel"]]);
  });

  test("is built anew once, from nothing; a second press leaves alone what is being built", async () => {
    const { acting, name, issue, db, batch, acts } = await waiting();
    expect(done([await rebuildIssue(acting, name, "editor")])).toBe(1);
    const { id, state } = await issue();
    expect([state, await editionsOf(db, id, "all")]).toEqual(["opened", []]);
    const edition = {
      issueId: id,
      sections: "",
      language: "ar" as const,
      revision: 1,
      subject: "",
      html: "",
      text: "",
      shortened: 0,
    };
    await batch(addEdition(db, edition, [], [], seven));
    expect(done([await rebuildIssue(acting, name, "editor")])).toBe(0);
    expect(await editionsOf(db, id)).toHaveLength(1);
    expect(await acts()).toEqual(["issue-rebuild"]);
  });

  test("its audience being written, it is called off by withdrawing, and takes no further page", async () => {
    const { acting, name, issue, db, batch } = await waiting();
    await approveIssue(acting, name, 1, "editor");
    const { id } = await issue();
    await batch([markFrozenThrough(db, id, 0, 40, sql<boolean>`1 = 1`)]);
    expect(done([await rebuildIssue(acting, name, "editor")])).toBe(0);
    expect(done([await cancelIssue(acting, name, "سبب", "editor")])).toBe(1);
    expect(await issue()).toMatchObject({ state: "cancelling", finishedAt: null });
    const [page, end] = await batch([
      markFrozenThrough(db, id, 40, 80, sql<boolean>`1 = 1`),
      endFreezing(db, id, 80),
    ]);
    expect([page?.changes, end?.changes]).toEqual([0, 0]);
    expect(await issuesUnderWay(db)).toHaveLength(1);
  });
});

describe("a digest that is switched off and on", () => {
  const threeDaysLater = seven.add({ hours: 72 });

  test("opens nothing while it is off, not even for a tick that read it before; on again, nothing missed is opened", async () => {
    const { database, digest, openNext } = await open();
    const { db, batch } = database;
    const before = await digest();
    const twice = await batch([switchOff(db, before.id), switchOff(db, before.id)]);
    expect(twice.map(({ changes }) => changes)).toEqual([1, 0]);
    expect((await digest()).on).toBe(false);
    expect(await dueDigests(db, 0, threeDaysLater)).toEqual([]);
    expect(await openNext(before)).toBe(false);

    const off = await digest();
    const [on, again] = await batch([
      switchOn(db, off, threeDaysLater.add({ minutes: 1 })),
      switchOn(db, off, threeDaysLater),
    ]);
    expect([on?.changes, again?.changes]).toEqual([1, 0]);
    expect(await digest()).toMatchObject({ on: true, next: { date: "2026-03-04", slot: "evening" } });
    expect(await newestIssues(db, 10)).toEqual([]);
  });

  test("is not switched on by somebody who read another schedule", async () => {
    const { database, digest } = await open();
    const { db, batch } = database;
    await batch([switchOff(db, (await digest()).id)]);
    const read = await digest();
    await reschedule(db, read, { ...schedule, days: [5] }, start);
    const [on] = await batch([switchOn(db, read, start)]);
    expect([on?.changes, (await digest()).on]).toEqual([0, false]);
  });
});

test.each([
  [{ maxStories: 5 }, 1, [1, 5]],
  [{ minStories: 8 }, 1, [8, 8]],
  [{ minStories: 9 }, 0, [1, 8]],
  [{ maxStories: 20, minStories: 9 }, 1, [9, 20]],
  [{ maxStories: 2, minStories: 3 }, 0, [1, 8]],
])("stories at least and at most: %o", async (facts, changes, numbers) => {
  const { database, digest } = await open();
  const [result] = await database.batch([setFacts(database.db, (await digest()).id, facts)]);
  const { minStories, maxStories } = await digest();
  expect([result?.changes, [minStories, maxStories]]).toEqual([changes, numbers]);
});
