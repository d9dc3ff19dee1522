// The publisher's own decisions: names, zone, months, digits. Kept as one checked document.
export { newPublisher, type Publisher, publisherSchema } from "./publisher.ts";
export { inMails } from "./social.ts";
export {
  keptSecret,
  markLoading,
  readPublisher,
  type SettingsTables,
  savePublisher,
  setupState,
} from "./store.ts";
