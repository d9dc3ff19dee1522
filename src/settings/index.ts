// The publisher's own decisions: names, zone, months, digits. Kept as one checked document. And what the whole database has to know of
// itself: whether it is a copy that was restored, and when it was last backed up.
export { publisherApi } from "./api.ts";
export { type Backup, lastBackup, noteBackup } from "./backups.ts";
export { newPublisher, type Publisher, publisherSchema, weekendDays, weekOf } from "./publisher.ts";
export { readiness } from "./ready.ts";
export {
  type Held,
  heldSince,
  lastRestored,
  mailIsHeld,
  markRestored,
  noteRestored,
  release,
} from "./restores.ts";
export { inMails } from "./social.ts";
export {
  keptSecret,
  markLoading,
  readPublisher,
  type SettingsTables,
  savePublisher,
  setupState,
} from "./store.ts";
