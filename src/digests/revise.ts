// What is sent of an edition that was built: with today's text of what was corrected since, without what was retracted, and for a
// reader who was sent some of it already, with the next stories in its place.
import { type RawBuilder, sql } from "kysely";
import { type ArticleHead, type ArticleId, candidatesById } from "../articles/index.ts";
import { othersFirst } from "../platform/index.ts";
import { type Choice, type DigestDeps, renderEdition } from "./draw.ts";
import { addEdition, newestEdition, noteRevisions, staleAmong, staleOf, storiesOf } from "./editions.ts";
import { handOf } from "./hand-store.ts";
import { raiseRevision } from "./issue-steps.ts";
import { issueName } from "./issue-store.ts";
import { specialToSend } from "./special-issue.ts";
import {
  type Digest,
  type Edition,
  type EditionStory,
  type Issue,
  ownSections,
  type Placed,
} from "./tables.ts";

/**
 * The edition to send now: choices are frozen, facts are not. If a story of it was corrected or retracted since it was rendered, its
 * next revision is made, from the same choice. Null if the choice got no edition, or nothing of it is left.
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
  if (edition === null || !(await staleAmong(db, [edition.id])).has(edition.id)) return edition;
  return revised(deps, digest, issue, edition);
}

/**
 * Before an issue is frozen: makes anew the editions of which a story was corrected or retracted since, each from the same choice,
 * but for what comes next in the place of what was retracted. Whoever saw the issue before saw another revision of it.
 */
export async function refreshIssue(deps: DigestDeps, digest: Digest, issue: Issue): Promise<void> {
  const { db } = deps.database;
  let changed = false;
  for (const choice of await staleOf(db, issue.id)) {
    const before = await newestEdition(db, issue.id, choice.sections, choice.language);
    const after = before && (await revised(deps, digest, issue, before));
    if (after && after.id !== before.id) changed = true;
    await othersFirst();
  }
  if (changed && issue.state === "waiting") await raiseRevision(db, issue);
}

/** An edition's next revision, or the same one where it would read no differently. */
async function revised(
  deps: DigestDeps,
  digest: Digest,
  issue: Issue,
  edition: Edition,
): Promise<Edition | null> {
  const { db, batch } = deps.database;
  const readAt = deps.now();
  const stories = await storiesOf(db, edition.id);
  const kept = await standing(deps, stories);
  const others = isUnread(issue) ? await standing(deps, edition.next) : [];
  const all = [...kept, ...others.slice(0, stories.length - kept.length)];
  if (all.length === 0) return null;
  const mail = await rendered(deps, digest, issue, edition.language, all);
  // Once it is frozen, who was sent the one and who the other must be known, also where they read the same.
  const same = mail.html === edition.html && mail.text === edition.text && mail.subject === edition.subject;
  if (same && isUnread(issue)) {
    await batch([
      noteRevisions(
        db,
        edition.id,
        all.map(({ article }) => seen(article)),
      ),
    ]);
    return edition;
  }
  const used = new Set(all.map(({ story }) => story.articleId));
  const next = edition.next.filter(({ articleId }) => !used.has(articleId));
  const { sections, language } = edition;
  const revision = edition.revision + 1;
  deps.log.info({ issue: issueName(issue), revision }, "edition revised: a story was corrected or retracted");
  return store(deps, issue, { sections, language, revision, ...mail }, all, next, readAt);
}

const seen = ({ id, revision }: ArticleHead) => ({ articleId: id, revision });

/** Whether an issue stands, and nobody is in its audience yet: its editions may change in their place. */
const isUnread = ({ state, frozenThrough }: Issue) =>
  state === "waiting" || (state === "built" && frozenThrough === 0);

/**
 * What readers of a choice get who were sent some of its stories already: the others, and the next in their place, as far as there
 * are any.
 *
 * @param edition what the others of this choice get now
 * @param sent articles of the edition, or of those that come next, whose stories these readers know
 * @returns null if less is left than the digest takes
 */
export async function storiesWithout(
  deps: Pick<DigestDeps, "database">,
  digest: Digest,
  { stories, next }: { stories: readonly Placed[]; next: readonly Placed[] },
  sent: ReadonlySet<ArticleId>,
): Promise<Standing[] | null> {
  const fresh = (it: Placed) => !sent.has(it.articleId);
  const kept = await standing(deps, stories.filter(fresh));
  const others = await standing(deps, next.filter(fresh));
  const instead = [...kept, ...others.slice(0, stories.length - kept.length)];
  return instead.length < digest.minStories ? null : instead;
}

/** The edition for them: whoever gets the same stories gets the same edition, rendered once. Null as above. */
export async function editionWithout(
  deps: DigestDeps,
  digest: Digest,
  issue: Issue,
  edition: Edition,
  sent: ReadonlySet<ArticleId>,
): Promise<Edition | null> {
  const { db } = deps.database;
  const stories = await storiesOf(db, edition.id);
  const readAt = deps.now();
  const instead = await storiesWithout(deps, digest, { stories, next: edition.next }, sent);
  if (instead === null) return null;
  const sections = ownSections(
    edition.sections,
    instead.map(({ story }) => story.articleId),
  );
  const { language } = edition;
  const known = await editionToSend(deps, digest, issue, { sections, language });
  if (known) return known;
  const mail = await rendered(deps, digest, issue, language, instead);
  return store(deps, issue, { sections, language, revision: 1, ...mail }, instead, [], readAt);
}

export type Standing = { story: Placed; article: ArticleHead };

/** Those that can be read today, with their articles as they are now. */
async function standing(
  { database: { db } }: Pick<DigestDeps, "database">,
  stories: readonly (Placed | EditionStory)[],
): Promise<Standing[]> {
  const ids = stories.map(({ articleId }) => articleId);
  const articles = new Map((await candidatesById(db, ids)).map((it) => [it.id, it]));
  return stories.flatMap((story) => {
    const article = articles.get(story.articleId);
    return article?.status.state === "published" ? [{ story, article }] : [];
  });
}

async function rendered(
  deps: DigestDeps,
  digest: Digest,
  issue: Issue,
  language: Choice["language"],
  stories: readonly Standing[],
) {
  const { hand } = await handOf(deps.database.db, issue);
  const articles = stories.map(({ article }) => article);
  return renderEdition(deps, digest, issue.id, issue.plannedAt, language, articles, hand);
}

/**
 * Stores an edition. Of two that do so at once one is kept, and both get that.
 *
 * @param readAt before its articles were read: what is corrected while it is rendered comes after it
 */
async function store(
  deps: DigestDeps,
  issue: Issue,
  edition: Pick<Edition, "sections" | "language" | "revision" | "subject" | "html" | "text" | "shortened">,
  stories: readonly Standing[],
  next: readonly Placed[],
  readAt: Temporal.Instant,
): Promise<Edition | null> {
  const { db, batch } = deps.database;
  const placed = stories.map(({ story: { articleId, storyId, score, parts }, article: { revision } }) => ({
    articleId,
    storyId,
    score,
    parts,
    revision,
  }));
  await batch(addEdition(db, { issueId: issue.id, ...edition }, placed, next, readAt, unless(issue)));
  return newestEdition(db, issue.id, edition.sections, edition.language);
}

/** While it is open it may be built anew at any moment, and nothing of what it was must come among the new. */
const unless = (issue: Issue): RawBuilder<boolean> =>
  isUnread(issue)
    ? sql<boolean>`state = ${issue.state} and revision = ${issue.revision}`
    : sql<boolean>`1 = 1`;
