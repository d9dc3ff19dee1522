// Where mails stay when there is no relay: a host that can keep files hands one in.

export type OutboxEntry = { id: string; at: Temporal.Instant; octets: number };

/** Mails that were "sent" without a relay, as finished bytes. */
export type Outbox = {
  /** The newest mails, at most `limit`. */
  list(limit: number): Promise<OutboxEntry[]>;
  /** One mail's bytes, or null if there is none with this id; whatever else the id holds is no path. */
  read(id: string): Promise<Uint8Array | null>;
};
