// Arabic text: pure functions that clean it, compare it, cut it, count in it, date it and keep its direction right.
// They take and return strings, know no language but Arabic and English, and never change what a reader sees of a text
// unless their name says so (`fold` is for comparing, `slugify` for addresses).
export { htmlStartsLatin, isolateHtml, isolatePlain, rtlTitle, startsLatin, subjectLine } from "./bidi.ts";
export { cleanText, oneLine } from "./clean.ts";
export {
  formatDate,
  formatDateTime,
  formatDay,
  formatDays,
  formatFullDate,
  formatHijri,
  formatTime,
  type Language,
  weekdayName,
} from "./dates.ts";
export { type Digits, formatNumber, withDigits } from "./digits.ts";
export { fold } from "./fold.ts";
export { escapeHtml } from "./html.ts";
export {
  hoursAgo,
  minutes,
  minutesAgo,
  plural,
} from "./plurals.ts";
export { slugify } from "./slug.ts";
export { lede, shingles, words } from "./words.ts";
export { zoneCity } from "./zones.ts";
