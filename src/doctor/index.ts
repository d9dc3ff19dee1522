// The doctor: what DNS, servers and the machine must be like for mail to arrive, checked and said in words, with the records to
// add. It judges; the host asks.
export type { Answer, Dns } from "./dns.ts";
export { type Check, type Finding, type State, zoneLine } from "./finding.ts";
export { type DatabaseSeen, judgeBackup, judgeClock, judgeDatabase, judgeDisk } from "./machine.ts";
export { checkSender, type SenderDomain } from "./sender.ts";
export {
  type CertificateSeen,
  type Failed,
  judgeCertificate,
  judgeOneClick,
  judgeProgram,
  judgeRelay,
  judgeSignedFields,
  noRelay,
  type PageSeen,
  type RelaySeen,
  restingRelay,
} from "./servers.ts";
export type { Way } from "./spf.ts";
