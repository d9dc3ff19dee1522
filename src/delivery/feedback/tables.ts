// The table of what came back, as Kysely sees it.
import type { Generated } from "kysely";
import type { IssueId } from "../../digests/index.ts";
import type { SubscriberId } from "../../subscribers/index.ts";
import type { Verdict } from "./verdict.ts";

/**
 * How a fact was found to be about a letter: the server said it while the letter was sent, or a report came back. Anybody can write an
 * address into a report: by one alone nobody is suppressed.
 */
export type KnownBy = "reply" | "return-path" | "message-id" | "address";

export type FeedbackRow = {
  id: Generated<number>;
  delivery_id: number | null;
  notice_id: number | null;
  /** Whose letter it was; null for a notice. */
  issue_id: IssueId | null;
  subscriber_id: SubscriberId | null;
  kind: "bounce" | "complaint";
  verdict: Verdict | "abuse" | "opt-out";
  code: string;
  words: string | null;
  known_by: KnownBy;
  report: string;
  letter_at: number;
  at: number;
};
