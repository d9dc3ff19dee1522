// Breaking news and corrections on both databases: sent once, within the day's limit, and to whom they are for.
import type { Kysely } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import { type AccountTables, auditIfChanged } from "../accounts/index.ts";
import { openPaper, site } from "../articles/articles.fixture.ts";
import type { ArticleId, ArticleTables } from "../articles/index.ts";
import {
  addDigest,
  type Digest,
  type DigestTables,
  digestBySlug,
  type EditionId,
  type Issue,
  type IssueId,
  issueById,
  openedAs,
  openSpecial,
  setBreaking,
} from "../digests/index.ts";
import type { FeedTables } from "../feeds/index.ts";
import { type Log, sha256 } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { importSubscribers, type SubscriberId, type SubscriberTables } from "../subscribers/index.ts";
import { prepareIssue } from "./freeze.ts";
import { accountOf, type DeliveryTables } from "./ledger.ts";
import { specialSender } from "./special.ts";
import type { DeliveryState } from "./state.ts";

type Tables = AccountTables &
  ArticleTables &
  DeliveryTables &
  DigestTables &
  FeedTables &
  SettingsTables &
  SubscriberTables;

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

async function open(readers: readonly string[]) {
  const database = openTestDatabase<Tables>();
  const { db, batch } = database;
  const paper = await openPaper(database);
  const schedule = { zone: "UTC", days: [7], slots: [{ name: "run", time: "05:00" }] };
  const daily = { slug: "daily", name: "نشرة", nameEn: null, schedule, maxStories: 8, minStories: 1 };
  await batch([addDigest(db, daily, paper.now())]);
  const digest = await digestBySlug(db, "daily");
  if (!digest) throw new Error("There is no digest.");
  const options = { digest: digest.id, consent: "test", language: "ar" as const, now: paper.now() };
  await importSubscribers(database, options, readers);
  const deps = {
    database,
    site,
    now: paper.now,
    log: silent,
    mail: { render: async () => ({ html: "<p></p>", text: "" }) },
    audit: (entry: { actor: string; act: string; subject: string }, at: Temporal.Instant) =>
      auditIfChanged(db, entry, at),
  };
  const sender = specialSender(deps, () => {});
  const ask = async (article: ArticleId) => {
    const asked = await sender.askBreaking("daily", article, { loud: false });
    if (asked.kind !== "asked") throw new Error(asked.kind);
    return asked.token;
  };
  /** Brings an issue to its audience, by as many processes at once as `width`. */
  const freeze = async ({ id }: Issue, width = 1) => {
    for (const _ of ["built", "sending"]) {
      const issue = await issueById(db, id);
      if (issue) await Promise.all(Array.from({ length: width }, () => prepareIssue(deps, digest, issue)));
    }
    const { states, exclusions } = await accountOf(db, id);
    return {
      state: (await issueById(db, id))?.state,
      letters: states.reduce((sum, { count }) => sum + count, 0),
      exclusions: Object.fromEntries(exclusions.map(({ reason, count }) => [reason, count])),
    };
  };
  return { ...paper, db, batch, digest, sender, ask, freeze };
}

describe("breaking news", () => {
  test("of fifty presses one opens the issue", async () => {
    const { publish, sender, ask, freeze } = await open(["a@example.org", "b@example.org"]);
    const article = await publish();
    const token = await ask(article);
    const pressed = await Promise.all(
      Array.from({ length: 50 }, () => sender.confirmBreaking(token, "daily", article, "desk")),
    );
    const opened = pressed.flatMap((it) => (it.kind === "opened" ? it.issue : []));
    expect(opened.map(({ slot }) => slot)).toEqual(["breaking-1"]);
    const [issue] = opened;
    if (issue) expect(await freeze(issue, 5)).toEqual({ state: "sending", letters: 2, exclusions: {} });
  });

  test("of fifty articles at once as many go out as the day allows, each in a slot of its own", async () => {
    const { db, publish, sender, ask, clock } = await open(["a@example.org"]);
    const asked: [ArticleId, string][] = [];
    for (let i = 0; i < 50; i++) {
      const article = await publish();
      asked.push([article, await ask(article)]);
    }
    const sent = await Promise.all(
      asked.map(([article, token]) => sender.confirmBreaking(token, "daily", article, "desk")),
    );
    expect(sent.flatMap((it) => (it.kind === "opened" ? it.issue.slot : [])).sort()).toEqual([
      "breaking-1",
      "breaking-2",
      "breaking-3",
    ]);
    expect(sent.filter(({ kind }) => kind === "day-full")).toHaveLength(47);
    const entries = await db
      .selectFrom("audit_log")
      .select("act")
      .where("act", "=", "issue-breaking")
      .execute();
    expect(entries).toHaveLength(3);
    // What never was confirmed is forgotten with the next question after its time.
    const kept = () => db.selectFrom("special_issues").select("issue_id").execute();
    expect(await kept()).toHaveLength(50);
    clock.now = clock.now.add({ hours: 24 });
    await ask(await publish());
    expect(await kept()).toHaveLength(3 + 1);
  });

  test.each<
    [what: string, meanwhile: (it: Awaited<ReturnType<typeof open>>, article: ArticleId) => Promise<unknown>]
  >([
    ["the article was revised", ({ publish }) => publish({ external_id: "it", title: "غيره" })],
    ["the article was retracted", ({ retract }, article) => retract(article, "wrong")],
    ["its time was over", async ({ clock }) => Object.assign(clock, { now: clock.now.add({ minutes: 10 }) })],
    ["the digest was turned off", ({ db }) => db.updateTable("digests").set({ state: "off" }).execute()],
    [
      "the day was full",
      ({ db, batch, digest }) => batch([setBreaking(db, digest.id, { aDay: 0, quiet: null })]),
    ],
  ])("the statement that opens the issue sees by itself that %s", async (_, meanwhile) => {
    const it = await open(["a@example.org"]);
    const { db, batch, digest } = it;
    const article = await it.publish({ external_id: "it" });
    const hash = await sha256(await it.ask(article));
    const press = async (guid: string) => {
      const entry = auditIfChanged(db, { actor: "desk", act: "issue-breaking", subject: "" }, it.now());
      const special = { kind: "breaking" as const, digestId: digest.id };
      await batch(openSpecial(db, special, hash, { date: "2026-03-01", guid }, entry, it.now()));
      const entries = await db
        .selectFrom("audit_log")
        .select("act")
        .where("act", "=", "issue-breaking")
        .execute();
      return [await openedAs(db, digest.id, { date: "2026-03-01", guid }), entries.length];
    };
    await meanwhile(it, article);
    expect(await press("urn:one")).toEqual([null, 0]);
  });

  test("one that was skipped does not use up the day's", async () => {
    const { db, publish, retract, sender, ask, freeze } = await open(["a@example.org"]);
    for (let i = 0; i < 4; i++) {
      const article = await publish();
      const result = await sender.confirmBreaking(await ask(article), "daily", article, "desk");
      if (result.kind !== "opened") throw new Error(result.kind);
      expect(result.issue.slot).toBe(`breaking-${i + 1}`);
      if (i > 0) continue;
      await retract(article, "wrong");
      expect(await freeze(result.issue)).toMatchObject({ state: "skipped", letters: 0 });
      expect((await db.selectFrom("issues").select("reason").executeTakeFirst())?.reason).toBe(
        "the article is not published any more",
      );
    }
  });
});

const issueOf = (db: Kysely<Tables>, digest: Digest, now: Temporal.Instant) => {
  const at = now.epochMilliseconds;
  const times = { planned_at: at, opened_at: at, finished_at: at };
  const name = { digest_id: digest.id, local_date: "2026-03-01", slot: "run", guid: "urn:test" };
  return db
    .insertInto("issues")
    .values({ ...name, ...times, state: "sent", reason: null, candidates: 1 })
    .returning("id")
    .executeTakeFirstOrThrow();
};

/** Makes editions of an issue, each of one article as it is now, or as it was in `carried`. */
const editionsIn =
  (db: Kysely<Tables>, issue: IssueId) =>
  async (
    now: Temporal.Instant,
    revision: number,
    article: ArticleId,
    { sections = "", carried }: { sections?: string; carried?: number | null } = {},
  ) => {
    const current = await db
      .selectFrom("articles")
      .select("revision")
      .where("id", "=", article)
      .executeTakeFirstOrThrow();
    const values = { issue_id: issue, sections, revision, built_at: now.epochMilliseconds };
    const texts = { language: "ar" as const, subject: "", html: "", plain: "" };
    const { id } = await db
      .insertInto("editions")
      .values({ ...values, ...texts })
      .returning("id")
      .executeTakeFirstOrThrow();
    const told = carried === undefined ? current.revision : carried;
    const story = {
      position: 1,
      article_id: article,
      story_id: article,
      score: 1,
      parts: "{}",
      revision: told,
    };
    await db
      .insertInto("edition_stories")
      .values({ edition_id: id, ...story })
      .execute();
    return id;
  };

async function letter(
  db: Kysely<Tables>,
  issue: IssueId,
  reader: SubscriberId,
  address: string,
  edition: EditionId | null,
  { state, doubts = 0 }: { state: DeliveryState; doubts?: number } = { state: "accepted" },
): Promise<number> {
  const whom = { issue_id: issue, subscriber_id: reader, address, sections: "", language: "ar" as const };
  const what = { state, edition_id: edition, in_doubt: doubts, message_id: null, message_date: null };
  const { id } = await db
    .insertInto("deliveries")
    .values({ ...whom, ...what, reply: null, worker: null, due_at: 0, deadline_at: 0, at: 0 })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

describe("a correction goes to", () => {
  type Letter = {
    state: DeliveryState;
    doubts?: number;
    edition: "wrong" | "right" | "other" | "late" | "rebuilt" | "old" | null;
    before?: "wrong";
    /** What the server said to that earlier try; null: nothing came back, or it is not known any more. */
    said?: string;
  };
  test.each<[who: string, letter: Letter, gets: boolean]>([
    ["whose letter was taken", { state: "accepted", edition: "wrong" }, true],
    ["whose letter is under way", { state: "sending", edition: "wrong" }, true],
    ["whose letter may have been taken", { state: "in_doubt", doubts: 1, edition: "wrong" }, true],
    [
      "who may have been sent it before the letter ran out of time",
      { state: "expired", doubts: 1, edition: "wrong" },
      true,
    ],
    [
      "who may have been sent it by an earlier try than the one of what is right",
      { state: "accepted", doubts: 1, edition: "right", before: "wrong" },
      true,
    ],
    [
      "whose edition was made by a process that read what was wrong, and whose clock is ahead",
      { state: "accepted", edition: "late" },
      true,
    ],
    ["whose edition is of a time when revisions were not noted", { state: "accepted", edition: "old" }, true],
    [
      "not to who was sent an edition that was made before, and reads as what is right",
      { state: "accepted", edition: "rebuilt" },
      false,
    ],
    ["not to whom the server refused it", { state: "rejected", edition: "wrong" }, false],
    ["not to who waits for it still", { state: "queued", edition: null }, false],
    ["not to whom it was put off", { state: "deferred", edition: "wrong" }, false],
    ["not to who left before it was sent", { state: "withdrawn", edition: null }, false],
    ["not to who was sent what is right", { state: "accepted", edition: "right" }, false],
    [
      "not to who was sent what is right after a try that the server put off",
      { state: "accepted", edition: "right", before: "wrong" },
      false,
    ],
    [
      "not to whom the server refused it at first, though what is right was in doubt later",
      { state: "accepted", doubts: 1, edition: "right", before: "wrong", said: "451 4.3.0 later" },
      false,
    ],
    ["not to whose edition had other stories", { state: "accepted", edition: "other" }, false],
  ])("%s", async (_, how, gets) => {
    const { db, publish, clock, digest, sender, freeze } = await open(["a@example.org"]);
    const article = await publish({ external_id: "wrong" });
    const other = await publish();
    const at = clock.now.epochMilliseconds;
    const issue = await issueOf(db, digest, clock.now);
    const edition = editionsIn(db, issue.id);
    const wrong = await edition(clock.now, 1, article);
    const others = await edition(clock.now, 1, other, { sections: "[7]" });
    const rebuilt = await edition(clock.now, 1, article, { sections: "[8]", carried: 2 });
    const old = await edition(clock.now, 1, article, { sections: "[9]", carried: null });
    clock.now = clock.now.add({ minutes: 5 });
    await publish({ external_id: "wrong", title: "ما هو صحيح" });
    clock.now = clock.now.add({ minutes: 5 });
    const right = await edition(clock.now, 2, article);
    const late = await edition(clock.now, 3, article, { carried: 1 });
    const ids = { wrong, right, other: others, late, rebuilt, old };
    const reader = await db.selectFrom("subscribers").select("id").executeTakeFirstOrThrow();
    const id = await letter(db, issue.id, reader.id, "a@example.org", how.edition && ids[how.edition], how);
    if (how.before)
      await db
        .insertInto("earlier_tries")
        .values({ delivery_id: id, try: 1, edition_id: ids[how.before], reply: how.said ?? null, at })
        .execute();
    const name = "daily/2026-03-01-run";
    const asked = await sender.askCorrection(name, article, { ar: "الصواب كذا." });
    expect(asked.kind).toBe(gets ? "asked" : "nobody");
    if (asked.kind !== "asked") return;
    const opened = await sender.confirmCorrection(asked.token, name, article, "desk");
    if (opened.kind !== "opened") throw new Error(opened.kind);
    expect(await freeze(opened.issue, 3)).toEqual({ state: "sending", letters: 1, exclusions: {} });
    expect(await sender.askCorrection(name, article, { ar: "مرة أخرى." })).toMatchObject({
      kind: "nobody",
      excluded: [{ reason: "had-correction", count: 1 }],
    });
    // The article is changed once more: then they are told once more.
    clock.now = clock.now.add({ minutes: 5 });
    await publish({ external_id: "wrong", title: "ما هو أصح" });
    expect(await sender.askCorrection(name, article, { ar: "بل كذا." })).toMatchObject({ readers: 1 });
  });

  test("nobody by name once the ledger of its issue is counts: who was sent it is not kept", async () => {
    const { db, publish, clock, digest, sender } = await open(["a@example.org"]);
    const article = await publish({ external_id: "wrong" });
    const issue = await issueOf(db, digest, clock.now);
    await editionsIn(db, issue.id)(clock.now, 1, article);
    clock.now = clock.now.add({ minutes: 5 });
    await publish({ external_id: "wrong", title: "ما هو صحيح" });
    await db.updateTable("issues").set({ folded_through: 7 }).execute();
    const asked = await sender.askCorrection("daily/2026-03-01-run", article, { ar: "الصواب كذا." });
    expect(asked).toEqual({ kind: "folded", issue: "daily/2026-03-01-run" });
  });

  test("who was sent the article before the revision that put it right, where an editor names that", async () => {
    const { db, publish, clock, digest, sender } = await open(["wrong@example.org", "right@example.org"]);
    const wrong = { external_id: "wrong" };
    const article = await publish({ ...wrong, title: "خطأ" });
    const { id } = await issueOf(db, digest, clock.now);
    const carrying = editionsIn(db, id);
    const first = await carrying(clock.now, 1, article);
    clock.now = clock.now.add({ minutes: 5 });
    await publish({ ...wrong, title: "صواب" });
    clock.now = clock.now.add({ minutes: 5 });
    const second = await carrying(clock.now, 2, article);
    clock.now = clock.now.add({ minutes: 5 });
    await publish({ ...wrong, title: "الصواب" }); // its style, later
    const people = await db.selectFrom("subscribers").select(["id", "address"]).orderBy("id").execute();
    for (const { id: reader, address } of people)
      await letter(db, id, reader, address, address.startsWith("wrong") ? first : second);
    const ask = (since?: number) =>
      sender.askCorrection("daily/2026-03-01-run", article, { ar: "كذا.", since });
    expect(await ask()).toMatchObject({ kind: "asked", readers: 2 });
    expect(await ask(2)).toMatchObject({ kind: "asked", readers: 1 });
    for (const since of [1, 4]) expect((await ask(since)).kind).toBe("unknown-revision");
  });
});
