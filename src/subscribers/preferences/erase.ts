// Erasure: of a person nothing is kept but the acts, and a keyed hash by which no list brings the address back.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { Database } from "../../platform/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { parseAddress } from "../address.ts";
import type { SubscriberId } from "../consent.ts";
import { erasedMark, erasureHash } from "../erasure.ts";
import { forgetReport } from "../list/kept-report.ts";
import type { Proof } from "../proof.ts";
import type { SubscriberTables } from "../tables.ts";

/** What whoever sends mail does for an erasure. */
export type LettersToErase = {
  /** Every address that somebody was ever written to at. */
  addresses: (subscriber: SubscriberId) => Promise<readonly string[]>;
  /** The statements that blank what they were sent. */
  blank: (subscriber: SubscriberId, now: Temporal.Instant) => CompiledQuery[];
};

/**
 * Blanks a person's address and network wherever they stand, takes back what was not sent yet, and notes the act: all in one
 * batch. The row stays, since sums of issues and the ledger name it by its number.
 *
 * @returns false where nobody is there, or nothing was kept of them already
 */
export async function erase(
  { db, batch }: Database<SubscriberTables & SettingsTables>,
  letters: LettersToErase,
  subscriber: SubscriberId,
  proof: Omit<Proof, "network">,
  now: Temporal.Instant,
): Promise<boolean> {
  const person = await db
    .selectFrom("subscribers")
    .select("address_key")
    .where("id", "=", subscriber)
    .where("state", "<>", "erased")
    .executeTakeFirst();
  if (!person) return false;
  const key = person.address_key;
  const former = (await letters.addresses(subscriber)).flatMap((address) => {
    const parsed = parseAddress(address);
    return parsed.ok ? [parsed.key] : [];
  });
  const hashes = await erasureHash(db, [key, ...former]);
  // Who moved to this address from a row of their own left letters there.
  const joined = await db
    .selectFrom("consents")
    .select("subscriber_id")
    .where("act", "=", "moved")
    .where(sql<number>`proof ->> 'into'`, "=", subscriber)
    .execute();
  const ms = now.epochMilliseconds;
  const results = await batch([
    // Of two erasures one finds the row; the rest runs for whoever is erased now, and has no such act yet.
    sql`update subscribers set state = 'erased', address = '', address_key = ${erasedMark} || id, active_at = ${ms}
      where id = ${subscriber} and address_key = ${key} returning id`.compile(db),
    ...whereErased(db, subscriber, { key, former, hashes, ms }),
    ...[subscriber, ...joined.map((row) => row.subscriber_id)].flatMap((id) => letters.blank(id, now)),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select ${subscriber}, ${ms}, 'erased', null, ${JSON.stringify(proof)} from subscribers u
      where u.id = ${subscriber} and u.state = 'erased'
        and not exists (select 1 from consents where subscriber_id = u.id and act = 'erased')`.compile(db),
  ]);
  return results[0]?.rows.length === 1;
}

function whereErased(
  db: Kysely<SubscriberTables & SettingsTables>,
  subscriber: SubscriberId,
  of: { key: string; former: readonly string[]; hashes: readonly string[]; ms: number },
): CompiledQuery[] {
  const { key, former, hashes, ms } = of;
  /** Their addresses of before, but those that somebody else has by now. */
  const theirs = sql`select j.value from json_each(${JSON.stringify(former)}) j
    where not exists (select 1 from subscribers o where o.address_key = j.value)`;
  const isErased = sql<boolean>`exists (select 1 from subscribers u where u.id = ${subscriber} and u.state = 'erased')`;
  return [
    sql`update subscriptions set state = 'left', left_by = coalesce(left_by, 'preferences'),
        left_at = coalesce(left_at, ${ms}), sections = '', frequency = 'each', slots = '',
        breaking = null, paused_until = null, last_issued_on = null
      where subscriber_id = ${subscriber} and ${isErased}`.compile(db),
    sql`update consents set proof = json_remove(proof, '$.network', '$.place', '$.note', '$.source')
      where subscriber_id = ${subscriber} and ${isErased}`.compile(db),
    // Typed by them or by others; addresses that they had, or wanted to have, are theirs unless somebody else has one by now.
    sql`update requests set state = case state when 'waiting' then 'passed' else state end,
        address = '', address_key = ${erasedMark} || id, mailbox = '', domain = '', network = '',
        wish = json_remove(wish, '$.place', '$.note')
      where ${isErased} and (address_key = ${key} or wish ->> 'subscriber' = ${subscriber}
        or address_key in (${theirs}))`.compile(db),
    forgetReport(db, isErased),
    sql`delete from suppressions where (address_key = ${key} or address_key in (${theirs})) and ${isErased}`.compile(
      db,
    ),
    sql`insert into suppressions (address_key, reason, at)
      select ${erasedMark} || h.value, 'erased', ${ms} from json_each(${JSON.stringify(hashes)}) h
      where ${isErased} and (h.key = 0 or json_extract(${JSON.stringify(former)}, '$[' || (h.key - 1) || ']') in (${theirs}))
      on conflict do nothing`.compile(db),
  ];
}

/** Whose an address is, for a command that erases it; null where nobody has it. */
export async function subscriberAt(
  db: Kysely<SubscriberTables>,
  addressKey: string,
): Promise<SubscriberId | null> {
  const row = await db
    .selectFrom("subscribers")
    .select("id")
    .where("address_key", "=", addressKey)
    .executeTakeFirst();
  return row?.id ?? null;
}
