// Of an X.509 certificate (RFC 5280 §4.1) the two things that a signature needs: the public key, and when it holds. WebCrypto has no
// word for certificates, and the core none of Node's. Pure.

export type Certificate = {
  /** SubjectPublicKeyInfo, as WebCrypto imports it. */
  spki: Uint8Array<ArrayBuffer>;
  notBefore: Temporal.Instant;
  notAfter: Temporal.Instant;
};

const tags = { sequence: 0x30, version: 0xa0, utcTime: 0x17, generalizedTime: 0x18 } as const;

/** The first certificate of a PEM file (RFC 7468), or null where there is none that can be read. */
export function readCertificate(pem: string): Certificate | null {
  const [, base64] =
    /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem) ?? [];
  if (base64 === undefined) return null;
  try {
    return fromDer(Uint8Array.fromBase64(base64));
  } catch {
    return null;
  }
}

function fromDer(der: Uint8Array<ArrayBuffer>): Certificate | null {
  const [certificate] = elements(der, 0, der.length);
  const [signed] = certificate ? inside(der, certificate) : [];
  if (signed?.tag !== tags.sequence) return null;
  const fields = inside(der, signed).filter(({ tag }) => tag !== tags.version);
  // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
  const [, , , validity, , key] = fields;
  if (validity?.tag !== tags.sequence || key?.tag !== tags.sequence) return null;
  const [from, to] = inside(der, validity).map((it) => timeOf(der, it));
  if (!from || !to) return null;
  return { spki: der.slice(key.start, key.end), notBefore: from, notAfter: to };
}

/** `start` is where its tag stands, `content` where what it holds begins. */
type Element = { tag: number; start: number; content: number; end: number };

const inside = (der: Uint8Array, { content, end }: Element) => elements(der, content, end);

/** What stands behind each other from here to there. @throws on what is no DER */
function elements(der: Uint8Array, from: number, to: number): Element[] {
  const found: Element[] = [];
  for (let start = from; start < to; ) {
    const [tag = 0, first = 0] = der.subarray(start, start + 2);
    const bytes = first < 0x80 ? 0 : first & 0x7f;
    if (bytes > 3 || first === 0x80) throw new Error("a length that no certificate has");
    const long = der.subarray(start + 2, start + 2 + bytes);
    const length = bytes === 0 ? first : long.reduce((sum, byte) => sum * 256 + byte, 0);
    const content = start + 2 + bytes;
    const end = content + length;
    if (end > to) throw new Error("a length beyond the end");
    found.push({ tag, start, content, end });
    start = end;
  }
  return found;
}

/** UTCTime with two digits of the year means 1950 to 2049 (RFC 5280 §4.1.2.5.1). */
function timeOf(der: Uint8Array, { tag, content, end }: Element): Temporal.Instant | null {
  if (tag !== tags.utcTime && tag !== tags.generalizedTime) return null;
  const text = new TextDecoder("latin1").decode(der.subarray(content, end));
  const [, year = "", ...rest] = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text) ?? [];
  const [month, day, hour, minute, second] = rest;
  if (year === "" || (year.length === 2) !== (tag === tags.utcTime)) return null;
  const century = year.length === 4 ? "" : Number(year) < 50 ? "20" : "19";
  return Temporal.Instant.from(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
