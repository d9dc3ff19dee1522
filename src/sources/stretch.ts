// One stretch of a source is stored: what is new or changed is published, what was taken back is retracted.
import type { ArticleInput, Prepared, Section } from "../articles/index.ts";
import { quickMark } from "../platform/index.ts";
import type { Holding } from "./hold.ts";
import type { Gone, SourceItem } from "./item.ts";
import { believedTime, layItem, sectionsOf, tidyCategory, tidyItem } from "./lay.ts";
import { layOut, type Paper } from "./paper.ts";
import type { Stretch } from "./pull.ts";
import { knownAgain, likenessOf } from "./repeats.ts";
import { count, note } from "./report.ts";
import type { RunReport } from "./source.ts";
import { articlesUnder, forgetItem, keepItems, knownItems, type SeenItem } from "./store/items.ts";
import { retractedSince } from "./store/runs.ts";

/** So many articles are published before they are noted as seen: a run that is cut off loses no more than these. */
const chunk = 500;

/** Stores what one stretch brought. Done twice it changes nothing the second time. */
export async function storeStretch(
  held: Holding,
  stretch: Pick<Stretch, "items" | "skipped" | "gone" | "categories">,
  report: RunReport,
): Promise<void> {
  const { source } = held.claim;
  for (const skipped of stretch.skipped) note(report, skipped);
  const told = stretch.items.map(tidyItem);
  const paper = await layOut(held, source, [
    ...stretch.categories.map(tidyCategory),
    ...told.flatMap(({ categories }) => categories),
  ]);
  // WordPress itself never gives an article another id.
  const items = source.kind === "feed" ? await knownAgain(held.database.db, source.id, told) : told;
  for (let from = 0; from < items.length; from += chunk)
    await storeItems(held, paper, items.slice(from, from + chunk), report);
  await takeBack(held, stretch.gone, report);
}

async function storeItems(
  held: Holding,
  { leads, open, fallback }: Paper,
  given: readonly SourceItem[],
  report: RunReport,
): Promise<void> {
  const { database, now, claim } = held;
  const { source } = claim;
  const { items, known } = await toldApart(held, given);
  const seenAt = now();
  const todo: { input: ArticleInput; seen: Omit<SeenItem, "articleId"> }[] = [];
  const seen: SeenItem[] = [];
  const prepared = new Map<ArticleInput, Prepared>();
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
      likeness: source.kind === "feed" ? likenessOf(item) : null,
      fingerprint,
      dated: published !== null,
      time: published ?? before?.firstSeenAt ?? seenAt,
    };
    const laid = layItem(item, sections, published);
    if (laid.ok) {
      if (before?.takenBack) await held.reinstate(before.takenBack);
      todo.push({ input: laid.input, seen: it });
      if (item.prepared) prepared.set(laid.input, item.prepared);
    } else {
      note(report, { what: whatOf(item), why: laid.why });
      seen.push({ ...it, articleId: null });
    }
  }
  const outcomes = await held.publishAll(
    source.origin,
    todo.map(({ input }) => input),
    prepared,
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
async function toldApart({ database: { db }, claim }: Holding, given: readonly SourceItem[]) {
  const { id } = claim.source;
  const known = await knownItems(
    db,
    id,
    given.map(({ externalId }) => externalId),
  );
  const holders = new Map([...known].map(([externalId, { remoteId }]) => [externalId, remoteId]));
  const items = given.map((item) => {
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

/** A paper takes back a few articles a day; a site that is broken loses them by hundreds, in portions. */
const mostTakenBack = 100;

async function takeBack(
  { database: { db }, retract, now, claim: { source } }: Holding,
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

/** Of all that a source says of an article but when it was changed, and of where it goes here. */
export const fingerprintOf = ({ prepared: _, ...item }: SourceItem, sections: readonly Section[]): string =>
  quickMark(JSON.stringify([{ ...item, modified: null }, sections.map(({ id }) => id)]));
