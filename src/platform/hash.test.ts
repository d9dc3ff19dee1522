import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { base64url, fromBase64url, hmac, randomToken, sameText, sha256 } from "./hash.ts";

const anyText = fc.string({ unit: "grapheme" });

test("SHA-256 and HMAC are what others compute", () =>
  fc.assert(
    fc.asyncProperty(anyText, fc.string({ minLength: 1 }), async (text, key) => {
      expect(await sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
      expect(await sha256(new TextEncoder().encode(text))).toBe(await sha256(text));
      expect(await hmac({ key }, text)).toBe(createHmac("sha256", key).update(text).digest("base64url"));
    }),
  ));

test("base64url goes both ways", () =>
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(base64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      expect(fromBase64url(base64url(bytes))).toEqual(bytes);
    }),
  ));

test.each(["+/+/", "ab=c", "a", "خبر", "a.b"])("%s is no base64url", (text) =>
  expect(fromBase64url(text)).toBeNull(),
);

test("two texts are the same, or not", () =>
  fc.assert(fc.property(anyText, anyText, (a, b) => sameText(a, a) && sameText(a, b) === (a === b))));

test("random secrets are long, URL-safe and never the same", () => {
  const tokens = Array.from({ length: 100 }, randomToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
});
