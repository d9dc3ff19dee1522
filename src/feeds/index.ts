// Feeds: every view of the articles as RSS, Atom and JSON Feed, and their list as OPML. A publish raises the versions of
// the feeds it touches (`touchFeeds`, in its own batch) and then has this process forget what it knew of them
// (`FeedService.forget`); a request compares versions, and renders only what nobody has rendered yet.
export { feedRoutes } from "./routes.ts";
export { type FeedService, feedService } from "./service.ts";
export { type FeedTables, feedsOf, touchFeeds } from "./store.ts";
export { feedLinks } from "./which.ts";
