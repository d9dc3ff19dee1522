// The tables that subscribers own, as Kysely sees them. Times are milliseconds since 1970, UTC.
import type { Generated } from "kysely";
import type {
  Frequency,
  LeftBy,
  SubscriberId,
  SubscriberSource,
  SubscriberState,
  Subscription,
  SubscriptionId,
  SuppressionReason,
} from "./consent.ts";

export type RequestId = number & { readonly brand: "RequestId" };
export type ImportId = number & { readonly brand: "ImportId" };

/** What the ledger of consents says happened. */
export type ConsentAct =
  /** Somebody typed the address; whoever it was, its owner has agreed to nothing yet. */
  | "asked"
  | "confirmed"
  | "imported"
  /** Sections, slots, frequency, breaking news or language chosen anew. */
  | "changed"
  | "paused"
  | "resumed"
  | "left"
  /** Came back at once after leaving. */
  | "returned"
  /** The owner confirmed another address. */
  | "moved"
  | "erased";

/** What became of a row of a list that added nobody. */
export type Outcome =
  /** It names no person, or not what they get; the row itself says what is wrong. */
  | "refused"
  /** A row before it says the same. */
  | "duplicate"
  /** The person has these digests already. */
  | "known"
  /** The person left these digests, or all. */
  | "left"
  | `suppressed-${SuppressionReason}`
  | "erased";

export type SubscriberTables = {
  subscriber_totals: { only: 1; confirmed: number };
  subscriber_days: { day: number; confirmed: number };
  subscribers: {
    id: Generated<SubscriberId>;
    address: string;
    address_key: string;
    state: SubscriberState;
    language: "ar" | "en";
    created_at: number;
    confirmed_at: number | null;
    sample: Generated<0 | 1>;
    source: Generated<SubscriberSource>;
    import_id: Generated<ImportId | null>;
    active_at: Generated<number | null>;
    suppressed: Generated<0 | 1>; // kept by triggers: whether the address stands among the suppressions
  };
  subscriptions: {
    id: Generated<SubscriptionId>;
    subscriber_id: SubscriberId;
    digest_id: number;
    state: Subscription["state"];
    sections: string;
    since: number;
    paused_until: Generated<number | null>;
    left_at: Generated<number | null>;
    left_by: Generated<LeftBy | null>;
    frequency: Generated<Frequency>;
    last_issued_on: Generated<string | null>; // a local date, YYYY-MM-DD
    slots: Generated<string>; // as slotsKey makes it
    breaking: Generated<0 | 1 | null>; // whether they want breaking news; null: they never said
  };
  consents: {
    id: Generated<number>;
    subscriber_id: SubscriberId;
    at: number;
    act: ConsentAct;
    digest_id: number | null;
    proof: string;
    request_id: Generated<RequestId | null>;
  };
  requests: {
    id: Generated<RequestId>;
    at: number;
    state: "waiting" | "mailed" | "passed";
    address: string;
    address_key: string;
    domain: string;
    network: string;
    wish: string; // a Wish (requests.ts) as JSON
    challenge: Generated<string | null>;
    token: Generated<string | null>;
    mailbox: Generated<string>;
  };
  /** `address_key` of somebody erased is `erased:` and a keyed hash. */
  suppressions: { address_key: string; reason: SuppressionReason; at: number };
  /** Lists that were taken over; `rows` is how far, `mark` what is to be read and how. */
  imports: {
    id: Generated<ImportId>;
    name: string;
    mark: string;
    state: "running" | "done";
    rows: Generated<number>;
    added: Generated<number>;
    counts: Generated<string | null>; // rows by what became of them, as JSON
    started_at: number;
    ended_at: Generated<number | null>;
  };
  /** What became of rows that added nobody, while their list is taken over. */
  import_rows: { import_id: ImportId; row: number; outcome: Outcome };
  segments: { id: Generated<number>; slug: string; filter: string; created_at: number };
};
