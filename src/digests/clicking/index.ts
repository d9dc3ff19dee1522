// Clicks: counted links in mails, and what is known of who follows them.
export { type ClickReport, clickApi, clickReport } from "./api.ts";
export { type ClickCount, createClickCount } from "./count.ts";
export { clickLinks, clickMark, uncounted } from "./links.ts";
export { clickRoutes } from "./routes.tsx";
export { clicksOf, clicksOfReader, forgetClicksOf, forgetReaderClicks } from "./store.ts";
