// The shape of the sample newsroom: plain data, which the loader turns into real sections and articles.

export type SampleSection = { slug: string; title: string; titleEn: string };

export type SampleArticle = {
  /** Stable, "sample-…": loading twice changes nothing, and removing the sample finds it. */
  externalId: string;
  /** Hours before the first start, so that today's digest has news whenever that is. */
  hoursAgo: number;
  title: string;
  summary: string;
  /** Of `<p> <h2> <ul> <li> <blockquote> <a> <table>` only, with no styles. */
  bodyHtml: string;
  /** Slugs of sections, the main one first. */
  sections: string[];
  tags: string[];
  authors: string[];
  /** The agency whose copy this is; null for the paper's own report. */
  sourceName: string | null;
  importance: 0 | 1 | 2 | 3;
  /** A file of `src/sample/pictures`. */
  picture: { file: string; alt: string; credit: string } | null;
  /** What readers are told was wrong. The text of `before` was published first, and then revised. */
  correction?: string;
  before?: { title?: string; bodyHtml?: string };
  /** Why the paper took the article back. */
  retracted?: string;
};
