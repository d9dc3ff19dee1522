// What somebody typed, or a file holds, becomes an address that mail can be sent to; or a reason why not. Pure.
import punycode from "punycode.js";
import { domainOf, parseAddress as parseMailbox } from "../mail/index.ts";

export type AddressProblem =
  | "empty"
  | "line-break"
  | "several"
  | "not-alone"
  | "no-at"
  | "too-long"
  | "local-part"
  | "domain";

/** `key` is the same for all spellings of one address (case, Unicode's compatible forms): one person is one row. */
export type ParsedAddress = { ok: true; address: string; key: string };

/** Longer input is not looked at: no address is. */
const mostCharacters = 1000;

// Byte-order marks, bidi controls, joiners, soft hyphens: they come along when an address is copied from a page.
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Reads one address.
 *
 * @param text as typed: spaces around it and invisible characters in it are dropped
 * @returns the address with its domain in A-labels and lower case, its local part as typed but for Unicode's compatible
 *   forms (a full-width letter would be another mailbox under the same key); local parts beyond ASCII are accepted
 *   (RFC 6531). Or the first thing that is wrong with it
 */
export function parseAddress(text: string): ParsedAddress | { ok: false; why: AddressProblem } {
  if (text.length > mostCharacters) return { ok: false, why: "too-long" };
  const typed = text.replace(invisible, "").normalize("NFKC").trim();
  const address = parseMailbox(typed)?.text;
  const key = address && keyOf(address);
  // The key must be an address too: one whose local part holds, say, a full-width @ is somebody's trick.
  if (
    address &&
    key &&
    address.includes(".", address.lastIndexOf("@")) &&
    (key === address || parseMailbox(key))
  ) {
    return { ok: true, address, key };
  }
  return { ok: false, why: problemOf(typed) };
}

const keyOf = (address: string): string => address.normalize("NFKC").toLowerCase().normalize("NFKC");

/**
 * What was typed as it is read: browsers send the domain of an e-mail field in A-labels, which nobody knows their own by.
 *
 * @param text as it came; it need not be an address
 */
export function inItsLetters(text: string): string {
  const at = text.lastIndexOf("@") + 1;
  try {
    return text.slice(0, at) + punycode.toUnicode(text.slice(at));
  } catch {
    return text;
  }
}

/**
 * The mailbox that an address most likely leads to, for counting what it gets: nearly everywhere name+anything@ is name@, and
 * at Gmail full stops are nothing. Never for telling people apart.
 *
 * @param key of an address that was read
 */
export function mailboxOf(key: string): string {
  const domain = domainOf(key);
  const [name = ""] = key.slice(0, -domain.length - 1).split("+");
  const isGmail = domain === "gmail.com" || domain === "googlemail.com";
  return isGmail ? `${name.replaceAll(".", "")}@gmail.com` : `${name}@${domain}`;
}

/** What to tell the person, once it is known that something is wrong. */
function problemOf(typed: string): AddressProblem {
  if (typed === "") return "empty";
  if (/[\p{Cc}\u2028\u2029]/u.test(typed)) return "line-break";
  if (/[,;،؛]/u.test(typed)) return "several";
  if (/["'<>()]|\s/u.test(typed)) return "not-alone";
  const [local = "", domain, ...rest] = typed.split("@");
  if (domain === undefined || rest.length > 0) return "no-at";
  if (octets(local) > 64 || octets(typed) > 254) return "too-long"; // RFC 5321 §4.5.3.1
  return domain.includes(".") && parseMailbox(`a@${domain}`) ? "local-part" : "domain";
}

const octets = (text: string): number => new TextEncoder().encode(text).length;
