// Is it the same story? Word 3-shingles against the lead of each recent story, never through its members. Pure.
import { shingles } from "../arabic/index.ts";
import type { ArticleId } from "./article.ts";

/** Only leads published within this time before a text can gain it as a member. */
export const storyWindowHours = 72;

/** How many shingles of a text are kept and compared; a long feature says by then what it is about. */
const mostShingles = 600;

/** A lead that shares shingles with a new text: how many, and how many it has itself. */
export type Overlap = { leadId: ArticleId; shared: number; size: number };

/** The shingles by which a text is told from others. A text too short to judge has none. */
export function storyShingles(title: string, text: string): number[] {
  const all = [...shingles(`${title}\n${text}`)];
  return all.length < 12 ? [] : all.slice(0, mostShingles);
}

/**
 * The lead whose story a text of `size` shingles belongs to, or null if it opens its own: Jaccard ≥ .3 or
 * containment in the smaller ≥ .6 (measured on 10,373 articles; see docs/decisions).
 */
export function sameStory(size: number, overlaps: readonly Overlap[]): ArticleId | null {
  const judged = overlaps
    .map(({ leadId, shared, size: other }) => ({
      leadId,
      jaccard: shared / (size + other - shared),
      containment: shared / Math.min(size, other),
    }))
    .filter(({ jaccard, containment }) => jaccard >= 0.3 || containment >= 0.6)
    .sort((a, b) => b.jaccard - a.jaccard || a.leadId - b.leadId);
  return judged[0]?.leadId ?? null;
}
