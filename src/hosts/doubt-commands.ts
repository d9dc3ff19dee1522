// nashra issue doubts: letters that a server may have taken and that are held for a person.
import { type Command, Option } from "commander";
import { auditIfChanged } from "../accounts/index.ts";
import { type Decision, decideDoubts, doubtsPage } from "../delivery/index.ts";
import { issueNamed } from "./issue-commands.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, WrongUsage } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Options = { resend?: boolean; leave?: boolean; address?: string; json?: boolean };

/** Adds the command to `nashra issue`. */
export function doubtCommands(issue: Command, { add, withNashra, json }: Omit<Tools, "count">): void {
  add(issue, "doubts <issue>", "letters that a server may have taken, held for a person, with its last words")
    .option("--resend", "send them again with the same Message-ID, of which many mail programs show one")
    .addOption(
      new Option("--leave", "let them be: they stay in doubt, and nobody is asked any more").conflicts(
        "resend",
      ),
    )
    .option("--address <address>", "decide on the letter to this address alone")
    .addOption(json())
    .action((name: string, options: Options) => withNashra((it) => issueDoubts(it, name, options)));
}

async function issueDoubts(nashra: Nashra, name: string, options: Options): Promise<void> {
  const { database, now } = nashra;
  const { db } = database;
  const decision: Decision | null = options.resend ? "resend" : options.leave ? "leave" : null;
  if (decision === null && options.address !== undefined)
    throw new WrongUsage("Say what becomes of the letter: --resend or --leave.");
  const issue = await issueNamed(nashra, name);
  if (decision === null) {
    for (let after: number | null = 0, first = true; after !== null; first = false) {
      const { letters, next } = await doubtsPage(db, issue.id, after);
      if (letters.length > 0 || first)
        printList(letters, {
          json: options.json === true,
          empty: "No letter of this issue is held for a person.",
        });
      after = next;
    }
    return;
  }
  const deps = {
    database,
    now,
    audit: (entry: Parameters<typeof auditIfChanged>[1], at: Temporal.Instant) =>
      auditIfChanged(db, entry, at),
  };
  const done = await decideDoubts(deps, name, decision, options.address ?? null, "command line");
  if (done.kind !== "done") throw new Refusal(done.why);
  const { letters, left } = done;
  if (options.json) return say(JSON.stringify({ decision, letters, left }));
  say(
    decision === "resend"
      ? `${letters} of them are sent again with the next tick. Held still: ${left}.`
      : `${letters} of them stay in doubt, and nobody is asked any more. Held still: ${left}.`,
  );
}
