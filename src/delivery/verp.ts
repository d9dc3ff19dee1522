// The return path of a letter (VERP): an address of its own for each, so that what comes back names the letter by itself.
import type { Keyring, SigningKey } from "../config.ts";
import { fromBase64url, hmac, sameText } from "../platform/index.ts";

/** Names one letter: a row of the deliveries or of the notices. */
export type LetterRef = { table: "deliveries" | "notices"; id: number };

const letters = { deliveries: "b", notices: "n" } as const;

/**
 * `b-<key id>-<delivery>-<mac>@host`, or `n-…` for a notice: the address that failures of this letter are told to (RFC 5321
 * §4.4, MAIL FROM). It holds no address and cannot be made without the key. At most 44 octets before the @, in lower case and
 * base32, since some servers change the case of what they send back.
 */
export async function returnPath(key: SigningKey, host: string, letter: LetterRef): Promise<string> {
  const body = `${letters[letter.table]}-${key.id}-${letter.id}`;
  return `${body}-${await mac(key, body)}@${host}`;
}

/** As a return path stands in an address or a text, whatever a forwarder put before it (`SRS0=…=bounce.host=b-…@`). */
const pattern = /([bn])-([a-z0-9]{1,8})-([1-9]\d{0,15})-([a-z2-7]{16})@[a-z0-9]/gi;

/** How many of a text's return paths are looked at: each costs an HMAC, and a mail of ours names one. */
const mostLooked = 10;

/**
 * The letter whose return path stands in a text, if we made it: any key of the ring may have. Null where there is none, and
 * where somebody made one up.
 *
 * @param text an address, or a piece of a mail
 */
export async function readReturnPath(keys: Keyring, text: string): Promise<LetterRef | null> {
  const seen = new Set<string>();
  for (const [token, kind = "", keyId = "", id = "", given = ""] of text.toLowerCase().matchAll(pattern)) {
    if (seen.size === mostLooked) return null;
    if (seen.has(token)) continue;
    seen.add(token);
    const key = keys.find((it) => it.id === keyId);
    if (!key || !Number.isSafeInteger(Number(id))) continue;
    if (sameText(given, await mac(key, `${kind}-${keyId}-${id}`)))
      return { table: kind === "n" ? "notices" : "deliveries", id: Number(id) };
  }
  return null;
}

/** 80 bits: who guesses a million a second for a thousand years has one chance in 38 million to hit one. */
async function mac(key: SigningKey, body: string): Promise<string> {
  const bytes = fromBase64url(await hmac(key, `nashra return path\n${body}`)) ?? new Uint8Array();
  return base32(bytes.subarray(0, 10));
}

/** RFC 4648 §6 in lower case; for lengths that are a multiple of five octets, which take no padding. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5)
      text += "abcdefghijklmnopqrstuvwxyz234567"[(held >> (bits - 5)) & 31];
    held &= 31;
  }
  return text;
}
