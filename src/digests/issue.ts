// The life of an issue up to its audience: opened once, ranked, rendered into editions; revised when a fact changes.
import type { Kysely } from "kysely";
import {
  type Article,
  type ArticleTables,
  articlesById,
  coverageOf,
  publishedBetween,
  type SectionId,
  titlesBetween,
} from "../articles/index.ts";
import type { MailRenderer } from "../mail/index.ts";
import type { Clock, Database, Log } from "../platform/index.ts";
import { readPublisher, type SettingsTables } from "../settings/index.ts";
import { audienceChoices, type SubscriberTables } from "../subscribers/index.ts";
import { digestMail, type EditionFacts } from "./edition.ts";
import { addEdition, alreadySent, newestEdition, storiesOf } from "./editions.ts";
import { type Ranked, rank } from "./rank.ts";
import { gatherHours } from "./schedule.ts";
import { issueByName, issueName, lastOpened, moveIssue, nextExtraSlot, openIssue } from "./store.ts";
import type { Digest, DigestTables, Edition, Issue, IssueId } from "./tables.ts";

export type DigestDeps = {
  database: Database<DigestTables & ArticleTables & SettingsTables & SubscriberTables>;
  mail: MailRenderer;
  site: URL;
  now: Clock;
  log: Log;
};

/** A choice of sections (as subscriptions keep it) in a language: what makes an edition. */
export type Choice = { sections: string; language: "ar" | "en" };

/** How far back the pool reaches beyond the last issue: what came in late is still news, once. */
const overlapHours = 12;
const longestHours = 72;
const poolSize = 500;

/** Opens an issue now in a slot that no schedule has. Null if today's is taken. */
export async function openIssueBeside(deps: DigestDeps, digest: Digest, slot: string): Promise<Issue | null> {
  const { db, batch } = deps.database;
  const now = deps.now();
  const date = now.toZonedDateTimeISO(digest.schedule.zone).toPlainDate().toString();
  const [opened] = await batch([openIssue(db, digest, { date, slot, at: now }, { state: "opened" }, now)]);
  return opened?.changes === 1 ? issueByName(db, issueName({ digestSlug: digest.slug, date, slot })) : null;
}

/** Opens an issue now, by hand, beside the schedule: `extra-1`, then `extra-2`. */
export async function openExtraIssue(deps: DigestDeps, digest: Digest): Promise<Issue> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const date = deps.now().toZonedDateTimeISO(digest.schedule.zone).toPlainDate().toString();
    const slot = await nextExtraSlot(deps.database.db, digest.id, date);
    const issue = await openIssueBeside(deps, digest, slot);
    if (issue) return issue;
  }
  throw new Error(`Others opened issues of "${digest.slug}" at the same time, five times over. Try again.`);
}

export type Drawn = { mail: { subject: string; html: string; text: string }; stories: readonly Ranked[] };

/** Ranks and renders one choice as it would be sent now. Stores nothing: the dry run is this and no more. */
export async function drawEdition(
  deps: DigestDeps,
  digest: Digest,
  before: IssueId,
  at: Temporal.Instant,
  choice: Choice,
): Promise<Drawn | { tooFew: number }> {
  const { db } = deps.database;
  const now = deps.now();
  const stories = await rankStories(db, digest, before, choice.sections, now);
  if (stories.length < digest.minStories) return { tooFew: stories.length };
  return {
    mail: await render(
      deps,
      digest,
      at,
      choice.language,
      stories.map(({ article }) => article),
    ),
    stories,
  };
}

async function rankStories(
  db: Kysely<DigestTables & ArticleTables>,
  digest: Digest,
  before: IssueId,
  choice: string,
  now: Temporal.Instant,
): Promise<Ranked[]> {
  const last = await lastOpened(db, digest.id, before);
  const usual = now.subtract({ hours: Math.ceil(gatherHours(digest.schedule)) + overlapHours });
  const longest = earliest(usual, now.subtract({ hours: longestHours }));
  const since = last ? latest(last.subtract({ hours: overlapHours }), longest) : usual;
  const found = await publishedBetween(db, sectionIdsOf(choice), since, now, poolSize);
  const storyIds = [...new Set(found.map(({ storyId }) => storyId))];
  const sent = await alreadySent(db, digest.id, before, choice, storyIds);
  const articles = found.filter(({ storyId }) => !sent.has(storyId));
  const pool = {
    articles,
    coverage: await coverageOf(db, storyIds),
    earlierTitles: await titlesBetween(db, since.subtract({ hours: 24 * 7 }), since, 2000),
  };
  return rank(pool, now, digest.maxStories);
}

const latest = (a: Temporal.Instant, b: Temporal.Instant) => (Temporal.Instant.compare(a, b) > 0 ? a : b);
const earliest = (a: Temporal.Instant, b: Temporal.Instant) => (Temporal.Instant.compare(a, b) < 0 ? a : b);

/** A choice as subscriptions keep it: '' is every section, else a JSON list of their ids. */
export const sectionIdsOf = (choice: string): SectionId[] => (choice === "" ? [] : JSON.parse(choice));

async function render(
  deps: DigestDeps,
  digest: Digest,
  at: Temporal.Instant,
  language: "ar" | "en",
  articles: readonly Article[],
) {
  const facts: EditionFacts = {
    digest,
    publisher: await readPublisher(deps.database.db),
    site: deps.site,
    language,
    at,
  };
  const data = digestMail(facts, articles);
  const { html, text } = await deps.mail.render("digest", data);
  return { subject: data.subject, html, text };
}

/**
 * Builds the editions of an opened issue: one for each choice that some subscriber made. An issue that has enough stories
 * for none of them, or that nobody subscribed to, is skipped, with the reason kept. Harmless when repeated.
 */
export async function buildIssue(deps: DigestDeps, digest: Digest, issue: Issue): Promise<void> {
  const { db, batch } = deps.database;
  const choices = await audienceChoices(db, digest.id);
  let mostStories = 0;
  let built = 0;
  for (const choice of choices) {
    if ((await newestEdition(db, issue.id, choice.sections, choice.language)) === null) {
      const drawn = await drawEdition(deps, digest, issue.id, issue.plannedAt, choice);
      if ("tooFew" in drawn) {
        mostStories = Math.max(mostStories, drawn.tooFew);
        continue;
      }
      const edition = { issueId: issue.id, ...choice, revision: 1, ...drawn.mail };
      await batch(addEdition(db, edition, drawn.stories, deps.now()));
    }
    built++;
  }
  if (built > 0) {
    await moveIssue(db, issue.id, "opened", { state: "built" }, deps.now());
    return;
  }
  const reason =
    choices.length === 0
      ? "nobody has confirmed a subscription to it"
      : `too few stories: ${mostStories}, and it takes ${digest.minStories}`;
  if (await moveIssue(db, issue.id, "opened", { state: "skipped", reason }, deps.now())) {
    deps.log.warn({ issue: issueName(issue), reason }, "issue skipped");
  }
}

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
  const { db, batch } = deps.database;
  const edition = await newestEdition(db, issue.id, choice.sections, choice.language);
  if (edition === null) return null;
  const stories = await storiesOf(db, edition.id);
  const articles = new Map(
    (
      await articlesById(
        db,
        stories.map(({ articleId }) => articleId),
      )
    ).map((article) => [article.id, article]),
  );
  const kept = stories.flatMap((story) => {
    const article = articles.get(story.articleId);
    return article && article.status.state !== "retracted" ? [{ article, story }] : [];
  });
  if (kept.length === stories.length) return edition;
  if (kept.length === 0) return null;
  const mail = await render(
    deps,
    digest,
    issue.plannedAt,
    choice.language,
    kept.map(({ article }) => article),
  );
  const ranked = kept.map(({ article, story }) => ({ article, score: story.score, parts: story.parts }));
  await batch(
    addEdition(
      db,
      { issueId: issue.id, ...choice, revision: edition.revision + 1, ...mail },
      ranked,
      deps.now(),
    ),
  );
  deps.log.info(
    { issue: issueName(issue), revision: edition.revision + 1 },
    "edition revised: a story was retracted",
  );
  return newestEdition(db, issue.id, choice.sections, choice.language);
}
