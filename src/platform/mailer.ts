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

/** Sends one message, already composed with CRLF line ends. Never throws for what a server may do. */
export type Mailer = {
  send(envelope: Envelope, message: Uint8Array): Promise<SendResult>;
  close(): Promise<void>;
};
