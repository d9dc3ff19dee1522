import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Keyring } from "../config.ts";
import { readToken, signToken } from "./tokens.ts";

const now = Temporal.Instant.from("2026-03-01T07:00:00Z");
const old: Keyring = [{ id: "k1", key: "o".repeat(32) }];
const rotated: Keyring = [{ id: "k2", key: "n".repeat(32) }, ...old];
const tomorrow = now.add({ hours: 24 });

test("what is signed is read back, for years where it has no end", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { maxLength: 4 }),
      fc.constantFrom("confirm" as const, "unsubscribe" as const),
      fc.option(fc.integer({ min: 1, max: 1e9 })),
      async (payload, purpose, seconds) => {
        const token = await signToken(
          rotated,
          purpose,
          payload,
          seconds === null ? null : now.add({ seconds }),
        );
        expect(token).toMatch(/^[\w-]+\.k2\.[\w-]{22}$/);
        expect(token.length).toBeLessThan(120);
        const at = seconds === null ? now.add({ hours: 24 * 3650 }) : now;
        expect(await readToken(rotated, purpose, token, at)).toMatchObject({ ok: true, payload });
      },
    ),
  ));

describe("what is refused", () => {
  test.each<[string, (token: string) => string, string]>([
    ["another key id", (token) => token.replace(".k1.", ".k9."), "forged"],
    ["no key id", (token) => token.replace(".k1.", ".."), "malformed"],
    ["no signature", (token) => token.slice(0, -22), "malformed"],
    ["half a signature", (token) => token.slice(0, -11), "forged"],
    ["a longer signature", (token) => `${token}A`, "forged"],
    ["one part more", (token) => `${token}.x`, "malformed"],
    ["upper case", (token) => token.toUpperCase(), "forged"],
    ["padding", (token) => token.replace(".k1.", "=.k1."), "forged"],
    ["a space", (token) => ` ${token}`, "forged"],
    ["nothing", () => "", "malformed"],
    ["very much", (token) => token.repeat(10_000), "malformed"],
  ])("%s", async (_, change, why) => {
    const token = await signToken(old, "confirm", [1, 2], tomorrow);
    expect(await readToken(old, "confirm", change(token), now)).toEqual({ ok: false, why });
  });

  test("any letter changed, of any part", async () => {
    const token = await signToken(old, "unsubscribe", [123456, 7], null);
    for (let i = 0; i < token.length; i++) {
      const changed = `${token.slice(0, i)}${token[i] === "x" ? "y" : "x"}${token.slice(i + 1)}`;
      expect((await readToken(old, "unsubscribe", changed, now)).ok).toBe(false);
    }
  });

  test("another purpose", async () => {
    const token = await signToken(old, "confirm", [1], tomorrow);
    expect(await readToken(old, "unsubscribe", token, now)).toEqual({ ok: false, why: "forged" });
  });

  test.each([
    [-1, true],
    [0, false],
    [1, false],
  ])("one that ended %i s ago", async (seconds, ok) => {
    const token = await signToken(old, "confirm", [1], tomorrow);
    const reading = await readToken(old, "confirm", token, tomorrow.add({ seconds }));
    expect(reading).toEqual(
      ok ? { ok, payload: [1], expiresAt: tomorrow } : { ok, why: "expired", payload: [1] },
    );
  });
});

test("after a rotation the old key still verifies, and once it is gone it does not", async () => {
  const token = await signToken(old, "confirm", [5], tomorrow);
  expect((await readToken(rotated, "confirm", token, now)).ok).toBe(true);
  expect(await readToken([rotated[0]], "confirm", token, now)).toEqual({ ok: false, why: "forged" });
  expect(await signToken(rotated, "confirm", [5], tomorrow)).toContain(".k2.");
});

test("a key under another key's id forges nothing", async () => {
  const token = await signToken([{ id: "k2", key: "o".repeat(32) }], "confirm", [5], tomorrow);
  expect((await readToken(rotated, "confirm", token, now)).ok).toBe(false);
});

test("whatever stands in the link, there is an answer", () =>
  fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc
          .tuple(fc.string(), fc.constantFrom("k1", "__proto__", "\uD800"), fc.string())
          .map((it) => it.join(".")),
      ),
      async (token) => !(await readToken(old, "confirm", token, now)).ok,
    ),
  ));
