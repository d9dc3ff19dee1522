// The way out, and back in at once: the SQL that ends subscriptions. It holds from the next letter that is claimed.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { type Database, fromMilliseconds } from "../platform/index.ts";
import type { LeftBy, SubscriberId } from "./consent.ts";
import type { Proof } from "./proof.ts";
import type { SubscriberTables } from "./tables.ts";

/** What is left: one digest, or, with null, all of them. */
type Leaving = { subscriber: SubscriberId; digest: number | null };

/**
 * Ends a subscription, or all of a person's. Whoever has none any more has left altogether; who leaves all at once also
 * stands among the addresses that no import may bring back, until they sign up again themselves.
 *
 * @returns the digests that ended; none where there was nothing to end, so a repeated click is harmless
 */
export async function leave(
  { db, batch }: Database<SubscriberTables>,
  what: Leaving,
  by: LeftBy,
  proof: Proof,
  now: Temporal.Instant,
): Promise<readonly number[]> {
  const [ended] = await batch(leaving(db, what, by, proof, now));
  return z
    .array(z.object({ digest_id: z.number() }))
    .parse(ended?.rows ?? [])
    .map((row) => row.digest_id);
}

/**
 * The statements of {@link leave}, for a batch that does more. The first ends subscriptions and returns their digests.
 *
 * @param condition in SQL: whether to do it at all
 */
export function leaving(
  db: Kysely<SubscriberTables>,
  { subscriber, digest }: Leaving,
  by: LeftBy,
  proof: Proof,
  now: Temporal.Instant,
  condition: RawBuilder<boolean> = sql`1 = 1`,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  return [
    db
      .updateTable("subscriptions")
      .set({ state: "left", left_by: by, left_at: ms, paused_until: null })
      .where("subscriber_id", "=", subscriber)
      .$if(digest !== null, (query) => query.where("digest_id", "=", digest ?? 0))
      .where(condition)
      .where("state", "<>", "left") // the condition is the lock: of two clicks, one wins
      .returning("digest_id")
      .compile(),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select subscriber_id, ${ms}, 'left', digest_id, ${JSON.stringify({ by, ...proof })} from subscriptions
      where changes() > 0 and subscriber_id = ${subscriber} and state = 'left' and left_at = ${ms}
        ${digest === null ? sql`` : sql`and digest_id = ${digest}`}`.compile(db),
    sql`update subscribers set active_at = ${ms}, state = case
        when state in ('pending', 'confirmed') and not exists (select 1 from subscriptions
          where subscriber_id = ${subscriber} and state in ('active', 'paused')) then 'left' else state end
      where id = ${subscriber} and changes() > 0`.compile(db),
    ...(digest === null
      ? [
          sql`insert into suppressions (address_key, reason, at)
            select address_key, 'unsubscribed', ${ms} from subscribers where id = ${subscriber} and changes() > 0
            on conflict do nothing`.compile(db),
        ]
      : []),
  ];
}

/**
 * Takes a leaving back: the subscriptions that ended at that moment go on as they were. For the button on the page that
 * says one has left; whoever thinks of it later signs up anew.
 *
 * @param leftAt when they left
 * @returns the digests that go on; none where something else was said since, or the address must not be mailed
 */
export async function comeBack(
  { db, batch }: Database<SubscriberTables>,
  { subscriber, leftAt }: { subscriber: SubscriberId; leftAt: Temporal.Instant },
  proof: Proof,
  now: Temporal.Instant,
): Promise<readonly number[]> {
  const ms = now.epochMilliseconds;
  const left = leftAt.epochMilliseconds;
  const [back] = await batch([
    // A person is there who was confirmed once, and nothing but their own leaving keeps mail from them.
    sql`update subscriptions set state = 'active', left_at = null, left_by = null
      where subscriber_id = ${subscriber} and state = 'left' and left_at = ${left}
        and exists (select 1 from subscribers u where u.id = ${subscriber} and u.state in ('confirmed', 'left')
          and u.confirmed_at is not null and not exists (select 1 from suppressions x
            where x.address_key = u.address_key and x.reason <> 'unsubscribed'))
        and exists (select 1 from consents c where c.subscriber_id = ${subscriber}
          and c.digest_id = subscriptions.digest_id and c.act in ('confirmed', 'imported'))
        and not exists (select 1 from consents l where l.subscriber_id = ${subscriber} and l.act = 'left' and l.at > ${left})
      returning digest_id`.compile(db),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select subscriber_id, ${ms}, 'returned', digest_id, ${JSON.stringify(proof)} from consents c
      where changes() > 0 and c.subscriber_id = ${subscriber} and c.act = 'left' and c.at = ${left}
        and exists (select 1 from subscriptions s where s.subscriber_id = ${subscriber}
          and s.digest_id = c.digest_id and s.state = 'active')`.compile(db),
    sql`update subscribers set state = 'confirmed', active_at = ${ms} where id = ${subscriber} and changes() > 0`.compile(
      db,
    ),
    sql`delete from suppressions where changes() > 0 and reason = 'unsubscribed'
      and address_key = (select address_key from subscribers where id = ${subscriber})`.compile(db),
  ]);
  return z
    .array(z.object({ digest_id: z.number() }))
    .parse(back?.rows ?? [])
    .map((row) => row.digest_id);
}

/** The last leaving of a digest by its reader: what the page that says so shows, also at a repeated click. */
export type Left = {
  at: Temporal.Instant;
  /** Every digest that ended at that moment. */
  digests: readonly number[];
};

/** How somebody left a digest, or null where they did not: they have it, or it was not they who ended it. */
export async function leftDigest(
  db: Kysely<SubscriberTables>,
  { subscriber, digest }: { subscriber: SubscriberId; digest: number },
): Promise<Left | null> {
  const rows = await db
    .selectFrom("subscriptions as s")
    .innerJoin("subscriptions as also", (join) =>
      join.onRef("also.subscriber_id", "=", "s.subscriber_id").onRef("also.left_at", "=", "s.left_at"),
    )
    .select(["s.left_at", "also.digest_id"])
    .where("s.subscriber_id", "=", subscriber)
    .where("s.digest_id", "=", digest)
    .where("s.state", "=", "left")
    .where("also.state", "=", "left")
    .where("s.left_by", "in", ["one-click", "page"]) // by such a link: who left otherwise is not brought back by an old mail
    .orderBy("also.digest_id")
    .execute();
  const at = rows[0]?.left_at;
  return at === null || at === undefined
    ? null
    : { at: fromMilliseconds(at), digests: rows.map(({ digest_id }) => digest_id) };
}

/** Of more than so many the ways are told of the first alone. */
const mostLeft = 10_000;

/** How many left a digest between two instants and did not come back, by the way they went. */
export async function leftBetween(
  db: Kysely<SubscriberTables>,
  digest: number,
  from: Temporal.Instant,
  until: Temporal.Instant,
): Promise<{ by: LeftBy; count: number }[]> {
  const { rows } = await sql<{ by: LeftBy; count: number }>`select left_by as by, count(*) as count from (
      select left_by from subscriptions where digest_id = ${digest} and left_at >= ${from.epochMilliseconds}
        and left_at < ${until.epochMilliseconds} and state = 'left' limit ${mostLeft})
    where left_by is not null group by left_by order by count(*) desc`.execute(db);
  return rows;
}
