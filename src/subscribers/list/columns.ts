// What the columns of a list are called, in Arabic and English, and what stands in them. Pure.
import { fold } from "../../arabic/index.ts";

/** What a column may hold. A name is recognised, so that it is not taken for something else; it is not kept. */
export type Column =
  | "address"
  | "name"
  | "language"
  | "state"
  | "reason"
  | "digests"
  | "sections"
  | "consentedAt"
  | "consentSource";

/** For each column the words it goes by, the surest first: of two columns the one with the surer word counts. */
const headings: Readonly<Record<Column, readonly string[]>> = {
  address: [
    ...["address", "email", "e-mail", "mail", "email address", "e-mail address", "subscriber"],
    ...[
      "البريد الإلكتروني",
      "عنوان البريد الإلكتروني",
      "عنوان البريد",
      "البريد",
      "الإيميل",
      "إيميل",
      "العنوان",
    ],
  ],
  name: ["name", "full name", "first name", "الاسم", "اسم", "الاسم الكامل"],
  language: ["language", "lang", "locale", "اللغة", "لغة"],
  state: ["state", "status", "subscription status", "الحالة", "حالة", "حالة الاشتراك"],
  reason: ["reason", "السبب", "سبب"],
  digests: [
    ...["digests", "digest", "newsletters", "newsletter", "lists", "list"],
    ...["النشرات", "النشرة", "نشرات", "نشرة", "القائمة"],
  ],
  sections: [
    ...["sections", "section", "topics", "interests", "الأقسام", "أقسام", "القسم", "قسم", "الاهتمامات"],
  ],
  consentedAt: [
    ...["consent date", "consented at", "consent time", "confirmed at", "confirm time", "optin time"],
    ...["opt-in date", "opt-in time", "subscribed at", "subscription date", "date"],
    ...["تاريخ الموافقة", "وقت الموافقة", "تاريخ التأكيد", "تاريخ الاشتراك", "التاريخ"],
  ],
  consentSource: [
    ...["consent source", "consent", "opt-in source", "source"],
    ...["مصدر الموافقة", "الموافقة", "مصدر الاشتراك", "المصدر"],
  ],
};

const wordOf = (cell: string): string =>
  fold(cell)
    .replace(/[_:*]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();

const surenessOf = new Map<string, { column: Column; place: number }>();
for (const column of Object.keys(headings).filter(isColumn))
  for (const [place, word] of headings[column].entries()) surenessOf.set(wordOf(word), { column, place });

/** What a column may hold, as a program names it. */
export const columnNames = Object.keys(headings).filter(isColumn);

/** Whether a word is what we call a column. */
export function isColumn(name: string): name is Column {
  return Object.hasOwn(headings, name);
}

/** Which place each column has in a row of headings; empty where the row holds none. */
export function columnsOf(row: readonly string[]): Map<Column, number> {
  const found = new Map<Column, { at: number; place: number }>();
  for (const [at, cell] of row.entries()) {
    const known = surenessOf.get(wordOf(cell));
    const before = known && found.get(known.column);
    if (known && (before === undefined || known.place < before.place))
      found.set(known.column, { at, place: known.place });
  }
  return new Map([...found].map(([column, { at }]) => [column, at]));
}

const languageWords = {
  ar: ["ar", "ara", "arabic", "العربية", "عربية", "عربي"],
  en: ["en", "eng", "english", "الإنجليزية", "إنجليزي", "الإنكليزية", "إنكليزي"],
} as const;
const languages = new Map(
  (["ar", "en"] as const).flatMap((language) =>
    languageWords[language].map((word) => [wordOf(word), language] as const),
  ),
);

/** A language by its name or tag (`ar-SY`), or null if it is neither of ours. */
export const languageOf = (cell: string): "ar" | "en" | null =>
  languages.get(wordOf(cell)) ?? languages.get(wordOf(cell).split(/[- ]/)[0] ?? "") ?? null;

const inWords = [
  "confirmed",
  "active",
  "subscribed",
  "opted-in",
  "enabled",
  "مشترك",
  "مشتركة",
  "مؤكد",
  "نشط",
];
const outWords = [
  ...["left", "unsubscribed", "opted-out", "cleaned", "bounced", "hard bounce", "complained", "complaint"],
  ...["spam", "suppressed", "erased", "deleted", "blocked", "disabled", "inactive", "non-subscribed"],
  ...["pending", "unconfirmed", "غادر", "غير مشترك", "ملغى", "ألغى الاشتراك", "محظور", "غير مؤكد", "معلق"],
];
const states = new Map([
  ...inWords.map((word): [string, "in" | "out"] => [wordOf(word), "in"]),
  ...outWords.map((word): [string, "in" | "out"] => [wordOf(word), "out"]),
]);

/** Whether a word for somebody's state says that they are subscribed; null for a word nobody knows. */
export const standsFor = (cell: string): "in" | "out" | null =>
  cell.trim() === "" ? "in" : (states.get(wordOf(cell)) ?? null);
