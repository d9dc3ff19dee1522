// The pages of articles: the front page, each section, each article. They change nothing.
import { type Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import { formatFullDate, formatHijri, oneLine } from "../arabic/index.ts";
import type { Clock, Database } from "../platform/index.ts";
import type { SettingsTables } from "../settings/index.ts";
import {
  Article,
  type AssetPaths,
  Auto,
  Block,
  Button,
  Empty,
  ErrorPage,
  type FeedLink,
  Front,
  type Language,
  LinkList,
  Notice,
  Page,
  PageHead,
  Pager,
  Stories,
  Story,
} from "../web/index.ts";
import { type Article as ArticleRow, articleId, type Named } from "./article.ts";
import { htmlToText } from "./clean.ts";
import { arrangeFront, type FrontPage } from "./front.ts";
import { namedThing } from "./named.ts";
import {
  type ArticleList,
  articleById,
  type Cursor,
  newestArticles,
  newestOfEach,
  sectionBySlug,
} from "./read.ts";
import { sectionFormerly } from "./sections.ts";
import { sectionPath, sectionTitle, type Visit, visitOf } from "./shell.ts";
import {
  bylineOf,
  dated,
  directed,
  directedHtml,
  hrefOf,
  pictureOf,
  type Showing,
  shownStory,
} from "./shown.ts";
import type { ArticleTables } from "./tables.ts";
import { words } from "./words.ts";

/** The feed of what a page lists. */
type OwnFeed = { kind: "section" | "tag" | "author"; slug: string; title: string };

export type ArticlePageDeps = {
  database: Database<ArticleTables & SettingsTables>;
  site: URL;
  now: Clock;
  assets: AssetPaths;
  /** The form to subscribe by mail, which stands on the front page and, with its section chosen, on each section's. */
  signUp: (language: Language, section: string | null) => Child;
  /** The feeds that a page names, the list's own first; for the front page and articles those of everything. */
  feedLinks: (paper: string, own: OwnFeed | null) => readonly FeedLink[];
};

/** How many of the newest articles can lead the front page: a day and more of a busy paper. */
const frontPool = 60;
/** Newest of a section to choose from for its block, as some stand above already. */
const blockPool = 12;
const listPageSize = 20;

/** `/`, `/sections/:slug`, `/tags/:slug`, `/authors/:slug` and `/articles/:id`. */
export function articlePages(deps: ArticlePageDeps) {
  const { site, assets } = deps;
  const { db } = deps.database;

  const visit = async (c: Context) => {
    // Asked for anew each time: a retraction is gone at once.
    c.header("Cache-Control", "no-cache");
    const it = await visitOf(c, { db, assets });
    const showing: Showing = { language: it.language, paper: it.paper, site, now: deps.now() };
    const feeds = (own: OwnFeed | null) =>
      deps.feedLinks(it.shell.publisher.name, own && { ...own, title: titleOf(own, it.language) });
    return { ...it, showing, feeds };
  };

  const refuse = (c: Context, { shell }: Visit, status: 400 | 404 | 410, sentence?: string) =>
    c.html(<ErrorPage {...shell} status={status} sentence={sentence} />, status);

  /** A page of a list: the newest, or what stands behind the place that the address names. */
  const list = async (c: Context, it: Awaited<ReturnType<typeof visit>>, of: ArticleList, own: OwnFeed) => {
    const before = c.req.query("before");
    const after = before === undefined ? undefined : readCursor(before);
    if (after === null) return refuse(c, it, 400);
    const found = await newestArticles(db, { of, after, limit: listPageSize + 1 });
    return c.html(
      <ListPage
        {...it}
        own={own}
        articles={found.slice(0, listPageSize)}
        hasMore={found.length > listPageSize}
        first={after === undefined}
        feedList={it.feeds(own)}
        signUp={own.kind === "section" ? deps.signUp(it.language, own.slug) : null}
      />,
    );
  };

  const named = (kind: "tag" | "author") => async (c: Context) => {
    const it = await visit(c);
    const given = (c.req.param("slug") ?? "").slice(0, 500);
    const thing = await namedThing(db, kind, given);
    if (thing === null) return refuse(c, it, 404);
    const { slug, name } = thing;
    // One address for all spellings of the name.
    if (slug !== given.normalize("NFC")) return c.redirect(namedPath(kind, thing), 301);
    return list(c, it, { kind, slug }, { kind, slug, title: name });
  };

  return new Hono()
    .get("/tags/:slug", named("tag"))
    .get("/authors/:slug", named("author"))
    .get("/", async (c) => {
      const it = await visit(c);
      const [newest, ofEach] = await Promise.all([
        newestArticles(db, { of: { kind: "all" }, limit: frontPool }),
        newestOfEach(
          db,
          it.sections.map(({ id }) => id),
          blockPool,
        ),
      ]);
      const bySection = it.sections.map((section) => ({ section, articles: ofEach.get(section.id) ?? [] }));
      const front = arrangeFront(newest, bySection, it.showing.now);
      return c.html(
        <HomePage {...it} front={front} feedList={it.feeds(null)} signUp={deps.signUp(it.language, null)} />,
      );
    })
    .get("/sections/:slug", async (c) => {
      const it = await visit(c);
      const slug = c.req.param("slug").slice(0, 500);
      const section = await sectionBySlug(db, slug);
      if (section === null) {
        const renamed = await sectionFormerly(db, slug);
        return renamed ? c.redirect(sectionPath(renamed), 301) : refuse(c, it, 404);
      }
      const t = words[it.language];
      if (section.closedAt !== null) return refuse(c, it, 410, t.closed);
      const title = sectionTitle(section, it.language);
      return list(c, it, { kind: "section", id: section.id }, { kind: "section", slug: section.slug, title });
    })
    .get("/articles/:id", async (c) => {
      const it = await visit(c);
      const id = c.req.param("id");
      const article = /^[1-9]\d{0,14}$/.test(id) ? await articleById(db, articleId(Number(id))) : null;
      if (article === null || article.status.state === "embargoed") return refuse(c, it, 404);
      if (article.status.state === "retracted") {
        const { at, reason } = article.status;
        return refuse(c, it, 410, words[it.language].retracted(dated(at, it.showing).text, isolated(reason)));
      }
      return c.html(<ArticlePage {...it} article={article} feedList={it.feeds(null)} />);
    });
}

/** Somebody's words inside a sentence of ours, whichever way they run. */
const isolated = (text: string) => `\u2068${text}\u2069`;

/** Sections have titles in both languages; tags and authors are called as they are, also among English words. */
const titleOf = ({ kind, title }: OwnFeed, language: Language) =>
  kind === "section" || language === "ar" ? title : isolated(title);

/** A place in a list as an address has it: milliseconds and id. Null if it is none of ours. */
function readCursor(text: string): Cursor | null {
  const [, publishedAt, id] = /^(-?\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return publishedAt === undefined || id === undefined
    ? null
    : { publishedAt: Number(publishedAt), id: Number(id) };
}

const cursorOf = ({ publishedAt, id }: ArticleRow) => `${publishedAt.epochMilliseconds}-${id}`;

type Seen = Visit & { showing: Showing; feedList: readonly FeedLink[] };

function HomePage(props: Seen & { front: FrontPage; signUp: Child }) {
  const { shell, showing, language, paper, front } = props;
  const t = words[language];
  const dates = [
    formatFullDate(showing.now, paper, language),
    formatHijri(showing.now, paper, language),
  ].filter((it) => it !== null);
  return (
    <Page
      {...shell}
      title={shell.publisher.name}
      description={shell.publisher.tagline}
      canonical={new URL("/", showing.site).href}
      dateline={dates.map((date, i) => date.replaceAll(" ", "\u00a0") + (i < dates.length - 1 ? t.and : ""))}
      feeds={props.feedList}
    >
      {front.lead === null ? (
        <Empty title={t.noNews}>{t.noNewsText}</Empty>
      ) : (
        <TopStories lead={front.lead} beside={front.beside} showing={showing} />
      )}
      <Block id="newsletter" title={t.newsletter}>
        <p>{t.newsletterText}</p>
        {props.signUp}
      </Block>
      {front.blocks.map(({ section, articles }) => (
        <Block
          id={`section-${section.id}`}
          title={sectionTitle(section, language)}
          more={{ href: sectionPath(section), label: t.more(sectionTitle(section, language)) }}
        >
          <Stories>
            {articles.map((article) => (
              <Story {...shownStory(article, showing)} section={null} level={3} />
            ))}
          </Stories>
        </Block>
      ))}
    </Page>
  );
}

function TopStories(props: { lead: ArticleRow; beside: readonly ArticleRow[]; showing: Showing }) {
  return (
    <Front
      lead={<Story {...shownStory(props.lead, props.showing)} size="lead" level={2} />}
      beside={
        <Stories layout="rows">
          {props.beside.map((article) => (
            <Story {...shownStory(article, props.showing)} size="compact" level={2} />
          ))}
        </Stories>
      }
    />
  );
}

function ListPage(
  props: Seen & {
    own: OwnFeed;
    articles: readonly ArticleRow[];
    hasMore: boolean;
    first: boolean;
    /** Null where the list is nothing that mail comes of. */
    signUp: Child;
  },
) {
  const { shell, showing, language, own, articles } = props;
  const t = words[language];
  const title = own.kind === "tag" ? t.tagged(own.title) : titleOf(own, language);
  const path = own.kind === "section" ? sectionPath(own) : namedPath(own.kind, own);
  const last = articles.at(-1);
  return (
    <Page
      {...shell}
      title={title}
      canonical={props.first ? new URL(path, showing.site).href : null}
      feeds={props.feedList}
    >
      <PageHead title={title} />
      {articles.length === 0 ? (
        <Empty title={t.noNews} action={<Button href={props.first ? "/" : path}>{t.back}</Button>} />
      ) : (
        <Stories layout="rows">
          {articles.map((article) => (
            <Story
              {...shownStory(article, showing)}
              {...(own.kind === "section" ? { section: null } : {})}
              level={2}
            />
          ))}
        </Stories>
      )}
      <Pager
        language={language}
        newer={props.first ? null : path}
        older={props.hasMore && last ? `${path}?before=${cursorOf(last)}` : null}
      />
      {props.signUp !== null && (
        <Block id="newsletter" title={t.sectionNewsletter(title)}>
          <p>{t.sectionNewsletterText}</p>
          {props.signUp}
        </Block>
      )}
    </Page>
  );
}

function ArticlePage(props: Seen & { article: ArticleRow }) {
  const { shell, showing, language, article } = props;
  const t = words[language];
  const [section] = article.sections;
  const href = new URL(hrefOf(article, showing.site), showing.site).href;
  const published = dated(article.publishedAt, showing);
  const changed =
    article.revision > 1 && Temporal.Instant.compare(article.updatedAt, article.publishedAt) > 0
      ? dated(article.updatedAt, showing)
      : null;
  return (
    <Page
      {...shell}
      title={article.title}
      description={article.summary}
      canonical={href}
      feeds={props.feedList}
    >
      <Article
        title={directed(article.title)}
        summary={beginsWithSummary(article) ? null : directed(article.summary)}
        section={section && { title: sectionTitle(section, language), href: sectionPath(section) }}
        byline={<LinkedByline article={article} showing={showing} />}
        time={
          article.publishedFrom === "given" ? published : { ...published, text: t.firstSeen(published.text) }
        }
        updated={changed && { ...changed, text: t.changed(changed.text) }}
        picture={picturePlate(article, showing, t.photo)}
        html={directedHtml(article.bodyHtml)}
      >
        {article.correction && (
          <Notice tone="warning" title={t.correction}>
            <Auto>{directed(article.correction)}</Auto>
          </Notice>
        )}
        {article.tags.length > 0 && (
          <p dir="auto">
            {t.tags}: <NamedLinks kind="tag" named={article.tags} language={language} />
          </p>
        )}
        {article.url !== null && <LinkList links={[{ href, label: t.original }]} />}
      </Article>
    </Page>
  );
}

/** As `bylineOf` has it, each author leading to what else there is by them. */
function LinkedByline({ article, showing }: { article: ArticleRow; showing: Showing }) {
  if (article.authors.length === 0) return <>{bylineOf(article, showing)}</>;
  return (
    <>
      <NamedLinks kind="author" named={article.authors} language={showing.language} />
      {article.sourceName && ` · ${article.sourceName}`}
    </>
  );
}

function NamedLinks(props: { kind: "tag" | "author"; named: readonly Named[]; language: Language }) {
  return (
    <Auto>
      {props.named.map((thing, i) => (
        <>
          {i > 0 && words[props.language].and}
          <a href={namedPath(props.kind, thing)}>{thing.name}</a>
        </>
      ))}
    </Auto>
  );
}

const namedPath = (kind: "tag" | "author", { slug }: Pick<Named, "slug">): string =>
  `/${kind}s/${encodeURIComponent(slug)}`;

/** A lede that is also the first paragraph is read there, once. One made by us may be cut, with … at its end. */
function beginsWithSummary({ summary, bodyHtml }: ArticleRow): boolean {
  const text = oneLine(htmlToText(bodyHtml.slice(0, 20_000)));
  return text.startsWith(summary.replace(/…$/, ""));
}

/** The picture with its credit; one that nobody described is described by whose it is. */
function picturePlate(article: ArticleRow, showing: Showing, photo: (credit: string) => string) {
  const picture = pictureOf(article, showing.site);
  return picture && { ...picture, credit: picture.credit && photo(isolated(picture.credit)) };
}
