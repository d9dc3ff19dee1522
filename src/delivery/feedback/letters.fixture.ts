// A ledger with readers and letters that were sent, for tests of what comes back of them.
import { sql } from "kysely";
import { openTestDatabase } from "../../../tests/support/database.ts";
import type { AccountTables } from "../../accounts/index.ts";
import type { Keyring } from "../../config.ts";
import { addDigest, type DigestTables } from "../../digests/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import { importSubscribers, type SubscriberTables } from "../../subscribers/index.ts";
import { messageIdOf } from "../compose.ts";
import type { DeliveryTables } from "../ledger.ts";
import { returnPath } from "../verp.ts";

export const start = Temporal.Instant.from("2026-03-01T05:00:00Z");
const key = { id: "k1", key: "k".repeat(40) };
export const keys: Keyring = [key];

type Tables = DeliveryTables & DigestTables & SubscriberTables & SettingsTables & AccountTables;

/** Salma is the first reader, Karim the second. */
export async function openLedger() {
  const database = openTestDatabase<Tables>();
  const { db, batch } = database;
  const schedule = { zone: "UTC", days: [7], slots: [{ name: "morning", time: "05:00" }] };
  const paper = { slug: "daily", name: "نشرة", nameEn: null, schedule, maxStories: 8, minStories: 1 };
  await batch([addDigest(db, paper, start)]);
  const readers = ["salma@example.org", "karim@example.org"];
  await importSubscribers(database, { digest: 1, consent: "test", language: "ar", now: start }, readers);
  return {
    database,
    db,
    /** A letter of that day's issue that a server took. */
    async sent(day = 0, subscriber = 1) {
      const at = start.add({ hours: Math.round(24 * day) }).epochMilliseconds;
      const { rows: issues } = await sql<{ id: number }>`
        insert into issues (digest_id, local_date, slot, state, planned_at, opened_at)
        values (1, ${String(day)}, ${`s${day}`}, 'sent', ${at}, ${at}) on conflict do update set state = 'sent' returning id`.execute(
        db,
      );
      const { rows } = await sql<{ id: number }>`
        insert into deliveries (issue_id, subscriber_id, sections, language, address, state, tries, message_date, due_at, deadline_at, at)
        values (${issues[0]?.id}, ${subscriber}, '', 'ar', ${readers[subscriber - 1]}, 'accepted', 1, ${at}, ${at}, ${at}, ${at}) returning id`.execute(
        db,
      );
      const id = rows[0]?.id ?? 0;
      const messageId = await messageIdOf({ keys }, `delivery ${id}`, "news.example");
      await sql`update deliveries set message_id = ${messageId} where id = ${id}`.execute(db);
      const letter = { table: "deliveries", id } as const;
      return {
        id,
        messageId,
        returnPath: await returnPath(key, "bounce.news.example", letter),
        mark: await returnPath(key, "letter", letter),
      };
    },
    facts: async () => db.selectFrom("feedback").selectAll().orderBy(sql<number>`id`).execute(),
    suppressed: async () =>
      (await db.selectFrom("suppressions").select(["address_key", "reason"]).execute()).map(
        ({ address_key, reason }) => `${address_key}: ${reason}`,
      ),
  };
}
