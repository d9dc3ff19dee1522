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
export type { Exclusion, SubscriberId, SubscriberState, SuppressionReason } from "./consent.ts";
export { noteSubscribers, subscribersByDay } from "./days.ts";
export { type Taken, take } from "./guard/take.ts";
export { problemWords as signUpProblems } from "./guard/words.ts";
export { leave, leaving, leftBetween } from "./leave.ts";
export { type Inbound, type InboundDeps, takeInbound } from "./leaving/inbound.ts";
export { textOfHtml } from "./leaving/mail.ts";
export { TestPage } from "./leaving/pages.tsx";
export { makeLink, testLinks, testToken } from "./links.ts";
export {
  addSegment,
  type Column,
  columnNames,
  countSegment,
  countSome,
  type ExportFormat,
  eventWords,
  exportFormats,
  exportText,
  fileOf,
  findAddresses,
  type GivenReason,
  givenFilter,
  givenReasons,
  type ImportReport,
  importById,
  importList,
  importSubscribers,
  importSuppressions,
  isColumn,
  keepReport,
  keptReport,
  type ListedImport,
  type ListFile,
  liftSuppression,
  listApi,
  listImports,
  listSegments,
  listSuppressions,
  mostKept,
  type Names,
  named,
  namesOf,
  type Person,
  type Preview,
  previewImport,
  previewRow,
  type ReportedRow,
  recount,
  removeSegment,
  reportText,
  resolveFilter,
  rowWords,
  type Segment,
  type SegmentFilter,
  type ShownSubscriber,
  type Suppression,
  saidColumns,
  segmentBySlug,
  segmentPage,
  segmentPages,
  showFilter,
  showSubscriber,
  stateCounts,
  stateOf,
  subscriberId,
  suppress,
  suppressing,
  suppressionOf,
  suppressionWords,
  UnreadableList,
} from "./list/index.ts";
export { noticeMail } from "./notice.ts";
export { erase, type LettersToErase, subscriberAt } from "./preferences/erase.ts";
export { everythingOf } from "./preferences/export.ts";
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
