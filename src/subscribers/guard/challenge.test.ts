import { expect, test } from "vitest";
import type { Keyring } from "../../config.ts";
import { keys } from "../subscribers.fixture.ts";
import { challengeMinutes, makeChallenge, solvedChallenge } from "./challenge.ts";
import { solve } from "./guard.fixture.ts";

const now = Temporal.Instant.from("2026-03-01T05:00:00Z");
const challenge = await makeChallenge(keys, now);
const answer = await solve(challenge);

test("a solved challenge is known by its own id, for some minutes", async () => {
  expect(await solvedChallenge(keys, answer, now)).toBe(challenge.parameters.nonce);
  const last = now.add({ minutes: challengeMinutes }).subtract({ milliseconds: 1 });
  expect(await solvedChallenge(keys, answer, last)).toBe(challenge.parameters.nonce);
  expect(await solvedChallenge(keys, answer, now.add({ minutes: challengeMinutes }))).toBeNull();
});

test("two challenges are two, however close", async () => {
  expect((await makeChallenge(keys, now)).parameters.nonce).not.toBe(challenge.parameters.nonce);
});

test("a rotated key ends it; an added one does not", async () => {
  const old: Keyring = [...keys];
  const rotated: Keyring = [{ id: "k2", key: "f".repeat(32) }, ...old];
  expect(await solvedChallenge(rotated, answer, now)).toBeNull();
  expect(await solvedChallenge([...old, { id: "k2", key: "f".repeat(32) }], answer, now)).not.toBeNull();
});

const touched = (change: (it: ReturnType<typeof parsed>) => void) => {
  const it = parsed();
  change(it);
  return JSON.stringify(it);
};
const parsed = () =>
  structuredClone({ ...JSON.parse(answer) } as {
    challenge: typeof challenge;
    solution: { counter: number; derivedKey: string };
  });

test.each<[string, string]>([
  ["nothing", ""],
  ["no JSON", "{"],
  ["something else", "[]"],
  ["a longer life", touched((it) => (it.challenge.parameters.data.until += 60))],
  ["another id", touched((it) => (it.challenge.parameters.nonce = "0".repeat(32)))],
  ["an easier prefix", touched((it) => (it.challenge.parameters.keyPrefix = "00"))],
  ["no cost", touched((it) => Object.assign(it.challenge.parameters, { cost: 1 }))],
  ["no signature", touched((it) => (it.challenge.signature = ""))],
  ["a key that was guessed", touched((it) => (it.solution.derivedKey = "0".repeat(64)))],
  [
    "a key no longer than the prefix",
    touched((it) => (it.solution.derivedKey = it.challenge.parameters.keyPrefix)),
  ],
  ["no number", touched((it) => Object.assign(it.solution, { counter: "1" }))],
  ["more than we wrote", touched((it) => Object.assign(it.challenge.parameters, { memoryCost: 1e9 }))],
  ["a very long one", touched((it) => Object.assign(it, { more: "x".repeat(5000) }))],
])("%s is no answer", async (_, wrong) => expect(await solvedChallenge(keys, wrong, now)).toBeNull());
