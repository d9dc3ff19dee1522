import { expect, test } from "vitest";
import { decode } from "./decode.ts";

const text = "أُعيد فتح الجسر القديم، ﻻ غير… «اليوم»";
const utf8 = (s: string) => new TextEncoder().encode(s);
const bytes = (...parts: (Uint8Array | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((it) => [...it]));

/** In an encoding of one octet a letter; letters that it lacks are left out. */
function oneOctet(encoding: string, s: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const octets = new Map(Array.from({ length: 256 }, (_, it) => [decoder.decode(Uint8Array.of(it)), it]));
  return Uint8Array.from([...s].flatMap((letter) => octets.get(letter) ?? []));
}
function utf16(s: string, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(s.length * 2));
  for (let i = 0; i < s.length; i++) view.setUint16(i * 2, s.charCodeAt(i), little);
  return new Uint8Array(view.buffer);
}
const xml = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?><rss>`;
const arabic = "أعيد فتح الجسر القديم";

test.each<[string, Uint8Array, string | null, string]>([
  ["UTF-8", utf8(text), null, text],
  [
    "UTF-8 with a mark, whatever the server says",
    bytes([0xef, 0xbb, 0xbf], utf8(text)),
    "text/xml; charset=windows-1256",
    text,
  ],
  ["UTF-16 with a mark", bytes([0xff, 0xfe], utf16(text, true)), null, text],
  ["UTF-16, the other way round", bytes([0xfe, 0xff], utf16(text, false)), null, text],
  ["UTF-16 without a mark", utf16(`<?xml?>${text}`, true), null, `<?xml?>${text}`],
  ["UTF-16 without a mark, the other way round", utf16(`<rss>${text}`, false), null, `<rss>${text}`],
  [
    "Windows-1256 by its declaration",
    oneOctet("windows-1256", xml("windows-1256") + arabic),
    "text/xml",
    xml("windows-1256") + arabic,
  ],
  [
    "ISO-8859-6 by its declaration",
    oneOctet("iso-8859-6", xml("ISO-8859-6") + arabic),
    null,
    xml("ISO-8859-6") + arabic,
  ],
  [
    "ISO-8859-6 by the server",
    oneOctet("iso-8859-6", arabic),
    "application/rss+xml; charset='iso-8859-6'",
    arabic,
  ],
  [
    "the server goes before the declaration (RFC 7303 §3.2)",
    oneOctet("windows-1256", xml("iso-8859-6") + arabic),
    "text/xml; charset=windows-1256",
    xml("iso-8859-6") + arabic,
  ],
  [
    "the server names an encoding that nobody knows",
    oneOctet("windows-1256", xml("windows-1256") + arabic),
    "text/xml; charset=arabic",
    xml("windows-1256") + arabic,
  ],
  [
    "UTF-8 that says it is Windows-1256",
    utf8(xml("windows-1256") + arabic),
    null,
    xml("windows-1256") + arabic,
  ],
  [
    "UTF-8 with a letter cut in two",
    bytes(utf8(arabic), [0xd8], utf8(" […]")),
    "text/xml; charset=windows-1256",
    `${arabic}\uFFFD […]`,
  ],
  [
    "English in Windows-1252 with a quotation mark",
    bytes(utf8("The mayor"), [0x92], utf8("s word")),
    "text/html; charset=windows-1252",
    "The mayor’s word",
  ],
  ["nothing", new Uint8Array(), null, ""],
])("%s", (_, given, contentType, wanted) => expect(decode(given, contentType)).toBe(wanted));

test.each<[string, Uint8Array, string | null]>([
  ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13), "image/png"],
  ["Arabic of one octet that nobody names", oneOctet("windows-1256", arabic), "text/xml"],
  ["zeros", utf8("a\0b"), null],
])("%s is no text", (_, given, contentType) => expect(decode(given, contentType)).toBeNull());
