// One run of a source: stretch by stretch, what is new or changed is published, what was taken back is retracted. A run that
// dies goes on where it was: what it stored is known again, what it did not is asked for again.
import type { CompiledQuery } from "kysely";
import { slugify } from "../arabic/index.ts";
import {
  type ArticleId,
  type ArticleInput,
  addSection,
  listSections,
  type Outcome,
  type Section,
} from "../articles/index.ts";
import {
  type Clock,
  type Database,
  type GuardedCall,
  type GuardedGet,
  type Log,
  quickMark,
} from "../platform/index.ts";
import { offeredHub } from "./feed/poll.ts";
import { keepSubscribed, type WebSubState } from "./feed/websub.ts";
import type { Category, Gone, Skipped, SourceItem } from "./item.ts";
import { believedTime, firstLeads, layItem, leadsByKey, sectionsOf } from "./lay.ts";
import type { Pull, Stretch } from "./pull.ts";
import {
  claimMinutes,
  mostNotes,
  nextRun,
  type RunReport,
  type Source,
  type SourceId,
  type SourceKind,
} from "./source.ts";
import {
  addCategories,
  articlesUnder,
  type Claim,
  categoriesOf,
  claimSource,
  dueSources,
  endRun,
  forgetHints,
  forgetItem,
  hintsOf,
  type KnownCategory,
  keepCursor,
  keepItems,
  keepWebSub,
  knownItems,
  recentRemoteIds,
  retractedSince,
  type SeenItem,
  sourceBy,
  toldSources,
  webSubOf,
} from "./store.ts";
import type { SourceDatabase } from "./tables.ts";

export type SourceDeps = {
  database: Database<SourceDatabase>;
  get: GuardedGet;
  /** Asks hubs of feeds. */
  call: GuardedCall;
  site: URL;
  now: Clock;
  log: Log;
  /** Stores articles of an origin and says what became of each, in their order. */
  publishAll: (origin: string, inputs: readonly ArticleInput[]) => Promise<readonly Outcome[]>;
  /** Retracts an article; `also` is written in the same batch, and told whether it stood until then. */
  retract: (
    id: ArticleId,
    reason: string,
    also: (stood: boolean) => readonly CompiledQuery[],
  ) => Promise<unknown>;
  /** Puts back what was retracted. */
  reinstate: (id: ArticleId) => Promise<unknown>;
  /** How each kind of source is read; a file is not asked. */
  pulls: Record<Exclude<SourceKind, "file">, Pull>;
  isCatchAll: (category: Category) => boolean;
};

export type RunOptions = {
  /** When to stop asking for more; what is left is for the next run. */
  until: Temporal.Instant;
  /** Whether to look at what the source told of and nothing else. */
  hintsOnly?: boolean;
  stop?: AbortSignal | undefined;
  /** Told after each stretch. */
  progress?: (report: RunReport) => void;
};

/** So many articles are published before they are noted as seen: a run that is cut off loses no more than these. */
const chunk = 200;

/** A site has dozens; more are no order of a paper. */
const mostSections = 100;

/** Runs a source. @returns what came of it, or null if its run is in somebody else's hands */
export async function runSource(
  deps: SourceDeps,
  id: SourceId,
  options: RunOptions,
): Promise<RunReport | null> {
  const { database, now, log } = deps;
  const startedAt = now();
  const claim = await claimSource(database.db, id, startedAt, startedAt.add({ minutes: claimMinutes }));
  if (claim === null) return null;
  const report = emptyReport();
  let notBefore: Temporal.Instant | null = null;
  let finished = false;
  try {
    const end = await pullAll(deps, claim, report, options);
    notBefore = end.notBefore;
    finished = end.finished;
    if (claim.source.kind === "feed" && !options.hintsOnly) await subscribe(deps, claim.source.id);
  } catch (error) {
    // Not the source's fault, so words for whoever runs the service; the list of sources says where to look.
    report.error = `The run broke off: ${error instanceof Error ? error.message : String(error)}`;
    log.error({ source: claim.source.slug, error: report.error }, "source not read");
  }
  // A look at what the source told of is no round: the round comes when it was to come.
  const { kind, failures: before, nextRunAt: planned } = claim.source;
  const failures = options.hintsOnly ? before : report.error === null ? 0 : before + 1;
  const next = report.error === null && !finished ? now() : nextRun(kind, failures, notBefore, now());
  const nextRunAt = options.hintsOnly ? planned : next;
  await endRun(database, claim, report, { startedAt, nextRunAt, failures }, now());
  return report;
}

/** So many sources are asked at once: they wait for the network, not for us. */
const atOnce = 4;

/** Runs the sources that are due, each as long as there is time. @returns how many articles came in or changed */
export async function runDueSources(
  deps: SourceDeps,
  until: Temporal.Instant,
  stop?: AbortSignal,
): Promise<number> {
  const { db } = deps.database;
  const rounds = await dueSources(db, deps.now(), mostDue); // a round begins with what the source told of
  const told = (await toldSources(db, deps.now(), mostDue)).filter((id) => !rounds.includes(id));
  const due = [
    ...told.map((id) => ({ id, hintsOnly: true })),
    ...rounds.map((id) => ({ id, hintsOnly: false })),
  ];
  let changed = 0;
  const run = async () => {
    for (let it = due.shift(); it !== undefined; it = due.shift()) {
      if (stop?.aborted || Temporal.Instant.compare(deps.now(), until) >= 0) return;
      const report = await runSource(deps, it.id, { until, stop, hintsOnly: it.hintsOnly });
      changed += report ? report.created + report.revised + report.retracted : 0;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return changed;
}

/** A paper has dozens of sources; more than this are for the next tick. */
const mostDue = 100;

/** Asks the hub that a feed offers to tell of changes, if it is time to. */
async function subscribe(deps: SourceDeps, id: SourceId): Promise<void> {
  const { db } = deps.database;
  const source = await sourceBy(db, { id });
  const kept = {
    stateOf: () => webSubOf(db, id),
    saveState: (_: number, state: WebSubState) => keepWebSub(db, id, state),
    runNow: async () => {},
  };
  await keepSubscribed({ ...deps, ...kept }, id, offeredHub(source?.cursor));
}

export const emptyReport = (): RunReport => ({
  created: 0,
  revised: 0,
  unchanged: 0,
  retracted: 0,
  skipped: 0,
  removed: {},
  notes: [],
  error: null,
});

async function pullAll(
  deps: SourceDeps,
  claim: Claim,
  report: RunReport,
  { until, hintsOnly, stop, progress }: RunOptions,
): Promise<{ notBefore: Temporal.Instant | null; finished: boolean }> {
  const { source } = claim;
  if (source.kind === "file") return { notBefore: null, finished: true };
  const pull = deps.pulls[source.kind];
  const { db } = deps.database;
  const ask = (cursor: unknown, only: readonly string[] | null) =>
    pull({
      url: source.url,
      cursor,
      only,
      recentRemoteIds: (limit) => recentRemoteIds(db, source.id, limit),
      get: deps.get,
      now: deps.now(),
    });
  for (let hints = await hintsOf(db, source.id); hints.length > 0; hints = await hintsOf(db, source.id)) {
    const only = [...new Set(hints.map(({ remote_id }) => remote_id))];
    const told = await ask(source.cursor, only);
    if (!told.ok) {
      if (!hintsOnly) break; // the rest of the round may do better
      report.error = told.why;
      return { notBefore: told.notBefore, finished: true };
    }
    await storeStretch(deps, source, told, report);
    await forgetHints(db, source.id, hints.at(-1)?.id ?? 0);
  }
  if (hintsOnly) return { notBefore: null, finished: true };
  let cursor = source.cursor;
  for (;;) {
    const stretch = await ask(cursor, null);
    if (!stretch.ok) {
      report.error = stretch.why;
      return { notBefore: stretch.notBefore, finished: true };
    }
    await storeStretch(deps, source, stretch, report);
    cursor = stretch.cursor;
    const held = await keepCursor(db, claim, cursor, deps.now().add({ minutes: claimMinutes }));
    progress?.(report);
    if (!held || !stretch.more) return { notBefore: stretch.notBefore, finished: true };
    if (stop?.aborted || Temporal.Instant.compare(deps.now(), until) >= 0)
      return { notBefore: stretch.notBefore, finished: false };
  }
}

/** Stores what one stretch brought. Done twice it changes nothing the second time. */
export async function storeStretch(
  deps: SourceDeps,
  source: Source,
  stretch: Pick<Stretch, "items" | "skipped" | "gone" | "categories">,
  report: RunReport,
): Promise<void> {
  for (const skipped of stretch.skipped) note(report, skipped);
  const paper = await layOut(deps, source, [
    ...stretch.categories,
    ...stretch.items.flatMap(({ categories }) => categories),
  ]);
  for (let from = 0; from < stretch.items.length; from += chunk)
    await storeItems(deps, source, paper, stretch.items.slice(from, from + chunk), report);
  await takeBack(deps, source, stretch.gone, report);
}

/** Where the articles of a source go. */
type Paper = { leads: ReturnType<typeof leadsByKey>; open: Map<Section["id"], Section>; fallback: Section };

async function layOut(deps: SourceDeps, source: Source, named: readonly Category[]): Promise<Paper> {
  const { db, batch } = deps.database;
  const known = await categoriesOf(db, source.id);
  const fresh = [...new Map(named.map((category) => [category.key, category])).values()].filter(
    ({ key }) => !known.some((category) => category.key === key),
  );
  if (fresh.length > 0) await batch([addCategories(db, source.id, await leadAll(deps, source, fresh))]);
  const leads = leadsByKey(fresh.length > 0 ? await categoriesOf(db, source.id) : known);
  const fallback = await fallbackOf(deps, source);
  const open = new Map((await listSections(db)).flatMap((it) => (it.closedAt === null ? [[it.id, it]] : [])));
  return { leads, open, fallback };
}

/** A site's own categories become sections where there are none of their names; what feeds call categories may be anything. */
export async function leadAll(
  { database: { db, batch }, isCatchAll }: SourceDeps,
  { kind }: Source,
  categories: readonly Category[],
): Promise<KnownCategory[]> {
  const before = await listSections(db);
  const makes = kind === "wordpress" || kind === "file";
  const missing = makes ? categories.filter((it) => firstLeads(it, before, isCatchAll) === null) : [];
  const made = missing.slice(0, Math.max(0, mostSections - before.length)).flatMap(({ key, label }) => {
    const slug = slugify(key) ?? slugify(label);
    return slug ? [addSection(db, { slug, title: label, titleEn: null, halfLifeHours: 12 }, false)] : [];
  });
  if (made.length > 0) await batch(made);
  const sections = made.length > 0 ? await listSections(db) : before;
  return categories.map((it) => ({
    ...it,
    ...(firstLeads(it, sections, isCatchAll) ?? { leads: "nowhere" as const }),
  }));
}

/** Where articles go that no category leads anywhere: the section that the source names, or the one for news. */
async function fallbackOf({ database: { db, batch } }: SourceDeps, source: Source): Promise<Section> {
  const found = fallbackAmong(await listSections(db), source);
  if (found) return found;
  await batch([addSection(db, { ...news, titleEn: "News", halfLifeHours: 12 }, false)]);
  const added = fallbackAmong(await listSections(db), source);
  if (!added)
    throw new Error(
      `The section "${news.title}" is closed: open it, or give the source a section of its own.`,
    );
  return added;
}

const news = { slug: "أخبار", title: "أخبار" };

/** The same, if there is one. */
export function fallbackAmong(sections: readonly Section[], { sectionId }: Source): Section | undefined {
  const open = sections.filter(({ closedAt }) => closedAt === null);
  return (
    open.find(({ id }) => id === sectionId) ??
    open.find(({ slug, title }) => slug === news.slug || title === news.title)
  );
}

async function storeItems(
  deps: SourceDeps,
  source: Source,
  { leads, open, fallback }: Paper,
  given: readonly SourceItem[],
  report: RunReport,
): Promise<void> {
  const { database, now } = deps;
  const { items, known } = await toldApart(deps, source, given);
  const seenAt = now();
  const todo: { input: ArticleInput; seen: Omit<SeenItem, "articleId"> }[] = [];
  const seen: SeenItem[] = [];
  for (const item of items) {
    const sections = sectionsOf(item, leads, open, fallback);
    const fingerprint = fingerprintOf(item, sections);
    const before = known.get(item.externalId) ?? null;
    if (before?.fingerprint === fingerprint) {
      report.unchanged += 1;
      continue;
    }
    const published = believedTime(item, before, seenAt);
    const it = {
      externalId: item.externalId,
      remoteId: item.remoteId,
      fingerprint,
      dated: published !== null,
      time: published ?? before?.firstSeenAt ?? seenAt,
    };
    const laid = layItem(item, sections, published);
    if (laid.ok) {
      if (before?.takenBack) await deps.reinstate(before.takenBack);
      todo.push({ input: laid.input, seen: it });
    } else {
      note(report, { what: whatOf(item), why: laid.why });
      seen.push({ ...it, articleId: null });
    }
  }
  const outcomes = await deps.publishAll(
    source.origin,
    todo.map(({ input }) => input),
  );
  for (const [i, { input, seen: it }] of todo.entries()) {
    const outcome = outcomes[i];
    if (outcome === undefined) throw new Error("An article was neither stored nor refused.");
    seen.push({ ...it, articleId: count(report, outcome, input) });
  }
  if (seen.length > 0) await database.batch([keepItems(database.db, source.id, seen, seenAt)]);
}

/**
 * The articles, each under an id of its own, and what is known of them. Some sites give several posts one guid (copied or
 * taken over from elsewhere): whoever came second is known by its number as well.
 */
async function toldApart({ database: { db } }: SourceDeps, { id }: Source, given: readonly SourceItem[]) {
  const wellFormed = given.map((item) => ({ ...item, externalId: item.externalId.toWellFormed() }));
  const known = await knownItems(
    db,
    id,
    wellFormed.map(({ externalId }) => externalId),
  );
  const holders = new Map([...known].map(([externalId, { remoteId }]) => [externalId, remoteId]));
  const items = wellFormed.map((item) => {
    const holder = holders.get(item.externalId);
    const isTaken =
      holder !== undefined && holder !== null && item.remoteId !== null && holder !== item.remoteId;
    if (!isTaken) {
      holders.set(item.externalId, item.remoteId);
      return item;
    }
    return { ...item, externalId: `${item.externalId}#post-${item.remoteId}` };
  });
  const renamed = items.flatMap(({ externalId }) => (known.has(externalId) ? [] : [externalId]));
  return { items, known: new Map([...known, ...(await knownItems(db, id, renamed))]) };
}

/** Counts what became of an article. @returns its id, if it stands */
function count(report: RunReport, outcome: Outcome, { title, url }: ArticleInput): ArticleId | null {
  const what = url ? `${title} (${url})` : title;
  switch (outcome.kind) {
    case "created":
    case "revised":
      for (const [name, number] of Object.entries(outcome.removed))
        report.removed[name] = (report.removed[name] ?? 0) + number;
      report[outcome.kind] += 1;
      return outcome.id;
    case "unchanged":
      report[outcome.kind] += 1;
      return outcome.id;
    case "retracted":
      note(report, { what, why: "It was retracted here, and stays so." });
      return null;
    case "no-text":
      note(report, { what, why: "Nothing is left of its title or its text once it is clean." });
      return null;
    case "too-long":
      note(report, { what, why: "It is longer than any article once it is clean." });
      return null;
    case "unknown-sections":
      note(report, {
        what,
        why: `The section ${outcome.unknown.join(", ")} was closed or renamed meanwhile.`,
      });
      return null;
  }
}

/** A paper takes back a few articles a day; a site that is broken loses them by hundreds, in portions. */
const mostTakenBack = 100;

async function takeBack(
  { database: { db }, retract, now }: SourceDeps,
  source: Source,
  gone: readonly Gone[],
  report: RunReport,
): Promise<void> {
  if (gone.length === 0) return;
  const lately = await retractedSince(db, source.id, now().subtract({ hours: 24 }));
  if (lately + report.retracted + gone.length > mostTakenBack) {
    const what = `${gone.length} articles that the source has no more`;
    const why = `More than ${mostTakenBack} in a day would be retracted, which looks like a fault there. They stay; retract what is really gone.`;
    return note(report, { what, why });
  }
  const stored = await articlesUnder(
    db,
    source.id,
    gone.map(({ remoteId }) => remoteId),
  );
  for (const { remoteId, reason } of gone) {
    const article = stored.get(remoteId);
    if (!article) continue;
    let counts = 0;
    await retract(article.articleId, reason, (stood) => {
      counts = stood ? 1 : 0;
      return [forgetItem(db, source.id, article.externalId, stood)];
    });
    report.retracted += counts;
  }
}

const whatOf = ({ title, url, externalId }: SourceItem) => `${title.slice(0, 200)} (${url ?? externalId})`;

function note(report: RunReport, skipped: Skipped): void {
  report.skipped += 1;
  if (report.notes.length < mostNotes) report.notes.push(skipped);
}

/** Of all that a source says of an article but when it was changed, and of where it goes here. */
export const fingerprintOf = (item: SourceItem, sections: readonly Section[]): string =>
  quickMark(JSON.stringify([{ ...item, modified: null }, sections.map(({ id }) => id)]));
