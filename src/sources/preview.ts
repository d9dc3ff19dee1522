// What a run would do, without doing it.
import { listSections } from "../articles/index.ts";
import { withoutKeys } from "../platform/index.ts";
import type { SourceDeps } from "./deps.ts";
import { firstLeads, leadsByKey, sectionsOf, tidyItem } from "./lay.ts";
import { fallbackAmong } from "./paper.ts";
import { knownAgain } from "./repeats.ts";
import type { Source, SourceId } from "./source.ts";
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

/** What of a source a preview goes by; one that is not kept yet has no id. */
type Previewed = Pick<Source, "kind" | "url" | "cursor" | "sectionId"> & { id: SourceId | null };

/**
 * Asks a source as its next run would, and stores nothing.
 *
 * @param stretches how many to ask for at most
 */
export async function previewRun(
  deps: SourceDeps,
  source: Previewed,
  stretches: number,
): Promise<Preview | { why: string }> {
  const preview: Preview = { rows: [], unchanged: 0, more: false };
  if (source.kind === "file") return preview;
  const { db } = deps.database;
  const { id } = source;
  const known = id === null ? [] : await categoriesOf(db, id);
  const sections = await listSections(db);
  const fallback = fallbackAmong(sections, source);
  const open = new Map(sections.flatMap((it) => (it.closedAt === null ? [[it.id, it]] : [])));
  let { cursor } = source;
  for (let asked = 0; asked < stretches; asked++) {
    const stretch = await deps.pulls[source.kind]({
      url: source.url,
      cursor,
      only: null,
      recentRemoteIds: async (limit) => (id === null ? [] : recentRemoteIds(db, id, limit)),
      remoteIdsAfter: async (after, limit) => (id === null ? [] : remoteIdsAfter(db, id, after, limit)),
      get: deps.get,
      now: deps.now(),
    });
    if (!stretch.ok) return { why: withoutKeys(stretch.why) };
    const told = stretch.items.map(tidyItem);
    const items = source.kind === "feed" && id !== null ? await knownAgain(db, id, told) : told;
    const externalIds = items.map(({ externalId }) => externalId);
    const before: Awaited<ReturnType<typeof knownItems>> =
      id === null ? new Map() : await knownItems(db, id, externalIds);
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
    const remoteIds = stretch.gone.map(({ remoteId }) => remoteId);
    const gone: Awaited<ReturnType<typeof articlesUnder>> =
      id === null ? new Map() : await articlesUnder(db, id, remoteIds);
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
