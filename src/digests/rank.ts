// Which stories, in which order, and why. Pure: the clock and the pool come in, every part of every score goes out.
import { z } from "zod";
import { fold, words } from "../arabic/index.ts";
import type { Article } from "../articles/index.ts";

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
});
export type ScoreParts = z.output<typeof scoreParts>;

export type Ranked = { article: Article; score: number; parts: ScoreParts };

export type Pool = {
  /** Published articles of the edition's sections; several may tell one story. */
  articles: readonly Article[];
  coverage: ReadonlyMap<number, Coverage>;
  /** Titles of the days before, against which today's words are judged. */
  earlierTitles: readonly string[];
};

const weights = { editor: 0.45, coverage: 0.25, heat: 0.15, clicks: 0.15 };

/** A story below this is left out: rather a shorter issue. An ordinary article with no echo reaches it in 42 hours. */
const floor = 0.01;

/** How far the ranking trades score for variety (Carbonell and Goldstein 1998, maximal marginal relevance). */
const lambda = 0.75;

/**
 * Ranks the stories of a pool.
 *
 * @param most how many the issue may hold
 * @returns the chosen stories in the order of the issue, one article each, neighbours unlike each other, at most two of
 * one section among the first five (while others are left)
 */
export function rank(pool: Pool, now: Temporal.Instant, most: number): Ranked[] {
  const heat = heatOf(pool);
  const scored = [...groupByStory(pool.articles).values()].map((members): Ranked => {
    const article = bestOf(members);
    const hours = Math.max(0, now.since(article.publishedAt).total("hours"));
    const carriedBy = pool.coverage.get(article.storyId) ?? { articles: members.length, sources: 0 };
    const parts: ScoreParts = {
      editor: (1 + Math.max(...members.map(({ importance }) => importance))) / 4,
      coverage: echo(carriedBy.articles - 1 + carriedBy.sources),
      heat: heat(article.title),
      clicks: null,
      freshness: 0.5 ** (hours / (article.sections[0]?.halfLifeHours ?? 12)),
      ageHours: hours,
      carriedBy,
    };
    return { article, parts, score: scoreOf(parts) };
  });
  const strong = scored.filter(({ score }) => score >= floor).sort(byScore);
  return diversify(strong, most);
}

export const scoreOf = (parts: ScoreParts): number =>
  (weights.editor * parts.editor +
    weights.coverage * parts.coverage +
    weights.heat * parts.heat +
    weights.clicks * (parts.clicks ?? 0)) *
  parts.freshness;

/** Ties go to the newer, then to the smaller id, so that the same pool always gives the same issue. */
const byScore = (a: Ranked, b: Ranked) =>
  b.score - a.score ||
  Temporal.Instant.compare(b.article.publishedAt, a.article.publishedAt) ||
  a.article.id - b.article.id;

/** Grows with each further voice, less and less: 0 for one alone, 1 from eight on. */
const echo = (others: number) => Math.min(1, Math.log2(1 + Math.max(0, others)) / Math.log2(9));

function groupByStory(articles: readonly Article[]): Map<number, Article[]> {
  const stories = new Map<number, Article[]>();
  for (const article of articles)
    stories.set(article.storyId, [...(stories.get(article.storyId) ?? []), article]);
  return stories;
}

/** The article that stands for its story: the paper's own report, then the longest, then the earliest. */
function bestOf(members: readonly Article[]): Article {
  return members.reduce((best, other) => {
    const own = Number(other.sourceName === null) - Number(best.sourceName === null);
    const length = other.bodyHtml.length - best.bodyHtml.length;
    const earlier = Temporal.Instant.compare(best.publishedAt, other.publishedAt);
    return (own || length || earlier || best.id - other.id) > 0 ? other : best;
  });
}

const titleWords = (title: string): Set<string> =>
  new Set(words(fold(title)).filter((word) => word.length >= 3));

/** How strongly a title's words burst today: rare in the days before, in several stories now. Mean of its best three. */
function heatOf({ articles, earlierTitles }: Pool): (title: string) => number {
  const today = countWords([...groupByStory(articles).values()].map((members) => bestOf(members).title));
  const before = countWords(earlierTitles);
  const scale = Math.max(1, earlierTitles.length) / Math.max(1, articles.length);
  const burst = (word: string) => {
    const now = today.get(word) ?? 0;
    if (now < 2) return 0; // one title alone is no burst
    return Math.min(1, Math.log2(now / (1 + (before.get(word) ?? 0) / scale)) / 3);
  };
  return (title) => {
    const best = [...titleWords(title)]
      .map(burst)
      .sort((a, b) => b - a)
      .slice(0, 3);
    return Math.max(0, best.reduce((sum, value) => sum + Math.max(0, value), 0) / 3);
  };
}

function countWords(titles: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const title of titles)
    for (const word of titleWords(title)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function diversify(candidates: readonly Ranked[], most: number): Ranked[] {
  const chosen: Ranked[] = [];
  const left = [...candidates];
  const best = candidates[0]?.score ?? 1;
  const wordsOf = new Map(
    candidates.map(({ article }) => [article.id, titleWords(`${article.title} ${article.summary}`)]),
  );
  const likeness = (a: Ranked, b: Ranked) => {
    const [one, two] = [wordsOf.get(a.article.id) ?? new Set(), wordsOf.get(b.article.id) ?? new Set()];
    const shared = [...one].filter((word) => two.has(word)).length;
    const sameSection = a.article.sections[0]?.id === b.article.sections[0]?.id ? 0.3 : 0;
    return Math.max(sameSection, shared / Math.max(1, one.size + two.size - shared));
  };
  while (chosen.length < most && left.length > 0) {
    const room = left.filter((it) => chosen.length >= 5 || ofSection(chosen, it) < 2);
    const [next] = (room.length > 0 ? room : left)
      .map((it) => {
        const nearest = Math.max(0, ...chosen.slice(-3).map((other) => likeness(it, other)));
        return { it, value: lambda * (it.score / best) - (1 - lambda) * nearest };
      })
      .sort((a, b) => b.value - a.value || byScore(a.it, b.it));
    if (!next) break;
    chosen.push(next.it);
    left.splice(left.indexOf(next.it), 1);
  }
  return chosen;
}

const ofSection = (chosen: readonly Ranked[], it: Ranked) =>
  chosen.filter(({ article }) => article.sections[0]?.id === it.article.sections[0]?.id).length;
