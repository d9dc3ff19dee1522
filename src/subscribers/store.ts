// Sign-up, confirmation and leaving: the SQL that changes what a person agreed to.
//
// The consents are a ledger, and it decides: a confirmation counts only if the last act of that person for that digest is
// "asked". So a second press finds "confirmed" and an old link after leaving finds "left", and neither changes anything;
// and a stranger who types an address adds one "asked" line, while the subscription stays what it was.
//
// A subscription is pending by itself, apart from its subscriber: whoever confirms one digest must not get another that
// a stranger asked for in their name.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { Database } from "../platform/index.ts";
import type { ParsedAddress } from "./address.ts";
import {
  confirmationsADay,
  type LeftBy,
  mayAsk,
  type SubscriberId,
  type SubscriberState,
  type Subscription,
  sectionsKey,
} from "./consent.ts";
import type { SubscriberTables } from "./tables.ts";

type Db = Kysely<SubscriberTables>;
type Language = "ar" | "en";

/** A confirmation mail to be sent: who is asked, and for which digest. */
type ConfirmNotice = {
  kind: "confirm";
  address: string;
  language: Language;
  data: { subscriber: number; digest: number };
};

/**
 * Makes the statement that queues a notice. It runs in the same batch as its cause and right behind it, and must do
 * nothing unless the statement before it changed a row (`where changes() > 0`): that holds the limit of mails a day
 * against sign-ups that come at the same moment.
 */
export type QueueNotice = (notice: ConfirmNotice, now: Temporal.Instant) => CompiledQuery;

export type SignUp = {
  address: ParsedAddress;
  digest: number;
  /** Ids of sections; none means all. */
  sections: readonly number[];
  language: Language;
};

type Seen = {
  id: SubscriberId;
  address: string;
  state: SubscriberState;
  subscription: Subscription["state"] | null;
  asked_today: number;
};

/**
 * Takes a sign-up and queues the mail that asks for confirmation, unless this person has the digest already, must not be
 * mailed, or was asked three times in a day. Nothing that anybody has changes before they confirm.
 *
 * @returns whether a mail was queued: for waking the sender, never to be shown
 */
export async function signUp(
  { db, batch }: Database<SubscriberTables>,
  queueNotice: QueueNotice,
  { address, digest, sections, language }: SignUp,
  now: Temporal.Instant,
): Promise<boolean> {
  const ms = now.epochMilliseconds;
  const dayAgo = now.subtract({ hours: 24 }).epochMilliseconds;
  const { rows } = await sql<Seen>`
    insert into subscribers (address, address_key, state, language, created_at)
    select ${address.address}, ${address.key}, 'pending', ${language}, ${ms}
    where not exists (select 1 from suppressions where address_key = ${address.key})
    on conflict (address_key) do update set address_key = excluded.address_key
    returning id, address, state,
      (select s.state from subscriptions s
        where s.subscriber_id = subscribers.id and s.digest_id = ${digest}) as subscription,
      (select count(*) from consents c
        where c.subscriber_id = subscribers.id and c.act = 'asked' and c.at > ${dayAgo}) as asked_today`.execute(
    db,
  );
  const [seen] = rows;
  if (!seen || !mayAsk(seen.state, seen.subscription, seen.asked_today)) return false;

  const choice = sectionsKey(sections);
  const proof = JSON.stringify({ via: "form", sections: choice, language });
  const ask = sql`
    insert into consents (subscriber_id, at, act, digest_id, proof)
    select ${seen.id}, ${ms}, 'asked', ${digest}, ${proof}
    where (select count(*) from consents c
      where c.subscriber_id = ${seen.id} and c.act = 'asked' and c.at > ${dayAgo}) < ${confirmationsADay}`.compile(
    db,
  );
  // To the address that the row has, which is what a confirmation confirms; another spelling may be another mailbox.
  const notice = queueNotice(
    { kind: "confirm", address: seen.address, language, data: { subscriber: seen.id, digest } },
    now,
  );
  const pending = db
    .insertInto("subscriptions")
    .values({ subscriber_id: seen.id, digest_id: digest, state: "pending", sections: choice, since: ms })
    .onConflict((conflict) => conflict.doNothing())
    .compile();
  const [asked] = await batch([ask, notice, pending]);
  return asked?.changes === 1;
}

/** Whom and what a signed link names. */
export type Named = { subscriber: SubscriberId; digest: number };

/**
 * Confirms the newest sign-up of a person for a digest.
 *
 * @returns `already` if the subscription stands, so that a repeated press is harmless; `stale` if the link was overtaken:
 *   the person left after it was sent, or must not be mailed
 */
export async function confirm(
  { db, batch }: Database<SubscriberTables>,
  { subscriber, digest }: Named,
  now: Temporal.Instant,
): Promise<"confirmed" | "already" | "stale"> {
  const ms = now.epochMilliseconds;
  const of = sql`subscriber_id = ${subscriber} and digest_id = ${digest}`;
  const mayConfirm = sql`
    (select act from consents where ${of} order by id desc limit 1) = 'asked'
    and exists (select 1 from subscribers u where u.id = ${subscriber} and u.state in ('pending', 'confirmed', 'left')
      and not exists (select 1 from suppressions x where x.address_key = u.address_key))`;
  const asked = (field: "sections" | "language") => sql`
    (select proof ->> ${field} from consents where ${of} and act = 'asked' order by id desc limit 1)`;
  const [confirmed] = await batch([
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select ${subscriber}, ${ms}, 'confirmed', ${digest}, '{"via":"link"}' where ${mayConfirm}`.compile(db),
    sql`insert into subscriptions (subscriber_id, digest_id, state, sections, since)
      select ${subscriber}, ${digest}, 'active', coalesce(${asked("sections")}, ''), ${ms} where changes() > 0
      on conflict (digest_id, subscriber_id) do update set state = 'active', sections = excluded.sections,
        since = excluded.since, paused_until = null, left_at = null, left_by = null`.compile(db),
    sql`update subscribers set state = 'confirmed', confirmed_at = ${ms},
      language = coalesce(${asked("language")}, language) where id = ${subscriber} and changes() > 0`.compile(
      db,
    ),
  ]);
  if (confirmed?.changes === 1) return "confirmed";
  const standing = await db
    .selectFrom("subscriptions as s")
    .innerJoin("subscribers as u", "u.id", "s.subscriber_id")
    .select("s.id")
    .where("s.subscriber_id", "=", subscriber)
    .where("s.digest_id", "=", digest)
    .where("s.state", "in", ["active", "paused"])
    .where("u.state", "=", "confirmed")
    .executeTakeFirst();
  return standing ? "already" : "stale";
}

/** Ends a subscription. False if there was none or it had ended already, so a repeated click is harmless. */
export async function leave(
  { db, batch }: Database<SubscriberTables>,
  { subscriber, digest }: Named,
  by: LeftBy,
  now: Temporal.Instant,
): Promise<boolean> {
  const ms = now.epochMilliseconds;
  const [ended] = await batch([
    db
      .updateTable("subscriptions")
      .set({ state: "left", left_by: by, left_at: ms, paused_until: null })
      .where("subscriber_id", "=", subscriber)
      .where("digest_id", "=", digest)
      .where("state", "<>", "left") // the condition is the lock: of two clicks, one wins
      .compile(),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select ${subscriber}, ${ms}, 'left', ${digest}, ${JSON.stringify({ by })} where changes() > 0`.compile(
      db,
    ),
    // Whoever has no digest any more has left altogether.
    sql`update subscribers set state = 'left'
      where id = ${subscriber} and state in ('pending', 'confirmed') and changes() > 0
        and not exists (select 1 from subscriptions where subscriber_id = ${subscriber} and state in ('active', 'paused'))`.compile(
      db,
    ),
  ]);
  return ended?.changes === 1;
}

/** The language somebody chose for their mails, for the pages that a link in such a mail opens. */
export async function languageOf(db: Db, subscriber: SubscriberId): Promise<Language | null> {
  const row = await db
    .selectFrom("subscribers")
    .select("language")
    .where("id", "=", subscriber)
    .executeTakeFirst();
  return row?.language ?? null;
}

type ListedSubscriber = { id: SubscriberId; address: string; state: SubscriberState };

/** Subscribers in the order of their ids, `limit` at a time. @param afterId the last id of the page before; 0 at first */
export async function listSubscribers(db: Db, afterId: number, limit: number): Promise<ListedSubscriber[]> {
  return db
    .selectFrom("subscribers")
    .select(["id", "address", "state"])
    .where(sql<number>`id`, ">", afterId)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** The invented subscribers of the sample newsroom. */
export async function sampleSubscriberIds(db: Db): Promise<SubscriberId[]> {
  const rows = await db.selectFrom("subscribers").select("id").where("sample", "=", 1).execute();
  return rows.map(({ id }) => id);
}

/** Removes the invented subscribers and their consents. */
export function forgetSampleSubscribers(db: Db): CompiledQuery[] {
  return [
    sql`delete from consents where subscriber_id in (select u.id from subscribers u where u.sample = 1)`.compile(
      db,
    ),
    sql`delete from subscribers where sample = 1`.compile(db),
  ];
}
