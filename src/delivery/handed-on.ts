// Where issues are sent by others than who is asked to send (Queues on Workers): they are woken for as many turns as there is work for.
import { sql } from "kysely";
import { issuesUnderWay } from "../digests/index.ts";
import type { SendDeps } from "./letter.ts";
import { type Delivery, deliveryHere, sendDue, sendQueuedNotices } from "./send.ts";

export type HandOn = {
  lettersATurn: number;
  /** Turns that are asked for at once. */
  mostTurns: number;
  /** Asks for so many turns of sending. */
  wake: (turns: number) => Promise<void>;
};

/** Sends notices here, and wakes others for issues. Where they cannot be woken, issues are sent here, too. */
export const deliveryByTurns = (deps: SendDeps, { lettersATurn, mostTurns, wake }: HandOn): Delivery => ({
  ...deliveryHere(deps),
  async sendDue(until, stop) {
    await sendQueuedNotices(deps, until);
    const turns = await turnsDue(deps, lettersATurn, mostTurns);
    if (turns === 0) return 0;
    try {
      await wake(turns);
      return 0;
    } catch (error) {
      deps.log.error({ turns, error: String(error) }, "nobody could be woken to send");
      return sendDue(deps, until, stop);
    }
  },
});

/**
 * How many turns would send what can leave now, each so many letters. At least one while an issue is under way, which may only have
 * to be closed, or to take back what a worker that died held. Reads no more of the ledger than the most turns would send.
 */
export async function turnsDue(
  { database: { db }, now }: Pick<SendDeps, "database" | "now">,
  lettersATurn: number,
  mostTurns: number,
): Promise<number> {
  const most = lettersATurn * mostTurns;
  let turns = 0;
  for (const { id, state, paused } of await issuesUnderWay(db)) {
    if (turns >= mostTurns) break;
    if (state === "cancelling") turns++;
    if (state !== "sending" || paused) continue;
    const { rows } = await sql<{ letters: number }>`select count(*) as letters from (
        select 1 from deliveries where issue_id = ${id} and state in ('queued', 'deferred', 'in_doubt')
          and due_at <= ${now().epochMilliseconds} limit ${most})`.execute(db);
    turns += Math.max(1, Math.ceil((rows[0]?.letters ?? 0) / lettersATurn));
  }
  return Math.min(turns, mostTurns);
}
