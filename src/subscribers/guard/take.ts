// Everything that stands between a typed address and a request, in order: a slip, the syntax, the domain, the limits. What it
// tells depends on what was typed, from where and when; never on who is subscribed.
import type { Keyring } from "../../config.ts";
import { domainOf } from "../../mail/index.ts";
import type { Clock, Database, MailDomains } from "../../platform/index.ts";
import { type AddressProblem, parseAddress } from "../address.ts";
import { answerRequest, type QueueNotice } from "../requests.ts";
import type { SubscriberTables } from "../tables.ts";
import { type Admission, type Asked, admit } from "./admit.ts";
import { type DomainProblem, type DomainRules, domainProblem } from "./domains.ts";
import { likelyMeant } from "./slips.ts";

export type Taken =
  | Admission
  /** Another address is likelier. `isAddress`: what was typed could be right all the same. */
  | { kind: "slip"; meant: string; isAddress: boolean }
  | { kind: "refused"; why: AddressProblem | DomainProblem };

export type TakeDeps = {
  database: Database<SubscriberTables>;
  keys: Keyring;
  now: Clock;
  /** What the publisher refuses. */
  publisher: () => Promise<DomainRules>;
  mailDomains: MailDomains;
  queueNotice: QueueNotice;
  /** Lets work go on after the reply was sent. */
  later: (work: () => Promise<unknown>) => void;
  /** Tells the sender that something waits. */
  wake: () => void;
};

/**
 * Takes a request, and has it answered behind the reply; or says what keeps it.
 *
 * @param asked.typed the address as it came
 * @param asked.sure whether the person says that it is right as it stands, or nobody is there to be asked
 */
export async function take(
  deps: TakeDeps,
  { typed, sure, ...asked }: Omit<Asked, "address"> & { typed: string; sure: boolean },
): Promise<Taken> {
  const address = parseAddress(typed);
  const meant = sure ? null : likelyMeant(typed);
  if (meant !== null) return { kind: "slip", meant, isAddress: address.ok };
  if (!address.ok) return { kind: "refused", why: address.why };
  const why = await domainProblem(domainOf(address.address), await deps.publisher(), deps.mailDomains);
  if (why !== null) return { kind: "refused", why };
  const { database, keys, now } = deps;
  const admission = await admit({ db: database.db, keys }, { ...asked, address }, now());
  if (admission.kind === "admitted")
    deps.later(async () => {
      if (await answerRequest(database, deps.queueNotice, admission.request, now())) deps.wake();
    });
  return admission;
}
