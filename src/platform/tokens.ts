// The one door for signed links: made here, read here, stored nowhere.
import type { Keyring, SigningKey } from "../config.ts";
import { base64url, fromBase64url, hmac, sameText } from "./hash.ts";

/** What a link may be used for; a token made for one purpose is refused for every other. */
export type Purpose =
  | "confirm"
  | "unsubscribe"
  | "preferences"
  | "return"
  | "address"
  | "worth"
  | "login"
  | "passkey"
  | "click"
  | "clicker";

/** The numbers that a link carries, such as the ids of a subscriber and a digest. */
type Payload = readonly number[];

export type TokenReading =
  /** `expiresAt` null: works as long as its key is kept. */
  | { ok: true; payload: readonly number[]; expiresAt: Temporal.Instant | null }
  | { ok: false; why: "malformed" | "forged" }
  /** Signed by us, but its time is over. */
  | { ok: false; why: "expired"; payload: readonly number[] };

/**
 * Signs a payload for one purpose, in URL-safe letters: `payload.key-id.mac`.
 *
 * @param expiresAt when it ends; null for links that must work for years (unsubscribe)
 */
export async function signToken(
  keys: Keyring,
  purpose: Purpose,
  payload: Payload,
  expiresAt: Temporal.Instant | null,
) {
  const seconds = expiresAt === null ? 0 : Math.floor(expiresAt.epochMilliseconds / 1000);
  const body = base64url(
    new TextEncoder().encode([...payload, seconds].map((n) => n.toString(36)).join("-")),
  );
  const [key] = keys;
  return `${body}.${key.id}.${await mac(key, purpose, body)}`;
}

/** Reads a token made by `signToken` for this purpose. `why` says what is wrong, without telling whom it names. */
export async function readToken(
  keys: Keyring,
  purpose: Purpose,
  token: string,
  now: Temporal.Instant,
): Promise<TokenReading> {
  const [body, keyId, given, ...rest] = token.split(".");
  if (token.length > 300 || !body || !keyId || !given || rest.length > 0)
    return { ok: false, why: "malformed" };
  const key = keys.find(({ id }) => id === keyId);
  if (!key || !sameText(given, await mac(key, purpose, body))) return { ok: false, why: "forged" };
  const numbers = new TextDecoder()
    .decode(fromBase64url(body) ?? new Uint8Array())
    .split("-")
    .map((n) => parseInt(n, 36));
  const seconds = numbers.pop();
  if (seconds === undefined || numbers.some(Number.isNaN)) return { ok: false, why: "malformed" };
  if (seconds > 0 && seconds * 1000 <= now.epochMilliseconds)
    return { ok: false, why: "expired", payload: numbers };
  const expiresAt = seconds === 0 ? null : Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
  return { ok: true, payload: numbers, expiresAt };
}

/** 128 bits of the MAC are plenty for a link (RFC 2104 §5) and keep it short enough for a mail header. */
const mac = async (key: SigningKey, purpose: Purpose, body: string) =>
  (await hmac(key, `nashra link\n${purpose}\n${body}`)).slice(0, 22);
