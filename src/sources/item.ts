// What every reader of a source gives: articles as the source tells them, before the paper's own sections are laid over them.
import type { ArticleImage, Importance, Prepared } from "../articles/index.ts";

/** One article of a source. Texts are as found, entities decoded but nothing cleaned: whoever stores them cleans them. */
export type SourceItem = {
  /** What never changes of it: a guid, an id; an IRI where the source has one. Unique in its source. */
  externalId: string;
  /** By what the source can be asked for it again (a WordPress post's number); null where it cannot. */
  remoteId: string | null;
  url: string | null;
  /** Plain text. */
  title: string;
  /** Plain text; null where the source gave none. */
  summary: string | null;
  bodyHtml: string;
  categories: readonly Category[];
  tags: readonly string[];
  authors: readonly string[];
  /** Whom the source attributes it to; null: its own report. */
  sourceName: string | null;
  image: ArticleImage | null;
  importance: Importance;
  /** Null where the source says none that can be read. */
  published: Temporal.Instant | null;
  /** Whether the source itself holds it back until then; else a time that lies far ahead is not believed. */
  scheduled: boolean;
  modified: Temporal.Instant | null;
  /** What cleaning makes of its texts (`textsOf`), where the reader had that done already. */
  prepared?: Prepared;
};

/** A part of the source's own order, by which its articles find their sections. */
export type Category = {
  /** What stays when it is renamed: a slug, decoded; where there is none, the label. */
  key: string;
  /** What readers see, plain text. */
  label: string;
};

/** Something that is no article of ours, and why, in a sentence on which a person can act. */
export type Skipped = { what: string; why: string };

/** An article that its source took back. */
export type Gone = { remoteId: string; reason: string };
