// Digests: when a newsletter runs, which stories it carries and why, and the editions made of them. Up to the audience:
// whom an issue goes to, and how it gets there, is delivery's.
export {
  type ActDeps,
  type Acting,
  approveIssue,
  cancelIssue,
  pauseByHand,
  rebuildIssue,
  resumeByHand,
  sendNow,
  settleUnanswered,
} from "./acts.ts";
export { handApi, issueRequest } from "./api.ts";
export { type Approval, mostAheadMinutes, wrongApproval } from "./approval.ts";
export { ArchiveLinks, archiveRoutes } from "./archive.tsx";
export {
  addDailyDigest,
  approvalWords,
  type ChangeDeps,
  changeApproval,
  changeFacts,
  changeSchedule,
  changeSender,
  longestDigestName,
  mostDigests,
  mostStories,
  switchDigest,
} from "./change.ts";
export {
  type ClickCount,
  clickApi,
  clickLinks,
  clickMark,
  clickReport,
  clickRoutes,
  clicksOf,
  clicksOfReader,
  createClickCount,
  forgetClicksOf,
  forgetReaderClicks,
  uncounted,
} from "./clicking/index.ts";
export { type DigestDeps, drawEdition, drawStories, mailOf, renderEdition, sectionIdsOf } from "./draw.ts";
export { openDueIssues } from "./due.ts";
export { digestName } from "./edition.ts";
export {
  carries,
  editionById,
  editionsOf,
  forgetSampleStories,
  newestEdition,
  placed,
  sampleSlot,
  staleAmong,
  storiesOf,
} from "./editions.ts";
export { octetsTooMany } from "./fit.ts";
export {
  changed,
  type Hand,
  type HandChange,
  hide,
  inOrder,
  longestIntro,
  longestSubject,
  pin,
  unhide,
  unpin,
} from "./hand.ts";
export { changeHand, type Handing, handIs, handOf, mayBeDecided, readHand, runNamed } from "./hand-store.ts";
export { type Holiday, holidayDay, holidayText } from "./holidays.ts";
export { inboxLines } from "./inbox.ts";
export { buildIssue, finishIssue, openExtraIssue, openIssueBeside } from "./issue.ts";
export { type IssueActs, issueApi, longestReason, mostMinutes } from "./issue-api.ts";
export {
  doubtsAreHeld,
  endFreezing,
  foldedTo,
  frozenTo,
  issueIs,
  issueToFold,
  lettersMayLeave,
  markFolded,
  markFrozenThrough,
  moveIssue,
} from "./issue-steps.ts";
export {
  issueById,
  issueByName,
  issueName,
  issuesBetween,
  issuesUnderWay,
  newestIssues,
  newlySkipped,
  newlyWaiting,
  nextOut,
  rowsKeptSince,
} from "./issue-store.ts";
export { feedsOfIssuesWith, pastIssues } from "./past.ts";
export {
  deadlineOf,
  type Paused,
  type PauseReason,
  pauseIssue,
  pauseReason,
  resumeIssue,
  takeUpAgain,
} from "./pause.ts";
export { type Place, placeIn } from "./place.ts";
export { reasonWords, wasPlanned } from "./reason-words.ts";
export { editionToSend, editionWithout, refreshIssue, storiesWithout } from "./revise.ts";
export { digestRoutes } from "./routes.tsx";
export {
  nextThatRuns,
  plannedFrom,
  type Run,
  runsFrom,
  type Schedule,
  type Skip,
  type Slot,
} from "./schedule.ts";
export { holidayIn, isTime, mayBeSlot, mostExceptions, mostSlots, zoneNamed } from "./schedule-input.ts";
export { scheduleWords } from "./schedule-words.ts";
export type { ScoreParts } from "./score.ts";
export {
  confirmMinutes,
  isQuiet,
  isSameAudience,
  longestWords,
  mostBreakingADay,
  quietHours,
  versionOf,
} from "./special.ts";
export { buildSpecial, renderSpecial } from "./special-issue.ts";
export {
  askedBy,
  askToConfirm,
  breakingOn,
  openedAs,
  openSpecial,
  type Special,
  setBreaking,
  specialOf,
} from "./special-store.ts";
export {
  addDigest,
  type DigestFacts,
  digestBySlug,
  listDigests,
  reschedule,
  type SeenFacts,
  setApproval,
  setFacts,
} from "./store.ts";
export type {
  BreakingRule,
  Digest,
  DigestTables,
  DigestTemplate,
  Edition,
  EditionId,
  InDoubt,
  Issue,
  IssueId,
  IssueState,
  Placed,
} from "./tables.ts";
export { archivePath, behindAllIssues, isShared, issuePath } from "./tables.ts";
export { forgetWorthMarks, worthUrl } from "./worth.ts";
export { worthRoutes } from "./worth-pages.tsx";
