// What somebody asks of us by typing an address. Whoever that was: the request is written down, the page says the same to
// all and at once, and what follows (a mail, or none) is decided off the request. So neither page nor time tells whether an
// address is known.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { domainOf } from "../mail/index.ts";
import type { Database } from "../platform/index.ts";
import { mailboxOf, type ParsedAddress } from "./address.ts";
import { liftedByOwner, type SubscriberId, sectionsKey, subscriberSources } from "./consent.ts";
import { erasedMark } from "./erasure.ts";
import type { Asker } from "./guard/limits.ts";
import type { RequestId, SubscriberTables } from "./tables.ts";

type Db = Kysely<SubscriberTables>;

/** What is asked: digests, the link to one's preferences, or another address of one's own. Stored as JSON. */
const wish = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("subscribe"),
    /** Ids of digests. */
    digests: z.array(z.number()),
    /** Ids of sections in each of them; none means all. */
    sections: z.array(z.number()),
    language: z.enum(["ar", "en"]),
    /** Where the form stood. */
    source: z.enum(subscriberSources),
    /** More of it: the section's slug, the site that embeds the form, the name of an API token. */
    place: z.string().optional(),
    /** What a program says of how they agreed. */
    note: z.string().optional(),
  }),
  z.object({ kind: z.literal("preferences"), language: z.enum(["ar", "en"]) }),
  z.object({
    kind: z.literal("address"),
    language: z.enum(["ar", "en"]),
    /** Whose address it is to be; the request's own address is the new one. */
    subscriber: z.custom<SubscriberId>((it) => Number.isSafeInteger(it)),
  }),
]);
export type Wish = z.infer<typeof wish>;

/** A mail that is no issue. `address` is the one that the row has, which is what a confirmation confirms. */
export type SubscriberNotice = { address: string; language: "ar" | "en" } & (
  | { kind: "confirm"; data: { subscriber: SubscriberId; request: RequestId; digests: readonly number[] } }
  /** To somebody who confirmed just now: what they get, and when. In SQL, as only the batch that confirms knows what it is. */
  | { kind: "welcome"; data: RawBuilder<string> }
  /** A link to one's preferences: asked for, or the answer to signing up for what one has. */
  | { kind: "preferences"; data: { subscriber: SubscriberId } }
  /** To the new address of somebody who changes it. */
  | { kind: "address"; data: { subscriber: SubscriberId; change: number } }
  /** To the old one, when it was changed. */
  | { kind: "moved"; data: { subscriber: SubscriberId } }
);

/**
 * Makes the statement that queues a notice. It runs in the same batch as its cause and right behind it, and must do
 * nothing unless the statement before it changed a row (`where changes() > 0`).
 */
export type QueueNotice = (notice: SubscriberNotice, now: Temporal.Instant) => CompiledQuery;

/** What a notice says, for the statement that queues it: JSON, or SQL that makes it. */
export const noticeData = (notice: SubscriberNotice): string | RawBuilder<string> =>
  notice.kind === "welcome" ? notice.data : JSON.stringify(notice.data);

/** Mails that one mailbox gets in a day by being typed into forms, whoever does that. */
export const mailsADay = 3;

/** Requests that nobody confirmed are forgotten after so long, and so are those who made no other. */
export const forgetAfterDays = 7;

/** A request as a row, whoever asks. */
export function requestRow(
  asked: { address: ParsedAddress; asker: Asker; wish: Wish },
  now: Temporal.Instant,
) {
  const { address, key } = asked.address;
  return {
    at: now.epochMilliseconds,
    state: "waiting" as const,
    address,
    address_key: key,
    mailbox: mailboxOf(key),
    domain: domainOf(address),
    network: "network" in asked.asker ? asked.asker.network : "",
    wish: JSON.stringify(asked.wish),
  };
}

/** Writes a request down, whatever the limits. It is answered by {@link answerRequest}, now or by the next tick. */
export async function recordRequest(
  db: Db,
  { network, ...asked }: { address: ParsedAddress; network: string; wish: Wish },
  now: Temporal.Instant,
): Promise<RequestId> {
  const row = requestRow({ ...asked, asker: { network } }, now);
  const { id } = await db.insertInto("requests").values(row).returning("id").executeTakeFirstOrThrow();
  return id;
}

/**
 * Writes down that somebody wants their preferences' link once more: for whoever holds an old one. Once their mailbox has been
 * asked as often as it is mailed in a day, there is nothing to write, and the page says the same.
 */
export async function recordLinkRequest(
  db: Db,
  asked: { address: ParsedAddress; network: string; language: "ar" | "en" },
  now: Temporal.Instant,
): Promise<RequestId | null> {
  const { address, network, language } = asked;
  const row = requestRow({ address, asker: { network }, wish: { kind: "preferences", language } }, now);
  const dayAgo = now.subtract({ hours: 24 }).epochMilliseconds;
  const { rows } = await sql<{ id: RequestId }>`
    insert into requests (${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
    select ${sql.join(Object.values(row))}
    where (select count(*) from requests r where r.mailbox = ${row.mailbox} and r.at > ${dayAgo}) < ${mailsADay}
    returning id`.execute(db);
  return rows[0]?.id ?? null;
}

/**
 * Answers a request: queues the mail that asks to confirm what this person does not have yet, or the link to their
 * preferences where they have it all. None where they must not be mailed, or got three such mails in a day. Nothing that
 * anybody has changes. Any number of processes may answer the same request; one mail is queued.
 *
 * @returns whether a mail was queued: for waking the sender, never to be shown
 */
export async function answerRequest(
  database: Database<SubscriberTables>,
  queueNotice: QueueNotice,
  id: RequestId,
  now: Temporal.Instant,
): Promise<boolean> {
  const { db } = database;
  const row = await db
    .selectFrom("requests")
    .selectAll()
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  if (!row) return false;
  const wanted = wish.parse(JSON.parse(row.wish));
  const statements = await answerTo(db, queueNotice, row, wanted, now);
  if (statements !== null) {
    const [mailed] = await database.batch([mailing(db, id, row.mailbox, now), ...statements]);
    if (mailed?.changes === 1) return true;
  }
  await db
    .updateTable("requests")
    .set({ state: "passed" })
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .execute();
  return false;
}

function answerTo(db: Db, queueNotice: QueueNotice, row: Waiting, wanted: Wish, now: Temporal.Instant) {
  switch (wanted.kind) {
    case "subscribe":
      return subscribing(db, queueNotice, { ...row, wish: wanted }, now);
    case "preferences":
      return sendingLink(db, queueNotice, { ...row, language: wanted.language }, now);
    case "address":
      return askingNewAddress(db, queueNotice, { ...row, wish: wanted }, now);
  }
}

/** Answers requests whose process died before it could, oldest first. @returns how many mails were queued */
export async function answerWaiting(
  database: Database<SubscriberTables>,
  queueNotice: QueueNotice,
  most: number,
  onError: (request: RequestId, error: unknown) => void,
  now: Temporal.Instant,
): Promise<number> {
  const waiting = await database.db
    .selectFrom("requests")
    .select("id")
    .where("state", "=", "waiting")
    .orderBy("id")
    .limit(most)
    .execute();
  let mailed = 0;
  for (const { id } of waiting) {
    try {
      if (await answerRequest(database, queueNotice, id, now)) mailed++;
    } catch (error) {
      onError(id, error); // the others behind it are answered all the same
    }
  }
  return mailed;
}

type Waiting = { id: RequestId; address: string; address_key: string; network: string };

/** The statements that ask somebody to confirm, each to run only if the one before it did something; null for no mail. */
async function subscribing(
  db: Db,
  queueNotice: QueueNotice,
  request: Waiting & { wish: Extract<Wish, { kind: "subscribe" }> },
  now: Temporal.Instant,
): Promise<CompiledQuery[] | null> {
  const { wish: wanted } = request;
  const ms = now.epochMilliseconds;
  const lifted = sql.join(liftedByOwner.map((reason) => sql`${reason}`));
  const { rows } = await sql<{ id: SubscriberId; address: string; language: "ar" | "en"; has: string }>`
    insert into subscribers (address, address_key, state, language, created_at, source, active_at)
    select ${request.address}, ${request.address_key}, 'pending', ${wanted.language}, ${ms}, ${wanted.source}, ${ms}
    where not exists (select 1 from suppressions where address_key = ${request.address_key} and reason not in (${lifted}))
    on conflict (address_key) do update set address_key = excluded.address_key where subscribers.state <> 'suppressed'
    returning id, address, language, (select json_group_array(s.digest_id) from subscriptions s
      where s.subscriber_id = subscribers.id and s.state in ('active', 'paused')
        and subscribers.state = 'confirmed') as has`.execute(db);
  const [person] = rows;
  if (!person) return null;
  const has = z.array(z.number()).parse(JSON.parse(person.has));
  const digests = wanted.digests.filter((digest) => !has.includes(digest));
  if (digests.length === 0) return [preferencesNotice(queueNotice, person, now)];
  const sections = sectionsKey(wanted.sections);
  const { source: via, language, place, note } = wanted;
  const proof = JSON.stringify({
    via,
    ...(place ? { place } : {}),
    ...(note ? { note } : {}),
    ...(request.network ? { network: request.network } : {}),
    sections,
    language,
  });
  const list = JSON.stringify(digests);
  // To the address that the row has; another spelling may be another mailbox.
  const notice: SubscriberNotice = {
    kind: "confirm",
    address: person.address,
    language,
    data: { subscriber: person.id, request: request.id, digests },
  };
  return [
    queueNotice(notice, now),
    sql`insert into consents (subscriber_id, at, act, digest_id, proof, request_id)
      select ${person.id}, ${ms}, 'asked', j.value, ${proof}, ${request.id} from json_each(${list}) j
      where changes() > 0`.compile(db),
    sql`insert into subscriptions (subscriber_id, digest_id, state, sections, since)
      select ${person.id}, j.value, 'pending', ${sections}, ${ms} from json_each(${list}) j
      where changes() > 0 on conflict do nothing`.compile(db),
  ];
}

async function sendingLink(
  db: Db,
  queueNotice: QueueNotice,
  request: Waiting & { language: "ar" | "en" },
  now: Temporal.Instant,
): Promise<CompiledQuery[] | null> {
  const person = await db
    .selectFrom("subscribers as u")
    .leftJoin("suppressions as x", "x.address_key", "u.address_key")
    .select(["u.id", "u.address"])
    .where("u.address_key", "=", request.address_key)
    .where("u.state", "in", ["confirmed", "left"])
    .where((where) => where.or([where("x.reason", "is", null), where("x.reason", "in", [...liftedByOwner])]))
    .executeTakeFirst();
  return person ? [preferencesNotice(queueNotice, { ...person, language: request.language }, now)] : null;
}

const preferencesNotice = (
  queueNotice: QueueNotice,
  { id, address, language }: { id: SubscriberId; address: string; language: "ar" | "en" },
  now: Temporal.Instant,
) => queueNotice({ kind: "preferences", address, language, data: { subscriber: id } }, now);

/** The mail that asks the owner of a new address; none where it must not be mailed, or whoever asks is nobody any more. */
async function askingNewAddress(
  db: Db,
  queueNotice: QueueNotice,
  request: Waiting & { wish: Extract<Wish, { kind: "address" }> },
  now: Temporal.Instant,
): Promise<CompiledQuery[] | null> {
  const { subscriber, language } = request.wish;
  const person = await db
    .selectFrom("subscribers as u")
    .select("u.id")
    .where("u.id", "=", subscriber)
    .where("u.state", "in", ["confirmed", "left"])
    .where("u.address_key", "<>", request.address_key)
    .executeTakeFirst();
  if (!person || !(await mayBeAsked(db, request.address_key))) return null;
  const data = { subscriber, change: request.id };
  return [queueNotice({ kind: "address", address: request.address, language, data }, now)];
}

/** Whether the owner of an address may be asked something by mail: nothing but their own leaving stands against it. */
export async function mayBeAsked(db: Db, addressKey: string): Promise<boolean> {
  const against = await db
    .selectFrom("suppressions")
    .select("reason")
    .where("address_key", "=", addressKey)
    .where("reason", "not in", [...liftedByOwner])
    .executeTakeFirst();
  return against === undefined;
}

/** Takes a request up for mailing: once, and only while its mailbox got fewer than three such mails in a day. */
const mailing = (db: Db, id: RequestId, mailbox: string, now: Temporal.Instant) =>
  sql`update requests set state = 'mailed' where id = ${id} and state = 'waiting'
    and (select count(*) from requests r where r.mailbox = ${mailbox} and r.state = 'mailed'
      and r.at > ${now.subtract({ hours: 24 }).epochMilliseconds}) < ${mailsADay}`.compile(db);

/** The most rows that one tick forgets of each kind: the next one goes on. */
const forgottenATick = 1000;

/**
 * Forgets requests that are older than seven days, subscriptions that nobody confirmed in that time, and whoever has no
 * other: with what was noted of them, since they agreed to nothing.
 *
 * No id is ever given twice, since old links name them: the newest person's row stays, empty.
 *
 * @returns how many people are forgotten
 */
export async function forgetUnconfirmed(
  { db, batch }: Database<SubscriberTables>,
  now: Temporal.Instant,
): Promise<number> {
  const before = now.subtract({ hours: 24 * forgetAfterDays }).epochMilliseconds;
  const asked = sql`select id from requests where at < ${before} order by at limit ${forgottenATick}`;
  const unconfirmed = sql`select s.id from subscriptions s
    where s.state = 'pending' and s.since < ${before} and not exists (select 1 from consents c
      where c.subscriber_id = s.subscriber_id and c.digest_id = s.digest_id and c.at >= ${before})
    order by s.since limit ${forgottenATick}`;
  const people = sql`select id from subscribers where state = 'pending' and created_at < ${before}
    and not exists (select 1 from consents c where c.subscriber_id = subscribers.id and c.at >= ${before})
    and not exists (select 1 from consents c where c.subscriber_id = subscribers.id and c.act <> 'asked')
    order by created_at limit ${forgottenATick}`;
  const anything = sql<1>`select 1 where exists (${asked}) or exists (${unconfirmed}) or exists (${people})`;
  if ((await anything.execute(db)).rows.length === 0) return 0; // as in most minutes: no transaction for nothing
  const nobody = sql`state = 'pending' and created_at < ${before}
    and not exists (select 1 from consents c where c.subscriber_id = subscribers.id)`;
  const results = await batch([
    sql`delete from requests where id in (${asked})`.compile(db),
    sql`delete from subscriptions where id in (${unconfirmed})`.compile(db),
    sql`delete from consents where subscriber_id in (${people})`.compile(db),
    sql`delete from subscribers where id < (select max(id) from subscribers) and ${nobody} and id in (${people})`.compile(
      db,
    ),
    sql`update subscribers set state = 'erased', address = '', address_key = ${erasedMark} || id
      where id = (select max(id) from subscribers) and ${nobody} and id in (${people}) returning id`.compile(
      db,
    ),
  ]);
  return results.slice(-2).reduce((sum, { changes, rows }) => sum + (rows.length || changes), 0);
}
