// What is sent of an edition that was built: without what was retracted since, and for a reader who was sent some of it
// already, with the next stories in its place.
import { type ArticleHead, type ArticleId, anyRetracted, candidatesById } from "../articles/index.ts";
import { type Choice, type DigestDeps, renderEdition } from "./draw.ts";
import { addEdition, newestEdition, storiesOf } from "./editions.ts";
import { handOf } from "./hand-store.ts";
import { specialToSend } from "./special-issue.ts";
import { issueName } from "./store.ts";
import { type Digest, type Edition, type Issue, ownSections, type Placed } from "./tables.ts";

/**
 * The edition to send now: choices are frozen, facts are not. If a story of it was retracted since it was built, its next
 * revision is made without it, from the same choice. Null if the choice got no edition, or nothing of it is left.
 */
export async function editionToSend(
  deps: DigestDeps,
  digest: Digest,
  issue: Issue,
  choice: Choice,
): Promise<Edition | null> {
  const { db } = deps.database;
  if (issue.kind !== "digest") return specialToSend(deps, digest, issue, choice.language);
  const edition = await newestEdition(db, issue.id, choice.sections, choice.language);
  if (edition === null || !(await anyRetracted(db, edition.articles))) return edition;
  const kept = await standing(deps, await storiesOf(db, edition.id));
  if (kept.length === 0) return null;
  const revision = edition.revision + 1;
  const revised = await store(deps, digest, issue, { ...edition, revision }, kept, edition.next);
  deps.log.info({ issue: issueName(issue), revision }, "edition revised: a story was retracted");
  return revised;
}

/**
 * The edition for readers of a choice who were sent these stories of it already: the next stories stand in their place, as far as
 * there are any. Whoever gets the same stories gets the same edition, rendered once.
 *
 * @param edition what the others of this choice get now
 * @param sent articles of the edition, or of those that come next, whose stories these readers know
 * @returns null if less is left than the digest takes
 */
export async function editionWithout(
  deps: DigestDeps,
  digest: Digest,
  issue: Issue,
  edition: Edition,
  sent: ReadonlySet<ArticleId>,
): Promise<Edition | null> {
  const { db } = deps.database;
  const stories = await storiesOf(db, edition.id);
  const fresh = (it: Placed) => !sent.has(it.articleId);
  const kept = await standing(deps, stories.filter(fresh));
  const others = await standing(deps, edition.next.filter(fresh));
  const instead = [...kept, ...others.slice(0, stories.length - kept.length)];
  if (instead.length < digest.minStories) return null;
  const sections = ownSections(
    edition.sections,
    instead.map(({ story }) => story.articleId),
  );
  const { language } = edition;
  return (
    (await newestEdition(db, issue.id, sections, language)) ??
    (await store(deps, digest, issue, { sections, language, revision: 1 }, instead, []))
  );
}

type Standing = { story: Placed; article: ArticleHead };

/** Those that were not retracted, with their articles as they are now. */
async function standing(deps: DigestDeps, stories: readonly Placed[]): Promise<Standing[]> {
  const ids = stories.map(({ articleId }) => articleId);
  const articles = new Map((await candidatesById(deps.database.db, ids)).map((it) => [it.id, it]));
  return stories.flatMap((story) => {
    const article = articles.get(story.articleId);
    return article && article.status.state !== "retracted" ? [{ story, article }] : [];
  });
}

/** Renders and stores an edition. Of two that do so at once one is kept, and both get that. */
async function store(
  deps: DigestDeps,
  digest: Digest,
  issue: Issue,
  { sections, language, revision }: Choice & { revision: number },
  stories: readonly Standing[],
  next: readonly Placed[],
): Promise<Edition | null> {
  const { db, batch } = deps.database;
  const { hand } = await handOf(db, issue);
  const articles = stories.map(({ article }) => article);
  const mail = await renderEdition(deps, digest, issue.plannedAt, language, articles, hand);
  const placed = stories.map(({ story: { articleId, storyId, score, parts } }) => ({
    articleId,
    storyId,
    score,
    parts,
  }));
  const edition = { issueId: issue.id, sections, language, revision, ...mail };
  await batch(addEdition(db, edition, placed, next, deps.now()));
  return newestEdition(db, issue.id, sections, language);
}
