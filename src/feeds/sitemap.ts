// The sitemap of the last two days for crawlers that look for news (sitemaps.org, with Google's extension for news). Pure.
import { oneLine } from "../arabic/index.ts";
import { articleUrl, type RecentArticle } from "../articles/index.ts";
import { element, escapeText } from "./amend.ts";
import { webUrl } from "./entry.ts";

/** More may not stand in one file of news; what is beyond gets files of its own, and an index that names them. */
export const sitemapLength = 1000;

/** A paper that publishes more than 50,000 articles in two days is none: those before are left out. */
const mostFiles = 50;

/** The most articles that all files together name. */
export const mostInSitemaps = sitemapLength * mostFiles;

const namespaces = {
  xmlns: "http://www.sitemaps.org/schemas/sitemap/0.9",
  "xmlns:news": "http://www.google.com/schemas/sitemap-news/0.9",
};

/** The protocol takes addresses shorter than this. */
const longestUrl = 2048;

/**
 * From when on articles are news: two days back, rounded up to five minutes, so that a sitemap that nothing was published
 * into is one document for as long.
 */
export const newsSince = (now: Temporal.Instant): Temporal.Instant =>
  now.subtract({ hours: 48 }).round({ smallestUnit: "minute", roundingIncrement: 5, roundingMode: "ceil" });

/** How many files so many articles take; with more than one, `/news-sitemap.xml` is their index. */
export const sitemapFiles = (articles: number): number =>
  Math.max(1, Math.min(Math.ceil(articles / sitemapLength), mostFiles));

/**
 * One file. An article that has no title or no web address is left out.
 *
 * @param paper `name` exactly as the paper is called where Google lists it; `language` by ISO 639
 * @returns UTF-8
 */
export function renderNewsSitemap(
  paper: { name: string; language: string },
  articles: readonly RecentArticle[],
  site: URL,
): Uint8Array<ArrayBuffer> {
  const publication = element(
    "news:publication",
    {},
    text("news:name", oneLine(paper.name)) + text("news:language", paper.language),
  );
  const urls = new Map<string, string>();
  for (const article of articles) {
    const url = webUrl(articleUrl(site, article), site);
    const title = oneLine(article.title);
    if (url === null || url.length >= longestUrl || title === "" || urls.has(url)) continue;
    const news = [
      publication,
      text("news:publication_date", written(article.publishedAt)),
      text("news:title", title),
    ];
    urls.set(
      url,
      element("url", {}, `${text("loc", url)}${lastmod(article)}${element("news:news", {}, news.join(""))}`),
    );
  }
  return document("urlset", namespaces, [...urls.values()]);
}

/**
 * The index of several files.
 *
 * @param changed when what they name last changed: as the newest stand first, every article moves all files by one
 * @returns UTF-8
 */
export function renderSitemapIndex(
  site: URL,
  files: number,
  changed: Temporal.Instant | null,
): Uint8Array<ArrayBuffer> {
  const at = changed === null ? "" : text("lastmod", written(changed));
  const sitemaps = Array.from({ length: files }, (_, i) =>
    element("sitemap", {}, text("loc", new URL(`/news-sitemaps/${i + 1}.xml`, site).href) + at),
  );
  return document("sitemapindex", { xmlns: namespaces.xmlns }, sitemaps);
}

const text = (name: string, value: string) => element(name, {}, escapeText(value));

/** W3C's profile of ISO 8601, to the second. */
const written = (at: Temporal.Instant) => at.toString({ smallestUnit: "second" });

/** An update that a source dates beyond the year 9999, or before the article was published, is not believed. */
function lastmod({ publishedAt, updatedAt }: RecentArticle): string {
  const isNewer = Temporal.Instant.compare(updatedAt, publishedAt) > 0;
  const at = written(isNewer ? updatedAt : publishedAt);
  return /^\d/.test(at) ? text("lastmod", at) : "";
}

function document(name: string, attributes: Record<string, string>, elements: readonly string[]) {
  const inside = elements.map((it) => `${it}\n`).join("");
  return new TextEncoder().encode(
    `<?xml version="1.0" encoding="utf-8"?>\n${element(name, attributes, `\n${inside}`)}\n`,
  );
}
