// Links that sign in, and the sessions they become: the SQL. A link works once; a session ends when it is not used, when its
// time is over, and when anybody who may ends it.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { z } from "zod";
import { type Database, randomToken, sha256 } from "../platform/index.ts";
import { auditIfChanged } from "./audit.ts";
import { editorAddress, tryOutAddress } from "./editors.ts";
import type { Editor, EditorId, SessionId } from "./roles.ts";
import type { AccountTables, Way } from "./tables.ts";

type Db = Kysely<AccountTables>;

export const linkMinutes = 30;
/** Whatever happens. */
export const sessionDays = 14;
/** Without being used. */
export const idleHours = 48;
/** So long after showing who they are may editors do what asks for it: send to all, make tokens, take data out. */
export const freshMinutes = 30;

/** How old what is kept of a session's last use may be: it is not written with every page that is looked at. */
const seenMinutes = 5;

/** Links that a person can have asked for on the page within {@link mailWindowMinutes}; the newest of them still works then. */
const mostMails = 4;
const mailWindowMinutes = 20;

/** Where a request comes from, as it is kept. */
export type Origin = { device: string; network: string };

/**
 * Makes a sign-in link for an address, for whoever types commands: good for 30 minutes and one use. The very first address
 * becomes an administrator, and so does the first real one behind the address for trying out.
 *
 * @returns the token for `/newsroom/login/{token}`, or null if nobody with this address may sign in
 */
export async function createLoginLink(
  database: Database<AccountTables>,
  address: string,
  now: Temporal.Instant,
): Promise<string | null> {
  const { db, batch } = database;
  const key = editorAddress(address);
  if (key === null) return null;
  const ms = now.epochMilliseconds;
  const token = randomToken();
  const [, link] = await batch([
    sql`insert or ignore into editors (address, role, created_at) select ${key}, 'administrator', ${ms}
      where not exists (select 1 from editors where address <> ${tryOutAddress})`.compile(db),
    insertLink(db, await sha256(token), key, { target: "", mailed: false }, now),
    ...forgetOld(db, now),
  ]);
  return link?.changes === 1 ? token : null;
}

/**
 * Makes a link that is mailed, if somebody with this address may sign in and was not mailed too often just now.
 *
 * @param token what the mail's link will hold
 * @param notice queues the mail, behind the statement before it
 * @returns whether a mail was queued: for waking the sender, never to be shown
 */
export async function mailLoginLink(
  { db, batch }: Database<AccountTables>,
  { address, token, target }: { address: string; token: string; target: string },
  notice: CompiledQuery,
  now: Temporal.Instant,
): Promise<boolean> {
  const [link] = await batch([
    insertLink(db, await sha256(token), address, { target, mailed: true }, now),
    notice,
    ...forgetOld(db, now),
  ]);
  return link?.changes === 1;
}

function insertLink(
  db: Db,
  hash: string,
  address: string,
  { target, mailed }: { target: string; mailed: boolean },
  now: Temporal.Instant,
): CompiledQuery {
  const since = now.subtract({ minutes: mailWindowMinutes }).epochMilliseconds;
  const seldom = sql`(select count(*) from login_links l where l.editor_id = e.id and l.mailed = 1 and l.created_at > ${since}) < ${mostMails}`;
  return sql`insert into login_links (token_hash, editor_id, created_at, expires_at, target, mailed)
    select ${hash}, e.id, ${now.epochMilliseconds}, ${now.add({ minutes: linkMinutes }).epochMilliseconds}, ${target},
      ${mailed ? 1 : 0}
    from editors e where e.address = ${address} and e.off_at is null and ${mailed ? seldom : sql`1 = 1`}`.compile(
    db,
  );
}

/** What ran out is of no use to anybody. */
const forgetOld = (db: Db, now: Temporal.Instant): CompiledQuery[] =>
  [
    sql`delete from login_links where expires_at < ${now.epochMilliseconds}`,
    sql`delete from sessions where expires_at < ${now.epochMilliseconds}`,
    sql`delete from spent_challenges where expires_at < ${now.epochMilliseconds}`,
  ].map((it) => it.compile(db));

/** Whose link it is that can still be used. Changes nothing: mail scanners follow links. */
export async function loginLinkOf(db: Db, token: string, now: Temporal.Instant): Promise<string | null> {
  const row = await db
    .selectFrom("login_links as l")
    .innerJoin("editors as e", "e.id", "l.editor_id")
    .select("e.address")
    .where("l.token_hash", "=", await sha256(token))
    .where("l.used_at", "is", null)
    .where("l.expires_at", ">", now.epochMilliseconds)
    .where("e.off_at", "is", null)
    .executeTakeFirst();
  return row?.address ?? null;
}

export type SignedIn = { session: string; target: string; address: string };

/**
 * Trades a sign-in link for a session. Of two presses, one wins.
 *
 * @param before the session that the browser had: a new one takes its place, so that no token outlives a sign-in
 */
export async function signIn(
  database: Database<AccountTables>,
  linkToken: string,
  origin: Origin,
  before: string | null,
  now: Temporal.Instant,
): Promise<SignedIn | null> {
  const { db, batch } = database;
  const ms = now.epochMilliseconds;
  const linkHash = await sha256(linkToken);
  const session = randomToken();
  const use = sql`update login_links set used_at = ${ms}
    where token_hash = ${linkHash} and used_at is null and expires_at > ${ms}
      and (select e.off_at from editors e where e.id = editor_id) is null
    returning target, (select e.address from editors e where e.id = editor_id) as address`.compile(db);
  const whose = sql`select editor_id from login_links where token_hash = ${linkHash}`;
  const [used] = await batch([
    use,
    ...(await newSession(db, { session, whose, way: "link", origin, before }, now)),
  ]);
  const [row] = used?.rows ?? [];
  return row === undefined ? null : { session, ...usedLink.parse(row) };
}

const usedLink = z.object({ target: z.string(), address: z.string() });

/**
 * The statements that make a session, behind one that changed something if somebody may come in.
 *
 * @param whose selects the editor's id
 */
export async function newSession(
  db: Db,
  it: { session: string; whose: RawBuilder<unknown>; way: Way; origin: Origin; before: string | null },
  now: Temporal.Instant,
): Promise<CompiledQuery[]> {
  const ms = now.epochMilliseconds;
  const hash = await sha256(it.session);
  const idle = now.add({ hours: idleHours }).epochMilliseconds;
  const ends = now.add({ hours: 24 * sessionDays }).epochMilliseconds;
  return [
    sql`insert into sessions (token_hash, editor_id, way, device, network, created_at, seen_at, fresh_at, expires_at, ends_at)
      select ${hash}, (${it.whose}), ${it.way}, ${it.origin.device}, ${it.origin.network}, ${ms}, ${ms}, ${ms}, ${idle}, ${ends}
      where changes() > 0`.compile(db),
    sql`insert into audit_log (at, actor, act, subject, network)
      select ${ms}, e.address, 'sign-in', ${it.way}, ${it.origin.network} from sessions s join editors e on e.id = s.editor_id
      where s.token_hash = ${hash}`.compile(db),
    sql`delete from sessions where token_hash = ${it.before === null ? "" : await sha256(it.before)}
      and exists (select 1 from sessions s where s.token_hash = ${hash})`.compile(db),
    ...forgetOld(db, now),
  ];
}

/**
 * Who holds this session, or null if it ended or never was. That it was used is written down when some minutes have passed,
 * or when it acts, so that the audit log knows from where.
 */
export async function editorOfSession(
  db: Db,
  token: string,
  use: { network: string; acts: boolean },
  now: Temporal.Instant,
): Promise<Editor | null> {
  const ms = now.epochMilliseconds;
  const row = await db
    .selectFrom("sessions as s")
    .innerJoin("editors as e", "e.id", "s.editor_id")
    .select([
      "e.id",
      "e.address",
      "e.name",
      "e.role",
      "e.language",
      "s.id as session",
      "s.fresh_at",
      "s.seen_at",
      "s.ends_at",
      "s.network",
    ])
    .where("s.token_hash", "=", await sha256(token))
    .where("s.expires_at", ">", ms)
    .where("s.ends_at", ">", ms)
    .where("e.off_at", "is", null)
    .executeTakeFirst();
  if (!row) return null;
  const stale = row.seen_at < now.subtract({ minutes: seenMinutes }).epochMilliseconds;
  if (stale || (use.acts && (row.seen_at < ms || row.network !== use.network))) {
    const expires_at = Math.min(now.add({ hours: idleHours }).epochMilliseconds, row.ends_at);
    const seen = { seen_at: ms, network: use.network, expires_at };
    await db.updateTable("sessions").set(seen).where("id", "=", row.session).execute();
  }
  return {
    id: row.id,
    address: row.address,
    name: row.name,
    role: row.role,
    language: row.language,
    session: { id: row.session, freshAt: Temporal.Instant.fromEpochMilliseconds(row.fresh_at) },
  };
}

/** Ends the session of this token. */
export async function signOut(
  { db, batch }: Database<AccountTables>,
  token: string,
  now: Temporal.Instant,
): Promise<void> {
  const hash = await sha256(token);
  await batch([
    sql`insert into audit_log (at, actor, act, subject, network)
      select ${now.epochMilliseconds}, e.address, 'sign-out', 'session', s.network from sessions s
      join editors e on e.id = s.editor_id where s.token_hash = ${hash}`.compile(db),
    db.deleteFrom("sessions").where("token_hash", "=", hash).compile(),
  ]);
}

export type ListedSession = {
  id: SessionId;
  way: Way;
  device: string;
  network: string;
  createdAt: Temporal.Instant;
  seenAt: Temporal.Instant;
};

/** Somebody's sessions, the one used last first. */
export async function sessionsOf(db: Db, editor: EditorId, now: Temporal.Instant): Promise<ListedSession[]> {
  const rows = await db
    .selectFrom("sessions")
    .select(["id", "way", "device", "network", "created_at", "seen_at"])
    .where("editor_id", "=", editor)
    .where("expires_at", ">", now.epochMilliseconds)
    .orderBy("seen_at", "desc")
    .limit(100)
    .execute();
  return rows.map((it) => ({
    id: it.id,
    way: it.way,
    device: it.device,
    network: it.network,
    createdAt: Temporal.Instant.fromEpochMilliseconds(it.created_at),
    seenAt: Temporal.Instant.fromEpochMilliseconds(it.seen_at),
  }));
}

/**
 * Ends one of somebody's sessions, or all of them but one.
 *
 * @returns how many ended
 */
export async function endSessions(
  { db, batch }: Database<AccountTables>,
  whose: { id: EditorId; address: string },
  which: { only: SessionId } | { but: SessionId | null },
  actor: string,
  now: Temporal.Instant,
): Promise<number> {
  let ending = db.deleteFrom("sessions").where("editor_id", "=", whose.id);
  if ("only" in which) ending = ending.where("id", "=", which.only);
  else if (which.but !== null) ending = ending.where("id", "<>", which.but);
  const act = "only" in which ? "session-end" : "sessions-end";
  const [ended] = await batch([
    ending.compile(),
    auditIfChanged(db, { actor, act, subject: whose.address }, now),
  ]);
  return ended?.changes ?? 0;
}
