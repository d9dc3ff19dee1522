// Digests: when a newsletter runs, which stories it carries and why, and the editions made of them. Up to the audience:
// whom an issue goes to, and how it gets there, is delivery's.
export { digestName } from "./edition.ts";
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
export type { ScoreParts } from "./rank.ts";
export { digestRoutes } from "./routes.tsx";
export { runsFrom, type Schedule } from "./schedule.ts";
export {
  addDigest,
  type Digest,
  type DigestTables,
  digestBySlug,
  type Edition,
  type EditionId,
  editionsOf,
  endFreezing,
  forgetStories,
  type Issue,
  type IssueId,
  type IssueState,
  issueById,
  issueByName,
  issueName,
  issuesUnderWay,
  listDigests,
  markFrozenThrough,
  moveIssue,
  newestIssues,
  reschedule,
  storiesOf,
} from "./store.ts";
