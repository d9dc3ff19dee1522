// The publisher's own decisions: names, zone, months, digits. Kept as one checked document.
export { newPublisher, type Publisher } from "./publisher.ts";
export { readPublisher, type SettingsTables, savePublisher } from "./store.ts";
