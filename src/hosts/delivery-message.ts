// What the thread that answers requests and the one that sends letters say to each other.

export type ToDelivery =
  /** A notice was queued. */
  | { say: "wake" }
  /** Wants to know how many letters the next round tried. */
  | { say: "round"; id: number }
  | { say: "stop" };

export type FromDelivery = { say: "sends" } | { say: "tried"; id: number; letters: number };
