// Delivery: who gets an issue, written down before anything leaves; then each letter, sent and accounted for. Notices
// (confirmations) go the same way.

export { mostInboundBytes } from "./feedback/read.ts";
export { recipientOf } from "./feedback/recipient.ts";
export { inboundMailRoutes } from "./feedback/routes.ts";
export { type Taken, takeMail } from "./feedback/take.ts";
export { type FreezeDeps, prepareIssue } from "./freeze.ts";
export {
  type Account,
  accountOf,
  type DeliveryTables,
  forgetDeliveriesTo,
  forgetNotices,
  type LedgerLine,
  ledgerPage,
  queueNoticeIn,
} from "./ledger.ts";
export { addressesOf, blankLetters, lettersOf, readerOfMessage } from "./reader.ts";
export { type SendDeps, sendDue, sendQueuedNotices } from "./send.ts";
export type { DeliveryState } from "./state.ts";
export { type Why, type WhyLetter, whyOf } from "./why.ts";
