import emailAddresses from "email-addresses";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";

test.each([
  ["salma@example.org", "salma@example.org"],
  ["Salma.Khoury+news@Example.ORG", "Salma.Khoury+news@example.org"],
  ["o'neill_&=?@example.org", "o'neill_&=?@example.org"],
  ["salma@localhost", "salma@localhost"],
  ["salma@بريد.شبكة", "salma@xn--ngbof4h.xn--ngbc5azd"],
  ["salma@bücher.example", "salma@xn--bcher-kva.example"],
  ["سلمى@example.org", "سلمى@example.org"],
  [`${"a".repeat(64)}@example.org`, `${"a".repeat(64)}@example.org`],
])("%s is an address", (text, written) => {
  expect(parseAddress(text)).toEqual({ text: written });
});

test.each([
  "",
  "salma",
  "@example.org",
  "salma@",
  "salma@example.org\r\nBcc: all@example.org",
  "salma\0@example.org",
  "salma\u2028@example.org",
  "salma\u202E@example.org",
  "salma@example.org, omar@example.org",
  "salma@example.org,omar@example.org",
  "omar@example.net@example.org",
  "<salma@example.org>",
  "Salma <salma@example.org>",
  '"salma khoury"@example.org',
  '"omar@evil.example"@example.org',
  "salma@[192.0.2.1]",
  "salma@192.0.2.1",
  "salma@127.1",
  "salma@example.org:25",
  "salma@example.org/path",
  "salma@exa%6dple.org",
  "salma@example..org",
  "salma@-example.org",
  "salma@example.org.",
  "salma..khoury@example.org",
  ".salma@example.org",
  "salma khoury@example.org",
  "=?utf-8?q?=41?=@example.org",
  `${"a".repeat(65)}@example.org`,
  `${"س".repeat(33)}@example.org`,
  `salma@${"a".repeat(64)}.org`,
  `salma@${"a.".repeat(130)}org`,
])("%j is none", (text) => expect(parseAddress(text)).toBeNull());

// RFC 5322 with RFC 6532, read by another parser: a wide one, which also takes quotes, comments, literals and any domain.
const byTheStandard = (text: string) => {
  const read = emailAddresses.parseOneAddress({ input: text, rfc6532: true });
  return read?.type === "mailbox" ? { local: read.local, domain: read.domain } : null;
};
const asciiDomain = (domain: string) => URL.parse(`http://${domain}`)?.hostname;

const atext = fc.constantFrom(..."abcXYZ019!#$%&'*+/=?^_`{|}~-سلمىضé中😀");
const dotAtom = fc
  .array(fc.string({ unit: atext, minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 })
  .map((atoms) => atoms.join("."));
const label = fc
  .array(fc.constantFrom(..."abcxyz019-"), { minLength: 1, maxLength: 8 })
  .map((letters) => `a${letters.join("").replace(/--/g, "-")}z`);
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));

test("every dot-atom at a host name is taken, and read as the standard reads it", () =>
  fc.assert(
    fc.property(dotAtom, domain, (local, host) => {
      fc.pre(!/=\?.*\?=/.test(local));
      const text = `${local}@${host}`;
      expect(parseAddress(text)?.text).toBe(text);
      expect(byTheStandard(text)).toEqual({ local, domain: host });
    }),
    { numRuns: 1000 },
  ));

test("nothing is taken that the standard does not take, and nothing is read in another way", () => {
  const sign = fc.constantFrom(
    ...[
      "a",
      "b.c",
      "س",
      "@",
      ".",
      "..",
      " ",
      '"',
      "\\",
      "(",
      ")",
      "<",
      ">",
      ",",
      ";",
      ":",
      "[",
      "]",
      "-",
      "_",
    ],
    ...[
      "\r\n",
      "\t",
      "\0",
      "\x7f",
      "\u0085",
      "\u00a0",
      "\u200f",
      "\u2028",
      "\u202e",
      "\ufeff",
      "\uff20",
      "\u3002",
    ],
    ...["example", ".org", "مثال", "xn--", "=?utf-8?q?", "?=", "192.0.2.1"],
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: sign, maxLength: 12 }), fc.string({ unit: "binary" })), (text) => {
      const ours = parseAddress(text);
      if (ours === null) return;
      const theirs = byTheStandard(text);
      const at = ours.text.lastIndexOf("@");
      expect([ours.text.slice(0, at), ours.text.slice(at + 1)]).toEqual([
        theirs?.local,
        asciiDomain(theirs?.domain ?? ""),
      ]);
    }),
    { numRuns: 20_000 },
  );
});
