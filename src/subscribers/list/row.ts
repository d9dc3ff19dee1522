// One row of a list becomes a person and the digests that they get; or a reason why not. Pure.
import { type AddressProblem, parseAddress } from "../address.ts";
import { sectionsKey } from "../consent.ts";
import { bareCell } from "./cells.ts";
import { type Column, languageOf, standsFor } from "./columns.ts";
import { readMoment } from "./moment.ts";
import { type Names, readSections, readWanted, type Wanted } from "./wanted.ts";

/** What the publisher says of the whole list. */
export type ListOptions = {
  /** How these people agreed; kept with each of them. */
  consent: string;
  /** When they did, where the list does not say it of each; null: nobody knows. */
  consentedAt: Temporal.Instant | null;
  /** Of rows that name no digest. */
  digest: number;
  /** Ids, for rows that name no section; none means all. */
  sections: readonly number[];
  /** Of rows that name none. */
  language: "ar" | "en";
  /** Of dates that name no offset. */
  zone: string;
};

export type ListedPerson = {
  address: string;
  key: string;
  language: "ar" | "en";
  /** Milliseconds since 1970. */
  consentedAt: number | null;
  /** What the row says of how they agreed; '' for nothing. */
  consentSource: string;
  wanted: readonly Wanted[];
};

/** `what`: the part of the row that is meant, where that helps. */
export type RowProblem = {
  why:
    | AddressProblem
    | "state-out"
    | "state-unknown"
    | "no-date"
    | "future-date"
    | "digest"
    | "section"
    | "manner";
  what: string;
};

export type RowReading = { ok: true; person: ListedPerson } | { ok: false; problem: RowProblem };

/** A reader for the rows of a list. */
export function rowReader(
  columns: ReadonlyMap<Column, number>,
  names: Names,
  options: ListOptions,
  now: Temporal.Instant,
): (row: readonly string[]) => RowReading {
  const refuse = (why: RowProblem["why"], what: string) => ({ ok: false as const, problem: { why, what } });
  const givenAt = options.consentedAt?.epochMilliseconds ?? null;
  const momentOf = remembered((date: string) => readMoment(date, options.zone));
  return (row) => {
    /** '' where the row is shorter, or there is no such column. */
    const cell = (column: Column): string => row[columns.get(column) ?? -1] ?? "";
    const typed = bareCell(cell("address"));
    const address = parseAddress(typed);
    if (!address.ok) return refuse(address.why, typed);
    const state = cell("state");
    const standing = standsFor(state);
    if (standing !== "in") return refuse(standing === "out" ? "state-out" : "state-unknown", state.trim());
    const date = cell("consentedAt").trim();
    const consentedAt = date === "" ? givenAt : momentOf(date);
    if (date !== "" && consentedAt === null) return refuse("no-date", date);
    if (consentedAt !== null && consentedAt > now.epochMilliseconds) return refuse("future-date", date);
    const listed = cell("sections");
    const sections =
      listed === "" ? { ok: true as const, ids: options.sections } : readSections(listed, names);
    if (!sections.ok) return refuse("section", sections.what);
    const reading = readWanted(cell("digests"), names, sections.ids);
    if (!reading.ok) return refuse(reading.why, reading.what);
    const wanted = reading.wanted.length > 0 ? reading.wanted : [plain(options.digest, sections.ids)];
    return {
      ok: true,
      person: {
        address: address.address,
        key: address.key,
        language: languageOf(cell("language")) ?? options.language,
        consentedAt,
        consentSource: bareCell(cell("consentSource")).trim().slice(0, 300),
        wanted,
      },
    };
  };
}

const plain = (digest: number, sections: readonly number[]): Wanted => ({
  digest,
  sections: sectionsKey(sections),
  frequency: "each",
  slots: "",
  breaking: null,
  state: "active",
  until: null,
});

const mostRemembered = 1000;

/** The same function, which keeps its last thousand answers: lists say the same day of many. */
function remembered<Result>(find: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = find(text);
    if (known.size >= mostRemembered) known.clear();
    known.set(text, result);
    return result;
  };
}
