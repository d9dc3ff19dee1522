import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Keyring, SigningKey } from "../config.ts";
import { parseAddress } from "../mail/index.ts";
import { type LetterRef, readReturnPath, returnPath } from "./verp.ts";

const key = (id: string): SigningKey => ({ id, key: id.repeat(40).slice(0, 40) });
const [old, young] = [key("k1"), key("k2")];
const keys: Keyring = [young, old];
const host = "bounce.news.example";

const letter = fc.record({
  table: fc.constantFrom<LetterRef["table"]>("deliveries", "notices"),
  id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});
const keyId = fc.stringMatching(/^[a-z0-9]{1,8}$/);

describe("a return path", () => {
  test("stands in an envelope, is the same each time, and keeps to the limits (RFC 5321 §4.5.3.1.1)", () =>
    fc.assert(
      fc.asyncProperty(letter, keyId, async (it, id) => {
        const address = await returnPath(key(id), host, it);
        expect(await returnPath(key(id), host, it)).toBe(address);
        expect(parseAddress(address)?.text).toBe(address);
        const [local = ""] = address.split("@");
        expect(local.length).toBeLessThanOrEqual(64);
        expect(local).toMatch(/^[bn]-[a-z0-9]{1,8}-\d+-[a-z2-7]{16}$/);
      }),
    ));

  test("names its letter, whichever key of the ring made it, and whatever case it came back in", () =>
    fc.assert(
      fc.asyncProperty(letter, fc.constantFrom(old, young), fc.boolean(), async (it, made, loud) => {
        const address = await returnPath(made, host, it);
        const text = `Original-Mail-From: <${loud ? address.toUpperCase() : address}>; and so on`;
        expect(await readReturnPath(keys, text)).toEqual(it);
      }),
    ));

  test("is none with one letter changed, nor under a key that is gone", () =>
    fc.assert(
      fc.asyncProperty(letter, fc.nat(), keyId, async (it, at, other) => {
        fc.pre(other !== "k1");
        const address = await returnPath(old, host, it);
        const [local = ""] = address.split("@");
        const place = at % local.length;
        const letters = "abcdefghijklmnopqrstuvwxyz234567-";
        const changed = letters[(letters.indexOf(local[place] ?? "") + 1 + (at % 31)) % letters.length] ?? "";
        fc.pre(changed !== local[place]);
        const forged = `${local.slice(0, place)}${changed}${local.slice(place + 1)}@${host}`;
        expect(await readReturnPath(keys, forged)).toBe(null);
        expect(await readReturnPath([key(other)], address)).toBe(null);
      }),
    ));

  test("is found in no text that holds none", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        expect(await readReturnPath(keys, text)).toBe(null);
      }),
    ));
});

test("one that was made up hides no true one behind it; of hundreds none is believed", async () => {
  const it: LetterRef = { table: "deliveries", id: 7 };
  const forged = (n: number) => `b-k1-${n}-aaaaaaaaaaaaaaaa@${host}`;
  const address = await returnPath(old, host, it);
  expect(await readReturnPath(keys, `${forged(7)} ${address}`)).toEqual(it);
  const flood = Array.from({ length: 300 }, (_, n) => forged(n + 1)).join(" ");
  expect(await readReturnPath(keys, `${flood} ${address}`)).toBe(null);
});

test("a notice's is none of a delivery's, nor the other way round", async () => {
  const address = await returnPath(old, host, { table: "notices", id: 7 });
  expect(await readReturnPath(keys, address.replace(/^n/, "b"))).toBe(null);
});

test("is found behind what a forwarder put before it", async () => {
  const it: LetterRef = { table: "notices", id: 7 };
  const address = await returnPath(old, host, it);
  for (const before of ["SRS0=x1=A7=news.example=", "prvs=1234abcdef=", "<", "rfc822;"])
    expect(await readReturnPath(keys, before + address), before).toEqual(it);
});
