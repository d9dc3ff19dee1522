import fc from "fast-check";
import { expect, test } from "vitest";
import { inItsLetters, parseAddress } from "./address.ts";

test.each([
  ["salma@example.org", "salma@example.org", "salma@example.org"],
  ["  Salma.Haddad@Example.ORG \n", "Salma.Haddad@example.org", "salma.haddad@example.org"],
  ["\u200Fsalma\u202A@exam\u00ADple.org\u200B\uFEFF", "salma@example.org", "salma@example.org"],
  ["salma@مثال.إختبار", "salma@xn--mgbh0fb.xn--kgbechtv", "salma@xn--mgbh0fb.xn--kgbechtv"],
  ["سلمى@example.org", "سلمى@example.org", "سلمى@example.org"],
  ["سلمى.١@مثال.إختبار", "سلمى.١@xn--mgbh0fb.xn--kgbechtv", "سلمى.١@xn--mgbh0fb.xn--kgbechtv"],
  ["cafe\u0301@example.org", "caf\u00E9@example.org", "caf\u00E9@example.org"],
  ["ｓalma@example.org", "salma@example.org", "salma@example.org"],
  ["o'neil+news@example.org", "o'neil+news@example.org", "o'neil+news@example.org"],
  [`${"a".repeat(64)}@example.org`, `${"a".repeat(64)}@example.org`, `${"a".repeat(64)}@example.org`],
])("%j is an address", (typed, address, key) => {
  expect(parseAddress(typed)).toEqual({ ok: true, address, key });
});

test.each([
  ["", "empty"],
  ["\u200F \t", "empty"],
  ["a@example.org\r\nBcc: b@example.org", "line-break"],
  ["a@example.org\u2028b", "line-break"],
  ["a@example.org\u0000", "line-break"],
  ["a@example.org, b@example.org", "several"],
  ["a@example.org، b@example.org", "several"],
  ["a@example.org;b@example.org", "several"],
  ["سلمى <a@example.org>", "not-alone"],
  ["<a@example.org>", "not-alone"],
  ['"a b"@example.org', "not-alone"],
  ["a b@example.org", "not-alone"],
  ["a@example.org (home)", "not-alone"],
  ["salma", "no-at"],
  ["a@b@example.org", "no-at"],
  ["a\uFF20b@example.org", "no-at"],
  ["a@example\uFF0Corg", "several"],
  ["@example.org", "local-part"],
  [".a@example.org", "local-part"],
  ["a..b@example.org", "local-part"],
  ["a@", "domain"],
  ["a@localhost", "domain"],
  ["a@example.org.", "domain"],
  ["a@-example.org", "domain"],
  ["a@192.0.2.1", "domain"],
  ["a@[192.0.2.1]", "domain"],
  ["a@example.org/path", "domain"],
  ["a@example.org:25", "domain"],
  [`${"a".repeat(65)}@example.org`, "too-long"],
  [`${"س".repeat(33)}@example.org`, "too-long"],
  [
    `a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(10)}.org`,
    "too-long",
  ],
  ["a".repeat(100_000), "too-long"],
])("%j is refused: %s", (typed, why) => {
  expect(parseAddress(typed)).toEqual({ ok: false, why });
});

test.each([
  ["salma@xn--ngbof4h.xn--ngbc5azd", "salma@بريد.شبكة"],
  ["xn--ngbof4h@example.org", "xn--ngbof4h@example.org"],
  ["a@b@xn--ngbof4h", "a@b@بريد"],
  ["salma@xn--.org", "salma@.org"],
  ["salma@xn--\u0663.org", "salma@xn--\u0663.org"],
  ["", ""],
])("%j is read as %s", (typed, read) => expect(inItsLetters(typed)).toBe(read));

test("whatever is accepted fits an envelope and a header, and is accepted again as the same", () =>
  fc.assert(
    fc.property(
      fc.tuple(fc.string({ unit: "binary" }), fc.constantFrom("@example.org", "@مثال.إختبار", "@", "")),
      ([start, end]) => {
        const parsed = parseAddress(start + end);
        if (!parsed.ok) return;
        expect(parsed.address).toMatch(/^[^\s\p{Cc}\p{Cf},;"<>()@]+@[a-z0-9.-]+$/u);
        expect(new TextEncoder().encode(parsed.address).length).toBeLessThanOrEqual(254);
        expect(parseAddress(parsed.address)).toEqual(parsed);
        expect(parseAddress(parsed.key)).toMatchObject({ ok: true, key: parsed.key });
      },
    ),
    { numRuns: 2000 },
  ));
