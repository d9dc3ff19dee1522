// The tables that subscribers own, as Kysely sees them. Times are milliseconds since 1970, UTC.
import type { Generated } from "kysely";
import type { LeftBy, SubscriberId, SubscriberState, Subscription, SubscriptionId } from "./consent.ts";

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
  };
  consents: {
    id: Generated<number>;
    subscriber_id: SubscriberId;
    at: number;
    act: "asked" | "confirmed" | "imported" | "left";
    digest_id: number | null;
    proof: string;
  };
  suppressions: { address_key: string; reason: string; at: number };
};
