// The only SQL for the tables of webhooks; triggers of migration 27 write what is to be told.
import { type CompiledQuery, type Generated, type Kysely, sql } from "kysely";
import { z } from "zod";
import { fromMilliseconds } from "../platform/index.ts";
import { mailIsHeld } from "../settings/index.ts";
import { type EventKind, eventKinds } from "./event.ts";

export type EndpointId = number & { readonly brand: "EndpointId" };

export type HookTables = {
  webhook_endpoints: {
    id: Generated<EndpointId>;
    url: string;
    events: string;
    secret: string;
    state: "on" | "off";
    created_at: number;
    failing_since: Generated<number | null>;
    reply: Generated<string | null>;
    former_secret: Generated<string | null>;
    former_until: Generated<number | null>;
  };
  webhook_calls: {
    id: Generated<number>;
    endpoint_id: EndpointId;
    event: string;
    data: string;
    at: number;
    state: "waiting" | "told" | "dead";
    tries: Generated<number>;
    due_at: number;
    expires_at: number;
    reply: string | null;
  };
};

type Db = Kysely<HookTables>;

export type Endpoint = {
  id: EndpointId;
  url: URL;
  events: readonly EventKind[];
  secret: string;
  /** The secret that it had before, as long as both sign. */
  former: { secret: string; until: Temporal.Instant } | null;
  /** Off: it said that it is gone for good (410), and is told nothing. */
  on: boolean;
  createdAt: Temporal.Instant;
  failingSince: Temporal.Instant | null;
  /** Of the last call that failed. */
  reply: string | null;
};

const events = z.array(z.enum(eventKinds));

/** So many endpoints there may be: each costs a row an event. */
export const mostEndpoints = 20;

/** Adds an endpoint. Counts 0 changes where there are too many already. */
export const addEndpoint = (
  db: Db,
  { url, events, secret }: Pick<Endpoint, "url" | "events" | "secret">,
  now: Temporal.Instant,
): CompiledQuery<{ id: EndpointId }> =>
  sql<{ id: EndpointId }>`insert into webhook_endpoints (url, events, secret, state, created_at)
    select ${url.href}, ${JSON.stringify(events)}, ${secret}, 'on', ${now.epochMilliseconds}
    where (select count(*) from webhook_endpoints) < ${mostEndpoints} returning id`.compile(db);

export async function listEndpoints(db: Db): Promise<Endpoint[]> {
  const rows = await db
    .selectFrom("webhook_endpoints")
    .selectAll()
    .orderBy("id")
    .limit(mostEndpoints)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    url: new URL(row.url),
    events: events.parse(JSON.parse(row.events)),
    secret: row.secret,
    former:
      row.former_secret === null || row.former_until === null
        ? null
        : { secret: row.former_secret, until: fromMilliseconds(row.former_until) },
    on: row.state === "on",
    createdAt: fromMilliseconds(row.created_at),
    failingSince: row.failing_since === null ? null : fromMilliseconds(row.failing_since),
    reply: row.reply,
  }));
}

/** So long a secret signs on beside the one that took its place. */
export const formerHours = 24;

/**
 * Gives an endpoint another secret. The one that it had signs beside it for {@link formerHours}, so that its receiver can be changed
 * without losing a call. Counts a change if there is one with this id.
 *
 * @param seen the {@link secretMark} that it is changed from, so that who presses twice does not put out the one that the receiver has;
 *   null: it is meant for whatever holds
 */
export const rotateSecret = (
  db: Db,
  id: number,
  secret: string,
  now: Temporal.Instant,
  seen: number | null = null,
): CompiledQuery =>
  sql`update webhook_endpoints set former_secret = secret, former_until = ${now.add({ hours: formerHours }).epochMilliseconds},
    secret = ${secret} where id = ${id} and (${seen} is null or coalesce(former_until, 0) = ${seen})`.compile(
    db,
  );

/** Tells a secret from the one that takes its place, and nothing of it. */
export const secretMark = ({ former }: Pick<Endpoint, "former">): number =>
  former?.until.epochMilliseconds ?? 0;

/** What signs a call to an endpoint now, the newest first. */
export const secretsOf = (
  { secret, former }: Pick<Endpoint, "secret" | "former">,
  now: Temporal.Instant,
): string[] => [
  secret,
  ...(former !== null && Temporal.Instant.compare(now, former.until) < 0 ? [former.secret] : []),
];

/** Removes an endpoint with all that it was to be told. */
export const removeEndpoint = (db: Db, id: number): CompiledQuery =>
  sql`delete from webhook_endpoints where id = ${id}`.compile(db);

/** An event is given up after so long; a replay begins anew. */
const waitsDays = 4;

/** Lets an endpoint hear again that said it was gone. Counts a change if there is one with this id. */
export const switchOn = (db: Db, id: number): CompiledQuery =>
  sql`update webhook_endpoints set state = 'on' where id = ${id}`.compile(db);

/**
 * Has an endpoint told again what was given up; each statement counts how many. Goes into one batch with {@link switchOn}.
 *
 * @param since also what it took since then; null: only what was given up
 */
export function replay(
  db: Db,
  id: number,
  since: Temporal.Instant | null,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  const again = sql`update webhook_calls set state = 'waiting', tries = 0, due_at = ${ms},
    expires_at = ${ms + waitsDays * 86_400_000}`;
  return [
    sql`${again} where endpoint_id = ${id} and state = 'dead'`.compile(db),
    ...(since === null
      ? []
      : [
          sql`${again} where endpoint_id = ${id} and state = 'told' and at >= ${since.epochMilliseconds}`.compile(
            db,
          ),
        ]),
  ];
}

/** What became of an event for one endpoint. `dead`: it was given up. */
export type ListedCall = {
  id: number;
  event: string;
  at: Temporal.Instant;
  state: "waiting" | "told" | "dead";
  tries: number;
  /** When it is told next, was told, or was given up. */
  due: Temporal.Instant;
  /** Of the last try that failed. */
  reply: string | null;
};

/** The newest events of an endpoint; those that are over are kept for a week. */
export async function listCalls(db: Db, endpoint: EndpointId, most: number): Promise<ListedCall[]> {
  // Of each state so many, as the index has them: a week of a busy endpoint is sorted by nobody.
  const newest = (state: ListedCall["state"]) => sql`select * from (select id from webhook_calls
    where endpoint_id = ${endpoint} and state = ${state} order by id desc limit ${most})`;
  const rows = await db
    .selectFrom("webhook_calls")
    .select(["id", "event", "at", "state", "tries", "due_at", "reply"])
    .where(
      "id",
      "in",
      sql<number>`(${newest("waiting")} union all ${newest("told")} union all ${newest("dead")})`,
    )
    .orderBy("id", "desc")
    .limit(most)
    .execute();
  return rows.map(({ at, due_at, ...row }) => ({
    ...row,
    at: fromMilliseconds(at),
    due: fromMilliseconds(due_at),
  }));
}

export type Call = {
  id: number;
  event: string;
  data: string;
  at: Temporal.Instant;
  tries: number;
  lease: number;
};

const leaseMinutes = 5;

/** Takes calls that are due for a while; no two processes get the same. What a process that dies had taken is due again after that. */
export async function takeCalls(
  db: Db,
  endpoint: EndpointId,
  most: number,
  now: Temporal.Instant,
): Promise<Call[]> {
  const lease = now.add({ minutes: leaseMinutes }).epochMilliseconds;
  const { rows } = await sql<{ id: number; event: string; data: string; at: number; tries: number }>`
    update webhook_calls set due_at = ${lease} where id in (
      select id from webhook_calls where endpoint_id = ${endpoint} and state = 'waiting'
        and due_at <= ${now.epochMilliseconds} order by due_at limit ${most})
    returning id, event, data, at, tries`.execute(db);
  return rows
    .map(({ at, ...row }) => ({ ...row, at: fromMilliseconds(at), lease }))
    .sort((a, b) => a.id - b.id);
}

/** What became of a call. */
export type Told =
  | { call: Call; kind: "told" }
  | { call: Call; kind: "failed"; reply: string; again: Temporal.Instant }
  /** Nobody tried: it is due as before. */
  | { call: Call; kind: "untried" };

/** Books calls and how the endpoint fares, one batch however many they are. */
export function bookCalls(
  db: Db,
  endpoint: EndpointId,
  booked: readonly Told[],
  gone: boolean,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  const rows = booked.map((it) => ({
    id: it.call.id,
    lease: it.call.lease,
    state: it.kind === "told" ? "told" : "waiting",
    tries: it.call.tries + (it.kind === "untried" ? 0 : 1),
    due: it.kind === "failed" ? it.again.epochMilliseconds : ms,
    reply: it.kind === "failed" ? it.reply.slice(0, 300) : null,
  }));
  const last = booked.findLast(({ kind }) => kind !== "untried");
  return [
    sql`update webhook_calls as c set state = j.value ->> 'state', tries = j.value ->> 'tries', due_at = j.value ->> 'due',
        reply = coalesce(j.value ->> 'reply', c.reply)
      from json_each(${JSON.stringify(rows)}) j
      where c.id = j.value ->> 'id' and c.state = 'waiting' and c.due_at = j.value ->> 'lease'`.compile(db),
    ...(last?.kind === "told"
      ? [
          sql`update webhook_endpoints set failing_since = null where id = ${endpoint} and failing_since is not null`.compile(
            db,
          ),
        ]
      : []),
    ...(last?.kind === "failed"
      ? [
          sql`update webhook_endpoints set failing_since = coalesce(failing_since, ${ms}), reply = ${last.reply.slice(0, 300)},
            state = ${gone ? "off" : "on"} where id = ${endpoint}`.compile(db),
        ]
      : []),
  ];
}

/** Told and given up, an event is kept so long for whoever wants it again. */
const keptDays = 7;

/** So many rows a statement changes, so that others get their turn. */
const atOnce = 1000;

/** Gives up what waited too long, and forgets what is over, a thousand each. */
export async function tidyCalls(db: Db, now: Temporal.Instant): Promise<void> {
  const ms = now.epochMilliseconds;
  await sql`update webhook_calls set state = 'dead', due_at = ${ms} where id in (
    select id from webhook_calls where state = 'waiting' and expires_at <= ${ms} limit ${atOnce})`.execute(
    db,
  );
  await sql`delete from webhook_calls where id in (
    select id from webhook_calls where state <> 'waiting' and due_at < ${ms - keptDays * 86_400_000} limit ${atOnce})`.execute(
    db,
  );
}

/** Whether anybody is to be told anything: a tick asks no more if not. A restored copy tells nobody until it may send. */
export async function hasEndpoints(db: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from webhook_endpoints where not ${mailIsHeld} limit 1`.execute(db);
  return rows.length > 0;
}
