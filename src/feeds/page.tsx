// What a person sees who opens a feed in a browser: what it is, its address to copy, how to subscribe, what is in it.
import type { Context } from "hono";
import { formatDateTime, withDigits } from "../arabic/index.ts";
import { type Visit, visitOf } from "../articles/index.ts";
import { Auto, Block, Empty, Facts, Page, Stories, Tabs } from "../web/index.ts";
import { type Content, contentOf, type FeedPageDeps, type Link } from "./page-content.tsx";
import type { Found, FoundFeed } from "./service.ts";
import { feedLinks, feedUrl, homeUrl } from "./which.ts";
import { words } from "./words.ts";

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
      site={deps.site}
      feed={feed}
      content={content}
      changed={document.lastModified ?? content.newest}
      called={feed.archive === null ? document.title : null}
    />,
  );
}

function FeedPage(props: {
  visit: Visit;
  site: URL;
  feed: FoundFeed;
  content: Content;
  changed: Temporal.Instant | null;
  called: string | null;
}) {
  const { visit, site, feed, content, changed, called } = props;
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
