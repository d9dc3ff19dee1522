// Which subscribers: a filter, and the one SQL condition that counting, listing and exporting share.
import { type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { type SubscriberState, subscriberSources } from "../consent.ts";
import { type Names, named, slugOf } from "./wanted.ts";

/** A day (in the publisher's zone), or so many days before today: `90d`. */
const when = z.union(
  [z.iso.date(), z.string().regex(/^\d{1,4}d$/)],
  "it takes a day as in 2026-03-01, or 90d for so many days ago",
);

const person = {
  language: z.enum(["ar", "en"]).optional(),
  source: z.enum(subscriberSources).optional(),
  /** The id of an import that brought them. */
  import: z.int().positive().optional(),
  created_from: when.optional(),
  /** The last day; it counts. */
  created_to: when.optional(),
  confirmed_from: when.optional(),
  confirmed_to: when.optional(),
  /** Did something themselves on this day or later. */
  active_since: when.optional(),
  /** Did nothing themselves since the beginning of this day, or ever. */
  idle_since: when.optional(),
};

/**
 * Who is meant: people by themselves, or people by their subscription to a digest. `active`: gets the next issue, so a pause
 * whose date is over counts, and a suppressed person does not.
 */
const filterOf = <Digest extends z.ZodType, Section extends z.ZodType>(digest: Digest, section: Section) =>
  z.union(
    [
      z.strictObject({
        digest,
        section: section.optional(),
        state: z.enum(["active", "paused", "pending", "left"]).optional(),
        ...person,
      }),
      z.strictObject({
        state: z.enum(["pending", "confirmed", "left", "suppressed", "erased"]).optional(),
        ...person,
      }),
    ],
    { error: (issue) => (issue.code === "invalid_union" ? faultsOf(issue.errors, issue.input) : undefined) },
  );

/** What is wrong with a filter, taken as the kind that it was meant to be. */
const faultsOf = ([ofDigest = [], ofPeople = []]: z.core.$ZodIssue[][], input: unknown): string =>
  (Object.hasOwn(Object(input), "digest") ? ofDigest : ofPeople)
    .map(({ path, message }) => `${path.join(".") || "filter"}: ${message}`)
    .join("; ");

/** As it is stored: digests and sections by their ids. Whoever takes a section means those who want all of them, too. */
export const segmentFilter = filterOf(z.int().positive(), z.int().positive());
export type SegmentFilter = z.output<typeof segmentFilter>;

/** As people and programs write it: digests and sections by their slugs. */
export const givenFilter = filterOf(z.string().min(1).max(200), z.string().min(1).max(200));
export type GivenFilter = z.output<typeof givenFilter>;

/** The filter that somebody wrote, or what in it there is not. */
export function resolveFilter(
  given: GivenFilter,
  names: Names,
): { ok: true; filter: SegmentFilter } | { ok: false; why: string } {
  if (!("digest" in given)) return { ok: true, filter: given };
  const digest = named(names.digests, given.digest);
  if (digest === null) return { ok: false, why: `There is no digest "${given.digest}".` };
  const { section: asked, ...rest } = given;
  if (asked === undefined) return { ok: true, filter: { ...rest, digest: digest.id } };
  const section = named(names.sections, asked);
  return section
    ? { ok: true, filter: { ...rest, digest: digest.id, section: section.id } }
    : { ok: false, why: `There is no section "${asked}".` };
}

/** A filter as people write it. */
export function showFilter(filter: SegmentFilter, names: Names): GivenFilter {
  if (!("digest" in filter)) return filter;
  const { section, ...rest } = filter;
  const digest = slugOf(names.digests, filter.digest);
  return section === undefined
    ? { ...rest, digest }
    : { ...rest, digest, section: slugOf(names.sections, section) };
}

/** What the days of a filter are counted from. */
export type Today = { now: Temporal.Instant; zone: string };

/**
 * The rows of a filter whose subscriber's id lies above `after` and up to `through`: what stands behind `select … from`, with
 * the person as `u`. Such a window is bounded, whatever the filter finds in it.
 */
export function segmentRows(
  filter: SegmentFilter,
  { now, zone }: Today,
  { after, through }: { after: number; through: number },
): RawBuilder<unknown> {
  const conditions = personConditions(filter, { now, zone });
  if ("digest" in filter) {
    return sql`subscriptions s cross join subscribers u on u.id = s.subscriber_id
      where s.digest_id = ${filter.digest} and s.subscriber_id > ${after} and s.subscriber_id <= ${through}
        and ${sql.join([...subscriptionConditions(filter, now), ...conditions], sql` and `)}`;
  }
  const state = personState(filter.state);
  // The index holds all that is asked here, in the order of ids; SQLite takes the table itself if it is left to choose.
  return sql`subscribers u indexed by subscribers_segments where u.id > ${after} and u.id <= ${through}
    and ${sql.join([state, ...conditions], sql` and `)}`;
}

/** Each person has one state: who left is left, whether suppressed or not. */
export const stateOf = ({
  state,
  suppressed,
}: {
  state: SubscriberState;
  suppressed: 0 | 1;
}): SubscriberState =>
  suppressed === 1 && (state === "pending" || state === "confirmed") ? "suppressed" : state;

/** The same as a condition. */
function personState(state: SubscriberState | undefined): RawBuilder<unknown> {
  switch (state) {
    case undefined:
      return sql`u.state <> 'erased'`; // of whom there is nothing to show
    case "suppressed":
      return sql`(u.state = 'suppressed' or u.suppressed = 1 and u.state in ('pending', 'confirmed'))`;
    case "pending":
    case "confirmed":
      return sql`u.state = ${state} and u.suppressed = 0`;
    case "left":
    case "erased":
      return sql`u.state = ${state}`;
  }
}

function subscriptionConditions(
  { state, section }: Extract<SegmentFilter, { digest: unknown }>,
  now: Temporal.Instant,
): RawBuilder<unknown>[] {
  const over = sql`s.paused_until <= ${now.epochMilliseconds}`;
  const mailable = sql`u.state = 'confirmed' and u.suppressed = 0`;
  const stands = (): RawBuilder<unknown> => {
    switch (state) {
      case undefined:
        return sql`u.state <> 'erased'`;
      case "active":
        return sql`${mailable} and (s.state = 'active' or s.state = 'paused' and ${over})`;
      case "paused":
        return sql`${mailable} and s.state = 'paused' and (s.paused_until is null or not ${over})`;
      case "pending":
        return sql`u.state in ('pending', 'confirmed', 'left') and u.suppressed = 0 and s.state = 'pending'`;
      case "left":
        return sql`u.state <> 'erased' and s.state = 'left'`;
    }
  };
  // The key of a choice of sections is a JSON list of ids: [2,5].
  const holds = sql`(s.sections = '' or s.sections glob ${`*[[,]${section}[],]*`})`;
  return section === undefined ? [stands()] : [stands(), holds];
}

function personConditions(filter: SegmentFilter, { now, zone }: Today): RawBuilder<unknown>[] {
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  const dayOf = (text: string) =>
    text.endsWith("d") ? today.subtract({ days: Number.parseInt(text, 10) }) : Temporal.PlainDate.from(text);
  const begins = (text: string) => dayOf(text).toZonedDateTime(zone).epochMilliseconds;
  const ends = (text: string) => dayOf(text).add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  const { language, source, import: importId } = filter;
  return [
    language && sql`u.language = ${language}`,
    source && sql`u.source = ${source}`,
    importId && sql`u.import_id = ${importId}`,
    filter.created_from && sql`u.created_at >= ${begins(filter.created_from)}`,
    filter.created_to && sql`u.created_at < ${ends(filter.created_to)}`,
    filter.confirmed_from && sql`u.confirmed_at >= ${begins(filter.confirmed_from)}`,
    filter.confirmed_to && sql`u.confirmed_at < ${ends(filter.confirmed_to)}`,
    filter.active_since && sql`u.active_at >= ${begins(filter.active_since)}`,
    filter.idle_since && sql`(u.active_at is null or u.active_at < ${begins(filter.idle_since)})`,
  ].filter((it) => typeof it === "object");
}
