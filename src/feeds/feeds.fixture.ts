// What the tests of feeds share: plain articles, and documents made of them.
import type { Article, ArticleId, Section, SectionId } from "../articles/index.ts";
import { type Entry, toEntries } from "./entry.ts";
import { type KeptEntries, type KeptParts, keptEntries, keptParts } from "./kept.ts";
import { type Channel, type History, renderFeed } from "./render.ts";
import { type FeedFormat, feedUrl } from "./which.ts";

export const site = new URL("https://news.example/");

const sectionId = (id: number) => id as SectionId;
const articleId = (id: number) => id as ArticleId;

export const section = (id: number, slug: string, title: string): Section => ({
  id: sectionId(id),
  slug,
  title,
  titleEn: null,
  halfLifeHours: 12,
  closedAt: null,
});

const at = Temporal.Instant.from("2026-03-01T05:00:00Z");

/** A plain article; `over` says what is special about it. */
export function article(id: number, over: Partial<Article> = {}): Article {
  return {
    id: articleId(id),
    origin: "test",
    externalId: "test",
    guid: `tag:news.example,2026:${id}`,
    url: null,
    title: "افتتاح مكتبة عامة في بيروت",
    summary: "فتحت المكتبة أبوابها صباح الأحد.",
    bodyHtml: "<p>فتحت المكتبة أبوابها صباح الأحد.</p>",
    sections: [section(1, "ثقافة", "ثقافة")],
    tags: [],
    authors: [],
    sourceName: null,
    image: null,
    importance: 0,
    publishedAt: at.subtract({ minutes: id }),
    publishedFrom: "given",
    updatedAt: at.subtract({ minutes: id }),
    revision: 1,
    correction: null,
    status: { state: "published" },
    storyId: articleId(id),
    ...over,
  };
}

export const picture = {
  url: "https://news.example/pictures/library.jpg",
  type: "image/jpeg",
  length: 48_213,
  width: 1200,
  height: 800,
  alt: "قاعة المطالعة",
  credit: "ليلى & شركاؤها",
};

/** An article that has everything. */
export const rich = article(1, {
  title: "Reuters: افتتاح مكتبة عامة في بيروت & طرابلس",
  url: "https://news.example/ثقافة/مكتبة?a=1&b=2",
  authors: [
    { slug: "a", name: "سلمى حداد" },
    { slug: "b", name: "كريم منصور" },
  ],
  sourceName: "رويترز",
  tags: [{ slug: "c", name: "مكتبات" }],
  image: picture,
  correction: "ورد في نسخة سابقة أن المكتبة في صيدا، وهي في بيروت.",
  updatedAt: Temporal.Instant.from("2026-03-01T06:30:00Z"),
});

/** The history of an archive document from which two articles were taken back. */
export const archive: History = {
  kind: "archive",
  current: new URL("https://news.example/feeds/all.atom"),
  previous: new URL("https://news.example/feeds/all/archives/6.atom"),
  next: new URL("https://news.example/feeds/all/archives/8.atom"),
  deleted: [
    { guid: "tag:news.example,2026:gone", at: Temporal.Instant.from("2026-03-01T06:00:00.5Z") },
    { guid: "https://old.example/?cat=3&p='5'", at: Temporal.Instant.from("2026-03-01T07:00:00Z") },
  ],
};

export const channel = (format: FeedFormat): Channel => ({
  id: "https://news.example/feeds/all",
  title: "نشرة",
  description: "أخبار اليوم & <غد>",
  language: "ar",
  paper: "نشرة",
  logoUrl: null,
  homeUrl: site,
  selfUrl: feedUrl(site, { kind: "all" }, format),
  updated: Temporal.Instant.from("2026-03-01T06:30:00Z"),
  hubUrls: ["https://news.example/websub"],
  history: { kind: "feed", previous: new URL("https://news.example/feeds/all/archives/7.atom?a=1&b=2") },
});

/** A document that holds these articles, and what was said of those that it does not hold. */
export function documentOf(
  format: FeedFormat,
  articles: readonly Article[],
  over: Partial<Channel> = {},
  kept: KeptEntries = keptEntries(0),
) {
  const { entries, skipped } = toEntries(articles, site, kept);
  return { text: documentWith(format, entries, over, kept.parts), entries, skipped };
}

/** A document that holds these entries. */
export const documentWith = (
  format: FeedFormat,
  entries: readonly Entry[],
  over: Partial<Channel> = {},
  parts: KeptParts = keptParts(),
): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
    renderFeed(format, { ...channel(format), ...over }, entries, site, parts),
  );
