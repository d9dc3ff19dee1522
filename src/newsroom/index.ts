// The newsroom: the pages of those who are signed in. So far: today at a glance, the stream of stories, the issues with what was sent to whom and why each story was
// chosen, where they are approved or called off, an issue as a reader would get it, one article sent at once, the settings (one's own
// account, editors, API tokens, the audit log), and the outbox.
export type { StoryActs } from "./desk.ts";
export { bareHouse, type House, type ShownTemplates, type ShownTransport } from "./house.ts";
export { knownFeeds } from "./known-feeds.ts";
export { newsroomRoutes } from "./routes.ts";
export { whyWords } from "./why.ts";
export { exclusionWord, pauseWord, waitWord } from "./words.ts";
