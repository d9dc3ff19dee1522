// Signs finished messages (DKIM, RFC 6376), so that a mailbox can tell that they are ours and whole.

/** A private key, and the name under which its public half stands in DNS: `selector._domainkey.domain`. */
export type DkimKey = {
  selector: string;
  /** In A-labels; the same as in From, or DMARC does not count the signature. */
  domain: string;
  algorithm: "rsa-sha256" | "ed25519-sha256";
  /** The signature of a text: RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519. */
  sign: (text: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
  /** SHA-256, by the same means: WebCrypto, or what the host has that is quicker. */
  sha256: (octets: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
};

/** Those of RFC 6376 §5.4.1 that our mails have, and what readers leave by (RFC 8058 §4: one-click needs both signed). */
const signedFields = [
  "From",
  "To",
  "Reply-To",
  "Subject",
  "Date",
  "Message-ID",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "Content-Language",
  "List-Id",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "List-Help",
  "List-Owner",
  "List-Archive",
  "Feedback-ID",
];

/** Named once more than they are there: a second one that somebody adds on the way breaks the signature (§5.4.2). */
const oversigned = ["From", "To", "Subject", "Date"];

/**
 * Puts a signature of each key in front of a message: `relaxed/relaxed`, the whole body (no `l=`).
 *
 * @param message with CRLF line ends, its header fields of ASCII or UTF-8
 * @param at when it was signed, in whole seconds; the same keys, message and time give the same RSA signature
 * @param isRelaxed its body is known to be as `relaxed` has it, and is not looked through
 */
export async function signMessage(
  message: Uint8Array<ArrayBuffer>,
  keys: readonly DkimKey[],
  at: Temporal.Instant,
  { isRelaxed = false } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const [first] = keys;
  if (!first) return message;
  const end = headerEnd(message);
  if (end < 0) throw new Error("A message without an empty line behind its header cannot be signed.");
  const fields = fieldsOf(decoder.decode(message.subarray(0, end)));
  const bodyHash = await first.sha256(relaxedBody(message.subarray(end + 4), isRelaxed));
  const signatures = await Promise.all(
    keys.map((key) => signatureField(key, fields, bodyHash.toBase64(), at)),
  );
  const head = encoder.encode(signatures.map((field) => `${field}\r\n`).join(""));
  const signed = new Uint8Array(head.length + message.length);
  signed.set(head);
  signed.set(message, head.length);
  return signed;
}

type Field = { name: string; relaxed: string };

const fieldsOf = (header: string): Field[] => header.split(/\r\n(?![ \t])/).map(relaxedField);

/** RFC 6376 §3.4.2: the name in small letters, unfolded, runs of white space as one space, none at the ends. */
function relaxedField(field: string): Field {
  const colon = field.indexOf(":");
  const name = field.slice(0, colon).trim().toLowerCase();
  const value = field
    .slice(colon + 1)
    .replaceAll("\r\n", "")
    .replace(/[ \t]+/g, " ")
    .trim();
  return { name, relaxed: `${name}:${value}` };
}

/** Where the empty line behind a header begins; -1 if there is none. */
function headerEnd(message: Uint8Array): number {
  for (let at = message.indexOf(cr); at >= 0; at = message.indexOf(cr, at + 1))
    if (message[at + 1] === lf && message[at + 2] === cr && message[at + 3] === lf) return at;
  return -1;
}

/** RFC 6376 §3.4.4: runs of white space as one space, none at line ends, no empty lines at the end. */
function relaxedBody(body: Uint8Array<ArrayBuffer>, isKnown: boolean): Uint8Array<ArrayBuffer> {
  const lines = isKnown || hasItsSpaces(body) ? body : encoder.encode(relaxedText(decoder.decode(body)));
  let end = lines.length;
  while (end >= 2 && lines[end - 2] === cr && lines[end - 1] === lf) end -= 2;
  if (end === 0) return lines.subarray(0, 0);
  if (end + 2 <= lines.length) return lines.subarray(0, end + 2);
  return encoder.encode(`${decoder.decode(lines)}\r\n`); // its last line has no end
}

/** A body that is as it should be is not gone through letter by letter. */
function hasItsSpaces(body: Uint8Array): boolean {
  if (body.includes(tab)) return false;
  for (let at = body.indexOf(space); at >= 0; at = body.indexOf(space, at + 1)) {
    const next = body[at + 1];
    if (next === space || next === cr) return false;
  }
  return true;
}

const relaxedText = (body: string) => body.replace(/[ \t]+/g, " ").replaceAll(" \r\n", "\r\n");

const [tab, lf, cr, space] = [0x09, 0x0a, 0x0d, 0x20];
const decoder = new TextDecoder();
const encoder = new TextEncoder();

async function signatureField(
  { selector, domain, algorithm, sign, sha256 }: DkimKey,
  fields: readonly Field[],
  bodyHash: string,
  at: Temporal.Instant,
): Promise<string> {
  const byName = Map.groupBy(fields, ({ name }) => name);
  const chosen = signedFields.flatMap((name) => {
    // Of several, the last is taken first (§5.4.2).
    const found = byName.get(name.toLowerCase())?.toReversed() ?? [];
    const named = found.length + (oversigned.includes(name) ? 1 : 0);
    return Array.from({ length: named }, (_, index) => ({ name, relaxed: found[index]?.relaxed }));
  });
  const tags = [
    `v=1; a=${algorithm}; c=relaxed/relaxed; d=${domain};`,
    `s=${selector}; t=${Math.floor(at.epochMilliseconds / 1000)};`,
    ...linesOf(
      "h=",
      chosen.map(({ name }, index) => `${name}${index < chosen.length - 1 ? ":" : ";"}`),
    ),
    `bh=${bodyHash};`,
    "b=",
  ];
  const unsigned = `DKIM-Signature: ${tags.join("\r\n ")}`;
  // A field that is named and is not there counts as nothing at all (§5.4.2).
  const input = [...chosen.flatMap(({ relaxed }) => relaxed ?? []), relaxedField(unsigned).relaxed];
  const octets = encoder.encode(input.join("\r\n"));
  // Ed25519 signs the hash of the text, and not the text (RFC 8463 §3).
  const signature = await sign(algorithm === "rsa-sha256" ? octets : await sha256(octets));
  return `${unsigned}${(signature.toBase64().match(/.{1,72}/g) ?? []).join("\r\n ")}`;
}

/** Pieces one behind the other, in lines that a header may have. */
function linesOf(begin: string, pieces: readonly string[]): string[] {
  const lines = [begin];
  for (const piece of pieces) {
    const line = lines.at(-1) ?? "";
    if (line.length + piece.length <= 75) lines[lines.length - 1] = line + piece;
    else lines.push(piece);
  }
  return lines;
}

const sha256 = async (octets: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", octets));

/**
 * Takes a private key in, by WebCrypto.
 *
 * @param pkcs8 in DER: RSA, best of 2048 bits (RFC 8301 §3.2: 1024 at least), or Ed25519 (RFC 8463)
 * @throws if it is neither
 */
export async function dkimKey(
  { selector, domain }: Pick<DkimKey, "selector" | "domain">,
  pkcs8: Uint8Array<ArrayBuffer>,
): Promise<DkimKey> {
  const imported = (algorithm: Parameters<typeof crypto.subtle.importKey>[2]) =>
    crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]).catch(() => null);
  const signBy =
    (name: string, key: CryptoKey): DkimKey["sign"] =>
    async (text) =>
      new Uint8Array(await crypto.subtle.sign(name, key, text));
  const rsa = await imported({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" });
  if (rsa)
    return { selector, domain, algorithm: "rsa-sha256", sign: signBy("RSASSA-PKCS1-v1_5", rsa), sha256 };
  const ed25519 = await imported({ name: "Ed25519" });
  if (ed25519)
    return { selector, domain, algorithm: "ed25519-sha256", sign: signBy("Ed25519", ed25519), sha256 };
  throw new Error(`The DKIM key ${selector} is no private key of RSA or Ed25519 in PKCS #8.`);
}

/** What stands in DNS as text, at `selector._domainkey.domain` (RFC 6376 §3.6.1, RFC 8463 §4). @param publicKey in base64 */
export const dkimRecord = (algorithm: DkimKey["algorithm"], publicKey: string): string =>
  `v=DKIM1; k=${algorithm === "rsa-sha256" ? "rsa" : "ed25519"}; p=${publicKey}`;
