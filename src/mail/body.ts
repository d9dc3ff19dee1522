// A body part's text as lines a relay leaves alone: base64 or quoted-printable, whichever is shorter (RFC 2045 §6).

export type EncodedBody = { encoding: "base64" | "quoted-printable"; lines: string };

/**
 * Encodes a text as UTF-8 with CRLF line ends. Never 8bit: a relay may change the encoding, and the DKIM signature
 * breaks (RFC 6376 §5.3).
 *
 * The choice is by octets: a letter outside ASCII takes 3 for each of its octets in quoted-printable, and everything
 * takes 1.37 in base64.
 */
export function encodeBody(text: string): EncodedBody {
  const octets = new TextEncoder().encode(canonical(text));
  let coded = 0;
  for (const octet of octets) if (!literal(octet)) coded++;
  const quotedPrintable = (octets.length + 2 * coded) * (76 / 73); // with its soft line breaks
  const base64 = Math.ceil(octets.length / 3) * 4 * (78 / 76);
  return base64 < quotedPrintable
    ? { encoding: "base64", lines: base64Lines(octets) }
    : { encoding: "quoted-printable", lines: quotedPrintableLines(canonical(text)) };
}

/** One kind of line end, and no control that a mail may not have: NUL, the rest of C0, and C1 (Gmail clips at U+0092). */
const canonical = (text: string) =>
  text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "")
    .replaceAll("\n", "\r\n");

const literal = (octet: number) =>
  (octet >= 0x20 && octet <= 0x7e && octet !== 0x3d) || octet === 0x0d || octet === 0x0a;

const base64Lines = (octets: Uint8Array) => octets.toBase64().replace(/.{76}(?=.)/g, "$&\r\n");

/** RFC 2045 §6.7: at most 76 characters a line, soft breaks only between characters, no white space at a line's end. */
function quotedPrintableLines(text: string): string {
  const encoder = new TextEncoder();
  const quoted = (character: string) =>
    [...encoder.encode(character)]
      .map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  const lines: string[] = [];
  for (const line of text.split("\r\n")) {
    let out = "";
    const characters = [...line];
    for (const [index, character] of characters.entries()) {
      const last = index === characters.length - 1;
      const stays = /^[!-<>-~]$/.test(character) || (/^[ \t]$/.test(character) && !last);
      const token = stays ? character : quoted(character);
      if (out.length + token.length > (last ? 76 : 75)) {
        lines.push(`${out}=`);
        out = "";
      }
      out += token;
    }
    lines.push(out);
  }
  return lines.join("\r\n");
}
