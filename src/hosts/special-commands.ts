// nashra issue breaking, issue correct, digest breaking: one article to readers, shown first and sent by its token; and what a digest
// allows of it.
import type { Command, Option } from "commander";
import { audit, auditIfChanged } from "../accounts/index.ts";
import {
  accountOf,
  askBreaking,
  askCorrection,
  askedJson,
  confirmSpecial,
  refusalWords,
  type SpecialDeps,
} from "../delivery/index.ts";
import {
  type BreakingRule,
  issueById,
  issueName,
  mostBreakingADay,
  quietHours,
  setBreaking,
} from "../digests/index.ts";
import { digestNamed, sendAll } from "./digest-commands.ts";
import { idIn } from "./hand-commands.ts";
import type { Nashra } from "./node.ts";
import { Refusal, say, WrongUsage } from "./output.ts";

type Tools = {
  add: (parent: Command, usage: string, about: string) => Command;
  withNashra: <Result>(work: (nashra: Nashra) => Promise<Result>) => Promise<Result>;
  json: () => Option;
  count: (text: string) => number;
};
type Saying = { say?: string; sayEn?: string; rightSince?: number };
type Confirming = { confirm?: string; json?: boolean };

/** Adds the commands to `nashra issue` and `nashra digest`. */
export function specialCommands(
  issue: Command,
  digest: Command,
  { add, withNashra, json, count }: Tools,
): void {
  add(issue, "breaking <digest> <article>", "send one article at once, as breaking news: first shows to whom")
    .option("--confirm <token>", "send what was shown with this token")
    .option("--in-quiet-hours", "also where the digest's hours are quiet; the audit log keeps that")
    .addOption(json())
    .action((slug: string, article: string, options: Confirming & { inQuietHours?: boolean }) =>
      withNashra((it) =>
        twoSteps(
          it,
          options,
          () => askBreaking(depsOf(it), slug, idIn(article), { loud: options.inQuietHours === true }),
          { kind: "breaking", digest: slug, article: idIn(article) },
        ),
      ),
    );
  add(
    issue,
    "correct <issue> <article>",
    "tell those who were sent an article wrong in this issue what is right, or that it was retracted: first shows to whom",
  )
    .option("--say <text>", "your words to them")
    .option("--say-en <text>", "the same for those who read English; else they get the others")
    .option("--right-since <revision>", "since which revision it is right; its last one if left out", count)
    .option("--confirm <token>", "send what was shown with this token")
    .addOption(json())
    .action((name: string, article: string, options: Confirming & Saying) => {
      if (options.confirm === undefined && !options.say?.trim())
        throw new WrongUsage("Say what was wrong and what is right: --say TEXT.");
      return withNashra((it) =>
        twoSteps(
          it,
          options,
          () =>
            askCorrection(depsOf(it), name, idIn(article), {
              ar: options.say ?? "",
              en: options.sayEn,
              since: options.rightSince,
            }),
          { kind: "correction", issue: name, article: idIn(article) },
        ),
      );
    });
  add(digest, "breaking <digest>", "what it allows of breaking news; what is not named stays")
    .option("--a-day <n>", `how many on one day, 0 to ${mostBreakingADay}; 0: none at all`)
    .option("--quiet <hours>", "local times without, such as 23:00-07:00")
    .option("--no-quiet", "at any hour")
    .addOption(json())
    .action((slug: string, options: { aDay?: string; quiet?: string | boolean; json?: boolean }) =>
      withNashra((it) => breakingRule(it, slug, options)),
    );
}

const depsOf = ({ ticking, database }: Nashra): SpecialDeps => ({
  ...ticking,
  database,
  audit: (entry, at) => auditIfChanged(database.db, entry, at),
});

async function twoSteps(
  nashra: Nashra,
  { confirm, json }: Confirming,
  ask: () => ReturnType<typeof askBreaking>,
  expected: Parameters<typeof confirmSpecial>[2],
): Promise<void> {
  const { db } = nashra.database;
  const result =
    confirm === undefined
      ? await ask()
      : await confirmSpecial(depsOf(nashra), confirm, expected, "command line");
  if (result.kind === "asked") {
    const shown = askedJson(result);
    if (json) return say(JSON.stringify(shown));
    say(`Subject: ${result.subject.ar}`);
    say(`Preheader: ${result.preheader.ar}`);
    say(`Readers: ${result.readers}`);
    for (const { reason, count } of result.excluded) say(`  left out (${reason}): ${count}`);
    if (result.corrects)
      say(`Right since: ${result.corrects.rightFrom}; they were sent it as it was before.`);
    if (result.left !== null) say(`Left today, this one among them: ${result.left}`);
    if (result.loud) say("These are quiet hours, and it is sent all the same.");
    say(`Nothing is sent yet. To send it, repeat the command with: --confirm ${result.token}`);
    return say(`The token works once, until ${result.expiresAt}.`);
  }
  if (result.kind !== "opened") {
    const how = result.kind === "quiet" ? " The option for that is --in-quiet-hours." : "";
    throw new Refusal(refusalWords(result, "en") + how);
  }
  await sendAll(nashra, result.issue);
  const issue = (await issueById(db, result.issue.id)) ?? result.issue;
  const { states, exclusions } = await accountOf(db, issue.id);
  if (json)
    return say(
      JSON.stringify({
        issue: issueName(issue),
        state: issue.state,
        candidates: issue.candidates,
        deliveries: Object.fromEntries(states.map(({ state, count }) => [state, count])),
        exclusions: Object.fromEntries(exclusions.map(({ reason, count }) => [reason, count])),
      }),
    );
  say(`${issueName(issue)}: ${issue.state}`);
  for (const { state, count } of states) say(`  ${state}: ${count}`);
  for (const { reason, count } of exclusions) say(`  left out (${reason}): ${count}`);
}

async function breakingRule(
  nashra: Nashra,
  slug: string,
  given: { aDay?: string; quiet?: string | boolean; json?: boolean },
): Promise<void> {
  const { db, batch } = nashra.database;
  const digest = await digestNamed(nashra, slug);
  const rule: BreakingRule = {
    aDay: given.aDay === undefined ? digest.breaking.aDay : aDayIn(given.aDay),
    quiet:
      typeof given.quiet === "string"
        ? hoursIn(given.quiet)
        : given.quiet === false
          ? null
          : digest.breaking.quiet,
  };
  const text = `${rule.aDay} a day, ${rule.quiet ? `quiet ${rule.quiet.from}-${rule.quiet.until}` : "at any hour"}`;
  if (JSON.stringify(rule) !== JSON.stringify(digest.breaking)) {
    const entry = { actor: "command line", act: "digest-breaking", subject: `${slug}: ${text}` };
    await batch([setBreaking(db, digest.id, rule), audit(db, entry, nashra.now())]);
  }
  if (given.json) say(JSON.stringify({ digest: slug, a_day: rule.aDay, quiet: rule.quiet }));
  else say(`${slug}: ${text} (${digest.schedule.zone})`);
}

function aDayIn(text: string): number {
  const number = Number(text);
  if (!/^\d{1,2}$/.test(text) || number > mostBreakingADay)
    throw new WrongUsage(`"${text}" is no number of mails a day: 0 to ${mostBreakingADay}.`);
  return number;
}

function hoursIn(text: string) {
  const quiet = quietHours(text);
  if (quiet === null) throw new WrongUsage(`"${text}" are no hours. Write HH:MM-HH:MM, such as 23:00-07:00.`);
  return quiet;
}
