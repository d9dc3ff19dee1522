// The only SQL for editors, their sessions, sign-in links, API tokens and the audit log. Secrets are stored hashed.
import { type CompiledQuery, type Generated, type Kysely, sql } from "kysely";
import { type Database, randomToken, sha256 } from "../platform/index.ts";
import type { Editor, EditorId, Role } from "./roles.ts";

export type AccountTables = {
  editors: { id: Generated<EditorId>; address: string; role: Role; created_at: number };
  login_links: { token_hash: string; editor_id: EditorId; expires_at: number; used_at: number | null };
  sessions: { token_hash: string; editor_id: EditorId; created_at: number; expires_at: number };
  api_tokens: {
    id: Generated<number>;
    token_hash: string;
    name: string;
    role: Role;
    created_at: number;
    revoked_at: number | null;
  };
  audit_log: { id: Generated<number>; at: number; actor: string; act: string; subject: string };
};

type Db = Kysely<AccountTables>;

/** Who signs in where one tries things out. It keeps nobody from becoming the first administrator. */
export const tryOutAddress = "admin@localhost";

const linkMinutes = 30;
export const sessionDays = 14;

/** Writes down who did what, for the audit log. */
export function audit(
  db: Db,
  entry: { actor: string; act: string; subject: string },
  now: Temporal.Instant,
): CompiledQuery {
  return db
    .insertInto("audit_log")
    .values({ ...entry, at: now.epochMilliseconds })
    .compile();
}

/** The same, as a part of a batch: only if the statement before it changed something. */
export const auditIfChanged = (
  db: Db,
  { actor, act, subject }: { actor: string; act: string; subject: string },
  now: Temporal.Instant,
): CompiledQuery =>
  sql`insert into audit_log (at, actor, act, subject)
    select ${now.epochMilliseconds}, ${actor}, ${act}, ${subject} where changes() > 0`.compile(db);

/**
 * Makes a sign-in link for an address: good for 30 minutes and one use. The very first address becomes an administrator,
 * and so does the first real one behind the address for trying out.
 *
 * @returns the token for `/newsroom/login/{token}`, or null if nobody with this address may sign in
 */
export async function createLoginLink(
  database: Database<AccountTables>,
  address: string,
  now: Temporal.Instant,
): Promise<string | null> {
  const { db, batch } = database;
  const key = address.trim().toLowerCase();
  const ms = now.epochMilliseconds;
  const token = randomToken();
  const hash = await sha256(token);
  const [, link] = await batch([
    sql`insert or ignore into editors (address, role, created_at) select ${key}, 'administrator', ${ms}
      where not exists (select 1 from editors where address <> ${tryOutAddress})`.compile(db),
    sql`insert into login_links (token_hash, editor_id, expires_at)
      select ${hash}, id, ${now.add({ minutes: linkMinutes }).epochMilliseconds} from editors where address = ${key}`.compile(
      db,
    ),
    sql`delete from login_links where expires_at < ${ms}`.compile(db),
    sql`delete from sessions where expires_at < ${ms}`.compile(db),
  ]);
  return link?.changes === 1 ? token : null;
}

/** Whether a sign-in link can still be used. Changes nothing: mail scanners follow links. */
export async function loginLinkWorks(db: Db, token: string, now: Temporal.Instant): Promise<boolean> {
  const row = await db
    .selectFrom("login_links")
    .select("editor_id")
    .where("token_hash", "=", await sha256(token))
    .where("used_at", "is", null)
    .where("expires_at", ">", now.epochMilliseconds)
    .executeTakeFirst();
  return row !== undefined;
}

/** Trades a sign-in link for a session. Of two presses, one wins. @returns the session's token, or null */
export async function signIn(
  database: Database<AccountTables>,
  linkToken: string,
  now: Temporal.Instant,
): Promise<string | null> {
  const { db, batch } = database;
  const ms = now.epochMilliseconds;
  const linkHash = await sha256(linkToken);
  const session = randomToken();
  const sessionHash = await sha256(session);
  const ends = now.add({ hours: 24 * sessionDays }).epochMilliseconds;
  const [used] = await batch([
    sql`update login_links set used_at = ${ms} where token_hash = ${linkHash} and used_at is null and expires_at > ${ms}`.compile(
      db,
    ),
    sql`insert into sessions (token_hash, editor_id, created_at, expires_at)
      select ${sessionHash}, editor_id, ${ms}, ${ends} from login_links where token_hash = ${linkHash} and changes() > 0`.compile(
      db,
    ),
    sql`insert into audit_log (at, actor, act, subject)
      select ${ms}, e.address, 'sign-in', 'session' from sessions s join editors e on e.id = s.editor_id
      where s.token_hash = ${sessionHash}`.compile(db),
  ]);
  return used?.changes === 1 ? session : null;
}

/** Who holds this session, or null if it ended or never was. */
export async function editorOfSession(db: Db, token: string, now: Temporal.Instant): Promise<Editor | null> {
  const row = await db
    .selectFrom("sessions as s")
    .innerJoin("editors as e", "e.id", "s.editor_id")
    .select(["e.id", "e.address", "e.role"])
    .where("s.token_hash", "=", await sha256(token))
    .where("s.expires_at", ">", now.epochMilliseconds)
    .executeTakeFirst();
  return row ?? null;
}

export async function signOut(db: Db, token: string): Promise<void> {
  await db
    .deleteFrom("sessions")
    .where("token_hash", "=", await sha256(token))
    .execute();
}

/** Makes a token for the API. It is shown once, here; the store keeps its hash. */
export async function createApiToken(
  database: Database<AccountTables>,
  name: string,
  role: Role,
  now: Temporal.Instant,
): Promise<string> {
  const { db, batch } = database;
  const token = `nashra_${randomToken()}`;
  const row = {
    token_hash: await sha256(token),
    name,
    role,
    created_at: now.epochMilliseconds,
    revoked_at: null,
  };
  await batch([
    db.insertInto("api_tokens").values(row).compile(),
    audit(db, { actor: "command line", act: "token-create", subject: `${name} (${role})` }, now),
  ]);
  return token;
}

/** The name and role of a token of the API, or null if it is unknown or revoked. */
export async function readApiToken(db: Db, token: string): Promise<{ name: string; role: Role } | null> {
  const row = await db
    .selectFrom("api_tokens")
    .select(["name", "role"])
    .where("token_hash", "=", await sha256(token))
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

export type ListedToken = {
  id: number;
  name: string;
  role: Role;
  createdAt: number;
  revokedAt: number | null;
};

export async function listApiTokens(db: Db): Promise<ListedToken[]> {
  const rows = await db
    .selectFrom("api_tokens")
    .select(["id", "name", "role", "created_at", "revoked_at"])
    .orderBy("id")
    .limit(1000)
    .execute();
  return rows.map(({ id, name, role, created_at, revoked_at }) => ({
    id,
    name,
    role,
    createdAt: created_at,
    revokedAt: revoked_at,
  }));
}

/** Ends a token. False if there is none with this id that still worked. */
export async function revokeApiToken(db: Db, id: number, now: Temporal.Instant): Promise<boolean> {
  const row = await db
    .updateTable("api_tokens")
    .set({ revoked_at: now.epochMilliseconds })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
