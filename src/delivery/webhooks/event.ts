// What a provider tells of one letter, in the words of a report that came by mail: from there on both go the same way. Pure.
import { ruleFor } from "../feedback/diagnostics.ts";
import type { Report } from "../feedback/read.ts";
import { type Judged, judge } from "../feedback/verdict.ts";

/** What follows from an event; whatever asks for nothing is no event here. */
export type ProviderEvent = {
  /** What tells it from all others, with the provider's name before it. */
  id: string;
  report: Extract<Report, { kind: "bounce" | "complaint" }>;
};

/** Where an event says which letter it is about. */
export type Place = {
  /** What may hold our Message-ID, our return path, or the field that we gave the provider along. */
  names: readonly (string | null | undefined)[];
  recipient: string | null | undefined;
};

/** How much of a server's words is kept, and of each name looked at. */
const mostWords = 1000;
const mostName = 1000;

/**
 * A letter that a provider gave up.
 *
 * @param lasting what the provider says: for good, or today
 * @param status a code that it names beside the words
 */
export function bounced(
  id: string,
  place: Place,
  lasting: "permanent" | "temporary" | "unsaid",
  status: string | null | undefined,
  words: string | null | undefined,
): ProviderEvent {
  const said = (words ?? "").trim().slice(0, mostWords);
  return {
    id,
    report: {
      kind: "bounce",
      ...judgedBeside(lasting, status ?? null, said),
      words: said,
      about: aboutOf(id, place),
    },
  };
}

/** Somebody wants no more of our mail, and said so to the provider: as spam, or by its own way out. */
export const complained = (id: string, place: Place, type: "abuse" | "opt-out"): ProviderEvent => ({
  id,
  report: { kind: "complaint", type, about: aboutOf(id, place) },
});

const aboutOf = (id: string, { names, recipient }: Place) => ({
  text: names.flatMap((name) => (name ? [angled(name.slice(0, mostName))] : [])).join("\n"),
  recipient: recipient?.slice(0, 320) ?? null,
  id,
});

/** Some give a Message-ID without its angle brackets. */
const angled = (name: string): string => (/^[^<>\s@]+@[^<>\s@]+$/.test(name) ? `<${name}>` : name);

/** The server's words decide; what the provider makes of them only makes the verdict milder, or stands where there are none. */
function judgedBeside(
  lasting: "permanent" | "temporary" | "unsaid",
  status: string | null,
  words: string,
): Judged {
  const judged = judge(status, words);
  const isAboutAddress = ["hard", "likely-hard", "unclear"].includes(judged.verdict);
  if (lasting === "temporary") return isAboutAddress ? { ...judged, verdict: "soft" } : judged;
  const saysNothing = judged.code === "" && ruleFor(words) === null;
  return lasting === "permanent" && saysNothing ? { ...judged, verdict: "unclear" } : judged;
}
