// The gate: a request is written down if the limits let it, in the one statement that also counts.
import { type Kysely, sql } from "kysely";
import type { Keyring } from "../../config.ts";
import type { ParsedAddress } from "../address.ts";
import { requestRow, type Wish } from "../requests.ts";
import type { RequestId, SubscriberTables } from "../tables.ts";
import { type Challenge, makeChallenge, solvedChallenge } from "./challenge.ts";
import { isBelow, secondsUntilBelow } from "./count.ts";
import { type Asker, type Counted, countedBy } from "./limits.ts";

export type Asked = {
  address: ParsedAddress;
  wish: Wish;
  asker: Asker;
  /** What the page's script found, as it came; '' if there is none. */
  answer: string;
};

export type Admission =
  | { kind: "admitted"; request: RequestId }
  /** More is asked than usual: a solved challenge lets it through at once, and waiting lets it through without. */
  | { kind: "challenge"; challenge: Challenge; seconds: number }
  /** Far more is asked than usual: in so many seconds again. */
  | { kind: "wait"; seconds: number };

type Deps = { db: Kysely<SubscriberTables>; keys: Keyring };

/** Writes a request down, or says what it takes. Depends on the network, the domain and the hour; never on who is subscribed. */
export async function admit({ db, keys }: Deps, asked: Asked, now: Temporal.Instant): Promise<Admission> {
  const row = { ...requestRow(asked, now), token: "token" in asked.asker ? asked.asker.token : null };
  const counted = countedBy(asked.asker, row.domain);
  const challenge = await solvedChallenge(keys, asked.answer, now);
  // An answer that was used is none: a page that is sent twice is then a request like any other.
  const request =
    (challenge === null ? null : await insertIfBelow(db, { ...row, challenge }, counted, "hard", now)) ??
    (await insertIfBelow(db, { ...row, challenge: null }, counted, "soft", now));
  if (request !== null) return { kind: "admitted", request };
  const wait = await secondsUntilBelow(db, counted, "hard", now);
  if (wait !== null) return { kind: "wait", seconds: wait };
  const seconds = (await secondsUntilBelow(db, counted, "soft", now)) ?? 1;
  return { kind: "challenge", challenge: await makeChallenge(keys, now), seconds };
}

/** @returns null if a line is reached, or the challenge was used before: of requests at the same time, each counts the others */
async function insertIfBelow(
  db: Kysely<SubscriberTables>,
  row: ReturnType<typeof requestRow> & { token: string | null; challenge: string | null },
  counted: readonly Counted[],
  level: "soft" | "hard",
  now: Temporal.Instant,
): Promise<RequestId | null> {
  const { rows } = await sql<{ id: RequestId }>`
    insert into requests (${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
    select ${sql.join(Object.values(row))} where ${isBelow(counted, level, now)}
    on conflict (challenge) where challenge is not null do nothing
    returning id`.execute(db);
  return rows[0]?.id ?? null;
}
