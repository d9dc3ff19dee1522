// What the door for providers knows of each: how its request is told from a forged one, and what is in it.
import type { ProviderEvent } from "./event.ts";

/** A request as it came; the body's bytes are what was signed. */
export type Told = {
  header: (name: string) => string | undefined;
  body: Uint8Array<ArrayBuffer>;
  now: Temporal.Instant;
  /** The network that it came from. */
  from: string;
};

export type Understood =
  /** `token`: works for this body alone. */
  | { kind: "events"; events: readonly ProviderEvent[]; token?: string }
  /** Nothing to book: `what` says what was done instead. */
  | { kind: "done"; what: string }
  /** Not from the provider, or not for us. */
  | { kind: "refused"; why: string }
  /** From the provider, and of no form that it documents. */
  | { kind: "unreadable"; why: string }
  /** Nobody can tell now. */
  | { kind: "later"; why: string };

export type Provider = { name: string; understand: (told: Told) => Promise<Understood> };

export const refused = (why: string): Understood => ({ kind: "refused", why });
export const unreadable = (why: string): Understood => ({ kind: "unreadable", why });

/** The body as JSON, or undefined. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** More than any provider sends in one request (SendGrid, at most). */
export const mostEvents = 1000;
