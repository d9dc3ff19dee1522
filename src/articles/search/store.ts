// The only SQL that writes the words articles are found by. They come and go in the batch that shows or hides an article.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { Batch } from "../../platform/index.ts";
import { articleId } from "../article.ts";
import { portions } from "../portions.ts";
import type { ArticleTables } from "../tables.ts";
import { plainText } from "./text.ts";
import { mostSearched, searchText } from "./words.ts";

type Db = Kysely<ArticleTables>;

/** A revision of an article whose words are to be found. */
export type Indexed = {
  origin: string;
  externalId: string;
  revision: number;
  /** Null where no other write can have made the same revision. */
  contentHash: string | null;
  title: string;
  bodyHtml: string;
  /** Where they were made already. */
  words?: SearchWords;
};

/** What an article is found by. */
export type SearchWords = { title: string; body: string };

// Days since the year 874, so that no day that an article may have is negative; ids have 26 bits, and both together 48.
const dayZero = 400_000;
const dayMilliseconds = 86_400_000;
export const idsADay = 2 ** 26;

/** The first row that an article published on this day or later may have. */
export const firstRowOf = (day: number): number => (day + dayZero) * idsADay;
export const dayOfRow = (row: number): number => Math.floor(row / idsADay) - dayZero;
export const idOfRow = (row: number): number => row % idsADay;
export const dayOf = (at: Temporal.Instant): number => Math.floor(at.epochMilliseconds / dayMilliseconds);

// The numbers stand in the statement: bound as parameters they would be reals, and the division no whole one.
const rowOfArticle = sql`(a.published_at / ${sql.lit(dayMilliseconds)} - (a.published_at % ${sql.lit(dayMilliseconds)} < 0)
  + ${sql.lit(dayZero)}) * ${sql.lit(idsADay)} + a.id`;

/**
 * Makes articles be found that are stored already and published: in the batch of the statements that store them, after these.
 * Changes nothing of one that is not, or that has another revision or content by now. Sent again, it changes nothing.
 *
 * @returns two statements, or as many more as the texts are long
 */
export function indexArticles(db: Db, articles: readonly Indexed[]): CompiledQuery[] {
  const rows = articles.map(({ origin, externalId: id, revision, contentHash: hash, ...article }) => {
    const { title, body } = article.words ?? wordsOf(article);
    return { origin, id, revision, hash, title, body };
  });
  return portions(rows, ({ title, body }) => title.length + body.length).flatMap((some) => indexed(db, some));
}

type Row = SearchWords & { origin: string; id: string; revision: number; hash: string | null };

export const wordsOf = ({ title, bodyHtml }: Pick<Indexed, "title" | "bodyHtml">): SearchWords => ({
  title: searchText(title),
  body: searchText(plainText(bodyHtml, mostSearched)),
});

/** A word for each section, tag and author of the article, which nobody can type. */
const facets = sql`(select ifnull(group_concat(' ' || facet, ''), '') from (
  select '§s' || section_id as facet from article_sections where article_id = a.id
  union all select '§t' || tag_id from article_tags where article_id = a.id
  union all select '§a' || author_id from article_authors where article_id = a.id))`;

function indexed(db: Db, rows: readonly Row[]): CompiledQuery[] {
  const keys = rows.map(({ origin, id, revision, hash }) => ({ origin, id, revision, hash }));
  const published = sql`cross join articles a on a.origin = j.value ->> 'origin' and a.external_id = j.value ->> 'id'
      and a.revision = j.value ->> 'revision'
      and a.content_hash = ifnull(j.value ->> 'hash', a.content_hash) and +a.state = 'published'`;
  return [
    sql`insert into article_word_rows (article_id, row)
      select a.id, ${rowOfArticle} from json_each(${JSON.stringify(keys)}) j ${published} where true
      on conflict do nothing`.compile(db),
    sql`with j as materialized (select jsonb(value) as value from json_each(${JSON.stringify(rows)}))
      insert or replace into article_words (rowid, title, body)
      select r.row, j.value ->> 'title', (j.value ->> 'body') || ${facets} from j ${published}
      cross join article_word_rows r on r.article_id = a.id`.compile(db),
  ];
}

/** Makes articles not be found any more. `ids`, in SQL: which. */
export const forgetWords = (db: Db, ids: RawBuilder<unknown>): CompiledQuery =>
  sql`delete from article_word_rows where article_id in (${ids})`.compile(db);

/**
 * Indexes articles of a store that was there before search was, the newest first. Any number may call it at once.
 *
 * @returns how many articles it read; 0: nothing is left to do
 */
export async function indexMissing(db: Db, batch: Batch, limit: number): Promise<number> {
  const missing = await db.selectFrom("article_words_missing").select("through").executeTakeFirst();
  if (missing === undefined) return 0;
  const rows = await db
    .selectFrom("articles")
    .select(["id", "origin", "external_id", "revision", "title", "body_html"])
    .where("id", "<=", articleId(missing.through))
    .where(sql`+state`, "=", "published") // the plus keeps SQLite on the ids
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  const last = rows.at(-1);
  if (last === undefined) {
    await db.deleteFrom("article_words_missing").execute();
    return 0;
  }
  const articles = rows.map(({ origin, external_id, revision, title, body_html }) => ({
    origin,
    externalId: external_id,
    revision,
    contentHash: null,
    title,
    bodyHtml: body_html,
  }));
  await batch([
    ...indexArticles(db, articles),
    db
      .updateTable("article_words_missing")
      .set({ through: last.id - 1 })
      .where("through", ">=", last.id)
      .compile(),
  ]);
  return rows.length;
}
