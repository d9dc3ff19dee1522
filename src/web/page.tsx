// The shell of every page: head, masthead, footer; for readers, and for those who are signed in to the newsroom.
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { type AssetPaths, besideStylesheet } from "./assets.ts";
import { inLanguage } from "./language.ts";
import { directionOf, type Language, words } from "./words.ts";

export type Publisher = { name: string; tagline?: string | null | undefined };
export type NavLink = { href: string; label: string; current?: boolean | undefined };
export type FeedLink = { title: string; href: string; type: string };

type ShellProps = {
  language: Language;
  title: string;
  publisher: Publisher;
  /** Path and query as they were asked for: the language switch leads back here. */
  path: string;
  assets: AssetPaths;
  /** Whether to say on top that all news here is invented. */
  sample?: boolean | undefined;
  children?: Child;
};

type PageProps = ShellProps & {
  /** For feed readers, and in the footer; the section's own first. Without it: everything, in the three formats. */
  feeds?: readonly FeedLink[] | undefined;
  description?: string | null | undefined;
  canonical?: string | null | undefined;
  robots?: string | undefined;
  nav?: readonly NavLink[] | undefined;
  /** Today's date in words, above the paper's name; each part has a line of its own where the page is narrow. */
  dateline?: readonly string[] | undefined;
};

/**
 * A page for readers. On the front page, whose title is the paper's name, that name is the first heading; on all others the
 * first heading is the page's own to give.
 */
export function Page(props: PageProps) {
  const { language, title, publisher, dateline, nav = [], path } = props;
  const feeds = props.feeds ?? allFeeds(language);
  return (
    <Document {...props} feeds={feeds}>
      <header class="masthead">
        <div class="masthead-strip">
          {dateline && (
            <p>
              {dateline.map((date) => (
                <span>{date}</span>
              ))}
            </p>
          )}
          <nav class="masthead-tools" aria-label={words[language].tools}>
            <a href="/search">{words[language].search}</a>
            <a href="/subscribe">{words[language].subscribe}</a>
            <LanguageSwitch language={language} path={path} />
          </nav>
        </div>
        <PaperName publisher={publisher} isHeading={title === publisher.name} />
        {publisher.tagline && (
          <p class="tagline" dir="auto">
            {publisher.tagline}
          </p>
        )}
      </header>
      {nav.length > 0 && <Nav class="sections" label={words[language].sections} links={nav} />}
      <Main>{props.children}</Main>
      <Footer language={language} publisher={publisher} feeds={feeds} />
    </Document>
  );
}

type NewsroomPageProps = ShellProps & {
  /** Who is signed in, as the newsroom calls them. */
  user: { name: string };
  /** The parts that they may open, in order; without it, issues and the outbox. */
  parts?: readonly NewsroomPart[] | undefined;
};

/**
 * A page behind the sign-in; search engines are told to stay away. Signing out is a POST, so that no link or picture
 * elsewhere does it; forged forms are refused by the check of origins that the app mounts.
 */
export function NewsroomPage(props: NewsroomPageProps) {
  const { language, publisher, path, user } = props;
  const t = words[language];
  const nav = newsroomNav(language, path, props.parts ?? ["issues", "outbox"]);
  return (
    <Document {...props} robots="noindex, nofollow" feeds={[]}>
      <header class="desk">
        <p class="desk-name">
          <a href="/newsroom">{t.newsroom}</a> <span dir="auto">{publisher.name}</span>
        </p>
        <div class="desk-tools">
          <a href="/">{t.toSite}</a>
          <LanguageSwitch language={language} path={path} />
          <span class="desk-user">
            <span class="visually-hidden">{t.signedIn}: </span>
            <a href="/newsroom/account" dir="auto">
              {user.name}
            </a>
          </span>
          <form method="post" action="/newsroom/sign-out">
            <button type="submit" class="button button-quiet">
              {t.signOut}
            </button>
          </form>
        </div>
        <Nav class="desk-nav" label={t.newsroomNav} links={nav} />
      </header>
      <Main>{props.children}</Main>
    </Document>
  );
}

/** The feeds of everything, for autodiscovery on pages that have none of their own. */
export function allFeeds(language: Language): FeedLink[] {
  const title = words[language].allNews;
  return [
    { title: `${title} (RSS)`, href: "/feeds/all.rss", type: "application/rss+xml" },
    { title: `${title} (Atom)`, href: "/feeds/all.atom", type: "application/atom+xml" },
    { title: `${title} (JSON)`, href: "/feeds/all.json", type: "application/feed+json" },
  ];
}

function Document(props: Omit<PageProps, "nav" | "dateline">) {
  const { language, title, publisher, description, canonical, robots, assets, feeds = [] } = props;
  return (
    <>
      {raw("<!doctype html>\n")}
      <html lang={language} dir={directionOf(language)}>
        <head>
          <meta charset="utf-8" />
          <title>{title === publisher.name ? title : `${title} | ${publisher.name}`}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          {description && <meta name="description" content={description} />}
          {robots && <meta name="robots" content={robots} />}
          {canonical && <link rel="canonical" href={canonical} />}
          {["fonts/markazi-arabic.woff2", "fonts/naskh-arabic.woff2"].map((font) => (
            <link
              rel="preload"
              href={besideStylesheet(assets, font)}
              as="font"
              type="font/woff2"
              crossorigin="anonymous"
            />
          ))}
          <link rel="stylesheet" href={assets.css} />
          <link rel="icon" href={besideStylesheet(assets, "icon.svg")} type="image/svg+xml" />
          <link
            rel="search"
            type="application/opensearchdescription+xml"
            title={publisher.name}
            href="/opensearch.xml"
          />
          {feeds.map((feed) => (
            <link rel="alternate" type={feed.type} title={feed.title} href={feed.href} />
          ))}
        </head>
        <body>
          <a class="skip" href="#content">
            {words[language].skip}
          </a>
          {props.sample && (
            <aside class="sample" aria-label={words[language].sampleLabel}>
              <strong>{words[language].sampleLabel}</strong> {words[language].sample}
            </aside>
          )}
          {props.children}
        </body>
      </html>
    </>
  );
}

/** Can be focused, so that the skip link takes the keyboard along; it is no stop of its own. */
function Main({ children }: { children?: Child }) {
  return (
    <main id="content" tabindex={-1}>
      {children}
    </main>
  );
}

function PaperName({ publisher, isHeading }: { publisher: Publisher; isHeading: boolean }) {
  const Tag = isHeading ? "h1" : "p";
  return (
    <Tag class="paper-name" dir="auto">
      <a href="/">{publisher.name}</a>
    </Tag>
  );
}

function Nav({ links, label, class: name }: { links: readonly NavLink[]; label: string; class: string }) {
  return (
    <nav class={name} aria-label={label}>
      <ul>
        {links.map((link) => (
          <li>
            <a href={link.href} aria-current={link.current ? "page" : undefined}>
              {link.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function LanguageSwitch({ language, path }: { language: Language; path: string }) {
  const other = language === "ar" ? "en" : "ar";
  return (
    <a href={inLanguage(path, other)} lang={other} hreflang={other} dir={directionOf(other)} rel="nofollow">
      {words[other].languageName}
    </a>
  );
}

function Footer(props: { language: Language; publisher: Publisher; feeds: readonly FeedLink[] }) {
  const t = words[props.language];
  return (
    <footer class="colophon">
      <section aria-labelledby="colophon-feeds">
        <h2 id="colophon-feeds">{t.feeds}</h2>
        <p>{t.feedsHint}</p>
        <ul>
          {props.feeds.map((feed) => (
            <li>
              <a href={feed.href} type={feed.type}>
                {feed.title}
              </a>
            </li>
          ))}
          <li>
            <a href="/feeds.opml">{t.allFeeds}</a>
          </li>
        </ul>
      </section>
      <section aria-labelledby="colophon-mail">
        <h2 id="colophon-mail">{t.mail}</h2>
        <p>{t.mailHint}</p>
        <p>
          <a href="/subscribe">{t.mailLink}</a>
        </p>
      </section>
      <p class="colophon-end">
        <span dir="auto">{props.publisher.name}</span>
        <a href="/newsroom" rel="nofollow">
          {t.signIn}
        </a>
      </p>
    </footer>
  );
}

/** The parts of the newsroom; each has one or several folders of pages, the first of which its link opens. */
const newsroomParts = {
  today: ["/newsroom"],
  stories: ["/newsroom/stories"],
  issues: ["/newsroom/issues", "/newsroom/breaking"],
  digests: ["/newsroom/digests"],
  feeds: ["/newsroom/feeds"],
  sources: ["/newsroom/sources"],
  subscribers: ["/newsroom/subscribers"],
  why: ["/newsroom/why"],
  outbox: ["/newsroom/outbox"],
  settings: ["/newsroom/settings", "/newsroom/account"],
} as const;
export type NewsroomPart = keyof typeof newsroomParts;

const newsroomNav = (language: Language, path: string, parts: readonly NewsroomPart[]): NavLink[] =>
  parts.map((part) => ({
    href: newsroomParts[part][0],
    label: words[language][part],
    current: newsroomParts[part].some((folder) =>
      folder === "/newsroom" ? path.split("?")[0] === folder : isUnder(path, folder),
    ),
  }));

function isUnder(path: string, folder: string): boolean {
  const [withoutQuery = ""] = path.split("?");
  return withoutQuery === folder || withoutQuery.startsWith(`${folder}/`);
}
