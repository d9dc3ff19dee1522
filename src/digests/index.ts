// Digests: when a newsletter runs, which stories it carries and why, and the editions made of them. Up to the audience:
// whom an issue goes to, and how it gets there, is delivery's.
export { digestName } from "./edition.ts";
export { editionsOf, forgetSampleStories, sampleSlot, storiesOf } from "./editions.ts";
export {
  buildIssue,
  type DigestDeps,
  drawEdition,
  editionToSend,
  openDueIssues,
  openExtraIssue,
  openIssueBeside,
  sectionIdsOf,
} from "./issue.ts";
export { feedsOfIssuesWith, pastIssues } from "./past.ts";
export type { ScoreParts } from "./rank.ts";
export { digestRoutes } from "./routes.tsx";
export { runsFrom, type Schedule } from "./schedule.ts";
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
