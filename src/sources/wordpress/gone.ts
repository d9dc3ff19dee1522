// REST tells of no deletion. So the newest articles that we have are looked for, and those that are there no more are asked for
// singly: one is taken back only where the site says so of this one.

import type { Gone, Skipped } from "../item.ts";
import type { Asked } from "../pull.ts";
import { askList } from "./api.ts";
import { fateOf, idsOf, type Site } from "./posts.ts";
import { type Entry, entry } from "./round.ts";

/** So few may go at once without being a fault of the site, and so many are asked for singly in a round. */
const fewGone = 5;
const mostAlone = 20;

/** Which of the newest articles that we have are there no more. Where that is in doubt, nothing is taken back. */
export async function takenBack(
  { get, recentRemoteIds }: Asked,
  site: Site,
  listed: readonly Entry[],
): Promise<{ gone: Gone[]; skipped: Skipped[] }> {
  const what = `The newest articles of ${site.root.host}`;
  const doubt = (why: string) => ({ gone: [], skipped: [{ what, why }] });
  const recent = idsOf(await recentRemoteIds(100));
  const shown = new Set(listed.map(({ id }) => id));
  const rest = recent.filter((id) => !shown.has(id));
  for (let from = 0; from < rest.length; from += site.perPage) {
    const include = rest.slice(from, from + site.perPage).join();
    const answer = await askList(get, site.root, "wp/v2/posts", {
      include,
      per_page: String(site.perPage),
      _fields: "id",
    });
    if (!answer.ok) return doubt(`Whether any was taken back could not be seen: ${answer.why}`);
    for (const given of answer.list) shown.add(entry.safeParse(given).data?.id ?? 0);
  }
  const missing = rest.filter((id) => !shown.has(id));
  if (missing.length > Math.max(fewGone, recent.length / 2))
    return doubt(
      `${missing.length} of ${recent.length} are missing there at once. That is rather a fault of the site, so none was taken back; if they are really gone, retract them here.`,
    );
  const gone: Gone[] = [];
  for (const id of missing.slice(0, mostAlone)) {
    const fate = await fateOf(get, site, id);
    if (fate.kind === "gone") gone.push(fate.gone);
    if (fate.kind === "unclear")
      return { ...doubt(`Whether post ${id} was taken back could not be seen: ${fate.failure.why}`), gone };
  }
  return { gone, skipped: [] };
}
