// The tables of WebSub, as migrations/0003_websub.sql makes them.
import type { FeedKey, FeedTables } from "../feeds/index.ts";

export type WebSubTables = {
  websub_subscriptions: {
    id: number;
    topic: string;
    asked_topic: string;
    callback: string;
    host: string;
    secret: string | null;
    began_at: number; // this and all times: milliseconds since 1970, UTC
    lease_ends_at: number;
    wanted: number;
    due_at: number | null;
    worker: string | null;
    tries: number;
    failing_since: number | null;
    last_error: string | null;
    pushed_at: number | null;
  };
  websub_watches: { feed: FeedKey; subscription_id: number };
  websub_asks: {
    id: number;
    mode: "subscribe" | "unsubscribe" | "denied";
    topic: string;
    asked_topic: string;
    callback: string;
    host: string;
    secret: string | null;
    lease_seconds: number;
    feeds: string;
    seq: number;
    reason: string | null;
    due_at: number;
    worker: string | null;
    tries: number;
  };
  websub_hosts: { host: string; began_at: number; asked: number };
  websub_counts: { name: "subscriptions" | "asks"; number: number };
  websub_cursors: {
    name: string;
    seq: number;
    feed: string;
    due_at: number;
    worker: string | null;
    tries: number;
  };
};

/** What the hub reads besides its own tables: which feeds changed. */
export type HubTables = WebSubTables & Pick<FeedTables, "feed_versions">;
