// Feeds that give their articles new ids: at each poll, with each change, or once when the site moves. Such an article is known
// by its address and its title.
import type { Kysely } from "kysely";
import { fold, oneLine } from "../arabic/index.ts";
import { quickMark } from "../platform/index.ts";
import type { SourceItem } from "./item.ts";
import type { SourceId } from "./source.ts";
import { alikeItems, knownItems } from "./store/items.ts";
import type { SourceTables } from "./tables.ts";

/** A page that is written anew each day under one title is a new article, though its address stays. */
const farthestHours = 12;

/** What programs add to an address to see where a reader comes from. */
const tracking = /^(?:utm_\w+|fbclid|gclid|ref|source)$/i;

/** An address as it is the same however it is written: http or https, with www or without, escaped or not. */
function plainAddress(url: URL): string {
  const query = [...url.searchParams].filter(([name]) => !tracking.test(name)).map((pair) => pair.join("="));
  const text = `${url.host.replace(/^www\./, "")}${url.pathname.replace(/\/+$/, "")}?${query.toSorted().join("&")}`;
  try {
    return decodeURIComponent(text).normalize("NFC");
  } catch {
    return text;
  }
}

/** A mark of an article's address and title; null where it has no address. */
export function likenessOf({ url, title }: Pick<SourceItem, "url" | "title">): string | null {
  const address = URL.parse(url ?? "");
  return address && quickMark(`${plainAddress(address)}\n${oneLine(fold(title))}`);
}

/**
 * The articles of a feed, each under the id by which it was known first. An article is one that is known where its id is new,
 * one known article alone has its address and title, and no other of the feed; where the feed does not hold that one as well,
 * under its own id; and where their dates, if both have one, lie less than twelve hours apart.
 */
export async function knownAgain(
  db: Kysely<SourceTables>,
  source: SourceId,
  items: readonly SourceItem[],
): Promise<readonly SourceItem[]> {
  const ids = new Set(items.map(({ externalId }) => externalId));
  const known = await knownItems(db, source, [...ids]);
  const marked = items.map((item) => ({ item, likeness: likenessOf(item) }));
  const times = new Map<string | null, number>();
  for (const { likeness } of marked) times.set(likeness, (times.get(likeness) ?? 0) + 1);
  const isNew = ({ item, likeness }: (typeof marked)[number]) =>
    !known.has(item.externalId) && likeness !== null && times.get(likeness) === 1;
  const wanted = marked.filter(isNew).flatMap(({ likeness }) => likeness ?? []);
  if (wanted.length === 0) return items;
  const alike = await alikeItems(db, source, wanted);
  return marked.map((it) => {
    const before = it.likeness !== null && isNew(it) ? alike.get(it.likeness) : undefined;
    if (before === undefined || ids.has(before.externalId)) return it.item;
    const { published } = it.item;
    const isFar =
      published !== null &&
      before.published !== null &&
      Math.abs(published.since(before.published).total("hours")) >= farthestHours;
    return isFar ? it.item : { ...it.item, externalId: before.externalId };
  });
}
