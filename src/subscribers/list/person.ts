// Everything about one subscriber, for the publisher who is asked "why do I get this?".
import type { Kysely } from "kysely";
import type { SubscriberId, SuppressionReason } from "../consent.ts";
import type { SubscriberTables } from "../tables.ts";
import { describe, type ExportedPerson } from "./export.ts";
import { type ConsentEvent, consentHistory } from "./history.ts";
import type { Names } from "./wanted.ts";

export type ShownSubscriber = ExportedPerson & {
  id: SubscriberId;
  /** Why the address must not be mailed, or null if it may. */
  suppression: SuppressionReason | null;
  history: readonly ConsentEvent[];
};

export async function showSubscriber(
  db: Kysely<SubscriberTables>,
  id: SubscriberId,
  names: Names,
): Promise<ShownSubscriber | null> {
  const person = await db.selectFrom("subscribers").selectAll().where("id", "=", id).executeTakeFirst();
  if (!person) return null;
  const [described] = await describe(db, [person], names);
  const suppression = await db
    .selectFrom("suppressions")
    .select("reason")
    .where("address_key", "=", person.address_key)
    .executeTakeFirst();
  return described
    ? {
        ...described.json,
        id,
        suppression: suppression?.reason ?? null,
        history: await consentHistory(db, id),
      }
    : null;
}
