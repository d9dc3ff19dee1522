import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EncodedBody, encodeBody, linesOf, prepareBody } from "./body.ts";

/** The other way, as RFC 2045 has it. */
function decoded({ encoding, lines }: EncodedBody): string {
  if (encoding === "base64") return new TextDecoder().decode(Uint8Array.fromBase64(lines));
  const octets = lines
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return new TextDecoder().decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
}

const links = "<a href='https://news.example.org/a/1'>x</a>";

test.each([
  ["plain English, one line after the other", "quoted-printable"],
  [links.repeat(20), "quoted-printable"],
  [`${links.repeat(20)} صباح`, "quoted-printable"],
  ["صباح الخير", "base64"],
  // A letter in five is Arabic, so that two octets in six are not ASCII: quoted-printable would be longer.
  ["abcdس".repeat(50), "base64"],
  ["abcdefghijklmnopس".repeat(50), "quoted-printable"],
])("%s", (text, encoding) => expect(encodeBody(text).encoding).toBe(encoding));

test("the choice is the shorter one", () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 200, max: 2000 }), (arabic, length) => {
      const text = Array.from({ length }, (_, i) => ((i * 37) % 101 < arabic ? "س" : "a")).join("");
      const { encoding, lines } = encodeBody(text);
      const octets = new TextEncoder().encode(text);
      const quotedPrintable = octets.reduce((sum, octet) => sum + (octet > 0x7e ? 3 : 1), 0) * (76 / 73);
      const base64 = (octets.length / 3) * 4 * (78 / 76);
      const shorter = Math.min(quotedPrintable, base64);
      expect(lines.length, encoding).toBeLessThan(shorter * 1.03 + 8);
    }),
  ));

describe("what is decoded is what was encoded, in lines a relay leaves alone", () => {
  const expectSame = (text: string) => {
    const body = encodeBody(text);
    expect(body.lines.replaceAll("\r\n", "")).toMatch(/^[\t -~]*$/);
    for (const line of body.lines.split("\r\n")) {
      expect(line.length).toBeLessThanOrEqual(76);
      expect(line).not.toMatch(/[ \t]$/);
    }
    expect(decoded(body)).toBe(
      text
        .toWellFormed()
        .replace(/\r\n?|[\u2028\u2029]/g, "\n")
        .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "")
        .replaceAll("\n", "\r\n"),
    );
  };
  test.each([
    "",
    "a\nb\rc\r\nd\n\n",
    "trailing space \nand tab\t\n",
    "=3D is not =\n.\n..\nFrom here",
    "nul\0 C1\u0092 bell\u0007",
    "x".repeat(75),
    "x".repeat(76),
    "x".repeat(77),
    `${"x".repeat(75)} `,
    `${"x".repeat(74)}é`,
    `${"x".repeat(400)}😀${"y".repeat(400)}`,
    "صباح الخير\n".repeat(100),
    `${"a".repeat(3000)} lone \uD800`,
  ])("%j", expectSame);

  test("anything at all", () =>
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), expectSame)));
});

describe("a text for many, with what is one's own between", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.string({ unit: fc.constantFrom("س", "a", " ", "\n", "=", ".", "\t"), maxLength: 200 }),
  );
  const inPieces = fc
    .array(fc.tuple(text, text), { maxLength: 6 })
    .chain((pairs) => text.map((last) => ({ pairs, last })));
  const clean = (it: string) => it.toWellFormed().replaceAll("\r", "");

  test("reads as if it had been encoded whole, whatever the lengths, and for one after the other", () =>
    fc.assert(
      fc.property(inPieces, fc.array(text), ({ pairs, last }, others) => {
        const texts = [...pairs.map(([fast]) => clean(fast)), clean(last)];
        const values = pairs.map(([, value]) => clean(value));
        const body = prepareBody({ texts, names: values });
        for (const given of [values, values.map((_, index) => clean(others[index] ?? "")), values]) {
          const lines = linesOf(body.fill(given));
          const whole = texts
            .map((fast, index) => (index === 0 ? fast : `${given[index - 1]}${fast}`))
            .join("");
          expect(decoded({ encoding: body.encoding, lines })).toBe(decoded({ ...encodeBody(whole) }));
          for (const line of lines.split("\r\n")) {
            expect(line.length).toBeLessThanOrEqual(76);
            expect(line).not.toMatch(/[ \t]$/);
          }
        }
      }),
      { numRuns: 500 },
    ));

  test("costs little more than the whole", () => {
    const texts = Array.from({ length: 5 }, () => "صباح الخير من غرفة الأخبار. ".repeat(100));
    const values = texts.slice(1).map((_, index) => `https://news.example.org/${"x".repeat(index * 7)}`);
    const whole = texts.flatMap((it, index) => (index === 0 ? it : [values[index - 1], it])).join("");
    const filled = linesOf(prepareBody({ texts, names: values }).fill(values));
    expect(filled.length).toBeLessThan(encodeBody(whole).lines.length + 40 * values.length);
  });
});
