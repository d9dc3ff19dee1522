// An article as a page shows it: dates in words, whom it is from, the direction of what it says. Pure.
import {
  formatDate,
  formatDateTime,
  hoursAgo,
  isolateHtml,
  isolatePlain,
  minutesAgo,
  rtlTitle,
} from "../arabic/index.ts";
import type { Publisher } from "../settings/index.ts";
import { bothLanguages, type Language, type Picture, type ShownTime } from "../web/index.ts";
import type { Article } from "./article.ts";
import { sectionPath, sectionTitle } from "./shell.ts";

export type Showing = { language: Language; paper: Publisher; site: URL; now: Temporal.Instant };

const words = bothLanguages({
  ar: {
    ago: (minutes: number, digits: Publisher["digits"]) =>
      minutes < 60 ? minutesAgo(minutes, digits) : hoursAgo(Math.floor(minutes / 60), digits),
    and: "، ",
  },
  en: {
    ago: (minutes: number) => {
      if (minutes < 1) return "Just now";
      const [n, unit] = minutes < 60 ? [minutes, "minute"] : [Math.floor(minutes / 60), "hour"];
      return `${n} ${unit}${n === 1 ? "" : "s"} ago`;
    },
    and: ", ",
  },
});

/** A card of the article, for `Story`. */
export function shownStory(article: Article, showing: Showing) {
  const [section] = article.sections;
  return {
    href: hrefOf(article, showing.site),
    title: directed(article.title),
    summary: directed(article.summary),
    section: section && { title: sectionTitle(section, showing.language), href: sectionPath(section) },
    byline: bylineOf(article, showing),
    time: agoOrDate(article.publishedAt, showing),
    picture: pictureOf(article, showing.site),
  };
}

/** Where readers find it: the publisher's own page, or ours, without our host, by whatever name one came here. */
export const hrefOf = ({ id, url }: Pick<Article, "id" | "url">, site: URL): string =>
  url === null ? `/articles/${id}` : withoutOurHost(url, site);

/** Its authors and whom it is attributed to; the paper itself where neither is named. */
export function bylineOf({ authors, sourceName }: Article, { language, paper }: Showing): string {
  const names = authors.map(({ name }) => name).join(words[language].and);
  const own = language === "en" ? paper.nameEn : paper.name;
  return [names, sourceName].filter(Boolean).join(" · ") || own;
}

export function pictureOf({ image }: Pick<Article, "image">, site: URL) {
  if (image === null) return null;
  const { alt, width, height, credit } = image;
  return { url: withoutOurHost(image.url, site), alt: alt ?? "", width, height, credit } satisfies Picture & {
    credit: string | null;
  };
}

const withoutOurHost = (address: string, site: URL): string => {
  const url = URL.parse(address);
  return url?.origin === site.origin ? url.pathname + url.search + url.hash : address;
};

/** Day and time in the publisher's manner. */
export const dated = (at: Temporal.Instant, { paper, language }: Showing): ShownTime => ({
  iso: at.toString(),
  text: formatDateTime(at, paper, language),
});

/** For a day it is "4 hours ago", later the day it was. */
function agoOrDate(at: Temporal.Instant, showing: Showing): ShownTime {
  const minutes = Math.max(0, Math.floor(showing.now.since(at).total("minutes")));
  const text =
    minutes < 24 * 60
      ? words[showing.language].ago(minutes, showing.paper.digits)
      : formatDate(at, showing.paper, showing.language);
  return { iso: at.toString(), text };
}

/**
 * A title or summary of the Arabic paper: right to left even if it begins with a Latin word, with telephone numbers,
 * `C++` and the like isolated. What needs neither stays as it was typed, so that it can be copied and found.
 */
export function directed(text: string): string {
  const isolated = isolatePlain(text);
  return isolated.includes("\u2066") ? isolated : rtlTitle(text);
}

/** The same inside stored HTML, whose text and attributes are escaped: what is between the tags is text. */
export const directedHtml = (cleanHtml: string): string =>
  cleanHtml.replace(/(<[^>]*>)|[^<]+/g, (found, tag: string | undefined) => tag ?? isolateHtml(found));
