// How a run gets a source's articles, whatever kind of source it is: a stretch at a time, each stored before the next.
import type { GuardedGet } from "../platform/index.ts";
import type { Category, Gone, Skipped, SourceItem } from "./item.ts";

/** What a reader of sources is told of the one it reads. */
export type Asked = {
  url: URL;
  /** What the last stretch left, as JSON, never from outside; null at the first. */
  cursor: unknown;
  /** Remote ids that the source told of just now: they alone are asked for, and the cursor stays. Null at a run of its own. */
  only: readonly string[] | null;
  /** The remote ids of the newest stored articles of this source, newest first, that stand (not retracted). */
  recentRemoteIds: (limit: number) => Promise<readonly string[]>;
  /** Of all those, in the order of their text, the ones behind this one. */
  remoteIdsAfter: (id: string, limit: number) => Promise<readonly string[]>;
  get: GuardedGet;
  now: Temporal.Instant;
};

/** One stretch. It is stored whole, its cursor with it; a run that dies before that asks for it again. */
export type Stretch = {
  ok: true;
  items: readonly SourceItem[];
  skipped: readonly Skipped[];
  gone: readonly Gone[];
  /** Of the remote ids that were asked for alone, those of which nothing could be seen: they are asked for again. */
  unclear?: readonly string[];
  /** All categories that the source has, if it was asked for them; else those seen. */
  categories: readonly Category[];
  /** Where the next stretch begins: plain JSON. */
  cursor: unknown;
  /** Whether there is more to be had at once. */
  more: boolean;
  /** Before then the source does not want to be asked again; null where it says nothing. */
  notBefore: Temporal.Instant | null;
};

/** Nothing was changed. `why` is a sentence on which a person can act. */
export type NoStretch = { ok: false; why: string; notBefore: Temporal.Instant | null };

export type Pull = (asked: Asked) => Promise<Stretch | NoStretch>;
