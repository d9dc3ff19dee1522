// A pause: all that somebody gets stops until a day, and goes on by itself. The SQL of it.
import { sql } from "kysely";
import type { Database } from "../../platform/index.ts";
import type { SubscriberId } from "../consent.ts";
import type { Proof } from "../proof.ts";
import type { SubscriberTables } from "../tables.ts";

/** Pauses every digest that somebody gets, or moves the end of their pause. */
export async function pause(
  { db, batch }: Database<SubscriberTables>,
  subscriber: SubscriberId,
  until: Temporal.Instant,
  proof: Proof,
  now: Temporal.Instant,
): Promise<void> {
  const [ms, end] = [now.epochMilliseconds, until.epochMilliseconds];
  await batch([
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select subscriber_id, ${ms}, 'paused', digest_id, ${JSON.stringify({ ...proof, until: until.toString() })}
      from subscriptions where subscriber_id = ${subscriber}
        and (state = 'active' or (state = 'paused' and paused_until is not ${end}))`.compile(db),
    sql`update subscriptions set state = 'paused', paused_until = ${end}
      where changes() > 0 and subscriber_id = ${subscriber} and state in ('active', 'paused')`.compile(db),
    sql`update subscribers set active_at = ${ms} where id = ${subscriber} and changes() > 0`.compile(db),
  ]);
}

/** Ends the pause of everything. */
export async function resume(
  { db, batch }: Database<SubscriberTables>,
  subscriber: SubscriberId,
  proof: Proof,
  now: Temporal.Instant,
): Promise<void> {
  const ms = now.epochMilliseconds;
  await batch([
    sql`insert into consents (subscriber_id, at, act, digest_id, proof)
      select subscriber_id, ${ms}, 'resumed', digest_id, ${JSON.stringify(proof)}
      from subscriptions where subscriber_id = ${subscriber} and state = 'paused'`.compile(db),
    sql`update subscriptions set state = 'active', paused_until = null
      where changes() > 0 and subscriber_id = ${subscriber} and state = 'paused'`.compile(db),
    sql`update subscribers set active_at = ${ms} where id = ${subscriber} and changes() > 0`.compile(db),
  ]);
}
