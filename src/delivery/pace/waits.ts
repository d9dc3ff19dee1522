// What keeps letters waiting that is none of their own: a destination that rests, or a day of a warm-up that is used up.
import type { Kysely } from "kysely";
import { fromMilliseconds } from "../../platform/index.ts";
import { domainIn, otherDestination } from "../destinations.ts";
import { restsNow } from "./rules.ts";
import { readPaces } from "./store.ts";
import type { PaceTables, RestReason } from "./tables.ts";
import { allowanceOn, dayOf, listWarmups, takenToday } from "./warmup.ts";

/** Times are instants as text: this is told as it is. */
export type Wait = {
  /** A group of mailboxes; `@` and a domain that is in none; '' for all that go by a transport. */
  destination: string;
  because: RestReason | "warm-up";
  until: string;
  /** The transport that rests; null where a warm-up is why. */
  transport: string | null;
  /** The server's words that led to a rest. */
  reply: string | null;
};

/** What waits now: a few rows, however many letters do. */
export async function waitsNow(db: Kysely<PaceTables>, now: Temporal.Instant): Promise<Wait[]> {
  const rests = (await readPaces(db)).flatMap(({ transport, destination, pace }) =>
    restsNow(pace, now.epochMilliseconds) && pace.restsUntil !== null
      ? {
          destination,
          because: pace.reason ?? "rate",
          until: fromMilliseconds(pace.restsUntil).toString(),
          transport,
          reply: pace.reply,
        }
      : [],
  );
  const today = dayOf(now);
  const tomorrow = fromMilliseconds((today + 1) * 86_400_000).toString();
  const used: Wait[] = [];
  for (const { domain, startedOn } of await listWarmups(db)) {
    const allowance = allowanceOn(today - startedOn);
    if (allowance === null) continue;
    for (const [destination, taken] of await takenToday(db, domain, now))
      if (taken >= allowance)
        used.push({ destination, because: "warm-up", until: tomorrow, transport: null, reply: null });
  }
  return [...rests, ...used];
}

/** Those of the waits that keep a letter. */
export const waitsOf = (
  waits: readonly Wait[],
  { address, destination }: { address: string; destination: string },
): Wait[] =>
  waits.filter(
    (it) =>
      it.destination === "" ||
      it.destination === destination ||
      (destination === otherDestination && it.destination === `@${domainIn(address)}`),
  );
