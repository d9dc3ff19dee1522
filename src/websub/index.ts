// WebSub: the hub that pushes feeds to subscribers the moment they change, and what a hub outside is told (W3C Recommendation
// of 23 January 2018). All that is owed stands in the database.
export { createHub, type Hub } from "./hub.ts";
export { webSubRoutes } from "./routes.ts";
export { hubUrls } from "./rules.ts";
export {
  mostCounted,
  type ShownSubscription,
  subscribersOf,
  subscriptionCount,
  subscriptionsTo,
} from "./store.ts";
export type { WebSubTables } from "./tables.ts";
