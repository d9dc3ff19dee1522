// Which articles stand where on the front page. Pure. Editors say what matters; age and the sections do the rest.
import type { Article, Section } from "./article.ts";

export type FrontPage = {
  lead: Article | null;
  /** Beside the lead, strongest first. */
  beside: readonly Article[];
  /** Each section's newest that do not stand above; sections with none are left out. */
  blocks: readonly { section: Section; articles: readonly Article[] }[];
};

const mostBeside = 5;
const mostInBlock = 4;

/**
 * Sets out the front page. No story stands on it twice.
 *
 * @param newest published articles of all sections, newest first
 * @param bySection each open section with its newest
 */
export function arrangeFront(
  newest: readonly Article[],
  bySection: readonly { section: Section; articles: readonly Article[] }[],
  now: Temporal.Instant,
): FrontPage {
  const shown = new Set<number>();
  const take = (articles: readonly Article[], most: number) => {
    const taken: Article[] = [];
    for (const article of articles) {
      if (taken.length === most) break;
      if (shown.has(article.storyId)) continue;
      shown.add(article.storyId);
      taken.push(article);
    }
    return taken;
  };
  const strongest = newest
    .map((article) => ({ article, weight: weightOf(article, now) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ article }) => article);
  const [lead = null, ...beside] = take(strongest, 1 + mostBeside);
  const blocks = bySection.map(({ section, articles }) => ({
    section,
    articles: take(articles, mostInBlock),
  }));
  return { lead, beside, blocks: blocks.filter(({ articles }) => articles.length > 0) };
}

/** An editor's word counts double for each step, and halves as often as the section's news grows old. */
function weightOf(article: Article, now: Temporal.Instant): number {
  const hours = Math.max(0, now.since(article.publishedAt).total("hours"));
  const own = article.sourceName === null ? 1 : 0.9; // of reprints of one story, the paper's own report
  return own * 2 ** article.importance * 0.5 ** (hours / (article.sections[0]?.halfLifeHours ?? 12));
}
