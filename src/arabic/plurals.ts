// Counted things in Arabic, whose plurals have six forms.
import { type Digits, formatNumber } from "./digits.ts";

/** One text for each of Unicode's plural categories; `#` stands for the number. */
export type PluralForms = Readonly<Record<Intl.LDMLPluralRule, string>>;

const rules = new Intl.PluralRules("ar");

/**
 * A number of things in words: "دقيقة واحدة", "دقيقتان", "3 دقائق", "11 دقيقة", "103 دقائق".
 *
 * @param n a whole number, not negative
 */
export function plural(n: number, forms: PluralForms, digits: Digits = "latn"): string {
  return forms[rules.select(n)].replace("#", formatNumber(n, digits));
}

const named =
  (forms: PluralForms) =>
  (n: number, digits: Digits = "latn"): string =>
    plural(n, forms, digits);

/** خبر */
export const stories = named({
  zero: "لا أخبار",
  one: "خبر واحد",
  two: "خبران",
  few: "# أخبار",
  many: "# خبرًا",
  other: "# خبر",
});

/** مقال */
export const articles = named({
  zero: "لا مقالات",
  one: "مقال واحد",
  two: "مقالان",
  few: "# مقالات",
  many: "# مقالًا",
  other: "# مقال",
});

/** مشترك */
export const subscribers = named({
  zero: "لا مشتركين",
  one: "مشترك واحد",
  two: "مشتركان",
  few: "# مشتركين",
  many: "# مشتركًا",
  other: "# مشترك",
});

/** عدد (of a newsletter) */
export const issues = named({
  zero: "لا أعداد",
  one: "عدد واحد",
  two: "عددان",
  few: "# أعداد",
  many: "# عددًا",
  other: "# عدد",
});

/** دقيقة */
export const minutes = named({
  zero: "لا دقائق",
  one: "دقيقة واحدة",
  two: "دقيقتان",
  few: "# دقائق",
  many: "# دقيقة",
  other: "# دقيقة",
});

/** ساعة */
export const hours = named({
  zero: "لا ساعات",
  one: "ساعة واحدة",
  two: "ساعتان",
  few: "# ساعات",
  many: "# ساعة",
  other: "# ساعة",
});

/** How long ago: "قبل 3 دقائق"; none is now. */
export const minutesAgo = named({
  zero: "الآن",
  one: "قبل دقيقة",
  two: "قبل دقيقتين",
  few: "قبل # دقائق",
  many: "قبل # دقيقة",
  other: "قبل # دقيقة",
});

/** How long ago: "قبل 3 ساعات"; none is less than an hour. */
export const hoursAgo = named({
  zero: "قبل أقل من ساعة",
  one: "قبل ساعة",
  two: "قبل ساعتين",
  few: "قبل # ساعات",
  many: "قبل # ساعة",
  other: "قبل # ساعة",
});
