// The audit log: who did what, when, to what, and from where. It is only ever added to.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { AccountTables } from "./tables.ts";

type Db = Kysely<AccountTables>;

export type AuditEntry = { actor: string; act: string; subject: string };

const row = ({ actor, act, subject }: AuditEntry, now: Temporal.Instant): RawBuilder<unknown> =>
  sql`insert into audit_log (at, actor, act, subject, network)
    select ${now.epochMilliseconds}, ${actor}, ${act}, ${subject}, ${networkNow(sql`${actor}`)}`;

/**
 * In SQL: from where an actor acts. Each request that may change something is noted at the door (with its session, or its
 * token), so whatever part writes an entry need not know of networks. '' for commands.
 */
export const networkNow = (actor: RawBuilder<unknown>): RawBuilder<string> => sql<string>`coalesce(
  (select s.network from editors e join sessions s on s.editor_id = e.id where e.address = ${actor}
    order by s.seen_at desc limit 1),
  (select t.network from api_tokens t where t.name = ${actor} order by t.used_at desc limit 1), '')`;

/** Writes down who did what, for the audit log. */
export const audit = (db: Db, entry: AuditEntry, now: Temporal.Instant): CompiledQuery =>
  row(entry, now).compile(db);

/** The same, as a part of a batch: only if the statement before it changed something. */
export const auditIfChanged = (db: Db, entry: AuditEntry, now: Temporal.Instant): CompiledQuery =>
  sql`${row(entry, now)} where changes() > 0`.compile(db);

/** An entry as it is read. */
export type Audited = AuditEntry & { id: number; at: Temporal.Instant; network: string };

export type AuditFilter = {
  actor?: string | undefined;
  act?: string | undefined;
  /** From then on. */
  from?: Temporal.Instant | undefined;
  /** Before then. */
  until?: Temporal.Instant | undefined;
};

/** Where a page of the log begins: behind this entry. */
export type AuditPlace = { at: number; id: number };

/** A place as it stands in addresses. */
export const auditPlaceText = ({ at, id }: Pick<Audited, "at" | "id">): string =>
  `${at.epochMilliseconds}-${id}`;

/** The place that a text of {@link auditPlaceText} names; null if it names none. */
export function auditPlace(text: string): AuditPlace | null {
  const [, at, id] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id: Number(id) };
}

/** A page of the log, newest first. It reads as many rows as it gives, however long the log is. */
export async function readAudit(
  db: Db,
  { actor, act, from, until }: AuditFilter,
  limit: number,
  after: AuditPlace | null = null,
): Promise<Audited[]> {
  let query = db.selectFrom("audit_log").select(["id", "at", "actor", "act", "subject", "network"]);
  if (actor !== undefined) query = query.where("actor", "=", actor);
  if (act !== undefined) query = query.where("act", "=", act);
  if (from) query = query.where("at", ">=", from.epochMilliseconds);
  if (until) query = query.where("at", "<", until.epochMilliseconds);
  if (after) query = query.where(sql<boolean>`(at, id) < (${after.at}, ${after.id})`);
  const rows = await query.orderBy("at", "desc").orderBy("id", "desc").limit(limit).execute();
  return rows.map((it) => ({ ...it, at: Temporal.Instant.fromEpochMilliseconds(it.at) }));
}

/** The first two hundred who acted, or acts that were done: each is one step in an index, however often it stands there. */
export async function auditNames(db: Db, column: "actor" | "act"): Promise<string[]> {
  const name = sql.ref(column);
  const { rows } = await sql<{ name: string }>`
    with recursive named (name) as (
      select min(${name}) from audit_log
      union all
      select (select min(${name}) from audit_log where ${name} > named.name) from named where named.name is not null)
    select name from named where name is not null limit 200`.execute(db);
  return rows.map((it) => it.name);
}
