// What the tests of the gate share: a real store, requests by the hundred, and a challenge solved as the page solves it.
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import { parseAddress } from "../address.ts";
import { requestRow, type Wish } from "../requests.ts";
import { keys, openStore } from "../subscribers.fixture.ts";
import { type Admission, admit } from "./admit.ts";
import type { Challenge } from "./challenge.ts";
import type { Asker } from "./limits.ts";

const wish: Wish = { kind: "subscribe", digests: [1], sections: [], language: "ar", source: "page" };
const read = (text: string) => {
  const address = parseAddress(text);
  if (!address.ok) throw new Error(`${text}: ${address.why}`);
  return address;
};

/** What the script in the page sends. */
export async function solve(challenge: Challenge): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey });
  if (!solution) throw new Error("No solution was found.");
  const { counter, derivedKey } = solution;
  return JSON.stringify({ challenge, solution: { counter, derivedKey } });
}

export async function openGate() {
  const store = await openStore();
  const { db } = store;
  let count = 0;
  return {
    ...store,
    ask: (asker: Asker, more: { address?: string; answer?: string } = {}): Promise<Admission> =>
      admit(
        { db, keys },
        {
          address: read(more.address ?? `reader${count++}@paper.example`),
          wish,
          asker,
          answer: more.answer ?? "",
        },
        store.now(),
      ),
    /** So many requests that were taken just now. */
    flood: async (n: number, asker: Asker, domain = "paper.example") => {
      const token = "token" in asker ? asker.token : null;
      const rows = Array.from({ length: n }, () => ({
        ...requestRow({ address: read(`reader${count++}@${domain}`), asker, wish }, store.now()),
        token,
      }));
      while (rows.length > 0) await db.insertInto("requests").values(rows.splice(0, 9)).execute(); // D1's 100 parameters
    },
    requests: async () =>
      (await db.selectFrom("requests").select(["network", "token", "domain", "challenge"]).execute()).length,
  };
}
