// A change to an article, from the store to every feed, as one batch.
import type { CompiledQuery } from "kysely";
import {
  type Article,
  type ArticleId,
  type ArticleInput,
  type ArticleTables,
  articleById,
  createArticle,
  draftArticle,
  embargoesEnding,
  endEmbargoes,
  guidFor,
  listSections,
  overlaps,
  retractArticle,
  reviseArticle,
  type Section,
  sameStory,
  storedAs,
  storyShingles,
} from "./articles/index.ts";
import { type FeedService, type FeedTables, feedsOf, touchFeeds } from "./feeds/index.ts";
import type { Clock, Database } from "./platform/index.ts";

export type PublishDeps = {
  database: Database<ArticleTables & FeedTables>;
  site: URL;
  now: Clock;
  /** This process's copies of the feeds, which must forget what a publish changed. */
  feeds: Pick<FeedService, "forget">;
};

export type Published =
  | { kind: "created" | "revised" | "unchanged"; article: Article }
  /** A retracted article never comes back under its own id. */
  | { kind: "retracted"; article: Article }
  | { kind: "unknown-sections"; unknown: string[]; known: readonly Section[] }
  /** Nothing is left of the title or the text once it is clean. */
  | { kind: "no-text" };

/**
 * Stores an article, new or changed, and touches the feeds that show it, all or nothing. Sent twice at once by two
 * processes it is stored once: whoever comes second sees what the first wrote.
 *
 * @param origin who gives it to us; external ids are unique within an origin
 */
export async function publishArticle(
  deps: PublishDeps,
  origin: string,
  input: ArticleInput,
): Promise<Published> {
  const { db, batch } = deps.database;
  for (let attempt = 0; attempt < 5; attempt++) {
    const now = deps.now();
    const sections = await listSections(db);
    const stored = await storedAs(db, origin, input.external_id);
    if (stored?.article.status.state === "retracted") return { kind: "retracted", article: stored.article };
    const drafting = await draftArticle(input, origin, sections, stored?.article ?? null, now);
    if (!drafting.ok) {
      if (drafting.why === "no-text") return { kind: "no-text" };
      return {
        kind: "unknown-sections",
        unknown: drafting.unknown,
        known: sections.filter((it) => it.closedAt === null),
      };
    }
    const { draft, text } = drafting;
    if (stored?.contentHash === draft.contentHash) return { kind: "unchanged", article: stored.article };

    let statements: CompiledQuery[];
    if (stored) {
      statements = reviseArticle(db, draft, stored.article.revision, now);
    } else {
      const shingles = storyShingles(draft.title, text);
      const leadId = sameStory(shingles.length, await overlaps(db, shingles, now));
      statements = createArticle(
        db,
        draft,
        guidFor(draft.externalId, deps.site, now),
        { leadId, shingles },
        now,
      );
    }
    const shown = [...draft.sectionIds, ...(stored?.article.sections.map(({ id }) => id) ?? [])];
    const touched = feedsOf(shown);
    const results = await batch([...statements, ...touchFeeds(db, touched, now)]);
    deps.feeds.forget(touched);
    const wrote = results[stored ? 1 : 0]?.changes === 1;
    const after = await storedAs(db, origin, input.external_id);
    if (wrote && after) return { kind: stored ? "revised" : "created", article: after.article };
  }
  throw new Error(
    `The article "${input.external_id}" was changed by others five times while it was being stored. Send it again.`,
  );
}

/** Takes an article out of every feed and page, for good. Null if there is none; the article again if it was gone. */
export async function retract(deps: PublishDeps, id: ArticleId, reason: string): Promise<Article | null> {
  const { db, batch } = deps.database;
  const article = await articleById(db, id);
  if (article === null || article.status.state === "retracted") return article;
  const now = deps.now();
  const feeds = feedsOf(article.sections.map((section) => section.id));
  await batch([...retractArticle(db, id, reason, now), ...touchFeeds(db, feeds, now)]);
  deps.feeds.forget(feeds);
  return articleById(db, id);
}

/** Publishes the articles whose embargo has ended. Any number may call it at once. @returns how many there were */
export async function publishDue(deps: PublishDeps): Promise<number> {
  const { db, batch } = deps.database;
  const now = deps.now();
  const due = await embargoesEnding(db, now);
  if (due.length === 0) return 0;
  const feeds = feedsOf(due.flatMap((article) => article.sections.map((section) => section.id)));
  await batch([
    ...endEmbargoes(
      db,
      due.map(({ id }) => id),
    ),
    ...touchFeeds(db, feeds, now),
  ]);
  return due.length;
}
