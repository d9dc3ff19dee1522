// Which digests somebody has, as one cell of a list: `daily; economy[سياسة|اقتصاد]/weekly/at:morning/paused:2026-05-01`.
// What the export writes, the import reads. Pure.
import { z } from "zod";
import { fromMilliseconds } from "../../platform/index.ts";
import { type Frequency, frequencies, sectionsKey } from "../consent.ts";
import { slotsKey } from "../slots.ts";
import { readMoment } from "./moment.ts";

/** A subscription as a list tells it. */
export type Wanted = {
  digest: number;
  /** '' for all, else ids as a sorted JSON list. */
  sections: string;
  frequency: Frequency;
  /** At which runs of a day: '' for all, else their names as a sorted JSON list. */
  slots: string;
  /** Whether they want breaking news; null where they never said. */
  breaking: 0 | 1 | null;
  state: "active" | "paused";
  /** When a pause ends, in milliseconds since 1970; null for never, and for who is not paused. */
  until: number | null;
};

/** A digest or section by its id, its slug and what else it is called. */
export type Named = { id: number; slug: string; names: readonly string[] };
export type Names = { digests: readonly Named[]; sections: readonly Named[] };

/** The digests and sections that there are, for lists and filters. */
export const namesOf = (
  digests: readonly { id: number; slug: string; name: string; nameEn: string | null }[],
  sections: readonly { id: number; slug: string; title: string; titleEn: string | null }[],
): Names => ({
  digests: digests.map(({ id, slug, name, nameEn }) => ({ id, slug, names: [name, nameEn ?? name] })),
  sections: sections.map(({ id, slug, title, titleEn }) => ({ id, slug, names: [title, titleEn ?? title] })),
});

export type WantedReading =
  | { ok: true; wanted: Wanted[] }
  | { ok: false; why: "digest" | "section" | "manner"; what: string };

/** @param forAll ids of sections for each digest that names none of its own */
export function readWanted(cell: string, names: Names, forAll: readonly number[]): WantedReading {
  const wanted: Wanted[] = [];
  for (const part of cell.split(/[;,،؛](?![^[]*\])/).map((text) => text.trim())) {
    if (part === "") continue;
    const [, name = "", list, manners = ""] =
      /^([^[\]]+?)(?:\[([^\]]*)\])?((?:\/[^/[\]]+)*)$/.exec(part) ?? [];
    const digest = named(names.digests, name);
    if (digest === null) return { ok: false, why: "digest", what: part };
    const sections = list === undefined ? { ok: true as const, ids: forAll } : readSections(list, names);
    if (!sections.ok) return sections;
    const it: Wanted = {
      digest: digest.id,
      sections: sectionsKey(sections.ids),
      frequency: "each",
      slots: "",
      breaking: null,
      state: "active",
      until: null,
    };
    for (const manner of manners.split("/").slice(1)) {
      const frequency = frequencies.find((known) => known === manner);
      const pause = manner === "paused" ? null : readMoment(/^paused:(.+)$/.exec(manner)?.[1] ?? "", "UTC");
      const slots = /^at:(.+)$/.exec(manner)?.[1]?.split("+");
      if (slots) it.slots = slotsKey(slots);
      else if (frequency) it.frequency = frequency;
      else if (manner === "breaking" || manner === "no-breaking") it.breaking = manner === "breaking" ? 1 : 0;
      else if (manner === "paused" || pause !== null) Object.assign(it, { state: "paused", until: pause });
      else return { ok: false, why: "manner", what: manner };
    }
    if (!wanted.some((other) => other.digest === it.digest)) wanted.push(it);
  }
  return { ok: true, wanted };
}

/** The ids of sections that a cell names by slug or title. */
export function readSections(
  cell: string,
  { sections }: Names,
): { ok: true; ids: number[] } | { ok: false; why: "section"; what: string } {
  const ids: number[] = [];
  for (const name of cell.split(/[;,،؛|]/).map((text) => text.trim())) {
    if (name === "") continue;
    const section = named(sections, name);
    if (section === null) return { ok: false, why: "section", what: name };
    ids.push(section.id);
  }
  return { ok: true, ids };
}

/** What {@link readWanted} reads. */
export const writeWanted = (wanted: readonly Wanted[], { digests, sections }: Names): string =>
  wanted
    .map(({ digest, sections: key, frequency, slots, breaking, state, until }) => {
      const ids = sectionIds(key);
      const list = ids.map((id) => slugOf(sections, id)).join("|");
      const pause = until === null ? "/paused" : `/paused:${fromMilliseconds(until)}`;
      return [
        slugOf(digests, digest),
        ids.length > 0 ? `[${list}]` : "",
        frequency === "each" ? "" : `/${frequency}`,
        slots === "" ? "" : `/at:${slotNames(slots).join("+")}`,
        breaking === null ? "" : breaking === 1 ? "/breaking" : "/no-breaking",
        state === "paused" ? pause : "",
      ].join("");
    })
    .join("; ");

/** The ids of a choice of sections; none means all. */
export const sectionIds = (key: string): number[] =>
  key === "" ? [] : z.array(z.number()).parse(JSON.parse(key));

/** The names of a choice of slots; none means all. */
export const slotNames = (key: string): string[] =>
  key === "" ? [] : z.array(z.string()).parse(JSON.parse(key));

/** Its slug, or its id where it is gone. */
export const slugOf = (all: readonly Named[], id: number): string =>
  all.find((it) => it.id === id)?.slug ?? String(id);

/** By its slug, else by another of its names. */
export function named(all: readonly Named[], name: string): Named | null {
  const wanted = name.trim().normalize("NFC");
  return all.find(({ slug }) => slug === wanted) ?? all.find(({ names }) => names.includes(wanted)) ?? null;
}
