// How news stands on a page: a card in three sizes, the places cards stand in, and a whole article.
import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { directionOf } from "./words.ts";

export type Picture = {
  url: string;
  /** What it shows, for those who cannot see it; empty only if it adds nothing. */
  alt: string;
  width?: number | null | undefined;
  height?: number | null | undefined;
};
/** An instant for machines (ISO 8601) and, in the page's language, for people. */
export type ShownTime = { iso: string; text: string };
type SectionLabel = { title: string; href?: string | null | undefined };

type Heard = {
  title: Child;
  summary?: Child;
  section?: SectionLabel | null | undefined;
  /** Author or agency, ready to show. */
  byline?: Child;
  time?: ShownTime | null | undefined;
  /**
   * The text's own language, whatever the page's is. It gives the direction too, not the first letter: an Arabic title may
   * well begin with a Latin name.
   */
  language?: string | undefined;
};

type StoryProps = Heard & {
  href: string;
  /** `lead`: large picture and summary; `normal`: picture and summary; `compact`: words only, no summary. */
  size?: "lead" | "normal" | "compact" | undefined;
  picture?: Picture | null | undefined;
  /** Depth of the title among the page's headings. */
  level?: 2 | 3 | undefined;
  /** A word such as "عاجل" before the title. */
  flag?: string | null | undefined;
};

/** One story as a card; the whole card leads to it. */
export function Story(props: StoryProps) {
  const { size = "normal", language = "ar", picture } = props;
  const Heading = props.level === 2 ? "h2" : "h3";
  return (
    <article class={`story story-${size}`} lang={language} dir={directionOf(language)}>
      {picture && size !== "compact" && <Photo picture={picture} eager={size === "lead"} />}
      <div class="story-words">
        <Label section={props.section} flag={props.flag} />
        <Heading class="story-title">
          <a href={props.href}>{props.title}</a>
        </Heading>
        {props.summary && size !== "compact" && <p class="story-summary">{props.summary}</p>}
        <Byline byline={props.byline} time={props.time} />
      </div>
    </article>
  );
}

/** Cards side by side with hairlines between (`grid`), or one below the other (`rows`). */
export function Stories({ layout = "grid", children }: { layout?: "grid" | "rows"; children?: Child }) {
  return <div class={`stories stories-${layout}`}>{children}</div>;
}

/** The top of the front page: the lead story, and beside it a column of others. */
export function Front({ lead, beside }: { lead: Child; beside: Child }) {
  return (
    <div class="front">
      <div class="front-lead">{lead}</div>
      <div class="front-beside">{beside}</div>
    </div>
  );
}

/** A part of a page under a heading, such as one section on the front page. `id` is its anchor. */
export function Block(props: {
  id: string;
  title: string;
  more?: { href: string; label: string };
  children?: Child;
}) {
  return (
    <section class="block" aria-labelledby={props.id}>
      <div class="block-head">
        <h2 id={props.id}>{props.title}</h2>
        {props.more && <a href={props.more.href}>{props.more.label}</a>}
      </div>
      {props.children}
    </section>
  );
}

type ArticleProps = Heard & {
  /** Sanitised when it was stored: it goes out as it is. */
  html: string;
  picture?:
    | (Picture & { credit?: string | null | undefined; caption?: string | null | undefined })
    | null
    | undefined;
  /** When it was last changed, if that is worth saying, in a whole phrase. */
  updated?: ShownTime | null | undefined;
  /** A correction, a link to the original: whatever stands below the text. */
  children?: Child;
};

/** A whole article, with the page's first heading. */
export function Article(props: ArticleProps) {
  const { language = "ar", picture } = props;
  return (
    <article class="article" lang={language} dir={directionOf(language)}>
      <header class="article-head">
        <Label section={props.section} />
        <h1>{props.title}</h1>
        {props.summary && <p class="article-summary">{props.summary}</p>}
        <Byline byline={props.byline} time={props.time} updated={props.updated} />
      </header>
      {picture && (
        <figure class="article-picture">
          <Photo picture={picture} eager />
          {(picture.caption || picture.credit) && (
            <figcaption>
              {picture.caption && <span>{picture.caption}</span>}{" "}
              {picture.credit && <small dir="auto">{picture.credit}</small>}
            </figcaption>
          )}
        </figure>
      )}
      <Prose html={props.html} language={language} />
      {props.children && <div class="article-end">{props.children}</div>}
    </article>
  );
}

/**
 * Running text.
 *
 * @param html trusted: only what our own cleaning let through
 */
export function Prose({ html, language = "ar" }: { html: string; language?: string | undefined }) {
  return (
    <div class="prose" lang={language} dir={directionOf(language)}>
      {raw(html)}
    </div>
  );
}

function Photo({ picture, eager }: { picture: Picture; eager: boolean }) {
  return (
    <img
      class="photo"
      src={picture.url}
      alt={picture.alt}
      width={picture.width ?? undefined}
      height={picture.height ?? undefined}
      loading={eager ? undefined : "lazy"}
      fetchpriority={eager ? "high" : undefined}
      decoding="async"
    />
  );
}

function Label({
  section,
  flag,
}: {
  section?: SectionLabel | null | undefined;
  flag?: string | null | undefined;
}) {
  if (!section && !flag) return null;
  return (
    <p class="label">
      {flag && <strong class="flag">{flag}</strong>}
      {section && (section.href ? <a href={section.href}>{section.title}</a> : <span>{section.title}</span>)}
    </p>
  );
}

function Byline(props: Pick<Heard, "byline" | "time"> & { updated?: ShownTime | null | undefined }) {
  if (!props.byline && !props.time && !props.updated) return null;
  return (
    <p class="byline">
      {props.byline && <span>{props.byline}</span>}
      {[props.time, props.updated].map(
        (time) =>
          time && (
            <span>
              <time datetime={time.iso} dir="auto">
                {time.text}
              </time>
            </span>
          ),
      )}
    </p>
  );
}
