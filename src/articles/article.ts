// What an article is. Pure: no clock, no database.
import type { Removed } from "./clean.ts";

export type ArticleId = number & { readonly brand: "ArticleId" };
/** The id that a number from outside (a path, a command line) means; whether there is such an article is not said. */
export const articleId = (number: number): ArticleId => number as ArticleId;

export type SectionId = number & { readonly brand: "SectionId" };

export type Section = {
  id: SectionId;
  slug: string;
  title: string;
  titleEn: string | null;
  /** How fast its articles grow old in a digest: opinion keeps longer than news. */
  halfLifeHours: number;
  /** A closed section keeps its articles, takes no new ones, and its feeds answer 410. */
  closedAt: Temporal.Instant | null;
};

/** A tag or an author: a thing with a name and a slug. */
export type Named = { slug: string; name: string };

/** Sizes are pixels, length is octets; null where the source did not say. */
export type ArticleImage = {
  url: string;
  type: string | null;
  length: number | null;
  width: number | null;
  height: number | null;
  alt: string | null;
  credit: string | null;
};

export type Importance = 0 | 1 | 2 | 3;

export type ArticleStatus =
  | { state: "published" }
  | { state: "embargoed" }
  | { state: "retracted"; at: Temporal.Instant; reason: string };

export type Article = {
  id: ArticleId;
  /** Who gave it to us (api, import, sample), and its id there. */
  origin: string;
  externalId: string;
  /** An IRI that never changes: the source's own, or a tag: URI minted once (RFC 4151). */
  guid: string;
  /** The publisher's page; null where the only page is ours. */
  url: string | null;
  title: string;
  summary: string;
  /** Clean HTML: see clean.ts. */
  bodyHtml: string;
  sections: readonly Section[];
  tags: readonly Named[];
  authors: readonly Named[];
  /** Whom it is attributed to; null: the paper's own report. */
  sourceName: string | null;
  image: ArticleImage | null;
  importance: Importance;
  publishedAt: Temporal.Instant;
  /** `first-seen` where the text carried no date that could be believed. */
  publishedFrom: "given" | "first-seen";
  updatedAt: Temporal.Instant;
  revision: number;
  /** What was put right, in a sentence for readers. */
  correction: string | null;
  status: ArticleStatus;
  /** The lead of its story; its own id where it leads. */
  storyId: ArticleId;
};

/** An article without its text: what a list, a feed of titles or a mail shows of it. */
export type ArticleHead = Omit<Article, "bodyHtml">;

/** An article that an issue may carry. */
export type Candidate = ArticleHead & {
  /** Of its text, in octets. */
  length: number;
};

/** Where readers find the article: the publisher's own page, or ours. */
export const articleUrl = (site: URL, article: Pick<Article, "id" | "url">): string =>
  article.url ?? new URL(`/articles/${article.id}`, site).href;

/** What storing an article came to. */
export type Published =
  | { kind: "created" | "revised"; article: Article; removed: Removed }
  | { kind: "unchanged"; article: Article }
  /** A retracted article never comes back under its own id. */
  | { kind: "retracted"; article: Article }
  /** Somebody else revised it meanwhile. */
  | { kind: "stale"; article: Article }
  | { kind: "unknown-sections"; unknown: string[]; known: readonly Section[] }
  /** Nothing is left of the title or the text once it is clean. */
  | { kind: "no-text" }
  /** The clean text is longer than any article. */
  | { kind: "too-long" };

/** What became of one of many articles, and under which id it is stored. */
export type Outcome =
  | { kind: "created" | "revised"; id: ArticleId; removed: Removed }
  | { kind: "unchanged" | "retracted"; id: ArticleId }
  | Extract<Published, { kind: "unknown-sections" | "no-text" | "too-long" }>;
