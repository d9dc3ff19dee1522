// Why an issue did not go out, in words. The reasons are written in English where the issue is skipped; this says them in Arabic.
import { type Digits, minutes, withDigits } from "../arabic/index.ts";

/** What is not known stays as it is. */
const arabicReasons: readonly [RegExp, (digits: Digits, ...found: string[]) => string][] = [
  [
    /^late by (\d+) minutes; the limit is (\d+)$/,
    (digits, late, limit) => `تأخر ${minutes(Number(late), digits)}، والحد ${limit}`,
  ],
  [/^holiday: (.+)$/, (_, name) => `عطلة: ${name}`],
  [/^nobody approved it in time$/, () => "لم يوافق عليه أحد في الموعد"],
  [/^the article (?:is not published any more|was retracted)$/, () => "لم يعد الخبر منشورًا"],
  [/^left out by hand$/, () => "حذفه المحرر من الجدول"],
  [/^nobody has confirmed a subscription to it$/, () => "لم يؤكد أحد اشتراكه فيه"],
  [
    /^too few stories: (\d+), and it takes (\d+)$/,
    (_, found, needed) => `أخباره ${found}، وأقل عدد ${needed}`,
  ],
  [
    /^it may have gone out before the database was restored from a backup$/,
    () => "ربما أُرسل قبل أن تُستعاد قاعدة البيانات من نسخة احتياطية",
  ],
];

/** Why an issue did not go out. */
export function reasonWords(reason: string, language: "ar" | "en", digits: Digits): string {
  if (language === "en") return reason;
  for (const [pattern, say] of arabicReasons) {
    const found = pattern.exec(reason);
    if (found) return withDigits(say(digits, ...found.slice(1)), digits);
  }
  return reason;
}

/** Whether somebody decided it beforehand: a holiday, a run that was left out of the schedule. */
export const wasPlanned = (reason: string): boolean => /^(?:holiday: |left out by hand$)/.test(reason);
