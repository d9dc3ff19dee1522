// The only SQL for digests, issues and editions.
import { type CompiledQuery, type Generated, type Kysely, sql } from "kysely";
import { z } from "zod";
import type { ArticleId } from "../articles/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import { type Ranked, type ScoreParts, scoreParts } from "./rank.ts";
import { type Run, runsFrom, type Schedule } from "./schedule.ts";

export type DigestId = number & { readonly brand: "DigestId" };
export type IssueId = number & { readonly brand: "IssueId" };
export type EditionId = number & { readonly brand: "EditionId" };

/** The recurring newsletter. */
export type Digest = {
  id: DigestId;
  slug: string;
  name: string;
  nameEn: string | null;
  on: boolean;
  schedule: Schedule;
  maxStories: number;
  minStories: number;
  lateMinutes: number;
  deadlineMinutes: number;
  next: Pick<Run, "date" | "slot" | "at"> | null;
};

/**
 * `opened`: its slot is taken. `built`: its editions stand and its audience is being written. `sending`: the whole
 * audience is in the ledger. `sent`: no delivery of it is open.
 */
export type IssueState = "opened" | "built" | "sending" | "sent" | "skipped" | "cancelled";

export type Issue = {
  id: IssueId;
  digestId: DigestId;
  digestSlug: string;
  date: string;
  slot: string;
  state: IssueState;
  plannedAt: Temporal.Instant;
  openedAt: Temporal.Instant;
  finishedAt: Temporal.Instant | null;
  reason: string | null;
  /** The audience is written up to the subscription with this id. */
  frozenThrough: number;
  candidates: number | null;
};

/** What one choice of sections gets in one issue, in one language. */
export type Edition = {
  id: EditionId;
  issueId: IssueId;
  sections: string;
  language: "ar" | "en";
  revision: number;
  subject: string;
  html: string;
  text: string;
};

export type EditionStory = {
  articleId: ArticleId;
  storyId: number;
  position: number;
  score: number;
  parts: ScoreParts;
};

export type DigestTables = {
  digests: {
    id: Generated<DigestId>;
    slug: string;
    name: string;
    name_en: string | null;
    state: "on" | "off";
    zone: string;
    days: string;
    slots: string;
    max_stories: number;
    min_stories: number;
    late_minutes: number;
    deadline_minutes: number;
    next_at: number | null;
    next_date: string | null;
    next_slot: string | null;
  };
  issues: {
    id: Generated<IssueId>;
    digest_id: DigestId;
    local_date: string;
    slot: string;
    state: IssueState;
    planned_at: number;
    opened_at: number;
    finished_at: number | null;
    reason: string | null;
    frozen_through: Generated<number>;
    candidates: number | null;
  };
  editions: {
    id: Generated<EditionId>;
    issue_id: IssueId;
    sections: string;
    language: "ar" | "en";
    revision: number;
    subject: string;
    html: string;
    plain: string;
    built_at: number;
  };
  edition_stories: {
    edition_id: EditionId;
    position: number;
    article_id: ArticleId;
    story_id: number;
    score: number;
    parts: string;
  };
};

type Db = Kysely<DigestTables>;

const days = z.array(z.number());
const slots = z.array(z.object({ name: z.string(), time: z.string() }));

function toDigest(row: Omit<DigestTables["digests"], "id"> & { id: DigestId }): Digest {
  const { next_at, next_date, next_slot } = row;
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    nameEn: row.name_en,
    on: row.state === "on",
    schedule: {
      zone: row.zone,
      days: days.parse(JSON.parse(row.days)),
      slots: slots.parse(JSON.parse(row.slots)),
    },
    maxStories: row.max_stories,
    minStories: row.min_stories,
    lateMinutes: row.late_minutes,
    deadlineMinutes: row.deadline_minutes,
    next:
      next_at === null || next_date === null || next_slot === null
        ? null
        : { at: fromMilliseconds(next_at), date: next_date, slot: next_slot },
  };
}

/** All digests of the paper, a handful, in the order they were made. */
export async function listDigests(db: Db): Promise<Digest[]> {
  const rows = await db.selectFrom("digests").selectAll().orderBy("id").limit(200).execute();
  return rows.map(toDigest);
}

export async function digestBySlug(db: Db, slug: string): Promise<Digest | null> {
  const row = await db.selectFrom("digests").selectAll().where("slug", "=", slug).executeTakeFirst();
  return row ? toDigest(row) : null;
}

/** Digests whose next run has come. */
export async function dueDigests(db: Db, now: Temporal.Instant): Promise<Digest[]> {
  const rows = await db
    .selectFrom("digests")
    .selectAll()
    .where("state", "=", "on")
    .where("next_at", "<=", now.epochMilliseconds)
    .orderBy("next_at")
    .limit(50)
    .execute();
  return rows.map(toDigest);
}

export type NewDigest = Pick<Digest, "slug" | "name" | "nameEn" | "schedule" | "maxStories" | "minStories">;

/** Adds a digest whose first run is the next of its schedule. Changes nothing if its slug is taken. */
export function addDigest(db: Db, digest: NewDigest, now: Temporal.Instant): CompiledQuery {
  const [next] = runsFrom(digest.schedule, now, 1);
  return db
    .insertInto("digests")
    .values({
      slug: digest.slug,
      name: digest.name,
      name_en: digest.nameEn,
      state: "on",
      zone: digest.schedule.zone,
      days: JSON.stringify(digest.schedule.days),
      slots: JSON.stringify(digest.schedule.slots),
      max_stories: digest.maxStories,
      min_stories: digest.minStories,
      late_minutes: 180,
      deadline_minutes: 360,
      ...nextColumns(next ?? null),
    })
    .onConflict((conflict) => conflict.doNothing())
    .compile();
}

/** Gives a digest another schedule; its next run is computed anew. What it sent already today it does not send again. */
export async function reschedule(
  db: Db,
  id: DigestId,
  schedule: Schedule,
  now: Temporal.Instant,
): Promise<void> {
  const [next] = runsFrom(schedule, now, 1);
  await db
    .updateTable("digests")
    .set({
      zone: schedule.zone,
      days: JSON.stringify(schedule.days),
      slots: JSON.stringify(schedule.slots),
      ...nextColumns(next ?? null),
    })
    .where("id", "=", id)
    .execute();
}

const nextColumns = (next: Pick<Run, "date" | "slot" | "at"> | null) => ({
  next_at: next?.at.epochMilliseconds ?? null,
  next_date: next?.date ?? null,
  next_slot: next?.slot ?? null,
});

/**
 * Takes the slot of a run, once, however many ask: the unique (digest, date, slot) decides. With `next`, the digest moves
 * on to it in the same batch, unless somebody moved it already.
 *
 * @returns the statements; the first counts 1 change for the one who opened the issue
 */
export function openIssue(
  db: Db,
  digest: Digest,
  run: Pick<Run, "date" | "slot" | "at">,
  outcome: { state: "opened" } | { state: "skipped"; reason: string },
  now: Temporal.Instant,
): CompiledQuery {
  const skipped = outcome.state === "skipped";
  return db
    .insertInto("issues")
    .values({
      digest_id: digest.id,
      local_date: run.date,
      slot: run.slot,
      state: outcome.state,
      planned_at: run.at.epochMilliseconds,
      opened_at: now.epochMilliseconds,
      finished_at: skipped ? now.epochMilliseconds : null,
      reason: skipped ? outcome.reason : null,
      candidates: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .compile();
}

/** Moves a digest on to its next run, unless it was moved or rescheduled meanwhile. */
export function moveOn(db: Db, digest: Digest, next: Run | null): CompiledQuery {
  return db
    .updateTable("digests")
    .set(nextColumns(next))
    .where("id", "=", digest.id)
    .where("next_at", "=", digest.next?.at.epochMilliseconds ?? null)
    .where("next_slot", "=", digest.next?.slot ?? null)
    .compile();
}

const issueQuery = (db: Db) =>
  db
    .selectFrom("issues as i")
    .innerJoin("digests as d", "d.id", "i.digest_id")
    .selectAll("i")
    .select("d.slug as digest_slug");

type IssueRow = Awaited<ReturnType<ReturnType<typeof issueQuery>["execute"]>>[number];

const toIssue = (row: IssueRow): Issue => ({
  id: row.id,
  digestId: row.digest_id,
  digestSlug: row.digest_slug,
  date: row.local_date,
  slot: row.slot,
  state: row.state,
  plannedAt: fromMilliseconds(row.planned_at),
  openedAt: fromMilliseconds(row.opened_at),
  finishedAt: row.finished_at === null ? null : fromMilliseconds(row.finished_at),
  reason: row.reason,
  frozenThrough: row.frozen_through,
  candidates: row.candidates,
});

/** How people and commands name an issue: `daily/2026-03-01-morning`. */
export const issueName = (issue: Pick<Issue, "digestSlug" | "date" | "slot">): string =>
  `${issue.digestSlug}/${issue.date}-${issue.slot}`;

/** The issue with this name, or null. */
export async function issueByName(db: Db, name: string): Promise<Issue | null> {
  const parts = /^([^/]+)\/(\d{4}-\d{2}-\d{2})-(.+)$/.exec(name);
  if (!parts) return null;
  const [, digest = "", date = "", slot = ""] = parts;
  const row = await issueQuery(db)
    .where("d.slug", "=", digest)
    .where("i.local_date", "=", date)
    .where("i.slot", "=", slot)
    .executeTakeFirst();
  return row ? toIssue(row) : null;
}

export async function issueById(db: Db, id: IssueId): Promise<Issue | null> {
  const row = await issueQuery(db).where("i.id", "=", id).executeTakeFirst();
  return row ? toIssue(row) : null;
}

/** The newest issues of all digests, at most `limit`, before the one with the id `before`. */
export async function newestIssues(
  db: Db,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<Issue[]> {
  const rows = await issueQuery(db)
    .where("i.id", "<", sql<IssueId>`${before}`)
    .orderBy("i.id", "desc")
    .limit(limit)
    .execute();
  return rows.map(toIssue);
}

/** Issues that something is still to be done for: to build, to freeze, to send. */
export async function issuesUnderWay(db: Db): Promise<Issue[]> {
  const rows = await issueQuery(db)
    .where("i.state", "in", ["opened", "built", "sending"])
    .orderBy("i.opened_at")
    .limit(100)
    .execute();
  return rows.map(toIssue);
}

/** When this digest last opened an issue that was not skipped, before the given one. */
export async function lastOpened(
  db: Db,
  digestId: DigestId,
  before: IssueId,
): Promise<Temporal.Instant | null> {
  const row = await db
    .selectFrom("issues")
    .select("opened_at")
    .where("digest_id", "=", digestId)
    .where("id", "<", before)
    .where("state", "in", ["built", "sending", "sent"])
    .orderBy("planned_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? fromMilliseconds(row.opened_at) : null;
}

/** The next free name for an issue that is sent by hand on this day: `extra-1`, `extra-2`… */
export async function nextExtraSlot(db: Db, digestId: DigestId, date: string): Promise<string> {
  const row = await db
    .selectFrom("issues")
    .select(sql<number>`count(*)`.as("extras"))
    .where("digest_id", "=", digestId)
    .where("local_date", "=", date)
    .where("slot", "like", "extra-%")
    .executeTakeFirst();
  return `extra-${(row?.extras ?? 0) + 1}`;
}

/** Moves an issue from one state to the next. False if it was not in the first: somebody else moved it. */
export async function moveIssue(
  db: Db,
  id: IssueId,
  from: IssueState,
  to: { state: "built" | "sending" } | { state: "sent" } | { state: "skipped" | "cancelled"; reason: string },
  now: Temporal.Instant,
): Promise<boolean> {
  const over = to.state === "sent" || to.state === "skipped" || to.state === "cancelled";
  const row = await db
    .updateTable("issues")
    .set({
      state: to.state,
      ...(over ? { finished_at: now.epochMilliseconds } : {}),
      ...("reason" in to ? { reason: to.reason } : {}),
    })
    .where("id", "=", id)
    .where("state", "=", from)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Notes how far an audience is written; the statement goes into the batch that wrote it. */
export function markFrozenThrough(db: Db, id: IssueId, from: number, to: number): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ frozen_through: to })
    .where("id", "=", id)
    .where("frozen_through", "=", from)
    .compile();
}

/** The whole audience is written: notes how many candidates there were and lets the issue be sent. */
export function endFreezing(db: Db, id: IssueId, candidates: number): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ state: "sending", candidates })
    .where("id", "=", id)
    .where("state", "=", "built")
    .compile();
}

/** Stores an edition with its stories and the parts of their scores. Changes nothing if this revision is there. */
export function addEdition(
  db: Db,
  edition: Omit<Edition, "id">,
  stories: readonly Ranked[],
  now: Temporal.Instant,
): CompiledQuery[] {
  const rows = stories.map(({ article, score, parts }) => ({
    article: article.id,
    story: article.storyId,
    score,
    parts,
  }));
  return [
    db
      .insertInto("editions")
      .values({
        issue_id: edition.issueId,
        sections: edition.sections,
        language: edition.language,
        revision: edition.revision,
        subject: edition.subject,
        html: edition.html,
        plain: edition.text,
        built_at: now.epochMilliseconds,
      })
      .onConflict((conflict) => conflict.doNothing())
      .compile(),
    sql`insert or ignore into edition_stories (edition_id, position, article_id, story_id, score, parts)
      select e.id, j.key + 1, j.value ->> 'article', j.value ->> 'story', j.value ->> 'score' + 0.0, j.value -> 'parts'
      from editions e, json_each(${JSON.stringify(rows)}) j
      where changes() > 0 and e.issue_id = ${edition.issueId} and e.sections = ${edition.sections}
        and e.language = ${edition.language} and e.revision = ${edition.revision}`.compile(db),
  ];
}

/** The newest revision of each edition of an issue, without its bytes. */
export async function editionsOf(db: Db, issueId: IssueId) {
  return db
    .selectFrom("editions as e")
    .select(["e.id", "e.sections", "e.language", "e.revision", "e.subject"])
    .where("e.issue_id", "=", issueId)
    .where(
      "e.revision",
      "=",
      sql<number>`(select max(n.revision) from editions n where n.issue_id = e.issue_id and n.sections = e.sections
        and n.language = e.language)`,
    )
    .orderBy("e.id")
    .limit(10_000)
    .execute();
}

/** The newest revision of one edition, or null if this choice got none. */
export async function newestEdition(
  db: Db,
  issueId: IssueId,
  sections: string,
  language: "ar" | "en",
): Promise<Edition | null> {
  const row = await db
    .selectFrom("editions")
    .selectAll()
    .where("issue_id", "=", issueId)
    .where("sections", "=", sections)
    .where("language", "=", language)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const { id, revision, subject, html, plain } = row;
  return { id, issueId, sections, language, revision, subject, html, text: plain };
}

/** The stories of an edition in their order, with the parts of their scores as they were then. */
export async function storiesOf(db: Db, editionId: EditionId): Promise<EditionStory[]> {
  const rows = await db
    .selectFrom("edition_stories")
    .selectAll()
    .where("edition_id", "=", editionId)
    .orderBy("position")
    .execute();
  return rows.map((row) => ({
    articleId: row.article_id,
    storyId: row.story_id,
    position: row.position,
    score: row.score,
    parts: scoreParts.parse(JSON.parse(row.parts)),
  }));
}

/** Which of these stories an earlier issue of the digest carried for the same choice of sections. */
export async function alreadySent(
  db: Db,
  issue: Issue,
  sections: string,
  stories: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ story_id: number }>`
    select distinct s.story_id from json_each(${JSON.stringify(stories)}) j
    join edition_stories s on s.story_id = j.value
    join editions e on e.id = s.edition_id and e.sections = ${sections}
    join issues i on i.id = e.issue_id and i.digest_id = ${issue.digestId} and i.id < ${issue.id}
      and i.state in ('built', 'sending', 'sent')`.execute(db);
  return new Set(rows.map(({ story_id }) => story_id));
}

/** Removes articles from the stories of past editions, so that the articles themselves can be removed. */
export function forgetStories(db: Db, articles: readonly ArticleId[]): CompiledQuery[] {
  return [
    sql`delete from edition_stories where article_id in (select value from json_each(${JSON.stringify(articles)}))`.compile(
      db,
    ),
  ];
}
