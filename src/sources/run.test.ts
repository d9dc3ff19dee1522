// Runs of sources on a real store with real publishing; what a source says is played by the test.
import { describe, expect, test } from "vitest";
import { openTestDatabase, planOf } from "../../tests/support/database.ts";
import { listSections, newestArticles, storedAs } from "../articles/index.ts";
import { createLog } from "../platform/index.ts";
import { publishAll, publishArticle, publisher, retract } from "../publish.ts";
import type { AllTables } from "../tables.ts";
import type { SourceDeps } from "./deps.ts";
import type { SourceItem } from "./item.ts";
import type { NoStretch, Stretch } from "./pull.ts";
import { runSource } from "./run.ts";
import { categoriesOf, leadCategory } from "./store/categories.ts";
import { keepHint, toldSources } from "./store/hints.ts";
import { keepRetracted, recentRemoteIds } from "./store/items.ts";
import { claimSource, dueSources, listRuns, makeDue } from "./store/runs.ts";
import { keepSource, pauseSource, sourceBy } from "./store/sources.ts";

const home = new URL("https://paper.example/");

const item = (id: string, over: Partial<SourceItem> = {}): SourceItem => ({
  externalId: `https://paper.example/?p=${id}`,
  remoteId: id,
  url: `https://paper.example/${id}`,
  title: `خبر ${id}`,
  summary: null,
  bodyHtml: `<p>نص الخبر رقم ${id} كما أرسله المراسل من المدينة.</p>`,
  categories: [{ key: "محليات", label: "محليات" }],
  tags: [],
  authors: [],
  sourceName: null,
  image: null,
  importance: 0,
  published: Temporal.Instant.from("2026-02-28T10:00:00Z"),
  scheduled: false,
  modified: null,
  ...over,
});

const stretch = (items: readonly SourceItem[], over: Partial<Stretch> = {}): Stretch => ({
  ok: true,
  items,
  skipped: [],
  gone: [],
  categories: [],
  cursor: { step: 1 },
  more: false,
  notBefore: null,
  ...over,
});

async function open(kind: "wordpress" | "feed" = "wordpress") {
  const database = openTestDatabase<AllTables>();
  const { db } = database;
  const clock = { now: Temporal.Instant.from("2026-03-01T06:00:00Z") };
  const now = () => clock.now;
  const publishing = { database, site: new URL("https://news.example/"), now, changed: () => {} };
  const answers: (Stretch | NoStretch | Error)[] = [];
  const asked: unknown[] = [];
  const pull = async ({ cursor }: { cursor: unknown }) => {
    asked.push(cursor);
    const answer = answers.shift() ?? stretch([]);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const deps: SourceDeps = {
    database,
    get: async () => ({ kind: "silence", why: "nobody is there" }),
    call: async () => ({ kind: "silence", why: "nobody is there" }),
    site: publishing.site,
    now,
    log: createLog("silent"),
    publisher: publisher(publishing),
    pulls: { wordpress: pull, feed: pull, page: pull },
    isCatchAll: ({ label }) => label === "آخر الأخبار",
  };
  const source = await keepSource(
    db,
    {
      slug: "paper",
      kind,
      url: home,
      origin: `${kind} paper.example`,
      title: "جريدة",
      language: "ar",
      zone: null,
      sectionId: null,
      nextRunAt: clock.now,
    },
    clock.now,
  );
  if (source === null) throw new Error("no source");
  const run = (...said: (Stretch | NoStretch | Error)[]) => {
    answers.push(...said);
    return runSource(deps, source.id, { until: clock.now.add({ hours: 1 }) });
  };
  const article = async (id: string) => (await storedAs(db, source.origin, item(id).externalId))?.article;
  const titles = async () =>
    (await newestArticles(db, { of: { kind: "all" }, limit: 100 })).map(({ title }) => title);
  return { database, db, clock, deps, source, run, asked, article, titles, publishing };
}

describe("a feed that gives new ids", () => {
  const url = "https://paper.example/a";
  const under = (id: string, over: Partial<SourceItem> = {}) =>
    item(id, {
      url,
      title: "خبر واحد",
      bodyHtml: "<p>نص الخبر كما أرسله المراسل.</p>",
      remoteId: null,
      ...over,
    });
  const hours = (number: number) => Temporal.Instant.from("2026-02-28T10:00:00Z").add({ hours: number });

  test("at each poll brings nothing twice, and changes arrive", async () => {
    const { run, titles } = await open("feed");
    const other = item("9", { remoteId: null });
    expect(await run(stretch([under("1"), other]))).toMatchObject({ created: 2 });
    const spelled = { url: "http://www.paper.example/a/?utm_source=rss#top", title: "خبر  واحد" };
    expect(await run(stretch([under("2"), other]))).toMatchObject({ created: 0, unchanged: 2 });
    expect(await run(stretch([under("3", spelled)]))).toMatchObject({ created: 0, revised: 1 }); // its address
    expect(await run(stretch([under("4", { ...spelled, bodyHtml: "<p>زيد عليه سطر.</p>" })]))).toMatchObject({
      created: 0,
      revised: 1,
    });
    expect((await titles()).toSorted()).toEqual(["خبر 9", "خبر واحد"]);
  });

  test("does not bring back what an editor retracted", async () => {
    const { run, titles, article, publishing, db } = await open("feed");
    await run(stretch([under("1")]));
    const it = await article("1");
    if (it) await retract(publishing, it.id, "قرار المحرر", () => [keepRetracted(db, it.id)]);
    expect(await run(stretch([under("2")]))).toMatchObject({ created: 0 });
    expect(await titles()).toEqual([]);
  });

  test.each<[string, SourceItem[], SourceItem[]]>([
    ["both stand in the feed", [under("1")], [under("1"), under("2")]],
    ["two new ones have one address and title", [under("1")], [under("2"), under("3")]],
    ["two known ones have", [under("1"), under("2")], [under("3")]],
    ["the title is another", [under("1")], [under("2", { title: "خبر آخر" })]],
    ["the address is another", [under("1")], [under("2", { url: `${url}?id=2` })]],
    ["there is no address", [under("1", { url: null })], [under("2", { url: null })]],
    ["a day lies between", [under("1")], [under("2", { published: hours(24) })]],
  ])("but where %s, they are different articles", async (_, first, second) => {
    const { run } = await open("feed");
    expect(await run(stretch(first))).toMatchObject({ created: first.length });
    const fresh = second.filter((it) => !first.some(({ externalId }) => externalId === it.externalId));
    expect(await run(stretch(second))).toMatchObject({ created: fresh.length });
  });

  test("of a WordPress itself an id is an id", async () => {
    const { run } = await open();
    await run(stretch([item("1", { url, title: "خبر واحد" })]));
    expect(await run(stretch([item("2", { url, title: "خبر واحد" })]))).toMatchObject({ created: 1 });
  });
});

test("no statement of a run looks at all articles of a source", async () => {
  const { database, db, run, source } = await open("feed");
  await run(stretch([item("1"), item("2")]));
  const gone = [{ remoteId: "2", reason: "Deleted on the site." }];
  await run(stretch([item("1"), item("3")], { gone }));
  await recentRemoteIds(db, source.id, 10);
  const queries = new Map(database.ran.map((query) => [query.sql, query]));
  const plans = await Promise.all(
    [...queries.values()]
      .filter((query) => query.sql.includes("source_items") && !/^\s*insert/.test(query.sql))
      .map((query) => planOf(db, query)),
  );
  const steps = plans.flat();
  expect(steps.filter((step) => /source_items|\bi\b/.test(step)).length).toBeGreaterThan(3);
  expect(steps.filter((step) => /SCAN (i|source_items)\b|PRIMARY KEY \(source_id=\?\)/.test(step))).toEqual(
    [],
  );
});

test("what is new comes in, what is as before costs nothing, what changed is a revision", async () => {
  const { run, article } = await open();
  expect(await run(stretch([item("1"), item("2")]))).toMatchObject({ created: 2, skipped: 0, error: null });
  expect(await run(stretch([item("1"), item("2", { title: "خبر آخر" })]))).toMatchObject({
    created: 0,
    unchanged: 1,
    revised: 1,
  });
  expect(await article("2")).toMatchObject({ title: "خبر آخر", revision: 2 });
  expect((await article("1"))?.guid).toBe("https://paper.example/?p=1"); // readers of the old feed see nothing twice
});

test("what an editor changes here stays until the source itself changes", async () => {
  const { run, article, publishing } = await open();
  await run(stretch([item("1")]));
  const input = {
    external_id: item("1").externalId,
    body_html: "<p>نصّ صحّحه المحرر.</p>",
    sections: ["محليات"],
  };
  await publishAll(publishing, "wordpress paper.example", [
    { ...input, title: "عنوان المحرر", tags: [], authors: [], importance: 0 },
  ]);
  await run(stretch([item("1")]));
  expect(await article("1")).toMatchObject({ title: "عنوان المحرر" });
  await run(stretch([item("1", { title: "عنوان جديد من الموقع" })]));
  expect(await article("1")).toMatchObject({ title: "عنوان جديد من الموقع" });
});

test("a site's categories become sections, a catch-all does not, and the editor's word counts", async () => {
  const { db, run, source, article } = await open();
  const everything = { key: "latest", label: "آخر الأخبار" };
  const economy = { key: "economy", label: "اقتصاد" };
  await run(
    stretch([item("1", { categories: [everything, economy] }), item("2", { categories: [everything] })]),
  );
  expect((await article("1"))?.sections.map(({ title }) => title)).toEqual(["اقتصاد"]);
  expect((await article("2"))?.sections.map(({ title }) => title)).toEqual(["أخبار"]);
  const [news] = (await listSections(db)).filter(({ title }) => title === "أخبار");
  if (!news) throw new Error("no section");
  await leadCategory(db, source.id, "economy", { leads: "section", sectionId: news.id });
  await run(stretch([item("1", { categories: [everything, economy] })]));
  expect((await article("1"))?.sections.map(({ title }) => title)).toEqual(["أخبار"]);
  expect(await categoriesOf(db, source.id)).toMatchObject([
    { key: "economy", leads: "section" },
    { key: "latest", leads: "everywhere" },
  ]);
});

test("a category that the site renames is listed under its new name, and leads where it led", async () => {
  const { db, run, source } = await open();
  const economy = (label: string) => [{ key: "economy", label }];
  await run(stretch([item("1", { categories: economy("اقتصاد") })]));
  const before = await listSections(db);
  await run(stretch([item("2", { categories: economy("مال وأعمال") })]));
  expect(await listSections(db)).toEqual(before);
  const [section] = before.filter(({ title }) => title === "اقتصاد");
  expect(await categoriesOf(db, source.id)).toEqual([
    { key: "economy", label: "مال وأعمال", leads: "section", sectionId: section?.id },
  ]);
});

test("what a feed calls categories makes no sections, but finds those of its name", async () => {
  const { db, database, run, article } = await open("feed");
  await database.batch([
    (await import("../articles/index.ts")).addSection(
      db,
      { slug: "رياضة", title: "رياضة", titleEn: null, halfLifeHours: 12 },
      false,
    ),
  ]);
  const categories = ["رياضه", "كأس آسيا"].map((label) => ({ key: label, label }));
  await run(stretch([item("1", { categories }), item("2", { categories: categories.slice(1) })]));
  expect((await listSections(db)).map(({ title }) => title)).toEqual(["رياضة", "أخبار"]);
  expect((await article("1"))?.sections.map(({ title }) => title)).toEqual(["رياضة"]);
  expect((await article("2"))?.sections.map(({ title }) => title)).toEqual(["أخبار"]);
});

test("a date that is missing or lies far ahead is the time it was first seen, and stays it", async () => {
  const { run, article, clock } = await open();
  const first = clock.now;
  const ahead = Temporal.Instant.from("2031-01-01T00:00:00Z");
  const soon = first.add({ hours: 30 });
  await run(
    stretch([
      item("1", { published: null }),
      item("2", { published: ahead }),
      item("3", { published: soon }),
    ]),
  );
  clock.now = first.add({ hours: 2 });
  const changed = { title: "تغيّر العنوان" };
  await run(
    stretch([item("1", { published: null, ...changed }), item("2", { published: ahead, ...changed })]),
  );
  for (const id of ["1", "2"]) {
    const it = await article(id);
    expect([it?.title, it?.publishedAt.toString(), it?.publishedFrom]).toEqual([
      "تغيّر العنوان",
      first.toString(),
      "first-seen",
    ]);
  }
  expect((await article("3"))?.status).toEqual({ state: "embargoed" });
  clock.now = ahead.subtract({ hours: 1 }); // years later the date is near: it still is no embargo
  await run(stretch([item("2", { published: ahead, title: "تغيّر مرة أخرى" })]));
  expect((await article("2"))?.publishedAt.toString()).toBe(first.toString());
});

test("what the source takes back is retracted, and comes back with it; what an editor took out stays out", async () => {
  const { run, article, titles, publishing, db } = await open();
  await run(stretch([item("1"), item("2")]));
  const two = await article("2");
  if (!two) throw new Error("not stored");
  await retract(publishing, two.id, "قرار المحرر", () => [keepRetracted(db, two.id)]);
  const gone = ["1", "2"].map((remoteId) => ({ remoteId, reason: "حُذف من الموقع" }));
  expect(await run(stretch([], { gone }))).toMatchObject({ retracted: 1 });
  expect((await article("1"))?.status).toMatchObject({ state: "retracted", reason: "حُذف من الموقع" });
  expect(await titles()).toEqual([]);
  expect(await run(stretch([item("1"), item("2")]))).toMatchObject({ created: 0 });
  expect(await titles()).toEqual(["خبر 1"]);
  expect((await article("1"))?.status).toEqual({ state: "published" });
  expect((await article("2"))?.status).toMatchObject({ reason: "قرار المحرر" });
  // What the source took back first is the editor's once he retracts it, too.
  await run(stretch([], { gone: gone.slice(0, 1) }));
  const one = await article("1");
  if (one) await retract(publishing, one.id, "حكم محكمة", () => [keepRetracted(db, one.id)]);
  await run(stretch([item("1")]));
  expect(await titles()).toEqual([]);
});

test("a site that loses its articles by hundreds is broken: they stay, and it is told", async () => {
  const { run, titles, clock } = await open();
  const ids = Array.from({ length: 130 }, (_, i) => String(i));
  await run(stretch(ids.map((id) => item(id))));
  const gone = ids.map((remoteId) => ({ remoteId, reason: "Deleted on the site." }));
  for (let from = 0; from < 120; from += 20) {
    await run(stretch([], { gone: gone.slice(from, from + 20) }));
    clock.now = clock.now.add({ minutes: 6 });
  }
  expect(await titles()).toHaveLength(30);
  expect(await run(stretch([], { gone: gone.slice(120) }))).toMatchObject({ retracted: 0, skipped: 1 });
  expect(await titles()).toHaveLength(30);
  clock.now = clock.now.add({ hours: 25 });
  expect(await run(stretch([], { gone: gone.slice(120) }))).toMatchObject({ retracted: 10, skipped: 0 });
});

test("nor are those forgotten, however often it is asked on that day", async () => {
  const { run, titles, clock, db, source } = await open();
  const ids = Array.from({ length: 130 }, (_, i) => String(i));
  await run(stretch(ids.map((id) => item(id))));
  const gone = ids.map((remoteId) => ({ remoteId, reason: "Deleted on the site." }));
  await run(stretch([], { gone: gone.slice(0, 90) }));
  for (let i = 0; i < 110; i++) {
    clock.now = clock.now.add({ minutes: 5 });
    await run(stretch([]));
  }
  expect(await run(stretch([], { gone: gone.slice(90, 110) }))).toMatchObject({ retracted: 0, skipped: 1 });
  expect(await titles()).toHaveLength(40);
  expect((await listRuns(db, source.id, 1000)).length).toBeLessThanOrEqual(101);
});

test("neither does one long run take back more than that", async () => {
  const { run, titles } = await open();
  const ids = Array.from({ length: 130 }, (_, i) => String(i));
  await run(stretch(ids.map((id) => item(id))));
  const gone = ids.map((remoteId) => ({ remoteId, reason: "Deleted on the site." }));
  const portions = [0, 20, 40, 60, 80, 100].map((from) =>
    stretch([], { gone: gone.slice(from, from + 20), more: true }),
  );
  expect(await run(...portions)).toMatchObject({ retracted: 100, skipped: 1 });
  expect(await titles()).toHaveLength(30);
});

test("posts of one guid are told apart by their numbers, at each run the same", async () => {
  const { run, titles } = await open();
  const twins = ["1", "2", "3"].map((id) => item(id, { externalId: "https://paper.example/?p=1" }));
  expect(await run(stretch(twins))).toMatchObject({ created: 3, revised: 0 });
  expect(await run(stretch(twins.toReversed()))).toMatchObject({ created: 0, revised: 0, unchanged: 3 });
  expect(await titles()).toHaveLength(3);
});

test("what the source told of is looked at first, and the next round comes when it was to come", async () => {
  const { run, source, db, deps, clock, asked, database, article } = await open();
  await run(stretch([item("1")]));
  const before = await sourceBy(db, { slug: "paper" });
  clock.now = clock.now.add({ minutes: 2 });
  await keepHint(database, source.id, "9", clock.now);
  expect(await toldSources(db, clock.now, 10)).toEqual([source.id]);
  expect(await dueSources(db, clock.now, 10)).toEqual([]);
  asked.length = 0;
  await run(stretch([item("9")]), stretch([]));
  expect(await article("9")).toMatchObject({ title: "خبر 9" });
  await keepHint(database, source.id, "8", clock.now);
  const options = { until: clock.now.add({ hours: 1 }), hintsOnly: true };
  await runSource(deps, source.id, options);
  const after = await sourceBy(db, { slug: "paper" });
  expect(await toldSources(db, clock.now, 10)).toEqual([]);
  expect(after?.nextRunAt?.since(clock.now).total("minutes")).toBe(5); // of the round, not of the hint
  expect(before?.nextRunAt).not.toBeNull();
});

test("hints that cannot be followed are tried later and later, and given up after a day", async () => {
  const { run, source, db, deps, clock, database } = await open();
  await run(stretch([]));
  const start = clock.now;
  await keepHint(database, source.id, "9", start);
  const tried: number[] = [];
  for (let minute = 0; minute < 26 * 60; minute++) {
    clock.now = start.add({ minutes: minute });
    if ((await toldSources(db, clock.now, 10)).length === 0) continue;
    tried.push(minute);
    const { pulls } = deps;
    const fails = async () => ({ ok: false as const, why: "It answered 502.", notBefore: null });
    deps.pulls = { ...pulls, wordpress: fails };
    const options = { until: clock.now.add({ hours: 1 }), hintsOnly: true };
    expect(await runSource(deps, source.id, options)).toMatchObject({ error: "It answered 502." });
    deps.pulls = pulls;
  }
  expect(tried).toEqual([0, 5, 15, 35, 75, 155, 315, 635, 995, 1355]);
});

test("a hint of which nothing can be seen holds up no other, and is asked about again", async () => {
  const { source, db, deps, clock, database, article } = await open();
  const asked: (readonly string[] | null)[] = [];
  for (const id of ["8", "9"]) await keepHint(database, source.id, id, clock.now);
  deps.pulls.wordpress = async ({ only }) => {
    asked.push(only);
    return stretch([item("9")], { unclear: ["8"] });
  };
  const options = () => ({ until: clock.now.add({ hours: 1 }), hintsOnly: true });
  await runSource(deps, source.id, options());
  expect(await article("9")).toMatchObject({ title: "خبر 9" });
  expect(await toldSources(db, clock.now, 10)).toEqual([]);
  clock.now = clock.now.add({ minutes: 5 });
  expect(await toldSources(db, clock.now, 10)).toEqual([source.id]);
  await runSource(deps, source.id, options());
  expect(asked).toEqual([["8", "9"], ["8"]]);
});

test("a correction that an editor told readers of stays when the source changes its text", async () => {
  const { run, article, publishing } = await open();
  await run(stretch([item("1")]));
  const { title, bodyHtml } = item("1");
  await publishArticle(publishing, "wordpress paper.example", {
    ...{ external_id: item("1").externalId, title, body_html: bodyHtml, sections: ["محليات"] },
    ...{ tags: [], authors: [], importance: 0, correction: "صُحّح العدد." },
  });
  const modified = Temporal.Instant.from("2026-03-01T05:00:00Z");
  expect(await run(stretch([item("1", { modified })]))).toMatchObject({ unchanged: 1 });
  await run(stretch([item("1", { title: "عنوان جديد", modified })]));
  expect(await article("1")).toMatchObject({ title: "عنوان جديد", correction: "صُحّح العدد." });
});

test("no character that cannot be shown is stored, and ids stay what they are", async () => {
  const { run, db, source } = await open();
  const bad = (id: string) =>
    item("1", {
      externalId: `urn:\u0000${id}\uFFFE`,
      remoteId: null,
      title: `خبر\u0007 ${id}`,
      url: `https://paper.example/\u001B[2J${id}`,
      categories: [{ key: `محل\u0000يات ${id}`, label: `محل\u0007يات\u202E ${id}` }],
      tags: ["وس\u0000م"],
      authors: ["كا\u0008تب"],
      sourceName: "وكا\u0000لة",
    });
  const skipped = [{ what: "\u001B[2J عنوان", why: "\u0007لا نص" }];
  const said = stretch([bad("أ"), bad("ب")], { skipped });
  expect(await run(said)).toMatchObject({ created: 2, skipped: 1 });
  expect(await run(said)).toMatchObject({ created: 0, unchanged: 2 });
  const stored = JSON.stringify([
    await newestArticles(db, { of: { kind: "all" }, limit: 10 }),
    await categoriesOf(db, source.id),
    await listSections(db),
    await listRuns(db, source.id, 10),
  ]);
  expect(stored).toContain("urn:أ");
  expect(stored).not.toMatch(/\\u0|\\b|\uFFFE|\u202E/);
});

test("a bad article is told and skipped, the rest goes on", async () => {
  const { run, titles, source, db } = await open();
  const report = await run(
    stretch([item("1"), item("2", { bodyHtml: "<script>1</script>" }), item("3", { title: " " }), item("4")]),
  );
  expect(report).toMatchObject({ created: 2, skipped: 2 });
  expect(report?.notes.map(({ what }) => what)).toHaveLength(2);
  expect((await titles()).toSorted()).toEqual(["خبر 1", "خبر 4"]);
  expect(await listRuns(db, source.id, 10)).toMatchObject([{ created: 2, skipped: 2, error: null }]);
});

test("keys in addresses stand in no sentence that is kept", async () => {
  const { run, source, db } = await open();
  const keyed = "https://paper.example/feed?key=hush and https://user:hush@paper.example/";
  const skipped = [{ what: keyed, why: keyed }];
  const said = [stretch([], { skipped, more: true }), { ok: false as const, why: keyed, notBefore: null }];
  const report = await run(...said);
  const kept = JSON.stringify([
    report,
    await listRuns(db, source.id, 10),
    await sourceBy(db, { slug: "paper" }),
  ]);
  expect(kept).toContain("https://paper.example/feed?key=…");
  expect(kept).not.toContain("hush");
});

test("an answer that is none changes nothing, is told in words, and is asked for again later and later", async () => {
  const { run, source, db, clock } = await open();
  await run(stretch([item("1")], { cursor: { step: 7 } }));
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    await run({ ok: false, why: "paper.example answered 403.", notBefore: null });
    const it = await sourceBy(db, { slug: "paper" });
    waits.push(it?.nextRunAt?.since(clock.now).total("minutes") ?? Number.NaN);
    expect(it).toMatchObject({
      lastError: "paper.example answered 403.",
      failures: i + 1,
      cursor: { step: 7 },
    });
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360]);
  const later = clock.now.add({ hours: 9 });
  await run({ ok: false, why: "Come back later.", notBefore: later });
  expect((await sourceBy(db, { slug: "paper" }))?.nextRunAt?.toString()).toBe(later.toString());
  await run(stretch([]));
  expect(await sourceBy(db, { slug: "paper" })).toMatchObject({ lastError: null, failures: 0 });
  expect(await dueSources(db, clock.now, 10)).toEqual([]);
  expect(await dueSources(db, clock.now.add({ minutes: 6 }), 10)).toEqual([source.id]);
});

test("a run that breaks off goes on where it was, without loss or doubles", async () => {
  const { run, asked, titles, clock, db } = await open();
  const report = await run(stretch([item("1")], { cursor: 1, more: true }), new Error("the power went"));
  expect(report).toMatchObject({ created: 1, error: "The run broke off: the power went" });
  clock.now = clock.now.add({ hours: 1 });
  await run(stretch([item("1"), item("2")], { cursor: 2, more: true }), stretch([item("3")], { cursor: 3 }));
  expect(asked).toEqual([null, 1, 1, 2]);
  expect((await titles()).toSorted()).toEqual(["خبر 1", "خبر 2", "خبر 3"]);
  expect((await sourceBy(db, { slug: "paper" }))?.cursor).toBe(3);
});

test("one run at a time, whoever asks; a dead one is waited for no longer than its claim", async () => {
  const { run, source, db, clock } = await open();
  const claim = await claimSource(db, source.id, clock.now, clock.now.add({ minutes: 10 }));
  expect(claim).not.toBeNull();
  expect(await run(stretch([item("1")]))).toBeNull();
  expect(await dueSources(db, clock.now, 10)).toEqual([]);
  clock.now = clock.now.add({ minutes: 11 });
  expect(await run()).toMatchObject({ created: 1 });
});

test("a run that slept through its claim overwrites nothing of the one that came after it", async () => {
  const { run, source, db, deps, clock, article, titles } = await open();
  await run(stretch([item("1"), item("2")], { cursor: 1 }));
  const { publisher } = deps;
  const late = { gone: [{ remoteId: "2", reason: "Deleted on the site." }], cursor: 2 };
  deps.publisher = (batch) => ({
    ...publisher(batch),
    async publishAll(...given) {
      deps.publisher = publisher;
      clock.now = clock.now.add({ minutes: 11 });
      expect(await run(stretch([item("1", { title: "الأحدث" })], { cursor: 3 }))).toMatchObject({
        revised: 1,
      });
      return publisher(batch).publishAll(...given);
    },
  });
  const slept = await run(stretch([item("1", { title: "الأقدم" }), item("3")], late));
  expect(slept?.error).toMatch(/^paper was taken over by another run/);
  expect((await titles()).toSorted()).toEqual(["الأحدث", "خبر 2"]);
  expect(await article("1")).toMatchObject({ revision: 2 });
  expect(await sourceBy(db, { slug: "paper" })).toMatchObject({ cursor: 3, lastError: null, failures: 0 });
  expect(await listRuns(db, source.id, 10)).toHaveLength(2);
  expect(await run(stretch([item("1", { title: "الأحدث" })]))).toMatchObject({ unchanged: 1 });
});

test("what makes a source due while it runs is not lost", async () => {
  const { run, source, db, deps, clock } = await open();
  clock.now = clock.now.add({ seconds: 1 });
  const { publisher } = deps;
  deps.publisher = (batch) => ({
    ...publisher(batch),
    async publishAll(...given) {
      await makeDue(db, source.id, clock.now);
      return publisher(batch).publishAll(...given);
    },
  });
  await run(stretch([item("1")]));
  expect(await dueSources(db, clock.now, 10)).toEqual([source.id]);
  await run(stretch([item("1")]));
  deps.publisher = publisher;
  await run(stretch([]));
  expect(await dueSources(db, clock.now, 10)).toEqual([]);
});

test("paused it does not run by itself; resumed it is due at once", async () => {
  const { source, db, clock } = await open();
  expect(await pauseSource(db, source.id, true, clock.now)).toBe(true);
  expect(await pauseSource(db, source.id, true, clock.now)).toBe(false);
  expect(await dueSources(db, clock.now.add({ hours: 24 }), 10)).toEqual([]);
  await pauseSource(db, source.id, false, clock.now);
  expect(await dueSources(db, clock.now, 10)).toEqual([source.id]);
});

test("a history of hundreds goes in together and reads like one that came singly", async () => {
  const { run, titles, article } = await open();
  const items = Array.from({ length: 130 }, (_, i) =>
    item(String(i), {
      published: Temporal.Instant.from("2020-01-01T00:00:00Z").add({ hours: i }),
      tags: ["وسم", `وسم ${i % 3}`],
      authors: ["ليلى حداد"],
    }),
  );
  expect(await run(stretch(items))).toMatchObject({ created: 130, skipped: 0 });
  expect(await titles()).toHaveLength(100);
  const it = await article("17");
  expect(it).toMatchObject({
    revision: 1,
    storyId: it?.id,
    authors: [{ name: "ليلى حداد" }],
    tags: [{ name: "وسم" }, { name: "وسم 2" }],
  });
  expect(await run(stretch(items))).toMatchObject({ created: 0, unchanged: 130 });
});
