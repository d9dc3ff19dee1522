// How finished bytes leave: the host hands one of these in.

/** The SMTP envelope (RFC 5321 §2.3.1): who is told of failures, and the one recipient. */
export type Envelope = { from: string; to: string };

/**
 * What is known after a try. `accepted` means that the server took it, no more. `in-doubt`: the connection was lost
 * when the message may have been taken already. `not-sent`: it certainly was not (no connection, refused sign-in).
 */
export type SendOutcome =
  | { kind: "accepted"; reply: string }
  | { kind: "refused"; code: number; reply: string; stage: Stage }
  /** `credentials`: we were not let in; absent: there was no connection that held. */
  | { kind: "not-sent"; reply: string; fault?: "credentials" }
  | { kind: "in-doubt"; reply: string };

/**
 * What a refusal answered: the sender, the recipient, DATA, or the last dot. `before`: nothing was asked, as the server could not
 * take it.
 */
export type Stage = "before" | "mail" | "rcpt" | "data" | "dot";

/**
 * @property transport the name of the one that carried the message, or refused it
 * @property barredBy those that were to carry it before that one, and did not let us in
 */
export type SendResult = SendOutcome & {
  transport: string;
  barredBy?: readonly { transport: string; reply: string }[];
};

/** What a transport asks and tells while it sends a letter. Neither ever rejects. */
export type Steps<Result = SendResult> = {
  /**
   * Asked once the server waits for the content, before any of it leaves: that it does is to be written down first. False: it
   * must not leave.
   */
  mayLeave: () => Promise<boolean>;
  /** Told what became of it; the same connection's next content leaves after that is written down. */
  over: (result: Result) => Promise<void>;
};

/** One way out, such as a relay. Never throws for what a server may do. */
export type Transport = {
  /** Sends one. Of letters that are sent at once, each waits for a connection. */
  send(envelope: Envelope, message: Uint8Array, steps: Steps<SendOutcome>): Promise<SendOutcome>;
  close(): Promise<void>;
};

/** Sends messages, already composed with CRLF line ends, by whichever transport is theirs. Never throws for what a server may do. */
export type Mailer = {
  /** @param envelope with `sender`, the address that the message says it is from, which decides the transport */
  send(envelope: Envelope & { sender: string }, message: Uint8Array, steps: Steps): Promise<SendResult>;
  /** The name of the transport that would carry the mail of a sender's address now. */
  transportFor(sender: string): string;
  close(): Promise<void>;
};

/** A mailer that has one transport for everything. */
export const mailerOf = (name: string, transport: Transport): Mailer => ({
  send: async (envelope, message, steps) => ({
    ...(await transport.send(envelope, message, {
      ...steps,
      over: (outcome) => steps.over({ ...outcome, transport: name }),
    })),
    transport: name,
  }),
  transportFor: () => name,
  close: () => transport.close(),
});
