// The newsroom: the pages of those who are signed in, one file a page; routes.ts names them all.
export { auditApi } from "./audit-api.ts";
export { deskAt, type NewsroomDeps, type StoryActs } from "./desk.ts";
export { digestApi } from "./digest-api.ts";
export { feedApi } from "./feed-api.ts";
export { bareHouse, type House, type ShownTemplates, type ShownTransport } from "./house.ts";
export { houseApi } from "./house-api.ts";
export { knownFeeds } from "./known-feeds.ts";
export { peopleApi } from "./people-api.ts";
export { newsroomRoutes } from "./routes.ts";
export { templateApi } from "./template-api.ts";
export { whyWords } from "./why.ts";
export { exclusionWord, pauseWord, waitWord } from "./words.ts";
