// The doctor: what DNS, servers and the machine must be like for mail to arrive, checked and said in words, with the records to
// add. It judges; the host asks.
export type { Answer, Dns } from "./dns.ts";
export { type Finding, type State, zoneLine } from "./finding.ts";
export { type DatabaseSeen, judgeClock, judgeDatabase, judgeDisk } from "./machine.ts";
export type { SigningRecord } from "./names.ts";
export { checkSender, type SenderDomain } from "./sender.ts";
export {
  type CertificateSeen,
  type Failed,
  judgeCertificate,
  judgeOneClick,
  judgeRelay,
  judgeSignedFields,
  noRelay,
  type PageSeen,
  type RelaySeen,
} from "./servers.ts";
