// What is kept of an address that was erased: a keyed hash, so that no list brings it back, and nobody can read it.
import type { Kysely } from "kysely";
import { hmac } from "../platform/index.ts";
import { keptSecret, type SettingsTables } from "../settings/index.ts";

/** The name of its key among the settings. It never rotates, and it is in every backup of the database. */
const keyName = "erasure-key";

/** How the key of a suppression begins whose address was erased. */
export const erasedMark = "erased:";

/**
 * The keyed hash of each address key (HMAC-SHA-256, base64url), in their order: what stands behind `erased:` in the
 * suppressions. Makes the key if there is none yet.
 */
export async function erasureHash(
  db: Kysely<SettingsTables>,
  addressKeys: readonly string[],
): Promise<string[]> {
  const secret = await keptSecret(db, keyName);
  return Promise.all(addressKeys.map((key) => hmac({ key: secret }, `nashra erased\n${key}`)));
}
