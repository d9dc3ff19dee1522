// An export file of a WordPress becomes articles: the history of a site, which may later be asked for what is new.

import { prepare } from "../../articles/index.ts";
import type { SourceDeps } from "../deps.ts";
import { holding, LostHold } from "../hold.ts";
import { freeSlug, originOf } from "../introduce.ts";
import { textsOf, tidyItem } from "../lay.ts";
import { emptyReport } from "../report.ts";
import { claimMinutes, type RunReport, type Source } from "../source.ts";
import { keepOffset, offsetOf } from "../store/files.ts";
import { claimSource, endRun } from "../store/runs.ts";
import { keepSource, listSources, sourceBy } from "../store/sources.ts";
import { storeStretch } from "../stretch.ts";
import type { WxrSite } from "./item.ts";
import { readWxr, readWxrHead, type WxrHead, type WxrStretch } from "./read.ts";

export type ExportFile = {
  /** Tells this file from others, also under another name: it is found again to go on where its import stopped. */
  identity: string;
  octets: number;
  reader: WxrReader;
};

/** Reads one export file; a host may do so in a thread of its own. */
export type WxrReader = {
  /** What it says of its site: asked first. `why`, a sentence on which a person can act, where it is no export. */
  site: () => Promise<WxrSaid | { ok: false; why: string }>;
  /** Its articles from this octet on, their texts cleaned. */
  stretches: (from: number) => AsyncIterable<WxrStretch>;
};
export type WxrSaid = {
  ok: true;
  site: WxrSite;
  /** How many of its pictures found no room in memory. */
  picturesLost: number;
};

/** @param open the bytes of the file from this octet on */
export function wxrReader(open: (from: number) => AsyncIterable<Uint8Array>): WxrReader {
  let head: WxrHead | null = null;
  return {
    async site() {
      const reading = await readWxrHead(open(0));
      if (!reading.ok) return reading;
      head = reading.head;
      return { ok: true, site: head.site, picturesLost: head.pictures.lost() };
    },
    async *stretches(from) {
      if (head === null) throw new Error("What the file says of its site is to be read first.");
      for await (const stretch of readWxr(open(from), from, head)) {
        const items = stretch.items.map(tidyItem);
        yield { ...stretch, items: items.map((item) => ({ ...item, prepared: prepare(textsOf(item)) })) };
      }
    },
  };
}

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
  const reading = await file.reader.site();
  if (!reading.ok) return reading;
  const source = await sourceOf(deps, reading.site);
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
    picturesLost: reading.picturesLost,
    from,
    finished: false,
  };
  const held = holding(deps, claim);
  try {
    for await (const stretch of file.reader.stretches(from)) {
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
async function sourceOf({ database: { db }, now }: SourceDeps, site: WxrSite): Promise<Source | null> {
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
