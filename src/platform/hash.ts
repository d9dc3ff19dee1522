// Hashes and random secrets by WebCrypto, which both hosts have. Kept as text: D1 gives BLOBs back as arrays.
import type { SigningKey } from "../config.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** SHA-256 of a text (as UTF-8) or of bytes, in lower-case hex. */
export async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", typeof data === "string" ? bytesOf(data) : data);
  return new Uint8Array(digest).toHex();
}

/**
 * HMAC-SHA-256 of a text under a key, in base64url without padding; by the key's own means, if it has any, since WebCrypto's way
 * costs more than a letter may take.
 */
export async function hmac(signing: Pick<SigningKey, "key" | "mac">, text: string): Promise<string> {
  if (signing.mac) return signing.mac(text);
  const imported = await crypto.subtle.importKey(
    "raw",
    bytesOf(signing.key),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return base64url(new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytesOf(text))));
}

/**
 * Whether `hex` is the HMAC of these bytes under a secret, told in a time that does not say how nearly.
 *
 * @param hash as WebCrypto calls it, such as `SHA-256`
 */
export async function isHmac(
  hash: string,
  secret: string,
  hex: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const algorithm = { name: "HMAC", hash };
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), algorithm, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, Uint8Array.fromHex(hex), bytes);
}

/** A secret nobody can guess: 256 random bits in base64url. */
export function randomToken(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * A short mark of a text, for telling quickly whether it is still the same: 53 bits, in hex (cyrb53, in the public domain).
 * Whoever wants to can make two texts with one mark, so nothing may depend on it that a stranger could gain by.
 */
export function quickMark(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(16);
}

/** Compares two texts in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const left = bytesOf(a);
  const right = bytesOf(b);
  let difference = left.length ^ right.length;
  for (let i = 0; i < left.length; i++) difference |= (left[i] ?? 0) ^ (right[i] ?? 0);
  return difference === 0;
}

/** Bytes in base64url without padding (RFC 4648 §5). */
export const base64url = (bytes: Uint8Array): string =>
  bytes.toBase64({ alphabet: "base64url", omitPadding: true });

/** The bytes of a base64url text, or null if it is none. */
export function fromBase64url(text: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return null;
  }
}
