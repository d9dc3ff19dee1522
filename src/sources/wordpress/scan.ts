// How all posts of a site are seen, page after page, while it changes. WordPress can be asked for what stands behind the
// n-th post by id, but not for what stands behind an id. So each page begins a little before the end of the last one: where
// no post is seen again, some before it were deleted, and it is asked further back. Pure.

export type Place = {
  /** How many posts stand before, as far as is known. */
  offset: number;
  /** All posts up to this id were seen. */
  lastId: number;
  /** The next page is to begin at this id or before it. */
  mark: number;
  /** How many posts of the last page are asked for again; none where the pages before could not be joined. */
  shared: number;
};

/** Posts that two pages share. */
export const overlap = 5;

export const start: Place = { offset: 0, lastId: 0, mark: 0, shared: overlap };

/** From which post on a page is to be asked for. */
export const askFrom = ({ offset, shared }: Place): number => Math.max(0, offset - shared);

export type Page = {
  /** In the order of the answer. It may be fewer than asked for: WordPress leaves out what visitors may not read. */
  ids: readonly number[];
  perPage: number;
  /** How many posts there are in all; null where it was not said. */
  total: number | null;
};

export type Step = {
  /** What was not seen before. */
  fresh: readonly number[];
  /** Where to go on once these were taken; null at the end. */
  next: Place | null;
};

/** What a page brings, and what to ask for after it. */
export function step(place: Place, { ids, perPage, total }: Page): Step {
  const from = askFrom(place);
  const offset = from + perPage;
  const isLast = total === null ? ids.length < perPage : offset >= total;
  const goOn = (next: Place) => (isLast ? null : next);
  // Some plugin has an order of its own: then pages are taken as they come.
  if (ids.some((id, i) => id <= (ids[i - 1] ?? 0)))
    return { fresh: ids, next: goOn({ offset, lastId: 0, mark: 0, shared: 0 }) };

  const { lastId, mark, shared } = place;
  if (from > 0 && shared > 0 && (ids[0] ?? Number.POSITIVE_INFINITY) > mark) {
    // Deleted before it; or hidden from visitors, whose number is not known: then more is shared, and in the end nothing.
    const more = shared >= perPage - 1 ? 0 : Math.min(2 * shared, perPage - 1);
    const back = Math.max(0, from - perPage);
    return { fresh: [], next: { offset: back + (back > 0 ? more : 0), lastId, mark: lastId, shared: more } };
  }
  const fresh = ids.filter((id) => id > lastId);
  const last = fresh.at(-1);
  if (last !== undefined) return { fresh, next: goOn({ offset, lastId: last, mark: last, shared: overlap }) };
  return { fresh, next: goOn({ offset, lastId, mark: ids.at(-1) ?? mark, shared }) };
}
