// What became of a row of a list, in words, in both languages.
import { bothLanguages } from "../../web/index.ts";
import type { SuppressionReason } from "../consent.ts";
import { addressProblems } from "../words.ts";
import type { ReportedRow } from "./report.ts";
import type { RowProblem } from "./row.ts";

/** Why an address must not be mailed. */
export const suppressionWords = bothLanguages<Record<SuppressionReason, string>>({
  ar: {
    "hard-bounce": "رفض خادم البريد هذا العنوان نهائيًا",
    "soft-bounces": "رُدّت رسائلنا إليه مرارًا، ولم تصل واحدة بينها",
    complaint: "أبلغ صاحبه أنّ رسائلنا مزعجة",
    unsubscribed: "ألغى صاحبه اشتراكه",
    erased: "طلب صاحبه محو بياناته",
    manual: "أوقفته المؤسسة",
    imported: "في قائمة ممنوعين استوردتها المؤسسة",
  },
  en: {
    "hard-bounce": "a mail server refused it for good",
    "soft-bounces": "our mail there came back again and again, with none that arrived between",
    complaint: "its owner reported our mail as spam",
    unsubscribed: "its owner unsubscribed",
    erased: "its owner asked to be erased",
    manual: "the publisher suppressed it",
    imported: "it stands in a suppression list that the publisher imported",
  },
});

type Problems = Record<
  Exclude<RowProblem["why"], keyof (typeof addressProblems)["en"]>,
  (what: string) => string
>;

const problems = bothLanguages<Problems>({
  ar: {
    "state-out": (what) => `تقول القائمة إنّ حاله «${what}»، أي ليس مشتركًا.`,
    "state-unknown": (what) => `حاله في القائمة «${what}»، ولا نعرف أهو مشترك. احذف العمود إن كان لغير ذلك.`,
    "no-date": (what) => `لا نفهم التاريخ «${what}». اكتبه هكذا: \u20682026-03-01\u2069.`,
    "future-date": (what) => `تاريخ الموافقة «${what}» لم يأتِ بعد.`,
    digest: (what) => `لا نشرة باسم «${what}».`,
    section: (what) => `لا قسم باسم «${what}».`,
    manner: (what) => `لا نفهم «${what}» بعد اسم النشرة.`,
  },
  en: {
    "state-out": (what) => `The list says “${what}” of them: not subscribed.`,
    "state-unknown": (what) =>
      `The list says “${what}” of them, and nobody knows whether that is subscribed. Take the column out if it means something else.`,
    "no-date": (what) => `The date “${what}” cannot be read. Write it as in 2026-03-01.`,
    "future-date": (what) => `The date of consent “${what}” is yet to come.`,
    digest: (what) => `There is no digest “${what}”.`,
    section: (what) => `There is no section “${what}”.`,
    manner: (what) => `What stands behind the digest’s name is not understood: “${what}”.`,
  },
});

const outcomes = bothLanguages({
  ar: {
    refused: "مرفوض.",
    duplicate: "مكرّر: ورد قبل هذا السطر.",
    known: "يتلقّى هذه النشرة من قبل.",
    left: "ترك هذه النشرة من قبل، ولا تعيده إليها قائمة.",
    erased: `لا يُراسَل: ${suppressionWords.ar.erased}.`,
    suppressed: (why: string) => `لا يُراسَل: ${why}.`,
  },
  en: {
    refused: "Refused.",
    duplicate: "Duplicate: a row before it says the same.",
    known: "Gets this digest already.",
    left: "Left this digest before; no list brings them back.",
    erased: `Must not be mailed: ${suppressionWords.en.erased}.`,
    suppressed: (why: string) => `Must not be mailed: ${why}.`,
  },
});

const isSuppression = (name: string): name is SuppressionReason => Object.hasOwn(suppressionWords.en, name);

const wordsIn =
  (language: "ar" | "en") =>
  ({ outcome, problem }: Pick<ReportedRow, "outcome" | "problem">): string => {
    const said = outcomes[language];
    switch (outcome) {
      case "duplicate":
      case "known":
      case "left":
      case "erased":
        return said[outcome];
      case "refused":
        return problem === null ? said.refused : problemWords(language, problem);
      default: {
        const reason = outcome.slice("suppressed-".length);
        return said.suppressed(isSuppression(reason) ? suppressionWords[language][reason] : reason);
      }
    }
  };

/** What is wrong with a row. */
export function problemWords(language: "ar" | "en", { why, what }: RowProblem): string {
  switch (why) {
    case "state-out":
    case "state-unknown":
    case "no-date":
    case "future-date":
    case "digest":
    case "section":
    case "manner":
      return problems[language][why](what.slice(0, 100));
    default:
      return addressProblems[language][why];
  }
}

/** What became of a row that added nobody. */
export const rowWords = { ar: wordsIn("ar"), en: wordsIn("en") };
