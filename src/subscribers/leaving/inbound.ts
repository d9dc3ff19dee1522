// Leaving by answering a mail: what came to our address is read, and its sender let out if a link or message of ours says whom
// that means.
import type { SubscriberId } from "../consent.ts";
import { leave } from "../leave.ts";
import { readLink, tokenMark } from "../links.ts";
import type { SubscriberDeps } from "../visit.tsx";
import { type Ignored, ignoredBecause, readLeavingMail } from "./mail.ts";

export type InboundDeps = Pick<SubscriberDeps, "database" | "keys" | "now" | "digests"> & {
  mail: Pick<SubscriberDeps["mail"], "readerOf">;
};

/** What became of a mail. It names no address: whoever may hand mails in need not see who reads us. */
export type Inbound =
  /** `subscriber`'s subscription to the digest is over, now or since before. */
  | { did: "left" | "had-left"; subscriber: SubscriberId; digest: string }
  | { did: "ignored"; why: Ignored | "unknown-link" | "unknown-message"; because: string };

const unknown = {
  "unknown-link": "its link is none that we made, or its key is gone",
  "unknown-message": "the message that it answers is none that we sent",
} as const;

/** Reads a mail and does what it asks. */
export async function takeInbound(deps: InboundDeps, bytes: Uint8Array): Promise<Inbound> {
  const reading = await readLeavingMail(bytes);
  switch (reading.kind) {
    case "ignored":
      return { did: "ignored", why: reading.why, because: ignoredBecause[reading.why] };
    case "tokens":
      for (const token of reading.tokens) {
        const link = await readLink(deps.keys, "unsubscribe", token, deps.now());
        if (link.ok) return letOut(deps, link.named, tokenMark("unsubscribe", token));
      }
      return { did: "ignored", why: "unknown-link", because: unknown["unknown-link"] };
    case "answer":
      for (const id of reading.messageIds) {
        const reader = await deps.mail.readerOf(id);
        if (reader === null) continue;
        if (reading.saysLeave()) return letOut(deps, reader, "answer");
        return { did: "ignored", why: "no-word", because: ignoredBecause["no-word"] };
      }
      return { did: "ignored", why: "unknown-message", because: unknown["unknown-message"] };
  }
}

/** @param token whose word it was: the mark of a link, or `answer` to a mail of ours */
async function letOut(
  { database, digests, now }: InboundDeps,
  named: { subscriber: SubscriberId; digest: number },
  token: string,
): Promise<Inbound> {
  const ended = await leave(database, named, "mail", { via: "mail", token }, now());
  const digest = (await digests()).find(({ id }) => id === named.digest)?.slug ?? String(named.digest);
  return { did: ended.length > 0 ? "left" : "had-left", subscriber: named.subscriber, digest };
}
