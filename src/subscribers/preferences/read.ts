// What the forms of the preferences say, read against what the paper offers. Pure.
import type { Offer } from "../choices.ts";
import { frequencies } from "../consent.ts";
import type { Fields } from "../visit.tsx";
import type { Wanted } from "./choose.ts";

/** Names of a digest's own fields. */
export const fieldNames = (digest: number) => ({
  sections: `sections-${digest}`,
  frequency: `frequency-${digest}`,
  slots: `slots-${digest}`,
  breaking: `breaking-${digest}`,
});

/** @returns what is wanted, and the ids of digests that are wanted without any section */
export function readChoices(
  fields: Fields,
  { digests, sections }: Offer,
  present: Wanted["language"],
): { wanted: Wanted; withoutSections: readonly number[] } {
  const language = fields.one("language");
  const ticked = fields.all("digest");
  const chosen = digests
    .filter(({ id }) => ticked.includes(String(id)))
    .map(({ id, slots = [] }) => {
      const names = fieldNames(id);
      const hours = slots.filter(({ name }) => fields.all(names.slots).includes(name));
      const slugs = fields.all(names.sections);
      const found = sections.filter(({ slug }) => slugs.includes(slug));
      const breaking = fields.one(names.breaking);
      return {
        digest: id,
        breaking: breaking === "yes" ? true : breaking === "no" ? false : undefined,
        frequency: frequencies.find((it) => it === fields.one(names.frequency)) ?? ("each" as const),
        // None, as where none are offered, is all of them.
        slots: hours.length === slots.length ? [] : hours.map(({ name }) => name),
        // All that there are is all that there will be.
        sections: found.length === sections.length ? [] : found.map(({ id }) => id),
        // Where there is nothing to choose from, no boxes are shown.
        isEmpty: found.length === 0 && sections.length > 1,
      };
    });
  return {
    wanted: {
      language: language === "ar" || language === "en" ? language : present,
      digests: chosen.map(({ isEmpty: _, ...it }) => it),
    },
    withoutSections: chosen.filter(({ isEmpty }) => isEmpty).map(({ digest }) => digest),
  };
}

/** Days that a pause may have, with the words for them. */
export const pauses = [
  { days: 7, word: "week" },
  { days: 14, word: "twoWeeks" },
  { days: 30, word: "month" },
] as const;

/** The days between which a pause may end. */
export function pauseBounds(today: Temporal.PlainDate): {
  first: Temporal.PlainDate;
  last: Temporal.PlainDate;
} {
  return { first: today.add({ days: 1 }), last: today.add({ years: 1 }) };
}

/**
 * When a pause ends: at the beginning of a day of the newsroom. A date that was filled in counts more than the days that are
 * chosen anyway.
 *
 * @returns null if the day is none, or lies out of bounds
 */
export function readPause(fields: Fields, zone: string, now: Temporal.Instant): Temporal.Instant | null {
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  const written = fields.one("until");
  const days = pauses.find((it) => String(it.days) === fields.one("days"))?.days;
  const day = written === "" ? days && today.add({ days }) : dateOf(written);
  if (!day) return null;
  const { first, last } = pauseBounds(today);
  const isWithin = Temporal.PlainDate.compare(first, day) <= 0 && Temporal.PlainDate.compare(day, last) <= 0;
  return isWithin ? day.toZonedDateTime(zone).toInstant() : null;
}

function dateOf(text: string): Temporal.PlainDate | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text);
  } catch {
    return null;
  }
}
