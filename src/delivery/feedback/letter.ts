// Which letter a report is about.
import { type Kysely, sql } from "kysely";
import type { Keyring } from "../../config.ts";
import { fromMilliseconds, sameText } from "../../platform/index.ts";
import {
  parseAddress,
  type SubscriberId,
  type SubscriberTables,
  subscriberAt,
} from "../../subscribers/index.ts";
import type { DeliveryTables } from "../ledger.ts";
import { type LetterRef, readReturnPath } from "../verp.ts";
import type { About } from "./read.ts";
import type { KnownBy } from "./tables.ts";

type Db = Kysely<DeliveryTables & SubscriberTables>;

export type Letter = LetterRef & {
  knownBy: KnownBy;
  /** Empty where its reader was erased. */
  address: string;
  subscriber: SubscriberId | null;
  sentAt: Temporal.Instant;
};

/**
 * The letter that a report is about: by its return path, else by its Message-ID, neither of which can be guessed; else the newest
 * to the address that the report names. Null where it is none of ours.
 */
export async function letterOf(
  db: Db,
  keys: Keyring,
  about: About,
  now: Temporal.Instant,
): Promise<Letter | null> {
  const named = await readReturnPath(keys, about.text);
  if (named) return readLetter(db, named, "return-path");
  for (const [id, kind, number] of [...about.text.matchAll(ourMessageId)].slice(0, mostIds)) {
    const table = kind === "notice" ? "notices" : "deliveries";
    const letter = await readLetter(db, { table, id: Number(number) }, "message-id", id);
    if (letter) return letter;
  }
  return about.recipient === null ? null : newestTo(db, about.recipient, now);
}

/** As messageIdOf makes them. */
const ourMessageId = /<(delivery|notice)\.([1-9]\d{0,14})\.[A-Za-z0-9]{24}@[A-Za-z0-9.-]{1,255}>/g;
const mostIds = 10;

/** @param messageId what the letter must be called, where it was found by that */
async function readLetter(
  db: Db,
  { table, id }: LetterRef,
  knownBy: KnownBy,
  messageId?: string,
): Promise<Letter | null> {
  const subscriber = table === "deliveries" ? sql`subscriber_id` : sql`data ->> 'subscriber'`;
  const { rows } = await sql<{
    address: string;
    subscriber: SubscriberId | null;
    message_id: string | null;
    message_date: number | null;
  }>`select address, ${subscriber} as subscriber, message_id, message_date from ${sql.table(table)} where id = ${id}`.execute(
    db,
  );
  const [row] = rows;
  if (!row || row.message_id === null || row.message_date === null) return null; // it never left
  if (messageId !== undefined && !sameText(row.message_id, messageId)) return null;
  const { address, subscriber: whose, message_date } = row;
  return { table, id, knownBy, address, subscriber: whose, sentAt: fromMilliseconds(message_date) };
}

/** How old a letter may be that an address alone is taken to be about: servers give up after five days. */
const recentDays = 15;

async function newestTo(db: Db, recipient: string, now: Temporal.Instant): Promise<Letter | null> {
  const address = parseAddress(recipient);
  const subscriber = address.ok ? await subscriberAt(db, address.key) : null;
  if (!address.ok || subscriber === null) return null;
  const newest = await db
    .selectFrom("deliveries")
    .select(["id", "address"])
    .where("subscriber_id", "=", subscriber)
    .where("message_date", ">", now.subtract({ hours: 24 * recentDays }).epochMilliseconds)
    .orderBy(sql<number>`id`, "desc")
    .limit(1)
    .executeTakeFirst();
  const writtenTo = newest && parseAddress(newest.address);
  if (!newest || !writtenTo?.ok || writtenTo.key !== address.key) return null;
  return readLetter(db, { table: "deliveries", id: newest.id }, "address");
}
