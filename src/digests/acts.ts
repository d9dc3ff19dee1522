// What an editor does with an issue as a whole: approves it, calls it off, has it built anew. Each act is one statement with its
// condition in it, so that of any number of editors and clocks that race, one acts and the others are told.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { type FeedKey, type FeedTables, touchFeedsIn } from "../feeds/index.ts";
import type { Batch, Clock, Log } from "../platform/index.ts";
import { dropEditions } from "./editions.ts";
import { open } from "./hand-store.ts";
import { moveIssue, reopened } from "./issue-steps.ts";
import { issueByName, issueName } from "./issue-store.ts";
import { type PauseReason, pauseIssue, resumeIssue } from "./pause.ts";
import type { DigestTables, Issue } from "./tables.ts";

export type ActDeps = {
  database: { db: Kysely<DigestTables & FeedTables>; batch: Batch };
  now: Clock;
  /** Writes down who did what, if the statement before it in the batch changed something. */
  audit: (entry: { actor: string; act: string; subject: string }, now: Temporal.Instant) => CompiledQuery;
};

export type Acting =
  | { kind: "done"; issue: Issue }
  | { kind: "unknown-issue"; why: string }
  /** It is not what the act was meant for: gone out, built anew, or nobody's to approve. */
  | { kind: "refused"; issue: Issue; why: string };

/**
 * Approves an issue that waits: from its time on its audience is written.
 *
 * @param revision the one that the editor saw; of any other nothing is approved
 */
export async function approveIssue(
  deps: ActDeps,
  name: string,
  revision: number,
  actor: string,
): Promise<Acting> {
  const approve = (issue: Issue) =>
    sql`update issues set state = 'built', approved_by = ${actor}
      where id = ${issue.id} and state = 'waiting' and revision = ${revision}`.compile(deps.database.db);
  return act(deps, name, { actor, act: "issue-approve", about: `revision ${revision}` }, approve, (issue) => {
    if (issue.state === "waiting" || issue.state === "opened")
      return issue.revision === revision || issue.state === "opened"
        ? `${name} is being built anew. Look at it in a minute.`
        : `${name} has changed since you saw it: it is revision ${issue.revision} now, and you saw ${revision}. Look at it again and approve that.`;
    if (issue.approvedBy !== null)
      return `${name} was approved by ${issue.approvedBy} already; it is ${issue.state}.`;
    return `${name} is ${issue.state} and waits for nobody.`;
  });
}

/**
 * Sends an issue at once, whatever its time: it is approved, and its time is now.
 *
 * @param revision the one that the editor saw; of any other nothing is sent
 */
export async function sendNow(deps: ActDeps, name: string, revision: number, actor: string): Promise<Acting> {
  const now = deps.now().epochMilliseconds;
  const send = (issue: Issue) =>
    sql`update issues set state = 'built', approved_by = ${actor}, planned_at = min(planned_at, ${now})
      where id = ${issue.id} and frozen_through = 0 and revision = ${revision}
        and (state = 'waiting' or (state = 'built' and planned_at > ${now}))`.compile(deps.database.db);
  return act(deps, name, { actor, act: "issue-send-now", about: `revision ${revision}` }, send, (issue) => {
    if (issue.state === "opened") return `${name} is being built. Look at it in a minute.`;
    return issue.revision === revision
      ? `${name} is ${issue.state}: it is on its way already, or over.`
      : `${name} has changed since you saw it: it is revision ${issue.revision} now, and you saw ${revision}. Look at it again.`;
  });
}

/**
 * Calls an issue off. Before its audience is written nothing of it ever leaves; later, what has not left is withdrawn: what a worker
 * holds at once, the rest by the next ticks.
 */
export async function cancelIssue(
  deps: ActDeps & {
    /** Withdraws what workers hold of it, if it is being called off. */
    withdrawClaimed: (issue: Issue, now: Temporal.Instant) => CompiledQuery;
  },
  name: string,
  reason: string,
  actor: string,
): Promise<Acting> {
  const { db } = deps.database;
  const begun = sql`(state = 'sending' or frozen_through > 0)`;
  const cancel = (issue: Issue) =>
    sql`update issues set reason = ${reason}, cancelled_by = ${actor}, paused = null,
        finished_at = case when ${begun} then null else ${deps.now().epochMilliseconds} end,
        state = case when ${begun} then 'cancelling' else 'cancelled' end
      where id = ${issue.id} and state in ('opened', 'waiting', 'built', 'sending')`.compile(db);
  return act(
    deps,
    name,
    { actor, act: "issue-cancel", about: reason },
    cancel,
    (issue) => `${name} is ${issue.state}: there is nothing left to call off.`,
    (issue) => {
      const feed: FeedKey = `digest/${issue.digestId}`;
      return [
        touchFeedsIn(db, sql<{ feed: FeedKey }>`select ${feed} as feed where changes() > 0`, deps.now()), // only if it was
        deps.withdrawClaimed(issue, deps.now()),
      ];
    },
  );
}

/** Has an issue built anew from what is published now; if it was approved, it waits again. */
export async function rebuildIssue(deps: ActDeps, name: string, actor: string): Promise<Acting> {
  const { db } = deps.database;
  const reopen = (issue: Issue) =>
    sql`update issues set ${reopened(deps.now())}
      where id = ${issue.id} and state <> 'opened' and ${open}`.compile(db);
  return act(
    deps,
    name,
    { actor, act: "issue-rebuild", about: "" },
    reopen,
    (issue) =>
      issue.state === "opened"
        ? `${name} is being built already.`
        : `${name} is ${issue.state}: who gets it is settled, and nothing of it changes any more.`,
    // Not while others build it: only if this changed something.
    ({ id }) => dropEditions(db, sql`select ${id}`, sql<boolean>`changes() > 0`),
  );
}

/**
 * Pauses an issue: from this statement on nothing of it is claimed, what workers hold goes back to the queue, and what is on the wire
 * is finished. Its letters do not expire meanwhile.
 *
 * @param words why, for whoever finds it paused; may be empty
 */
export async function pauseByHand(
  deps: ActDeps & {
    /** Takes back what workers hold of it, if it is paused. */
    releaseClaimed: (issue: Issue, now: Temporal.Instant) => CompiledQuery;
  },
  name: string,
  words: string,
  actor: string,
): Promise<Acting> {
  const reason: PauseReason = { kind: "person", words };
  return act(
    deps,
    name,
    { actor, act: "issue-pause", about: words },
    (issue) => pauseIssue(deps.database.db, issue.id, reason, actor, deps.now()),
    (issue) =>
      issue.paused === null
        ? `${name} is ${issue.state}: nothing of it is still to leave.`
        : `${name} is paused already, since ${issue.paused.since}${issue.paused.by === null ? "" : `, by ${issue.paused.by}`}.`,
    (issue) => [deps.releaseClaimed(issue, deps.now())],
  );
}

/**
 * Lets a paused issue go on. Past its deadline only where it is said how long it may still take: news that is hours old goes to
 * nobody by a mere press.
 *
 * @param minutes its letters may leave for so long from now, also those whose deadline has passed; null: their deadline holds
 */
export async function resumeByHand(
  deps: ActDeps & {
    /** Forgets what led to the pause, if the statement before it changed something. */
    forgetHealth: (issue: Issue) => CompiledQuery;
  },
  name: string,
  minutes: number | null,
  actor: string,
): Promise<Acting> {
  const now = deps.now();
  const until = minutes === null ? null : now.add({ minutes });
  return act(
    deps,
    name,
    { actor, act: "issue-resume", about: until === null ? "" : `until ${until}` },
    (issue) => resumeIssue(deps.database.db, issue.id, until, now),
    (issue) =>
      issue.paused === null
        ? `${name} is ${issue.state} and not paused.`
        : `The time in which letters of ${name} may leave is over, and they were kept while it was paused. Say how many minutes they may still take ("nashra issue resume ${name} --minutes 60"), or call the issue off.`,
    (issue) => [deps.forgetHealth(issue)],
  );
}

async function act(
  { database: { db, batch }, now, audit }: ActDeps,
  name: string,
  entry: { actor: string; act: string; about: string },
  change: (issue: Issue) => CompiledQuery,
  refusal: (issue: Issue) => string,
  further: (issue: Issue) => CompiledQuery[] = () => [],
): Promise<Acting> {
  const issue = await issueByName(db, name);
  if (issue === null)
    return {
      kind: "unknown-issue",
      why: `There is no issue "${name}". One that is still to come can be approved or called off once it is open; "nashra digest set DIGEST --skip DATE/SLOT" leaves it out.`,
    };
  const { about, ...rest } = entry;
  const logged = audit({ ...rest, subject: about === "" ? name : `${name}: ${about}` }, now());
  const [changed] = await batch([change(issue), logged, ...further(issue)]);
  const after = (await issueByName(db, name)) ?? issue;
  return changed?.changes === 1
    ? { kind: "done", issue: after }
    : { kind: "refused", issue: after, why: refusal(after) };
}

/** The clock's side: an issue that nobody answered in time is sent or left out, as its digest's rule says. */
export async function settleUnanswered(
  deps: { database: { db: Kysely<DigestTables> }; now: Clock; log: Log },
  issue: Issue,
): Promise<void> {
  const { db } = deps.database;
  const now = deps.now();
  if (issue.approval === null || Temporal.Instant.compare(now, issue.approval.by) < 0) return;
  const moved =
    issue.approval.unanswered === "send"
      ? await moveIssue(db, issue.id, "waiting", { state: "built" }, now)
      : await moveIssue(
          db,
          issue.id,
          "waiting",
          { state: "skipped", reason: "nobody approved it in time" },
          now,
        );
  if (moved)
    deps.log.warn(
      { issue: issueName(issue), unanswered: issue.approval.unanswered },
      "nobody approved it in time",
    );
}
