// The words of the pages of articles, in both languages.
import { bothLanguages } from "../web/index.ts";

export const words = bothLanguages({
  ar: {
    and: "، ",
    more: (section: string) => `المزيد في ${section}`,
    newsletter: "النشرة البريدية",
    newsletterText: "أهمّ أخبار اليوم في رسالة واحدة، وتتركنا بنقرة متى شئت.",
    sectionNewsletter: (section: string) => `«${section}» بالبريد`,
    sectionNewsletterText: "جديد هذا القسم في رسالة واحدة، ومعه ما تختاره من غيره.",
    noNews: "لا أخبار هنا بعد",
    noNewsText: "حين يُنشر أول خبر يظهر في هذه الصفحة.",
    back: "إلى الأحدث",
    closed: "أُغلق هذا القسم، ولا تُنشر فيه أخبار بعد الآن. أخباره السابقة باقية على عناوينها.",
    retracted: (date: string, reason: string) =>
      `سحبت الصحيفة هذا النص في ${date}.${reason === "" ? "" : ` السبب: ${reason}`}`,
    firstSeen: (date: string) => `وصلنا في ${date}`,
    changed: (date: string) => `عُدّل في ${date}`,
    photo: (credit: string) => `الصورة: ${credit}`,
    correction: "تصحيح",
    tags: "وسوم",
    tagged: (name: string) => `وسم: ${name}`,
    original: "هذا النص في صفحته الأصلية",
  },
  en: {
    and: ", ",
    more: (section: string) => `More in ${section}`,
    newsletter: "Newsletter",
    newsletterText: "The day’s top stories in one message; one click and you are out again.",
    sectionNewsletter: (section: string) => `${section} by mail`,
    sectionNewsletterText: "What is new in this section in one message, and whatever you choose beside it.",
    noNews: "No news here yet",
    noNewsText: "As soon as the first story is published it stands on this page.",
    back: "To the newest",
    closed: "This section is closed and takes no more news. What it carried stays at its own address.",
    retracted: (date: string, reason: string) =>
      `The paper withdrew this text on ${date}.${reason === "" ? "" : ` The reason: ${reason}`}`,
    firstSeen: (date: string) => `First seen ${date}`,
    changed: (date: string) => `Changed ${date}`,
    photo: (credit: string) => `Picture: ${credit}`,
    correction: "Correction",
    tags: "Tags",
    tagged: (name: string) => `Tag: ${name}`,
    original: "This text on its own page",
  },
});
