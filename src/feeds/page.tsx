// What a person sees who opens a feed in a browser: what it is, its address to copy, how to subscribe, what is in it.
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { Kysely } from "kysely";
import { formatDate, formatDateTime, isolatePlain, withDigits } from "../arabic/index.ts";
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
  visitOf,
} from "../articles/index.ts";
import type { Clock } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import { type AssetPaths, Auto, Block, Empty, Facts, Page, Stories, Story, Tabs } from "../web/index.ts";
import type { FeedDigest, FeedIssue, PastIssues } from "./issues.ts";
import type { Found, FoundFeed } from "./service.ts";
import { type FeedName, feedLinks, feedUrl, homeUrl } from "./which.ts";
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

const formats = [
  ["rss", "RSS"],
  ["atom", "Atom"],
  ["json", "JSON"],
] as const;

/** The page in place of a feed's document; of an archive document the page of its feed, as that is what one subscribes to. */
export async function renderFeedPage(
  c: Context,
  deps: FeedPageDeps,
  { document, feed }: Pick<Extract<Found, { kind: "document" }>, "document"> & { feed: FoundFeed },
): Promise<Response> {
  // Asked for anew each time, as all pages; and never in place of the document that readers get at this address.
  c.header("Cache-Control", "no-cache");
  c.header("Vary", "Sec-Fetch-Mode, Accept-Encoding", { append: true });
  const visit = await visitOf(c, deps);
  const showing = { language: visit.language, paper: visit.paper, site: deps.site, now: deps.now() };
  const content = await contentOf(deps, visit, showing, feed.name);
  return c.html(
    <FeedPage
      visit={visit}
      showing={showing}
      feed={feed}
      content={content}
      changed={document.lastModified ?? content.newest}
      called={feed.archive === null ? document.title : null}
    />,
  );
}

type Link = { href: string; label: string };

type Content = {
  /** What the feed is of, in the visitor's language where it has a name there. */
  name: string;
  cards: Child[];
  /** When the newest thing in it was last changed. */
  newest: Temporal.Instant | null;
  /** The pages that show the same. */
  pages: readonly Link[];
};

async function contentOf(
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
        pages: [{ href: "/subscribe", label: t.byMail }],
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

function FeedPage(props: {
  visit: Visit;
  showing: Showing;
  feed: FoundFeed;
  content: Content;
  changed: Temporal.Instant | null;
  called: string | null;
}) {
  const { visit, feed, content, changed, called } = props;
  const { site } = props.showing;
  const { language, paper, shell } = visit;
  const { name, cards, pages } = content;
  const { kind } = feed.name;
  const t = words[language];
  const address = (format: FoundFeed["format"]) => feedUrl(site, feed.name, format);
  return (
    <Page
      {...shell}
      title={t.title(name)}
      robots="noindex"
      canonical={homeUrl(site, feed.name).href}
      feeds={feedLinks(site, shell.publisher.name, { feed: feed.name, title: name })}
    >
      <header class="page-head">
        <div>
          <p class="label">
            <span>{t.kinds[kind]}</span>
          </p>
          <h1>
            <Auto>{name}</Auto>
          </h1>
          <p class="page-intro">{t.intro}</p>
        </div>
      </header>
      <div class="feed">
        <section aria-labelledby="feed-address">
          <h2 id="feed-address">{t.address}</h2>
          <Tabs
            label={t.formats}
            links={formats.map(([format, label]) => ({
              href: pathOf(address(format)),
              label,
              current: format === feed.format,
            }))}
          />
          <code class="feed-address" dir="ltr">
            {address(feed.format).href}
          </code>
          <p class="feed-hint">{t.copy}</p>
          <Facts
            facts={[
              ...(called === null ? [] : [{ name: t.called, value: <Auto>{called}</Auto> }]),
              ...(changed === null ? [] : [{ name: t.changed, value: <Time at={changed} visit={visit} /> }]),
              ...(pages.length === 0
                ? []
                : [{ name: t.shows[kind], value: <Links links={pages} comma={t.comma} /> }]),
              {
                name: t.allFeeds,
                value: (
                  <>
                    <a href="/feeds.opml">{t.opml}</a> {t.opmlNote}
                  </>
                ),
              },
            ]}
          />
        </section>
        <section class="feed-steps" aria-labelledby="feed-steps">
          <h2 id="feed-steps">{t.how}</h2>
          <ol>
            {t.steps.map((step, at) => (
              <li>
                <span class="feed-step" aria-hidden="true">
                  {language === "ar" ? withDigits(String(at + 1), paper.digits) : at + 1}
                </span>
                <div>
                  <h3>{step.title}</h3>
                  <p>{step.text}</p>
                </div>
              </li>
            ))}
          </ol>
        </section>
      </div>
      <Block id="feed-newest" title={kind === "digest" ? t.issues : t.newest}>
        {cards.length > 0 ? (
          <Stories layout={kind === "digest" ? "rows" : "grid"}>{cards}</Stories>
        ) : (
          <Empty title={t.empty}>{t.emptyText}</Empty>
        )}
      </Block>
    </Page>
  );
}

const Time = ({ at, visit: { paper, language } }: { at: Temporal.Instant; visit: Visit }) => (
  <time datetime={at.toString()}>{formatDateTime(at, paper, language)}</time>
);

function Links({ links, comma }: { links: readonly Link[]; comma: string }) {
  return (
    <>
      {links.map(({ href, label }, at) => (
        <>
          {at > 0 && comma}
          <a href={href}>
            <Auto>{label}</Auto>
          </a>
        </>
      ))}
    </>
  );
}

const pathOf = ({ pathname, search }: URL): string => pathname + search;
