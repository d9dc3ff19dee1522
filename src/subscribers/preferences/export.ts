// Everything that we hold of one person, as they may ask for it.
import { type Kysely, sql } from "kysely";
import { fromMilliseconds } from "../../platform/index.ts";
import { digestName, type Offer, sectionName } from "../choices.ts";
import type { SubscriberId } from "../consent.ts";
import type { SubscriberTables } from "../tables.ts";

/** More acts or requests than anybody has; the newest of them. */
const most = 10_000;

/** @param letters what whoever sends mail holds of them: mails, and issues that they were left out of */
export async function everythingOf(
  db: Kysely<SubscriberTables>,
  subscriber: SubscriberId,
  { digests, sections }: Offer,
  letters: Readonly<Record<string, unknown>>,
): Promise<object | null> {
  const person = await db
    .selectFrom("subscribers")
    .selectAll()
    .where("id", "=", subscriber)
    .executeTakeFirst();
  if (!person) return null;
  const at = (ms: number | null) => (ms === null ? null : fromMilliseconds(ms).toString());
  const digestOf = (id: number | null) => {
    const digest = digests.find((it) => it.id === id);
    return digest ? digestName(digest, "ar") : id;
  };
  const sectionsOf = (key: string) => {
    const ids: number[] = key === "" ? [] : JSON.parse(key);
    return key === ""
      ? "all"
      : ids.map((id) => {
          const section = sections.find((it) => it.id === id);
          return section ? sectionName(section, "ar") : id;
        });
  };
  const subscriptions = await db
    .selectFrom("subscriptions")
    .selectAll()
    .where("subscriber_id", "=", subscriber)
    .orderBy("digest_id")
    .execute();
  const consents = await db
    .selectFrom("consents")
    .selectAll()
    .where("subscriber_id", "=", subscriber)
    .orderBy(sql<number>`id`, "desc")
    .limit(most)
    .execute();
  const requests = await db
    .selectFrom("requests")
    .selectAll()
    .where("address_key", "=", person.address_key)
    .orderBy("at", "desc")
    .limit(most)
    .execute();
  const suppression = await db
    .selectFrom("suppressions")
    .select(["reason", "at"])
    .where("address_key", "=", person.address_key)
    .executeTakeFirst();
  return {
    subscriber: {
      address: person.address,
      state: person.state,
      language: person.language,
      source: person.source,
      created_at: at(person.created_at),
      confirmed_at: at(person.confirmed_at),
      active_at: at(person.active_at),
    },
    suppression: suppression ? { reason: suppression.reason, at: at(suppression.at) } : null,
    subscriptions: subscriptions.map((it) => ({
      digest: digestOf(it.digest_id),
      state: it.state,
      sections: sectionsOf(it.sections),
      frequency: it.frequency,
      slots: it.slots === "" ? "all" : JSON.parse(it.slots),
      breaking_news: it.breaking === null ? null : it.breaking === 1,
      since: at(it.since),
      paused_until: at(it.paused_until),
      left_at: at(it.left_at),
      left_by: it.left_by,
      last_issued_on: it.last_issued_on,
    })),
    consents: consents.map((it) => ({
      at: at(it.at),
      act: it.act,
      digest: digestOf(it.digest_id),
      proof: JSON.parse(it.proof),
    })),
    requests: requests.map((it) => ({
      at: at(it.at),
      state: it.state,
      address: it.address,
      network: it.network,
      wish: JSON.parse(it.wish),
    })),
    ...letters,
  };
}
