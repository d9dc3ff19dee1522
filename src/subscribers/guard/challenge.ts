// Proof of work: a sum that costs a person's browser a second or some, and whoever signs up strangers by the thousand an hour
// for each thousand. Made and checked by altcha-lib, solved in the page by the same; no third party hears of it.
//
// PBKDF2, since WebCrypto has it on both hosts and in every browser: nobody gains by a faster program. The server picks the
// number that is to be found, so that nobody searches much longer than others (altcha's "deterministic" mode).
import { createChallenge, randomInt, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import { z } from "zod";
import type { Keyring } from "../../config.ts";
import { hmac } from "../../platform/index.ts";

const algorithm = "PBKDF2/SHA-256";

/** Rounds of one try: about a millisecond, so that what a browser adds to each counts for little. */
const cost = 5000;

/** Tries until the number is found: a median of 0.9 s in Chromium on a loaded machine (12 runs, at most 2.6 s). */
const tries = { least: 500, most: 1500 };

/** How long a challenge may take, from when it is made until the answer arrives: slow machines, and people who are called away. */
export const challengeMinutes = 15;

const hex = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^(?:[0-9a-f]{2})+$/);
const challengeSchema = z.strictObject({
  parameters: z.strictObject({
    algorithm: z.literal(algorithm),
    cost: z.literal(cost),
    data: z.strictObject({ until: z.int() }),
    keyLength: z.literal(32),
    keyPrefix: hex(64),
    keySignature: hex(64),
    nonce: hex(32),
    salt: hex(32),
  }),
  signature: hex(64),
});
const solvedSchema = z.strictObject({
  challenge: challengeSchema,
  solution: z.object({ counter: z.int(), derivedKey: hex(64) }),
});

/** As JSON it goes into the page, and comes back beside its solution. */
export type Challenge = z.output<typeof challengeSchema>;

/** The longest answer that is looked at. */
const mostCharacters = 2000;

/** Makes a challenge. Nothing is kept of it: it carries our signature. */
export async function makeChallenge(keys: Keyring, now: Temporal.Instant): Promise<Challenge> {
  const made = await createChallenge({
    algorithm,
    cost,
    counter: randomInt(tries.most, tries.least),
    deriveKey,
    // Its end is ours to check, by our clock.
    data: { until: Math.floor(now.add({ minutes: challengeMinutes }).epochMilliseconds / 1000) },
    ...(await secrets(keys)),
  });
  return challengeSchema.parse(made);
}

/**
 * Checks an answer: two signatures, no search.
 *
 * @param answer JSON of `{challenge, solution}`, as the page's script sends it; anything a stranger likes to send
 * @returns the challenge's own id, to be used once; null if it is no answer to a challenge of ours, or comes too late
 */
export async function solvedChallenge(
  keys: Keyring,
  answer: string,
  now: Temporal.Instant,
): Promise<string | null> {
  if (answer === "" || answer.length > mostCharacters) return null;
  const read = solvedSchema.safeParse(parseJson(answer));
  if (!read.success) return null;
  const { challenge, solution } = read.data;
  if (challenge.parameters.data.until * 1000 <= now.epochMilliseconds) return null;
  const { verified } = await verifySolution({ challenge, solution, deriveKey, ...(await secrets(keys)) });
  return verified ? challenge.parameters.nonce : null;
}

/** Secrets for this purpose alone, from the key that signs now: a challenge does not outlive a rotation, and need not. */
async function secrets([key]: Keyring) {
  const [hmacSignatureSecret, hmacKeySignatureSecret] = await Promise.all(
    ["challenge", "solution"].map((purpose) => hmac(key, `nashra ${purpose}`)),
  );
  return {
    hmacSignatureSecret: hmacSignatureSecret ?? "",
    hmacKeySignatureSecret: hmacKeySignatureSecret ?? "",
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
