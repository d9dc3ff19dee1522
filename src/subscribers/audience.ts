// Who gets an issue and who does not: read in pages, so that a million subscribers never stand in memory.
import { type CompiledQuery, type Kysely, type Selectable, sql } from "kysely";
import { fromMilliseconds, othersFirst } from "../platform/index.ts";
import {
  type Exclusion,
  exclusion,
  noBreaking,
  otherSections,
  type SubscriberId,
  type SubscriberState,
  type Subscription,
  type SubscriptionId,
  tooSoon,
} from "./consent.ts";
import { atOtherSlot, type IssueSlot } from "./slots.ts";
import type { SubscriberTables } from "./tables.ts";

type Db = Kysely<SubscriberTables>;
type Language = "ar" | "en";

/** Somebody with a subscription to a digest, and why they get nothing of it, if so. */
export type Candidate = {
  subscriptionId: SubscriptionId;
  subscriberId: SubscriberId;
  address: string;
  language: Language;
  /** '' for all, else ids as a sorted JSON list: with the language, the key of an edition. */
  sections: string;
  exclusion: Exclusion | null;
};

type SubscriptionColumns = Pick<
  Selectable<SubscriberTables["subscriptions"]>,
  "state" | "paused_until" | "left_by"
>;

/** Whom an issue may go to, and why it does not, if so. */
export type Reader = Omit<Candidate, "subscriptionId">;

/**
 * Every subscription of a digest in the order of ids, excluded or not.
 *
 * @param issue which they are candidates for, with its local date
 * @param afterSubscriptionId the last id of the page before; 0 at first
 */
export async function audiencePage(
  db: Db,
  digestId: number,
  afterSubscriptionId: number,
  limit: number,
  issue: IssueSlot & { date: Temporal.PlainDate },
  now: Temporal.Instant,
): Promise<Candidate[]> {
  const rows = await candidates(db, digestId)
    .where(sql<number>`s.id`, ">", afterSubscriptionId)
    .orderBy("s.id")
    .limit(limit)
    .execute();
  return rows.map((row) => candidateIn(row, excludedFrom(row, issue, now)));
}

/**
 * The same for one address, in whatever spelling. Null if it has no subscription to the digest.
 *
 * @param key as `parseAddress` makes it
 */
export async function candidateOf(
  db: Db,
  digestId: number,
  key: string,
  issue: IssueSlot & { date: Temporal.PlainDate },
  now: Temporal.Instant,
): Promise<Candidate | null> {
  const row = await candidates(db, digestId).where("u.address_key", "=", key).executeTakeFirst();
  return row ? candidateIn(row, excludedFrom(row, issue, now)) : null;
}

/**
 * The same for breaking news: every subscription of a digest, of which those get it who want such news and chose one of the
 * article's sections.
 */
export async function breakingPage(
  db: Db,
  digestId: number,
  afterSubscriptionId: number,
  limit: number,
  articleSections: readonly number[],
  now: Temporal.Instant,
): Promise<Candidate[]> {
  const rows = await candidates(db, digestId)
    .where(sql<number>`s.id`, ">", afterSubscriptionId)
    .orderBy("s.id")
    .limit(limit)
    .execute();
  return rows.map((row) =>
    candidateIn(
      row,
      excludedNow(row, now) ?? noBreaking(row) ?? otherSections(row.sections, articleSections),
    ),
  );
}

const candidates = (db: Db, digestId: number) =>
  db
    .selectFrom("subscriptions as s")
    .innerJoin("subscribers as u", "u.id", "s.subscriber_id")
    .leftJoin("suppressions as x", "x.address_key", "u.address_key")
    .select(["s.id", "s.subscriber_id", "s.sections", "s.state", "s.paused_until", "s.left_by"])
    .select(["s.frequency", "s.last_issued_on", "s.slots", "s.breaking"])
    .select(["u.address", "u.language", "u.state as subscriber_state", "x.reason"])
    .where("s.digest_id", "=", digestId);

type CandidateRow = Awaited<ReturnType<ReturnType<typeof candidates>["execute"]>>[number];

const excludedNow = (row: CandidateRow, now: Temporal.Instant) =>
  exclusion(row.subscriber_state, subscriptionOf(row), row.reason !== null, now);

/** Why an issue of a digest passes somebody by. */
const excludedFrom = (
  row: CandidateRow,
  issue: IssueSlot & { date: Temporal.PlainDate },
  now: Temporal.Instant,
): Exclusion | null =>
  excludedNow(row, now) ??
  atOtherSlot(row.slots, issue) ??
  tooSoon(row.frequency, row.last_issued_on ? Temporal.PlainDate.from(row.last_issued_on) : null, issue.date);

const candidateIn = (row: CandidateRow, why: Exclusion | null): Candidate => ({
  subscriptionId: row.id,
  subscriberId: row.subscriber_id,
  address: row.address,
  language: row.language,
  sections: row.sections,
  exclusion: why,
});

/** Which of these addresses must not be mailed. @param keys as `parseAddress` makes them */
export async function suppressedAmong(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    select x.address_key as key from json_each(${JSON.stringify(keys)}) j
    cross join suppressions x on x.address_key = j.value`.execute(db);
  return new Set(rows.map(({ key }) => key));
}

/** Notes for whom an issue is meant, so that those who want fewer are passed by until it is time again. */
export function markIssued(
  db: Db,
  subscriptions: readonly SubscriptionId[],
  issueDate: Temporal.PlainDate,
): CompiledQuery {
  return sql`update subscriptions set last_issued_on = ${issueDate.toString()}
    where id in (select value from json_each(${JSON.stringify(subscriptions)}))
      and coalesce(last_issued_on, '') < ${issueDate.toString()}`.compile(db);
}

/** How many subscriptions `audiencePage` gives up to this id: what is frozen must add up to it. */
export async function audienceSize(db: Db, digestId: number, throughSubscriptionId: number): Promise<number> {
  const { count } = await db
    .selectFrom("subscriptions")
    .select(sql<number>`count(*)`.as("count"))
    .where("digest_id", "=", digestId)
    .where(sql<number>`id`, "<=", throughSubscriptionId)
    .executeTakeFirstOrThrow();
  return count;
}

/** Rows that one query of `audienceChoices` looks at: others wait for it no longer than some milliseconds. */
const choicesPage = 10_000;

/**
 * The choices of sections and language of all who could be mailed this issue, each once. Whoever is paused counts, as the pause
 * may end before the issue goes out; whoever chose other slots does not.
 */
export async function audienceChoices(
  db: Db,
  digestId: number,
  issue: IssueSlot,
): Promise<{ sections: string; language: Language }[]> {
  const choices = new Map<string, { sections: string; language: Language }>();
  for (let after = 0, looked = choicesPage; looked === choicesPage; ) {
    const { rows } = await sql<{
      sections: string;
      language: Language;
      slots: string;
      counts: 0 | 1;
      last: number;
      rows: number;
    }>`
      with page as (select s.id, s.subscriber_id, s.sections, s.slots, s.state from subscriptions s
        where s.digest_id = ${digestId} and s.id > ${after} order by s.id limit ${choicesPage})
      select p.sections, u.language, p.slots, p.state in ('active', 'paused') and u.state = 'confirmed' as counts,
        max(p.id) as last, count(*) as rows
      from page p cross join subscribers u on u.id = p.subscriber_id group by 1, 2, 3, 4`.execute(db);
    for (const { sections, language, slots, counts } of rows) {
      if (counts && atOtherSlot(slots, issue) === null)
        choices.set(`${language} ${sections}`, { sections, language });
    }
    looked = rows.reduce((sum, row) => sum + row.rows, 0);
    after = rows.reduce((most, row) => Math.max(most, row.last), after);
    await othersFirst();
  }
  return [...choices.values()];
}

/**
 * Who of these is excluded now: asked again just before sending, since people leave between freezing and sending.
 *
 * @returns the excluded alone; whoever is not in it may be mailed
 */
export async function exclusionsNow(
  db: Db,
  digestId: number,
  subscriberIds: readonly SubscriberId[],
  now: Temporal.Instant,
): Promise<Map<SubscriberId, Exclusion>> {
  type Row = { id: SubscriberId; subscriber: SubscriberState; reason: string | null };
  const { rows } = await sql<Row & (SubscriptionColumns | { state: null })>`
    select u.id, u.state as subscriber, x.reason, s.state, s.paused_until, s.left_by
    from json_each(${JSON.stringify(subscriberIds)}) j join subscribers u on u.id = j.value
    left join subscriptions s on s.digest_id = ${digestId} and s.subscriber_id = u.id
    left join suppressions x on x.address_key = u.address_key`.execute(db);
  const found = new Map(
    rows.map((row) => {
      const subscription = row.state === null ? null : subscriptionOf(row);
      return [row.id, exclusion(row.subscriber, subscription, row.reason !== null, now)];
    }),
  );
  const excluded = new Map<SubscriberId, Exclusion>();
  for (const id of subscriberIds) {
    const why = found.has(id) ? found.get(id) : "erased"; // no row: nothing is kept of them
    if (why) excluded.set(id, why);
  }
  return excluded;
}

/** These people as they are now, for what goes to them by name: with where they read, and why they must not be mailed, if so. */
export async function readersNow(
  db: Db,
  digestId: number,
  subscriberIds: readonly SubscriberId[],
  now: Temporal.Instant,
): Promise<Reader[]> {
  const excluded = await exclusionsNow(db, digestId, subscriberIds, now);
  const { rows } = await sql<{ id: SubscriberId; address: string; language: Language }>`
    select u.id, u.address, u.language from json_each(${JSON.stringify(subscriberIds)}) j
    cross join subscribers u on u.id = j.value`.execute(db);
  const known = new Map(rows.map((row) => [row.id, row]));
  return subscriberIds.map((subscriberId) => ({
    subscriberId,
    address: known.get(subscriberId)?.address ?? "",
    language: known.get(subscriberId)?.language ?? "ar",
    sections: "",
    exclusion: excluded.get(subscriberId) ?? null,
  }));
}

function subscriptionOf(row: SubscriptionColumns): Subscription {
  switch (row.state) {
    case "pending":
    case "active":
      return { state: row.state };
    case "paused":
      return {
        state: "paused",
        until: row.paused_until === null ? null : fromMilliseconds(row.paused_until),
      };
    case "left":
      return { state: "left", by: row.left_by ?? "page" };
  }
}
