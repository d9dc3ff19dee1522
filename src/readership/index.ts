// Readership: how many read which feed, without keeping whose address it was, and the metrics that a monitoring system reads.
export { createReaderCount, type ReaderCount } from "./counting.ts";
export { createMetrics, type HouseFigures, type Metrics, metricsRoutes } from "./metrics.ts";
export { noteAnswers } from "./noted.ts";
export {
  type CountedFeed,
  dayToShow,
  type FeedReaders,
  foldReaders,
  type ReaderTables,
  readersByDay,
  readersOf,
  startOf,
} from "./store.ts";
