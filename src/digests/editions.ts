// The only SQL for editions and their stories.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { ArticleId } from "../articles/index.ts";
import { type Ranked, scoreParts } from "./rank.ts";
import type { DigestId, DigestTables, Edition, EditionId, EditionStory, IssueId } from "./tables.ts";

type Db = Kysely<DigestTables>;

/** Stores an edition with its stories and the parts of their scores. Changes nothing if this revision is there. */
export function addEdition(
  db: Db,
  edition: Omit<Edition, "id" | "articles">,
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
  const articles = (await storiesOf(db, id)).map(({ articleId }) => articleId);
  return { id, issueId, sections, language, revision, subject, html, text: plain, articles };
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
  digestId: DigestId,
  before: IssueId,
  sections: string,
  stories: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ story_id: number }>`
    select distinct j.value as story_id from json_each(${JSON.stringify(stories)}) j
    cross join articles a on (a.id = j.value or a.story_id = j.value)
    cross join edition_stories s on s.article_id = a.id
    join editions e on e.id = s.edition_id and e.sections = ${sections}
    join issues i on i.id = e.issue_id and i.digest_id = ${digestId} and i.id < ${before}
      and i.state in ('built', 'sending', 'sent')`.execute(db);
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
