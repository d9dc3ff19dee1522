// What a story is worth today, and why. Pure: the clock and the pool come in, every part of every score goes out.
import { z } from "zod";
import { fold, words } from "../arabic/index.ts";
import type { ArticleHead, Candidate } from "../articles/index.ts";

/** What is known of a story beside its articles. */
const coverage = z.object({ articles: z.number(), sources: z.number() });
export type Coverage = z.output<typeof coverage>;

/** The parts of a score, each in 0..1, kept with the issue as JSON. */
export const scoreParts = z.object({
  editor: z.number(),
  coverage: z.number(),
  heat: z.number(),
  /** Null while nothing was measured. */
  clicks: z.number().nullable(),
  /** How much of it age has left: .5^(age / half-life). */
  freshness: z.number(),
  ageHours: z.number(),
  carriedBy: coverage,
  /** What an editor decided for this issue, and no score: null where the formula alone placed the story. */
  hand: z.enum(["pinned", "ordered"]).nullable().default(null),
});
export type ScoreParts = z.output<typeof scoreParts>;

export type Ranked = { article: ArticleHead; score: number; parts: ScoreParts };

/** A candidate with the score it would have if it stood for its story. */
export type Scored = Ranked & { article: Candidate };

export type Pool = {
  /** Published articles of all sections; several may tell one story. */
  articles: readonly Candidate[];
  coverage: ReadonlyMap<number, Coverage>;
  /** Titles of the days before, against which today's words are judged. */
  earlierTitles: readonly string[];
  /** What clicks say of a story, in 0..1; a story that is not in it was not measured. */
  clicks?: ReadonlyMap<number, number>;
};

const weights = { editor: 0.45, coverage: 0.25, heat: 0.15, clicks: 0.15 };

/**
 * Scores every article of a pool once, for all the editions of an issue: which of them a choice of sections gets is for rank.ts.
 *
 * @param gathers how many hours of news an issue gathers. Half-lives are those of a daily: in a weekly, Monday's news is worth as
 * much on Sunday as this morning's is worth tonight in a daily
 */
export function score(pool: Pool, now: Temporal.Instant, gathers = 24): Scored[] {
  const stories = Map.groupBy(pool.articles, ({ storyId }) => storyId as number);
  const heat = heatOf(pool, stories);
  const ofStory = new Map(
    [...stories].map(([id, members]) => [
      id,
      {
        editor: (1 + Math.max(...members.map(({ importance }) => importance))) / 4,
        carriedBy: pool.coverage.get(id) ?? { articles: members.length, sources: 0 },
        clicks: pool.clicks?.get(id) ?? null,
      },
    ]),
  );
  return pool.articles.flatMap((article) => {
    const story = ofStory.get(article.storyId);
    if (!story) return [];
    const hours = Math.max(0, now.epochMilliseconds - article.publishedAt.epochMilliseconds) / 3_600_000;
    const parts: ScoreParts = {
      editor: story.editor,
      coverage: echo(story.carriedBy.articles - 1 + story.carriedBy.sources),
      heat: heat(article.title),
      clicks: story.clicks,
      freshness: 0.5 ** (hours / ((article.sections[0]?.halfLifeHours ?? 12) * (gathers / 24))),
      ageHours: hours,
      carriedBy: story.carriedBy,
      hand: null,
    };
    return { article, parts, score: scoreOf(parts) };
  });
}

export const scoreOf = (parts: ScoreParts): number =>
  (weights.editor * parts.editor +
    weights.coverage * parts.coverage +
    weights.heat * parts.heat +
    weights.clicks * (parts.clicks ?? 0)) *
  parts.freshness;

/** Ties go to the newer, then to the smaller id, so that the same pool always gives the same issue. */
export const byScore = (a: Ranked, b: Ranked) =>
  b.score - a.score ||
  b.article.publishedAt.epochMilliseconds - a.article.publishedAt.epochMilliseconds ||
  a.article.id - b.article.id;

/** Grows with each further voice, less and less: 0 for one alone, 1 from eight on. */
const echo = (others: number) => Math.min(1, Math.log2(1 + Math.max(0, others)) / Math.log2(9));

/** Who stands for a story: the paper's own report, then the longest, then the earliest. */
export const bestOf = <It extends { article: Candidate }>(members: readonly It[]): It =>
  members.reduce((best, other) => {
    const [a, b] = [best.article, other.article];
    const own = Number(b.sourceName === null) - Number(a.sourceName === null);
    const earlier = a.publishedAt.epochMilliseconds - b.publishedAt.epochMilliseconds;
    return (own || b.length - a.length || earlier || a.id - b.id) > 0 ? other : best;
  });

/** The words by which titles are compared: folded, without the short ones, which are grammar. */
export const titleWords = (title: string): Set<string> =>
  new Set(words(fold(title)).filter((word) => word.length >= 3));

/** How strongly a title's words burst today: rare in the days before, in several stories now. Mean of its best three. */
function heatOf(
  { articles, earlierTitles }: Pool,
  stories: ReadonlyMap<number, readonly Candidate[]>,
): (title: string) => number {
  const best = [...stories.values()].map((members) => bestOf(members.map((article) => ({ article }))));
  const wordsOf = new Map(articles.map(({ title }) => [title, titleWords(title)])); // the slow part, once
  const today = countWords(best.map(({ article }) => wordsOf.get(article.title) ?? new Set()));
  const before = countWords(earlierTitles.map(titleWords));
  const scale = Math.max(1, earlierTitles.length) / Math.max(1, articles.length);
  const burst = (word: string) => {
    const now = today.get(word) ?? 0;
    if (now < 2) return 0; // one title alone is no burst
    return Math.min(1, Math.log2(now / (1 + (before.get(word) ?? 0) / scale)) / 3);
  };
  return (title) => {
    const best = [...(wordsOf.get(title) ?? [])]
      .map(burst)
      .sort((a, b) => b - a)
      .slice(0, 3);
    return Math.max(0, best.reduce((sum, value) => sum + Math.max(0, value), 0) / 3);
  };
}

function countWords(titles: readonly ReadonlySet<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const title of titles) for (const word of title) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
