// Digests: when a newsletter runs, which stories it carries and why, and the editions made of them. Up to the audience:
// whom an issue goes to, and how it gets there, is delivery's.
export { handApi } from "./api.ts";
export { type DigestDeps, drawEdition, sectionIdsOf } from "./draw.ts";
export { openDueIssues } from "./due.ts";
export { digestName } from "./edition.ts";
export { editionsOf, forgetSampleStories, sampleSlot, storiesOf } from "./editions.ts";
export { type Hand, type HandChange, hide, pin, unhide, unpin } from "./hand.ts";
export { changeHand, handIs, handOf, readHand } from "./hand-store.ts";
export { type Holiday, holidayDay, holidayText } from "./holidays.ts";
export { buildIssue, openExtraIssue, openIssueBeside } from "./issue.ts";
export { feedsOfIssuesWith, pastIssues } from "./past.ts";
export { editionToSend, editionWithout } from "./revise.ts";
export { digestRoutes } from "./routes.tsx";
export { nextThatRuns, plannedFrom, type Run, runsFrom, type Schedule, type Slot } from "./schedule.ts";
export { scheduleWords } from "./schedule-words.ts";
export type { ScoreParts } from "./score.ts";
export {
  addDigest,
  digestBySlug,
  endFreezing,
  frozenTo,
  issueById,
  issueByName,
  issueName,
  issuesUnderWay,
  listDigests,
  markFrozenThrough,
  moveIssue,
  newestIssues,
  reschedule,
  setTemplate,
} from "./store.ts";
export type {
  Digest,
  DigestTables,
  DigestTemplate,
  Edition,
  EditionId,
  Issue,
  IssueId,
  IssueState,
} from "./tables.ts";
export { behindAllIssues, isShared, issuePath } from "./tables.ts";
export { forgetWorthMarks, worthUrl } from "./worth.ts";
export { worthRoutes } from "./worth-pages.tsx";
