// Delivery: who gets an issue, written down before anything leaves; then each letter, sent and accounted for. Notices
// (confirmations) go the same way. Breaking news and corrections begin here, with an editor who is asked twice.
export { destinationsWaiting, releaseClaimed, withdrawClaimed } from "./claim.ts";
export { type Decision, decideDoubts, doubtsPage } from "./doubts.ts";
export { type DoubtActs, doubtApi } from "./doubts-api.ts";
export { feedbackApi } from "./feedback/api.ts";
export { type CameBack, cameBackOf, type FeedbackLine, listFeedback } from "./feedback/list.ts";
export { mostInboundBytes } from "./feedback/read.ts";
export { recipientOf } from "./feedback/recipient.ts";
export { inboundMailRoutes } from "./feedback/routes.ts";
export { type TakeMailDeps, type Taken, takeMail } from "./feedback/take.ts";
export { type FoldDeps, foldedLetters, foldLedger } from "./fold.ts";
export { type FreezeDeps, prepareIssue } from "./freeze.ts";
export { deliveryByTurns, type HandOn, turnsDue } from "./handed-on.ts";
export {
  type Account,
  acceptedIn,
  accountOf,
  type DeliveryTables,
  forgetDeliveriesTo,
  forgetNotices,
  type LedgerLine,
  ledgerPage,
  queueNoticeIn,
} from "./ledger.ts";
export type { SendDeps } from "./letter.ts";
export { letterCounts } from "./pace/counts.ts";
export { beginHealthAnew, healthOf, type KnownHealth, percentOf, wantsWarning } from "./pace/health.ts";
export { limitsNow, restsNow } from "./pace/rules.ts";
export { readPaces, resumeWay, withoutAddresses } from "./pace/store.ts";
export { type Wait, waitsNow } from "./pace/waits.ts";
export {
  allowanceOn,
  dayOf,
  listWarmups,
  startWarmup,
  stopWarmup,
  takenToday,
  warmupDays,
} from "./pace/warmup.ts";
export { type PreviewDeps, type PreviewFor, previewIssue } from "./preview.ts";
export { previewApi } from "./preview-api.ts";
export { type Progress, progressOf, troublesOf } from "./progress.ts";
export { addressesOf, blankLetters, lettersOf, readerOfMessage } from "./reader.ts";
export type { Doubt, NoLetter } from "./reasons.ts";
export { type RestoredIssue, releaseRestored, restoredState } from "./restored.ts";
export { restoredApi } from "./restored-api.ts";
export {
  areNoticesDue,
  type Delivery,
  deliveryHere,
  isAnythingDue,
  sendDue,
  sendQueuedNotices,
} from "./send.ts";
export {
  type Asked,
  askBreaking,
  askCorrection,
  confirmSpecial,
  type Opened,
  type Refused,
  type SpecialDeps,
  type SpecialSender,
  specialSender,
} from "./special.ts";
export { askedJson, specialApi } from "./special-api.ts";
export { refusalWords } from "./special-words.ts";
export { type DeliveryState, deliveryStates } from "./state.ts";
export { tellEditors } from "./tell-editors.ts";
export { mostTestAddresses, sendTest, type Testing } from "./test-send.ts";
export { readReturnPath } from "./verp.ts";
export { webhookRoutes } from "./webhooks/routes.ts";
export { forgetWebhookEvents } from "./webhooks/store.ts";
export { type Why, type WhyLetter, whyOf } from "./why.ts";
export { type Pulse, usualPulse, watchWorkers } from "./workers.ts";
