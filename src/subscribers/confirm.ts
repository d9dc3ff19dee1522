// From asked to confirmed: the SQL that makes somebody a subscriber.
//
// The consents are a ledger, and it decides: a link confirms what was asked with it, and only while nothing was said of that
// digest since. So a second press finds "confirmed" and an old link after leaving finds "left", and neither changes anything;
// and a stranger who types an address adds a request of their own, which the owner's link does not confirm.
//
// A subscription is pending by itself, apart from its subscriber: whoever confirms one digest must not get another that
// a stranger asked for in their name.
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import type { Database } from "../platform/index.ts";
import { liftedByOwner, type SubscriberId } from "./consent.ts";
import type { Proof } from "./proof.ts";
import type { QueueNotice, SubscriberNotice } from "./requests.ts";
import type { RequestId, SubscriberTables } from "./tables.ts";

export type Confirmation =
  /** `digests` begin now. */
  | { kind: "confirmed"; digests: readonly number[] }
  /** A repeated press: `digests` were confirmed by this link before. */
  | { kind: "already"; digests: readonly number[] }
  /** The link was overtaken: the person left after it was sent, or must not be mailed, or it was forgotten. */
  | { kind: "stale" };

/** The digests that a request asked for, whatever became of it. */
export async function askedDigests(
  db: Kysely<SubscriberTables>,
  { subscriber, request }: { subscriber: SubscriberId; request: RequestId },
): Promise<number[]> {
  const rows = await db
    .selectFrom("consents")
    .select("digest_id")
    .where("subscriber_id", "=", subscriber)
    .where("request_id", "=", request)
    .where("act", "=", "asked")
    .orderBy("id")
    .execute();
  return rows.flatMap(({ digest_id }) => (digest_id === null ? [] : [digest_id]));
}

/** Confirms what a request asked for, and queues the mail that says what comes now. */
export async function confirm(
  { db, batch }: Database<SubscriberTables>,
  queueNotice: QueueNotice,
  { subscriber, request }: { subscriber: SubscriberId; request: RequestId },
  proof: Proof,
  now: Temporal.Instant,
): Promise<Confirmation> {
  const ms = now.epochMilliseconds;
  const lifted = sql.join(liftedByOwner.map((reason) => sql`${reason}`));
  const asked = sql`consents c where c.subscriber_id = ${subscriber} and c.request_id = ${request} and c.act = 'asked'`;
  const mayConfirm = sql`exists (select 1 from subscribers u
    where u.id = ${subscriber} and u.state in ('pending', 'confirmed', 'left') and not exists (
      select 1 from suppressions x where x.address_key = u.address_key and x.reason not in (${lifted})))`;
  const justNow = sql`exists (select 1 from consents k where k.subscriber_id = ${subscriber} and k.request_id = ${request}
    and k.digest_id = c.digest_id and k.act = 'confirmed' and k.id > c.id)`;
  const welcome = await welcomeTo(db, { subscriber, request });
  const [confirmed] = await batch([
    sql`insert into consents (subscriber_id, at, act, digest_id, proof, request_id)
      select ${subscriber}, ${ms}, 'confirmed', c.digest_id, ${JSON.stringify(proof)}, ${request} from ${asked}
        and ${mayConfirm} and not exists (select 1 from consents l where l.subscriber_id = ${subscriber}
          and l.digest_id = c.digest_id and l.id > c.id and l.act <> 'asked')
      returning digest_id`.compile(db),
    sql`insert into subscriptions (subscriber_id, digest_id, state, sections, since)
      select ${subscriber}, c.digest_id, 'active', coalesce(c.proof ->> 'sections', ''), ${ms} from ${asked}
        and changes() > 0 and ${justNow}
      on conflict (digest_id, subscriber_id) do update set state = 'active', sections = excluded.sections,
        since = excluded.since, paused_until = null, left_at = null, left_by = null`.compile(db),
    // Whoever gets mail already has a language, and a stranger's request does not change it.
    sql`update subscribers set state = 'confirmed', confirmed_at = ${ms}, active_at = ${ms},
      language = case state when 'confirmed' then language
        else coalesce((select c.proof ->> 'language' from ${asked} limit 1), language) end
      where id = ${subscriber} and changes() > 0`.compile(db),
    ...(welcome ? [queueNotice(welcome, now)] : []),
    sql`delete from suppressions where changes() > 0 and reason in (${lifted})
      and address_key = (select address_key from subscribers where id = ${subscriber})`.compile(db),
  ]);
  const digests = z.array(z.object({ digest_id: z.number() })).parse(confirmed?.rows ?? []);
  if (digests.length > 0) return { kind: "confirmed", digests: digests.map((row) => row.digest_id) };
  const standing = await db
    .selectFrom("consents as c")
    .innerJoin("subscriptions as s", (join) =>
      join.onRef("s.subscriber_id", "=", "c.subscriber_id").onRef("s.digest_id", "=", "c.digest_id"),
    )
    .innerJoin("subscribers as u", "u.id", "c.subscriber_id")
    .select("s.digest_id")
    .where("c.subscriber_id", "=", subscriber)
    .where("c.request_id", "=", request)
    .where("c.act", "=", "confirmed")
    .where("s.state", "in", ["active", "paused"])
    .where("u.state", "=", "confirmed")
    .execute();
  return standing.length > 0
    ? { kind: "already", digests: standing.map((row) => row.digest_id) }
    : { kind: "stale" };
}

/** The mail for whoever confirms this request: to the address that they have, in the language that they will have. */
async function welcomeTo(
  db: Kysely<SubscriberTables>,
  named: { subscriber: SubscriberId; request: RequestId },
): Promise<SubscriberNotice | null> {
  const { rows } = await sql<{ address: string; language: "ar" | "en" }>`
    select u.address, case u.state when 'confirmed' then u.language else coalesce((select c.proof ->> 'language'
      from consents c where c.subscriber_id = u.id and c.request_id = ${named.request} and c.act = 'asked' limit 1),
      u.language) end as language
    from subscribers u where u.id = ${named.subscriber} and u.address <> ''`.execute(db);
  const [person] = rows;
  if (!person) return null;
  // Not all that was asked is confirmed: of some of it something else was said meanwhile.
  const digests = sql`(select json_group_array(k.digest_id order by k.id) from consents k
    where k.subscriber_id = ${named.subscriber} and k.request_id = ${named.request} and k.act = 'confirmed')`;
  const data = sql<string>`json_object('subscriber', cast(${named.subscriber} as integer), 'digests', json(${digests}))`;
  return { kind: "welcome", ...person, data };
}
