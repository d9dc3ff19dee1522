// Passkeys (WebAuthn Level 3): registering, signing in, listing, removing. The ceremonies are @simplewebauthn/server's; it is
// loaded when one takes place, so that no command waits for it. Which person it is the key says: nobody types an address.
import { type Kysely, sql } from "kysely";
import { z } from "zod";
import type { Keyring } from "../config.ts";
import {
  base64url,
  type Database,
  fromBase64url,
  randomToken,
  readToken,
  sha256,
  signToken,
} from "../platform/index.ts";
import { auditIfChanged } from "./audit.ts";
import type { Editor, EditorId } from "./roles.ts";
import { newSession, type Origin } from "./sign-in.ts";
import type { AccountTables } from "./tables.ts";

type Db = Kysely<AccountTables>;
type Deps = { database: Database<AccountTables>; keys: Keyring; site: URL };

/** From when a page is shown until its button is pressed; after that the page comes anew. */
const challengeMinutes = 15;
/** One for each device and one in the drawer; a list of more is a mistake, or somebody's program. */
export const mostPasskeys = 20;
export const longestPasskeyName = 60;
/** What a browser sends of a ceremony is some kilobytes. */
export const longestResponse = 20_000;

/** Passkeys are bound to a host's name; a bare address has none (WebAuthn §5.1.3: the RP ID is a domain). */
export const canHavePasskeys = (site: URL): boolean =>
  !/^[\d.]+$|^\[/.test(site.hostname) && (site.protocol === "https:" || site.hostname === "localhost");

/**
 * A challenge that needs no place: signed by us, for one purpose, with a time to live. The purpose of a registration names
 * the person, so that one made for somebody else is of no use.
 */
async function makeChallenge({ keys }: Deps, about: number, now: Temporal.Instant): Promise<string> {
  const noise = crypto.getRandomValues(new Uint32Array(4));
  return signToken(keys, "passkey", [about, ...noise], now.add({ minutes: challengeMinutes }));
}

/** @param about 0 for signing in, else the editor who registers */
async function isOurs(
  { keys }: Deps,
  challenge: string,
  about: number,
  now: Temporal.Instant,
): Promise<boolean> {
  const reading = await readToken(keys, "passkey", textOf(challenge), now);
  return reading.ok && reading.payload[0] === about;
}

const textOf = (challenge: string) => new TextDecoder().decode(fromBase64url(challenge) ?? new Uint8Array());

/** What the browser is asked for to sign in, as JSON for the page's script. */
export async function signInOptions(deps: Deps, now: Temporal.Instant): Promise<string> {
  const { generateAuthenticationOptions } = await import("@simplewebauthn/server");
  const options = await generateAuthenticationOptions({
    rpID: deps.site.hostname,
    challenge: await makeChallenge(deps, 0, now),
    timeout: 5 * 60_000,
    userVerification: "required", // the passkey is all there is: who holds the device must show that it is theirs
  });
  return JSON.stringify(options);
}

/** What the browser is asked for to make a passkey for somebody. */
export async function registrationOptions(
  deps: Deps,
  editor: Pick<Editor, "id" | "address" | "name">,
  paper: string,
  now: Temporal.Instant,
): Promise<string> {
  const { generateRegistrationOptions } = await import("@simplewebauthn/server");
  const known = await passkeysOf(deps.database.db, editor.id);
  const options = await generateRegistrationOptions({
    rpName: paper,
    rpID: deps.site.hostname,
    userName: editor.address,
    userDisplayName: editor.name || editor.address,
    userID: bytes(await handleOf(deps.database.db, editor.id)),
    challenge: await makeChallenge(deps, editor.id, now),
    timeout: 5 * 60_000,
    attestationType: "none", // whose make a device is tells us nothing we act on, and its owner may keep it to themselves
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return JSON.stringify(options);
}

/** What devices know somebody by: random, so that it names nobody (WebAuthn §14.6.1). Made when it is first asked for. */
async function handleOf(db: Db, id: EditorId): Promise<string> {
  const { rows } = await sql<{
    handle: string;
  }>`update editors set handle = coalesce(handle, ${randomToken()})
    where id = ${id} returning handle`.execute(db);
  const [row] = rows;
  if (!row) throw new Error(`There is no editor ${id}.`);
  return row.handle;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(fromBase64url(text) ?? []);

const clientData = z.object({ challenge: z.string().max(600) });
const credentialId = z.string().regex(/^[\w-]{1,1400}$/); // 1023 octets at most (WebAuthn §4)
const transports = z
  .array(z.enum(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]))
  .catch([]);

const signedShape = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  clientExtensionResults: z.object({}).catch({}),
  response: z.object({
    clientDataJSON: z.string(),
    authenticatorData: z.string(),
    signature: z.string(),
    userHandle: z.string().optional(),
  }),
});
const madeShape = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  clientExtensionResults: z.object({}).catch({}),
  response: z.object({
    clientDataJSON: z.string(),
    attestationObject: z.string(),
    transports: transports.optional(),
  }),
});

/** What a script sent, or null if it is not of this shape. */
function parsed<Shape extends z.ZodType>(shape: Shape, text: string): z.output<Shape> | null {
  if (text.length > longestResponse) return null;
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The hash of the challenge that was answered, under which it is noted as spent. Ask of what was verified. */
async function spentBy(clientDataJSON: string): Promise<string> {
  const text = new TextDecoder().decode(fromBase64url(clientDataJSON) ?? new Uint8Array());
  return sha256(clientData.parse(JSON.parse(text)).challenge);
}

const spend = (db: Db, hash: string, now: Temporal.Instant) =>
  sql`insert or ignore into spent_challenges (hash, expires_at)
    values (${hash}, ${now.add({ minutes: challengeMinutes }).epochMilliseconds})`.compile(db);

/** The id of the passkey by which somebody wants to come in; null where what was sent is no such thing. */
export const credentialIn = (text: string): string | null => parsed(signedShape, text)?.id ?? null;

/**
 * Trades what a device signed for a session.
 *
 * @param text what the page's script sent
 * @returns the session's token, and whose it is; null for a key that is unknown or removed, an answer that was used, too old, or not ours
 */
export async function signInByPasskey(
  deps: Deps,
  text: string,
  origin: Origin,
  before: string | null,
  now: Temporal.Instant,
): Promise<{ session: string; address: string } | null> {
  const { db, batch } = deps.database;
  const said = parsed(signedShape, text);
  if (said === null) return null;
  const key = await db
    .selectFrom("passkeys as p")
    .innerJoin("editors as e", "e.id", "p.editor_id")
    .select(["p.id", "p.credential_id", "p.public_key", "p.counter", "p.editor_id", "e.handle", "e.address"])
    .where("p.credential_id", "=", said.id)
    .where("e.off_at", "is", null)
    .executeTakeFirst();
  if (!key || (said.response.userHandle !== undefined && said.response.userHandle !== key.handle))
    return null;
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  const { userHandle, ...response } = said.response;
  const verified = await verifyAuthenticationResponse({
    response: { ...said, response: { ...response, ...(userHandle === undefined ? {} : { userHandle }) } },
    expectedChallenge: (challenge) => isOurs(deps, challenge, 0, now),
    expectedOrigin: deps.site.origin,
    expectedRPID: deps.site.hostname,
    credential: { id: key.credential_id, publicKey: bytes(key.public_key), counter: key.counter },
    requireUserVerification: true,
  }).catch(() => null); // it throws for whatever is wrong with what a stranger sent
  if (!verified?.verified) return null;
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  const session = randomToken();
  const whose = sql`select editor_id from passkeys where id = ${key.id}`;
  // The counter once more in the condition: of two uses of a copied key at once, one is refused (WebAuthn §6.1.1).
  const use = sql`update passkeys set counter = ${newCounter}, backed_up = ${credentialBackedUp ? 1 : 0},
      used_at = ${now.epochMilliseconds}
    where id = ${key.id} and counter = ${key.counter} and changes() > 0
      and (select e.off_at from editors e where e.id = editor_id) is null`.compile(db);
  const [, used] = await batch([
    spend(db, await spentBy(said.response.clientDataJSON), now),
    use,
    ...(await newSession(db, { session, whose, way: "passkey", origin, before }, now)),
  ]);
  return used?.changes === 1 ? { session, address: key.address } : null;
}

export type Registration = { kind: "registered" } | { kind: "refused" | "known" | "too-many" };

/** Keeps a passkey that somebody's device made. @param text what the page's script sent */
export async function registerPasskey(
  deps: Deps,
  editor: Pick<Editor, "id" | "address">,
  text: string,
  name: string,
  now: Temporal.Instant,
): Promise<Registration> {
  const { db, batch } = deps.database;
  const said = parsed(madeShape, text);
  if (said === null) return { kind: "refused" };
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const { transports: ways = [], ...response } = said.response;
  const verified = await verifyRegistrationResponse({
    response: { ...said, response: { ...response, transports: ways } },
    expectedChallenge: (challenge) => isOurs(deps, challenge, editor.id, now),
    expectedOrigin: deps.site.origin,
    expectedRPID: deps.site.hostname,
    requireUserVerification: true,
  }).catch(() => null);
  if (!verified?.verified) return { kind: "refused" };
  const { credential, credentialDeviceType, credentialBackedUp } = verified.registrationInfo;
  const ms = now.epochMilliseconds;
  const [spent, kept] = await batch([
    spend(db, await spentBy(said.response.clientDataJSON), now),
    sql`insert into passkeys
        (editor_id, credential_id, public_key, counter, transports, synced, backed_up, name, created_at)
      select ${editor.id}, ${credential.id}, ${base64url(credential.publicKey)}, ${credential.counter},
        ${JSON.stringify(ways)}, ${credentialDeviceType === "multiDevice" ? 1 : 0}, ${credentialBackedUp ? 1 : 0},
        ${name}, ${ms}
      where changes() > 0 and (select count(*) from passkeys where editor_id = ${editor.id}) < ${mostPasskeys}
      on conflict (credential_id) do nothing`.compile(db),
    auditIfChanged(db, { actor: editor.address, act: "passkey-add", subject: name }, now),
  ]);
  if (kept?.changes === 1) return { kind: "registered" };
  if (spent?.changes !== 1) return { kind: "refused" };
  return { kind: (await passkeysOf(db, editor.id)).length >= mostPasskeys ? "too-many" : "known" };
}

export type ListedPasskey = {
  id: number;
  credentialId: string;
  name: string;
  synced: boolean;
  createdAt: Temporal.Instant;
  usedAt: Temporal.Instant | null;
};

export async function passkeysOf(db: Db, editor: EditorId): Promise<ListedPasskey[]> {
  const rows = await db
    .selectFrom("passkeys")
    .select(["id", "credential_id", "name", "synced", "created_at", "used_at"])
    .where("editor_id", "=", editor)
    .orderBy("id")
    .limit(mostPasskeys)
    .execute();
  return rows.map((it) => ({
    id: it.id,
    credentialId: it.credential_id,
    name: it.name,
    synced: it.synced === 1,
    createdAt: Temporal.Instant.fromEpochMilliseconds(it.created_at),
    usedAt: it.used_at === null ? null : Temporal.Instant.fromEpochMilliseconds(it.used_at),
  }));
}

/** Names one of somebody's passkeys. */
export async function renamePasskey(
  { db, batch }: Database<AccountTables>,
  editor: Pick<Editor, "id" | "address">,
  id: number,
  name: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const [named] = await batch([
    db
      .updateTable("passkeys")
      .set({ name })
      .where("id", "=", id)
      .where("editor_id", "=", editor.id)
      .compile(),
    auditIfChanged(db, { actor: editor.address, act: "passkey-name", subject: name }, now),
  ]);
  return named?.changes === 1;
}

/** Removes one of somebody's passkeys: it opens nothing any more. */
export async function removePasskey(
  { db, batch }: Database<AccountTables>,
  editor: Pick<Editor, "id" | "address">,
  id: number,
  now: Temporal.Instant,
): Promise<boolean> {
  const [removed] = await batch([
    db.deleteFrom("passkeys").where("id", "=", id).where("editor_id", "=", editor.id).compile(),
    auditIfChanged(db, { actor: editor.address, act: "passkey-remove", subject: String(id) }, now),
  ]);
  return removed?.changes === 1;
}
