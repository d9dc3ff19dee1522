// A bounce or complaint is booked, whether a server said it at once or a report came back: a fact beside the letter, and, where the
// codes say so, a suppression; all or nothing, and once.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import { type Database, sha256 } from "../../platform/index.ts";
import {
  leaving,
  parseAddress,
  type SubscriberTables,
  type SuppressionReason,
  suppressing,
} from "../../subscribers/index.ts";
import type { DeliveryTables } from "../ledger.ts";
import type { Letter } from "./letter.ts";
import type { Report } from "./read.ts";

type Tables = DeliveryTables & SubscriberTables;
type Fact = Extract<Report, { kind: "bounce" | "complaint" }>;
/** What is said of an address, whoever says it. */
type Refusal = Pick<Extract<Report, { kind: "bounce" }>, "kind" | "verdict" | "code" | "words">;
type Complaint = Extract<Report, { kind: "complaint" }>;

/** A letter that was refused without a clear code counts again when so much time lies between two: another day's issue. */
const anotherDayHours = 20;

/** So many reports of one letter are kept: its reader can write to its return path as often as they like. */
const mostOfLetter = 20;

/** Soft: so many issues in so many days, so far apart from first to last, none of them clean between. */
const soft = { issues: 5, days: 15, apartDays: 7 };

export type Booked = {
  /** False where this report was booked before. */
  isNew: boolean;
  /** Whether it led to the address not being mailed any more. */
  suppressed: boolean;
};

/** Books what a report says of a letter. @param bytes the report as it came, for one that has no id of its own */
export async function bookFeedback(
  { db, batch }: Database<Tables>,
  letter: Letter,
  fact: Fact,
  bytes: Uint8Array<ArrayBuffer>,
  now: Temporal.Instant,
): Promise<Booked> {
  const address = parseAddress(letter.address);
  if (!address.ok) return { isNew: false, suppressed: false }; // erased
  // An address alone proves nothing and can be written by anybody as often as they like: one such fact a letter.
  const report = letter.knownBy === "address" ? "by address" : await sha256(fact.about.id ?? bytes);
  const [booked, ...others] = await batch([
    insertFact(db, letter, fact, report, now, fewOf(letter)),
    ...(letter.knownBy === "address"
      ? []
      : [
          ...consequences(db, letter, address.key, fact, report, now),
          ...countedForIssue(db, letter, fact, report, now),
        ]),
  ]);
  const isNew = (booked?.changes ?? 0) > 0;
  // More than one on D1, which counts what a trigger changes along.
  return { isNew, suppressed: isNew && (others[0]?.changes ?? 0) > 0 };
}

/**
 * Statements that book what a server said of an address when it refused a letter, for the batch that books the letter, and before
 * that.
 *
 * @param worker who has the letter: where it is somebody else's by now, nothing is booked
 */
export function bookingRefusal(
  db: Kysely<Tables>,
  letter: Letter,
  worker: string,
  refusal: Omit<Refusal, "kind">,
  now: Temporal.Instant,
): CompiledQuery[] {
  const address = parseAddress(letter.address);
  if (!address.ok) return [];
  const fact = { kind: "bounce", ...refusal } as const;
  const held = sql<boolean>`worker = ${worker} and state in ('claimed', 'sending')`;
  return [
    insertFact(db, letter, fact, "reply", now, held),
    ...consequences(db, letter, address.key, fact, "reply", now),
  ];
}

const fewOf = (letter: Letter) => {
  const ref = sql.ref(letter.table === "deliveries" ? "delivery_id" : "notice_id");
  return sql<boolean>`(select count(*) from feedback where ${ref} = ${letter.id}) < ${mostOfLetter}`;
};

function insertFact(
  db: Kysely<Tables>,
  letter: Letter,
  fact: Refusal | Omit<Complaint, "about">,
  report: string,
  now: Temporal.Instant,
  condition: RawBuilder<boolean> = sql`1 = 1`,
): CompiledQuery {
  const [verdict, code, words] =
    fact.kind === "bounce" ? [fact.verdict, fact.code, fact.words] : [fact.type, "", ""];
  const ofIssue = letter.table === "deliveries";
  const column = sql.ref(ofIssue ? "delivery_id" : "notice_id");
  const issue = ofIssue ? sql`issue_id` : sql`null`;
  // Somebody may be erased at this moment: then nothing is written.
  return sql`insert or ignore into feedback
      (${column}, issue_id, subscriber_id, kind, verdict, code, words, known_by, report, letter_at, at)
    select id, ${issue}, ${letter.subscriber}, ${fact.kind}, ${verdict}, ${code}, ${words}, ${letter.knownBy}, ${report},
      ${letter.sentAt.epochMilliseconds}, ${now.epochMilliseconds}
    from ${sql.table(letter.table)} where id = ${letter.id} and address = ${letter.address} and ${condition}`.compile(
    db,
  );
}

/** What follows, right behind the fact and only if it is new. The first statement is the suppression. */
function consequences(
  db: Kysely<Tables>,
  letter: Letter,
  key: string,
  fact: Refusal | Omit<Complaint, "about">,
  report: string,
  now: Temporal.Instant,
): CompiledQuery[] {
  const suppress = (reason: Exclude<SuppressionReason, "erased">, also: RawBuilder<boolean> = sql`1 = 1`) =>
    suppressing(db, [{ key, reason }], now, sql<boolean>`changes() > 0 and ${also}`);
  if (fact.kind === "complaint") {
    const reason = fact.type === "abuse" ? "complaint" : "unsubscribed";
    const ref = sql.ref(letter.table === "deliveries" ? "delivery_id" : "notice_id");
    const isNew = sql<boolean>`exists (select 1 from feedback
      where ${ref} = ${letter.id} and report = ${report} and at = ${now.epochMilliseconds})`;
    const what = { subscriber: letter.subscriber, digest: null };
    return [
      suppress(reason),
      ...(what.subscriber === null
        ? []
        : leaving(db, { ...what, subscriber: what.subscriber }, "complaint", { via: "mail" }, now, isNew)),
    ];
  }
  switch (fact.verdict) {
    case "hard":
      return [suppress("hard-bounce")];
    case "likely-hard":
    case "unclear":
      return letter.table === "deliveries" ? [suppress("hard-bounce", refusedAnotherDay(letter))] : [];
    case "soft":
      return letter.table === "deliveries" ? [suppress("soft-bounces", softForLong(letter))] : [];
    case "sender":
    case "content":
      return [];
  }
}

/**
 * What a report adds to the sums of its letter's issue, if it is new: each letter came back once and was complained of once, however many
 * say so, or one reader would pause an issue.
 */
function countedForIssue(
  db: Kysely<Tables>,
  letter: Letter,
  fact: Fact,
  report: string,
  now: Temporal.Instant,
): CompiledQuery[] {
  if (letter.table === "notices") return [];
  const isBounce = fact.kind === "bounce" && ["hard", "likely-hard", "unclear"].includes(fact.verdict);
  const isComplaint = fact.kind === "complaint" && fact.type === "abuse";
  if (!isBounce && !isComplaint) return [];
  const alike = isBounce ? sql`'hard', 'likely-hard', 'unclear'` : sql`'abuse'`;
  return [
    sql`insert into issue_health (issue_id, bounced, complained)
      select d.issue_id, ${isBounce ? 1 : 0}, ${isComplaint ? 1 : 0}
      from feedback f join deliveries d on d.id = f.delivery_id
      where f.delivery_id = ${letter.id} and f.report = ${report} and f.at = ${now.epochMilliseconds}
        and f.letter_at = ${letter.sentAt.epochMilliseconds}
        and not exists (select 1 from feedback o where o.delivery_id = f.delivery_id and o.id <> f.id
          and o.known_by <> 'address' and o.verdict in (${alike}))
      on conflict (issue_id) do update set bounced = bounced + excluded.bounced,
        complained = complained + excluded.complained`.compile(db),
  ];
}

/** Bounces of this reader's letters to this address that count, as a list of a statement. */
const bouncesOf = (letter: Letter, verdicts: RawBuilder<unknown>) => sql`
  select d.id, d.issue_id, f.letter_at from feedback f cross join deliveries d on d.id = f.delivery_id
  where f.subscriber_id = ${letter.subscriber} and f.kind = 'bounce' and f.known_by <> 'address'
    and f.verdict in (${verdicts}) and d.address = ${letter.address}
    and not (f.known_by = 'reply' and d.state = 'accepted')`; // it was full for an hour

const refusedAnotherDay = (letter: Letter) => {
  const apart = anotherDayHours * 3_600_000;
  return sql<boolean>`exists (select 1 from (${bouncesOf(letter, sql`'hard', 'likely-hard', 'unclear'`)}) b
    where abs(b.letter_at - ${letter.sentAt.epochMilliseconds}) >= ${apart})`;
};

/** Letters that a server took and of which nothing came back end a row of soft bounces; that it did, an address alone does not prove. */
const softForLong = (letter: Letter) => sql<boolean>`(
  with bounced as materialized (${bouncesOf(letter, sql`'soft'`)}),
    clean as (
      select c.id from deliveries c
      where c.subscriber_id = ${letter.subscriber} and c.address = ${letter.address} and c.state = 'accepted'
        and c.id < (select max(id) from bounced) and not exists (select 1 from feedback f
          where f.delivery_id = c.id and f.known_by not in ('reply', 'address'))
      order by c.id desc limit 1),
    lately as (
      select issue_id, letter_at from bounced
      where id > coalesce((select id from clean), 0)
        and letter_at > (select max(letter_at) from bounced) - ${soft.days * 86_400_000})
  select count(distinct issue_id) >= ${soft.issues} and max(letter_at) - min(letter_at) >= ${soft.apartDays * 86_400_000}
  from lately)`;
