// Tokens of the API: made, read, listed, revoked. A token is shown once, when it is made; the store keeps its hash.
import type { Kysely } from "kysely";
import { type Database, randomToken, sha256 } from "../platform/index.ts";
import { audit, auditIfChanged } from "./audit.ts";
import { commandLine, isScope, type Role, type Scope, scopesOfRole, tokenName } from "./roles.ts";
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
 * Who holds a token of the API, or null if it is unknown or revoked. From where it was used is noted, when that changes or
 * some minutes have passed.
 */
export async function readApiToken(
  db: Db,
  token: string,
  network: string,
  now: Temporal.Instant,
): Promise<TokenHolder | null> {
  const row = await db
    .selectFrom("api_tokens")
    .select(["id", "name", "role", "scopes", "used_at", "network"])
    .where("token_hash", "=", await sha256(token))
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (!row) return null;
  const stale = now.subtract({ minutes: usedMinutes }).epochMilliseconds;
  if (row.used_at === null || row.used_at < stale || row.network !== network) {
    const used = { used_at: now.epochMilliseconds, network };
    await db.updateTable("api_tokens").set(used).where("id", "=", row.id).execute();
  }
  return { name: row.name, scopes: scopesIn(row) };
}

const scopesIn = ({ role, scopes }: { role: Role | null; scopes: string }): readonly Scope[] =>
  role === null ? scopes.split(" ").filter(isScope) : scopesOfRole[role];

export type ListedToken = {
  id: number;
  name: string;
  role: Role | null;
  scopes: readonly Scope[];
  createdAt: number;
  createdBy: string;
  usedAt: number | null;
  network: string;
  revokedAt: number | null;
};

/** The newest thousand. */
export async function listApiTokens(db: Db): Promise<ListedToken[]> {
  const rows = await db
    .selectFrom("api_tokens")
    .select(["id", "name", "role", "scopes", "created_at", "created_by", "used_at", "network", "revoked_at"])
    .orderBy("id", "desc")
    .limit(1000)
    .execute();
  return rows.reverse().map((it) => ({
    id: it.id,
    name: it.name,
    role: it.role,
    scopes: scopesIn(it),
    createdAt: it.created_at,
    createdBy: it.created_by,
    usedAt: it.used_at,
    network: it.network,
    revokedAt: it.revoked_at,
  }));
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
