// Letters that a server may have taken, held for a person: who they are, and what the person says becomes of them. Where a digest
// says nothing of them they are sent again by themselves (claim.ts).
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { type DigestTables, type IssueId, issueByName, takeUpAgain } from "../digests/index.ts";
import { type Clock, type Database, fromMilliseconds } from "../platform/index.ts";
import { parseAddress, type SubscriberTables, subscriberAt } from "../subscribers/index.ts";
import type { DeliveryTables } from "./ledger.ts";
import type { Doubt } from "./reasons.ts";

type Tables = DeliveryTables & DigestTables & SubscriberTables;

export type DoubtDeps = {
  database: Database<Tables>;
  now: Clock;
  /** Writes down who did what, if the statement before it in the batch changed something. */
  audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
};

/** One held letter. `reply`: the server's last words, or what was seen of its silence. */
export type Doubtful = {
  address: string;
  message_id: string | null;
  reply: string | null;
  tries: number;
  in_doubt: number;
  at: string;
};

/** How many held letters a page has. */
const pageSize = 100;

/**
 * A page of an issue's held letters, in the order of its subscribers.
 *
 * @param after the `next` of the page before; 0 at first
 */
export async function doubtsPage(
  db: Kysely<DeliveryTables>,
  issue: IssueId,
  after: number,
): Promise<{ letters: Doubtful[]; next: number | null }> {
  const rows = await db
    .selectFrom("deliveries")
    .select(["subscriber_id", "address", "message_id", "reply", "tries", "in_doubt", "at"])
    .where("issue_id", "=", issue)
    .where(held)
    .where(sql<number>`subscriber_id`, ">", after)
    .orderBy("subscriber_id")
    .limit(pageSize)
    .execute();
  return {
    letters: rows.map(({ subscriber_id: _, at, ...letter }) => ({
      ...letter,
      at: fromMilliseconds(at).toString(),
    })),
    next: rows.length === pageSize ? (rows.at(-1)?.subscriber_id ?? null) : null,
  };
}

/** In SQL, as the index of held letters has it. */
const held = sql<boolean>`reason = 'held'`;

/** How many letters of an issue are held. */
async function doubtCount(db: Kysely<DeliveryTables>, issue: IssueId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from deliveries where issue_id = ${issue} and ${held}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** `resend`: sent again, with the same Message-ID. `leave`: stays in doubt, and nobody is asked any more. */
export type Decision = "resend" | "leave";

export type Deciding =
  | { kind: "done"; letters: number; left: number }
  | { kind: "unknown-issue"; why: string }
  /** None is held, or none to this address. */
  | { kind: "refused"; why: string };

/**
 * Decides what becomes of the held letters of an issue. One that is over goes on until they are sent, for as long as its digest's
 * letters may take.
 *
 * @param address of one letter; null: all of them
 */
export async function decideDoubts(
  { database: { db, batch }, now, audit }: DoubtDeps,
  name: string,
  decision: Decision,
  address: string | null,
  actor: string,
): Promise<Deciding> {
  const issue = await issueByName(db, name);
  if (issue === null) return { kind: "unknown-issue", why: `There is no issue "${name}".` };
  const parsed = address === null ? null : parseAddress(address);
  if (parsed?.ok === false) return { kind: "refused", why: `"${address}" is no address.` };
  const subscriber = parsed?.ok ? await subscriberAt(db, parsed.key) : null;
  // Somebody may have moved since: then the letter has the address that they left.
  const whose =
    address === null ? sql`1 = 1` : sql`(subscriber_id = ${subscriber} or address = ${address.trim()})`;
  const ms = now().epochMilliseconds;
  const change =
    decision === "leave"
      ? sql`reason = ${"let-be" satisfies Doubt}, ended_at = ${ms}`
      : sql`reason = null, due_at = ${ms}`;
  const subject = `${name}: ${decision}${address === null ? "" : " one letter"}`; // a log of acts is kept longer than an address
  const [changed] = await batch([
    sql`update deliveries set ${change} where issue_id = ${issue.id} and ${held} and ${whose}
      and exists (select 1 from issues i where i.id = ${issue.id} and i.state in ('sending', 'sent'))`.compile(
      db,
    ),
    audit({ actor, act: "issue-doubts", subject }, now()),
    ...(decision === "resend"
      ? [
          takeUpAgain(db, issue.id, now()),
          sql`delete from issue_accounts where issue_id = ${issue.id} and changes() > 0`.compile(db),
        ]
      : []),
  ]);
  const letters = changed?.changes ?? 0;
  const left = await doubtCount(db, issue.id);
  if (letters > 0) return { kind: "done", letters, left };
  const whom = address === null ? `No letter of ${name}` : `No letter of ${name} to ${address}`;
  return { kind: "refused", why: `${whom} is held for somebody to decide; ${left} are in all.` };
}
