// Another address for the same person: the SQL that runs when its owner presses the button of the mail that went there.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import type { Database } from "../../platform/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { liftedByOwner, type SubscriberId } from "../consent.ts";
import { erasedMark, erasureHash } from "../erasure.ts";
import type { Proof } from "../proof.ts";
import { mayBeAsked, type QueueNotice, type SubscriberNotice } from "../requests.ts";
import type { SubscriberTables } from "../tables.ts";

type Db = Kysely<SubscriberTables>;

/** The change that a request asked for. */
export type Change = { subscriber: SubscriberId; change: number };

export type Moved =
  /** Mail goes there from now on. */
  | { kind: "moved"; address: string }
  /** A repeated press. */
  | { kind: "already"; address: string }
  /** The link was overtaken: another change since, or nobody is there, or the address must not be mailed. */
  | { kind: "stale" };

const askedWish = z.object({ kind: z.literal("address"), subscriber: z.number() });

/** The address that a change asks for, or null where it was forgotten or erased. */
export async function newAddressOf(
  db: Db,
  { subscriber, change }: Change,
): Promise<{ address: string; key: string; at: number } | null> {
  const row = await db
    .selectFrom("requests")
    .select(["address", "address_key", "at", "wish"])
    .where(sql<number>`id`, "=", change)
    .executeTakeFirst();
  if (!row || row.address === "") return null;
  const wish = askedWish.safeParse(JSON.parse(row.wish));
  if (!wish.success || wish.data.subscriber !== subscriber) return null;
  return { address: row.address, key: row.address_key, at: row.at };
}

/**
 * Gives somebody their new address. Where it is another subscriber's already, both are one person: that one gets what they
 * did not have, and the old one is empty from then on. The old address is told by mail, and no list brings it back.
 */
export async function move(
  database: Database<SubscriberTables & SettingsTables>,
  queueNotice: QueueNotice,
  asked: Change,
  proof: Proof,
  now: Temporal.Instant,
): Promise<Moved> {
  const { db, batch } = database;
  // Somebody may sign up with the new address between the look and the batch, which then does nothing: look again.
  for (let tries = 0; tries < 2; tries++) {
    const wanted = await newAddressOf(db, asked);
    const old = await db
      .selectFrom("subscribers")
      .select(["address", "address_key", "language", "state"])
      .where("id", "=", asked.subscriber)
      .executeTakeFirst();
    if (!wanted || !old) return { kind: "stale" };
    if (old.address_key === wanted.key) return { kind: "already", address: wanted.address };
    const other = await db
      .selectFrom("subscribers")
      .select(["id", "address"])
      .where("address_key", "=", wanted.key)
      .executeTakeFirst();
    if (old.state === "erased" && other && (await hasMoved(db, asked.subscriber, wanted.at)))
      return { kind: "already", address: other.address };
    const may = mayMove(asked, wanted);
    const moving = other
      ? joiningBoth(db, asked.subscriber, other.id, may, proof, now)
      : rewriting(db, asked.subscriber, wanted, may, now);
    const told: SubscriberNotice = {
      kind: "moved",
      address: old.address,
      language: old.language,
      data: { subscriber: asked.subscriber },
    };
    const [hash = ""] = await erasureHash(db, [old.address_key]);
    const ms = now.epochMilliseconds;
    const hasJustMoved = sql`exists (select 1 from consents where subscriber_id = ${asked.subscriber} and act = 'moved' and at = ${ms})`;
    const results = await batch([
      ...moving,
      sql`insert into consents (subscriber_id, at, act, digest_id, proof)
        select ${asked.subscriber}, ${ms}, 'moved', null, ${JSON.stringify({ ...proof, ...(other ? { into: other.id } : {}) })}
        where changes() > 0`.compile(db),
      ...((await mayBeAsked(db, old.address_key)) ? [queueNotice(told, now)] : []),
      sql`delete from suppressions where changes() > 0 and address_key = ${wanted.key}
        and reason in (${lifted})`.compile(db),
      sql`delete from suppressions where address_key = ${old.address_key} and reason in (${lifted}) and ${hasJustMoved}`.compile(
        db,
      ),
      sql`insert into suppressions (address_key, reason, at) select ${erasedMark + hash}, 'erased', ${ms} where ${hasJustMoved}
        on conflict do nothing`.compile(db),
    ]);
    if (results[moving.length]?.changes === 1)
      return { kind: "moved", address: other?.address ?? wanted.address };
    if (other && (await hasMoved(db, asked.subscriber, wanted.at)))
      return { kind: "already", address: other.address };
  }
  return { kind: "stale" };
}

const lifted = sql.join(liftedByOwner.map((reason) => sql`${reason}`));

/** Somebody is there, has not moved since they asked for this, and mail may go to the new address. */
const mayMove = ({ subscriber, change }: Change, wanted: { key: string; at: number }): RawBuilder<boolean> =>
  sql`exists (select 1 from subscribers where id = ${subscriber} and state in ('confirmed', 'left'))
    and exists (select 1 from requests where id = ${change} and address_key = ${wanted.key})
    and not exists (select 1 from consents where subscriber_id = ${subscriber} and act = 'moved' and at >= ${wanted.at})
    and not exists (select 1 from suppressions where address_key = ${wanted.key} and reason not in (${lifted}))`;

function rewriting(
  db: Db,
  subscriber: SubscriberId,
  { address, key }: { address: string; key: string },
  may: RawBuilder<boolean>,
  now: Temporal.Instant,
): CompiledQuery[] {
  return [
    sql`update subscribers set address = ${address}, address_key = ${key}, active_at = ${now.epochMilliseconds}
      where id = ${subscriber} and ${may}
        and not exists (select 1 from subscribers o where o.address_key = ${key})`.compile(db),
  ];
}

/** What the old one gets and the other does not is the other's from now on: the press at its address confirms it. */
function joiningBoth(
  db: Db,
  old: SubscriberId,
  other: SubscriberId,
  may: RawBuilder<boolean>,
  proof: Proof,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  const both = sql<boolean>`${may} and exists (select 1 from subscribers where id = ${other} and state <> 'suppressed')`;
  const passedOn = sql`from subscriptions s where s.subscriber_id = ${old} and s.state in ('active', 'paused') and ${both}
    and not exists (select 1 from subscriptions o where o.subscriber_id = ${other} and o.digest_id = s.digest_id
      and o.state in ('active', 'paused'))`;
  return [
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select ${other}, ${ms}, 'confirmed', s.digest_id,
        json_set(${JSON.stringify(proof)}, '$.sections', s.sections, '$.frequency', s.frequency) ${passedOn}`.compile(
      db,
    ),
    sql`update subscribers set state = 'confirmed', confirmed_at = coalesce(confirmed_at, ${ms}), active_at = ${ms}
      where id = ${other} and exists (select 1 ${passedOn})`.compile(db),
    sql`insert into subscriptions
        (subscriber_id, digest_id, state, sections, since, paused_until, frequency, slots, breaking, last_issued_on)
      select ${other}, s.digest_id, s.state, s.sections, ${ms}, s.paused_until, s.frequency, s.slots, s.breaking,
        s.last_issued_on ${passedOn}
      on conflict (digest_id, subscriber_id) do update set state = excluded.state, sections = excluded.sections,
        since = excluded.since, paused_until = excluded.paused_until, frequency = excluded.frequency,
        slots = excluded.slots, breaking = excluded.breaking,
        left_at = null, left_by = null`.compile(db),
    sql`update subscriptions set state = 'left', left_by = 'moved', left_at = ${ms}, paused_until = null
      where subscriber_id = ${old} and state <> 'left' and ${both}`.compile(db),
    sql`update subscribers set state = 'erased', address = '', address_key = ${erasedMark} || id, active_at = ${ms}
      where id = ${old} and ${both}`.compile(db),
  ];
}

/** Whether somebody's address changed at that moment or later. */
export const movedSince = (db: Db, subscriber: SubscriberId, since: Temporal.Instant): Promise<boolean> =>
  hasMoved(db, subscriber, since.epochMilliseconds);

async function hasMoved(db: Db, subscriber: SubscriberId, since: number): Promise<boolean> {
  const act = await db
    .selectFrom("consents")
    .select("id")
    .where("subscriber_id", "=", subscriber)
    .where("act", "=", "moved")
    .where("at", ">=", since)
    .executeTakeFirst();
  return act !== undefined;
}
