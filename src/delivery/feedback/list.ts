// What came back lately, the newest first: for whoever watches over the mail.
import { type Kysely, sql } from "kysely";
import type { DigestTables } from "../../digests/index.ts";
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
