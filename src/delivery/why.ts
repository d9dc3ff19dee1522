// What happened to the mail of one address, and why: every letter with all of its tries in the server's words, what came back of it,
// and every issue that passed its reader by.
import { type Kysely, sql } from "kysely";
import {
  type DigestTables,
  type Issue,
  type IssueState,
  issueById,
  issueName,
  type PauseReason,
  rowsKeptSince,
} from "../digests/index.ts";
import { fromMilliseconds } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import {
  type SubscriberId,
  type SubscriberTables,
  type SuppressionReason,
  subscriberAt,
  suppressionOf,
} from "../subscribers/index.ts";
import type { FeedbackRow } from "./feedback/tables.ts";
import type { DeliveryTables } from "./ledger.ts";
import { type Wait, waitsNow, waitsOf } from "./pace/waits.ts";
import type { NoLetter } from "./reasons.ts";
import type { DeliveryState } from "./state.ts";

type Db = Kysely<DeliveryTables & DigestTables & SubscriberTables & SettingsTables>;

/** Times are instants as text: this is told as it is. */
type Sent = {
  got: DeliveryState;
  address: string;
  /** What keeps it waiting that is none of its own. */
  waits: Wait[];
  message_id: string | null;
  in_doubt: number;
  /** The first to the newest, with what the server said to each; of a try under way, nothing yet. */
  tries: { try: number; at: string; reply: string | null }[];
  /** What stands in the place of a reply where there was no try. */
  note: string | null;
  /** Why it was withdrawn; of one in doubt, `held` for a person, or `let-be` by one. */
  reason: string | null;
  /** When it was withdrawn or expired. */
  ended_at: string | null;
  feedback: (Pick<FeedbackRow, "kind" | "verdict" | "code" | "words" | "known_by"> & { at: string })[];
};

/** What an editor did with the issue, where that is why a letter has not left. */
type Stopped = {
  paused: { reason: PauseReason; by: string | null; since: string } | null;
  cancelled: { by: string | null; reason: string | null } | null;
};

export type WhyLetter =
  | ({ issue: string } & Sent & Stopped)
  | { issue: string; got: "left-out"; reason: string }
  /** Its ledger is counts by now: only failures are still kept by name. */
  | { issue: string; got: "folded" }
  /** Neither: see {@link whyNoCandidate}. */
  | { issue: string; got: "no-candidate"; because: NoCandidate; state: IssueState; reason: string };

/** Why somebody stands in no ledger of an issue: `notWronged`: they were not sent what it corrects. */
type NoCandidate = "notWritten" | "notYet" | "notWronged" | "noSubscription";

export type Why = {
  /** Null where nobody with this address is kept. */
  subscriber: SubscriberId | null;
  suppression: { reason: SuppressionReason; at: string } | null;
  /** The newest issue first. */
  letters: WhyLetter[];
  /** Of issues that were over by then only failures are kept by name; null where all still have their rows. */
  folded_before: string | null;
  notices: ({ notice: string } & Sent)[];
};

/**
 * @param addressKey of the address that is asked about
 * @param issue the one that is asked about, or null for the newest
 * @param most how many letters, and how many notices
 */
export async function whyOf(
  db: Db,
  addressKey: string,
  issue: Issue | null,
  most: number,
  now: Temporal.Instant,
): Promise<Why> {
  const suppression = await suppressionOf(db, addressKey);
  const subscriber = await subscriberAt(db, addressKey);
  return {
    subscriber,
    suppression: suppression && { ...suppression, at: suppression.at.toString() },
    letters: subscriber === null ? [] : await lettersTo(db, subscriber, issue, most, now),
    folded_before: (await foldedBefore(db))?.toString() ?? null,
    notices: subscriber === null || issue !== null ? [] : await noticesTo(db, subscriber, most, now),
  };
}

async function foldedBefore(db: Db): Promise<Temporal.Instant | null> {
  const { rows } = await sql<{
    last: number | null;
  }>`select max(issue_id) as last from folded_deliveries`.execute(db);
  return rows[0]?.last == null ? null : rowsKeptSince(db);
}

const columns = [
  "id",
  "state",
  "address",
  "message_id",
  "in_doubt",
  "tries",
  "reply",
  "at",
  "reason",
  "ended_at",
] as const;

export async function lettersTo(
  db: Db,
  subscriber: SubscriberId,
  issue: Issue | null,
  most: number,
  now: Temporal.Instant,
): Promise<WhyLetter[]> {
  const ofIssue = sql<boolean>`${issue === null ? sql`1 = 1` : sql`issue_id = ${issue.id}`}`;
  const rows = await db
    .selectFrom("deliveries")
    .select(["issue_id", "destination", ...columns])
    .where("subscriber_id", "=", subscriber)
    .where(ofIssue)
    .orderBy(sql<number>`id`, "desc")
    .limit(most)
    .execute();
  const exclusions = await db
    .selectFrom("exclusions")
    .select(["issue_id", "reason"])
    .where("subscriber_id", "=", subscriber)
    .where(ofIssue)
    .orderBy("issue_id", "desc")
    .limit(most)
    .execute();
  const sent = await told(db, subscriber, "delivery_id", rows, now);
  const letters = [
    ...rows.map((row, n) => ({ id: row.issue_id, letter: sent[n] })),
    ...exclusions.map(({ issue_id, reason }) => ({
      id: issue_id,
      letter: { got: "left-out" as const, reason },
    })),
  ]
    .sort((a, b) => b.id - a.id)
    .slice(0, most);
  const named: WhyLetter[] = [];
  for (const { id, letter } of letters) {
    const it = issue ?? (await issueById(db, id));
    if (!it || !letter) continue;
    named.push(
      letter.got === "left-out"
        ? { issue: issueName(it), ...letter }
        : { issue: issueName(it), ...letter, ...stoppedBy(it, letter) },
    );
  }
  if (issue !== null && named.length === 0)
    named.push(
      subscriber <= issue.foldedThrough
        ? { issue: issueName(issue), got: "folded" }
        : {
            issue: issueName(issue),
            got: "no-candidate",
            because: noCandidate(issue),
            state: issue.state,
            reason: whyNoCandidate(issue),
          },
    );
  return named;
}

const isWaiting = ({ state, reason }: Pick<Row, "state" | "reason">) =>
  reason === null && (state === "queued" || state === "deferred" || state === "in_doubt");

function stoppedBy(issue: Issue, { got, reason }: Sent): Stopped {
  const waits = got === "queued" || got === "claimed" || got === "deferred" || got === "in_doubt";
  const cancelled: NoLetter = "issue-cancelled";
  return {
    paused: waits && issue.paused ? { ...issue.paused, since: issue.paused.since.toString() } : null,
    cancelled: reason === cancelled ? { by: issue.cancelledBy, reason: issue.reason } : null,
  };
}

type Standing = Pick<Issue, "kind" | "state" | "frozenThrough" | "candidates">;

/** Why somebody stands neither among those whom an issue goes to nor among those who were left out of it. */
function noCandidate({ kind, frozenThrough, candidates }: Standing): NoCandidate {
  if (candidates === null) return frozenThrough === 0 ? "notWritten" : "notYet";
  return kind === "correction" ? "notWronged" : "noSubscription";
}

/** The same, in English. */
export function whyNoCandidate(issue: Standing): string {
  switch (noCandidate(issue)) {
    case "notWritten":
      return `the audience of the issue is not written: it is ${issue.state}`;
    case "notYet":
      return `is not in the audience of the issue as far as it is written: the issue is ${issue.state}`;
    case "notWronged":
      return "was not sent what this issue corrects, as it was before it was put right";
    case "noSubscription":
      return "had no subscription to this digest when the audience of the issue was written";
  }
}

async function noticesTo(
  db: Db,
  subscriber: SubscriberId,
  most: number,
  now: Temporal.Instant,
): Promise<Why["notices"]> {
  const rows = await db
    .selectFrom("notices")
    .select(["kind", ...columns])
    .where(sql`data ->> 'subscriber'`, "=", subscriber)
    .orderBy(sql<number>`id`, "desc")
    .limit(most)
    .execute();
  const sent = await told(db, subscriber, "notice_id", rows, now);
  return rows.flatMap(({ kind }, n) => {
    const it = sent[n];
    return it ? [{ notice: kind, ...it }] : [];
  });
}

type Row = {
  id: number;
  state: DeliveryState;
  address: string;
  /** Where it goes to; of a notice unknown, as it waits for no group but only for its transport. */
  destination?: string;
  message_id: string | null;
  in_doubt: number;
  tries: number;
  reply: string | null;
  at: number;
  reason: string | null;
  ended_at: number | null;
};

/** The rows of letters with their earlier tries and what came back of them. */
async function told(
  db: Db,
  subscriber: SubscriberId,
  column: "delivery_id" | "notice_id",
  rows: readonly Row[],
  now: Temporal.Instant,
): Promise<Sent[]> {
  const waits = rows.some(isWaiting) ? await waitsNow(db, now) : [];
  const ids = sql`(select value from json_each(${JSON.stringify(rows.map(({ id }) => id))}))`;
  const earlier =
    column === "notice_id"
      ? []
      : await db
          .selectFrom("earlier_tries")
          .select(["delivery_id", "try", "reply", "at"])
          .where("delivery_id", "in", sql<number>`${ids}`)
          .orderBy("delivery_id")
          .orderBy("try")
          .execute();
  const feedback = await db
    .selectFrom("feedback")
    .select(["delivery_id", "notice_id", "kind", "verdict", "code", "words", "known_by", "at"])
    .where("subscriber_id", "=", subscriber)
    .where(column, "in", sql<number>`${ids}`)
    .orderBy(sql<number>`id`)
    .execute();
  return rows.map((row) => {
    const { id, state, address, message_id, in_doubt, tries, reply, at, reason, ended_at } = row;
    const last = { try: tries, at: fromMilliseconds(at).toString(), reply };
    const before = earlier
      .filter((it) => it.delivery_id === id && it.try < tries)
      .map((it) => ({ try: it.try, at: fromMilliseconds(it.at).toString(), reply: it.reply }));
    return {
      got: state,
      address,
      waits: isWaiting(row) ? waitsOf(waits, { address, destination: row.destination ?? "" }) : [],
      message_id,
      in_doubt,
      tries: tries === 0 ? [] : [...before, last],
      note: tries === 0 ? reply : null,
      reason,
      ended_at: ended_at === null ? null : fromMilliseconds(ended_at).toString(),
      feedback: feedback
        .filter((it) => it[column] === id)
        .map(({ kind, verdict, code, words, known_by, at: came }) => ({
          kind,
          verdict,
          code,
          words,
          known_by,
          at: fromMilliseconds(came).toString(),
        })),
    };
  });
}
