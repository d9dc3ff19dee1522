// Is it the same story? Word 3-shingles against the lead of each recent story, never through its members. Pure.
import { shingles } from "../../arabic/index.ts";
import type { ArticleId } from "../article.ts";
import { type Telling, tellingOf, tellTheSame } from "./telling.ts";

/** Only a lead published within this time of a text, before it or after, can gain it as a member. */
export const storyWindowHours = 72;

/**
 * How many shingles of a text are kept and compared. A longer text keeps the smallest by their hash, a fair sample of all of
 * it that is the same in a reprint (Broder 1997): at this size an overlap of .6 is read with an error of .03.
 */
const mostShingles = 200;

/** Fewer shingles than these, some fourteen words, are too short to judge. */
const fewestShingles = 12;

/** What is compared of an article. */
export type Told = { title: string; text: string };

/**
 * A lead that shares shingles with a new text. All three are sums of weights: a shingle weighs the less the more leads have
 * it. A story has one lead, so what several leads say is no story but a formula: greetings, weather, background.
 */
export type Overlap = {
  /** The story that the lead tells: its own, or the one that an editor put it into. */
  storyId: ArticleId;
  shared: number;
  mine: number;
  theirs: number;
  /** The lead's title and the beginning of its text; called only if the shingles alone do not decide. */
  told: () => Told;
};

/** The shingles by which a text is told from others, the smallest first. A text too short to judge has none. */
export function storyShingles(title: string, text: string): number[] {
  const all = shingles(`${title}\n${text}`);
  return all.length < fewestShingles ? [] : [...all.subarray(0, mostShingles)];
}

/**
 * The story that a text belongs to, or null if it opens its own: Jaccard ≥ .3 or containment in the smaller ≥ .6, and
 * where that containment is below .8, headlines and figures that agree (measured on 10,373 articles; see docs/decisions).
 */
export function sameStory(text: Told, overlaps: readonly Overlap[]): ArticleId | null {
  const nearest = overlaps
    .map((it) => ({
      ...it,
      jaccard: it.shared / (it.mine + it.theirs - it.shared),
      containment: it.shared / Math.min(it.mine, it.theirs),
    }))
    .filter(({ jaccard, containment }) => jaccard >= 0.3 || containment >= 0.6)
    .sort((a, b) => b.jaccard - a.jaccard || a.storyId - b.storyId);
  let mine: Telling | null = null; // read once, and only if the shingles alone do not decide
  const tellsIt = (told: Told) => {
    mine ??= tellingOf(text);
    return tellTheSame(mine, tellingOf(told));
  };
  const same = nearest.find(({ containment, told }) => containment >= 0.8 || tellsIt(told()));
  return same?.storyId ?? null;
}
