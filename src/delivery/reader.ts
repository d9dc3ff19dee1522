// What the ledger holds of one reader: for whoever asks what we know of them, wants it erased, or answers a mail of ours.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { type DigestTables, issueById } from "../digests/index.ts";
import { fromMilliseconds, sameText } from "../platform/index.ts";
import type { SubscriberId } from "../subscribers/index.ts";
import type { DeliveryTables } from "./ledger.ts";
import type { NoLetter } from "./reasons.ts";

type Db = Kysely<DeliveryTables>;

/** More than twenty years of a digest that comes twice a day. */
const most = 20_000;

/** Every mail that somebody was sent, and every issue they were left out of, with the reason; the newest first. */
export async function lettersOf(db: Db, subscriber: SubscriberId) {
  const columns = [
    "address",
    "state",
    "message_id",
    "reply",
    "tries",
    "in_doubt",
    "at",
    "reason",
    "ended_at",
  ] as const;
  const time = (ms: number) => fromMilliseconds(ms).toString();
  const at = <Row extends { at: number }>(row: Row) => ({ ...row, at: time(row.at) });
  const mail = <Row extends { at: number; ended_at: number | null }>(row: Row) => ({
    ...at(row),
    ended_at: row.ended_at === null ? null : time(row.ended_at),
  });
  const deliveries = await db
    .selectFrom("deliveries")
    .select(["issue_id", "sections", "language", ...columns])
    .where("subscriber_id", "=", subscriber)
    .orderBy(sql<number>`id`, "desc")
    .limit(most)
    .execute();
  const notices = await db
    .selectFrom("notices")
    .select(["kind", "language", ...columns])
    .where(sql`data ->> 'subscriber'`, "=", subscriber)
    .orderBy(sql<number>`id`, "desc")
    .limit(most)
    .execute();
  const exclusions = await db
    .selectFrom("exclusions")
    .select(["issue_id", "reason"])
    .where("subscriber_id", "=", subscriber)
    .orderBy("issue_id", "desc")
    .limit(most)
    .execute();
  const feedback = await db
    .selectFrom("feedback")
    .select(["delivery_id", "notice_id", "kind", "verdict", "code", "words", "at"])
    .where("subscriber_id", "=", subscriber)
    .orderBy(sql<number>`id`, "desc")
    .limit(most)
    .execute();
  return {
    deliveries: deliveries.map(mail),
    notices: notices.map(mail),
    exclusions,
    feedback: feedback.map(at),
  };
}

/** Every address that somebody was ever written to at. */
export async function addressesOf(db: Db, subscriber: SubscriberId): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select address from deliveries where subscriber_id = ${subscriber}
    union select address from notices where data ->> 'subscriber' = ${subscriber}`.execute(db);
  return rows.map(({ address }) => address).filter((address) => address !== "");
}

/**
 * Blanks the address of somebody who is erased in every mail of theirs, and what servers said of it; what was not sent yet is
 * withdrawn. A mail that is under way at this moment is booked without the server's words.
 */
export function blankLetters(db: Db, subscriber: SubscriberId, now: Temporal.Instant): CompiledQuery[] {
  const unsent = sql`state in ('queued', 'claimed', 'deferred', 'in_doubt')`;
  const blank = sql`address = '', reply = null,
    reason = case when ${unsent} then ${"erased" satisfies NoLetter} else reason end,
    ended_at = case when ${unsent} then ${now.epochMilliseconds} else ended_at end,
    worker = case when ${unsent} then null else worker end,
    state = case when ${unsent} then 'withdrawn' else state end`;
  return [
    sql`update deliveries set ${blank} where subscriber_id = ${subscriber}`.compile(db),
    sql`update notices set ${blank} where data ->> 'subscriber' = ${subscriber}`.compile(db),
    sql`update feedback set words = null where subscriber_id = ${subscriber}`.compile(db),
    sql`update earlier_tries set reply = null
      where delivery_id in (select id from deliveries where subscriber_id = ${subscriber})`.compile(db),
  ];
}

/**
 * Whom we wrote to and of which digest, by the Message-ID that an answer names. It cannot be guessed (messageIdOf), and what
 * stands in the ledger is compared whole, so that it holds whichever key made it.
 *
 * @param id with its angle brackets
 */
export async function readerOfMessage(
  db: Kysely<DeliveryTables & DigestTables>,
  id: string,
): Promise<{ subscriber: SubscriberId; digest: number } | null> {
  const [, delivery] = /^<delivery\.(\d{1,15})\./.exec(id) ?? [];
  if (delivery === undefined) return null;
  const row = await db
    .selectFrom("deliveries")
    .select(["subscriber_id", "issue_id", "message_id"])
    .where(sql<number>`id`, "=", Number(delivery))
    .executeTakeFirst();
  if (!row?.message_id || !sameText(row.message_id, id)) return null;
  const issue = await issueById(db, row.issue_id);
  return issue && { subscriber: row.subscriber_id, digest: issue.digestId };
}
