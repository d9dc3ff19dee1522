// An edition as a mail: the ranked stories in the reader's language, ready for the template. Pure.
import {
  formatDate,
  formatDays,
  formatFullDate,
  formatHijri,
  formatTime,
  lede,
  rtlTitle,
  subjectLine,
} from "../arabic/index.ts";
import { type ArticleHead, type ArticleId, articleUrl } from "../articles/index.ts";
import { countedWords, type DigestMail, type DigestStory, mailWords } from "../mail/index.ts";
import { inMails, type Publisher } from "../settings/index.ts";
import type { Digest } from "./tables.ts";

/** A subject says it in 50 characters; phones show 40 (see MAIL in docs). Cut at a word. */
const subjectLength = 60;
/** What stands under a title in a compact issue: a line at a desk, two on a phone. */
const briefLength = 100;

export type EditionFacts = {
  digest: Pick<Digest, "name" | "nameEn" | "schedule">;
  publisher: Publisher;
  site: URL;
  language: "ar" | "en";
  /** The instant the issue is dated by. */
  at: Temporal.Instant;
  /** Where its stories are followed from; one that is not among them has its own address. */
  links?: ReadonlyMap<ArticleId, string>;
};

/** What an editor says instead of what follows from the stories. */
export type Said = {
  intro: string | null;
  subject: string | null;
  /** Articles or stories whose place an editor gave them. */
  placed: ReadonlySet<number>;
};

const nothingSaid: Said = { intro: null, subject: null, placed: new Set() };

/** Whether a newsletter's issue is about a week: it runs once in one. */
export const isWeekly = ({ schedule }: Pick<Digest, "schedule">): boolean =>
  schedule.days.length === 1 && schedule.slots.length === 1;

/** The template that a newsletter's issues are written with. */
export const templateOf = (digest: Pick<Digest, "schedule" | "template">) =>
  digest.template === "digest" && isWeekly(digest) ? "weekly" : digest.template;

/** What the template gets for these stories; the first is the lead. */
export function digestMail(
  facts: EditionFacts,
  articles: readonly ArticleHead[],
  said: Said = nothingSaid,
): DigestMail {
  const { publisher, language, site } = facts;
  const style = { ...publisher, zone: facts.digest.schedule.zone };
  const words = { ...mailWords(language), counted: countedWords(publisher.clicks, language) };
  const [lead, ...others] = articles;
  const write = (article: ArticleHead) => story(article, facts, style);
  return {
    language,
    dir: language === "ar" ? "rtl" : "ltr",
    publisher: inMails(publisher, site, language),
    digest: { name: digestName(facts.digest, language) },
    subject: said.subject
      ? subjectLine(said.subject)
      : subjectOf(lead?.title ?? digestName(facts.digest, language)),
    // What the subject does not say: under one of an editor's that is the lead.
    preheader: (said.subject ? lead : others[0])?.title ?? lead?.summary ?? "",
    dateLine: isWeekly(facts.digest)
      ? weekOf(facts.at, style, language)
      : formatFullDate(facts.at, style, language),
    hijriLine: formatHijri(facts.at, style, language),
    intro: said.intro,
    stories: articles.map(write),
    groups: bySection(others, said.placed, (article) => sectionOf(article, language) ?? words.others).map(
      ({ heading, articles }) => ({ heading, stories: articles.map(write) }),
    ),
    sample: publisher.sample,
    words,
  };
}

type Group = { heading: string; articles: ArticleHead[] };

/**
 * The stories under headings: sections in the order in which their best stories come, each with its stories in theirs. What an
 * editor placed keeps its place, also where a section stands twice for it.
 */
export function bySection(
  articles: readonly ArticleHead[],
  placed: ReadonlySet<number>,
  headingOf: (article: ArticleHead) => string,
): Group[] {
  const isPlaced = ({ id, storyId }: ArticleHead) => placed.has(id) || placed.has(storyId);
  const groups: Group[] = [];
  const open = new Map<string, Group>();
  let given = true;
  for (const article of articles) {
    given = given && isPlaced(article);
    const heading = headingOf(article);
    const last = groups.at(-1);
    let group = given ? (last?.heading === heading ? last : undefined) : open.get(heading);
    if (group === undefined) {
      group = { heading, articles: [] };
      groups.push(group);
    }
    group.articles.push(article);
    open.set(heading, group);
  }
  return groups;
}

/** The seven days that end with the issue's. */
function weekOf(at: Temporal.Instant, style: Style, language: "ar" | "en"): string {
  const last = at.toZonedDateTimeISO(style.zone).toPlainDate();
  return formatDays(last.subtract({ days: 6 }), last, style, language);
}

const sectionOf = ({ sections: [section] }: ArticleHead, language: "ar" | "en"): string | null =>
  (language === "en" ? section?.titleEn : null) ?? section?.title ?? null;

/** The subject of a mail whose lead has this title. */
export const subjectOf = (title: string): string => subjectLine(atWord(title, subjectLength));

export const digestName = (digest: Pick<Digest, "name" | "nameEn">, language: "ar" | "en"): string =>
  language === "en" ? (digest.nameEn ?? digest.name) : digest.name;

type Style = Parameters<typeof formatTime>[1];

function story(
  article: ArticleHead,
  { language, site, at, publisher, links }: EditionFacts,
  style: Style,
): DigestStory {
  const { image } = article;
  return {
    title: language === "ar" ? rtlTitle(article.title) : article.title,
    url: links?.get(article.id) ?? articleUrl(site, article),
    summary: article.summary,
    brief: lede(null, article.summary, briefLength),
    section: sectionOf(article, language),
    source:
      article.sourceName ??
      article.authors[0]?.name ??
      (language === "ar" ? publisher.name : publisher.nameEn),
    time: when(article.publishedAt, at, style, language),
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
