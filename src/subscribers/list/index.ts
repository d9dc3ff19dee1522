// Lists of subscribers, for the publisher: taken over from files, given out as files, cut into segments; and the addresses
// that must not be mailed.
export { listApi } from "./api/index.ts";
export { type Column, columnNames, isColumn } from "./columns.ts";
export { type ListFile, UnreadableList } from "./csv.ts";
export { type ExportFormat, exportFormats, exportText } from "./export.ts";
export { eventWords } from "./history.ts";
export { type ImportReport, importById, importList, type ListedImport, listImports } from "./import.ts";
export { keepReport, keptReport, mostKept } from "./kept-report.ts";
export { saidColumns } from "./layout.ts";
export {
  findAddresses,
  recount,
  segmentPage,
  stateCounts,
  subscriberId,
} from "./look.ts";
export { fileOf, importSubscribers } from "./memory.ts";
export { type ShownSubscriber, showSubscriber } from "./person.ts";
export { type Preview, previewImport, previewRow } from "./preview.ts";
export { type ReportedRow, reportText } from "./report.ts";
export {
  givenFilter,
  resolveFilter,
  type SegmentFilter,
  showFilter,
  stateOf,
} from "./segment.ts";
export {
  addSegment,
  countSegment,
  countSome,
  listSegments,
  type Person,
  removeSegment,
  type Segment,
  segmentBySlug,
  segmentPages,
} from "./segments.ts";
export {
  type GivenReason,
  givenReasons,
  importSuppressions,
  liftSuppression,
  listSuppressions,
  type Suppression,
  suppress,
  suppressing,
  suppressionOf,
} from "./suppress.ts";
export { type Names, named, namesOf } from "./wanted.ts";
export { rowWords, suppressionWords } from "./words.ts";
