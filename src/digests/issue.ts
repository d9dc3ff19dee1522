// The life of an issue up to its audience: opened once, ranked, rendered into editions.
import { sql } from "kysely";
import type { ArticleHead } from "../articles/index.ts";
import { othersFirst } from "../platform/index.ts";
import { audienceChoices } from "../subscribers/index.ts";
import { type Choice, chooseFor, type DigestDeps, renderEdition, selectionFor } from "./draw.ts";
import { addEdition, editionsOf, placed } from "./editions.ts";
import { handIs, handOf } from "./hand-store.ts";
import { issueByName, issueName, moveIssue, nextExtraSlot, openIssue } from "./store.ts";
import type { Digest, Issue } from "./tables.ts";

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

/**
 * Builds the editions of an opened issue: one for each choice that some subscriber made. An issue that has enough stories
 * for none of them, or that nobody subscribed to, is skipped, with the reason kept. Harmless when repeated; if an editor changes
 * the issue meanwhile, nothing of what was begun is kept, and the next call builds it from the new word.
 */
export async function buildIssue(deps: DigestDeps, digest: Digest, issue: Issue): Promise<void> {
  const { db, batch } = deps.database;
  const { hand, version } = await handOf(db, issue);
  const unchanged = handIs(issue, version);
  const choices = await audienceChoices(db, digest.id);
  const built = new Set((await editionsOf(db, issue.id)).map(keyOf));
  const selection = await selectionFor(db, digest, issue.id, hand, deps.now());
  const render = renderedOnce((language, articles) =>
    renderEdition(deps, digest, issue.plannedAt, language, articles, hand),
  );
  let mostStories = 0;
  for (const choice of choices) {
    if (built.has(keyOf(choice))) continue;
    const { stories, next } = await chooseFor(db, digest, selection, choice.sections);
    mostStories = Math.max(mostStories, stories.length);
    if (stories.length < digest.minStories) continue;
    const mail = await render(
      choice.language,
      stories.map(({ article }) => article),
    );
    const edition = { issueId: issue.id, ...choice, revision: 1, ...mail };
    const condition = sql<boolean>`state = 'opened' and ${unchanged}`;
    await batch(addEdition(db, edition, stories.map(placed), next.map(placed), deps.now(), condition));
    built.add(keyOf(choice));
    await othersFirst(); // nothing of drawing an edition waits for the outside
  }
  if (built.size > 0) {
    await moveIssue(db, issue.id, "opened", { state: "built" }, deps.now(), unchanged);
    return;
  }
  const reason =
    choices.length === 0
      ? "nobody has confirmed a subscription to it"
      : `too few stories: ${mostStories}, and it takes ${digest.minStories}`;
  if (await moveIssue(db, issue.id, "opened", { state: "skipped", reason }, deps.now(), unchanged)) {
    deps.log.warn({ issue: issueName(issue), reason }, "issue skipped");
  }
}

/** Renderings of 40 kB that are kept for choices which come to the same stories. */
const mostRendered = 200;

type Render<Mail> = (language: Choice["language"], articles: readonly ArticleHead[]) => Promise<Mail>;

/** Many choices of sections come to the same stories: those are rendered once, as far as memory should go. */
function renderedOnce<Mail>(render: Render<Mail>): Render<Mail> {
  const known = new Map<string, Mail>();
  return async (language, articles) => {
    const key = `${language} ${articles.map(({ id }) => id).join()}`;
    const mail = known.get(key) ?? (await render(language, articles));
    known.delete(key);
    known.set(key, mail);
    const [oldest] = known.size > mostRendered ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    return mail;
  };
}

const keyOf = ({ language, sections }: Choice) => `${language} ${sections}`;
