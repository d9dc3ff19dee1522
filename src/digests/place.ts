// Where a story stands in an issue that is still to come, as it would be built now, and why.
import type { ArticleHead } from "../articles/index.ts";
import { chooseFor, type DigestDeps, selectionFor } from "./draw.ts";
import { storiesSentTo } from "./editions.ts";
import type { Hand } from "./hand.ts";
import { bestOf, type ScoreParts } from "./score.ts";
import type { Digest, IssueId } from "./tables.ts";

type Scored = { score: number; parts: ScoreParts };

export type Place =
  /** Among the stories of the issue, or of those that would come next. `article` stands for the story. */
  | ({ kind: "chosen" | "next"; place: number; article: ArticleHead } & Scored)
  /** Behind all of those. `last`: the score of the last that is in the issue. */
  | ({ kind: "behind"; last: number | null } & Scored)
  /** An editor took it out of the issue. */
  | { kind: "hidden" }
  /** An earlier issue of the digest carried it. */
  | { kind: "sent" }
  /** None of its articles is published, or all are older than the issue looks back. */
  | { kind: "beyond" };

/** @param before the issue; or what stands behind all where there is none yet */
export async function placeIn(
  { database: { db }, now }: Pick<DigestDeps, "database" | "now">,
  digest: Digest,
  before: IssueId,
  hand: Hand,
  storyId: ArticleHead["storyId"],
): Promise<Place> {
  const selection = await selectionFor(db, digest, before, hand, now());
  if (selection.wishes.hidden.has(storyId)) return { kind: "hidden" };
  const members = selection.scored.filter(({ article }) => article.storyId === storyId);
  if (members.length === 0) return { kind: "beyond" };
  const { stories, next } = await chooseFor(db, digest, selection, "");
  const all = [...stories, ...next];
  const place = all.findIndex(({ article }) => article.storyId === storyId);
  const found = all[place];
  if (found) return { kind: place < stories.length ? "chosen" : "next", place: place + 1, ...found };
  if ((await storiesSentTo(db, "", selection.carriedIn)).has(storyId)) return { kind: "sent" };
  const { score, parts } = bestOf(members);
  return { kind: "behind", last: stories.at(-1)?.score ?? null, score, parts };
}
