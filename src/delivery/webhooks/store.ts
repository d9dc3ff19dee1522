// Which events of providers were seen: each is looked at once, however often it comes.
import { type Kysely, sql } from "kysely";
import { sha256 } from "../../platform/index.ts";
import type { DeliveryTables } from "../ledger.ts";

type Db = Kysely<Pick<DeliveryTables, "webhook_events">>;

/** Providers that are not answered try again for three days at most (SNS's own default is an hour). */
const keptDays = 7;

/** Of these events, those that were seen. */
export async function seenEvents(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook_events where id in (select value from json_each(${JSON.stringify(ids)}))`.execute(
    db,
  );
  return new Set(rows.map(({ id }) => id));
}

export async function noteEvents(db: Db, ids: readonly string[], now: Temporal.Instant): Promise<void> {
  if (ids.length === 0) return;
  await sql`insert or ignore into webhook_events (id, body, at)
    select value, '', ${now.epochMilliseconds} from json_each(${JSON.stringify(ids)})`.execute(db);
}

/**
 * Whether a token is new, or came with these same bytes before: what was not answered may come again, and nothing else may come with
 * its token.
 */
export async function takeToken(
  db: Db,
  token: string,
  body: Uint8Array<ArrayBuffer>,
  now: Temporal.Instant,
): Promise<boolean> {
  const [id, hash] = [`token:${await sha256(token)}`, await sha256(body)];
  await sql`insert or ignore into webhook_events (id, body, at) values (${id}, ${hash}, ${now.epochMilliseconds})`.execute(
    db,
  );
  const row = await db.selectFrom("webhook_events").select("body").where("id", "=", id).executeTakeFirst();
  return row?.body === hash;
}

/** Certificates by which something was signed that we believed: so one is known for Amazon's also after a start, for a week. */
export function provenCertificates(db: Db) {
  return {
    has: async (url: string): Promise<boolean> => (await seenEvents(db, [`certificate:${url}`])).size > 0,
    async note(url: string, now: Temporal.Instant): Promise<void> {
      await sql`insert into webhook_events (id, body, at) values (${`certificate:${url}`}, '', ${now.epochMilliseconds})
        on conflict (id) do update set at = excluded.at`.execute(db);
    },
  };
}

/** Forgets events that nobody sends again. */
export async function forgetWebhookEvents(db: Db, now: Temporal.Instant): Promise<void> {
  const before = now.subtract({ hours: 24 * keptDays }).epochMilliseconds;
  await sql`delete from webhook_events where id in (
    select id from webhook_events where at < ${before} limit 10000)`.execute(db);
}
