// The SQL that moves letters from state to state. Deliveries and notices go through the same states, so that these statements
// are written once and told which of the two tables they move.
import { CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { doubtsAreHeld, type EditionId, type IssueId, issueIs, lettersMayLeave } from "../digests/index.ts";
import { type Database, fromMilliseconds, othersFirst } from "../platform/index.ts";
import { mailIsHeld } from "../settings/index.ts";
import type { SubscriberId } from "../subscribers/index.ts";
import type { DeliveryTables } from "./ledger.ts";
import { asManyAsChanged, countLetters } from "./pace/counts.ts";
import type { Doubt, NoLetter } from "./reasons.ts";
import type { DeliveryState, Outcome } from "./state.ts";
import { allWorkers, forgetWorkers, type Watch } from "./workers.ts";

type Db = Kysely<DeliveryTables>;

/** Which letters a statement moves: those of one issue, or the notices. */
export type Lot = { table: "deliveries"; issue: IssueId } | { table: "notices" };

const inLot = (lot: Lot): RawBuilder<boolean> =>
  lot.table === "deliveries" ? sql`issue_id = ${lot.issue}` : sql`1 = 1`;

/**
 * Of an issue that was called off nothing is claimed any more, and of one that is paused nothing until it goes on; of a database that
 * was restored no issue at all, until a person says so.
 */
const mayLeave = (lot: Lot): RawBuilder<boolean> =>
  lot.table === "deliveries" ? sql`${lettersMayLeave(lot.issue)} and not ${mailIsHeld}` : sql`1 = 1`;

/**
 * How long a claimed letter belongs to its worker, counted anew from the moment that it leaves: longer than all that a
 * server may take for one message (a minute to connect, 5 to greet, 10 to answer the last dot).
 */
const leaseMinutes = 20;

/** When a lease ends that begins at a moment, in milliseconds since 1970. */
export const leaseFrom = (moment: Temporal.Instant): number =>
  moment.epochMilliseconds + leaseMinutes * 60_000;

/**
 * Puts in order what a stopped process left, when its lease has ended or it was seen to have fallen silent: before sending it goes back
 * to the queue; during sending, nobody knows what the server took: in doubt, and named.
 */
export async function recover(
  { db, batch }: Database<DeliveryTables>,
  lot: Lot,
  watch: Watch,
  now: Temporal.Instant,
): Promise<void> {
  const ms = now.epochMilliseconds;
  const table = sql.table(lot.table);
  const silent = watch(await allWorkers(db));
  const isLeft = sql<boolean>`(due_at <= ${ms}
    or worker in (select value from json_each(${JSON.stringify(silent)})))`;
  await batch([
    sql`update ${table} set state = 'queued', worker = null, due_at = min(due_at, ${ms}), at = case when tries > 0 then at else ${ms} end
      where ${inLot(lot)} and state = 'claimed' and ${isLeft}`.compile(db),
    sql`update ${table} set state = 'in_doubt', in_doubt = in_doubt + 1, worker = null, at = ${ms},
        reply = 'the process ended while this was under way', ${inDoubt(lot.table, sql`min(due_at, ${ms})`)}
      where ${inLot(lot)} and state = 'sending' and ${isLeft}`.compile(db),
    countLetters(db, "", "in_doubt", asManyAsChanged),
    ...(silent.length > 0 ? [forgetWorkers(db, silent)] : []),
  ]);
}

/** Later than any date: what is due then is claimed by nobody. */
const never = 8_640_000_000_000_000;

/**
 * In SQL, what a letter is set to that is in doubt: it is tried again when due, or held for a person, as its digest says; notices are always
 * sent again.
 */
const inDoubt = (table: Lot["table"], due: RawBuilder<unknown>): RawBuilder<unknown> => {
  if (table === "notices") return sql`due_at = ${due}`;
  const holds = sql.raw(doubtsAreHeld("deliveries.issue_id"));
  return sql`reason = case when ${holds} then ${"held" satisfies Doubt} end, due_at = case when ${holds} then ${never} else ${due} end`;
};

/** In SQL, with one place for when it is due: what is set beside a state that a try led to. */
const dueThen = (table: Lot["table"], state: DeliveryState): string => {
  if (state !== "in_doubt" || table === "notices") return "reason = null, due_at = ?";
  const holds = doubtsAreHeld("deliveries.issue_id");
  return `reason = case when ${holds} then 'held' end, due_at = case when ${holds} then ${never} else ? end`;
};

/**
 * Until when letters may leave, in SQL: until their own deadline, or as long as a person gave their issue when it went on after a pause.
 */
const leavesUntil = (lot: Lot): RawBuilder<number> =>
  lot.table === "deliveries"
    ? sql`max(deadline_at, coalesce((select i.extended_to from issues i where i.id = ${lot.issue}), 0))`
    : sql`deadline_at`;

/** So many rows one statement changes, so that others get their turn. */
const changedAtOnce = 2000;

/** Ends what waited past its deadline, but for letters of a paused issue: what becomes of those a person says. Looks at every waiting letter of the lot, so ask when the deadline can have come. */
export async function expire(
  { db, batch }: Database<DeliveryTables>,
  lot: Lot,
  now: Temporal.Instant,
): Promise<void> {
  const ms = now.epochMilliseconds;
  for (;;) {
    const [expired] = await batch([
      sql`update ${sql.table(lot.table)} set state = 'expired', worker = null, ended_at = ${ms}
        where id in (select id from ${sql.table(lot.table)}
          where ${inLot(lot)} and reason is null and state in ('queued', 'deferred', 'in_doubt')
            and ${leavesUntil(lot)} <= ${ms} and ${mayLeave(lot)} limit ${changedAtOnce})`.compile(db),
      countLetters(db, "", "expired", asManyAsChanged),
    ]);
    if ((expired?.changes ?? 0) < changedAtOnce) return;
    await othersFirst();
  }
}

/** Whether letters of a lot wait and are due, and may leave. */
export async function isDue(db: Db, lot: Lot, now: Temporal.Instant): Promise<boolean> {
  const { rows } = await sql`select 1 from ${sql.table(lot.table)} where ${inLot(lot)}
    and state in ('queued', 'deferred', 'in_doubt') and due_at <= ${now.epochMilliseconds} and ${mayLeave(lot)} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

/** A letter that is this worker's until its lease ends. */
export type Claimed = {
  table: Lot["table"];
  id: number;
  address: string;
  /** Whose it is; null where nobody's. */
  subscriberId: SubscriberId | null;
  language: "ar" | "en";
  tries: number;
  messageId: string | null;
  messageDate: Temporal.Instant | null;
};
export type ClaimedDelivery = Claimed & {
  table: "deliveries";
  subscriberId: SubscriberId;
  sections: string;
  destination: string;
};
export type ClaimedNotice = Claimed & { table: "notices"; kind: string; data: string };

/** Where letters of an issue wait, due or not. */
export const destinationsWaiting = (db: Db, issue: IssueId): Promise<string[]> =>
  destinationsDue(db, issue, fromMilliseconds(never));

/** Where letters of an issue wait and are due: a step in an index for each group, however many letters it has. */
export async function destinationsDue(db: Db, issue: IssueId, now: Temporal.Instant): Promise<string[]> {
  const { rows } = await sql<{ destination: string }>`
    with recursive there (state, destination) as (
      select s.value, (select min(destination) from deliveries where issue_id = ${issue} and state = s.value)
      from json_each(${JSON.stringify(waitingStates)}) s
      union all
      select there.state, (select min(d.destination) from deliveries d
        where d.issue_id = ${issue} and d.state = there.state and d.destination > there.destination)
      from there where there.destination is not null)
    select distinct there.destination from there where exists (
      select 1 from deliveries d where d.issue_id = ${issue} and d.state = there.state
        and d.destination = there.destination and d.due_at <= ${now.epochMilliseconds})
    order by 1`.execute(db);
  return rows.map(({ destination }) => destination);
}

const waitingStates: readonly DeliveryState[] = ["queued", "deferred", "in_doubt"];

/**
 * Claims letters of an issue to one destination that are due, while it is being sent; no two workers get the same. Nobody has letters of two issues under way at once: the
 * later one waits, so that what the first tells is known when the second is written.
 */
export async function claimDeliveries(
  db: Db,
  issue: IssueId,
  destination: string,
  worker: string,
  most: number,
  now: Temporal.Instant,
): Promise<ClaimedDelivery[]> {
  const to = sql<boolean>`destination = ${destination}`;
  const { rows } = await claim({ table: "deliveries", issue }, to, worker, most, now).execute(db);
  return rows.map((row) => ({
    ...claimed(row),
    table: "deliveries",
    subscriberId: row.subscriber_id,
    sections: row.sections,
    destination,
  }));
}

/** Claims notices that are due. */
export async function claimNotices(
  db: Db,
  worker: string,
  most: number,
  now: Temporal.Instant,
): Promise<ClaimedNotice[]> {
  // One without an address was under way when its reader was erased; deliveries to such readers are withdrawn.
  const to = sql<boolean>`address <> ''`;
  const { rows } = await claim({ table: "notices" }, to, worker, most, now).execute(db);
  return rows.map((row) => ({
    ...claimed(row),
    table: "notices",
    subscriberId: row.subscriber_id,
    kind: row.kind,
    data: row.data,
  }));
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

/** The time of the try before stays until it is kept beside its reply (markSending). */
const claim = (
  lot: Lot,
  to: RawBuilder<boolean>,
  worker: string,
  most: number,
  now: Temporal.Instant,
) => sql<ClaimedRow>`
  update ${sql.table(lot.table)}
  set state = 'claimed', worker = ${worker}, due_at = ${leaseFrom(now)},
    at = case when tries > 0 then at else ${now.epochMilliseconds} end
  where id in (
    ${claimable(lot, sql`state = 'queued' and ${to}`, now)}
    union all ${claimable(lot, sql`state in ('deferred', 'in_doubt') and ${to}`, now)}
    limit ${most})
  returning * ${lot.table === "notices" ? sql`, data ->> 'subscriber' as subscriber_id` : sql``}`;

/**
 * In SQL, letters of a lot that are due. Those that nobody has tried are claimed before others: where few may go, those that are
 * refused again and again would leave them no room. (The parts of a `union all` are run in their order, and no further than the limit.)
 */
const claimable = (lot: Lot, which: RawBuilder<boolean>, now: Temporal.Instant) => sql`
    select id from ${sql.table(lot.table)}
    where ${inLot(lot)} and ${which} and reason is null and due_at <= ${now.epochMilliseconds}
      and ${leavesUntil(lot)} > ${now.epochMilliseconds} and ${nothingElseUnderWay(lot)} and ${mayLeave(lot)}`;

/** In SQL: whether no letter of another issue is under way to the same reader. The index of what is held has a few rows. */
const nothingElseUnderWay = (lot: Lot): RawBuilder<boolean> =>
  lot.table === "notices"
    ? sql`1 = 1`
    : sql`subscriber_id not in (
        select h.subscriber_id from deliveries h where h.worker is not null and h.issue_id <> ${lot.issue})`;

const claimed = (row: ClaimedRow) => ({
  id: row.id,
  address: row.address,
  language: row.language,
  tries: row.tries,
  messageId: row.message_id,
  messageDate: row.message_date === null ? null : fromMilliseconds(row.message_date),
});

/** A letter as it is tried: its id and date, which are the same in every try, and the edition that it carries. */
export type Message = { id: string; date: Temporal.Instant; edition: EditionId | null };

/**
 * Notes that a letter is about to leave, and keeps what its row forgets of the try before. The last statement counts 1 change
 * while the letter is this worker's; else it must not be sent.
 */
export function markSending(
  letter: Claimed,
  worker: string,
  message: Message,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  const mine = [letter.id, worker, ms] as const;
  return [
    ...keepEarlierTry(letter, "id = ? and state = 'claimed' and worker = ? and due_at > ?", mine),
    statement(
      `update ${letter.table} set state = 'sending', ${tried(letter)}, at = ?, due_at = ?
        where id = ? and state = 'claimed' and worker = ? and due_at > ?`,
      [...triedValues(letter, message, letter.tries + 1), ms, leaseFrom(now), ...mine],
    ),
  ];
}

/**
 * Books what became of a letter, whether its content left or not. The last statement counts no change if the lease had ended and
 * somebody else has the letter: nothing is overwritten. That the server took it is booked all the same while nobody has
 * claimed it again, since then it need not be sent again.
 */
export function book(
  letter: Claimed,
  worker: string,
  message: Message | null,
  outcome: Outcome,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  const due = "retryAfterSeconds" in outcome ? ms + outcome.retryAfterSeconds * 1000 : ms;
  const { state } = outcome;
  const tries = letter.tries + ("uncounted" in outcome && outcome.uncounted ? 0 : 1);
  return [
    ...keepEarlierTry(letter, "id = ? and worker = ? and state = 'claimed'", [letter.id, worker]),
    // Servers repeat the address: where it was erased meanwhile, their words are not kept.
    statement(
      `update ${letter.table} set state = ?, worker = null, ${message ? tried(letter) : "tries = ?"},
        reply = case when address = '' then null else ? end, in_doubt = in_doubt + ?, ${dueThen(letter.table, state)}, at = ?
        where id = ? and ((state in ('claimed', 'sending') and worker = ?)
          or (? = 'accepted' and state = 'in_doubt' and worker is null and tries = ?))`,
      [
        state,
        ...(message ? triedValues(letter, message, tries) : [tries]),
        outcome.reply.slice(0, 1000),
        state === "in_doubt" ? 1 : 0,
        due,
        ms,
        letter.id,
        worker,
        state,
        letter.tries + 1,
      ],
    ),
  ];
}

/** A few times for each letter of a million: so it is not put together anew each time, as Kysely would. */
const statement = (text: string, values: readonly (string | number | null)[]): CompiledQuery =>
  CompiledQuery.raw(text, [...values]);

/** What a row says of the try that it is about. */
const tried = ({ table }: Claimed): string =>
  `tries = ?, message_id = ?, message_date = ?${table === "deliveries" ? ", edition_id = ?" : ""}`;

const triedValues = ({ table }: Claimed, { id, date, edition }: Message, tries: number) => [
  tries,
  id,
  date.epochMilliseconds,
  ...(table === "deliveries" ? [edition] : []),
];

/** Copies what the row says of the try before, if there was one; notices forget it. */
const keepEarlierTry = (
  { table, tries }: Claimed,
  mine: string,
  values: readonly (string | number)[],
): CompiledQuery[] =>
  table === "deliveries" && tries > 0
    ? [
        statement(
          `insert or ignore into earlier_tries (delivery_id, try, edition_id, reply, at)
            select id, tries, edition_id, reply, at from deliveries where ${mine} and tries = ?`,
          [...values, tries],
        ),
      ]
    : [];

/** In SQL, what a letter is set to that is withdrawn: its last try's reply and time stay. */
const withdrawn = (reason: RawBuilder<unknown>, now: Temporal.Instant) =>
  sql`state = 'withdrawn', worker = null, reason = ${reason}, ended_at = ${now.epochMilliseconds}`;

/** Withdraws claimed letters whose readers must not be mailed any more. */
export async function withdraw(
  db: Db,
  letters: readonly { id: number; reason: NoLetter }[],
  worker: string,
  now: Temporal.Instant,
): Promise<void> {
  if (letters.length === 0) return;
  const list = JSON.stringify(letters);
  const reason = sql`(select j.value ->> 'reason' from json_each(${list}) j where j.value ->> 'id' = deliveries.id)`;
  await sql`update deliveries set ${withdrawn(reason, now)}
    where id in (select j.value ->> 'id' from json_each(${list}) j)
      and state = 'claimed' and worker = ${worker}`.execute(db);
}

/** Why letters are withdrawn whose issue was called off. */
const cancelled = sql`${"issue-cancelled" satisfies NoLetter}`;

/** Withdraws letters of an issue that wait, some thousands at most. @returns how many */
export async function withdrawWaiting(db: Db, issue: IssueId, now: Temporal.Instant): Promise<number> {
  const { numAffectedRows } = await sql`update deliveries set ${withdrawn(cancelled, now)}
    where id in (select id from deliveries where issue_id = ${issue}
      and state in ('queued', 'claimed', 'deferred', 'in_doubt') limit ${changedAtOnce})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/**
 * Withdraws what workers hold of an issue and have not begun to send, a few dozen letters. Goes into the batch that calls the issue
 * off: after that nothing leaves but what is on the wire.
 */
export const withdrawClaimed = (db: Db, issue: IssueId, now: Temporal.Instant): CompiledQuery =>
  sql`update deliveries set ${withdrawn(cancelled, now)}
    where issue_id = ${issue} and state = 'claimed' and ${issueIs(issue, "cancelling")}`.compile(db);

/**
 * Takes back what workers hold of a paused issue and have not begun to send. Goes into the batch that pauses it: after that nothing
 * leaves but what is on the wire.
 *
 * @param except a letter that the same batch books
 */
export const releaseClaimed = (
  db: Db,
  issue: IssueId,
  now: Temporal.Instant,
  except: number | null = null,
): CompiledQuery =>
  sql`update deliveries set state = 'queued', worker = null, due_at = ${now.epochMilliseconds}
    where issue_id = ${issue} and state = 'claimed' and id is not ${except} and not ${lettersMayLeave(issue)}`.compile(
    db,
  );

/** Gives back a letter whose destination has come to rest; it counts as no try. @param until milliseconds since 1970 */
export const putOff = (letter: Claimed, worker: string, until: number): CompiledQuery[] => [
  statement(
    `update ${letter.table} set state = 'queued', worker = null, due_at = ? where id = ? and state = 'claimed' and worker = ?`,
    [until, letter.id, worker],
  ),
];

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
