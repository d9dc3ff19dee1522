// One door for every mail that comes to us: a report is booked, whoever asks to leave is let out, and nothing is answered.
import type { Keyring } from "../../config.ts";
import type { DigestTables } from "../../digests/index.ts";
import type { Clock, Database } from "../../platform/index.ts";
import type { SettingsTables } from "../../settings/index.ts";
import {
  type Inbound,
  type InboundDeps,
  type SubscriberTables,
  takeInbound,
} from "../../subscribers/index.ts";
import type { DeliveryTables } from "../ledger.ts";
import { readerOfMessage } from "../reader.ts";
import { bookFeedback } from "./book.ts";
import { letterOf } from "./letter.ts";
import { beginningOf, type Report, readReport } from "./read.ts";
import type { FeedbackRow } from "./tables.ts";

export type TakeMailDeps = {
  database: Database<DeliveryTables & DigestTables & SubscriberTables & SettingsTables>;
  keys: Keyring;
  now: Clock;
  digests: InboundDeps["digests"];
};

/** What became of a mail. It names no address. */
export type Taken =
  | Inbound
  /** `had-booked`: the same report came before. */
  | {
      did: "booked" | "had-booked";
      kind: FeedbackRow["kind"];
      verdict: FeedbackRow["verdict"];
      /** `delivery 7`, or `notice 7`. */
      letter: string;
      /** Whether the address gets no more mail because of it. */
      suppressed: boolean;
    }
  | { did: "ignored"; why: "progress" | "unknown-letter"; because: string };

const because = {
  progress: "it is a report that asks for nothing: a letter is on its way, or was delivered",
  "unknown-letter": "it is a report of a letter that is none of ours, or whose reader was erased",
} as const;

/** @param sentTo the address that the mail was delivered to, where that is known */
export async function takeMail(deps: TakeMailDeps, mail: Uint8Array, sentTo = ""): Promise<Taken> {
  const { database } = deps;
  const bytes = beginningOf(mail);
  const report = await readReport(bytes, sentTo);
  switch (report.kind) {
    case "progress":
      return { did: "ignored", why: "progress", because: because.progress };
    case "other":
      return takeInbound({ ...deps, mail: { readerOf: (id) => readerOfMessage(database.db, id) } }, bytes);
    case "bounce":
    case "complaint":
      return takeReport(deps, report, bytes);
  }
}

/**
 * Books what a report says of a letter of ours, however it came.
 *
 * @param bytes the report itself, for one that has no id of its own
 */
export async function takeReport(
  { database, keys, now }: Pick<TakeMailDeps, "database" | "keys" | "now">,
  report: Extract<Report, { kind: "bounce" | "complaint" }>,
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<Taken> {
  const letter = await letterOf(database.db, keys, report.about, now());
  if (letter === null || letter.address === "")
    return { did: "ignored", why: "unknown-letter", because: because["unknown-letter"] };
  const { isNew, suppressed } = await bookFeedback(database, letter, report, bytes, now());
  return {
    did: isNew ? "booked" : "had-booked",
    kind: report.kind,
    verdict: report.kind === "bounce" ? report.verdict : report.type,
    letter: `${letter.table === "deliveries" ? "delivery" : "notice"} ${letter.id}`,
    suppressed,
  };
}
