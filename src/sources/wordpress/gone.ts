// REST tells of no deletion. So at the end of each round the newest articles that we have are looked for, and a hundred of the
// others, in turn, so that all are in time. Those that are there no more are asked for singly: one is taken back only where the
// site says so of this one.
import type { Gone, Skipped } from "../item.ts";
import type { Asked } from "../pull.ts";
import { askList } from "./api.ts";
import { fateOf, idsOf, type Site } from "./posts.ts";
import { type Entry, entry } from "./round.ts";

/** So few may go at once without being a fault of the site, and so many are asked for singly. */
const fewGone = 5;
const mostAlone = 20;

/** So many of the newest, and so many others, are looked for in a round. */
const looked = 100;

export type TakenBack = {
  gone: readonly Gone[];
  skipped: readonly Skipped[];
  /** All up to this remote id, in the order of their text, were looked for: the next round goes on behind it. */
  checked: string;
};

/**
 * Which articles that we have are there no more. Where that is in doubt, nothing is taken back.
 *
 * @param listed what the site just listed, which is there
 * @param checked up to which remote id earlier rounds looked
 */
export async function takenBack(
  { get, recentRemoteIds, remoteIdsAfter }: Asked,
  site: Site,
  listed: readonly Entry[],
  checked: string,
): Promise<TakenBack> {
  const recent = idsOf(await recentRemoteIds(looked));
  const shown = new Set(listed.map(({ id }) => id));
  const newest = await lookFor(get, site, recent, shown, `The newest articles of ${site.root.host}`);
  if (newest.skipped.length > 0) return { ...newest, checked };
  const others = await remoteIdsAfter(checked, looked);
  const known = new Set([...shown, ...recent]);
  const older = await lookFor(get, site, idsOf(others), known, `Older articles of ${site.root.host}`);
  const last = others.length < looked ? "" : (others.at(-1) ?? "");
  return {
    gone: [...newest.gone, ...older.gone],
    skipped: older.skipped,
    checked: older.upTo === null ? last : older.upTo === "none" ? checked : String(older.upTo),
  };
}

type Look = Pick<TakenBack, "gone" | "skipped"> & {
  /** The last of these that was looked for: the rest is for later. Null where all were, `none` where none could be. */
  upTo: number | "none" | null;
};

/** @param shown those that are there, as is known already */
async function lookFor(
  get: Asked["get"],
  site: Site,
  ids: readonly number[],
  shown: ReadonlySet<number>,
  what: string,
): Promise<Look> {
  const doubt = (why: string) => ({ gone: [], skipped: [{ what, why }] });
  const there = new Set(shown);
  const rest = ids.filter((id) => !shown.has(id));
  for (let from = 0; from < rest.length; from += site.perPage) {
    const include = rest.slice(from, from + site.perPage).join();
    const answer = await askList(get, site.root, "wp/v2/posts", {
      include,
      per_page: String(site.perPage),
      _fields: "id",
    });
    if (!answer.ok)
      return { ...doubt(`Whether any was taken back could not be seen: ${answer.why}`), upTo: "none" };
    for (const given of answer.list) there.add(entry.safeParse(given).data?.id ?? 0);
  }
  const missing = rest.filter((id) => !there.has(id));
  if (missing.length > Math.max(fewGone, ids.length / 2))
    return {
      ...doubt(
        `${missing.length} of ${ids.length} are missing there at once. That is rather a fault of the site, so none was taken back; if they are really gone, retract them here.`,
      ),
      upTo: null,
    };
  const gone: Gone[] = [];
  for (const id of missing.slice(0, mostAlone)) {
    const fate = await fateOf(get, site, id);
    if (fate.kind === "gone") gone.push(fate.gone);
    if (fate.kind === "unclear") {
      const why = `Whether post ${id} was taken back could not be seen: ${fate.failure.why}`;
      return { ...doubt(why), gone, upTo: id };
    }
  }
  return { gone, skipped: [], upTo: missing.length > mostAlone ? (missing[mostAlone - 1] ?? null) : null };
}
