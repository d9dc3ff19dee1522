// An issue that is paused: nothing of it leaves until somebody lets it go on. A person pauses it, or a line that was passed does.
import { type CompiledQuery, type Kysely, sql } from "kysely";
import { z } from "zod";
import type { DigestTables, IssueId } from "./tables.ts";

const percent = z.number().nonnegative();

/** Why an issue is paused: a person's word, which may be empty, or what share of its letters came back, and past which line. */
const pauseReason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("person"), words: z.string() }),
  z.object({ kind: z.literal("bounces"), percent, line: percent }),
  z.object({ kind: z.literal("complaints"), percent, line: percent }),
  /** Servers refused what it says. `words`: one of their replies. */
  z.object({ kind: z.literal("content"), percent, line: percent, words: z.string() }),
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

/**
 * Lets a paused issue go on.
 *
 * @param until its letters may leave until then, whatever their own deadline; null: their own holds
 * @returns a statement that counts 1 change if it was paused
 */
export function resumeIssue(
  db: Kysely<DigestTables>,
  id: IssueId,
  until: Temporal.Instant | null,
): CompiledQuery {
  return sql`update issues set paused = null, extended_to = coalesce(${until?.epochMilliseconds ?? null}, extended_to)
    where id = ${id} and paused is not null`.compile(db);
}
