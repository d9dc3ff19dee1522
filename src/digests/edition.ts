// An edition as a mail: the ranked stories in the reader's language, ready for the template. Pure.
import {
  formatDate,
  formatFullDate,
  formatHijri,
  formatTime,
  rtlTitle,
  subjectLine,
} from "../arabic/index.ts";
import { type ArticleHead, articleUrl } from "../articles/index.ts";
import { type DigestMail, type DigestStory, mailWords } from "../mail/index.ts";
import type { Publisher } from "../settings/index.ts";
import type { Digest } from "./tables.ts";

/** A subject says it in 50 characters; phones show 40 (see MAIL in docs). Cut at a word. */
const subjectLength = 60;

export type EditionFacts = {
  digest: Pick<Digest, "name" | "nameEn" | "schedule">;
  publisher: Publisher;
  site: URL;
  language: "ar" | "en";
  /** The instant the issue is dated by. */
  at: Temporal.Instant;
};

/** What an editor says instead of what follows from the stories. */
export type Said = { intro: string | null; subject: string | null };

/** What the template gets for these stories; the first is the lead. */
export function digestMail(
  facts: EditionFacts,
  stories: readonly ArticleHead[],
  said: Said = { intro: null, subject: null },
): DigestMail {
  const { publisher, language, site } = facts;
  const style = { ...publisher, zone: facts.digest.schedule.zone };
  const [lead, second] = stories;
  return {
    language,
    dir: language === "ar" ? "rtl" : "ltr",
    publisher: {
      name: language === "ar" ? publisher.name : publisher.nameEn,
      url: new URL("/", site).href,
      logoUrl: publisher.logoUrl,
      colour: publisher.colour,
      postalAddress: publisher.postalAddress,
    },
    digest: { name: digestName(facts.digest, language) },
    subject: said.subject
      ? subjectLine(said.subject)
      : subjectOf(lead?.title ?? digestName(facts.digest, language)),
    preheader: second?.title ?? lead?.summary ?? "",
    dateLine: formatFullDate(facts.at, style, language),
    hijriLine: formatHijri(facts.at, style, language),
    intro: said.intro,
    stories: stories.map((article) => story(article, facts, style)),
    sample: publisher.sample,
    words: mailWords(language),
  };
}

/** The subject of a mail whose lead has this title. */
export const subjectOf = (title: string): string => subjectLine(atWord(title, subjectLength));

export const digestName = (digest: Pick<Digest, "name" | "nameEn">, language: "ar" | "en"): string =>
  language === "en" ? (digest.nameEn ?? digest.name) : digest.name;

type Style = Parameters<typeof formatTime>[1];

function story(
  article: ArticleHead,
  { language, site, at, publisher }: EditionFacts,
  style: Style,
): DigestStory {
  const [section] = article.sections;
  const { image } = article;
  return {
    title: language === "ar" ? rtlTitle(article.title) : article.title,
    url: articleUrl(site, article),
    summary: article.summary,
    section: (language === "en" ? section?.titleEn : null) ?? section?.title ?? null,
    byline: [
      article.sourceName ?? article.authors[0]?.name ?? publisher.name,
      when(article.publishedAt, at, style, language),
    ].join(" · "),
    image:
      image?.width && image.height
        ? { url: image.url, alt: image.alt ?? "", width: image.width, height: image.height }
        : null,
  };
}

/** Today and yesterday as the date means them, which stands above; any other day by its date. */
function when(
  published: Temporal.Instant,
  at: Temporal.Instant,
  style: Style,
  language: "ar" | "en",
): string {
  const day = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(style.zone).toPlainDate();
  const time = formatTime(published, style, language);
  if (day(published).equals(day(at))) return time;
  const yesterday = language === "ar" ? "أمس" : "yesterday";
  return day(published).equals(day(at).subtract({ days: 1 }))
    ? `${yesterday} ${time}`
    : formatDate(published, style, language);
}

function atWord(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half of a character outside the basic plane (an emoji) is none.
  const cut = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
  const space = cut.lastIndexOf(" ");
  return `${(space > most / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
