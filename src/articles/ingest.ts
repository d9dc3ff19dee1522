// From an article as given to a draft that can be stored: clean text, clean HTML, known sections, a date to believe.
import { lede, oneLine } from "../arabic/index.ts";
import { sha256 } from "../platform/index.ts";
import type { Article, Named, Section } from "./article.ts";
import { cleanAndCount, htmlToText, type Removed } from "./clean.ts";
import type { ArticleInput } from "./input.ts";
import { nameSlug } from "./named.ts";
import { type SearchWords, wordsOf } from "./search/store.ts";
import type { ArticleDraft } from "./store.ts";

/** How long a lede may be where no summary was given, in characters. */
const ledeLength = 280;

/** Characters of clean HTML: fifty such articles are still a feed that fits in memory. A long feature has 30,000. */
export const longestBody = 300_000;

/** What is cleaned of an article. */
export type GivenText = Pick<ArticleInput, "title" | "summary" | "body_html" | "url">;

/** Texts of an article once they are clean: the same given texts always make the same, whatever the paper is like. */
export type CleanText = { title: string; summary: string; bodyHtml: string; text: string; removed: Removed };

/**
 * What takes longest of storing an article, as plain data: whoever reads many may have it made by another thread, ahead of
 * storing them.
 */
export type Prepared = { clean: CleanText; words: SearchWords };

export function prepare(given: GivenText): Prepared {
  const clean = cleaned(given);
  return { clean, words: wordsOf(clean) };
}

function cleaned({ title, summary, body_html, url }: GivenText): CleanText {
  const { html: bodyHtml, removed } = cleanAndCount(body_html, url ?? null);
  const text = htmlToText(bodyHtml);
  return {
    title: oneLine(title),
    summary: lede(oneLine(summary ?? "") || null, text.split("\n", 1)[0] ?? "", ledeLength),
    bodyHtml,
    text,
    removed,
  };
}

/** SHA-256 of a text in lower-case hex. */
export type Hash = (text: string) => string | Promise<string>;

export type DraftOptions = {
  /** Its texts, where they were cleaned already. */
  clean?: CleanText | undefined;
  /** What the host has that is quicker than WebCrypto, which is asked through a queue of threads. */
  hash?: Hash | undefined;
};

export type Drafting =
  | { ok: true; draft: ArticleDraft; text: string; removed: Removed }
  | { ok: false; why: "unknown-sections"; unknown: string[] }
  | { ok: false; why: "no-text" | "too-long" };

/**
 * Cleans an article and checks it against the paper's sections.
 *
 * @param before the article as stored, if it is: its first-seen time stays, so that a text without a date keeps its place
 * @returns the draft and its plain text, or why there can be none
 */
export async function draftArticle(
  input: ArticleInput,
  origin: string,
  sections: readonly Section[],
  before: Article | null,
  now: Temporal.Instant,
  { clean = cleaned(input), hash = sha256 }: DraftOptions = {},
): Promise<Drafting> {
  const { title, summary, bodyHtml, text, removed } = clean;
  if (text === "" || title === "") return { ok: false, why: "no-text" };
  if (bodyHtml.length > longestBody) return { ok: false, why: "too-long" };
  const named = input.sections.map((name) => ({ name, section: findSection(sections, name, before) }));
  const unknown = named.filter(({ section }) => section === undefined).map(({ name }) => name);
  if (unknown.length > 0) return { ok: false, why: "unknown-sections", unknown };

  const { publishedAt, publishedFrom } = publishedTime(input, before, now);
  const image = input.image ?? null;
  const content = {
    url: input.url ?? null,
    title,
    summary,
    bodyHtml,
    sectionIds: [...new Set(named.flatMap(({ section }) => section?.id ?? []))],
    tags: withSlugs(input.tags),
    authors: withSlugs(input.authors),
    sourceName: oneLine(input.source_name ?? "") || null,
    image: image && {
      url: image.url,
      type: image.type ?? null,
      length: image.length ?? null,
      width: image.width ?? null,
      height: image.height ?? null,
      alt: image.alt ? oneLine(image.alt) : null,
      credit: image.credit ? oneLine(image.credit) : null,
    },
    importance: input.importance,
    correction: input.correction ? oneLine(input.correction) : null,
  };
  const contentHash = await hash(JSON.stringify([content, publishedAt.epochMilliseconds]));
  const updatedAt = input.updated_at ? Temporal.Instant.from(input.updated_at) : before ? now : publishedAt;
  return {
    ok: true,
    text,
    removed,
    draft: {
      ...content,
      origin,
      externalId: input.external_id,
      publishedAt,
      publishedFrom,
      updatedAt,
      contentHash,
    },
  };
}

/** A section by its slug or its exact title, whatever form of Unicode it came in. A closed one keeps what it has. */
function findSection(
  sections: readonly Section[],
  name: string,
  before: Article | null,
): Section | undefined {
  const wanted = name.normalize("NFC");
  const found = sections.find(({ slug, title }) => slug === wanted || title === wanted);
  const has = before?.sections.some(({ id }) => id === found?.id) ?? false;
  return found?.closedAt === null || has ? found : undefined;
}

function publishedTime(input: ArticleInput, before: Article | null, now: Temporal.Instant) {
  if (input.published_at) {
    return { publishedAt: Temporal.Instant.from(input.published_at), publishedFrom: "given" as const };
  }
  if (before) return { publishedAt: before.publishedAt, publishedFrom: before.publishedFrom };
  return { publishedAt: now, publishedFrom: "first-seen" as const };
}

/** Names with their slugs; what has no letter or digit names nothing, and one slug stands once. */
function withSlugs(names: readonly string[]): Named[] {
  const bySlug = new Map<string, Named>();
  for (const given of names) {
    const name = oneLine(given);
    const slug = nameSlug(name);
    if (slug && !bySlug.has(slug)) bySlug.set(slug, { slug, name });
  }
  return [...bySlug.values()];
}

/** The article as an input again, so that a change can replace some of its fields. */
export function inputOf(article: Article): ArticleInput {
  return {
    external_id: article.externalId,
    title: article.title,
    summary: article.summary,
    body_html: article.bodyHtml,
    url: article.url,
    sections: article.sections.map(({ slug }) => slug),
    tags: article.tags.map(({ name }) => name),
    authors: article.authors.map(({ name }) => name),
    source_name: article.sourceName,
    image: article.image,
    published_at: article.publishedFrom === "given" ? article.publishedAt.toString() : null,
    updated_at: null,
    importance: article.importance,
    correction: article.correction,
  };
}

/** RFC 3987, as far as feeds and the readers of feeds need it: no space, delimiter, control or unassigned character. */
const iri = /^(?:https?|urn|tag):[^\s<>"\\^`{|}\u0000-\u0020\u007F-\u009F\p{Noncharacter_Code_Point}]+$/u;

/**
 * The id that an article keeps in every feed for ever: the publisher's own where it is an IRI (so that readers of a
 * site that moved here see nothing twice), else a tag: URI minted now (RFC 4151).
 */
export function guidFor(externalId: string, site: URL, now: Temporal.Instant): string {
  if (externalId.isWellFormed() && iri.test(externalId) && URL.canParse(externalId)) return externalId;
  return mintGuid(site, now);
}

/** A tag: URI that nobody else has (RFC 4151). */
export const mintGuid = (site: URL, now: Temporal.Instant): string =>
  `tag:${site.hostname},${now.toString().slice(0, 10)}:article/${crypto.randomUUID()}`;
