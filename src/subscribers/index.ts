// Subscribers: who asked for a digest, who confirmed, who left; sign-up and leaving by signed links; taking over a list;
// and, for whoever sends an issue, the audience with the reason for each one left out.
export { audienceChoices, audiencePage, audienceSize, type Candidate, exclusionsNow } from "./audience.ts";
export type { SubscriberId } from "./consent.ts";
export { importSubscribers } from "./import.ts";
export { confirmLink, unsubscribeLink } from "./links.ts";
export { SubscribeForm } from "./pages.tsx";
export { subscriberRoutes } from "./routes.tsx";
export {
  forgetSampleSubscribers,
  listSubscribers,
  sampleSubscriberIds,
} from "./store.ts";
export type { SubscriberTables } from "./tables.ts";
