// What a device signed, and what anybody could make of it: a device made of WebCrypto signs in, and then says one thing wrong.
import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestDatabase } from "../../tests/support/database.ts";
import type { Keyring } from "../config.ts";
import { base64url } from "../platform/index.ts";
import { addEditor, changeEditor } from "./editors.ts";
import { registrationOptions, signInByPasskey, signInOptions } from "./passkeys.ts";
import type { EditorId } from "./roles.ts";
import type { AccountTables } from "./tables.ts";

const keys: Keyring = [{ id: "k1", key: "0123456789abcdef0123456789abcdef" }];
const start = Temporal.Instant.from("2026-03-01T07:00:00Z");
const site = new URL("https://paper.example/");
const salma = "salma@example.org";

type Said = {
  challenge: string;
  origin: string;
  rpId: string;
  type: string;
  flags: number;
  counter: number;
  userHandle: string | null;
  crossOrigin: boolean;
};
const [present, verified] = [0x01, 0x04];

async function open() {
  const database = openTestDatabase<AccountTables>();
  const { db } = database;
  const deps = { database, keys, site };
  await addEditor(database, { address: "boss@example.org", name: "", role: "administrator" }, "test", start);
  await addEditor(database, { address: salma, name: "", role: "editor" }, "test", start);
  const editor = { id: 2 as EditorId, address: salma, name: "" };
  const challengeIn = (options: string): string => JSON.parse(options).challenge;
  const registration = await registrationOptions(deps, editor, "المرسى", start);
  const { handle } = await db
    .selectFrom("editors")
    .select("handle")
    .where("id", "=", editor.id)
    .executeTakeFirstOrThrow();
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  // COSE, RFC 9053 §7.1: kty EC2, alg ES256, crv P-256, x, y.
  const cose = Uint8Array.of(
    0xa5,
    1,
    2,
    3,
    0x26,
    0x20,
    1,
    0x21,
    0x58,
    32,
    ...raw.slice(1, 33),
    0x22,
    0x58,
    32,
    ...raw.slice(33),
  );
  const id = base64url(crypto.getRandomValues(new Uint8Array(16)));
  await sql`insert into passkeys (editor_id, credential_id, public_key, counter, transports, synced, backed_up, name, created_at)
    values (2, ${id}, ${base64url(cose)}, 5, '[]', 0, 0, '', 0)`.execute(db);

  const usual = async (): Promise<Said> => ({
    challenge: challengeIn(await signInOptions(deps, start)),
    origin: site.origin,
    rpId: site.hostname,
    type: "webauthn.get",
    flags: present | verified,
    counter: 6,
    userHandle: handle,
    crossOrigin: false,
  });
  const text = new TextEncoder();
  const digest = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  /** What a browser would send of it. */
  async function signed(said: Said): Promise<string> {
    const { type, challenge, origin, crossOrigin } = said;
    const client = text.encode(JSON.stringify({ type, challenge, origin, crossOrigin }));
    const counter = new Uint8Array(4);
    new DataView(counter.buffer).setUint32(0, said.counter);
    const data = Uint8Array.of(...(await digest(text.encode(said.rpId))), said.flags, ...counter);
    const both = Uint8Array.of(...data, ...(await digest(client)));
    const signature = new Uint8Array(
      await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, both),
    );
    return JSON.stringify({
      id,
      rawId: id,
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(inDer(signature)),
        ...(said.userHandle === null ? {} : { userHandle: said.userHandle }),
      },
    });
  }
  const enter = (answer: string, now = start) =>
    signInByPasskey(deps, answer, { device: "", network: "" }, null, now);
  const sessions = async () => (await db.selectFrom("sessions").select("id").execute()).length;
  return { database, registration: challengeIn(registration), usual, signed, enter, sessions };
}

/** Two numbers as DER has them (RFC 3279 §2.2.3), which is how devices sign. */
function inDer(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const number = (bytes: Uint8Array) => {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start++;
    const plain = bytes.slice(start);
    const content = (plain[0] ?? 0) > 0x7f ? [0, ...plain] : [...plain];
    return [0x02, content.length, ...content];
  };
  const both = [...number(raw.slice(0, 32)), ...number(raw.slice(32))];
  return Uint8Array.of(0x30, both.length, ...both);
}

test("what a device signed opens the newsroom once", async () => {
  const it = await open();
  const answer = await it.signed(await it.usual());
  const both = await Promise.all([it.enter(answer), it.enter(answer)]);
  expect(both.filter((session) => session !== null)).toHaveLength(1);
  expect(await it.enter(answer)).toBeNull();
  expect(await it.sessions()).toBe(1);
});

test.each<[string, (said: Said, registration: string) => Partial<Said>]>([
  ["signed for another site", () => ({ origin: "https://evil.example" })],
  ["for a site whose name looks like ours", () => ({ origin: "https://paper.example.evil.example" })],
  ["for our name at another port", () => ({ origin: "https://paper.example:8443" })],
  ["in clear", () => ({ origin: "http://paper.example" })],
  ["for another relying party", () => ({ rpId: "evil.example" })],
  ["by whoever held the device, without showing that it is theirs", () => ({ flags: present })],
  ["without anybody there", () => ({ flags: verified })],
  ["as a registration", () => ({ type: "webauthn.create" })],
  ["with the challenge of a registration", (_, registration) => ({ challenge: registration })],
  ["with a challenge of its own", () => ({ challenge: base64url(new TextEncoder().encode("x".repeat(40))) })],
  ["with a challenge that was changed", ({ challenge }) => ({ challenge: `${challenge.slice(0, -2)}AA` })],
  ["with a counter that goes back, as a copied key's does", () => ({ counter: 4 })],
  ["with a counter that stands still", () => ({ counter: 5 })],
  ["in somebody else's name", () => ({ userHandle: base64url(new Uint8Array(32)) })],
])("%s: nobody comes in", async (_, wrong) => {
  const it = await open();
  const said = await it.usual();
  expect(await it.enter(await it.signed({ ...said, ...wrong(said, it.registration) }))).toBeNull();
  expect(await it.sessions()).toBe(0);
  expect(await it.enter(await it.signed(said))).not.toBeNull(); // that it was this alone
});

test("nor after a quarter of an hour, nor who is switched off, nor by a signature that was changed", async () => {
  const it = await open();
  const answer = await it.signed(await it.usual());
  expect(await it.enter(answer, start.add({ minutes: 16 }))).toBeNull();
  const other = JSON.parse(answer);
  other.response.signature = JSON.parse(
    await it.signed({ ...(await it.usual()), counter: 7 }),
  ).response.signature;
  expect(await it.enter(JSON.stringify(other))).toBeNull();
  await changeEditor(it.database, salma, { off: true }, "test", start);
  expect(await it.enter(answer)).toBeNull();
  expect(await it.sessions()).toBe(0);
});
