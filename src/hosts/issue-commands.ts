// nashra issue: list, ledger, explain; hand-commands.ts has what an editor decides of one.
import { candidatesById } from "../articles/index.ts";
import { acceptedIn, accountOf, foldedLetters, ledgerPage } from "../delivery/index.ts";
import {
  clickReport,
  editionsOf,
  type Issue,
  isShared,
  issueByName,
  issueName,
  listDigests,
  newestIssues,
  storiesOf,
} from "../digests/index.ts";
import { whyWords } from "../newsroom/index.ts";
import { readPublisher } from "../settings/index.ts";
import type { Nashra } from "./node.ts";
import { inZone, printList, Refusal, say, tell } from "./output.ts";

/** The issue with this name; without one, the newest. */
export async function issueNamed({ database }: Nashra, name: string | undefined): Promise<Issue> {
  const [newest] = name === undefined ? await newestIssues(database.db, 1) : [];
  if (name === undefined && !newest)
    throw new Refusal("No issue was opened yet. nashra digest send daily opens one now.");
  const issue = newest ?? (await issueByName(database.db, name ?? ""));
  if (!issue)
    throw new Refusal(
      `There is no issue "${name}". An issue is called digest/date-slot; "nashra issue list" has them.`,
    );
  return issue;
}

export async function issueList(
  { database }: Nashra,
  options: { count: number; json?: boolean },
): Promise<void> {
  const issues = await newestIssues(database.db, options.count);
  const zones = new Map((await listDigests(database.db)).map(({ id, schedule }) => [id, schedule.zone]));
  const rows = issues.map((issue) => {
    const zone = options.json ? undefined : zones.get(issue.digestId);
    const time = (it: Temporal.Instant) => (zone === undefined ? it.toString() : inZone(it, zone));
    return {
      issue: issueName(issue),
      state: issue.state,
      paused: issue.paused && time(issue.paused.since),
      planned_at: time(issue.plannedAt),
      finished_at: issue.finishedAt && time(issue.finishedAt),
      candidates: issue.candidates,
      worth_yes: issue.worth.yes,
      worth_no: issue.worth.no,
      reason: issue.reason,
    };
  });
  printList(rows, {
    json: options.json === true,
    empty: "No issue was opened yet. nashra digest send daily opens one now.",
  });
}

export async function issueLedger(
  nashra: Nashra,
  name: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  const issue = await issueNamed(nashra, name);
  const { db } = nashra.database;
  for (let after: number | null = 0, first = true; after !== null; first = false) {
    const { lines, next } = await ledgerPage(db, issue.id, after, 1000);
    if (lines.length > 0 || first)
      printList(lines, { json: options.json === true, empty: "Nothing stands in the ledger of this issue." });
    after = next;
  }
  for (const { edition, destination, state, reason, letters } of await foldedLetters(db, issue.id))
    tell(
      `folded: ${letters} ${state}${reason ? ` (${reason})` : ""}, to ${destination}${edition ? `, edition ${edition}` : ""}; their rows are no longer kept`,
    );
  const { states, exclusions } = await accountOf(db, issue.id);
  const sum = (counts: readonly { count: number }[]) => counts.reduce((all, { count }) => all + count, 0);
  if (issue.candidates !== null)
    tell(`${issue.candidates} candidates = ${sum(states)} letters + ${sum(exclusions)} left out`);
  for (const { reason, count } of exclusions) tell(`left out (${reason}): ${count}`);
}

/** A line a story that somebody followed, the most followed first. */
export async function issueClicks(
  nashra: Nashra,
  name: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  const issue = await issueNamed(nashra, name);
  const { db } = nashra.database;
  const report = await clickReport(db, issue, issueName(issue), await acceptedIn(db, issue.id));
  const { clicks: mode } = await readPublisher(db);
  printList(report.stories, {
    json: options.json === true,
    empty:
      mode === "off"
        ? "Clicks are not counted: nashra publisher clicks=anonymous"
        : "Nobody has followed a story of it yet.",
  });
  tell(
    `${report.issue}: ${report.people} clicks of readers for ${report.accepted} letters accepted, and ${report.robots} of programs beside them.`,
  );
}

export async function issueExplain(
  nashra: Nashra,
  name: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  const issue = await issueNamed(nashra, name);
  const { db } = nashra.database;
  const editions = await Promise.all(
    (await editionsOf(db, issue.id, "all")).map(
      async ({ id, sections, language, revision, subject, shortened }) => {
        const stories = await storiesOf(db, id);
        const articles = new Map(
          (
            await candidatesById(
              db,
              stories.map(({ articleId }) => articleId),
            )
          ).map((article) => [article.id, article]),
        );
        return {
          sections,
          shared: isShared(sections), // else it is for readers who were sent some of it already
          language,
          revision,
          subject,
          shortened, // summaries, as the mail was too large
          stories: stories.map(({ articleId, storyId, position, score, parts }) => ({
            position,
            article: articleId,
            story: storyId,
            title: articles.get(articleId)?.title ?? null,
            score,
            parts,
          })),
        };
      },
    ),
  );
  if (options.json)
    return say(
      JSON.stringify({
        issue: issueName(issue),
        state: issue.state,
        reason: issue.reason,
        worth: issue.worth,
        editions,
      }),
    );
  say(`${issueName(issue)}: ${issue.state}${issue.reason ? `, because ${issue.reason}` : ""}`);
  if (issue.worth.yes + issue.worth.no > 0)
    say(`Worth reading? ${issue.worth.yes} said yes, ${issue.worth.no} said no`);
  for (const { sections, shared, language, revision, subject, shortened, stories } of editions) {
    const [choice = "", articles = ""] = sections.split("=");
    const whom = shared ? "" : `, for readers who were sent some of it already (articles ${articles})`;
    say(`\nSections ${choice || "all"}${whom}, ${language}, revision ${revision}: ${subject}`);
    if (shortened > 0) say(`  too large for mail programs: ${shortened} summaries were shortened`);
    for (const { position, title, score, parts } of stories) {
      say(`  ${position}. ${title}`);
      say(
        `     score ${score.toFixed(4)} = (editor ${parts.editor.toFixed(2)}, coverage ${parts.coverage.toFixed(2)}, heat ${parts.heat.toFixed(2)}, clicks ${parts.clicks ?? "not measured"}) x freshness ${parts.freshness.toFixed(2)}`,
      );
      say(`     ${position === 1 ? "lead: " : ""}${whyWords(parts, "en", "latn").join("; ")}`);
    }
  }
}
