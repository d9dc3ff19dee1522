// What hosts supply, as small types, and the few things both hosts have: hashes, signed tokens, a log.
export { openAddress, withoutKeys } from "./address.ts";
export type { Batch, Database } from "./database.ts";
export type {
  Call,
  CallResult,
  FetchResult,
  Get,
  GetResult,
  GuardedCall,
  GuardedFetch,
  GuardedGet,
} from "./fetch.ts";
export { callBytes, fetchLimits, userAgent } from "./fetch.ts";
export { base64url, fromBase64url, hmac, isHmac, quickMark, randomToken, sameText, sha256 } from "./hash.ts";
export { createLog, type Log } from "./log.ts";
export type { MailDomains } from "./mail-domains.ts";
export {
  type Envelope,
  type Mailer,
  mailerOf,
  type SendOutcome,
  type SendResult,
  type Stage,
  type Steps,
  type Transport,
} from "./mailer.ts";
export { networkOf } from "./network.ts";
export type { Outbox, OutboxEntry } from "./outbox.ts";
export { type Clock, fromMilliseconds, othersFirst, systemClock } from "./time.ts";
export { readToken, signToken } from "./tokens.ts";
