// An export file of a WordPress becomes articles: the history of a site, which may later be asked for what is new.

import type { SourceDeps } from "../deps.ts";
import { holding, LostHold } from "../hold.ts";
import { freeSlug, originOf } from "../introduce.ts";
import { emptyReport } from "../report.ts";
import { claimMinutes, type RunReport, type Source } from "../source.ts";
import { keepOffset, offsetOf } from "../store/files.ts";
import { claimSource, endRun } from "../store/runs.ts";
import { keepSource, listSources, sourceBy } from "../store/sources.ts";
import { storeStretch } from "../stretch.ts";
import { readWxr, readWxrHead, type WxrHead } from "./read.ts";

export type ExportFile = {
  /** Tells this file from others, also under another name: it is found again to go on where its import stopped. */
  identity: string;
  octets: number;
  /** Its bytes from this octet on. */
  open: (from: number) => AsyncIterable<Uint8Array>;
};

export type WxrImport = {
  source: Source;
  report: RunReport;
  /** How many things in it were no articles, by their type. */
  others: Map<string, number>;
  /** Shortcodes that were taken out of texts. */
  shortcodes: Map<string, number>;
  /** How many pictures found no room in memory: articles that have one of them stand without. */
  picturesLost: number;
  /** Where it went on; 0 where it began. */
  from: number;
  /** Whether it came to the end. */
  finished: boolean;
};

export type WxrOptions = {
  /** Told how many octets were read, and what came of them. */
  progress?: (octets: number, report: RunReport) => void;
  stop?: AbortSignal;
};

/**
 * Imports an export file. Broken off it goes on where it was; done twice it changes nothing the second time.
 *
 * @returns `why`, a sentence on which a person can act, where nothing could be read
 */
export async function importWxr(
  deps: SourceDeps,
  file: ExportFile,
  { progress, stop }: WxrOptions,
): Promise<({ ok: true } & WxrImport) | { ok: false; why: string }> {
  const { database, now } = deps;
  const { db } = database;
  const reading = await readWxrHead(file.open(0));
  if (!reading.ok) return reading;
  const { head } = reading;
  const source = await sourceOf(deps, head);
  if (source === null)
    return { ok: false, why: "The file names no address of its site (its <link> is none)." };
  const startedAt = now();
  const claim = await claimSource(db, source.id, startedAt, startedAt.add({ minutes: claimMinutes }));
  if (claim === null)
    return {
      ok: false,
      why: `Articles of ${source.title} are coming in already. Where another import ended in the middle, the site is free again after ten minutes at most.`,
    };
  const stored = await offsetOf(db, source.id, file.identity);
  const from = stored < file.octets ? stored : 0;
  const done: WxrImport = {
    source,
    report: emptyReport(),
    others: new Map(),
    shortcodes: new Map(),
    picturesLost: head.pictures.lost(),
    from,
    finished: false,
  };
  const held = holding(deps, claim);
  try {
    for await (const stretch of readWxr(file.open(from), from, head)) {
      await storeStretch(held, stretch, done.report);
      addCounts(done.others, stretch.others);
      addCounts(done.shortcodes, stretch.shortcodes);
      await keepOffset(db, source.id, file.identity, stretch.offset);
      progress?.(stretch.offset, done.report);
      if (stop?.aborted) return { ok: true, ...done };
    }
    await keepOffset(db, source.id, file.identity, file.octets);
    done.finished = true;
    return { ok: true, ...done };
  } catch (error) {
    if (!(error instanceof LostHold)) throw error;
    done.report.error = error.message;
    return { ok: true, ...done };
  } finally {
    const { nextRunAt, failures } = claim.source; // it is no round
    const end = { startedAt, nextRunAt, failures, hints: null };
    await endRun(database, claim, done.report, end, now());
  }
}

/** The site that the file is of: one that is asked already, or one that is known by its exports alone. */
async function sourceOf({ database: { db }, now }: SourceDeps, { site }: WxrHead): Promise<Source | null> {
  const url = site.homeUrl;
  if (url === null) return null;
  const origin = originOf("file", url);
  const known = await sourceBy(db, { origin });
  if (known) return known;
  const slugs = new Set((await listSources(db)).map(({ slug }) => slug));
  const added = await keepSource(
    db,
    {
      slug: freeSlug(url, slugs),
      kind: "file",
      url,
      origin,
      title: site.title || url.host,
      language: site.language,
      zone: null,
      sectionId: null,
      nextRunAt: null,
    },
    now(),
  );
  return added ?? sourceBy(db, { origin });
}

function addCounts(sum: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, number] of more) sum.set(name, (sum.get(name) ?? 0) + number);
}
