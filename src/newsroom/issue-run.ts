// What a page of an issue is about: an issue, or a run that its digest's schedule is still to open; and the edition that is shown of it.
import { type Article, articlesById } from "../articles/index.ts";
import {
  behindAllIssues,
  type Digest,
  drawStories,
  type Edition,
  editionsOf,
  type Hand,
  handOf,
  type Issue,
  issueName,
  mayBeDecided,
  newestEdition,
  type Placed,
  placed,
  plannedFrom,
  runNamed,
  storiesOf,
} from "../digests/index.ts";
import type { Language } from "../web/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import { deskPath } from "./issue-title.ts";

export type Run = {
  digest: Digest;
  digestId: Digest["id"];
  digestSlug: string;
  date: string;
  slot: string;
  plannedAt: Temporal.Instant;
  /** Null before it is opened. */
  issue: Issue | null;
  /** Why no issue will go out, where there is none yet: a holiday, or somebody's hand. */
  leftOut: string | null;
  /** digest/date-slot */
  name: string;
  path: string;
  /** Whether editors may still say what it carries. */
  isOpen: boolean;
};

/** The run of this name: opened, or one that the digest's schedule has. Null for any other. */
export async function runOf(
  { database: { db }, now }: Pick<NewsroomDeps, "database" | "now">,
  slug: string,
  dateAndSlot: string,
): Promise<Run | null> {
  const found = await runNamed(db, `${slug}/${dateAndSlot}`, now());
  if (found.kind === "unknown-issue") return null;
  const { digest, issue, at } = found;
  const planned = issue ? { at: issue.plannedAt, skipped: null } : plannedOf(digest, at);
  if (planned === null) return null;
  const { digestId, date, slot } = at;
  const named = { digestSlug: digest.slug, date, slot };
  return {
    ...named,
    digest,
    digestId,
    plannedAt: planned.at,
    issue,
    leftOut: planned.skipped,
    name: issueName(named),
    path: deskPath(named),
    isOpen: issue === null || (issue.kind === "digest" && mayBeDecided(issue)),
  };
}

/** The schedule's run; null where it has none, or it is over. */
function plannedOf({ on, schedule, next }: Digest, { date, slot }: { date: string; slot: string }) {
  if (!on || next === null) return null;
  const day = Temporal.PlainDate.from(date).toZonedDateTime(schedule.zone).toInstant();
  const runs = plannedFrom(schedule, day, schedule.slots.length + 1);
  const run = runs.find((it) => it.date === date && it.slot === slot);
  return run && Temporal.Instant.compare(run.at, next.at) >= 0 ? run : null;
}

/** A choice of sections (as subscriptions keep it) in a language. */
export type Choice = { sections: string; language: Language };

export type Listed = Awaited<ReturnType<typeof editionsOf>>[number];

export type ShownStory = Placed & { article: Article | undefined };

/** The edition that a page shows. */
export type Shown = {
  choice: Choice;
  /** Null where none stands: then the stories are those that it would have if it were built now. */
  edition: Edition | null;
  stories: ShownStory[];
  /** What would come next. */
  next: ShownStory[];
};

/**
 * What a run carries for a choice; if nobody asks for one, for those who chose no sections.
 *
 * @returns null if the run has no edition for the choice that was asked for
 */
export async function shownOf(
  deps: Pick<NewsroomDeps, "database" | "ticking">,
  run: Run,
  editions: readonly Listed[],
  asked: Partial<Choice>,
  hand: Hand,
  language: Language,
): Promise<Shown | null> {
  const { db } = deps.database;
  const wanted = editions.filter(
    (it) =>
      it.sections === (asked.sections ?? it.sections) && it.language === (asked.language ?? it.language),
  );
  const choice =
    wanted.find((it) => it.sections === "" && it.language === language) ??
    wanted.find(({ sections }) => sections === "") ??
    wanted[0];
  if (editions.length > 0 && choice === undefined) return null;
  const edition =
    choice && run.issue ? await newestEdition(db, run.issue.id, choice.sections, choice.language) : null;
  if (edition) {
    const { sections, language } = edition;
    const stories = await storiesOf(db, edition.id);
    return {
      choice: { sections, language },
      edition,
      ...(await withArticles(deps, stories, edition.next)),
    };
  }
  const drawn = { choice: { sections: "", language: asked.language ?? language }, edition: null };
  if (!run.isOpen) return { ...drawn, stories: [], next: [] };
  const before = run.issue?.id ?? behindAllIssues;
  const { stories, next } = await drawStories(deps.ticking, run.digest, before, "", hand);
  return { ...drawn, ...(await withArticles(deps, stories.map(placed), next.map(placed))) };
}

async function withArticles(
  { database: { db } }: Pick<NewsroomDeps, "database">,
  stories: readonly Placed[],
  next: readonly Placed[],
) {
  const ids = [...stories, ...next].map(({ articleId }) => articleId);
  const articles = new Map((await articlesById(db, ids)).map((article) => [article.id, article]));
  const withArticle = (story: Placed): ShownStory => ({ ...story, article: articles.get(story.articleId) });
  return { stories: stories.map(withArticle), next: next.map(withArticle) };
}

/** What was decided of a run. */
export const handOfRun = ({ database: { db } }: Pick<NewsroomDeps, "database">, run: Run) => handOf(db, run);

/** The editions of a run, without their bytes. */
export const editionsOfRun = async (
  { database: { db } }: Pick<NewsroomDeps, "database">,
  { issue }: Pick<Run, "issue">,
) => (issue === null ? [] : editionsOf(db, issue.id));
