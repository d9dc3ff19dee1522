// How far an issue is, for a page that is asked again every few seconds: counts that end, also where a million letters are under way.
import { type Kysely, sql } from "kysely";
import type { Issue, IssueId } from "../digests/index.ts";
import { accountOf, audienceWritten, type DeliveryTables, type WrittenAudience } from "./ledger.ts";
import { healthOf } from "./pace/health.ts";
import type { DeliveryState } from "./state.ts";

type Db = Kysely<DeliveryTables>;

export type Progress = {
  /** All that are to leave or have left. */
  letters: number;
  accepted: number;
  deferred: number;
  rejected: number;
  inDoubt: number;
  /** Expired, or withdrawn before they left. */
  given: number;
  /** Not tried yet, or under way. */
  waiting: number;
  /** How many candidates get none, for each reason. */
  exclusions: WrittenAudience["exclusions"];
};

/** Of one state no more are counted; beyond that the issue's own sums tell, which are a few seconds old. */
const mostCounted = 100_000;

/** States that are counted; what is in none of them waits. */
const counted = ["accepted", "deferred", "rejected", "in_doubt", "expired", "withdrawn"] as const;

/** How far an issue is: what it was counted as once it was over; of one under way, counts that end. */
export async function progressOf(
  db: Db,
  { id, candidates, finishedAt }: Pick<Issue, "id" | "candidates" | "finishedAt">,
): Promise<Progress> {
  const { counts, written } = finishedAt === null ? await underWay(db, id) : await kept(db, id);
  const of = (state: DeliveryState) => counts.get(state) ?? 0;
  const over = of("expired") + of("withdrawn");
  const sum = of("accepted") + of("deferred") + of("rejected") + of("in_doubt") + over;
  const letters = Math.max(sum, written?.letters ?? candidates ?? 0);
  return {
    letters,
    accepted: of("accepted"),
    deferred: of("deferred"),
    rejected: of("rejected"),
    inDoubt: of("in_doubt"),
    given: over,
    waiting: letters - sum,
    exclusions: written?.exclusions ?? [],
  };
}

type Counted = { counts: Map<DeliveryState, number>; written: WrittenAudience | null };

async function underWay(db: Db, issue: IssueId): Promise<Counted> {
  const written = await audienceWritten(db, issue);
  const { rows } = await sql<{ state: DeliveryState; count: number }>`
    select j.value as state, (select count(*) from (select 1 from deliveries d
      where d.issue_id = ${issue} and d.state = j.value limit ${mostCounted})) as count
    from json_each(${JSON.stringify(counted)}) j`.execute(db);
  const counts = new Map(rows.map(({ state, count }) => [state, count]));
  if ((counts.get("accepted") ?? 0) >= mostCounted) {
    const { sentInAll } = await healthOf(db, issue);
    counts.set("accepted", Math.max(mostCounted, sentInAll - (counts.get("rejected") ?? 0)));
  }
  return { counts, written };
}

/** An issue that is over was counted once for all. */
async function kept(db: Db, issue: IssueId): Promise<Counted> {
  const { states, exclusions } = await accountOf(db, issue);
  const letters = states.reduce((sum, { count }) => sum + count, 0);
  const counts = new Map(states.map(({ state, count }) => [state, count]));
  return { counts, written: { letters, exclusions } };
}

/** What the newsroom should know of the health of these issues: letters held for a person, and whether a line is near. */
export async function troublesOf(
  db: Db,
  issues: readonly IssueId[],
): Promise<{ issue: IssueId; held: number; warned: boolean; bounced: number; sent: number }[]> {
  const { rows } = await sql<{ issue: IssueId; held: number; warned: 0 | 1; bounced: number; sent: number }>`
    select j.value as issue, (select count(*) from (select 1 from deliveries d
        where d.issue_id = j.value and d.reason = 'held' limit 1000)) as held,
      h.warned_at is not null as warned, coalesce(h.bounced, 0) as bounced, coalesce(h.sent, 0) as sent
    from json_each(${JSON.stringify(issues)}) j left join issue_health h on h.issue_id = j.value`.execute(db);
  return rows.map(({ warned, ...it }) => ({ ...it, warned: warned === 1 }));
}
