// An e-mail address as headers and envelopes take it. Pure.

/** One mailbox; `text` is `local@domain`, the domain in A-labels, ready for a header and for RCPT TO. */
export type Address = { readonly text: string };

// RFC 5322 §3.2.3 dot-atom, widened by RFC 6532 §3.2 to what is beyond ASCII, without controls and spaces.
const localPart = /^[^\p{C}\p{Z}"(),:;<>@[\\\].]+(\.[^\p{C}\p{Z}"(),:;<>@[\\\].]+)*$/u;
const domainLetters = /^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)*$/u;
/** What is its own hostname: there is nothing to map in it, and no A-label to check. */
const isPlainDomain = /^(?!.*xn--)[a-z0-9.-]+$/;
const domainLabels = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads one address, without a name.
 *
 * Quoted local parts (`"a b"@example.org`) and address literals (`a@[192.0.2.1]`) are refused: nobody subscribes with
 * one, and programs that disagree on where the quotes end have sent mail to strangers.
 *
 * @returns null if it is no such address, is longer than 64 octets before the @ or 254 in all (RFC 5321 §4.5.3.1)
 */
export function parseAddress(text: string): Address | null {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  if (text.length > 320 || !localPart.test(local) || octets(local) > 64) return null;
  if (/=\?.*\?=/.test(local)) return null; // some programs read it as an encoded word, and another address in it
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === null || octets(local) + 1 + domain.length > 254) return null;
  return { text: `${local}@${domain}` };
}

/** The domain in A-labels and lower case (RFC 5890 §2.3.2.1), or null if it is none. */
function asciiDomain(domain: string): string | null {
  if (isPlainDomain.test(domain)) return domainLabels.test(domain) ? domain : null; // as most are; a URL costs more
  if (!domainLetters.test(domain)) return null;
  const hostname = URL.parse(`http://${domain}`)?.hostname;
  return hostname !== undefined && domainLabels.test(hostname) ? hostname : null;
}

const octets = (text: string): number =>
  /^[\0-\x7F]*$/.test(text) ? text.length : new TextEncoder().encode(text).length;

/** An address that mail may come from: ASCII, since not every server takes another. Null if it is none. */
export function senderAddress(text: string): string | null {
  const address = parseAddress(text.trim());
  return address && /^[\x21-\x7e]+$/.test(address.text) ? address.text : null;
}

/** What follows the @. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1);
