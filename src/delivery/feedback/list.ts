// What came back lately, the newest first: for whoever watches over the mail.
import { type Kysely, sql } from "kysely";
import type { DigestTables, IssueId } from "../../digests/index.ts";
import { fromMilliseconds } from "../../platform/index.ts";
import type { DeliveryTables } from "../ledger.ts";
import type { FeedbackRow } from "./tables.ts";

/** One fact. Times are instants as text: this is told as it is. */
export type FeedbackLine = {
  id: number;
  at: string;
  /** Empty where its reader was erased. */
  address: string;
  kind: FeedbackRow["kind"];
  verdict: FeedbackRow["verdict"];
  code: string;
  words: string | null;
  known_by: FeedbackRow["known_by"];
  /** `digest/date-slot`, or null for a mail that is of no issue. */
  issue: string | null;
  /** `confirmation` and the like; null for a letter of an issue. */
  notice: string | null;
};

/** The most that are told at once. */
export const mostFeedback = 500;

/**
 * @param before an id of the page that came before this one
 * @param kind bounces or complaints alone
 */
export async function listFeedback(
  db: Kysely<DeliveryTables & DigestTables>,
  {
    before,
    count,
    kind,
  }: { before?: number | undefined; count: number; kind?: FeedbackRow["kind"] | undefined },
): Promise<FeedbackLine[]> {
  const { rows } = await sql<Omit<FeedbackLine, "at"> & { at: number }>`
    select f.id, f.at, coalesce(d.address, n.address) as address, f.kind, f.verdict, f.code, f.words, f.known_by,
      g.slug || '/' || i.local_date || '-' || i.slot as issue, n.kind as notice
    from feedback f
      left join deliveries d on d.id = f.delivery_id left join notices n on n.id = f.notice_id
      left join issues i on i.id = d.issue_id left join digests g on g.id = i.digest_id
    where f.id < ${before ?? Number.MAX_SAFE_INTEGER} and ${kind === undefined ? sql`1 = 1` : sql`f.kind = ${kind}`}
    order by f.id desc limit ${Math.min(count, mostFeedback)}`.execute(db);
  return rows.map((row) => ({ ...row, at: fromMilliseconds(row.at).toString() }));
}

/** What came back of one issue. */
export type CameBack = {
  bounces: number;
  complaints: number;
  /** The newest of both. */
  newest: Pick<FeedbackLine, "at" | "address" | "kind" | "verdict" | "code" | "words">[];
};

/** Of more than so many the number is not told: an issue pauses long before. */
const mostOfIssue = 100_000;

/** How many letters of an issue bounced or were complained of, and the newest of them in the servers' words. */
export async function cameBackOf(
  db: Kysely<DeliveryTables>,
  issue: IssueId,
  count: number,
): Promise<CameBack> {
  const kinds = ["bounce", "complaint"] as const;
  const [bounces, complaints] = await Promise.all(
    kinds.map(async (kind) => {
      const { rows } = await sql<{ count: number }>`select count(*) as count from (
        select 1 from feedback where issue_id = ${issue} and kind = ${kind} limit ${mostOfIssue})`.execute(
        db,
      );
      return rows[0]?.count ?? 0;
    }),
  );
  const newest = await Promise.all(
    kinds.map(async (kind) => {
      const { rows } = await sql<Omit<CameBack["newest"][number], "at"> & { id: number; at: number }>`
        select f.id, f.at, d.address, f.kind, f.verdict, f.code, f.words
        from feedback f cross join deliveries d on d.id = f.delivery_id
        where f.issue_id = ${issue} and f.kind = ${kind} order by f.id desc limit ${count}`.execute(db);
      return rows;
    }),
  );
  return {
    bounces: bounces ?? 0,
    complaints: complaints ?? 0,
    newest: newest
      .flat()
      .sort((a, b) => b.id - a.id)
      .slice(0, count)
      .map(({ id: _, at, ...row }) => ({ ...row, at: fromMilliseconds(at).toString() })),
  };
}
