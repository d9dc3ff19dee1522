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

/** What the ledger of consents says happened. */
export type ConsentAct =
  /** Somebody typed the address; whoever it was, its owner has agreed to nothing yet. */
  | "asked"
  | "confirmed"
  | "imported"
  /** Sections, slots, frequency or language chosen anew. */
  | "changed"
  | "paused"
  | "resumed"
  | "left"
  /** Came back at once after leaving. */
  | "returned"
  /** The owner confirmed another address. */
  | "moved"
  | "erased";

export type SubscriberTables = {
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
    import_id: Generated<number | null>;
    active_at: Generated<number | null>;
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
};
