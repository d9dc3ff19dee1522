// What people call a run's time of day, beside the name that commands and addresses have for it.
import { type Language, Ltr } from "../web/index.ts";

const words: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  morning: { ar: "الصباح", en: "Morning" },
  noon: { ar: "الظهر", en: "Noon" },
  afternoon: { ar: "العصر", en: "Afternoon" },
  evening: { ar: "المساء", en: "Evening" },
  night: { ar: "الليل", en: "Night" },
  sample: { ar: "عدد تجريبي", en: "Sample" },
};

const beside: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  extra: { ar: "إضافي", en: "Extra" },
  breaking: { ar: "عاجل", en: "Breaking" },
  correction: { ar: "تصحيح", en: "Correction" },
};

/** The name of a slot; one that the newsroom made up stands as it is. */
export function SlotName({ slot, language }: { slot: string; language: Language }) {
  return knownName(slot, language) ?? <Ltr>{slot}</Ltr>;
}

/** The same for labels, which are plain text. */
export const slotWord = (slot: string, language: Language): string =>
  knownName(slot, language) ?? `\u2068${slot}\u2069`;

function knownName(slot: string, language: Language): string | undefined {
  const [, kind = "", number = ""] = /^([a-z]+)-(\d+)$/.exec(slot) ?? [];
  return words[slot]?.[language] ?? (beside[kind] && `${beside[kind][language]} ${number}`);
}
