// Webhooks that go out: the publisher's own programs are told what happened, signed as Standard Webhooks has it, until they took it.
// What is to be told is written by triggers (migration 27) with what caused it.
export { hookApi } from "./api.ts";
export { type EventKind, eventKinds, isEventKind, newSecret, whyNoEndpoint } from "./event.ts";
export {
  addEndpoint,
  type Endpoint,
  formerHours,
  type HookTables,
  type ListedCall,
  listCalls,
  listEndpoints,
  removeEndpoint,
  replay,
  rotateSecret,
  secretMark,
  switchOn,
} from "./store.ts";
export { type HookDeps, tellHooks, testHook } from "./tell.ts";
