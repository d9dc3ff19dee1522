// How the newsroom calls an issue, and where its page is: also before there is one.
import { formatDay } from "../arabic/index.ts";
import { type Digest, digestName, type Issue, issuePath } from "../digests/index.ts";
import type { Desk } from "./desk.ts";

/** An issue's page behind the sign-in. */
export const deskPath = (issue: Pick<Issue, "digestSlug" | "date" | "slot">): string =>
  `/newsroom${issuePath(issue)}`;

/** "صباح المرسى، 1 آذار 2026": how pages call an issue; its slot stands apart. */
export function issueTitle(
  issue: Pick<Issue, "digestSlug" | "date">,
  digest: Digest | undefined,
  { language, paper }: Desk,
): string {
  const name = digest ? digestName(digest, language) : issue.digestSlug;
  const day = formatDay(Temporal.PlainDate.from(issue.date), paper, language);
  return [name, day].join(language === "ar" ? "، " : ", ");
}
