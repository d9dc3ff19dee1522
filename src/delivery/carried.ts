// What letters of an issue carry: the edition of each choice as it is now, and one of their own for those who had some of it.
import type { ArticleId } from "../articles/index.ts";
import {
  type Digest,
  type Edition,
  editionToSend,
  editionWithout,
  type Issue,
  staleAmong,
} from "../digests/index.ts";
import type { ClaimedDelivery } from "./claim.ts";
import type { SendDeps } from "./letter.ts";
import { repeatsFor } from "./repeats.ts";

export const choiceOf = ({ sections, language }: ClaimedDelivery) => `${language} ${sections}`;

/** The editions that one run of an issue has read, by choice; null where nothing of one is left. */
export type Editions = Map<string, Edition | null>;

/** So many editions of 40 kB a run keeps in memory; of more, those that were used longest ago are read again. */
const mostKept = 300;

/**
 * Reads the editions that these letters need and that are not there yet; anew those of which a story was corrected or retracted, which
 * one query tells for all of them. One that was
 * withdrawn from stays at the end of the map, so that what is forgotten is what was used longest ago.
 */
export async function refreshEditions(
  deps: SendDeps,
  digest: Digest,
  issue: Issue,
  letters: readonly ClaimedDelivery[],
  known: Editions,
): Promise<void> {
  const asked = new Map(letters.map((letter) => [choiceOf(letter), letter]));
  const there = [...asked.keys()].flatMap((choice) => known.get(choice)?.id ?? []);
  const stale = await staleAmong(deps.database.db, there);
  for (const [choice, letter] of asked) {
    const edition = known.get(choice);
    // What a special issue carries is looked at each time: it is one article, as it is now.
    const holds = edition && issue.kind === "digest" && !stale.has(edition.id);
    const current = holds ? edition : await editionToSend(deps, digest, issue, letter);
    known.delete(choice);
    known.set(choice, current);
  }
  for (const [choice] of known) {
    if (known.size <= mostKept || asked.has(choice)) break;
    known.delete(choice);
  }
}

/** What the readers of these letters were sent already, of what they would get now. */
export async function repeatsAmong(
  { database: { db } }: SendDeps,
  issue: Issue,
  letters: readonly ClaimedDelivery[],
  known: Editions,
) {
  const editions = new Set(letters.flatMap((letter) => known.get(choiceOf(letter)) ?? []));
  // A correction goes to those who were sent the story.
  const readers = issue.kind === "correction" ? [] : letters.map(({ subscriberId }) => subscriberId);
  return repeatsFor(db, issue.id, readers, [...editions]);
}

/** Editions for readers who were sent something already, being made or made, by what they leave out of which edition. */
export type OwnEditions = Map<string, Promise<Edition | null>>;

/** The edition for whoever was sent these articles' stories; made once for all of a run who were sent the same. */
export async function ownEdition(
  deps: SendDeps,
  digest: Digest,
  issue: Issue,
  shared: Edition,
  sent: ReadonlySet<ArticleId>,
  own: OwnEditions,
): Promise<Edition | null> {
  const ofShared = shared.articles.filter((id) => sent.has(id));
  if (ofShared.length === 0) return shared;
  const ofNext = shared.next.flatMap(({ articleId }) => (sent.has(articleId) ? articleId : []));
  const key = `${shared.id} ${[...ofShared, ...ofNext].join()}`;
  const known = await own.get(key);
  if (known && !(await staleAmong(deps.database.db, [known.id])).has(known.id)) return known;
  const making = editionWithout(deps, digest, issue, shared, sent);
  if (own.size >= mostKept) own.clear();
  own.set(key, making);
  return making;
}
