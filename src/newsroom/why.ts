// "Why is this story here?": every part of a score in words. Pure.
import { formatNumber, hoursAgo, minutesAgo, plural, withDigits } from "../arabic/index.ts";
import type { ScoreParts } from "../digests/index.ts";
import type { Language } from "../web/index.ts";

type Digits = Parameters<typeof formatNumber>[1];

/**
 * The reasons for a story's place: what an editor decided for this issue, then one a part of its score, in the order of the
 * formula.
 *
 * @param parts as they were when the issue was built
 */
export function whyWords(parts: ScoreParts, language: Language, digits: Digits): string[] {
  const say = language === "ar" ? arabic(digits) : english;
  const importance = Math.max(0, Math.round(parts.editor * 4 - 1)); // see rank.ts: (1 + importance) / 4
  const { articles: carriers, sources } = parts.carriedBy;
  return [
    ...(parts.hand === null ? [] : [say.hand[parts.hand]]),
    say.editor(importance),
    say.coverage(carriers, sources),
    parts.heat > 0 ? say.heat(percent(parts.heat)) : say.noHeat,
    parts.clicks === null ? say.noClicks : say.clicks(percent(parts.clicks)),
    say.age(Math.floor(parts.ageHours * 60), percent(parts.freshness)),
  ];
}

/** A score of 0 to 1 as points of a hundred, with one decimal: what an editor compares. */
export function pointsOf(score: number, language: Language, digits: Digits): string {
  const points = (score * 100).toFixed(1);
  return language === "ar" ? withDigits(points, digits) : points;
}

const percent = (part: number) => Math.round(part * 100);

const arabic = (digits: Digits) => {
  const n = (value: number) => formatNumber(value, digits);
  return {
    hand: { pinned: "ثبّته المحرر في أول العدد", ordered: "رتّبه المحرر بيده" },
    editor: (importance: number) => `أهميته عند المحرر ${n(importance)} من ${n(3)}`,
    coverage: (carriers: number, sources: number) => {
      if (carriers <= 1) return `ورد في مقال واحد، ${sources === 0 ? "للصحيفة نفسها" : "من خارج الصحيفة"}`;
      const carried = `ورد في ${plural(carriers, inArticles, digits)}`;
      return sources === 0
        ? `${carried}، كلها للصحيفة نفسها`
        : `${carried}، ومصادره من خارج الصحيفة: ${n(sources)}`;
    },
    heat: (hundredths: number) => `كلمات عنوانه رائجة اليوم: ${n(hundredths)} من ${n(100)}`,
    noHeat: "ليس في عنوانه كلمات رائجة اليوم",
    clicks: (hundredths: number) => `نقرات القراء: ${n(hundredths)} من ${n(100)}`,
    noClicks: "لم تُقس نقرات القراء بعد",
    age: (minutes: number, left: number) => {
      const ago = minutes < 60 ? minutesAgo(minutes, digits) : hoursAgo(Math.floor(minutes / 60), digits);
      return `نُشر ${ago}، فبقي له ${n(left)}% من وزنه`;
    },
  };
};

const inArticles = {
  zero: "لا مقالات",
  one: "مقال واحد",
  two: "مقالين",
  few: "# مقالات",
  many: "# مقالًا",
  other: "# مقال",
};

const count = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;

const english = {
  hand: { pinned: "pinned by the editor", ordered: "put here by the editor" },
  editor: (importance: number) => `editor’s importance ${importance} of 3`,
  coverage: (carriers: number, sources: number) =>
    `carried by ${count(carriers, "article")}, ${sources === 0 ? "of our own" : `with ${count(sources, "outside source")}`}`,
  heat: (hundredths: number) => `words of its title burst today: ${hundredths} of 100`,
  noHeat: "no words of its title burst today",
  clicks: (hundredths: number) => `readers’ clicks: ${hundredths} of 100`,
  noClicks: "readers’ clicks are not measured yet",
  age: (minutes: number, left: number) => {
    const age = minutes < 60 ? count(minutes, "minute") : count(Math.floor(minutes / 60), "hour");
    return `${age} old, which leaves it ${left}% of its weight`;
  },
};
