// What people do with sources, from commands and from pages: each act leaves its entry in the audit log.
import { withoutKeys } from "../platform/index.ts";
import { type Introduction, introduce } from "./introduce.ts";
import { type Preview, previewRun } from "./preview.ts";
import type { SourceService } from "./readers.ts";
import type { Leads, Source } from "./source.ts";
import { leadCategory } from "./store/categories.ts";
import { makeDue } from "./store/runs.ts";
import { pauseSource, removeSource, rewindSource } from "./store/sources.ts";

export type SourceActDeps = SourceService & {
  /** Writes down who did what. */
  record: (entry: { actor: string; act: string; subject: string }) => Promise<unknown>;
};

/** An address as people type it, with or without `https://`. */
export function sourceAddress(text: string): { ok: true; url: URL } | { ok: false; why: "no-web" | "keys" } {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  if (!url || !/^https?:$/.test(url.protocol)) return { ok: false, why: "no-web" };
  return url.username || url.password ? { ok: false, why: "keys" } : { ok: true, url };
}

/** Asks a source that is not there yet who it is, and what would come of it; stores nothing. */
export async function previewSource(
  deps: SourceService,
  { kind, url, sectionId }: Omit<Introduction, "name">,
): Promise<
  { ok: true; url: URL; title: string; categories: string[]; preview: Preview } | { ok: false; why: string }
> {
  const asked = await deps.identify(kind, url, deps);
  if (!asked.ok) return { ok: false, why: withoutKeys(asked.why) };
  const { identity } = asked;
  const preview = await previewRun(deps, { id: null, kind, url: identity.url, cursor: null, sectionId }, 1);
  if ("why" in preview) return { ok: false, why: preview.why };
  const categories = identity.categories.map(({ label }) => label);
  return { ok: true, url: identity.url, title: identity.title, categories, preview };
}

export async function addSource(deps: SourceActDeps, given: Introduction, actor: string) {
  const added = await introduce(deps, given);
  if (added.ok) await deps.record({ actor, act: "source-add", subject: added.source.slug });
  return added;
}

/** @returns false if it was so already */
export async function holdSource(deps: SourceActDeps, source: Source, paused: boolean, actor: string) {
  const changed = await pauseSource(deps.database.db, source.id, paused, deps.now());
  const act = paused ? "source-pause" : "source-resume";
  if (changed) await deps.record({ actor, act, subject: source.slug });
  return changed;
}

export async function forgetSource(deps: SourceActDeps, source: Source, actor: string): Promise<void> {
  await removeSource(deps.database.db, source.id);
  await deps.record({ actor, act: "source-remove", subject: source.slug });
}

/** Says where a category's articles go from now on. @returns false if the source has no such category */
export async function mapCategory(
  deps: SourceActDeps,
  source: Source,
  key: string,
  leads: Leads,
  actor: string,
): Promise<boolean> {
  const changed = await leadCategory(deps.database.db, source.id, key, leads);
  if (changed) await deps.record({ actor, act: "source-map", subject: `${source.slug}: ${key}` });
  return changed;
}

/** Makes a source due; `whole`: it is read from the beginning, and not only what is new. */
export async function runSoon(deps: SourceActDeps, source: Source, whole: boolean, actor: string) {
  const { db } = deps.database;
  if (whole) await rewindSource(db, source.id);
  await makeDue(db, source.id, deps.now());
  await deps.record({ actor, act: "source-run", subject: source.slug });
}
