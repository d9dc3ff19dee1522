// The SQL of what is due: which subscriptions a change concerns, whose turn it is, and what became of a call. Any number of
// processes may work on it at once: a claim is a lease, and all that is booked asks whether it is still one's own.
import { type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import type { FeedKey } from "../feeds/index.ts";
import type { Database } from "../platform/index.ts";
import { beginCursor, lastSeq, type Mine, subscribersCursor } from "./store.ts";
import type { HubTables } from "./tables.ts";

type Db = Kysely<HubTables>;

/**
 * Whether there is anything to mark, to clear away, to push or to ask: in most minutes there is nothing, and one look costs less
 * than to write nothing in five statements.
 */
export async function isAnyDue(db: Db, now: Temporal.Instant): Promise<boolean> {
  const ms = now.epochMilliseconds;
  const { rows } = await sql`select 1 where
      coalesce((select seq from websub_cursors where name = ${subscribersCursor}), -1) < ${lastSeq}
    or exists (select 1 from websub_subscriptions where due_at <= ${ms})
    or exists (select 1 from websub_asks where due_at <= ${ms})
    or exists (select 1 from websub_subscriptions where lease_ends_at <= ${ms})
    or exists (select 1 from websub_hosts where began_at <= ${ms - 60_000})`.execute(db);
  return rows.length > 0;
}

/** How many rows one round of clearing away removes: leases that ended, counts of past minutes. */
const mostCleared = 500;

/**
 * Marks every subscription that a change since the last call concerns, and clears away what has ended. It costs what
 * changed feeds cost, however many subscriptions there are. A publish need not know of it: a process that dies in between
 * leaves the cursor behind, and the next call finds what it left.
 */
export async function markChanged({ db, batch }: Database<HubTables>, now: Temporal.Instant): Promise<void> {
  const ms = now.epochMilliseconds;
  const told = sql`(select seq from websub_cursors where name = ${subscribersCursor})`;
  await batch([
    beginCursor(subscribersCursor).compile(db),
    // One that waits after a failure goes on waiting, and one that is pushed to right now is pushed to once more.
    sql`update websub_subscriptions set wanted = wanted + 1, due_at = coalesce(due_at, ${ms})
      where id in (
        select w.subscription_id from feed_versions v cross join websub_watches w on w.feed = v.feed
        where v.seq > ${told})`.compile(db),
    sql`update websub_cursors set seq = ${lastSeq} where name = ${subscribersCursor} and seq < ${lastSeq}`.compile(
      db,
    ),
    sql`delete from websub_subscriptions where id in (
      select id from websub_subscriptions where lease_ends_at <= ${ms} order by lease_ends_at limit ${mostCleared})`.compile(
      db,
    ),
    sql`delete from websub_hosts where host in (
      select host from websub_hosts where began_at <= ${ms - 60_000} order by began_at limit ${mostCleared})`.compile(
      db,
    ),
  ]);
}

/** How long what was claimed is its worker's: several times what one call may take. */
const claimSeconds = 60;

/** All processes together call so many callbacks at once. */
const mostUnderWay = 64;

/** How far a claim looks for hosts that have their turn. */
const lookAhead = 200;

export type Turn = {
  worker: string;
  most: number;
  /** How many calls to one host may be under way, in all processes. */
  mostOfHost: number;
  /** Hosts that did not answer just now: their others wait for another time. */
  silent: readonly string[];
};

/** A push that is this worker's until its claim ends. */
export type ClaimedPush = Mine & {
  topic: string;
  callback: URL;
  secret: string | null;
  /** Which changes the push covers: a later one leads to another push. */
  wanted: number;
  /** How many pushes in a row have failed. */
  tries: number;
};

/**
 * Claims pushes that are due, and books in the same commit those that were taken since the last claim: to wait for the disk twice
 * for each push takes longer than the push. What a process that dies had not booked yet is pushed again, which WebSub allows.
 */
export async function claimPushes(
  { db, batch }: Database<HubTables>,
  taken: readonly ClaimedPush[],
  turn: Turn,
  now: Temporal.Instant,
): Promise<ClaimedPush[]> {
  const ms = now.epochMilliseconds;
  const claim = sql`update websub_subscriptions set ${claimed(turn, ms)}
    where id in ${whoseTurn("websub_subscriptions", sql`lease_ends_at > ${ms}`, turn, ms)} returning *`;
  const results = await batch([
    ...(taken.length > 0 ? [taking(taken, now).compile(db)] : []),
    claim.compile(db),
  ]);
  return pushRows.parse(results.at(-1)?.rows).map(({ callback, ...row }) => ({
    ...{ ...row, callback: new URL(callback), worker: turn.worker },
  }));
}

const pushRows = z.array(
  z.object({
    id: z.number(),
    topic: z.string(),
    callback: z.string(),
    secret: z.string().nullable(),
    wanted: z.number(),
    tries: z.number(),
  }),
);

/** Something to ask or tell a callback that is this worker's until its claim ends. */
export type ClaimedAsk = Mine & {
  mode: "subscribe" | "unsubscribe" | "denied";
  askedTopic: string;
  callback: URL;
  leaseSeconds: number;
  reason: string | null;
  /** How often it was tried, this time counted: also where the process then died. */
  tries: number;
};

/** Claims what callbacks are to be asked or told now. */
export async function claimAsks(db: Db, turn: Turn, now: Temporal.Instant): Promise<ClaimedAsk[]> {
  const ms = now.epochMilliseconds;
  const { rows } = await sql<HubTables["websub_asks"]>`
    update websub_asks set ${claimed(turn, ms)}, tries = tries + 1
    where id in ${whoseTurn("websub_asks", sql`true`, turn, ms)} returning *`.execute(db);
  return rows.map(({ id, mode, asked_topic, callback, lease_seconds, reason, tries }) => ({
    ...{ id, worker: turn.worker, mode, reason, tries },
    askedTopic: asked_topic,
    callback: new URL(callback),
    leaseSeconds: lease_seconds,
  }));
}

const claimed = (turn: Turn, ms: number) =>
  sql`worker = ${turn.worker}, due_at = ${ms + claimSeconds * 1000}`;

/** Those that waited longest first, but never so many of one host that it could hold up the others. */
function whoseTurn(
  table: "websub_asks" | "websub_subscriptions",
  may: RawBuilder<unknown>,
  turn: Turn,
  ms: number,
) {
  const rows = sql.table(table);
  // The + keeps SQLite from reading the index of all hosts for the sake of their order.
  return sql`(
    with busy as materialized (
      select host, count(*) as calls from ${rows} where worker is not null and due_at > ${ms} group by +host)
    select id from (
      select page.id, page.due_at, row_number() over (partition by page.host order by page.due_at, page.id)
        + coalesce((select calls from busy where busy.host = page.host), 0) as place
      from (
        select id, host, due_at from ${rows} where due_at <= ${ms} and ${may}
          and host not in (select value from json_each(${JSON.stringify(turn.silent)}))
          and host not in (select host from busy where calls >= ${turn.mostOfHost})
        order by due_at limit ${lookAhead}) page) page
    where place <= ${turn.mostOfHost} order by due_at
    limit max(0, min(${turn.most}, ${mostUnderWay} - (select coalesce(sum(calls), 0) from busy))))`;
}

const mine = ({ id, worker }: Mine) => sql`id = ${id} and worker = ${worker}`;

/** The callbacks took them. Where the feed changed meanwhile, the next push is due at once. */
export async function bookTaken(db: Db, taken: readonly ClaimedPush[], now: Temporal.Instant): Promise<void> {
  if (taken.length > 0) await taking(taken, now).execute(db);
}

function taking(taken: readonly ClaimedPush[], now: Temporal.Instant) {
  const ms = now.epochMilliseconds;
  const rows = JSON.stringify(taken.map(({ id, worker, wanted }) => ({ id, worker, wanted })));
  return sql`update websub_subscriptions set worker = null, tries = 0, failing_since = null, last_error = null,
      pushed_at = ${ms}, due_at = iif(websub_subscriptions.wanted > j.value ->> 'wanted', ${ms}, null)
    from json_each(${rows}) j
    where websub_subscriptions.id = j.value ->> 'id' and websub_subscriptions.worker = j.value ->> 'worker'`;
}

/** It did not: the next try brings the feed as it is then. */
export async function bookFailed(
  db: Db,
  push: ClaimedPush,
  { afterSeconds, why }: { afterSeconds: number; why: string },
  now: Temporal.Instant,
): Promise<void> {
  const ms = now.epochMilliseconds;
  await sql`update websub_subscriptions set worker = null, tries = ${push.tries + 1},
      failing_since = coalesce(failing_since, ${ms}), last_error = ${why.slice(0, 300)},
      due_at = ${ms + afterSeconds * 1000}
    where ${mine(push)}`.execute(db);
}

/** Ends a subscription. */
export async function drop(db: Db, push: ClaimedPush): Promise<void> {
  await sql`delete from websub_subscriptions where ${mine(push)}`.execute(db);
}

/** A callback is to be asked or told once more, later. */
export async function putOff(
  db: Db,
  ask: ClaimedAsk,
  afterSeconds: number,
  now: Temporal.Instant,
): Promise<void> {
  await sql`update websub_asks set worker = null, due_at = ${now.epochMilliseconds + afterSeconds * 1000}
    where ${mine(ask)}`.execute(db);
}

/** A callback said no, was told, or is not to be reached: nothing changes by it any more. */
export async function forget(db: Db, ask: ClaimedAsk): Promise<void> {
  await sql`delete from websub_asks where ${mine(ask)}`.execute(db);
}

/** A hub outside by its address, and up to where it was told of changes. */
export type ClaimedCursor = { name: string; worker: string; seq: number; feed: string; tries: number };

/** Claims the telling of a hub outside, if there is something to tell and nobody else is at it. */
export async function claimCursor(
  { db, batch }: Database<HubTables>,
  name: string,
  worker: string,
  now: Temporal.Instant,
): Promise<ClaimedCursor | null> {
  const ms = now.epochMilliseconds;
  await batch([beginCursor(name).compile(db)]);
  const { rows } = await sql<HubTables["websub_cursors"]>`
    update websub_cursors set worker = ${worker}, due_at = ${ms + claimSeconds * 1000}
    where name = ${name} and due_at <= ${ms} and exists (
      select 1 from feed_versions v where (v.seq, v.feed) > (websub_cursors.seq, websub_cursors.feed))
    returning *`.execute(db);
  const [row] = rows;
  return row ? { name, worker, seq: row.seq, feed: row.feed, tries: row.tries } : null;
}

/** The feeds that changed after a place, in the order of their changes. */
export async function changedAfter(db: Db, { seq, feed }: { seq: number; feed: string }, most: number) {
  const { rows } = await sql<{ seq: number; feed: FeedKey }>`
    select seq, feed from feed_versions where (seq, feed) > (${seq}, ${feed}) order by seq, feed limit ${most}`.execute(
    db,
  );
  return rows;
}

/** Moves a hub's cursor to where it was told to, or on failure leaves it there for a while. */
export async function bookCursor(
  db: Db,
  { name, worker, tries }: ClaimedCursor,
  told: { seq: number; feed: string } | { afterSeconds: number },
  now: Temporal.Instant,
): Promise<void> {
  const ms = now.epochMilliseconds;
  const set =
    "seq" in told
      ? sql`seq = ${told.seq}, feed = ${told.feed}, tries = 0, due_at = ${ms}`
      : sql`tries = ${tries + 1}, due_at = ${ms + told.afterSeconds * 1000}`;
  await sql`update websub_cursors set worker = null, ${set} where name = ${name} and worker = ${worker}`.execute(
    db,
  );
}
