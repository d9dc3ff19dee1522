// The command line: `nashra …`. Each command has --help, prints for people, and with --json for programs.
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { readConfig, showConfig } from "../config.ts";
import { accessCommands } from "./access-commands.ts";
import { actCommands } from "./act-commands.ts";
import { backupCommands } from "./backup/commands.ts";
import { deliverHelp, deliverNashra } from "./deliver-command.ts";
import { digestList, digestSend } from "./digest-commands.ts";
import { dkimCommands } from "./dkim-commands.ts";
import { doctorCommand } from "./doctor-command.ts";
import { doubtCommands } from "./doubt-commands.ts";
import { feedList } from "./feed-commands.ts";
import { feedbackCommand } from "./feedback-command.ts";
import { handCommands } from "./hand-commands.ts";
import { importArticles } from "./import-command.ts";
import { issueClicks, issueExplain, issueLedger, issueList } from "./issue-commands.ts";
import { mailboxPoller } from "./mailbox.ts";
import { type Nashra, openNashra } from "./node.ts";
import { Refusal, say, tell, WrongUsage } from "./output.ts";
import { paceCommands } from "./pace-commands.ts";
import { previewCommands } from "./preview-commands.ts";
import { publisherCommand } from "./publisher-command.ts";
import { readerCommands } from "./reader-commands.ts";
import { removeSample } from "./sample-command.ts";
import { scheduleCommands } from "./schedule-commands.ts";
import { sectionCommands } from "./section-commands.ts";
import { segmentCommands } from "./segment-commands.ts";
import { serveNashra } from "./serve.ts";
import { sourceCommands } from "./source-commands.ts";
import { specialCommands } from "./special-commands.ts";
import { storyCommands } from "./story-commands.ts";
import { subscriberCommands } from "./subscriber-commands.ts";
import { suppressionCommands } from "./suppression-commands.ts";
import { templateCommands } from "./template-commands.ts";
import { transportCommands } from "./transport-commands.ts";
import { webhookCommands } from "./webhook-commands.ts";
import { whyCommand } from "./why-command.ts";

/**
 * Runs one command.
 *
 * @param argv what stands after `nashra`
 * @returns the exit code: 0 done, 1 refused or failed with a reason, 2 wrong usage
 */
export async function main(argv: readonly string[]): Promise<number> {
  process.umask(0o077); // what we write is nobody else's: subscribers, secrets, mails
  try {
    await program().parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has said why
    tell(error instanceof Error ? error.message : String(error));
    if (error instanceof WrongUsage) return 2;
    if (!(error instanceof Refusal) && process.env["NASHRA_LOG_LEVEL"] === "debug" && error instanceof Error)
      tell(error.stack ?? "");
    return 1;
  }
}

/** The settings, or a refusal that names each wrong one. */
function configOf(env: NodeJS.ProcessEnv = process.env) {
  const reading = readConfig(env);
  if (!reading.ok) throw new Refusal(reading.problems.join("\n"));
  return reading.config;
}

/** Opens the store for one command and closes it again, whatever happens. */
async function withNashra<Result>(work: (nashra: Nashra) => Promise<Result>): Promise<Result> {
  const config = configOf();
  const quiet = process.env["NASHRA_LOG_LEVEL"] ? config : { ...config, logLevel: "warn" as const };
  const nashra = await openNashra(quiet);
  try {
    return await work(nashra);
  } finally {
    await nashra.close();
  }
}

const instant = (text: string): Temporal.Instant => {
  try {
    return Temporal.Instant.from(text);
  } catch {
    throw new InvalidArgumentError(
      "Give a date and time with its offset, such as 2026-03-01T07:00:00+03:00.",
    );
  }
};

const count = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new InvalidArgumentError("Give a number from 1 to 10000.");
  return number;
};

type Json = { json?: boolean };

export function program(): Command {
  const nashra = new Command("nashra")
    .description("The feed and newsletter service of an Arabic newsroom.")
    .exitOverride()
    .showHelpAfterError("(--help tells more)");
  /** A command that inherits how errors end. */
  const add = (parent: Command, usage: string, about: string) =>
    parent.command(usage).description(about).exitOverride();
  const json = () => new Option("--json", "print JSON for programs");

  add(nashra, "serve", "start the web server and everything that the clock starts").action(() =>
    serveNashra(process.env, configOf()),
  );

  add(nashra, "deliver", "send letters, apart from the web server, until SIGTERM or SIGINT")
    .addHelpText("after", deliverHelp)
    .addOption(json())
    .action((options: Json) => deliverNashra(configOf(), options));

  add(nashra, "tick", "run once all that is due: publish, open issues, send")
    .addOption(json())
    .action((options: Json) =>
      withNashra(async (it) => {
        const { imap } = it.config;
        const mailbox = imap && (await mailboxPoller(it, imap)());
        if (mailbox && mailbox.kind !== "read") tell(`The mailbox was not read. ${mailbox.why}`);
        const report = await it.tick(3600);
        if (options.json) say(JSON.stringify(report));
        else
          say(
            `Articles from sources: ${report.pulled}. Published from embargo: ${report.published}. Letters tried: ${report.tried}.`,
          );
      }),
    );

  add(
    nashra,
    "import <file-or-url...>",
    "articles from pages (HTML or their plain text), JSON, or an export of WordPress",
  )
    .option("--published-at <instant>", "instead of the date in the text", instant)
    .option("--section <title>", "where a text goes that names no section", "أخبار")
    .addOption(json())
    .action((what: string[], options: Json & { publishedAt?: Temporal.Instant; section: string }) =>
      withNashra((it) => importArticles(it, what, options)),
    );

  const digest = add(nashra, "digest", "newsletters: list, add, set, schedule, send");
  add(digest, "list", "all digests and when they run next")
    .addOption(json())
    .action((options: Json) => withNashra((it) => digestList(it, options)));
  scheduleCommands(digest, { add, withNashra, json, count, instant });
  add(digest, "send <digest>", "open an issue now and send it")
    .option("--dry-run", "show what would be sent, and send nothing")
    .option("--yes", "do not ask on a terminal before it goes to everybody")
    .option("--anyway", "also where the digest is switched off")
    .addOption(json())
    .action((slug: string, options: Json & { dryRun?: boolean; yes?: boolean; anyway?: boolean }) =>
      withNashra((it) => digestSend(it, slug, options)),
    );

  const feed = add(nashra, "feed", "feeds and who reads them");
  add(feed, "list", "every feed with its address and its estimated readers, yesterday or today so far")
    .addOption(json())
    .action((options: Json) => withNashra((it) => feedList(it, options)));

  sectionCommands(nashra, { add, withNashra, json, count });
  sourceCommands(nashra, { add, withNashra, json, count });
  storyCommands(nashra, { add, withNashra, json, count });

  const issue = add(nashra, "issue", "issues: what was sent and why, and what an editor decides of the next");
  add(issue, "list", "the newest issues")
    .option("--count <n>", "how many", count, 50)
    .addOption(json())
    .action((options: Json & { count: number }) => withNashra((it) => issueList(it, options)));
  add(issue, "ledger [issue]", "every delivery of an issue (digest/date-slot; the newest if none is named)")
    .addOption(json())
    .action((name: string | undefined, options: Json) => withNashra((it) => issueLedger(it, name, options)));
  add(
    issue,
    "explain [issue]",
    "editions, stories and every part of every score (of the newest issue if none is named)",
  )
    .addOption(json())
    .action((name: string | undefined, options: Json) => withNashra((it) => issueExplain(it, name, options)));

  add(
    issue,
    "clicks [issue]",
    "how often its stories were followed from its mails (the newest's if none is named)",
  )
    .addOption(json())
    .action((name: string | undefined, options: Json) => withNashra((it) => issueClicks(it, name, options)));

  handCommands(issue, { add, withNashra });
  actCommands(issue, { add, withNashra, count });
  doubtCommands(issue, { add, withNashra, json });
  previewCommands(issue, { add, withNashra, json });
  specialCommands(issue, digest, { add, withNashra, json, count });
  templateCommands(nashra, { add, withNashra, json });

  const subscriber = subscriberCommands(nashra, { add, withNashra, json, count, instant });
  readerCommands(nashra, subscriber, { add, withNashra, json, count });
  segmentCommands(nashra, { add, withNashra, json, count });
  suppressionCommands(nashra, { add, withNashra, json, count });
  dkimCommands(nashra, { add, withNashra, json, count });
  transportCommands(nashra, { add, withNashra, json, count });
  paceCommands(nashra, { add, withNashra, json, count });

  doctorCommand(nashra, { add, withNashra, json });

  feedbackCommand(nashra, { add, withNashra, json, count });
  whyCommand(nashra, { add, withNashra, json, count });
  webhookCommands(nashra, { add, withNashra, json, count, instant });
  backupCommands(nashra, { add, withNashra, json, count, instant, configOf });

  accessCommands(nashra, { add, withNashra, json, count, instant });

  add(
    nashra,
    "publisher [settings...]",
    "the paper's name, zone, months, digits…: lists them, or sets name=value",
  )
    .addOption(json())
    .action((settings: string[], options: Json) =>
      withNashra((it) => publisherCommand(it, settings, options)),
    );

  const sample = add(nashra, "sample", "the sample newsroom");
  add(sample, "remove", "take everything of the sample newsroom out of the store").action(() =>
    withNashra((it) => removeSample(it)),
  );

  add(nashra, "config", "every setting with its value; secrets are hidden")
    .addOption(json())
    .action((options: Json) => {
      const shown = showConfig(process.env);
      if (options.json) for (const it of shown) say(JSON.stringify(it));
      else for (const it of shown) say(`${it.name}=${it.value}\n    ${it.about} Takes ${it.takes}.`);
      configOf();
    });
  return nashra;
}
