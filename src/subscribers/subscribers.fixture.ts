// What the tests of subscribers share: a real store with two digests, and what a person and a mail program do to it.
import { sql } from "kysely";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { Keyring } from "../config.ts";
import { newPublisher } from "../settings/index.ts";
import { parseAddress } from "./address.ts";
import { audiencePage } from "./audience.ts";
import { confirmLink, readLink, unsubscribeLink } from "./links.ts";
import { subscriberRoutes } from "./routes.tsx";
import { confirm, leave, type QueueNotice, signUp } from "./store.ts";
import type { SubscriberTables } from "./tables.ts";

export const site = new URL("https://news.example/");
export const keys: Keyring = [{ id: "k1", key: "0123456789abcdef0123456789abcdef" }];
export const morning = 1;
export const economy = 2;

type Notice = { id: number; address: string; language: string; data: string };

export async function openStore() {
  const database = openTestDatabase<SubscriberTables>();
  const { db } = database;
  for (const slug of ["morning", "economy"]) {
    await sql`insert into digests (slug, name, state, zone, days, slots, max_stories, min_stories, late_minutes, deadline_minutes)
      values (${slug}, ${slug}, 'on', 'Asia/Beirut', '[]', '[]', 10, 1, 180, 360)`.execute(db);
  }
  let now = Temporal.Instant.from("2026-03-01T05:00:00Z");
  const queueNotice: QueueNotice = ({ kind, address, language, data }, at) =>
    sql`insert into notices (kind, address, language, data, state, due_at, deadline_at, at)
      select ${kind}, ${address}, ${language}, ${JSON.stringify(data)}, 'queued', 0, 0, ${at.epochMilliseconds}
      where changes() > 0`.compile(db);

  const notices = async () =>
    (await sql<Notice>`select id, address, language, data from notices order by id`.execute(db)).rows;
  const dataOf = async (nth: number): Promise<{ subscriber: number; digest: number }> =>
    JSON.parse((await notices()).at(nth)?.data ?? "{}");
  const tokenIn = (link: string) => link.slice(link.lastIndexOf("/") + 1);
  const named = async (subscriber: number, digest: number) => {
    const link = tokenIn(await unsubscribeLink(keys, site, subscriber, digest));
    const reading = await readLink(keys, "unsubscribe", link, now);
    if (!reading.ok) throw new Error("The link just made does not read.");
    return reading.named;
  };

  return {
    database,
    db,
    notices,
    now: () => now,
    queueNotice,
    later: (duration: Temporal.DurationLike) => {
      now = now.add(duration);
    },
    signUp: (typed: string, digest = morning, sections: number[] = [], language: "ar" | "en" = "ar") => {
      const address = parseAddress(typed);
      if (!address.ok) throw new Error(`${typed}: ${address.why}`);
      return signUp(database, queueNotice, { address, digest, sections, language }, now);
    },
    /** Presses the button of a confirmation mail: the last one, or the nth. */
    confirm: async (nth = -1) => {
      const { subscriber, digest } = await dataOf(nth);
      return confirm(database, await named(subscriber, digest), now);
    },
    confirmToken: async (nth = -1) => {
      const { subscriber, digest } = await dataOf(nth);
      return tokenIn(await confirmLink(keys, site, subscriber, digest, now));
    },
    unsubscribeToken: async (address: string, digest = morning) => {
      const { id } = await db
        .selectFrom("subscribers")
        .select("id")
        .where("address", "=", address)
        .executeTakeFirstOrThrow();
      return tokenIn(await unsubscribeLink(keys, site, id, digest));
    },
    leave: async (subscriber: number, digest = morning, by: "one-click" | "page" = "one-click") =>
      leave(database, await named(subscriber, digest), by, now),
    suppress: (key: string) =>
      db
        .insertInto("suppressions")
        .values({ address_key: key, reason: "bounce", at: now.epochMilliseconds })
        .execute(),
    /** Each one's subscriber state, and why they get nothing of the digest; `mailed` if they do. */
    standing: async (digest = morning) => {
      const page = await audiencePage(db, digest, 0, 1000, now);
      return Object.fromEntries(page.map(({ address, exclusion }) => [address, exclusion ?? "mailed"]));
    },
    states: async () => {
      const rows = await db.selectFrom("subscribers").select(["address", "state"]).orderBy("id").execute();
      return Object.fromEntries(rows.map(({ address, state }) => [address, state]));
    },
    ledger: async () =>
      (await db.selectFrom("consents").select(["act", "digest_id", "proof"]).orderBy("id").execute()).map(
        ({ act, digest_id, proof }) => `${act} ${digest_id} ${proof}`,
      ),
    everything: async () =>
      Promise.all(
        (["subscribers", "subscriptions", "consents", "suppressions"] as const).map((table) =>
          db.selectFrom(table).selectAll().execute(),
        ),
      ),
  };
}

/** The routes over such a store, with a count of how often the sender was woken. */
export async function openRoutes() {
  const store = await openStore();
  let woken = 0;
  const digests = [
    { id: morning, slug: "morning", name: "صباح الخير", nameEn: "Good Morning" },
    { id: economy, slug: "economy", name: "نشرة الاقتصاد", nameEn: null },
  ];
  const routes = subscriberRoutes({
    database: store.database,
    keys,
    now: store.now,
    assets: { css: "/assets/styles.css" },
    publisher: async () => ({ ...newPublisher, name: "الجريدة", nameEn: "The Paper" }),
    digests: async () => digests,
    queueNotice: store.queueNotice,
    wake: () => {
      woken++;
    },
  });
  const request = async (method: string, path: string, init: RequestInit = {}) => {
    const reply = await routes.request(path, { method, ...init });
    return { status: reply.status, headers: reply.headers, html: await reply.text() };
  };
  return {
    ...store,
    woken: () => woken,
    get: (path: string) => request("GET", path),
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      request("POST", path, { body: new URLSearchParams(fields), headers }),
    send: (path: string, init: RequestInit) => request("POST", path, init),
  };
}
