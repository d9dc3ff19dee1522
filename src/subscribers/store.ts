// Who is subscribed: what other parts ask of the list, and the sample newsroom's invented people.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { SubscriberId } from "./consent.ts";
import { erasedMark } from "./erasure.ts";
import type { Proof } from "./proof.ts";
import { slotsKey } from "./slots.ts";
import type { SubscriberTables } from "./tables.ts";

type Db = Kysely<SubscriberTables>;
type Language = "ar" | "en";

/** The language somebody chose for their mails, for the pages that a link in such a mail opens. */
export async function languageOf(db: Db, subscriber: SubscriberId): Promise<Language | null> {
  const row = await db
    .selectFrom("subscribers")
    .select("language")
    .where("id", "=", subscriber)
    .executeTakeFirst();
  return row?.language ?? null;
}

/**
 * Chooses at which of a digest's slots somebody wants it. Statements for one batch: the first counts 1 change where there was
 * something to change; the consent is written with it.
 *
 * @param slots names of slots, which the caller has compared with the digest's; none is all
 */
export function chooseSlots(
  db: Db,
  { subscriber, digest }: { subscriber: SubscriberId; digest: number },
  slots: readonly string[],
  proof: Proof,
  now: Temporal.Instant,
): CompiledQuery[] {
  const [key, ms] = [slotsKey(slots), now.epochMilliseconds];
  return [
    db
      .updateTable("subscriptions")
      .set({ slots: key })
      .where("subscriber_id", "=", subscriber)
      .where("digest_id", "=", digest)
      .where("state", "<>", "left")
      .where("slots", "<>", key)
      .compile(),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select ${subscriber}, ${ms}, 'changed', ${digest}, ${JSON.stringify({ slots: key, ...proof })}
      where changes() > 0`.compile(db),
    sql`update subscribers set active_at = ${ms} where id = ${subscriber} and changes() > 0`.compile(db),
  ];
}

/**
 * Chooses whether a digest's breaking news comes to somebody. Statements for one batch. What they never said stays unsaid where
 * they choose what holds anyway.
 */
export function chooseBreaking(
  db: Db,
  { subscriber, digest }: { subscriber: SubscriberId; digest: number },
  wants: boolean,
  proof: Proof,
  now: Temporal.Instant,
): CompiledQuery[] {
  const [value, ms] = [wants ? 1 : 0, now.epochMilliseconds];
  return [
    sql`update subscriptions set breaking = ${value}
      where subscriber_id = ${subscriber} and digest_id = ${digest} and state <> 'left'
        and coalesce(breaking, frequency = 'each') <> ${value}`.compile(db),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select ${subscriber}, ${ms}, 'changed', ${digest}, ${JSON.stringify({ breaking: wants, ...proof })}
      where changes() > 0`.compile(db),
    sql`update subscribers set active_at = ${ms} where id = ${subscriber} and changes() > 0`.compile(db),
  ];
}

/** The invented subscribers of the sample newsroom. */
export async function sampleSubscriberIds(db: Db): Promise<SubscriberId[]> {
  const rows = await db.selectFrom("subscribers").select("id").where("sample", "=", 1).execute();
  return rows.map(({ id }) => id);
}

/** Whether anybody is confirmed who was not invented. Looks at the sample's and one more. */
export async function hasReaders(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom("subscribers")
    .select("id")
    .where("state", "=", "confirmed")
    .where("sample", "=", 0)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Removes the invented subscribers and their consents. */
export function forgetSampleSubscribers(db: Db): CompiledQuery[] {
  return [
    sql`delete from consents where subscriber_id in (select u.id from subscribers u where u.sample = 1)`.compile(
      db,
    ),
    sql`delete from imports where id in (select u.import_id from subscribers u where u.sample = 1)`.compile(
      db,
    ),
    // No id is ever given twice, since old mails name them: if theirs is the newest, an empty row keeps it.
    sql`update subscribers set sample = 0, state = 'erased', address = '', address_key = ${erasedMark} || id
      where sample = 1 and id = (select max(id) from subscribers)`.compile(db),
    sql`delete from subscribers where sample = 1`.compile(db),
  ];
}
