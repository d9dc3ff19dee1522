// An issue that is paused: nothing of it leaves until somebody lets it go on. A person pauses it, or a line that was passed does.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { z } from "zod";
import type { Digest, DigestTables, Issue, IssueId } from "./tables.ts";

const percent = z.number().nonnegative();

/** Why an issue is paused: a person's word, which may be empty, or what share of its letters came back, and past which line. */
export const pauseReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("person"), words: z.string() }),
  z.object({ kind: z.literal("bounces"), percent, line: percent }),
  z.object({ kind: z.literal("complaints"), percent, line: percent }),
  /** Servers refused what it says. `words`: one of their replies. */
  z.object({ kind: z.literal("content"), percent, line: percent, words: z.string() }),
  /** Its audience is written, and whoever should stand there and who does are not the same number. */
  z.object({ kind: z.literal("sums"), candidates: z.number(), letters: z.number(), excluded: z.number() }),
  /** It was under way when a backup was made that has been restored: what has left since is not known. `madeAt`: when that was. */
  z.object({ kind: z.literal("restored"), madeAt: z.number() }),
]);
export type PauseReason = z.output<typeof pauseReason>;

const stored = z.object({ reason: pauseReason, by: z.string().nullable(), since: z.number() });

export type Paused = {
  reason: PauseReason;
  /** An editor's address, the name of a token; null where it paused by itself. */
  by: string | null;
  since: Temporal.Instant;
};

export function readPaused(text: string): Paused {
  const { since, ...paused } = stored.parse(JSON.parse(text));
  return { ...paused, since: Temporal.Instant.fromEpochMilliseconds(since) };
}

/**
 * Pauses an issue that is still to be sent, or is being sent. Of those that pause it at once the first does, and its reason stays.
 *
 * @param by null where it pauses by itself
 * @returns a statement that counts 1 change if it was not paused before
 */
export function pauseIssue(
  db: Kysely<DigestTables>,
  id: IssueId,
  reason: PauseReason,
  by: string | null,
  now: Temporal.Instant,
): CompiledQuery {
  const paused = JSON.stringify({ reason, by, since: now.epochMilliseconds });
  return sql`update issues set paused = ${paused}
    where id = ${id} and state in ('opened', 'waiting', 'built', 'sending') and paused is null`.compile(db);
}

/** Until when the letters of an issue may leave. */
export function deadlineOf(
  { plannedAt, extendedTo }: Pick<Issue, "plannedAt" | "extendedTo">,
  { deadlineMinutes }: Pick<Digest, "deadlineMinutes">,
): Temporal.Instant {
  const own = plannedAt.add({ minutes: deadlineMinutes });
  return extendedTo && Temporal.Instant.compare(extendedTo, own) > 0 ? extendedTo : own;
}

/** In SQL: until when the letters of an issue may leave, in milliseconds. */
const leavesUntil = sql<number>`max(coalesce(extended_to, 0), planned_at + 60000 * (
  select d.deadline_minutes from digests d where d.id = issues.digest_id))`;

/**
 * Lets a paused issue go on, while its letters may still leave.
 *
 * @param until its letters may leave until then, whatever their own deadline; null: their own holds
 * @returns a statement that counts 1 change if it was paused, and goes on
 */
export function resumeIssue(
  db: Kysely<DigestTables>,
  id: IssueId,
  until: Temporal.Instant | null,
  now: Temporal.Instant,
): CompiledQuery {
  const ms = until?.epochMilliseconds ?? null;
  return sql`update issues set paused = null, extended_to = coalesce(${ms}, extended_to)
    where id = ${id} and paused is not null
      and (${ms} is not null or ${leavesUntil} > ${now.epochMilliseconds})`.compile(db);
}

/**
 * Gives letters of an issue that a person wants sent after all the time to leave: takes up again one that was over, and notes that it
 * was, and where its deadline has passed gives it another as long as the first. Goes right behind the statement that gave the letters back, and holds if
 * that changed something.
 */
export function takeUpAgain(db: Kysely<DigestTables>, id: IssueId, now: Temporal.Instant): CompiledQuery {
  const ms = now.epochMilliseconds;
  return sql`update issues set state = 'sending', finished_at = null, taken_up = taken_up or state = 'sent', extended_to = case when ${leavesUntil} > ${ms}
      then extended_to else ${ms} + 60000 * (select d.deadline_minutes from digests d where d.id = issues.digest_id) end
    where id = ${id} and state in ('sending', 'sent') and changes() > 0`.compile(db);
}
