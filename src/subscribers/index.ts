// Subscribers: who asked for a digest, who confirmed, who left; sign-up and leaving by signed links; the publisher's
// lists and segments; and, for whoever sends an issue, the audience with the reason for each one left out.

export { parseAddress } from "./address.ts";
export { subscriberApi } from "./api.ts";
export {
  audienceChoices,
  audiencePage,
  audienceSize,
  breakingPage,
  type Candidate,
  candidateOf,
  exclusionsNow,
  markIssued,
  type Reader,
  readersNow,
  suppressedAmong,
} from "./audience.ts";
export { offeredToNew } from "./choices.ts";
export type { Exclusion, SubscriberId, SuppressionReason } from "./consent.ts";
export { leave, leaving } from "./leave.ts";
export { type Inbound, type InboundDeps, takeInbound } from "./leaving/inbound.ts";
export { textOfHtml } from "./leaving/mail.ts";
export { TestPage } from "./leaving/pages.tsx";
export { makeLink, testLinks, testToken } from "./links.ts";
export {
  addSegment,
  countSegment,
  type ExportFormat,
  eventWords,
  exportFormats,
  exportText,
  type GivenReason,
  givenFilter,
  givenReasons,
  type ImportReport,
  importList,
  importSubscribers,
  importSuppressions,
  type ListFile,
  liftSuppression,
  listApi,
  listImports,
  listSegments,
  listSuppressions,
  type Names,
  named,
  namesOf,
  type Preview,
  previewImport,
  previewRow,
  type ReportedRow,
  removeSegment,
  reportText,
  resolveFilter,
  rowWords,
  type SegmentFilter,
  segmentBySlug,
  segmentPages,
  showFilter,
  showSubscriber,
  stateOf,
  suppress,
  suppressing,
  suppressionOf,
  suppressionWords,
  UnreadableList,
} from "./list/index.ts";
export { noticeMail } from "./notice.ts";
export { erase, subscriberAt } from "./preferences/erase.ts";
export { answerWaiting, forgetUnconfirmed, noticeData, type QueueNotice } from "./requests.ts";
export { subscriberRoutes } from "./routes.tsx";
export { SubscribeForm } from "./signup/form.tsx";
export { formSnippet } from "./signup/snippet.ts";
export {
  forgetSampleSubscribers,
  hasReaders,
  sampleSubscriberIds,
} from "./store.ts";
export type { RequestId, SubscriberTables } from "./tables.ts";
export { addressProblems } from "./words.ts";
