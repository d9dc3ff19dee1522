// What is known of a letter, and what follows from a server's reply. Pure.
import type { SendOutcome } from "../platform/index.ts";
import { type Fault, faultOf } from "./refusals.ts";

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
type Waiting = {
  state: "deferred" | "in_doubt";
  reply: string;
  retryAfterSeconds: number;
  /** It was not this letter's turn to be judged: this counts as none of its tries. */
  uncounted?: boolean;
};

/** RFC 5321 §4.5.4.1 asks for half an hour at least, and for days: news does not wait. */
const retryMinutes = [1, 5, 15, 30, 60];
/** Greylisting wants to see some time go by. */
const greylistMinutes = 5;
/** Where our commands are wrong, only a person changes that. */
const commandsMinutes = 60;

/**
 * What becomes of a letter after a try, by the server's reply; a reply's own delay counts before that of the tries.
 *
 * @param tries how often it was tried, this time included
 * @param spread 0..1, chance: so that a thousand letters put off together do not come back together
 */
export function outcomeOf(
  result: SendOutcome,
  tries: number,
  spread: number,
): Outcome & { fault: Fault | null } {
  const { reply } = result;
  const after = (minutes: number) => Math.round(minutes * 60 * (0.8 + 0.4 * spread));
  const nextTry = retryMinutes[Math.min(tries, retryMinutes.length) - 1] ?? 60;
  const wait = (minutes: number, fault: Fault | null) =>
    ({ state: "deferred", reply, retryAfterSeconds: after(minutes), fault }) as const;
  switch (result.kind) {
    case "accepted":
      return { state: "accepted", reply, fault: null };
    case "in-doubt":
      return { state: "in_doubt", reply, retryAfterSeconds: after(nextTry), fault: null };
    case "not-sent":
      return { ...wait(1, result.fault ?? "server"), uncounted: true };
    case "refused": {
      const fault = faultOf(result, tries);
      if (fault === "server" || fault === "credentials") return { ...wait(1, fault), uncounted: true };
      if (fault === "commands") return wait(commandsMinutes, fault);
      if (result.code >= 500) return { state: "rejected", reply, fault };
      if (tries > 1 || ![450, 451].includes(result.code)) return wait(nextTry, fault);
      // Never before it is allowed, so that its five minutes are not made four.
      return {
        ...wait(nextTry, fault),
        retryAfterSeconds: Math.round(greylistMinutes * 60 * (1 + 0.4 * spread)),
      };
    }
  }
}
