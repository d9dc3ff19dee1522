// A change to an article, from the store to every feed, as one batch.
import type { CompiledQuery } from "kysely";
import { oneLine } from "./arabic/index.ts";
import {
  type Article,
  type ArticleDraft,
  type ArticleId,
  type ArticleInput,
  type ArticleTables,
  articleById,
  createArticle,
  createArticles,
  draftArticle,
  embargoesEnding,
  endEmbargoes,
  findStory,
  formerSlugs,
  guidFor,
  type Hash,
  hasGuid,
  listSections,
  mintGuid,
  type Outcome,
  type Prepared,
  type Published,
  reinstateArticle,
  renewShingles,
  retractArticle,
  reviseArticle,
  type Section,
  storedAs,
  storedUnder,
  storyShingles,
  storyWindowHours,
  takenGuids,
} from "./articles/index.ts";
import { type DigestTables, feedsOfIssuesWith } from "./digests/index.ts";
import {
  type FeedTables,
  feedChanges,
  feedLength,
  listsOf,
  type ShownChange,
  touchFeedsIn,
} from "./feeds/index.ts";
import type { Batch, Clock, Database } from "./platform/index.ts";

export type PublishDeps = {
  database: Database<ArticleTables & FeedTables & DigestTables>;
  site: URL;
  now: Clock;
  /** Where the host has a quick one. */
  hash?: Hash | undefined;
  /** To be called after each change: this process looks at its feeds again, and subscribers are told. */
  changed: () => void;
};

/** How often a write is tried again when others change the same article at the same time. */
const mostAttempts = 5;

/**
 * Stores an article, new or changed, and touches the feeds that show it, all or nothing. Sent twice at once by two
 * processes it is stored once: whoever comes second sees what the first wrote.
 *
 * @param origin who gives it to us; external ids are unique within an origin
 * @param expected the revision that the change was made from; `stale` if it is not the stored one any more
 * @param keepsCorrection whether what an editor told readers of a correction stays, as no source knows of it
 */
export async function publishArticle(
  deps: PublishDeps,
  origin: string,
  input: ArticleInput,
  expected: number | null = null,
  keepsCorrection = false,
): Promise<Published> {
  const { db, batch } = deps.database;
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const now = deps.now();
    const sections = await listSections(db);
    const stored = await storedAs(db, origin, input.external_id);
    const before = stored?.article ?? null;
    if (before?.status.state === "retracted") return { kind: "retracted", article: before };
    if (before && expected !== null && before.revision !== expected)
      return { kind: "stale", article: before };
    const correction = input.correction ?? (keepsCorrection ? (before?.correction ?? null) : null);
    const drafting = await draftAnyhow(db, { ...input, correction }, origin, sections, before, now);
    if (!drafting.ok) {
      if (drafting.why !== "unknown-sections") return { kind: drafting.why };
      const known = sections.filter((it) => it.closedAt === null);
      return { kind: "unknown-sections", unknown: drafting.unknown, known };
    }
    const { draft, text } = drafting;
    if (before && stored?.contentHash === draft.contentHash) return { kind: "unchanged", article: before };

    const guid = before?.guid ?? (await newGuid(deps, draft, now));
    const write = before
      ? await revision(deps, draft, before, text, now)
      : await firstVersion(deps, draft, guid, text, now);
    const results = await batch([...write, ...readersSee(db, shownChange(guid, draft, before, now), now)]);
    deps.changed();
    const wrote = results[before ? 1 : 0]?.changes === 1;
    const after = await storedAs(db, origin, input.external_id);
    if (wrote && after)
      return { kind: before ? "revised" : "created", article: after.article, removed: drafting.removed };
  }
  throw new Error(
    `The article "${input.external_id}" was changed by others ${mostAttempts} times while it was being stored. Send it again.`,
  );
}

/**
 * Stores many articles of one origin, in this order. Those that are new and too old for the day's stories go in together,
 * all or nothing; every other is published by itself. Who calls it bounds their number.
 *
 * @param prepared the texts of those that were cleaned already
 * @returns what became of each, in their order
 */
export async function publishAll(
  deps: PublishDeps,
  origin: string,
  inputs: readonly ArticleInput[],
  prepared: ReadonlyMap<ArticleInput, Prepared> = new Map(),
): Promise<Outcome[]> {
  const history = await publishHistory(deps, origin, inputs, prepared);
  const outcomes: Outcome[] = [];
  for (const input of inputs) {
    outcomes.push(history.get(input) ?? outcomeOf(await publishArticle(deps, origin, input, null, true)));
  }
  return outcomes;
}

function outcomeOf(published: Published): Outcome {
  if (!("article" in published)) return published;
  if (published.kind === "stale") throw new Error("No revision was named.");
  const { article, ...rest } = published;
  return { ...rest, id: article.id };
}

/** @returns those that were stored; every other is for publishArticle */
async function publishHistory(
  deps: PublishDeps,
  origin: string,
  inputs: readonly ArticleInput[],
  prepared: ReadonlyMap<ArticleInput, Prepared>,
): Promise<Map<ArticleInput, Outcome>> {
  const { db, batch } = deps.database;
  const now = deps.now();
  const begins = now.subtract({ hours: storyWindowHours }).epochMilliseconds;
  const isOld = ({ published_at }: ArticleInput) => published_at && Date.parse(published_at) < begins;
  const times = new Map<string, number>();
  for (const { external_id } of inputs) times.set(external_id, (times.get(external_id) ?? 0) + 1);
  const old = inputs.filter((input) => isOld(input) && times.get(input.external_id) === 1); // else the second is a revision
  if (old.length < 2) return new Map();
  const known = await storedUnder(db, origin, [...times.keys()]);
  const sections = await listSections(db);
  const drafted = await Promise.all(
    old
      .filter(({ external_id }) => !known.has(external_id))
      .map(async (input) => {
        const clean = prepared.get(input)?.clean;
        return {
          input,
          drafting: await draftArticle(input, origin, sections, null, now, { clean, hash: deps.hash }),
        };
      }),
  );
  const drafts = drafted.flatMap(({ input, drafting }) => (drafting.ok ? [{ input, ...drafting }] : []));
  const guids = drafts.map(({ draft }) => guidFor(draft.externalId, deps.site, now));
  const taken = await takenGuids(db, guids);
  const articles = drafts.flatMap(({ input, draft }, i) => {
    const guid = guids[i];
    const words = prepared.get(input)?.words;
    if (guid === undefined) return [];
    return [{ draft, guid: taken.has(guid) ? mintGuid(deps.site, now) : guid, ...(words && { words }) }];
  });
  if (articles.length === 0) return new Map();
  const changes = articles.flatMap(({ draft, guid }) => shownChange(guid, draft, null, now));
  await batch([...createArticles(db, articles, now), ...readersSee(db, changes, now)]);
  deps.changed();
  const stored = await storedUnder(
    db,
    origin,
    drafts.map(({ draft }) => draft.externalId),
  );
  return new Map(
    drafts.flatMap(({ input, draft, removed }) => {
      const id = stored.get(draft.externalId);
      return id === undefined ? [] : [[input, { kind: "created", id, removed }] as const];
    }),
  );
}

/** Drafts the article; sections that it names as they were called before are taken for what they are called now. */
async function draftAnyhow(
  db: PublishDeps["database"]["db"],
  input: ArticleInput,
  origin: string,
  sections: readonly Section[],
  before: Article | null,
  now: Temporal.Instant,
): ReturnType<typeof draftArticle> {
  const drafting = await draftArticle(input, origin, sections, before, now);
  if (drafting.ok || drafting.why !== "unknown-sections") return drafting;
  const former = new Map((await formerSlugs(db)).map(({ slug, sectionId }) => [slug, sectionId]));
  const slugs = new Map(sections.map(({ id, slug }) => [id, slug]));
  const renamed = input.sections.map((name) => {
    const section = former.get(name.normalize("NFC"));
    return (section && slugs.get(section)) ?? name;
  });
  return draftArticle({ ...input, sections: renamed }, origin, sections, before, now);
}

/** Two origins may know one address, such as a page that was imported and is now sent by API: an id stands for one. */
async function newGuid({ database, site }: PublishDeps, draft: ArticleDraft, now: Temporal.Instant) {
  const own = guidFor(draft.externalId, site, now);
  return (await hasGuid(database.db, own)) ? mintGuid(site, now) : own;
}

async function firstVersion(
  { database: { db } }: PublishDeps,
  draft: ArticleDraft,
  guid: string,
  text: string,
  now: Temporal.Instant,
) {
  const shingles = shinglesOf(draft, text, now);
  const leadId = await findStory(db, { title: draft.title, text }, shingles, draft.publishedAt);
  return createArticle(db, draft, guid, { leadId, shingles }, now);
}

async function revision(
  { database: { db } }: PublishDeps,
  draft: ArticleDraft,
  before: Article,
  text: string,
  now: Temporal.Instant,
) {
  const revised = reviseArticle(db, draft, before.revision, now);
  const { title, publishedAt } = draft;
  const sameText = title === before.title && draft.bodyHtml === before.bodyHtml;
  if (sameText && publishedAt.equals(before.publishedAt)) return revised; // it tells the same story at the same time
  const shingles = shinglesOf(draft, text, now);
  const leadId =
    before.storyId === before.id ? await findStory(db, { title, text }, shingles, publishedAt) : null;
  return [...revised, ...renewShingles(db, draft, before.revision + 1, { leadId, shingles })];
}

/** None for what is older than the window: an archive that is taken over opens no stories. */
const shinglesOf = (draft: ArticleDraft, text: string, now: Temporal.Instant): number[] =>
  now.since(draft.publishedAt).total("hours") > storyWindowHours ? [] : storyShingles(draft.title, text);

/** What readers of feeds see of a write, if anything: an embargo shows nowhere, and importance is for digests. */
function shownChange(
  guid: string,
  draft: ArticleDraft,
  before: Article | null,
  now: Temporal.Instant,
): ShownChange[] {
  const wasShown = before?.status.state === "published";
  const isShown = Temporal.Instant.compare(draft.publishedAt, now) <= 0;
  if (!wasShown && !isShown) return [];
  if (wasShown && isShown && contentOf(draft, draft.sectionIds) === contentOf(before, sectionIdsOf(before)))
    return [];
  return [{ guid, before: wasShown ? shownAs(before) : null, after: isShown ? shownAs(draft) : null }];
}

/** The feeds of articles learn of a change, and those of digests whose past issues name the article. */
function readersSee(
  db: PublishDeps["database"]["db"],
  changes: readonly ShownChange[],
  now: Temporal.Instant,
): CompiledQuery[] {
  if (changes.length === 0) return [];
  const guids = changes.map(({ guid }) => guid);
  return [...feedChanges(db, changes, now), touchFeedsIn(db, feedsOfIssuesWith(guids, feedLength), now)];
}

const sectionIdsOf = ({ sections }: Article) => sections.map(({ id }) => id);

function contentOf(it: Article | ArticleDraft, sections: readonly number[]): string {
  const names = (named: readonly { name: string }[]) => named.map(({ name }) => name);
  return JSON.stringify([
    [it.url, it.title, it.summary, it.bodyHtml, it.sourceName, it.image, it.correction],
    [it.publishedAt.epochMilliseconds, names(it.tags), names(it.authors), sections],
  ]);
}

const shownAs = (it: Article | ArticleDraft) => ({
  lists: listsOf({ ...it, sectionIds: "sections" in it ? sectionIdsOf(it) : it.sectionIds }),
  publishedAt: it.publishedAt,
});

type Also = (stood: boolean) => readonly CompiledQuery[];

/**
 * Takes an article out of every feed and page, for good. Null if there is none; the article again if it was gone.
 *
 * @param also what is to be written in the same batch; `stood`: whether it is this call that retracts it
 */
export async function retract(
  deps: PublishDeps,
  id: ArticleId,
  reason: string,
  also: Also = () => [],
): Promise<Article | null> {
  const { db, batch } = deps.database;
  const told = oneLine(reason);
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const article = await articleById(db, id);
    if (article === null) return null;
    if (article.status.state === "retracted") {
      const statements = also(false);
      if (statements.length > 0) await batch(statements);
      return article;
    }
    const now = deps.now();
    const shown =
      article.status.state === "published"
        ? [{ guid: article.guid, before: shownAs(article), after: null }]
        : [];
    const [retracted] = await batch([
      ...retractArticle(db, id, article.revision, told, now),
      ...readersSee(db, shown, now),
      ...also(true),
    ]);
    deps.changed();
    if (retracted?.changes === 1) return articleById(db, id);
  }
  throw new Error(
    `Article ${id} was changed by others ${mostAttempts} times while it was being retracted. Try again.`,
  );
}

/** What publishes for runs of sources, all that it writes going through the batch that a run gives. */
export const publisher = (deps: PublishDeps) => (batch: Batch) => {
  const writing = { ...deps, database: { ...deps.database, batch } };
  return {
    publishAll: (
      origin: string,
      inputs: readonly ArticleInput[],
      prepared: ReadonlyMap<ArticleInput, Prepared>,
    ) => publishAll(writing, origin, inputs, prepared),
    retract: (id: ArticleId, reason: string, also: Also) => retract(writing, id, reason, also),
    reinstate: (id: ArticleId) => reinstate(writing, id),
  };
};

/** Publishes the articles whose embargo has ended. Any number may call it at once. @returns how many there were */
export async function publishDue(deps: PublishDeps): Promise<number> {
  const { db, batch } = deps.database;
  const now = deps.now();
  const due = await embargoesEnding(db, now);
  if (due.length === 0) return 0;
  const shown = due.map((article) => ({ guid: article.guid, before: null, after: shownAs(article) }));
  await batch([...endEmbargoes(db, due, now), ...readersSee(db, shown, now)]);
  deps.changed();
  return due.length;
}

/**
 * Puts an article back that was retracted: its source has it again. It stands as it stood before, also in the archives that
 * told readers it was gone.
 */
export async function reinstate(deps: PublishDeps, id: ArticleId): Promise<void> {
  const { db, batch } = deps.database;
  const article = await articleById(db, id);
  if (article?.status.state !== "retracted") return;
  const now = deps.now();
  const isShown = Temporal.Instant.compare(article.publishedAt, now) <= 0;
  const shown = isShown ? [{ guid: article.guid, before: null, after: shownAs(article) }] : [];
  await batch([...reinstateArticle(db, article, now), ...readersSee(db, shown, now)]);
  deps.changed();
}
