// Feeds: every view of the articles as RSS, Atom and JSON Feed, and their list as OPML. A change to an article raises the
// versions of exactly the feeds that show it (`feedChanges`, in its own batch) and then has this process look again
// (`FeedService.forget`); a request compares versions, and renders only what nobody has rendered yet.
export { type FeedAnswers, feedAnswers, type NoteAnswer } from "./answer.ts";
export { createReaderCount, type ReaderCount } from "./counting.ts";
export type { FeedRequest } from "./http.ts";
export type { FeedDigest, FeedIssue, PastIssues } from "./issues.ts";
export { createMetrics, type Metrics, metricsRoutes } from "./metrics.ts";
export { noteAnswers } from "./noted.ts";
export { renderFeedPage } from "./page.tsx";
export {
  type CountedFeed,
  dayToShow,
  type FeedReaders,
  foldReaders,
  type ReaderTables,
  readersOf,
  startOf,
} from "./readers-store.ts";
export { robotsTxt } from "./robots.ts";
export { feedRoutes } from "./routes.ts";
export { type FeedDeps, type FeedService, type Found, feedService } from "./service.ts";
export {
  type FeedTables,
  feedChanges,
  feedLength,
  keyOf,
  listsOf,
  type ShownChange,
  touchFeeds,
  touchFeedsIn,
} from "./store.ts";
export { hubUrls } from "./websub.ts";
export { createHub, type Hub } from "./websub-hub.ts";
export { webSubRoutes } from "./websub-routes.ts";
export { subscriptionCount, subscriptionsTo } from "./websub-store.ts";
export type { WebSubTables } from "./websub-tables.ts";
export { type FeedName, feedLinks, feedUrl } from "./which.ts";
export { wordpressRoutes } from "./wordpress-routes.ts";
