// The tables of delivery, and the SQL that writes audiences and notices and reads what became of them; claim.ts has what
// moves letters.
import { type CompiledQuery, type Generated, type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import type { LoginMail } from "../accounts/index.ts";
import type { EditionId, IssueId } from "../digests/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import { noticeData, type QueueNotice, type Reader, type SubscriberId } from "../subscribers/index.ts";
import { destinationOf } from "./destinations.ts";
import type { FeedbackRow } from "./feedback/tables.ts";
import type { PaceTables } from "./pace/tables.ts";
import { type DeliveryState, deliveryStates } from "./state.ts";

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
  reason: Generated<string | null>;
  ended_at: Generated<number | null>;
};

export type DeliveryTables = PaceTables & {
  deliveries: Moving & {
    issue_id: IssueId;
    subscriber_id: SubscriberId;
    sections: string;
    language: "ar" | "en";
    address: string;
    /** The group that its address is in, as destinations.ts knew it when the audience was written. */
    destination: Generated<string>;
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
  issue_audiences: { issue_id: IssueId; letters: number; exclusions: string };
  exclusions: { issue_id: IssueId; subscriber_id: SubscriberId; reason: string };
  delivery_workers: { name: string; beats: number };
  folded_deliveries: {
    issue_id: IssueId;
    edition_id: number;
    destination: string;
    state: DeliveryState;
    reason: string;
    letters: number;
    tries: number;
  };
  folded_exclusions: { issue_id: IssueId; reason: string; readers: number };
  feedback: FeedbackRow;
  webhook_events: { id: string; body: string; at: number };
  told_skips: { issue_id: IssueId; at: number };
  told_waiting: { issue_id: IssueId; at: number };
};

type Db = Kysely<DeliveryTables>;

/**
 * Writes a range of an issue's audience: who gets it, and who does not and why. Idempotent: somebody who stands in the
 * ledger already, on either side, is not written again.
 *
 * @param condition true while the audience may still be written; the issue's owner hands it over
 */
export function writeAudience(
  db: Db,
  issue: IssueId,
  candidates: readonly (Omit<Reader, "exclusion"> & { reason: string | null })[],
  deadline: Temporal.Instant,
  condition: RawBuilder<boolean>,
  now: Temporal.Instant,
): CompiledQuery[] {
  const rows = (excluded: boolean) =>
    JSON.stringify(
      candidates
        .filter(({ reason }) => (reason !== null) === excluded)
        .map((it) => (excluded ? it : { ...it, destination: destinationOf(it.address) })),
    );
  const ms = now.epochMilliseconds;
  return [
    sql`insert or ignore into deliveries
        (issue_id, subscriber_id, sections, language, address, destination, state, due_at, deadline_at, at)
      select ${issue}, j.value ->> 'subscriberId', j.value ->> 'sections', j.value ->> 'language', j.value ->> 'address',
        j.value ->> 'destination', 'queued', ${ms}, ${deadline.epochMilliseconds}, ${ms}
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
    select (select count(*) from deliveries where issue_id = ${issue})
        + coalesce((select sum(letters) from folded_deliveries where issue_id = ${issue}), 0) as deliveries,
      (select count(*) from exclusions where issue_id = ${issue})
        + coalesce((select sum(readers) from folded_exclusions where issue_id = ${issue}), 0) as exclusions`.execute(
    db,
  );
  return rows[0] ?? { deliveries: 0, exclusions: 0 };
}

const exclusionCounts = z.array(z.object({ reason: z.string(), count: z.number() }));

/** An audience as it was written: how many letters, and how many candidates were left out for each reason. */
export type WrittenAudience = { letters: number; exclusions: z.output<typeof exclusionCounts> };

/** How many candidates of an issue were left out for each reason. Reads them all: for whoever has just written them. */
export async function countExclusions(db: Db, issue: IssueId): Promise<WrittenAudience["exclusions"]> {
  const { rows } = await sql<{ reason: string; count: number }>`
    select reason, count(*) as count from exclusions where issue_id = ${issue} group by reason`.execute(db);
  return rows;
}

/**
 * Keeps how an audience was written, so that pages need not count it while its letters leave. Goes right behind the statement that ends
 * the writing, and holds if that changed something.
 */
export const keepAudience = (
  db: Db,
  issue: IssueId,
  { letters, exclusions }: WrittenAudience,
): CompiledQuery =>
  sql`insert or ignore into issue_audiences (issue_id, letters, exclusions)
    select ${issue}, ${letters}, ${JSON.stringify(exclusions)} where changes() > 0`.compile(db);

/** How the audience of an issue was written; null before all of it is. */
export async function audienceWritten(db: Db, issue: IssueId): Promise<WrittenAudience | null> {
  const row = await db
    .selectFrom("issue_audiences")
    .select(["letters", "exclusions"])
    .where("issue_id", "=", issue)
    .executeTakeFirst();
  return row ? { letters: row.letters, exclusions: exclusionCounts.parse(JSON.parse(row.exclusions)) } : null;
}

/**
 * Queues a notice, if the statement before it changed something: it goes into the batch of what caused it, right behind
 * that, so that neither stands without the other.
 */
export const queueNoticeIn =
  (db: Db): QueueNotice & ((notice: LoginMail, now: Temporal.Instant) => CompiledQuery) =>
  (notice, now) => {
    const ms = now.epochMilliseconds;
    const isLogin = notice.kind === "login";
    const deadline = isLogin ? notice.data.expiresAt : now.add({ hours: noticeHours }).epochMilliseconds;
    const data = isLogin ? JSON.stringify(notice.data) : noticeData(notice);
    return sql`insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
      select ${notice.kind}, ${notice.address}, ${notice.language}, ${data}, 'queued', ${ms},
        ${deadline}, ${ms}
      where changes() > 0`.compile(db);
  };

/** Notices that are over are kept so long, for whoever asks why a mail did not come; then their addresses go. */
const noticeDays = 7;

/** Forgets notices that are over, a thousand at a time. */
export async function forgetNotices(db: Db, now: Temporal.Instant): Promise<void> {
  const before = now.subtract({ hours: 24 * noticeDays }).epochMilliseconds;
  await sql`delete from notices where id in (select id from notices
    where state in ('accepted', 'rejected', 'expired', 'withdrawn') and due_at < ${before} limit 1000)`.execute(
    db,
  );
}

/** Confirmation mails are worthless a day later. */
const noticeHours = 24;

/** In SQL: a letter is still to be sent or under way; one in doubt that waits for a person is neither. */
const isOpen = sql<boolean>`state in ('queued', 'claimed', 'sending', 'deferred', 'in_doubt') and reason is null`;

/** Whether something of an issue is still to be sent or under way. */
export async function hasOpen(db: Db, issue: IssueId): Promise<boolean> {
  const { rows } =
    await sql`select 1 from deliveries where issue_id = ${issue} and ${isOpen} limit 1`.execute(db);
  return rows.length > 0;
}

/** Whether there is any notice still to be sent or under way. */
export async function hasOpenNotices(db: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from notices where ${isOpen} limit 1`.execute(db);
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
  /** Why it was withdrawn; of one in doubt, `held` for a person, or `let-be` by one. */
  reason: string | null;
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
    .select(["subscriber_id", "address", "state", "message_id", "reply", "tries", "in_doubt", "reason"])
    .select(sql<number>`coalesce(ended_at, at)`.as("at"))
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
  exclusions: exclusionCounts,
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

/** How many letters of an issue a server took. */
export async function acceptedIn(db: Db, issue: IssueId): Promise<number> {
  const { states } = await accountOf(db, issue);
  return states.find(({ state }) => state === "accepted")?.count ?? 0;
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

/**
 * Has the issue of a letter counted anew: for a reply that comes so late that the issue may have been over, with this letter in doubt.
 * Goes before the statement that books it.
 */
export const forgetAccountOf = (db: Db, delivery: number): CompiledQuery =>
  sql`delete from issue_accounts
    where issue_id = (select d.issue_id from deliveries d where d.id = ${delivery})`.compile(db);

/** Counts rows, and what became counts already. */
async function count(db: Db, issue: IssueId): Promise<Account> {
  const { rows: states } = await sql<Account["states"][number]>`select state, sum(letters) as count from (
      select state, count(*) as letters from deliveries where issue_id = ${issue} group by state
      union all select state, letters from folded_deliveries where issue_id = ${issue})
    group by state`.execute(db);
  const { rows: exclusions } = await sql<
    Account["exclusions"][number]
  >`select reason, sum(readers) as count from (
      select reason, count(*) as readers from exclusions where issue_id = ${issue} group by reason
      union all select reason, readers from folded_exclusions where issue_id = ${issue})
    group by reason`.execute(db);
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
