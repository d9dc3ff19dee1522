// The only SQL for editions and their stories.
import { type CompiledQuery, type Kysely, type RawBuilder, type Selectable, sql } from "kysely";
import { z } from "zod";
import { type ArticleId, type ArticleTables, articleId } from "../articles/index.ts";
import { type Ranked, scoreParts } from "./score.ts";
import {
  type DigestId,
  type DigestTables,
  type Edition,
  type EditionId,
  type EditionStory,
  type IssueId,
  isShared,
  type Placed,
} from "./tables.ts";

type Db = Kysely<DigestTables>;

export type NewEdition = Omit<Edition, "id" | "articles" | "next">;

/** An edition's story as it is kept. */
export const placed = ({ article, score, parts }: Ranked): Placed & { revision: number } => ({
  articleId: article.id,
  storyId: article.storyId,
  score,
  parts,
  revision: article.revision,
});

/**
 * Stores an edition with its stories and the parts of their scores. Changes nothing if this revision is there.
 *
 * @param next what would come next
 * @param condition what must hold, or nothing is stored
 */
export function addEdition(
  db: Db,
  edition: NewEdition,
  stories: readonly (Placed & { revision: number })[],
  next: readonly Placed[],
  now: Temporal.Instant,
  condition: RawBuilder<boolean> = sql<boolean>`1 = 1`,
): CompiledQuery[] {
  const { issueId, sections, language, revision } = edition;
  return [
    // A row without an issue is ignored: so one row of values has a condition. To insert from a select would have SQLite look
    // through all deliveries for such as name an edition that is not there.
    db
      .insertInto("editions")
      .orIgnore()
      .values({
        issue_id: sql<IssueId>`(select id from issues where id = ${issueId} and ${condition})`,
        sections,
        language,
        revision,
        subject: edition.subject,
        html: edition.html,
        plain: edition.text,
        shortened: edition.shortened,
        built_at: now.epochMilliseconds,
        next: JSON.stringify(next),
      })
      .compile(),
    sql`insert or ignore into edition_stories (edition_id, position, article_id, story_id, score, parts, revision)
      select e.id, j.key + 1, j.value ->> 'articleId', j.value ->> 'storyId', j.value ->> 'score' + 0.0, j.value -> 'parts',
        j.value ->> 'revision'
      from editions e, json_each(${JSON.stringify(stories)}) j
      where changes() > 0 and e.issue_id = ${issueId} and e.sections = ${sections}
        and e.language = ${language} and e.revision = ${revision}`.compile(db),
  ];
}

/**
 * The newest revision of each edition of an issue, without its bytes.
 *
 * @param which `shared`: one for each choice of sections; `all`: with those of readers who were sent some of it already
 */
export async function editionsOf(db: Db, issueId: IssueId, which: "shared" | "all" = "shared") {
  const rows = await db
    .selectFrom("editions as e")
    .select(["e.id", "e.sections", "e.language", "e.revision", "e.subject", "e.shortened"])
    .where("e.issue_id", "=", issueId)
    .where(
      "e.revision",
      "=",
      sql<number>`(select max(n.revision) from editions n where n.issue_id = e.issue_id and n.sections = e.sections
        and n.language = e.language)`,
    )
    .orderBy("e.id")
    .limit(50_000)
    .execute();
  return rows.filter(({ sections }) =>
    which === "all" ? !sections.startsWith(droppedMark) : isShared(sections),
  );
}

/** Stands before what was an edition's sections once it was dropped. Behind all that sections begin with. */
const droppedMark = "~";

/**
 * Takes back the editions of issues that nobody was sent any of. Their rows stay, blank and without a choice that is theirs: to
 * delete one, SQLite looks through all deliveries for such as name it.
 *
 * @param issues a select of their ids
 * @param condition what must hold, or nothing is taken back; `changes() > 0` may be it
 */
export const dropEditions = (
  db: Db,
  issues: RawBuilder<unknown>,
  condition: RawBuilder<boolean>,
): CompiledQuery[] => [
  sql`update editions set sections = ${droppedMark} || id || '=', html = '', plain = '', next = '[]'
    where issue_id in (${issues}) and substr(sections, 1, 1) <> ${droppedMark} and ${condition}`.compile(db),
  sql`delete from edition_stories where edition_id in (
    select id from editions where issue_id in (${issues}) and substr(sections, 1, 1) = ${droppedMark})`.compile(
    db,
  ),
];

const next = z.array(
  z.object({
    articleId: z.number().transform(articleId),
    storyId: z.number(),
    score: z.number(),
    parts: scoreParts,
  }),
);

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
  return row ? withStories(db, row) : null;
}

export async function editionById(db: Db, id: EditionId): Promise<Edition | null> {
  const row = await db.selectFrom("editions").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? withStories(db, row) : null;
}

async function withStories(db: Db, row: Selectable<DigestTables["editions"]>): Promise<Edition> {
  const { id, issue_id, sections, language, revision, subject, html, plain, shortened } = row;
  return {
    id,
    issueId: issue_id,
    sections,
    language,
    revision,
    subject,
    html,
    text: plain,
    shortened,
    articles: (await storiesOf(db, id)).map((story) => story.articleId),
    next: next.parse(JSON.parse(row.next)),
  };
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
    revision: row.revision,
  }));
}

/** In SQL: whether an edition's story reads otherwise today than when it was rendered. */
const otherwise = sql<boolean>`(a.state <> 'published' or a.revision > s.revision)`;

/** Which of these editions carry a story that was corrected or withdrawn since they were rendered. One query for all of them. */
export async function staleAmong(
  db: Kysely<DigestTables & ArticleTables>,
  editions: readonly EditionId[],
): Promise<Set<EditionId>> {
  if (editions.length === 0) return new Set();
  const { rows } = await sql<{ id: EditionId }>`
    select distinct s.edition_id as id from json_each(${JSON.stringify(editions)}) j
    cross join edition_stories s on s.edition_id = j.value
    cross join articles a on a.id = s.article_id where ${otherwise}`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** The editions of an issue in their newest revision of which that is so. */
export async function staleOf(
  db: Kysely<DigestTables & ArticleTables>,
  issueId: IssueId,
): Promise<{ sections: string; language: "ar" | "en" }[]> {
  const { rows } = await sql<{ sections: string; language: "ar" | "en" }>`
    select e.sections, e.language from editions e where e.issue_id = ${issueId}
      and e.revision = (select max(n.revision) from editions n
        where n.issue_id = e.issue_id and n.sections = e.sections and n.language = e.language)
      and exists (select 1 from edition_stories s cross join articles a on a.id = s.article_id
        where s.edition_id = e.id and ${otherwise})
    limit 50000`.execute(db);
  return rows;
}

/** Notes that an edition reads as it would with these revisions of its articles. */
export const noteRevisions = (
  db: Db,
  edition: EditionId,
  stories: readonly { articleId: ArticleId; revision: number }[],
): CompiledQuery =>
  sql`update edition_stories set revision = j.value ->> 'revision' from json_each(${JSON.stringify(stories)}) j
    where edition_id = ${edition} and article_id = j.value ->> 'articleId'`.compile(db);

/**
 * The earlier issues of a digest that carried any of these stories, in whatever edition. One query for all editions of an issue.
 * Breaking news is not among them: it reached some readers of a choice and not others, so that each reader is asked about.
 */
export async function issuesCarrying(
  db: Db,
  digestId: DigestId,
  before: IssueId,
  stories: readonly number[],
): Promise<IssueId[]> {
  const { rows } = await sql<{ id: IssueId }>`
    select distinct i.id from json_each(${JSON.stringify(stories)}) j
    cross join articles a on (a.id = j.value or a.story_id = j.value)
    cross join issue_articles c on c.article_id = a.id
    cross join issues i on i.id = c.issue_id and i.digest_id = ${digestId} and i.id < ${before}
      and i.kind = 'digest' and i.state in ('waiting', 'built', 'sending', 'sent')`.execute(db);
  return rows.map(({ id }) => id);
}

/** Whether an issue carried an article, in whatever edition. */
export async function carries(db: Db, issue: IssueId, article: ArticleId): Promise<boolean> {
  const row = await db
    .selectFrom("issue_articles")
    .select("issue_id")
    .where("article_id", "=", article)
    .where("issue_id", "=", issue)
    .executeTakeFirst();
  return row !== undefined;
}

/** The stories, as they are today, that these issues carried for a choice of sections. */
export async function storiesSentTo(
  db: Db,
  sections: string,
  issues: readonly IssueId[],
): Promise<Set<number>> {
  if (issues.length === 0) return new Set();
  const { rows } = await sql<{ story_id: number }>`
    select distinct coalesce(a.story_id, a.id) as story_id from json_each(${JSON.stringify(issues)}) j
    cross join editions e on e.issue_id = j.value and e.sections = ${sections}
    cross join edition_stories s on s.edition_id = e.id
    cross join articles a on a.id = s.article_id`.execute(db);
  return new Set(rows.map(({ story_id }) => story_id));
}

/** The slot of the sample newsroom's own first issue: no schedule has it, and `extra-N` is not used up. */
export const sampleSlot = "sample";

/** Removes the sample's issue, and sample articles from the stories of all others, so that those can be removed. */
export function forgetSampleStories(db: Db, articles: readonly ArticleId[]): CompiledQuery[] {
  return [
    sql`delete from issues where slot = ${sampleSlot}`.compile(db),
    sql`delete from edition_stories where article_id in (select value from json_each(${JSON.stringify(articles)}))`.compile(
      db,
    ),
  ];
}
