// nashra issue pin, unpin, hide, unhide, order, say: what an editor decides of one issue before its audience is frozen.
import type { Command } from "commander";
import { auditIfChanged } from "../accounts/index.ts";
import { articleId } from "../articles/index.ts";
import { changeHand, type Hand, type HandChange, hide, pin, unhide, unpin } from "../digests/index.ts";
import type { Nashra } from "./node.ts";
import { Refusal, say, WrongUsage } from "./output.ts";

type Tools = {
  add: (parent: Command, usage: string, about: string) => Command;
  withNashra: <Result>(work: (nashra: Nashra) => Promise<Result>) => Promise<Result>;
};

const named = "digest/date-slot, opened or still to come";

/** Adds the commands to `nashra issue`. */
export function handCommands(issue: Command, { add, withNashra }: Tools): void {
  const onArticles = (
    usage: string,
    about: string,
    change: (ids: ReturnType<typeof articleId>[]) => HandChange,
  ) =>
    add(issue, usage, `${about} (${named})`).action((name: string, articles: string[]) =>
      withNashra((it) => decide(it, name, change(articles.map(idIn)))),
    );
  onArticles(
    "pin <issue> <articles...>",
    "put stories first, in this order, behind those pinned already",
    pin,
  );
  onArticles("unpin <issue> <articles...>", "let the formula place them again", unpin);
  onArticles("hide <issue> <articles...>", "leave the stories of these articles out", hide);
  onArticles("unhide <issue> <articles...>", "let them in again", unhide);
  onArticles(
    "order <issue> [articles...]",
    "the order of what is chosen, behind the pins; none: the formula's",
    (ids) => ({
      order: ids,
    }),
  );
  add(issue, "say <issue>", `the issue's own intro and subject; an empty text takes one back (${named})`)
    .option("--intro <text>", "above the stories")
    .option(
      "--subject <text>",
      "of the mail; where something is pinned, of editions that the first pin leads",
    )
    .action((name: string, options: { intro?: string; subject?: string }) => {
      if (options.intro === undefined && options.subject === undefined)
        throw new WrongUsage("Say what: --intro TEXT, --subject TEXT, or both.");
      return withNashra((it) => decide(it, name, saying(options)));
    });
}

const saying = ({ intro, subject }: { intro?: string; subject?: string }): Partial<Hand> => ({
  ...(intro === undefined ? {} : { intro: intro.trim() || null }),
  ...(subject === undefined ? {} : { subject: subject.trim() || null }),
});

/** The article that an argument names. @throws {WrongUsage} if it is no id */
export function idIn(text: string) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new WrongUsage(
      `"${text}" is no article: give its id, as its address /articles/ID or the API has it.`,
    );
  return articleId(number);
}

async function decide({ database, now }: Nashra, name: string, change: HandChange): Promise<void> {
  const audit: Parameters<typeof changeHand>[0]["audit"] = (entry, at) =>
    auditIfChanged(database.db, entry, at);
  const result = await changeHand({ database, now, audit }, name, change, "command line");
  switch (result.kind) {
    case "unknown-issue":
      throw new Refusal(result.why);
    case "unknown-articles":
      throw new Refusal(`There is no article ${result.ids.join(", ")} that an issue could carry.`);
    case "too-much":
      throw new Refusal(result.why);
    case "closed":
      throw new Refusal(
        `${name} is ${result.state}: who gets it is settled, and nothing of it changes any more.`,
      );
    case "unchanged":
    case "changed": {
      const { pins, hides, order, intro, subject } = result.hand;
      const list = (ids: readonly number[]) => ids.join(", ") || "none";
      say(`${name}: pinned ${list(pins)}; hidden ${list(hides)}; ordered ${list(order)}`);
      if (subject) say(`  subject: ${subject}`);
      if (intro) say(`  intro: ${intro}`);
    }
  }
}
