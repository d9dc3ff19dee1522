// nashra issue preview, test: an issue as a reader would get it, before it goes out.
import { type Command, Option } from "commander";
import { audit } from "../accounts/index.ts";
import { mostTestAddresses, type PreviewFor, previewIssue, sendTest } from "../delivery/index.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, WrongUsage } from "./output.ts";

type Tools = {
  add: (parent: Command, usage: string, about: string) => Command;
  withNashra: <Result>(work: (nashra: Nashra) => Promise<Result>) => Promise<Result>;
  json: () => Option;
};
type Asked = { as?: string; language: "ar" | "en"; json?: boolean };

/** Adds the commands to `nashra issue`. */
export function previewCommands(issue: Command, { add, withNashra, json }: Tools): void {
  const named = "digest/date-slot, opened or still to come";
  const asked = (command: Command) =>
    command
      .option("--as <address>", "a subscriber's; without one, the issue of all sections")
      .addOption(
        new Option("--language <language>", "where no address is given").choices(["ar", "en"]).default("ar"),
      )
      .addOption(json());
  asked(
    add(issue, "preview <issue>", `an issue as a reader would get it; nothing is sent or stored (${named})`),
  ).action((name: string, options: Asked) => withNashra((it) => preview(it, name, options)));
  asked(add(issue, "test <issue>", `send an issue to a few addresses, to be looked at (${named})`))
    .requiredOption("--to <addresses>", `separated by commas, ${mostTestAddresses} at most`)
    .action((name: string, options: Asked & { to: string }) => withNashra((it) => test(it, name, options)));
}

const whoseIn = ({ as, language }: Asked): PreviewFor => (as === undefined ? { language } : { address: as });

async function preview(nashra: Nashra, name: string, options: Asked): Promise<void> {
  const it = await previewIssue(nashra.ticking, name, whoseIn(options));
  if (it.kind !== "preview") throw new Refusal(it.why);
  const { state, revision, built, language, exclusion, subject, preheader, inbox, html, text } = it;
  if (options.json)
    return say(
      JSON.stringify({
        issue: name,
        state,
        revision,
        built,
        language,
        excluded: exclusion,
        subject,
        preheader,
        inbox,
        html,
        text,
      }),
    );
  say(`${name}: ${state ?? "still to come"}${revision === null ? "" : `, revision ${revision}`}`);
  if (!built) say("It is not built yet; this is how it would be now.");
  if (exclusion !== null) say(`As things stand this reader gets nothing of it: ${exclusion}.`);
  for (const where of ["phone", "desktop"] as const) {
    const lines = inbox[where];
    say(`\n${where}: ${lines.subject}`);
    say(`${" ".repeat(where.length)}  ${lines.preheader}`);
  }
  say(`\n${text}`);
}

async function test(nashra: Nashra, name: string, options: Asked & { to: string }): Promise<void> {
  const to = options.to.split(",").map((address) => address.trim());
  if (to.length > mostTestAddresses)
    throw new WrongUsage(`A test goes to ${mostTestAddresses} addresses at most.`);
  const { db } = nashra.database;
  const deps = {
    ...nashra.ticking,
    audit: (entry: Parameters<typeof audit>[1], at: Temporal.Instant) => audit(db, entry, at),
  };
  const sent = await sendTest(deps, name, whoseIn(options), to, "command line");
  if (sent.kind !== "sent") throw new Refusal(sent.why);
  printList(sent.letters, { json: options.json === true, empty: "" });
  if (sent.letters.some(({ state }) => state !== "accepted"))
    throw new Refusal("Not all of them were accepted.");
}
