// How finished bytes leave: the host hands one of these in.

/** The SMTP envelope (RFC 5321 §2.3.1): who is told of failures, and the one recipient. */
export type Envelope = { from: string; to: string };

/**
 * What is known after a try. `accepted` means that the server took it, no more. `in-doubt`: the connection was lost
 * when the message may have been taken already. `not-sent`: it certainly was not (no connection, refused sign-in).
 */
export type SendResult =
  | { kind: "accepted"; reply: string }
  | { kind: "refused"; code: number; reply: string }
  | { kind: "not-sent"; reply: string }
  | { kind: "in-doubt"; reply: string };

/** What a transport asks and tells while it sends a letter. Neither ever rejects. */
export type Steps = {
  /**
   * Asked once the server waits for the content, before any of it leaves: that it does is to be written down first. False: it
   * must not leave.
   */
  mayLeave: () => Promise<boolean>;
  /** Told what became of it; the same connection's next content leaves after that is written down. */
  over: (result: SendResult) => Promise<void>;
};

/** Sends messages, already composed with CRLF line ends. Never throws for what a server may do. */
export type Mailer = {
  /** Sends one. Of letters that are sent at once, each waits for a connection. */
  send(envelope: Envelope, message: Uint8Array, steps: Steps): Promise<SendResult>;
  close(): Promise<void>;
};
