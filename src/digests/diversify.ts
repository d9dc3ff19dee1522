// The order of an issue: strong stories first, but neighbours unlike each other. Pure.
import { byScore, type Ranked, titleWords } from "./score.ts";

/** How far the ranking trades score for variety (Carbonell and Goldstein 1998, maximal marginal relevance). */
const lambda = 0.75;

/** Among so many at the top, at most two of a section. */
const top = 5;
const ofOneSection = 2;
/** With how many that stand before it a story is compared. */
const neighbours = 3;

/**
 * Takes, one after the other, the candidate with the best of score less likeness to the three before it.
 *
 * Likeness only takes away, and what it leaves falls with the score. So whoever walks down the scores may stop where the
 * score alone is no better than the best found so far: of thousands of candidates a step looks at a few.
 *
 * @param strong candidates in the order of their scores
 * @param first what stands before them already
 * @returns at most `most`, `first` among them
 */
export function diversify(strong: readonly Ranked[], first: readonly Ranked[], most: number): Ranked[] {
  const chosen = first.slice(0, most);
  const taken = new Set<Ranked>();
  const best = strong[0]?.score ?? 1;
  const wordsOf = new Map<Ranked, Set<string>>();
  const wordsIn = (it: Ranked) => {
    const known = wordsOf.get(it) ?? titleWords(`${it.article.title} ${it.article.summary}`);
    wordsOf.set(it, known);
    return known;
  };
  const likeness = (a: Ranked, b: Ranked) => {
    const [one, two] = [wordsIn(a), wordsIn(b)];
    const shared = one.intersection(two).size;
    const sameSection = sectionOf(a) === sectionOf(b) ? 0.3 : 0;
    return Math.max(sameSection, shared / Math.max(1, one.size + two.size - shared));
  };
  const worth = (it: Ranked, nearest: number) => lambda * (it.score / best) - (1 - lambda) * nearest;

  /** The best of those that may come next. */
  const next = (mayStand: (it: Ranked) => boolean): Ranked | null => {
    const before = chosen.slice(-neighbours);
    let found: { it: Ranked; value: number } | null = null;
    for (const it of strong) {
      if (taken.has(it) || !mayStand(it)) continue;
      if (found && worth(it, 0) <= found.value) break;
      const value = worth(it, Math.max(0, ...before.map((other) => likeness(it, other))));
      if (!found || value > found.value || (value === found.value && byScore(it, found.it) < 0))
        found = { it, value };
    }
    return found?.it ?? null;
  };
  while (chosen.length < most && taken.size < strong.length) {
    const full = new Set(chosen.map(sectionOf).filter((id) => count(chosen, id) >= ofOneSection));
    const room = chosen.length < top ? (it: Ranked) => !full.has(sectionOf(it)) : () => true;
    const it = next(room) ?? next(() => true);
    if (!it) break;
    chosen.push(it);
    taken.add(it);
  }
  return chosen;
}

const sectionOf = ({ article }: Ranked) => article.sections[0]?.id;
const count = (chosen: readonly Ranked[], section: ReturnType<typeof sectionOf>) =>
  chosen.filter((it) => sectionOf(it) === section).length;
