// What a run brought, counted as it goes. Pure but for the report that it adds to.
import { oneLine } from "../arabic/index.ts";
import type { ArticleId, ArticleInput, Outcome } from "../articles/index.ts";
import { withoutKeys } from "../platform/index.ts";
import type { Skipped } from "./item.ts";
import { mostNotes, type RunReport } from "./source.ts";

export const emptyReport = (): RunReport => ({
  created: 0,
  revised: 0,
  unchanged: 0,
  retracted: 0,
  skipped: 0,
  removed: {},
  notes: [],
  error: null,
});

/** Counts what became of an article. @returns its id, if it stands */
export function count(report: RunReport, outcome: Outcome, { title, url }: ArticleInput): ArticleId | null {
  const what = url ? `${title} (${url})` : title;
  switch (outcome.kind) {
    case "created":
    case "revised":
      for (const [name, number] of Object.entries(outcome.removed))
        report.removed[name] = (report.removed[name] ?? 0) + number;
      report[outcome.kind] += 1;
      return outcome.id;
    case "unchanged":
      report[outcome.kind] += 1;
      return outcome.id;
    case "retracted":
      note(report, { what, why: "It was retracted here, and stays so." });
      return null;
    case "no-text":
      note(report, { what, why: "Nothing is left of its title or its text once it is clean." });
      return null;
    case "too-long":
      note(report, { what, why: "It is longer than any article once it is clean." });
      return null;
    case "unknown-sections":
      note(report, {
        what,
        why: `The section ${outcome.unknown.join(", ")} was closed or renamed meanwhile.`,
      });
      return null;
  }
}

export function note(report: RunReport, skipped: Skipped): void {
  report.skipped += 1;
  const shown = (text: string) => withoutKeys(oneLine(text)); // on terminals too
  if (report.notes.length < mostNotes)
    report.notes.push({ what: shown(skipped.what), why: shown(skipped.why) });
}
