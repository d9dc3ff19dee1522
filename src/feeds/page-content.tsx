// What a feed's page shows of the feed: its name, the newest in it as cards, the pages that show the same.
import type { Child } from "hono/jsx";
import type { Kysely } from "kysely";
import { formatDate, isolatePlain } from "../arabic/index.ts";
import {
  type Article,
  type ArticleTables,
  nameOf,
  newestArticles,
  newestOfSections,
  type Section,
  type Showing,
  shownStory,
  type Visit,
} from "../articles/index.ts";
import type { Clock } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { type AssetPaths, Story } from "../web/index.ts";
import type { FeedDigest, FeedIssue, PastIssues } from "./issues.ts";
import { type FeedName, homeUrl } from "./which.ts";
import { words } from "./words.ts";

export type FeedPageDeps = {
  db: Kysely<ArticleTables & SettingsTables>;
  site: URL;
  assets: AssetPaths;
  now: Clock;
  digests: () => Promise<readonly (FeedDigest & { nameEn: string | null })[]>;
  pastIssues: PastIssues;
};

/** Full rows of cards, whether two, three or four stand side by side. */
const mostShown = 12;

export type Link = { href: string; label: string };

export type Content = {
  /** What the feed is of, in the visitor's language where it has a name there. */
  name: string;
  cards: Child[];
  /** When the newest thing in it was last changed. */
  newest: Temporal.Instant | null;
  /** The pages that show the same. */
  pages: readonly Link[];
};

/** What stands on the page of this feed. */
export async function contentOf(
  deps: FeedPageDeps,
  visit: Visit,
  showing: Showing,
  feed: FeedName,
): Promise<Content> {
  const { db, site } = deps;
  const t = words[visit.language];
  const frontPage = { href: "/", label: t.frontPage };
  const sectionPage = (section: Section) => ({
    href: homeUrl(site, { kind: "section", slug: section.slug }).pathname,
    label: t.sectionPage(titleOf(section, visit)),
  });
  const of = (name: string, articles: readonly Article[], pages: readonly Link[]): Content => ({
    name,
    cards: articles.map((article) => (
      <Story
        {...shownStory(article, showing)}
        {...(feed.kind === "section" ? { section: null } : {})}
        level={3}
      />
    )),
    newest: latest(articles.map(({ updatedAt }) => updatedAt)),
    pages,
  });
  const limit = mostShown;
  switch (feed.kind) {
    case "all":
      return of(t.everything, await newestArticles(db, { of: feed, limit }), [frontPage]);
    case "tag":
    case "author": {
      const [name, articles] = await Promise.all([
        nameOf(db, feed.kind, feed.slug),
        newestArticles(db, { of: { kind: feed.kind, slug: feed.slug }, limit }),
      ]);
      return of(name ?? feed.slug, articles, [frontPage]);
    }
    case "section": {
      const section = sectionsOf(visit, [feed.slug])[0];
      if (section === undefined) return of(feed.slug, [], []); // closed between two readings
      const list = { kind: "section", id: section.id } as const;
      return of(titleOf(section, visit), await newestArticles(db, { of: list, limit }), [
        sectionPage(section),
      ]);
    }
    case "mix": {
      const sections = sectionsOf(visit, feed.slugs);
      const ids = sections.map(({ id }) => id);
      const pages = sections.map((section) => ({ ...sectionPage(section), label: titleOf(section, visit) }));
      return of(t.mix, await newestOfSections(db, ids, limit), pages);
    }
    case "digest": {
      const digest = (await deps.digests()).find(({ slug }) => slug.normalize("NFC") === feed.slug);
      const issues = digest ? await deps.pastIssues(digest.id, limit) : [];
      return {
        name: (visit.language === "en" ? digest?.nameEn : null) ?? digest?.name ?? feed.slug,
        cards: issues.map((issue) => <IssueCard issue={issue} showing={showing} />),
        newest: latest(issues.map(({ publishedAt }) => publishedAt)),
        pages: [
          { href: `/issues/${encodeURIComponent(digest?.slug ?? feed.slug)}`, label: t.allIssues },
          { href: "/subscribe", label: t.byMail },
        ],
      };
    }
  }
}

const sectionsOf = ({ sections }: Visit, slugs: readonly string[]): Section[] =>
  sections.filter(({ slug }) => slugs.includes(slug.normalize("NFC")));

const titleOf = ({ title, titleEn }: Section, { language }: Visit): string =>
  language === "en" ? (titleEn ?? title) : title;

const latest = (times: readonly Temporal.Instant[]): Temporal.Instant | null =>
  times.toSorted(Temporal.Instant.compare).at(-1) ?? null;

function IssueCard({ issue, showing }: { issue: FeedIssue; showing: Showing }) {
  const { url, title, summary, publishedAt } = issue;
  return (
    <Story
      href={url.origin === showing.site.origin ? url.pathname : url.href}
      title={isolatePlain(title)}
      summary={isolatePlain(summary)}
      time={{ iso: publishedAt.toString(), text: formatDate(publishedAt, showing.paper, showing.language) }}
      level={3}
    />
  );
}
