// Digests: when a newsletter runs, which stories it carries and why, and the editions made of them. Up to the audience:
// whom an issue goes to, and how it gets there, is delivery's.
export { openDueIssues } from "./due.ts";
export { digestName } from "./edition.ts";
export { editionsOf, forgetSampleStories, sampleSlot, storiesOf } from "./editions.ts";
export { type Holiday, holidayDay, holidayText } from "./holidays.ts";
export {
  buildIssue,
  type DigestDeps,
  drawEdition,
  editionToSend,
  openExtraIssue,
  openIssueBeside,
  sectionIdsOf,
} from "./issue.ts";
export { feedsOfIssuesWith, pastIssues } from "./past.ts";
export type { ScoreParts } from "./rank.ts";
export { digestRoutes } from "./routes.tsx";
export { nextThatRuns, plannedFrom, type Run, runsFrom, type Schedule, type Slot } from "./schedule.ts";
export { scheduleWords } from "./schedule-words.ts";
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
} from "./store.ts";
export type { Digest, DigestTables, Edition, EditionId, Issue, IssueId, IssueState } from "./tables.ts";
export { behindAllIssues, issuePath } from "./tables.ts";
