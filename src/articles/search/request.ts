// A search as an address has it, for the page and for the API alike.
import type { Kysely } from "kysely";
import type { SectionId } from "../article.ts";
import { type NamedThing, namedThing } from "../named.ts";
import { listSections } from "../read.ts";
import type { ArticleTables } from "../tables.ts";
import type { Search, SearchPlace } from "./find.ts";
import { longestQuery, type ReadQuery, readQuery } from "./query.ts";

/** As they stand in the address; empty where they do not. */
export type SearchParameters = Record<"q" | "section" | "tag" | "author" | "from" | "to" | "after", string>;

export type SearchFault = Extract<ReadQuery, { ok: false }>["why"] | "no-date" | "no-place" | "no-such";

export type SearchRequest =
  | { ok: true; search: Search; tag: NamedThing | null; author: NamedThing | null }
  | { ok: false; why: SearchFault };

/** @param zone the publisher's: what a day means */
export async function readSearch(
  db: Kysely<ArticleTables>,
  given: SearchParameters,
  { zone, now, limit }: { zone: string; now: Temporal.Instant; limit: number },
): Promise<SearchRequest> {
  const read = readQuery(given.q);
  if (!read.ok) return read;
  const [from, before] = [beginOf(given.from, zone, 0), beginOf(given.to, zone, 1)];
  if (from === undefined || before === undefined) return { ok: false, why: "no-date" };
  const after = given.after === "" ? null : readPlace(given.after);
  if (after === undefined) return { ok: false, why: "no-place" };
  const [section, tag, author] = await Promise.all([
    sectionId(db, given.section),
    given.tag === "" ? null : namedThing(db, "tag", given.tag),
    given.author === "" ? null : namedThing(db, "author", given.author),
  ]);
  const isThere = (name: string, found: unknown) => name === "" || found !== null;
  if (!isThere(given.section, section) || !isThere(given.tag, tag) || !isThere(given.author, author))
    return { ok: false, why: "no-such" };
  const search = { query: read.query, section, tag: tag?.id ?? null, author: author?.id ?? null };
  return { ok: true, search: { ...search, from, before, after, limit, now }, tag, author };
}

async function sectionId(db: Kysely<ArticleTables>, name: string): Promise<SectionId | null> {
  const wanted = name.normalize("NFC");
  if (wanted === "") return null;
  return (await listSections(db)).find(({ slug, title }) => slug === wanted || title === wanted)?.id ?? null;
}

/** When a day begins where the publisher is, or the day after it. Null for no date; undefined for what is none. */
function beginOf(text: string, zone: string, daysLater: number): Temporal.Instant | null | undefined {
  if (text === "") return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < "1000") return undefined;
  try {
    return Temporal.PlainDate.from(text).add({ days: daysLater }).toZonedDateTime(zone).toInstant();
  } catch {
    return undefined;
  }
}

/** A place as an address has it. */
export const placeText = ({ top, bottom, day, begins, ranked, shown, lastId }: SearchPlace): string =>
  [top, bottom, day, (begins ? 1 : 0) + (ranked ? 2 : 0), shown, lastId].join(".");

function readPlace(text: string): SearchPlace | undefined {
  if (!/^\d{1,15}\.\d{1,15}\.-?\d{1,6}\.[0-3]\.\d{1,3}\.\d{1,8}$/.test(text)) return undefined;
  const [top = 0, bottom = 0, day = 0, flags = 0, shown = 0, lastId = 0] = text.split(".").map(Number);
  return { top, bottom, day, begins: flags % 2 === 1, ranked: flags >= 2, shown, lastId };
}

/** The address of the same search, from another place on or from its beginning. */
export function searchAddress(path: string, given: SearchParameters, after: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...given, after })) if (value !== "") query.set(name, value);
  return `${path}?${query}`;
}

/** Longer parameters are cut: none of ours has more. */
export const readParameters = (given: (name: string) => string | undefined): SearchParameters => {
  const value = (name: string, most = 500) => (given(name) ?? "").slice(0, most);
  return {
    q: value("q", longestQuery + 1),
    section: value("section"),
    tag: value("tag"),
    author: value("author"),
    from: value("from", 30),
    to: value("to", 30),
    after: value("after", 100),
  };
};
