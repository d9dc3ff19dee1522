// A past issue of a digest, as its feed shows it. Digests stand above feeds: what is there is handed in.

/** A digest as far as its feed knows it. */
export type FeedDigest = { id: number; slug: string; name: string };

export type FeedIssue = {
  /** An IRI that never changes. */
  guid: string;
  /** The subject of its mail. */
  title: string;
  url: URL;
  publishedAt: Temporal.Instant;
  /** Its stories in a line. */
  summary: string;
  /** Its stories as a list of links, clean HTML. */
  html: string;
};

/** The newest issues of a digest that are out, newest first. */
export type PastIssues = (digestId: number, limit: number) => Promise<readonly FeedIssue[]>;
