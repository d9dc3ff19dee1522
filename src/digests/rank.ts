// Which stories, and in which order. Pure.
import type { ArticleId } from "../articles/index.ts";
import { diversify } from "./diversify.ts";
import { bestOf, byScore, type Pool, type Ranked, type Scored, score } from "./score.ts";

/** What an editor decided for one issue, as the ranking takes it. */
export type Wishes = {
  /** Articles that stand first, in this order, for their stories. */
  pins: readonly ArticleId[];
  /** Stories that are left out, also where they are pinned. */
  hidden: ReadonlySet<number>;
  /** Stories that, where they are chosen, follow the pins in this order. */
  order: readonly number[];
};
export const noWishes: Wishes = { pins: [], hidden: new Set(), order: [] };

/** A story below this is left out: rather a shorter issue. An ordinary article with no echo reaches it in 42 hours. */
const floor = 0.01;

/**
 * The stories of an edition, from the scored articles of its sections.
 *
 * @param most how many the issue may hold
 * @param further how many more are named behind them, which would come next
 * @returns one article a story: what an editor pinned, then neighbours unlike each other, at most two of one section among the
 * first five (while others are left)
 */
export function choose(
  scored: readonly Scored[],
  wishes: Wishes,
  most: number,
  further = 0,
): { stories: Ranked[]; next: Ranked[] } {
  const stories = Map.groupBy(scored, ({ article }) => article.storyId as number);
  const place = new Map(wishes.pins.map((id, i) => [id, i]));
  const pinned: { it: Ranked; place: number }[] = [];
  const strong: Ranked[] = [];
  for (const [id, members] of stories) {
    if (wishes.hidden.has(id)) continue;
    const places = members.flatMap(({ article }) => place.get(article.id) ?? []);
    const first = Math.min(...places);
    const pin = members.find(({ article }) => place.get(article.id) === first);
    if (pin) pinned.push({ it: { ...pin, parts: { ...pin.parts, hand: "pinned" } }, place: first });
    else {
      const best = bestOf(members);
      if (best.score >= floor) strong.push(best);
    }
  }
  const pins = pinned.sort((a, b) => a.place - b.place).map(({ it }) => it);
  const all = diversify(strong.sort(byScore), pins, most + further);
  return { stories: ordered(all.slice(0, most), wishes.order), next: all.slice(most) };
}

/** The stories of a pool that an issue without an editor's hand would hold. */
export const rank = (pool: Pool, now: Temporal.Instant, most: number): Ranked[] =>
  choose(score(pool, now), noWishes, most).stories;

/** Puts what an editor ordered behind the pins; the others follow as they are. */
function ordered(chosen: readonly Ranked[], order: readonly number[]): Ranked[] {
  const named = order.flatMap((id): Ranked[] =>
    chosen
      .filter(({ article, parts }) => article.storyId === id && parts.hand === null)
      .map((it) => ({ ...it, parts: { ...it.parts, hand: "ordered" } })),
  );
  const ids = new Set(named.map(({ article }) => article.id));
  const others = chosen.filter(({ article }) => !ids.has(article.id));
  const pins = others.filter(({ parts }) => parts.hand === "pinned");
  return [...pins, ...named, ...others.filter(({ parts }) => parts.hand !== "pinned")];
}
