import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";

test.each([
  ["salma@example.org", "salma@example.org", false],
  ["Salma.Khoury+news@Example.ORG", "Salma.Khoury+news@example.org", false],
  ["o'neill_&=?@example.org", "o'neill_&=?@example.org", false],
  ["salma@localhost", "salma@localhost", false],
  ["salma@بريد.شبكة", "salma@xn--ngbof4h.xn--ngbc5azd", false],
  ["salma@bücher.example", "salma@xn--bcher-kva.example", false],
  ["سلمى@example.org", "سلمى@example.org", true],
  [`${"a".repeat(64)}@example.org`, `${"a".repeat(64)}@example.org`, false],
])("%s is an address", (text, written, needsSmtpUtf8) => {
  expect(parseAddress(text)).toEqual({ text: written, needsSmtpUtf8 });
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
