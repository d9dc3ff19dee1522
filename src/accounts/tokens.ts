// Tokens of the API: made, read, listed, revoked. A token may at most do what the person who made it may do now. A token is shown once, when it is made; the store keeps its hash.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { type Database, randomToken, sha256 } from "../platform/index.ts";
import { audit, auditIfChanged, networkNow } from "./audit.ts";
import {
  commandLine,
  isScope,
  type Role,
  type Scope,
  scopesOfRole,
  tokenName,
  wayOf,
  within,
} from "./roles.ts";
import type { AccountTables } from "./tables.ts";

type Db = Kysely<AccountTables>;

/**
 * Makes a token for the API. It is shown once, here.
 *
 * @param power a role, or scopes
 * @throws if the name is none, or it has no scope; who asks people for a name asks `tokenName` first
 */
export async function createApiToken(
  database: Database<AccountTables>,
  given: string,
  power: Role | readonly Scope[],
  now: Temporal.Instant,
  actor = commandLine,
): Promise<string> {
  const { db, batch } = database;
  const name = tokenName(given);
  if (name === null)
    throw new Error(
      `A token cannot be called "${given.slice(0, 100)}": give 1 to 100 characters without @, so that nobody takes it for a person.`,
    );
  const [role, scopes] = typeof power === "string" ? [power, ""] : [null, [...new Set(power)].join(" ")];
  if (role === null && scopes === "") throw new Error("A token without scopes opens nothing. Name one.");
  const token = `nashra_${randomToken()}`;
  const row = {
    token_hash: await sha256(token),
    name,
    role,
    scopes,
    created_at: now.epochMilliseconds,
    created_by: actor,
    used_at: null,
    network: "",
    revoked_at: null,
  };
  await batch([
    db.insertInto("api_tokens").values(row).compile(),
    audit(db, { actor, act: "token-create", subject: `${name} (${role ?? scopes})` }, now),
  ]);
  return token;
}

export type TokenHolder = { name: string; scopes: readonly Scope[] };

/** So long a token's last use may be out of date: it is not written with every request. */
const usedMinutes = 5;

/**
 * Who holds a token of the API, or null if it is unknown or revoked, or whoever made it is gone or switched off. From where it was
 * used is noted when that changes, when some minutes have passed, and whenever it acts, so that the audit log knows from where.
 */
export async function readApiToken(
  db: Db,
  token: string,
  use: { network: string; acts: boolean },
  now: Temporal.Instant,
): Promise<TokenHolder | null> {
  const row = await withMaker(db)
    .select(["t.id", "t.used_at", "t.network"])
    .where("t.token_hash", "=", await sha256(token))
    .where("t.revoked_at", "is", null)
    .executeTakeFirst();
  const scopes = row ? scopesNow(row) : [];
  if (!row || scopes.length === 0) return null;
  const ms = now.epochMilliseconds;
  const stale = now.subtract({ minutes: usedMinutes }).epochMilliseconds;
  const used = row.used_at ?? 0;
  if (used < stale || row.network !== use.network || (use.acts && used < ms))
    await db
      .updateTable("api_tokens")
      .set({ used_at: ms, network: use.network })
      .where("id", "=", row.id)
      .execute();
  return { name: row.name, scopes };
}

/** Tokens, with what whoever made them is now. */
const withMaker = (db: Db) =>
  db
    .selectFrom("api_tokens as t")
    .leftJoin("editors as e", (on) => on.onRef("e.address", "=", "t.created_by").on("e.off_at", "is", null))
    .select(["t.name", "t.role", "t.scopes", "t.created_by", "e.role as makerRole"]);

type Made = { role: Role | null; scopes: string; created_by: string; makerRole: Role | null };

/** What a token may do now: what it was made for, within what its maker may. What the command line made is the house's own. */
const scopesNow = (it: Made): readonly Scope[] =>
  wayOf(it.created_by) !== "page"
    ? scopesIn(it)
    : it.makerRole === null
      ? []
      : within(scopesIn(it), scopesOfRole[it.makerRole]);

const scopesIn = ({ role, scopes }: { role: Role | null; scopes: string }): readonly Scope[] =>
  role === null ? scopes.split(" ").filter(isScope) : scopesOfRole[role];

export type ListedToken = {
  id: number;
  name: string;
  role: Role | null;
  scopes: readonly Scope[];
  /** What is left of them, as its maker may do less now; empty where whoever made it may do nothing any more. */
  now: readonly Scope[];
  /** Whether that is less than it was made for. */
  cut: boolean;
  createdAt: number;
  createdBy: string;
  usedAt: number | null;
  network: string;
  revokedAt: number | null;
};

/** The newest thousand. */
export async function listApiTokens(db: Db): Promise<ListedToken[]> {
  const rows = await withMaker(db)
    .select(["t.id", "t.created_at", "t.used_at", "t.network", "t.revoked_at"])
    .orderBy("t.id", "desc")
    .limit(1000)
    .execute();
  return rows.reverse().map((it) => ({
    id: it.id,
    name: it.name,
    role: it.role,
    scopes: scopesIn(it),
    now: scopesNow(it),
    cut: scopesIn(it).join() !== scopesNow(it).join(),
    createdAt: it.created_at,
    createdBy: it.created_by,
    usedAt: it.used_at,
    network: it.network,
    revokedAt: it.revoked_at,
  }));
}

/**
 * Ends all that somebody made who is taken out, each with an entry in the audit log. Goes into one batch, behind the statement that takes them out.
 *
 * @param gone in SQL: whether they are
 */
export function revokeTokensOf(
  db: Db,
  maker: string,
  actor: string,
  gone: RawBuilder<boolean>,
  now: Temporal.Instant,
): CompiledQuery[] {
  const ms = now.epochMilliseconds;
  const theirs = sql`created_by = ${maker} and revoked_at is null and ${gone}`;
  return [
    sql`insert into audit_log (at, actor, act, subject, network)
      select ${ms}, ${actor}, 'token-revoke', name || ' (' || id || ')', ${networkNow(sql`${actor}`)}
      from api_tokens where ${theirs} order by id`.compile(db),
    sql`update api_tokens set revoked_at = ${ms} where ${theirs}`.compile(db),
  ];
}

/** Ends a token. False if there is none with this id that still worked. */
export async function revokeApiToken(
  { db, batch }: Database<AccountTables>,
  id: number,
  now: Temporal.Instant,
  actor = commandLine,
): Promise<boolean> {
  const named = await db.selectFrom("api_tokens").select("name").where("id", "=", id).executeTakeFirst();
  if (!named) return false;
  const [revoked] = await batch([
    db
      .updateTable("api_tokens")
      .set({ revoked_at: now.epochMilliseconds })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .compile(),
    auditIfChanged(db, { actor, act: "token-revoke", subject: `${named.name} (${id})` }, now),
  ]);
  return revoked?.changes === 1;
}
