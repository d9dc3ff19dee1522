// Subscribers as a file: CSV for spreadsheets and for importing again, JSON lines for programs. Page by page, so that a
// million of them take no more memory than a thousand.
import { type Kysely, type Selectable, sql } from "kysely";
import { fromMilliseconds } from "../../platform/index.ts";
import type { SubscriberId } from "../consent.ts";
import type { ImportId, SubscriberTables } from "../tables.ts";
import { byteOrderMark, csvLine } from "./cells.ts";
import { lastConsents } from "./history.ts";
import { type SegmentFilter, stateOf, type Today } from "./segment.ts";
import { type Person, segmentPages } from "./segments.ts";
import { type Names, sectionIds, slotNames, slugOf, writeWanted } from "./wanted.ts";

type Db = Kysely<SubscriberTables>;

/** A person as a line of the export. Times are instants in UTC; null where there was none. */
export type ExportedPerson = {
  address: string;
  state: Person["state"];
  language: "ar" | "en";
  digests: readonly ExportedSubscription[];
  source: Person["source"];
  import: ImportId | null;
  created_at: string;
  confirmed_at: string | null;
  active_at: string | null;
  /** How they agreed, the last time they did. */
  consent: string | null;
};

export type ExportedSubscription = {
  digest: string;
  state: "pending" | "active" | "paused" | "left";
  /** Empty for all. */
  sections: readonly string[];
  frequency: "each" | "daily" | "weekly";
  /** Empty for all runs of a day. */
  slots: readonly string[];
  /** Whether they want breaking news; null where they never said. */
  breaking: boolean | null;
  paused_until: string | null;
};

export const exportFormats = ["csv", "json"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The text of an export, in pieces. */
export async function* exportText(
  db: Db,
  format: ExportFormat,
  filter: SegmentFilter,
  names: Names,
  today: Today,
): AsyncGenerator<string> {
  if (format === "csv") yield byteOrderMark + csvLine(columns);
  for await (const page of segmentPages(db, filter, today)) {
    const people = await describe(db, page, names);
    yield people
      .map(({ json, digests }) =>
        format === "csv" ? csvLine(cellsOf(json, digests)) : `${JSON.stringify(json)}\n`,
      )
      .join("");
  }
}

const columns = [
  ...["address", "state", "language", "digests", "source"],
  ...["created_at", "confirmed_at", "active_at", "consent"],
];

const cellsOf = (it: ExportedPerson, digests: string) => [
  ...[it.address, it.state, it.language, digests, it.source],
  ...[it.created_at, it.confirmed_at, it.active_at, it.consent],
];

/** People with what they subscribe to: as data, and the digests that they get as a cell that an import reads. */
export async function describe(
  db: Db,
  page: readonly Person[],
  names: Names,
): Promise<{ id: SubscriberId; json: ExportedPerson; digests: string }[]> {
  const ids = JSON.stringify(page.map(({ id }) => id));
  const { rows } = await sql<Selectable<SubscriberTables["subscriptions"]>>`
    select s.* from json_each(${ids}) j cross join subscriptions s on s.subscriber_id = j.value order by s.subscriber_id, s.digest_id`.execute(
    db,
  );
  const subscriptions = Map.groupBy(rows, ({ subscriber_id }) => subscriber_id);
  const consents = await lastConsents(db, ids);
  return page.map((person) => {
    const theirs = subscriptions.get(person.id) ?? [];
    const gets = theirs.flatMap(({ state, digest_id, sections, frequency, slots, breaking, paused_until }) =>
      state === "active" || state === "paused"
        ? [{ digest: digest_id, sections, frequency, slots, breaking, state, until: paused_until }]
        : [],
    );
    return {
      id: person.id,
      digests: writeWanted(gets, names),
      json: {
        address: person.address,
        state: stateOf(person),
        language: person.language,
        digests: theirs.map((it) => ({
          digest: slugOf(names.digests, it.digest_id),
          state: it.state,
          sections: sectionIds(it.sections).map((id) => slugOf(names.sections, id)),
          frequency: it.frequency,
          slots: slotNames(it.slots),
          breaking: it.breaking === null ? null : it.breaking === 1,
          paused_until: moment(it.paused_until),
        })),
        source: person.source,
        import: person.import_id,
        created_at: moment(person.created_at),
        confirmed_at: moment(person.confirmed_at),
        active_at: moment(person.active_at),
        consent: consents.get(person.id) ?? null,
      },
    };
  });
}

function moment(ms: number): string;
function moment(ms: number | null): string | null;
function moment(ms: number | null): string | null {
  return ms === null ? null : fromMilliseconds(ms).toString();
}
