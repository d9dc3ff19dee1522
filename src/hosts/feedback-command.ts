// nashra feedback: what came back lately.
import { type Command, Option } from "commander";
import { type FeedbackLine, listFeedback } from "../delivery/index.ts";
import { printList } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Options = { json?: boolean; count: number; kind?: FeedbackLine["kind"] };

/** Registers `nashra feedback list`. */
export function feedbackCommand(nashra: Command, { add, withNashra, json, count }: Tools): void {
  const feedback = add(nashra, "feedback", "what came back of letters: bounces and complaints");
  add(feedback, "list", "the newest first, with the server's own words and what they mean")
    .option("--count <n>", "how many", count, 50)
    .addOption(new Option("--kind <kind>", "these alone").choices(["bounce", "complaint"]))
    .addOption(json())
    .action((options: Options) =>
      withNashra(async ({ database }) => {
        const lines = await listFeedback(database.db, options);
        const rows = options.json ? lines : lines.map(shown);
        printList(rows, { ...options, empty: "Nothing came back yet." });
      }),
    );
}

/** For a screen: the words last and cut, what nobody reads left out. */
const shown = ({ at, address, verdict, code, known_by, issue, notice, words }: FeedbackLine) => ({
  at: at.slice(0, 19),
  address: address || "(erased)",
  verdict: known_by === "address" ? `${verdict} (by address alone)` : verdict,
  code,
  of: issue ?? notice,
  words: (words ?? "").replace(/\s+/g, " ").slice(0, 80),
});
