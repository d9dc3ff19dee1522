// An article as every format shows it: cleaned, checked, with its content whole. Pure.
import { cleanText, escapeHtml, htmlStartsLatin, oneLine, rtlTitle } from "../arabic/index.ts";
import { type Article, type ArticleImage, articleUrl } from "../articles/index.ts";
import type { FeedIssue } from "./issues.ts";
import type { KeptEntries } from "./kept.ts";

export type Entry = {
  guid: string;
  /** Absolute, ASCII. */
  url: string;
  title: string;
  /** Plain text; empty where there is none. */
  summary: string;
  content: string;
  published: Temporal.Instant;
  /** Never before `published`. */
  updated: Temporal.Instant;
  /** The authors, or whom the text is attributed to, or nobody: then it is the paper's own. */
  creators: readonly string[];
  categories: readonly string[];
  picture: ArticleImage | null;
};

export type Skipped = { guid: string; why: string };

/**
 * All articles that can stand in a valid feed, and why the others cannot: one bad article never costs the feed.
 *
 * @param kept where the entries of an earlier time are kept
 */
export function toEntries(
  articles: readonly Article[],
  site: URL,
  kept: Pick<KeptEntries, "entryOf">,
): { entries: Entry[]; skipped: Skipped[] } {
  const make = (article: Article) => toEntry(article, site);
  const entries = new Map<string, Entry>();
  const skipped: Skipped[] = [];
  for (const article of articles) {
    const why = entries.has(article.guid)
      ? "another article has the same guid"
      : whyNot(article, articleUrl(site, article));
    if (why === null) entries.set(article.guid, kept.entryOf(article, make));
    else skipped.push({ guid: article.guid, why });
  }
  return { entries: [...entries.values()], skipped };
}

/** More than this many characters of content make no feed: five times what fifty long articles have. */
const longestContent = 5_000_000;

/** The same entries, their content given up for the summary from where all together would be too long for readers. */
export function withinReason(entries: readonly Entry[]): Entry[] {
  let length = 0;
  return entries.map((entry) => {
    length += entry.content.length;
    return length <= longestContent ? entry : { ...entry, content: `<p>${escapeHtml(entry.summary)}</p>` };
  });
}

/** A past issue of a digest as an entry: a letter of the paper's own, so nobody else is named. */
export const issueEntry = (issue: FeedIssue): Entry => ({
  guid: issue.guid,
  url: issue.url.href,
  title: rtlTitle(oneLine(issue.title)),
  summary: rtlTitle(oneLine(issue.summary)),
  content: `<div dir="rtl" lang="ar">${newlines(cleanText(issue.html))}</div>`,
  published: issue.publishedAt,
  updated: issue.publishedAt,
  creators: [],
  categories: [],
  picture: null,
});

function whyNot(article: Article, url: string): string | null {
  if (article.status.state !== "published") return `it is ${article.status.state}`;
  if (!isIri(article.guid)) return "its guid is no IRI";
  if (webUrl(url, undefined) === null) return "its URL is no http or https URL";
  if (oneLine(article.title) === "") return "it has no title";
  if (![article.publishedAt, article.updatedAt].every(isWritable))
    return "its date has no year of four digits";
  return null;
}

function toEntry(article: Article, site: URL): Entry {
  const url = articleUrl(site, article);
  const picture = cleanPicture(article.image, site);
  const authors = article.authors.map(({ name }) => oneLine(name)).filter((name) => name !== "");
  const source = oneLine(article.sourceName ?? "");
  const isNewer = Temporal.Instant.compare(article.updatedAt, article.publishedAt) > 0;
  return {
    guid: article.guid,
    url: asUri(webUrl(url, site) ?? url),
    title: rtlTitle(oneLine(article.title)),
    summary: rtlTitle(oneLine(article.summary)),
    content: content(article, picture, source),
    published: article.publishedAt,
    updated: isNewer ? article.updatedAt : article.publishedAt,
    creators: authors.length > 0 || source === "" ? [...new Set(authors)] : [source],
    categories: [
      ...new Set(
        [...article.sections.map(({ title }) => title), ...article.tags.map(({ name }) => name)].map(oneLine),
      ),
    ].filter((name) => name !== ""),
    picture: picture && { ...picture, url: asUri(picture.url) },
  };
}

/**
 * The picture, the correction if there is one, the text, and whom it is attributed to. Readers that strip `dir` go by the
 * first letter, hence the mark before a Latin one.
 */
function content(article: Article, picture: ArticleImage | null, source: string): string {
  const body = newlines(cleanText(article.bodyHtml));
  const parts = [
    picture === null || body.includes(escapeHtml(picture.url)) ? "" : figure(picture),
    article.correction === null
      ? ""
      : `<p><strong>تصحيح:</strong> ${escapeHtml(oneLine(article.correction))}</p>`,
    body,
    source === "" ? "" : `<p>المصدر: ${escapeHtml(source)}</p>`,
  ].filter((part) => part !== "");
  const inside = parts.join("\n");
  const mark = htmlStartsLatin(inside) ? "\u200F" : "";
  return `<div dir="rtl" lang="ar">${mark}${inside}</div>`;
}

function figure({ url, alt, credit, width, height }: ArticleImage): string {
  const size = width !== null && height !== null ? ` width="${width}" height="${height}"` : "";
  const caption = credit === null ? "" : `<figcaption>الصورة: ${escapeHtml(credit)}</figcaption>`;
  return `<figure><img src="${escapeHtml(url)}" alt="${escapeHtml(alt ?? "")}"${size}>${caption}</figure>`;
}

/** A picture whose address is bad is left out, and the article stands without it. */
function cleanPicture(image: ArticleImage | null, site: URL): ArticleImage | null {
  const url = image === null ? null : webUrl(image.url, site);
  if (image === null || url === null) return null;
  const type = image.type !== null && /^image\/[a-z0-9.+-]+$/.test(image.type) ? image.type : null;
  const text = (value: string | null) => oneLine(value ?? "") || null;
  return { ...image, url, type, alt: text(image.alt), credit: text(image.credit) };
}

/** An absolute http or https URL in ASCII, or null. */
export function webUrl(address: string, base: URL | undefined): string | null {
  const url = URL.parse(address, base?.href);
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
}

/** Browsers let these pass in a path or query, and hand them on; RFC 3986 does not, nor do validators of feeds. */
const asUri = (url: string): string =>
  url.replace(/(?<=^https?:\/\/[^/]*\/.*)[[\]\\^`{|}]/gs, (character) => encodeURIComponent(character));

/** XML turns a return into a newline (§2.11); so that all formats hold the same, it is one from the start. */
const newlines = (html: string): string => html.replace(/\r\n?/g, "\n");

/** RFC 3987, as far as it guards a document: a scheme, no space, no delimiter, no character that XML forbids. */
export const isIri = (guid: string): boolean =>
  guid.isWellFormed() &&
  /^[a-z][a-z0-9+.-]*:[^\s\u0000-\u0020<>"\u007F-\u009F\p{Noncharacter_Code_Point}]+$/iu.test(guid);

/** RFC 822 and RFC 3339 write years with four digits. */
const isWritable = ({ epochMilliseconds }: Temporal.Instant): boolean =>
  epochMilliseconds >= Date.UTC(1000) && epochMilliseconds < Date.UTC(10_000);
