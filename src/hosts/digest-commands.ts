// nashra digest: list, send; schedule-commands.ts has add, set and next.
import { createInterface } from "node:readline/promises";
import { auditIfChanged } from "../accounts/index.ts";
import { accountOf } from "../delivery/index.ts";
import {
  behindAllIssues,
  type ChangeDeps,
  type Digest,
  digestBySlug,
  drawEdition,
  type Issue,
  issueById,
  issueName,
  listDigests,
  nextThatRuns,
  openDueIssues,
  openExtraIssue,
  scheduleWords,
} from "../digests/index.ts";
import { readPublisher } from "../settings/index.ts";
import { audienceSize } from "../subscribers/index.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { inZone, printList, progress, Refusal, say, tell } from "./output.ts";
import { scheduleOptions } from "./schedule-options.ts";

export async function digestNamed({ database }: Nashra, slug: string): Promise<Digest> {
  const digest = await digestBySlug(database.db, slug.normalize("NFC"));
  if (digest) return digest;
  const known = (await listDigests(database.db)).map((it) => it.slug).join(", ");
  throw new Refusal(`There is no digest "${slug}". There are: ${known}.`);
}

/** What changes to digests take. */
export const changingDigests = ({ database, now, ticking, publishing }: Nashra): ChangeDeps => ({
  database,
  now,
  audit: (entry, at) => auditIfChanged(database.db, entry, at),
  openDue: () => openDueIssues(ticking),
  changed: () => publishing.changed(),
});

export async function digestList({ database }: Nashra, options: { json?: boolean }): Promise<void> {
  const digests = await listDigests(database.db);
  const { language, digits } = await readPublisher(database.db);
  const rows = digests.map((digest) => {
    if (options.json) return digestRow(digest, digits);
    const { approval, schedule } = digest;
    const next = nextOf(digest);
    return {
      ...runsOf(digest),
      next: next && inZone(next, schedule.zone),
      stories: `${digest.minStories}-${digest.maxStories}`,
      approval: approval
        ? `${approval.unanswered} (${approval.aheadMinutes} min ahead, ${approval.deadlineMinutes} after)`
        : "none",
      in_doubt: digest.inDoubt,
      from: digest.sender.address ?? "the paper",
      schedule: scheduleWords(schedule, language, digits),
    };
  });
  printList(rows, { ...options, empty: "There is no digest." });
}

function runsOf(digest: Digest) {
  const { slug, name, on, template } = digest;
  return { slug, name, state: on ? "on" : "off", template, next: nextOf(digest)?.toString() ?? null };
}

const nextOf = ({ on, schedule, next }: Digest) => (on ? (nextThatRuns(schedule, next)?.at ?? null) : null);

/** A digest as a program reads it. */
export const digestRow = (digest: Digest, digits: Parameters<typeof scheduleWords>[2]) => ({
  ...runsOf(digest),
  name_en: digest.nameEn,
  least: digest.minStories,
  most: digest.maxStories,
  in_doubt: digest.inDoubt,
  from: digest.sender.address,
  from_name: digest.sender.name,
  ...scheduleOptions(digest.schedule),
  approval: digest.approval?.unanswered ?? "none",
  approval_minutes: digest.approval?.deadlineMinutes ?? null,
  build_ahead: digest.approval?.aheadMinutes ?? null,
  says: {
    ar: scheduleWords(digest.schedule, "ar", digits),
    en: scheduleWords(digest.schedule, "en"),
  },
});

export async function digestSend(
  nashra: Nashra,
  slug: string,
  options: { dryRun?: boolean; json?: boolean; yes?: boolean; anyway?: boolean },
): Promise<void> {
  const digest = await digestNamed(nashra, slug);
  if (options.dryRun) return dryRun(nashra, digest, options);
  if (!digest.on && !options.anyway)
    throw new Refusal(
      `"${digest.slug}" is switched off. "nashra digest set ${digest.slug} --on" lets it run again; --anyway sends this one issue.`,
    );
  if (!options.yes && process.stdin.isTTY && process.stderr.isTTY) await askFirst(nashra, digest);
  const opened = await openExtraIssue(nashra.ticking, digest);
  await logAct(nashra, "issue-open", issueName(opened));
  await watched(nashra, opened, () => sendAll(nashra, opened));
  const issue = await issueById(nashra.database.db, opened.id);
  if (!issue) throw new Error(`${issueName(opened)} is gone.`);
  const { states, exclusions } = await accountOf(nashra.database.db, issue.id);
  const report = {
    issue: issueName(issue),
    state: issue.state,
    reason: issue.reason,
    candidates: issue.candidates,
    deliveries: Object.fromEntries(states.map(({ state, count }) => [state, count])),
    exclusions: Object.fromEntries(exclusions.map(({ reason, count }) => [reason, count])),
  };
  if (options.json) say(JSON.stringify(report));
  else {
    say(`${report.issue}: ${report.state}${report.reason ? `, because ${report.reason}` : ""}`);
    for (const { state, count } of states) say(`  ${state}: ${count}`);
    for (const { reason, count } of exclusions) say(`  left out (${reason}): ${count}`);
  }
  if (issue.state === "skipped") throw new Refusal(`Nothing was sent: ${issue.reason}.`);
}

/** On a terminal, one word stands between a command and everybody's mailbox; scripts are not asked. @throws {Refusal} if it is no yes */
async function askFirst({ database }: Nashra, { id, slug }: Digest): Promise<void> {
  const readers = await audienceSize(database.db, id, Number.MAX_SAFE_INTEGER);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const said = await terminal.question(
      `Send an issue of "${slug}" now? It has ${readers} subscriptions. Type yes to send it: `,
    );
    if (said.trim().toLowerCase() !== "yes") throw new Refusal("Nothing was sent.");
  } finally {
    terminal.close();
  }
}

/** Sends until no letter of the issue can leave now, or it is paused; a server beside this command may be sending it too. */
export async function sendAll(nashra: Nashra, issue: Issue): Promise<void> {
  for (let more = true; more; ) {
    await nashra.tick(3600);
    if ((await issueById(nashra.database.db, issue.id))?.paused)
      return tell(`${issueName(issue)} is paused; "nashra issue resume ${issueName(issue)}" lets it go on.`);
    const { states } = await accountOf(nashra.database.db, issue.id);
    more = states.some(({ state }) => state === "queued" || state === "claimed" || state === "sending");
    if (more) await new Promise((done) => setTimeout(done, 200));
  }
}

/** Runs something long and says meanwhile how many letters of an issue were tried. */
async function watched<Result>(
  { database }: Nashra,
  issue: Issue,
  work: () => Promise<Result>,
): Promise<Result> {
  const bar = progress("letters tried");
  const timer = setInterval(async () => {
    const { states } = await accountOf(database.db, issue.id);
    bar.at(states.reduce((sum, { state, count }) => (state === "queued" ? sum : sum + count), 0));
  }, 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    bar.end();
  }
}

async function dryRun(nashra: Nashra, digest: Digest, options: { json?: boolean }): Promise<void> {
  const drawn = await drawEdition(nashra.ticking, digest, behindAllIssues, nashra.now(), {
    sections: "",
    language: "ar",
  });
  if ("tooFew" in drawn)
    throw new Refusal(`Too few stories: ${drawn.tooFew}, and "${digest.slug}" takes ${digest.minStories}.`);
  const stories = drawn.stories.map(({ article, score }, i) => ({
    position: i + 1,
    score: Number(score.toFixed(4)),
    section: article.sections[0]?.title ?? null,
    title: article.title,
  }));
  const { subject, preheader, html, shortened } = drawn.mail;
  const octets = new TextEncoder().encode(html).length;
  if (options.json) return say(JSON.stringify({ subject, preheader, octets, shortened, stories }));
  say(`Subject: ${subject}`);
  say(`Behind it: ${preheader}`);
  say(`HTML: ${(octets / 1000).toFixed(1)} kB`);
  if (shortened > 0) say(`Too large for mail programs: the longest summaries (${shortened}) are shortened.`);
  printList(stories, { empty: "" });
}
