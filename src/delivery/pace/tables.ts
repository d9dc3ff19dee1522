// The tables of pace, warm-up and an issue's health, as Kysely sees them.
import type { Generated } from "kysely";
import type { IssueId } from "../../digests/index.ts";
import type { LetterCount } from "./counts.ts";

export type RestReason = "rate" | "credentials" | "sender";

export type PaceRow = {
  transport: string;
  /** A group of mailboxes; `@` and a domain that is in none; '' for the transport as a whole. */
  destination: string;
  per_second: number | null;
  at_once: number | null;
  full_per_second: number | null;
  full_at_once: number | null;
  slowed_at: number | null;
  slowed: Generated<number>;
  slowed_from: number | null;
  tried: Generated<number>;
  refused: Generated<number>;
  in_a_row: Generated<number>;
  counted_from: number | null;
  rests_until: number | null;
  rests: Generated<number>;
  reason: string | null;
  reply: string | null;
  alarm: string | null;
  alarm_at: number | null;
  at: number;
};

export type PaceTables = {
  paces: PaceRow;
  letter_counts: LetterCount;
  warmups: { domain: string; started_on: number; by: string };
  warmup_days: { domain: string; day: number; destination: string; taken: number; granted: number };
  issue_health: {
    issue_id: IssueId;
    sent: Generated<number>;
    sent_in_all: Generated<number>;
    bounced: Generated<number>;
    complained: Generated<number>;
    content: Generated<number>;
    warned_at: number | null;
  };
};
