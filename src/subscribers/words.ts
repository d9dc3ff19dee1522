// Words that several pages of this part have in common, in both languages; each folder has its own beside its pages.
import { bothLanguages } from "../web/index.ts";
import type { AddressProblem } from "./address.ts";

/** What is wrong with an address, and how to mend it. */
export const addressProblems = bothLanguages<Record<AddressProblem, string>>({
  ar: {
    empty: "اكتب عنوان بريدك.",
    "line-break": "في العنوان سطر جديد أو رمز لا يُرى. اكتبه بيدك في سطر واحد.",
    several: "اكتب عنوانًا واحدًا، بلا فواصل.",
    "not-alone": "اكتب العنوان وحده، بلا اسم ولا مسافات ولا أقواس ولا علامات اقتباس.",
    "no-at": "لا بدّ في العنوان من علامة @ واحدة، مثل name@example.org.",
    "too-long": "العنوان أطول مما يقبله البريد.",
    "local-part": "ما قبل علامة @ ليس جزءًا صحيحًا من عنوان. راجعه.",
    domain: "ما بعد علامة @ ليس اسم نطاق صحيحًا، مثل example.org. راجعه.",
  },
  en: {
    empty: "Enter your email address.",
    "line-break":
      "There is a line break or an invisible character in the address. Type it by hand, on one line.",
    several: "Enter one address, without commas.",
    "not-alone": "Enter the address alone: no name, spaces, brackets or quotation marks.",
    "no-at": "An address has exactly one @, as in name@example.org.",
    "too-long": "The address is longer than mail allows.",
    "local-part": "What stands before the @ is no valid part of an address. Please check it.",
    domain: "What stands after the @ is no valid domain, such as example.org. Please check it.",
  },
});

export const words = bothLanguages({
  ar: {
    tooLarge: "ما أُرسل أكبر مما تحتاج إليه هذه الصفحة.",
    toHome: "إلى الصفحة الرئيسية",
    again: "اشترك من جديد",
    toPreferences: "تفضيلات الاشتراك",
    broken: "هذا الرابط غير صحيح",
    brokenText: "لعلّه نُسخ ناقصًا. افتحه من الرسالة نفسها، أو انسخه كاملًا.",
    expired: "انتهت مدة هذا الرابط",
    expiredText: "روابط التأكيد تعمل سبعة أيام. اشترك من جديد لتصلك رسالة أخرى.",
    stale: "لم يعد هذا الرابط صالحًا",
    staleText: "تغيّر الاشتراك بعد إرسال هذا الرابط. إن أردت النشرة فاشترك من جديد لتصلك رسالة أخرى.",
  },
  en: {
    tooLarge: "More was sent than this page has use for.",
    toHome: "To the front page",
    again: "Subscribe again",
    toPreferences: "Your preferences",
    broken: "This link is not right",
    brokenText: "It may have been cut short. Open it from the message itself, or copy all of it.",
    expired: "This link has expired",
    expiredText: "Links to confirm work for seven days. Subscribe again and another message comes.",
    stale: "This link is no longer valid",
    staleText:
      "The subscription has changed since this link was sent. If you want the newsletter, subscribe again and another message comes.",
  },
});
