// The only SQL for who subscribes to feeds and for what their callbacks are still to be asked or told.
import { type Kysely, sql } from "kysely";
import type { FeedKey } from "../feeds/index.ts";
import { type Database, fromMilliseconds } from "../platform/index.ts";
import type { HubTables, WebSubTables } from "./tables.ts";

/** So many that aggregators find room, so few that nobody makes a hammer of the hub. */
export const bounds = {
  subscriptions: 20_000,
  subscriptionsOfHost: 2_000,
  asks: 1_000,
  asksOfHost: 20,
  asksOfHostAMinute: 120,
} as const;

/** Where the telling of subscribers stands. */
export const subscribersCursor = "subscribers";

/** The last change of feeds. */
export const lastSeq = sql<number>`(select coalesce(max(seq), 0) from feed_versions)`;

/** A cursor that is not there yet begins after the last change: what was before is no news. */
export const beginCursor = (name: string) =>
  sql`insert into websub_cursors (name, seq, feed)
    select ${name}, ${lastSeq}, coalesce((select max(feed) from feed_versions where seq = ${lastSeq}), '') where true
    on conflict (name) do nothing`;

type NewAsk = {
  mode: "subscribe" | "unsubscribe";
  /** The feed's own address, under which a renewal finds what it renews. */
  topic: string;
  askedTopic: string;
  callback: URL;
  leaseSeconds: number;
  secret: string | null;
  feeds: readonly FeedKey[];
};

/** `busy`: there is too much to do now. `full`: there is no room for another. The host is the callback's. */
export type AskResult = "taken" | "busy" | "host-busy" | "full" | "host-full";

type Bounds = Readonly<Record<keyof typeof bounds, number>>;

/**
 * Notes what a callback is to be asked, instead of what it was to be asked about the same topic before. Nothing else
 * changes until it has answered.
 *
 * @param most other bounds than the service's own, for tests
 */
export async function keepAsk(
  { db, batch }: Database<HubTables>,
  ask: NewAsk,
  now: Temporal.Instant,
  most: Bounds = bounds,
): Promise<AskResult> {
  const ms = now.epochMilliseconds;
  const { hostname: host, href: callback } = ask.callback;
  const result = askResult(ask, now, most);
  const results = await batch([
    beginCursor(subscribersCursor).compile(db),
    sql`insert into websub_asks
        (mode, topic, asked_topic, callback, host, secret, lease_seconds, feeds, seq, due_at)
      select ${ask.mode}, ${ask.topic}, ${ask.askedTopic}, ${callback}, ${host}, ${ask.secret}, ${ask.leaseSeconds},
        ${JSON.stringify(ask.feeds)}, ${lastSeq}, ${ms} where ${result} = 'taken'
      on conflict (topic, callback) do update set mode = excluded.mode, asked_topic = excluded.asked_topic,
        secret = excluded.secret, lease_seconds = excluded.lease_seconds, feeds = excluded.feeds, seq = excluded.seq,
        reason = null, due_at = excluded.due_at, worker = null, tries = 0
      returning id`.compile(db),
    sql`insert into websub_hosts (host, began_at, asked) select ${host}, ${ms}, 1 where changes() > 0
      on conflict (host) do update set asked = iif(began_at > ${ms - minute}, asked + 1, 1),
        began_at = iif(began_at > ${ms - minute}, began_at, excluded.began_at)`.compile(db),
  ]);
  if (results[1]?.rows.length === 1) return "taken";
  // Why not: for the sentence alone. By now there may be room again, and that is soon enough to ask once more.
  const { rows } = await sql<{ why: AskResult }>`select ${result} as why`.execute(db);
  const why = rows[0]?.why ?? "busy";
  return why === "taken" ? "busy" : why;
}

const minute = 60_000;

/** How many times as many renewals a host may be asked about in a minute as strangers' subscriptions. */
const renewalReserve = 10;

/** In SQL: whether there is room for this. */
function askResult(ask: NewAsk, now: Temporal.Instant, most: Bounds) {
  const { hostname: host, href: callback } = ask.callback;
  const asks = sql.table("websub_asks");
  const subscriptions = sql.table("websub_subscriptions");
  const isKnown = (table: typeof asks) =>
    sql`exists (select 1 from ${table} where topic = ${ask.topic} and callback = ${callback})`;
  const ofHost = (table: typeof asks) => sql`(select count(*) from ${table} where host = ${host})`;
  const inAll = (name: WebSubTables["websub_counts"]["name"]) =>
    sql`coalesce((select number from websub_counts where name = ${name}), 0)`;
  const isNew = sql`${ask.mode} = 'subscribe' and not ${isKnown(subscriptions)}`;
  // Whoever is subscribed renews or leaves, however many strangers stand in the queue, also in his host's name.
  const isStranger = sql`not ${isKnown(asks)} and not ${isKnown(subscriptions)}`;
  return sql`case
    when ${isStranger} and ${inAll("asks")} >= ${most.asks} then 'busy'
    when ${isStranger} and ${ofHost(asks)} >= ${most.asksOfHost} then 'host-busy'
    when coalesce((select asked from websub_hosts where host = ${host} and began_at > ${now.epochMilliseconds - minute}), 0)
      >= ${most.asksOfHostAMinute} * iif(${isKnown(subscriptions)}, ${renewalReserve}, 1) then 'host-busy'
    when ${isNew} and ${inAll("subscriptions")} >= ${most.subscriptions} then 'full'
    when ${isNew} and ${ofHost(subscriptions)} >= ${most.subscriptionsOfHost} then 'host-full'
    else 'taken' end`;
}

/** What is under way: a row, and the worker whose it is until its claim ends. */
export type Mine = { id: number; worker: string };

/**
 * The callback meant it: what was asked for takes effect, a renewal with its new secret and lease. Where a feed of the
 * topic has changed since it was asked for, the subscription begins with a push: the subscriber read the feed before.
 *
 * @param askedAt when the callback was asked, from which the lease counts (§5.3)
 * @returns false if somebody else has it by now, or it was replaced: then nothing has changed
 */
export async function settleAsk(
  { db, batch }: Database<HubTables>,
  { id, worker }: Mine,
  askedAt: Temporal.Instant,
  now: Temporal.Instant,
): Promise<boolean> {
  const ms = now.epochMilliseconds;
  const asked = (mode: "subscribe" | "unsubscribe") =>
    sql`id = ${id} and worker = ${worker} and mode = ${mode}`;
  const subscription = sql`(select s.id from websub_asks a cross join websub_subscriptions s
    on s.topic = a.topic and s.callback = a.callback where a.id = ${id} and a.worker = ${worker})`;
  const results = await batch([
    sql`insert into websub_subscriptions (topic, asked_topic, callback, host, secret, began_at, lease_ends_at)
      select topic, asked_topic, callback, host, secret, ${ms}, ${askedAt.epochMilliseconds} + lease_seconds * 1000
      from websub_asks where ${asked("subscribe")}
      on conflict (topic, callback) do update set asked_topic = excluded.asked_topic, secret = excluded.secret,
        lease_ends_at = excluded.lease_ends_at, tries = 0, failing_since = null, last_error = null,
        due_at = iif(worker is null and due_at > ${ms}, ${ms}, due_at)`.compile(db), // it is there again: no more waiting
    sql`delete from websub_watches where subscription_id = ${subscription}`.compile(db),
    sql`insert into websub_watches (feed, subscription_id)
      select distinct j.value, s.id from websub_asks a cross join json_each(a.feeds) j cross join websub_subscriptions s
        on s.topic = a.topic and s.callback = a.callback
      where a.id = ${id} and a.worker = ${worker}`.compile(db),
    sql`update websub_subscriptions set wanted = wanted + 1, due_at = coalesce(due_at, ${ms})
      where id = ${subscription} and exists (
        select 1 from websub_watches w cross join feed_versions v on v.feed = w.feed
        where w.subscription_id = websub_subscriptions.id
          and v.seq > (select seq from websub_asks where id = ${id}))`.compile(db),
    sql`delete from websub_subscriptions where (topic, callback) =
      (select topic, callback from websub_asks where ${asked("unsubscribe")})`.compile(db),
    sql`delete from websub_asks where id = ${id} and worker = ${worker} returning id`.compile(db),
  ]);
  return results.at(-1)?.rows.length === 1;
}

/** Ends a subscription whose topic is no more, and has its callback told why (§5.2). */
export async function deny(
  { db, batch }: Database<HubTables>,
  { id, worker }: Mine,
  reason: string,
  now: Temporal.Instant,
): Promise<void> {
  await batch([
    sql`insert into websub_asks
        (mode, topic, asked_topic, callback, host, lease_seconds, feeds, seq, reason, due_at)
      select 'denied', topic, asked_topic, callback, host, 0, '[]', 0, ${reason}, ${now.epochMilliseconds}
      from websub_subscriptions where id = ${id} and worker = ${worker}
      on conflict (topic, callback) do update set mode = excluded.mode, asked_topic = excluded.asked_topic,
        reason = excluded.reason, due_at = excluded.due_at, worker = null, tries = 0`.compile(db),
    sql`delete from websub_subscriptions where id = ${id} and worker = ${worker}`.compile(db),
  ]);
}

/**
 * The feed has another address now: the subscription goes on under that one, so that a renewal finds it.
 *
 * @returns false if that callback has subscribed to the new address already, and this subscription has ended for it
 */
export async function moveTopic(
  { db, batch }: Database<HubTables>,
  { id, worker }: Mine,
  topic: string,
): Promise<boolean> {
  const results = await batch([
    sql`delete from websub_subscriptions where id = ${id} and worker = ${worker} and exists (
      select 1 from websub_subscriptions o where o.topic = ${topic} and o.callback = websub_subscriptions.callback)`.compile(
      db,
    ),
    sql`update websub_subscriptions set topic = ${topic} where id = ${id} and worker = ${worker} returning id`.compile(
      db,
    ),
  ]);
  return results[1]?.rows.length === 1;
}

/** How many subscriptions there are, for the metrics. */
export async function subscriptionCount(db: Kysely<WebSubTables>): Promise<number> {
  const row = await db
    .selectFrom("websub_counts")
    .select("number")
    .where("name", "=", "subscriptions")
    .executeTakeFirst();
  return row?.number ?? 0;
}

/** How many subscribe to each of these feeds, and of how many the pushes fail; more than {@link mostCounted} are not counted. */
export async function subscribersOf(
  db: Kysely<WebSubTables>,
  feeds: readonly FeedKey[],
): Promise<Map<FeedKey, { number: number; failing: number }>> {
  const { rows } = await sql<{ feed: FeedKey; number: number; failing: number }>`
    select j.value as feed, count(w.subscription_id) as number, count(s.failing_since) as failing
    from json_each(${JSON.stringify(feeds)}) j
      cross join websub_watches w on w.feed = j.value and w.subscription_id in (
        select subscription_id from websub_watches where feed = j.value order by subscription_id limit ${mostCounted})
      cross join websub_subscriptions s on s.id = w.subscription_id
    group by j.value`.execute(db);
  return new Map(rows.map(({ feed, number, failing }) => [feed, { number, failing }]));
}

/** So many subscriptions of one feed are counted for people. */
export const mostCounted = 1000;

/** A subscription as people are shown it. The callback is a secret between it and us (§8), so its host stands for it. */
export type ShownSubscription = {
  id: number;
  topic: string;
  host: string;
  signed: boolean;
  beganAt: Temporal.Instant;
  leaseEndsAt: Temporal.Instant;
  pushedAt: Temporal.Instant | null;
  failing: { since: Temporal.Instant; lastError: string } | null;
};

/** Who subscribes to what this feed shows, in the order in which they began; a page of at most `limit` after an id. */
export async function subscriptionsTo(
  db: Kysely<WebSubTables>,
  feed: FeedKey,
  after: number,
  limit: number,
): Promise<ShownSubscription[]> {
  const rows = await db
    .selectFrom("websub_watches")
    .innerJoin("websub_subscriptions", "id", "subscription_id")
    .selectAll("websub_subscriptions")
    .where("feed", "=", feed)
    .where("subscription_id", ">", after)
    .orderBy("subscription_id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    topic: row.topic,
    host: row.host,
    signed: row.secret !== null,
    beganAt: fromMilliseconds(row.began_at),
    leaseEndsAt: fromMilliseconds(row.lease_ends_at),
    pushedAt: row.pushed_at === null ? null : fromMilliseconds(row.pushed_at),
    failing:
      row.failing_since === null
        ? null
        : { since: fromMilliseconds(row.failing_since), lastError: row.last_error ?? "" },
  }));
}
