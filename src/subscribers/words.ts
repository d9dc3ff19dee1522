// The words of these pages, in both languages.
import { bothLanguages } from "../web/index.ts";
import type { AddressProblem } from "./address.ts";

/** What is wrong with an address, and how to mend it. */
export const addressProblems = bothLanguages<Record<AddressProblem, string>>({
  ar: {
    empty: "اكتب عنوان بريدك.",
    "line-break": "في العنوان سطر جديد أو رمز لا يُرى. اكتبه بيدك في سطر واحد.",
    several: "اكتب عنواناً واحداً، بلا فواصل.",
    "not-alone": "اكتب العنوان وحده، بلا اسم ولا مسافات ولا أقواس ولا علامات اقتباس.",
    "no-at": "لا بدّ في العنوان من علامة @ واحدة، مثل name@example.org.",
    "too-long": "العنوان أطول مما يقبله البريد.",
    "local-part": "ما قبل علامة @ ليس جزءاً صحيحاً من عنوان. راجعه.",
    domain: "ما بعد علامة @ ليس اسم نطاق صحيحاً، مثل example.org. راجعه.",
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
    subscribe: "الاشتراك في النشرة",
    intro: "أهمّ أخبار اليوم في رسالة واحدة. نرسل إليك أولاً رسالة تؤكّد بها اشتراكك، وتتركنا بنقرة متى شئت.",
    address: "بريدك الإلكتروني",
    digest: "النشرة",
    submit: "اشترك",
    trap: "اترك هذا الحقل فارغاً",
    unknownDigest: "لا نشرة بهذا الاسم. اختر واحدة من القائمة.",
    noDigest: "لا نشرات للاشتراك الآن.",
    tooLarge: "ما أُرسل أكبر مما تحتاج إليه هذه الصفحة.",
    checkMail: "راجع بريدك",
    asked: "وصلنا طلبك لهذا العنوان:",
    askedNext:
      "إن لم يكن مشتركاً بعد فستصله خلال دقائق رسالة فيها زرّ التأكيد، ولا يبدأ الاشتراك قبل الضغط عليه. لم تجدها؟ انظر في البريد غير المرغوب فيه.",
    confirmTitle: "بقيت ضغطة واحدة",
    confirmText: (digest: string) => `اضغط الزرّ لتأكيد اشتراكك في «${digest}».`,
    confirmButton: "نعم، أكّد اشتراكي",
    confirmed: "تمّ اشتراكك",
    confirmedText: (digest: string) =>
      `يصلك العدد القادم من «${digest}» في موعده. وفي آخر كل رسالة رابط لإلغاء الاشتراك.`,
    toHome: "إلى الصفحة الرئيسية",
    leaveTitle: "إلغاء الاشتراك",
    leaveText: (digest: string) => `اضغط الزرّ فلا تصلك «${digest}» بعد الآن.`,
    leaveButton: "ألغِ اشتراكي",
    left: "أُلغي اشتراكك",
    leftText: (digest: string) => `لن نرسل إليك «${digest}» بعد الآن.`,
    comeBack: "ألغيته سهواً؟ اشترك من جديد متى شئت.",
    again: "اشترك من جديد",
    broken: "هذا الرابط غير صحيح",
    brokenText: "لعلّه نُسخ ناقصاً. افتحه من الرسالة نفسها، أو انسخه كاملاً.",
    expired: "انتهت مدة هذا الرابط",
    expiredText: "روابط التأكيد تعمل سبعة أيام. اشترك من جديد لتصلك رسالة أخرى.",
    stale: "لم يعد هذا الرابط صالحاً",
    staleText: "تغيّر الاشتراك بعد إرسال هذا الرابط. إن أردت النشرة فاشترك من جديد لتصلك رسالة أخرى.",
  },
  en: {
    subscribe: "Subscribe to the newsletter",
    intro:
      "The day’s top stories in one message. We first send you a mail to confirm with, and one click takes you out again.",
    address: "Your email address",
    digest: "Newsletter",
    submit: "Subscribe",
    trap: "Leave this field empty",
    unknownDigest: "There is no newsletter of this name. Choose one from the list.",
    noDigest: "There is no newsletter to subscribe to at present.",
    tooLarge: "More was sent than this page has use for.",
    checkMail: "Check your mail",
    asked: "We have your request for this address:",
    askedNext:
      "Unless it is subscribed already, a message with a button to confirm reaches it within minutes; nothing starts before that button is pressed. Not there? Look among the spam.",
    confirmTitle: "One press left",
    confirmText: (digest: string) => `Press the button to confirm your subscription to “${digest}”.`,
    confirmButton: "Yes, subscribe me",
    confirmed: "You are subscribed",
    confirmedText: (digest: string) =>
      `The next issue of “${digest}” comes at its hour. Every message ends with a link to unsubscribe.`,
    toHome: "To the front page",
    leaveTitle: "Unsubscribe",
    leaveText: (digest: string) => `Press the button and “${digest}” comes no more.`,
    leaveButton: "Unsubscribe me",
    left: "You are unsubscribed",
    leftText: (digest: string) => `We will not send you “${digest}” any more.`,
    comeBack: "Was it a slip? You are welcome to subscribe again.",
    again: "Subscribe again",
    broken: "This link is not right",
    brokenText: "It may have been cut short. Open it from the message itself, or copy all of it.",
    expired: "This link has expired",
    expiredText: "Links to confirm work for seven days. Subscribe again and another message comes.",
    stale: "This link is no longer valid",
    staleText:
      "The subscription has changed since this link was sent. If you want the newsletter, subscribe again and another message comes.",
  },
});
