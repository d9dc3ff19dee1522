// Sources: whatever turns the outside into articles. Files and pages are read for an import; WordPress sites, feeds and pages
// are asked again and again, each by its own reader, and all are stored by one run.
export {
  addSource,
  forgetSource,
  holdSource,
  mapCategory,
  previewSource,
  runSoon,
  type SourceActDeps,
  sourceAddress,
} from "./acts.ts";
export { sourceApi } from "./api.ts";
export type { SourceDeps } from "./deps.ts";
export { runDueSources } from "./due.ts";
export { type ImportReading, readImport } from "./import.ts";
export type { Introduction } from "./introduce.ts";
export { previewRun } from "./preview.ts";
export { type SourceService, sourceReaders } from "./readers.ts";
export { runSource } from "./run.ts";
export type { Leads, RunReport, Source } from "./source.ts";
export { categoriesAfter, categoriesOf, type KnownCategory } from "./store/categories.ts";
export { keepRetracted } from "./store/items.ts";
export { lastRuns, listRuns } from "./store/runs.ts";
export { listSources, rewindSource, sourceBy } from "./store/sources.ts";
export type { SourceTables } from "./tables.ts";
export { inboundRoutes } from "./told.ts";
export { webhookPath } from "./wordpress/webhook.ts";
export {
  type ExportFile,
  importWxr,
  type WxrImport,
  type WxrReader,
  type WxrSaid,
  wxrReader,
} from "./wxr/import.ts";
export type { WxrStretch } from "./wxr/read.ts";
