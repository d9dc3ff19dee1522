// Feeds: every view of the articles as RSS, Atom and JSON Feed, and their list as OPML. A change to an article raises the
// versions of exactly the feeds that show it (`feedChanges`, in its own batch) and then has this process look again
// (`FeedService.forget`); a request compares versions, and renders only what nobody has rendered yet.
export { type FeedAnswers, feedAnswers } from "./answer.ts";
export type { Document } from "./cache.ts";
export type { FeedRequest } from "./http.ts";
export type { FeedIssue } from "./issues.ts";
export { renderFeedPage } from "./page.tsx";
export { robotsTxt } from "./robots.ts";
export { feedRoutes } from "./routes.ts";
export { type FeedDeps, type FeedService, type Found, type FoundFeed, feedService } from "./service.ts";
export {
  type FeedKey,
  type FeedTables,
  feedChanges,
  feedLength,
  keyOf,
  listsOf,
  type ShownChange,
  touchFeeds,
  touchFeedsIn,
  whenChanged,
} from "./store.ts";
export { faultsOf } from "./validity.ts";
export { type FeedFormat, type FeedName, feedLinks, feedUrl, mediaTypes } from "./which.ts";
export { wordpressRoutes } from "./wordpress-routes.ts";
