// The words of what stands before a sign-up, in both languages.
import { minutes } from "../../arabic/index.ts";
import { bothLanguages, type Language } from "../../web/index.ts";
import type { AddressProblem } from "../address.ts";
import { addressProblems } from "../words.ts";
import type { DomainProblem } from "./domains.ts";

/** What is wrong with an address or its domain, and how to mend it. */
export const problemWords = bothLanguages<Record<AddressProblem | DomainProblem, string>>({
  ar: {
    ...addressProblems.ar,
    refused: "لا نقبل عناوين هذا النطاق. اكتب عنوانًا آخر.",
    disposable: "هذا عنوان مؤقت، ولا تصل النشرة إلا إلى بريد يبقى. اكتب عنوانًا آخر.",
    "no-mail": "ما بعد علامة @ نطاق لا يستقبل بريدًا. راجع كتابته.",
  },
  en: {
    ...addressProblems.en,
    refused: "We take no addresses of this domain. Please enter another one.",
    disposable:
      "This is a throwaway address, and the newsletter needs one that lasts. Please enter another one.",
    "no-mail": "What stands after the @ is a domain that takes no mail. Please check it.",
  },
});

/** "دقيقتان", "2 minutes": whole minutes, one at least. */
const inMinutes = (language: Language, seconds: number): string => {
  const n = Math.max(1, Math.ceil(seconds / 60));
  return language === "ar" ? minutes(n) : n === 1 ? "1 minute" : `${n} minutes`;
};

export const guardWords = bothLanguages({
  ar: {
    slipTitle: "هل العنوان صحيح؟",
    slip: "كتبت:",
    slipMeant: "لعلّك تقصد:",
    slipYes: "نعم، عنواني",
    slipNo: "لا، كما كتبته",
    slipScript: (address: string) => `هل تقصد ${address}؟`,
    challengeTitle: "بقيت خطوة صغيرة",
    challenge:
      "تصلنا الآن طلبات أكثر من المعتاد، فنتحقّق من أنّ من يطلب ليس برنامجًا. يحسب متصفّحك ذلك وحده، ولا يُرسل شيء إلى أحد غيرنا.",
    challengeAddress: "العنوان:",
    solving: "يتحقّق متصفّحك… يستغرق ذلك ثواني قليلة.",
    solved: "تمّ التحقّق. اضغط الزرّ لإكمال الاشتراك.",
    unsolved: (seconds: number) =>
      `لم يستطع متصفّحك إكمال التحقّق. حاول من متصفّح آخر، أو اضغط الزرّ بعد ${inMinutes("ar", seconds)}.`,
    noScript: (seconds: number) =>
      `يحتاج التحقّق إلى JavaScript. شغّله وأعد تحميل الصفحة، أو اضغط الزرّ بعد ${inMinutes("ar", seconds)}: ما كتبته محفوظ في هذه الصفحة.`,
    submit: "اشترك",
    challengeScript: "تصلنا الآن طلبات أكثر من المعتاد. أكمل الاشتراك في الصفحة التالية.",
    wait: (seconds: number) =>
      `وصلتنا في هذه الساعة طلبات كثيرة فوق المعتاد. حاول من جديد بعد ${inMinutes("ar", seconds)}.`,
  },
  en: {
    slipTitle: "Is the address right?",
    slip: "You wrote:",
    slipMeant: "Did you mean:",
    slipYes: "Yes, it is",
    slipNo: "No, as I wrote it",
    slipScript: (address: string) => `Did you mean ${address}?`,
    challengeTitle: "One small step left",
    challenge:
      "More requests than usual are coming in, so we check that it is no program that asks. Your browser does that sum by itself, and nobody but us hears of it.",
    challengeAddress: "The address:",
    solving: "Your browser is checking… this takes a few seconds.",
    solved: "Checked. Press the button to finish.",
    unsolved: (seconds: number) =>
      `Your browser could not finish the check. Try another one, or press the button in ${inMinutes("en", seconds)}.`,
    noScript: (seconds: number) =>
      `The check needs JavaScript. Turn it on and reload this page, or press the button in ${inMinutes("en", seconds)}: what you entered is kept on this page.`,
    submit: "Subscribe",
    challengeScript: "More requests than usual are coming in. Please finish on the next page.",
    wait: (seconds: number) =>
      `Far more requests than usual came in this hour. Please try again in ${inMinutes("en", seconds)}.`,
  },
});
