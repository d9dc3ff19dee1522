// The SQL that takes an issue on from state to state, and the conditions on its state that others put into their own statements.
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from "kysely";
import type { DigestTables, Issue, IssueId, IssueState } from "./tables.ts";

type Db = Kysely<DigestTables>;

/**
 * Moves an issue from one state to the next; one that was built anew gets its next revision. False if it was not in the first: somebody else moved it.
 *
 * @param condition what else must hold
 */
export async function moveIssue(
  db: Db,
  id: IssueId,
  from: IssueState,
  to: { state: "waiting" | "built" | "sent" | "cancelled" } | { state: "skipped"; reason: string },
  now: Temporal.Instant,
  condition: RawBuilder<boolean> = sql<boolean>`1 = 1`,
): Promise<boolean> {
  const over = to.state === "sent" || to.state === "skipped" || to.state === "cancelled";
  const row = await db
    .updateTable("issues")
    .set({
      state: to.state,
      ...(over ? { finished_at: now.epochMilliseconds, paused: null } : {}),
      ...("reason" in to ? { reason: to.reason } : {}),
      ...(from === "opened" ? { revision: sql<number>`revision + 1` } : {}),
    })
    .where("id", "=", id)
    .where("state", "=", from)
    .where(condition)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * In SQL, what an issue is set to that is to be built anew: nobody approved it any more, and whoever is to has as long as the digest's
 * rule gives, also where the time that it had is over.
 */
export const reopened = (
  now: Temporal.Instant,
): RawBuilder<unknown> => sql`state = 'opened', approved_by = null,
  approve_by = case when approve_by is null then null else max(approve_by, ${now.epochMilliseconds} + 60000 * coalesce(
    (select d.approval ->> 'deadlineMinutes' from digests d where d.id = issues.digest_id), 0)) end`;

/** The texts of an issue that was not frozen yet have changed: what an editor saw of it is another one now. */
export async function raiseRevision(db: Db, issue: Issue): Promise<void> {
  await db
    .updateTable("issues")
    .set({ revision: issue.revision + 1 })
    .where("id", "=", issue.id)
    .where("state", "=", issue.state)
    .where("revision", "=", issue.revision)
    .execute();
}

/**
 * Notes how far an audience is written. Goes into the batch that writes it, before what it writes, which stands under
 * {@link frozenTo}: so that a process that read a page before another ended the freezing adds nothing after it.
 *
 * @param condition that the editions are still those that the audience was judged by
 */
export function markFrozenThrough(
  db: Db,
  id: IssueId,
  from: number,
  to: number,
  condition: RawBuilder<boolean>,
): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ frozen_through: to })
    .where("id", "=", id)
    .where("state", "=", "built")
    .where("frozen_through", "=", from)
    .where(condition)
    .compile();
}

/** True in a batch behind {@link markFrozenThrough}, if it is this page's turn to be written. */
export const frozenTo = (id: IssueId, through: number) => sql<boolean>`exists (
  select 1 from issues i where i.id = ${id} and i.state = 'built' and i.frozen_through = ${through})`;

/** In SQL: whether an issue is in this state. */
export const issueIs = (id: IssueId, state: IssueState) =>
  sql<boolean>`exists (select 1 from issues i where i.id = ${id} and i.state = ${state})`;

/** In SQL: whether letters of an issue may leave: it is being sent, and nobody paused it. */
export const lettersMayLeave = (id: IssueId) =>
  sql<boolean>`exists (select 1 from issues i where i.id = ${id} and i.state = 'sending' and i.paused is null)`;

/** As the text of SQL: whether letters of an issue that may have been taken are held for a person. @param issue the column with its id */
export const doubtsAreHeld = (issue: "deliveries.issue_id"): string => `exists (
  select 1 from issues i join digests d on d.id = i.digest_id where i.id = ${issue} and d.in_doubt = 'hold')`;

/** The whole audience is written: notes how many candidates there were and lets the issue be sent. */
export function endFreezing(db: Db, id: IssueId, candidates: number): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ state: "sending", candidates })
    .where("id", "=", id)
    .where("state", "=", "built")
    .compile();
}

/** In SQL: an issue is being written or sent, or one goes by the ledger of another. A paused one keeps nobody. */
const underWay = sql<boolean>`(exists (select 1 from issues u where u.state in ('sending', 'cancelling') and u.paused is null)
  or exists (select 1 from issues u where u.state = 'built' and u.frozen_through > 0)
  or exists (select 1 from issues u where u.state in ('opened', 'built') and u.kind <> 'digest'))`;

/** The issue whose ledger is to become counts next: the first that was over by then. Null where there is none, or one is under way. */
export async function issueToFold(
  db: Db,
  overBy: Temporal.Instant,
): Promise<{ id: IssueId; foldedThrough: number } | null> {
  const row = await db
    .selectFrom("issues")
    .select(["id", "folded_through"])
    .where("folded_at", "is", null)
    .where("finished_at", "<=", overBy.epochMilliseconds)
    .where(sql<boolean>`not ${underWay}`)
    .orderBy("finished_at")
    .limit(1)
    .executeTakeFirst();
  return row ? { id: row.id, foldedThrough: row.folded_through } : null;
}

/**
 * Notes how far an issue's ledger became counts. Goes into the batch that counts, before what it counts, which stands under
 * {@link foldedTo}. It counts 1 change if it is this range's turn.
 */
export function markFolded(
  db: Db,
  id: IssueId,
  { from, to, isLast, old }: { from: number; to: number; isLast: boolean; old: Temporal.Instant },
  now: Temporal.Instant,
): CompiledQuery {
  return db
    .updateTable("issues")
    .set({ folded_through: to, folded_at: isLast ? now.epochMilliseconds : null })
    .where("id", "=", id)
    .where("folded_at", "is", null)
    .where("folded_through", "=", from)
    .where("finished_at", "<=", old.epochMilliseconds)
    .where(sql<boolean>`not ${underWay}`)
    .compile();
}

/** True in a batch behind {@link markFolded}, if it is this range's turn. */
export const foldedTo = (id: IssueId, through: number) => sql<boolean>`exists (
  select 1 from issues i where i.id = ${id} and i.folded_through = ${through})`;
