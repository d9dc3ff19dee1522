// What a source is and what a run of it brought. Pure.
import type { SectionId } from "../articles/index.ts";
import type { Skipped } from "./item.ts";

export type SourceId = number & { readonly brand: "SourceId" };

/** `file` is a site that only came as an export; nothing asks it for more. */
export type SourceKind = "wordpress" | "feed" | "page" | "file";

export type Source = {
  id: SourceId;
  /** What it is called on the command line and in addresses. */
  slug: string;
  kind: SourceKind;
  url: URL;
  /** Under which its articles are stored. */
  origin: string;
  title: string;
  language: string | null;
  /** An IANA zone or a fixed offset, as the site says it. */
  zone: string | null;
  /** Where articles go whose categories lead nowhere; null: the paper's section for news. */
  sectionId: SectionId | null;
  pausedAt: Temporal.Instant | null;
  /** Null: it runs only when it is told to. */
  nextRunAt: Temporal.Instant | null;
  cursor: unknown;
  /** With which its site signs what it tells us. */
  secret: string;
  failures: number;
  /** How often in a row what it told of could not be seen. */
  hintFailures: number;
  /** Why the last run failed, in words; null where it went well. */
  lastError: string | null;
  lastRunAt: Temporal.Instant | null;
  lastGoodAt: Temporal.Instant | null;
};

/** Where the articles of a category go: to a section; nowhere of its own, as it holds everything; or nowhere at all. */
export type Leads =
  | { leads: "section"; sectionId: SectionId }
  | { leads: "everywhere" }
  | { leads: "nowhere" };

/** What a run did, for people and for the list of runs. */
export type RunReport = {
  created: number;
  revised: number;
  unchanged: number;
  retracted: number;
  skipped: number;
  /** What the cleaning of HTML took out, by its name. */
  removed: Record<string, number>;
  /** The first things that were skipped. */
  notes: Skipped[];
  error: string | null;
};

/** A run holds its source for so long after each stretch; a process that died is waited for no longer. */
export const claimMinutes = 10;

/** So many reasons are kept of a run: enough to see what is wrong. */
export const mostNotes = 50;

/** How long a source is left alone after so many failures in a row: five minutes, doubled each time, at most six hours. */
export const backOff = (failures: number): Temporal.Duration =>
  Temporal.Duration.from({ minutes: Math.min(5 * 2 ** Math.min(failures - 1, 10), 360) });

/** How often a source is asked that says nothing about it. */
export const restMinutes: Record<SourceKind, number> = { wordpress: 5, feed: 15, page: 60, file: 60 };

/**
 * When the next run is due.
 *
 * @param failures in a row, this run counted; 0 where it went well
 * @param notBefore before which the source does not want to be asked
 */
export function nextRun(
  kind: SourceKind,
  failures: number,
  notBefore: Temporal.Instant | null,
  now: Temporal.Instant,
): Temporal.Instant {
  const own = now.add(failures > 0 ? backOff(failures) : { minutes: restMinutes[kind] });
  return notBefore !== null && Temporal.Instant.compare(notBefore, own) > 0 ? notBefore : own;
}
