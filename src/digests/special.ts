// Issues that no schedule opens and that carry one article: what holds for them. Pure.
import type { Article } from "../articles/index.ts";
import type { BreakingRule, SpecialKind } from "./tables.ts";

/** So long what an editor was shown can be confirmed. */
export const confirmMinutes = 10;

/** The most that a digest may allow on one day. */
export const mostBreakingADay = 20;

/** Words of an editor above a correction. */
export const longestWords = 1000;

/**
 * Whether a moment lies in quiet hours.
 *
 * @param quiet local times `HH:MM`; where the first is the later one, they go over midnight. The last minute is not quiet any more
 */
export function isQuiet(quiet: BreakingRule["quiet"], at: Temporal.ZonedDateTime): boolean {
  if (quiet === null) return false;
  const time = at.toPlainTime().toString({ smallestUnit: "minute" });
  return quiet.from < quiet.until
    ? quiet.from <= time && time < quiet.until
    : quiet.from <= time || time < quiet.until;
}

/** Quiet hours as people write them, `23:00-07:00`; null if they are none, or begin when they end. */
export function quietHours(text: string): BreakingRule["quiet"] {
  const [, from = "", until = ""] =
    /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text.trim()) ?? [];
  return from === "" || from === until ? null : { from, until };
}

/**
 * What an article is now, as one number that grows: twice its revision, and one more where it is retracted. A confirmation holds
 * for one version, and the revisions of an edition follow it.
 */
export const versionOf = ({ revision, status }: Pick<Article, "revision" | "status">): number =>
  revision * 2 + (status.state === "retracted" ? 1 : 0);

/**
 * Whether an audience is still the one that an editor was shown: it may have grown or shrunk by one in a hundred, since people join
 * and leave meanwhile. Below a hundred, to the last one.
 */
export const isSameAudience = (shown: number, now: number): boolean =>
  Math.abs(shown - now) <= Math.floor(shown / 100);

/** What an editor said, in a reader's language where it was said in that, else in Arabic. */
export const saidIn = (words: { ar: string; en: string }, language: "ar" | "en"): string =>
  words[language] || words.ar;

/** The slots of a kind: `breaking-1`, `breaking-2`… */
export const slotPrefix = (kind: SpecialKind): string => `${kind}-`;
