// nashra digest add, set and next: when a digest runs.
import { type Command, InvalidArgumentError, Option } from "commander";
import { commandLine } from "../accounts/index.ts";
import {
  approvalWords,
  changeApproval,
  changeFacts,
  changeSchedule,
  type DigestTemplate,
  type IssueState,
  issueName,
  newestIssues,
  plannedFrom,
  type Run,
  runsFrom,
  scheduleWords,
} from "../digests/index.ts";
import { readPublisher } from "../settings/index.ts";
import { type ApprovalOptions, changedApproval } from "./approval-options.ts";
import { changingDigests, digestNamed } from "./digest-commands.ts";
import {
  type AddOptions,
  digestAdd,
  type FactOptions,
  factsOf,
  nextWords,
  type SwitchOptions,
  setFactsOf,
  switchOnOff,
} from "./digest-facts.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say } from "./output.ts";
import { changedSchedule, type ScheduleOptions, saysNothing } from "./schedule-options.ts";
import { senderOptions } from "./sender-options.ts";

type House = {
  add: (parent: Command, usage: string, about: string) => Command;
  withNashra: <Result>(work: (nashra: Nashra) => Promise<Result>) => Promise<Result>;
  json: () => Option;
  count: (text: string) => number;
  instant: (text: string) => Temporal.Instant;
};
type SetOptions = ScheduleOptions & { template?: DigestTemplate };
type GivenOptions = SetOptions & ApprovalOptions & FactOptions & SwitchOptions;
type NextOptions = { from?: Temporal.Instant; count: number; withSkipped?: boolean; json?: boolean };

export function scheduleCommands(digest: Command, { add, withNashra, json, count, instant }: House): void {
  const inDoubt = () =>
    new Option(
      "--in-doubt <rule>",
      "resend: a letter that a server may have taken is sent again, with the same Message-ID; hold: it waits for a person",
    ).choices(["resend", "hold"]);
  const several = (value: string, before: string[]) => [...before, value];
  const withSender = (command: Command) =>
    senderOptions().reduce((it, option) => it.addOption(option), command);
  withSender(add(digest, "add <slug>", "another newsletter: every day at 07:00, until it is set otherwise"))
    .addOption(new Option("--name <name>", "its name, as readers see it").makeOptionMandatory())
    .option("--name-en <name>", "its name in English")
    .addOption(inDoubt())
    .addOption(json())
    .action((slug: string, options: AddOptions) => withNashra((it) => digestAdd(it, slug, options)));
  withSender(
    add(
      digest,
      "set <digest>",
      "give a digest another name, schedule, look, sender or approval rule, or switch it off; what is not named stays",
    ),
  )
    .option("--name <name>", "its name, as readers see it")
    .option("--name-en <name>", 'its name in English; "" takes it away')
    .option("--most <n>", "how many stories an issue has at most", count)
    .option("--least <n>", "how many it needs; with fewer it is skipped", count)
    .addOption(inDoubt())
    .option("--on", "let it run again; what it missed is not opened")
    .addOption(new Option("--off", "none of its runs opens").conflicts("on"))
    .addOption(
      new Option(
        "--template <name>",
        "digest: pictures and summaries; compact: titles with a line each",
      ).choices(["digest", "compact"]),
    )
    .option("--zone <zone>", "IANA time zone, such as Asia/Damascus")
    .option("--days <days>", "mon,tue,wed,thu,fri,sat,sun, or daily")
    .option("--at <slots>", "slots and local times, such as morning=07:00,evening=18:00")
    .option("--ramadan <slots>", "other times of these slots in Ramadan, such as morning=10:00")
    .option("--ramadan-days <days>", "other days in Ramadan")
    .option("--no-ramadan", "Ramadan is as the rest of the year")
    .option(
      "--holiday <day=name>",
      "left out: 2026-12-25=Christmas once, 12-25=… every year, hijri:10-01=… every Hijri year; may be repeated",
      several,
      [],
    )
    .option(
      "--remove-holiday <day>",
      "not a holiday any more, such as hijri:10-01; may be repeated",
      several,
      [],
    )
    .option(
      "--skip <date/slot>",
      "leave one run out, such as 2026-03-02/morning; may be repeated",
      several,
      [],
    )
    .option("--unskip <date/slot>", "let it run after all; may be repeated", several, [])
    .addOption(
      new Option(
        "--approval <rule>",
        "none: its issues go out by themselves; send, skip: they wait for an editor, and this is done with one that nobody answers",
      ).choices(["none", "send", "skip"]),
    )
    .option("--approval-minutes <n>", "how long after its time an issue waits", minutes)
    .option(
      "--build-ahead <n>",
      "how many minutes before its time an issue is built, to be looked at",
      minutes,
    )
    .action((slug: string, options: GivenOptions) => withNashra((it) => digestSet(it, slug, options)));
  add(digest, "next <digest>", "the next runs, computed")
    .option("--from <instant>", "count from here instead of now", instant)
    .option("--count <n>", "how many", count, 10)
    .option("--with-skipped", "those too that are left out, with the reason")
    .addOption(json())
    .action((slug: string, options: NextOptions) => withNashra((it) => digestNext(it, slug, options)));
}

function minutes(text: string): number {
  const number = Number(text);
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError("Give a number of minutes.");
  return number;
}

async function digestSet(
  nashra: Nashra,
  slug: string,
  {
    template,
    approval,
    approvalMinutes,
    buildAhead,
    name,
    nameEn,
    most,
    least,
    inDoubt,
    from,
    fromName,
    on = false,
    off = false,
    ...given
  }: GivenOptions,
): Promise<void> {
  const digest = await digestNamed(nashra, slug);
  const asked = {
    ...(approval === undefined ? {} : { approval }),
    ...(approvalMinutes === undefined ? {} : { approvalMinutes }),
    ...(buildAhead === undefined ? {} : { buildAhead }),
  };
  const rule = changedApproval(digest, asked);
  const facts = factsOf({
    ...(name === undefined ? {} : { name }),
    ...(nameEn === undefined ? {} : { nameEn }),
    ...(most === undefined ? {} : { most }),
    ...(least === undefined ? {} : { least }),
    ...(inDoubt === undefined ? {} : { inDoubt }),
    ...(from === undefined ? {} : { from }),
    ...(fromName === undefined ? {} : { fromName }),
  });
  const factsGiven = Object.keys(facts).length > 0;
  if (off) await switchOnOff(nashra, slug, false); // before anything that would open what is due
  if (factsGiven) await setFactsOf(nashra, digest, facts);
  const others = rule !== undefined || factsGiven || on || off;
  if (!saysNothing(given) || template !== undefined || !others)
    await setSchedule(nashra, slug, { ...given, ...(template === undefined ? {} : { template }) });
  if (rule !== undefined) {
    await changeApproval(changingDigests(nashra), digest, rule, commandLine);
    say(`${digest.slug}: ${approvalWords(rule)}`);
  }
  if (on) await switchOnOff(nashra, slug, true);
}

async function setSchedule(nashra: Nashra, slug: string, { template, ...given }: SetOptions): Promise<void> {
  const deps = changingDigests(nashra);
  const digest = await digestNamed(nashra, slug);
  const draw = async (look: DigestTemplate) => changeFacts(deps, digest, { template: look }, commandLine);
  if (template !== undefined && saysNothing(given)) {
    await draw(template);
    return say(`${digest.slug}: its issues are written with the template ${template}.`);
  }
  const done = await changeSchedule(
    deps,
    digest.slug,
    (before) => changedSchedule(before, given),
    (schedule) => scheduleWords(schedule, "en"),
    commandLine,
  );
  if (done.kind === "skip-open" || done.kind === "skip-unknown") {
    const { date, slot } = done.skip;
    throw new Refusal(
      done.kind === "skip-open"
        ? `The issue of ${date}/${slot} is open already. "nashra issue cancel ${digest.slug}/${date}-${slot}" calls it off.`
        : `No run ${date}/${slot} of "${slug}" is still to come. "nashra digest next ${slug}" lists them.`,
    );
  }
  if (done.kind !== "done")
    throw new Refusal(`Somebody else changed the schedule of "${slug}" just now. Look at it and try again.`);
  if (template !== undefined) await draw(template);
  const { language, digits } = await readPublisher(nashra.database.db);
  const { schedule } = done.digest;
  say(`${digest.slug}: ${scheduleWords(schedule, language, digits)}`);
  say(nextWords({ ...done.digest, next: done.next }));
}

async function digestNext(nashra: Nashra, slug: string, options: NextOptions): Promise<void> {
  const digest = await digestNamed(nashra, slug);
  const { hijriOffset } = await readPublisher(nashra.database.db);
  const schedule = { ...digest.schedule, hijriShift: hijriOffset };
  const runs = options.withSkipped ? plannedFrom : runsFrom;
  const named = (run: Run) => issueName({ digestSlug: digest.slug, date: run.date, slot: run.slot });
  // One that waits for an editor, or whose slot was moved after it went out, is among the newest.
  const issues = new Map(
    (await newestIssues(nashra.database.db, 100)).map((it) => [issueName(it), it.state]),
  );
  const rows = runs(schedule, options.from ?? nashra.now(), options.count).map((run) => ({
    issue: named(run),
    local_date: run.date,
    slot: run.slot,
    at: run.at.toString(),
    note: noteOf(run, issues.get(named(run))),
    ...(options.withSkipped ? { skipped: run.skipped !== null } : {}),
  }));
  printList(rows, {
    json: options.json === true,
    empty: "It never runs: it has no days or no slots, or all of them are left out.",
  });
}

const noteOf = ({ skipped, note, ramadan }: Run, state: IssueState | undefined): string | null =>
  [state ? `issue is ${state}` : null, skipped, note, ramadan ? "ramadan" : null]
    .filter((it) => it !== null)
    .join(", ") || null;
