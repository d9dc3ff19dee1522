// A special issue as a mail: one article, in the reader's language, ready for the template. Pure.
import { formatDay, formatFullDate } from "../arabic/index.ts";
import type { ArticleHead } from "../articles/index.ts";
import type { CorrectionMail, DigestMail } from "../mail/index.ts";
import { digestMail, type EditionFacts, subjectOf } from "./edition.ts";

/** What stands for a story that must not be named in public any more. */
export const retractionTitle = "سحبنا خبرًا أرسلناه إليك";

const words = {
  ar: {
    breaking: (title: string) => `عاجل: ${title}`,
    correction: (title: string) => `تصحيح: ${title}`,
    retraction: retractionTitle,
    wrong: (day: string) => `أرسلنا إليك في عدد ${day} خبرًا فيه خطأ. هذا صوابه:`,
    withdrawn: (day: string, title: string) => `أرسلنا إليك في عدد ${day} خبرًا سحبناه بعد ذلك: «${title}».`,
  },
  en: {
    breaking: (title: string) => `Breaking: ${title}`,
    correction: (title: string) => `Correction: ${title}`,
    retraction: "We have withdrawn a story we sent you",
    wrong: (day: string) =>
      `In the issue of ${day} we sent you a story that was wrong. This is what is right:`,
    withdrawn: (day: string, title: string) =>
      `In the issue of ${day} we sent you a story that we have withdrawn since: “${title}”.`,
  },
};

/** What both have of a digest's mail, dated by their own day: also where the digest is one of a week. */
function oneStoryMail(facts: EditionFacts, articles: readonly ArticleHead[]): DigestMail {
  const style = { ...facts.publisher, zone: facts.digest.schedule.zone };
  return { ...digestMail(facts, articles), dateLine: formatFullDate(facts.at, style, facts.language) };
}

/** Breaking news. */
export function breakingMail(facts: EditionFacts, article: ArticleHead): DigestMail {
  return {
    ...oneStoryMail(facts, [article]),
    subject: subjectOf(words[facts.language].breaking(article.title)),
    preheader: article.summary,
  };
}

/**
 * The correction of an article, or word that it was retracted; then its title stands in the mail, which goes to those who read it,
 * and not in the subject.
 *
 * @param said the editor's words
 * @param sentIn the issue that carried the wrong one
 */
export function correctionMail(
  facts: EditionFacts,
  article: ArticleHead,
  said: string,
  sentIn: { date: string },
): CorrectionMail {
  const t = words[facts.language];
  const day = formatDay(Temporal.PlainDate.from(sentIn.date), facts.publisher, facts.language);
  const isRetracted = article.status.state === "retracted";
  return {
    ...oneStoryMail(facts, isRetracted ? [] : [article]),
    subject: subjectOf(isRetracted ? t.retraction : t.correction(article.title)),
    preheader: said,
    intro: said === "" ? null : said,
    notice: isRetracted ? t.withdrawn(day, article.title) : t.wrong(day),
  };
}
