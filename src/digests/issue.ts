// The life of an issue up to its audience: opened once, ranked, rendered into editions.
import { type RawBuilder, sql } from "kysely";
import { othersFirst } from "../platform/index.ts";
import { audienceChoices } from "../subscribers/index.ts";
import type { Approval } from "./approval.ts";
import { type Choice, chooseFor, type DigestDeps, renderEdition, selectionFor } from "./draw.ts";
import { addEdition, editionsOf, placed } from "./editions.ts";
import type { Hand } from "./hand.ts";
import { handIs, handOf } from "./hand-store.ts";
import { moveIssue } from "./issue-steps.ts";
import { issueByName, issueName, nextExtraSlot, openIssue } from "./issue-store.ts";
import { refreshIssue } from "./revise.ts";
import type { Digest, Issue } from "./tables.ts";

type OpenDeps = Pick<DigestDeps, "database" | "now">;

/**
 * Opens an issue now in a slot that no schedule has. Null if today's is taken.
 *
 * @param approval null: it goes out by itself
 */
export async function openIssueBeside(
  deps: OpenDeps,
  digest: Digest,
  slot: string,
  approval: Approval | null = null,
): Promise<Issue | null> {
  const { db, batch } = deps.database;
  const now = deps.now();
  const date = now.toZonedDateTimeISO(digest.schedule.zone).toPlainDate().toString();
  const run = { date, slot, at: now };
  const [opened] = await batch([openIssue(db, { ...digest, approval }, run, { state: "opened" }, now)]);
  return opened?.changes === 1 ? issueByName(db, issueName({ digestSlug: digest.slug, date, slot })) : null;
}

/** Opens an issue now, by hand, beside the schedule: `extra-1`, then `extra-2`. */
export async function openExtraIssue(
  deps: OpenDeps,
  digest: Digest,
  approval: Approval | null = null,
): Promise<Issue> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const date = deps.now().toZonedDateTimeISO(digest.schedule.zone).toPlainDate().toString();
    const slot = await nextExtraSlot(deps.database.db, digest.id, date);
    const issue = await openIssueBeside(deps, digest, slot, approval);
    if (issue) return issue;
  }
  throw new Error(`Others opened issues of "${digest.slug}" at the same time, five times over. Try again.`);
}

/**
 * Builds the editions of an opened issue: one for each choice that some subscriber made. An issue that has enough stories
 * for none of them when its time has come, or that nobody subscribed to, is skipped, with the reason kept. Harmless when repeated;
 * if an editor changes the issue meanwhile, nothing of what was begun is kept, and the next call builds it from the new word.
 */
export async function buildIssue(deps: DigestDeps, digest: Digest, issue: Issue): Promise<void> {
  const { db } = deps.database;
  const { hand, version } = await handOf(db, issue);
  const unchanged = handIs(issue, version);
  const { choices, built, mostStories } = await addMissing(deps, digest, issue, hand, unchanged);
  if (built > 0) {
    const state = issue.approval === null ? "built" : "waiting";
    await moveIssue(db, issue.id, "opened", { state }, deps.now(), unchanged);
    return;
  }
  if (Temporal.Instant.compare(deps.now(), issue.plannedAt) < 0) return; // there may be more by then
  const reason =
    choices === 0
      ? "nobody has confirmed a subscription to it"
      : `too few stories: ${mostStories}, and it takes ${digest.minStories}`;
  if (await moveIssue(db, issue.id, "opened", { state: "skipped", reason }, deps.now(), unchanged)) {
    deps.log.warn({ issue: issueName(issue), reason }, "issue skipped");
  }
}

/**
 * Brings an issue that was built ahead of its time up to the moment: what was corrected or retracted since, and editions for choices
 * that nobody had made then, or that had too few stories.
 */
export async function finishIssue(deps: DigestDeps, digest: Digest, issue: Issue): Promise<void> {
  await refreshIssue(deps, digest, issue);
  const { hand, version } = await handOf(deps.database.db, issue);
  await addMissing(deps, digest, issue, hand, handIs(issue, version));
}

/** Adds an edition for each choice that has none and finds enough stories, while the issue stays in its state. */
async function addMissing(
  deps: DigestDeps,
  digest: Digest,
  issue: Issue,
  hand: Hand,
  unchanged: RawBuilder<boolean>,
): Promise<{ choices: number; built: number; mostStories: number }> {
  const { db, batch } = deps.database;
  const digestSlots = digest.schedule.slots.map(({ name }) => name);
  const choices = await audienceChoices(db, digest.id, { slot: issue.slot, digestSlots });
  const built = new Set((await editionsOf(db, issue.id)).map(keyOf));
  const missing = choices.filter((choice) => !built.has(keyOf(choice)));
  if (missing.length === 0) return { choices: choices.length, built: built.size, mostStories: 0 };
  const readAt = deps.now(); // what is corrected while editions are made comes after them
  const selection = await selectionFor(db, digest, issue.id, hand, readAt);
  let mostStories = 0;
  for (const choice of missing) {
    const { stories, next } = await chooseFor(db, digest, selection, choice.sections);
    mostStories = Math.max(mostStories, stories.length);
    if (stories.length < digest.minStories) continue;
    const articles = stories.map(({ article }) => article);
    const mail = await renderEdition(
      deps,
      digest,
      issue.id,
      issue.plannedAt,
      choice.language,
      articles,
      hand,
    );
    const edition = { issueId: issue.id, ...choice, revision: 1, ...mail };
    const condition = sql<boolean>`state = ${issue.state} and frozen_through = 0 and ${unchanged}`;
    await batch(addEdition(db, edition, stories.map(placed), next.map(placed), readAt, condition));
    built.add(keyOf(choice));
    await othersFirst();
  }
  return { choices: choices.length, built: built.size, mostStories };
}

const keyOf = ({ language, sections }: Choice) => `${language} ${sections}`;
