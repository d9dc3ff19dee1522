// Finds articles by their words. The cost of a search is bounded, however many articles have the word: the newest few hundred
// that match are ranked, then the few hundred before them.
import { type Kysely, type RawBuilder, sql } from "kysely";
import { type Article, articleId, type SectionId } from "../article.ts";
import { articlesById } from "../read.ts";
import type { ArticleTables } from "../tables.ts";
import { beginningOf, expressionOf, matchExpression, type SearchQuery } from "./query.ts";
import { dayOf, dayOfRow, firstRowOf, idOfRow, idsADay } from "./store.ts";

type Db = Kysely<ArticleTables>;

/** Where a search goes on: within which rows, ranked how and as of which day, behind which article. */
export type SearchPlace = {
  /** The newest row that is looked at, and the oldest: what comes in meanwhile moves nothing. */
  top: number;
  bottom: number;
  day: number;
  begins: boolean;
  ranked: boolean;
  /** How many of these matches were shown, and the id of the last of them. */
  shown: number;
  lastId: number;
};

export type Search = {
  query: SearchQuery;
  section: SectionId | null;
  /** Ids, as `tagId` and `authorId` find them. */
  tag: number | null;
  author: number | null;
  /** Published from this instant on, and before that one. */
  from: Temporal.Instant | null;
  before: Temporal.Instant | null;
  after: SearchPlace | null;
  limit: number;
  now: Temporal.Instant;
};

export type SearchResult = {
  articles: Article[];
  /** Whether the query's last word was taken for the beginning of others. */
  begins: boolean;
  /** Where the next page goes on; null at the end. A page may be shorter than its limit and not be the last. */
  next: SearchPlace | null;
  /** How many articles match; null where they are more than are counted. */
  count: number | null;
};

/** So many matches are ranked at a time, the newest first: a common word's of some days, all of a rare one's. */
const mostRanked = 500;

/** A word that more articles have than this is not weighed by how rare it is: counting them takes longer than finding them. */
const mostCounted = 30_000;

/** Where whole words find fewer than these, the last is taken for the beginning of others. */
const fewFound = 20;

const titleWeight = 6;

/** Published articles that match, the best first. */
export async function searchArticles(db: Db, search: Search): Promise<SearchResult> {
  const bounds = boundsOf(search);
  const begins = search.after?.begins ?? (await wantsBeginnings(db, search, bounds));
  const place = search.after ?? {
    top: bounds.last,
    bottom: bounds.first,
    day: dayOf(search.now),
    begins,
    ranked: await canBeWeighed(db, search.query),
    shown: 0,
    lastId: 0,
  };
  const match = matchExpression(search.query, facetsOf(search), place.begins);
  const found = await matches(db, match, bounds, place);
  const { ranked, rest } = windowOf(found, place);
  const last = place.lastId === 0 ? -1 : ranked.findIndex(({ row }) => idOfRow(row) === place.lastId);
  // If the last that was shown is gone meanwhile, those before it are as many as they were, less itself.
  const start = last >= 0 ? last + 1 : Math.max(0, place.shown - (place.lastId === 0 ? 0 : 1));
  const page = ranked.slice(start, start + search.limit);
  const articles = await articlesById(
    db,
    page.map(({ row }) => articleId(idOfRow(row))),
  );
  const [top, bottom, lastRow] = [found[0]?.row, found[ranked.length - 1]?.row, page.at(-1)?.row];
  const end = start + page.length;
  const goesOn = end < ranked.length && top !== undefined && bottom !== undefined && lastRow !== undefined;
  return {
    articles: articles.filter(({ status }) => status.state === "published"),
    begins: place.begins,
    next: goesOn ? { ...place, top, bottom, shown: end, lastId: idOfRow(lastRow) } : rest,
    count: search.after === null && rest === null ? ranked.length : null,
  };
}

type Match = { row: number; score: number };

/** The newest of the matches, the best first, and where the search goes on once they are shown. */
function windowOf(found: readonly Match[], place: SearchPlace) {
  const within = found.slice(0, mostRanked).filter(({ row }) => row >= place.bottom);
  const ranked = within.toSorted((a, b) => b.score - a.score || b.row - a.row);
  const top = found[within.length]?.row;
  const rest = top === undefined ? null : { ...place, top, bottom: 0, shown: 0, lastId: 0 };
  return { ranked, rest };
}

type Bounds = { first: number; last: number; only: RawBuilder<unknown> };

/** Rows tell the day. Where only a part of a day is meant, the article's own time decides, in that day's rows alone. */
function boundsOf({ from, before }: Search): Bounds {
  const first = from === null ? 0 : firstRowOf(dayOf(from));
  const last = before === null ? Number.MAX_SAFE_INTEGER : firstRowOf(dayOf(before) + 1) - 1;
  if (from === null && before === null) return { first, last, only: sql`` };
  const inner = {
    first: from === null ? 0 : firstRowOf(dayOf(from) + 1),
    last: before === null ? Number.MAX_SAFE_INTEGER : firstRowOf(dayOf(before)) - 1,
  };
  const [since, until] = [from?.epochMilliseconds, before?.epochMilliseconds];
  const only = sql`and (rowid between ${inner.first} and ${inner.last} or exists (
    select 1 from articles a where a.id = article_words.rowid % ${sql.lit(idsADay)}
      and a.published_at >= ${since ?? Number.MIN_SAFE_INTEGER} and a.published_at < ${until ?? Number.MAX_SAFE_INTEGER}))`;
  return { first, last, only };
}

const facetsOf = ({ section, tag, author }: Search): string[] =>
  [section !== null && `§s${section}`, tag !== null && `§t${tag}`, author !== null && `§a${author}`].filter(
    (it) => it !== false,
  );

async function wantsBeginnings(db: Db, search: Search, bounds: Bounds): Promise<boolean> {
  if (beginningOf(search.query) === null) return false;
  const match = matchExpression(search.query, facetsOf(search), false);
  const { rows } = await sql<{
    row: number;
  }>`select rowid as row from article_words where article_words match ${match}
    and rowid between ${bounds.first} and ${bounds.last} ${bounds.only} order by rowid desc limit ${fewFound}`.execute(
    db,
  );
  return rows.length < fewFound;
}

/** bm25 counts every article that has one of the words, anew for each search. */
async function canBeWeighed(db: Db, { wanted, unwanted }: SearchQuery): Promise<boolean> {
  const words = [...wanted, ...unwanted].flatMap((term) =>
    term.words.length === 1 ? [term] : term.words.map((word) => ({ words: [word], quoted: true })),
  );
  let left = mostCounted;
  for (const expression of new Set(words.map(expressionOf))) {
    const { rows } = await sql<{ number: number }>`select count(*) as number from (
      select 1 from article_words where article_words match ${expression} limit ${left + 1})`.execute(db);
    left -= rows[0]?.number ?? 0;
    if (left < 0) return false;
  }
  return true;
}

/** Those that are ranked together and one more, the newest first. */
async function matches(db: Db, match: string, bounds: Bounds, place: SearchPlace): Promise<Match[]> {
  const { top, day, ranked } = place;
  const rowsOf = (expression: string, score: RawBuilder<unknown>, first: number) =>
    sql<Match>`
    select rowid as row, ${score} as score from article_words where article_words match ${expression}
    and rowid between ${first} and ${Math.min(top, bounds.last)} ${bounds.only}
    order by rowid desc limit ${mostRanked + 1}`.execute(db);
  const weight = ranked ? sql`-bm25(article_words, ${sql.lit(titleWeight)}, 1.0)` : sql`1.0`;
  const { rows } = await rowsOf(match, weight, bounds.first);
  const lowest = rows.at(-1)?.row;
  const inTitle =
    ranked || lowest === undefined ? null : await rowsOf(`{title} : (${match})`, sql`1.0`, lowest);
  const titled = new Set(inTitle?.rows.map(({ row }) => row));
  return rows.map(({ row, score }) => ({
    row,
    score: score * (titled.has(row) ? inTitleCounts : 1) * freshness(day - dayOfRow(row)),
  }));
}

const inTitleCounts = 3;

/** Mild: what is of today counts twice what is years old, of last month one and a half times. */
const freshness = (days: number): number => 1 + 1 / (1 + Math.max(0, days) / 30);
