// nashra doctor: whether mail can arrive, and what to add to DNS so that it does.
import { type Command, InvalidArgumentError } from "commander";
import { type Finding, type State, zoneLine } from "../doctor/index.ts";
import { runDoctor } from "./doctor/run.ts";
import type { Nashra } from "./node.ts";
import { Refusal, say } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Options = { json?: boolean; databaseSeconds: number };

const seconds = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 86_400)
    throw new InvalidArgumentError("Give a number of seconds, 1 to 86400.");
  return number;
};

/** Registers `nashra doctor`. */
export function doctorCommand(nashra: Command, { add, withNashra, json }: Omit<Tools, "count">): void {
  add(
    nashra,
    "doctor",
    "look at DNS, relay, certificate, one-click link, clock, disk and database, and say what to mend",
  )
    .option("--database-seconds <n>", "how long the check of the database may take", seconds, 20)
    .addOption(json())
    .action((options: Options) => withNashra((it) => doctor(it, options)));
}

const marks: Readonly<Record<State, string>> = {
  ok: "ok",
  warning: "warning",
  broken: "BROKEN",
  unknown: "unknown",
};

async function doctor(nashra: Nashra, options: Options): Promise<void> {
  const findings = await runDoctor(nashra, options);
  for (const finding of findings) say(options.json ? JSON.stringify(rowOf(finding)) : wordsOf(finding));
  const count = (state: State) => findings.filter((it) => it.state === state).length;
  const sum = `${count("broken")} broken, ${count("warning")} to look at, ${count("unknown")} unknown, ${count("ok")} in order.`;
  if (count("broken") > 0) throw new Refusal(sum);
  if (!options.json) say(sum);
}

const rowOf = ({ records, ...finding }: Finding) => ({
  ...finding,
  records: records.map((it) => ({ ...it, line: zoneLine(it) })),
});

function wordsOf({ check, state, what, todo, records }: Finding): string {
  const lines = [`${marks[state].padEnd(8)} ${check}: ${what.en}`];
  if (todo) lines.push(`         ${todo.en}`);
  for (const record of records) lines.push(`           ${zoneLine(record)}`);
  return lines.join("\n");
}
