// The only SQL for deliveries, exclusions and notices. Deliveries and notices go through the same states, so that the
// statements that move them are written once and told which of the two tables they move.
import { type CompiledQuery, type Generated, type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import type { EditionId, IssueId } from "../digests/index.ts";
import { type Database, fromMilliseconds } from "../platform/index.ts";
import type { Candidate, SubscriberId } from "../subscribers/index.ts";
import { type DeliveryState, deliveryStates, type Outcome } from "./state.ts";

type Moving = {
  id: Generated<number>;
  state: DeliveryState;
  message_id: string | null;
  message_date: number | null;
  reply: string | null;
  tries: Generated<number>;
  in_doubt: Generated<number>;
  worker: string | null;
  due_at: number;
  deadline_at: number;
  at: number;
};

export type DeliveryTables = {
  deliveries: Moving & {
    issue_id: IssueId;
    subscriber_id: SubscriberId;
    sections: string;
    language: "ar" | "en";
    address: string;
    edition_id: EditionId | null;
  };
  notices: Moving & { kind: string; address: string; language: "ar" | "en"; data: string };
  earlier_tries: {
    delivery_id: number;
    try: number;
    edition_id: EditionId | null;
    reply: string | null;
    at: number;
  };
  issue_accounts: { issue_id: IssueId; account: string };
  exclusions: { issue_id: IssueId; subscriber_id: SubscriberId; reason: string };
};

type Db = Kysely<DeliveryTables>;

/** Which letters a statement moves: those of one issue, or the notices. */
export type Lot = { table: "deliveries"; issue: IssueId } | { table: "notices" };

const inLot = (lot: Lot): RawBuilder<boolean> =>
  lot.table === "deliveries" ? sql`issue_id = ${lot.issue}` : sql`1 = 1`;

/**
 * How long a claimed letter belongs to its worker, counted anew from the moment that it leaves: longer than all that a
 * server may take for one message (a minute to connect, 5 to greet, 10 to answer the last dot).
 */
const leaseMinutes = 20;

/**
 * Writes a range of an issue's audience: who gets it, and who does not and why. Idempotent: somebody who stands in the
 * ledger already, on either side, is not written again.
 *
 * @param condition true while the audience may still be written; the issue's owner hands it over
 */
export function writeAudience(
  db: Db,
  issue: IssueId,
  candidates: readonly (Candidate & { reason: string | null })[],
  deadline: Temporal.Instant,
  condition: RawBuilder<boolean>,
  now: Temporal.Instant,
): CompiledQuery[] {
  const rows = (excluded: boolean) =>
    JSON.stringify(candidates.filter(({ reason }) => (reason !== null) === excluded));
  const ms = now.epochMilliseconds;
  return [
    sql`insert or ignore into deliveries
        (issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at)
      select ${issue}, j.value ->> 'subscriberId', j.value ->> 'sections', j.value ->> 'language', j.value ->> 'address',
        'queued', ${ms}, ${deadline.epochMilliseconds}, ${ms}
      from json_each(${rows(false)}) j
      where ${condition} and not exists (select 1 from exclusions e where e.issue_id = ${issue} and e.subscriber_id = j.value ->> 'subscriberId')`.compile(
      db,
    ),
    sql`insert or ignore into exclusions (issue_id, subscriber_id, reason)
      select ${issue}, j.value ->> 'subscriberId', j.value ->> 'reason'
      from json_each(${rows(true)}) j
      where ${condition} and not exists (select 1 from deliveries d where d.issue_id = ${issue} and d.subscriber_id = j.value ->> 'subscriberId')`.compile(
      db,
    ),
  ];
}

/** How many of an issue's candidates get it, and how many do not. */
export async function audienceCounts(
  db: Db,
  issue: IssueId,
): Promise<{ deliveries: number; exclusions: number }> {
  const { rows } = await sql<{ deliveries: number; exclusions: number }>`
    select (select count(*) from deliveries where issue_id = ${issue}) as deliveries,
      (select count(*) from exclusions where issue_id = ${issue}) as exclusions`.execute(db);
  return rows[0] ?? { deliveries: 0, exclusions: 0 };
}

/**
 * Queues a notice, if the statement before it changed something: it goes into the batch of what caused it, right behind
 * that, so that neither stands without the other.
 */
export function queueNotice(
  db: Db,
  notice: { kind: string; address: string; language: "ar" | "en"; data: object },
  deadline: Temporal.Instant,
  now: Temporal.Instant,
): CompiledQuery {
  const ms = now.epochMilliseconds;
  return sql`insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
    select ${notice.kind}, ${notice.address}, ${notice.language}, ${JSON.stringify(notice.data)}, 'queued', ${ms},
      ${deadline.epochMilliseconds}, ${ms}
    where changes() > 0`.compile(db);
}

/**
 * Puts in order what a stopped process left: an expired lease before sending goes back to the queue; during sending, nobody
 * knows what the server took: in doubt, and named.
 */
export async function recover(
  { db, batch }: Database<DeliveryTables>,
  lot: Lot,
  now: Temporal.Instant,
): Promise<void> {
  const ms = now.epochMilliseconds;
  const table = sql.table(lot.table);
  await batch([
    sql`update ${table} set state = 'queued', worker = null, at = ${ms}
      where ${inLot(lot)} and state = 'claimed' and due_at <= ${ms}`.compile(db),
    sql`update ${table} set state = 'in_doubt', in_doubt = in_doubt + 1, worker = null, at = ${ms},
        reply = 'the process ended while this was under way'
      where ${inLot(lot)} and state = 'sending' and due_at <= ${ms}`.compile(db),
  ]);
}

/** Ends what waited past its deadline. Looks at every waiting letter of the lot, so ask when the deadline can have come. */
export async function expire(db: Db, lot: Lot, now: Temporal.Instant): Promise<void> {
  const ms = now.epochMilliseconds;
  await sql`update ${sql.table(lot.table)} set state = 'expired', worker = null, at = ${ms}
    where ${inLot(lot)} and state in ('queued', 'deferred', 'in_doubt') and deadline_at <= ${ms}`.execute(db);
}

/** A letter that is this worker's until its lease ends. */
export type Claimed = {
  table: Lot["table"];
  id: number;
  address: string;
  language: "ar" | "en";
  tries: number;
  messageId: string | null;
  messageDate: Temporal.Instant | null;
};
export type ClaimedDelivery = Claimed & { table: "deliveries"; subscriberId: SubscriberId; sections: string };
export type ClaimedNotice = Claimed & { table: "notices"; kind: string; data: string };

/** Claims letters of an issue that are due; no two workers get the same. */
export async function claimDeliveries(
  db: Db,
  issue: IssueId,
  worker: string,
  most: number,
  now: Temporal.Instant,
): Promise<ClaimedDelivery[]> {
  const { rows } = await claim({ table: "deliveries", issue }, worker, most, now).execute(db);
  return rows.map((row) => ({
    ...claimed(row),
    table: "deliveries",
    subscriberId: row.subscriber_id,
    sections: row.sections,
  }));
}

/** Claims notices that are due. */
export async function claimNotices(
  db: Db,
  worker: string,
  most: number,
  now: Temporal.Instant,
): Promise<ClaimedNotice[]> {
  const { rows } = await claim({ table: "notices" }, worker, most, now).execute(db);
  return rows.map((row) => ({ ...claimed(row), table: "notices", kind: row.kind, data: row.data }));
}

type ClaimedRow = {
  id: number;
  address: string;
  language: "ar" | "en";
  tries: number;
  message_id: string | null;
  message_date: number | null;
  subscriber_id: SubscriberId;
  sections: string;
  kind: string;
  data: string;
};

const claim = (lot: Lot, worker: string, most: number, now: Temporal.Instant) => sql<ClaimedRow>`
  update ${sql.table(lot.table)}
  set state = 'claimed', worker = ${worker}, due_at = ${now.add({ minutes: leaseMinutes }).epochMilliseconds},
    at = ${now.epochMilliseconds}
  where id in (
    select id from ${sql.table(lot.table)}
    where ${inLot(lot)} and state in ('queued', 'deferred', 'in_doubt') and due_at <= ${now.epochMilliseconds}
      and deadline_at > ${now.epochMilliseconds}
    limit ${most})
  returning *`;

const claimed = (row: ClaimedRow) => ({
  id: row.id,
  address: row.address,
  language: row.language,
  tries: row.tries,
  messageId: row.message_id,
  messageDate: row.message_date === null ? null : fromMilliseconds(row.message_date),
});

/**
 * Notes durably that a letter is about to leave, and keeps what its row forgets of the try before. False if it is no longer
 * this worker's: then it must not be sent.
 *
 * @param message its id and date, the same in every try
 */
export async function markSending(
  { db, batch }: Database<DeliveryTables>,
  letter: Claimed,
  worker: string,
  message: { id: string; date: Temporal.Instant; edition: EditionId | null },
  now: Temporal.Instant,
): Promise<boolean> {
  const ms = now.epochMilliseconds;
  const mine = sql<boolean>`id = ${letter.id} and state = 'claimed' and worker = ${worker} and due_at > ${ms}`;
  const edition = letter.table === "deliveries" ? sql`, edition_id = ${message.edition}` : sql``;
  const keep = sql`insert or ignore into earlier_tries (delivery_id, try, edition_id, reply, at)
    select id, tries, edition_id, reply, at from deliveries where ${mine} and tries > 0`;
  const mark = sql`update ${sql.table(letter.table)}
    set state = 'sending', tries = tries + 1, message_id = ${message.id},
      message_date = ${message.date.epochMilliseconds}, at = ${ms},
      due_at = ${now.add({ minutes: leaseMinutes }).epochMilliseconds} ${edition}
    where ${mine}`;
  const isRetry = letter.table === "deliveries" && letter.tries > 0;
  const results = await batch([...(isRetry ? [keep.compile(db)] : []), mark.compile(db)]);
  return results.at(-1)?.changes === 1;
}

/**
 * Books what became of a letter. False if the lease had ended and somebody else has it: nothing is overwritten. That the
 * server took it is booked all the same while nobody has claimed it again, since then it need not be sent again.
 */
export async function book(
  db: Db,
  letter: Claimed,
  worker: string,
  outcome: Outcome,
  now: Temporal.Instant,
): Promise<boolean> {
  const due = "retryAfterSeconds" in outcome ? now.add({ seconds: outcome.retryAfterSeconds }) : now;
  const { rows } = await sql`update ${sql.table(letter.table)}
    set state = ${outcome.state}, reply = ${outcome.reply.slice(0, 1000)}, worker = null,
      in_doubt = in_doubt + ${outcome.state === "in_doubt" ? 1 : 0}, due_at = ${due.epochMilliseconds},
      at = ${now.epochMilliseconds}
    where id = ${letter.id} and ((state in ('claimed', 'sending') and worker = ${worker})
      or (${outcome.state} = 'accepted' and state = 'in_doubt' and worker is null and tries = ${letter.tries + 1}))
    returning id`.execute(db);
  return rows.length === 1;
}

/** Withdraws claimed letters whose readers must not be mailed any more; the reason stands where a reply would. */
export async function withdraw(
  db: Db,
  letters: readonly { id: number; reason: string }[],
  worker: string,
  now: Temporal.Instant,
): Promise<void> {
  if (letters.length === 0) return;
  await sql`update deliveries set state = 'withdrawn', worker = null, at = ${now.epochMilliseconds},
      reply = (select j.value ->> 'reason' from json_each(${JSON.stringify(letters)}) j where j.value ->> 'id' = deliveries.id)
    where id in (select j.value ->> 'id' from json_each(${JSON.stringify(letters)}) j)
      and state = 'claimed' and worker = ${worker}`.execute(db);
}

/** Gives back what was claimed and not begun, so that the next worker need not wait for the lease to end. */
export async function release(
  db: Db,
  table: Lot["table"],
  worker: string,
  now: Temporal.Instant,
): Promise<void> {
  await sql`update ${sql.table(table)} set state = 'queued', worker = null, due_at = ${now.epochMilliseconds}
    where state = 'claimed' and worker = ${worker}`.execute(db);
}

/** Whether something of an issue is still to be sent or under way. */
export async function hasOpen(db: Db, issue: IssueId): Promise<boolean> {
  const { rows } = await sql`select 1 from deliveries
    where issue_id = ${issue} and state in ('queued', 'claimed', 'sending', 'deferred', 'in_doubt') limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

/** One line of the ledger, as `nashra issue ledger` prints it. */
export type LedgerLine = {
  address: string;
  state: DeliveryState;
  message_id: string | null;
  reply: string | null;
  tries: number;
  in_doubt: number;
  at: string;
};

/**
 * A page of an issue's ledger in the order of its subscribers.
 *
 * @param after the `next` of the page before; 0 at first
 */
export async function ledgerPage(
  db: Db,
  issue: IssueId,
  after: number,
  limit: number,
): Promise<{ lines: LedgerLine[]; next: number | null }> {
  const rows = await db
    .selectFrom("deliveries")
    .select(["subscriber_id", "address", "state", "message_id", "reply", "tries", "in_doubt", "at"])
    .where("issue_id", "=", issue)
    .where(sql<number>`subscriber_id`, ">", after)
    .orderBy("subscriber_id")
    .limit(limit)
    .execute();
  return {
    lines: rows.map(({ subscriber_id: _, at, ...line }) => ({
      ...line,
      at: fromMilliseconds(at).toString(),
    })),
    next: rows.length === limit ? (rows.at(-1)?.subscriber_id ?? null) : null,
  };
}

const account = z.object({
  states: z.array(z.object({ state: z.enum(deliveryStates), count: z.number() })),
  exclusions: z.array(z.object({ reason: z.string(), count: z.number() })),
});

/** How many deliveries of an issue are in each state, and how many candidates were left out for each reason. */
export type Account = z.output<typeof account>;

/** The sums of an issue: as kept when it was over, else counted. */
export async function accountOf(db: Db, issue: IssueId): Promise<Account> {
  const kept = await db
    .selectFrom("issue_accounts")
    .select("account")
    .where("issue_id", "=", issue)
    .executeTakeFirst();
  return kept ? account.parse(JSON.parse(kept.account)) : count(db, issue);
}

/** Counts an issue that is over, once for all. */
export async function keepAccount(db: Db, issue: IssueId): Promise<void> {
  const row = { issue_id: issue, account: JSON.stringify(await count(db, issue)) };
  await db
    .insertInto("issue_accounts")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function count(db: Db, issue: IssueId): Promise<Account> {
  const states = await db
    .selectFrom("deliveries")
    .select(["state", sql<number>`count(*)`.as("count")])
    .where("issue_id", "=", issue)
    .groupBy("state")
    .execute();
  const exclusions = await db
    .selectFrom("exclusions")
    .select(["reason", sql<number>`count(*)`.as("count")])
    .where("issue_id", "=", issue)
    .groupBy("reason")
    .execute();
  return { states, exclusions };
}

/** Removes every trace of letters to these subscribers: for invented ones, never for people. */
export function forgetDeliveriesTo(db: Db, subscribers: readonly SubscriberId[]): CompiledQuery[] {
  const ids = JSON.stringify(subscribers);
  const sums = sql`delete from issue_accounts where issue_id in (
    select d.issue_id from deliveries d where d.subscriber_id in (select value from json_each(${ids})))`.compile(
    db,
  );
  const rows = (["deliveries", "exclusions"] as const).map((table) =>
    sql`delete from ${sql.table(table)} where subscriber_id in (select value from json_each(${ids}))`.compile(
      db,
    ),
  );
  return [sums, ...rows];
}
