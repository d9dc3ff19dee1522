// What is known of a letter, and what follows from a server's reply. Pure.
import type { SendOutcome } from "../platform/index.ts";

/**
 * `queued → claimed → sending → accepted | deferred | rejected | in_doubt`; `deferred` and `in_doubt` are claimed again when
 * due. `expired`: its deadline passed first. `withdrawn`: the reader left, or must not be mailed any more.
 */
export const deliveryStates = [
  "queued",
  "claimed",
  "sending",
  "accepted",
  "deferred",
  "rejected",
  "in_doubt",
  "expired",
  "withdrawn",
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** What a try leads to. `retryAfterSeconds` where it is tried again. */
export type Outcome = { state: "accepted" | "rejected"; reply: string } | Waiting;
type Waiting = { state: "deferred" | "in_doubt"; reply: string; retryAfterSeconds: number };

const retryMinutes = [1, 5, 15, 30, 60];

/**
 * What becomes of a letter after a try (RFC 5321 §4.2.1: 4yz may be tried again, 5yz not).
 *
 * @param tries how often it was tried, this time included
 * @param spread 0..1, chance: so that a thousand letters put off together do not come back together
 */
export function outcomeOf(result: SendOutcome, tries: number, spread: number): Outcome {
  const minutes = retryMinutes[Math.min(tries, retryMinutes.length) - 1] ?? 60;
  const retryAfterSeconds = Math.round(minutes * 60 * (0.8 + 0.4 * spread));
  switch (result.kind) {
    case "accepted":
      return { state: "accepted", reply: result.reply };
    case "refused":
      if (result.code >= 500) return { state: "rejected", reply: result.reply };
      return { state: "deferred", reply: result.reply, retryAfterSeconds };
    case "not-sent":
      // The server's fault or ours, not this letter's: it waits no longer for it.
      return {
        state: "deferred",
        reply: result.reply,
        retryAfterSeconds: Math.round(60 * (0.8 + 0.4 * spread)),
      };
    case "in-doubt":
      return { state: "in_doubt", reply: result.reply, retryAfterSeconds };
  }
}
