// What a run would do, without doing it.
import { listSections } from "../articles/index.ts";
import { withoutKeys } from "../platform/index.ts";
import type { SourceDeps } from "./deps.ts";
import { firstLeads, leadsByKey, sectionsOf, tidyItem } from "./lay.ts";
import { fallbackAmong } from "./paper.ts";
import { knownAgain } from "./repeats.ts";
import type { Source } from "./source.ts";
import { categoriesOf } from "./store/categories.ts";
import { articlesUnder, knownItems, recentRemoteIds, remoteIdsAfter } from "./store/items.ts";
import { fingerprintOf } from "./stretch.ts";

export type Preview = {
  /** One line an article that would be stored, changed, retracted or skipped. */
  rows: {
    would: "create" | "revise" | "retract" | "skip";
    title: string;
    url: string | null;
    why: string | null;
  }[];
  unchanged: number;
  /** Whether there is more than was looked at. */
  more: boolean;
};

/**
 * Asks a source as its next run would, and stores nothing.
 *
 * @param stretches how many to ask for at most
 */
export async function previewRun(
  deps: SourceDeps,
  source: Source,
  stretches: number,
): Promise<Preview | { why: string }> {
  const preview: Preview = { rows: [], unchanged: 0, more: false };
  if (source.kind === "file") return preview;
  const { db } = deps.database;
  const known = await categoriesOf(db, source.id);
  const sections = await listSections(db);
  const fallback = fallbackAmong(sections, source);
  const open = new Map(sections.flatMap((it) => (it.closedAt === null ? [[it.id, it]] : [])));
  let { cursor } = source;
  for (let asked = 0; asked < stretches; asked++) {
    const stretch = await deps.pulls[source.kind]({
      url: source.url,
      cursor,
      only: null,
      recentRemoteIds: (limit) => recentRemoteIds(db, source.id, limit),
      remoteIdsAfter: (id, limit) => remoteIdsAfter(db, source.id, id, limit),
      get: deps.get,
      now: deps.now(),
    });
    if (!stretch.ok) return { why: withoutKeys(stretch.why) };
    const told = stretch.items.map(tidyItem);
    const items = source.kind === "feed" ? await knownAgain(db, source.id, told) : told;
    const before = await knownItems(
      db,
      source.id,
      items.map(({ externalId }) => externalId),
    );
    for (const item of items) {
      const leads = leadsByKey([
        ...item.categories.flatMap((it) => {
          const first = firstLeads(it, sections, deps.isCatchAll);
          return first ? [{ ...it, ...first }] : [];
        }),
        ...known,
      ]);
      const row = { title: item.title, url: item.url, why: null };
      const stored = before.get(item.externalId);
      const fingerprint = fallback && fingerprintOf(item, sectionsOf(item, leads, open, fallback));
      if (!stored) preview.rows.push({ would: "create", ...row });
      else if (stored.fingerprint === fingerprint) preview.unchanged += 1;
      else preview.rows.push({ would: "revise", ...row });
    }
    for (const { what, why } of stretch.skipped)
      preview.rows.push({ would: "skip", title: withoutKeys(what), url: null, why: withoutKeys(why) });
    const gone = await articlesUnder(
      db,
      source.id,
      stretch.gone.map(({ remoteId }) => remoteId),
    );
    for (const { remoteId, reason } of stretch.gone) {
      const article = gone.get(remoteId);
      if (article) preview.rows.push({ would: "retract", title: article.externalId, url: null, why: reason });
    }
    cursor = stretch.cursor;
    preview.more = stretch.more;
    if (!stretch.more) break;
  }
  return preview;
}
