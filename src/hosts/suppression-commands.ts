// nashra suppression: the addresses that must not be mailed.

import { type Command, Option } from "commander";
import { commandLine } from "../accounts/index.ts";
import {
  addressProblems,
  type GivenReason,
  givenReasons,
  importSuppressions,
  liftSuppression,
  listSuppressions,
  parseAddress,
  suppress,
  UnreadableList,
} from "../subscribers/index.ts";
import { withList } from "./list-file.ts";

import type { Nashra } from "./node.ts";
import { printList, progress, Refusal, say, tell } from "./output.ts";
import type { Tools } from "./section-commands.ts";
import { duringImport } from "./sqlite.ts";

type Json = { json?: boolean };

/** Registers `nashra suppression …`. */
export function suppressionCommands(nashra: Command, { add, withNashra, json }: Tools): void {
  const suppression = add(
    nashra,
    "suppression",
    "addresses that must not be mailed: list, add, remove, import",
  );
  const reason = (otherwise: GivenReason) =>
    new Option("--reason <reason>", "why").choices(givenReasons).default(otherwise);
  add(suppression, "list", "all of them, and why; who was erased stands as a keyed hash")
    .addOption(json())
    .action((options: Json) => withNashra((it) => list(it, options)));
  add(suppression, "add <address>", "keep mail from an address, from the next message on")
    .addOption(reason("manual"))
    .action((address: string, options: { reason: GivenReason }) =>
      withNashra(async (it) => {
        const added = await suppress(depsOf(it), parsed(address), options.reason);
        say(added ? `No mail goes to ${address}.` : `${address} was suppressed already.`);
      }),
    );
  add(suppression, "remove <address>", "let mail go there again; what the person left stays left").action(
    (address: string) =>
      withNashra(async (it) => {
        if (!(await liftSuppression(depsOf(it), parsed(address))))
          throw new Refusal(`${address} is not suppressed.`);
        say(`${address} is no longer suppressed.`);
      }),
  );
  add(
    suppression,
    "import <file>",
    "take over another program's list: CSV or one address a line; - reads standard input",
  )
    .addOption(reason("imported"))
    .addOption(json())
    .action((file: string, options: Json & { reason: GivenReason }) =>
      withNashra((it) => importFile(it, file, options)),
    );
}

const depsOf = ({ database, now }: Nashra) => ({ database, actor: commandLine, now: now() });

function parsed(address: string) {
  const reading = parseAddress(address);
  if (!reading.ok) throw new Refusal(`${address}: ${addressProblems.en[reading.why]}`);
  return reading;
}

const listedAtOnce = 1000;

async function list({ database: { db } }: Nashra, options: Json): Promise<void> {
  for (let after = "", first = true; ; first = false) {
    const page = await listSuppressions(db, after, listedAtOnce);
    const rows = page.map(({ address, reason, at }) => ({ address, reason, at: at.toString() }));
    if (rows.length > 0 || first) printList(rows, { ...options, empty: "No address is suppressed." });
    after = page.at(-1)?.address ?? "";
    if (page.length < listedAtOnce) return;
  }
}

async function importFile(
  nashra: Nashra,
  name: string,
  options: Json & { reason: GivenReason },
): Promise<void> {
  await duringImport(nashra.database.db, "addresses", () =>
    withList(name, nashra.config.data, async (file) => {
      const bar = progress(file.name);
      try {
        const counts = await importSuppressions(depsOf(nashra), file, options.reason, (octets, rows) =>
          bar.at(`${Math.floor((octets / (file.octets || 1)) * 100)}%, ${rows.toLocaleString("en")} rows`),
        );
        bar.end();
        if (options.json) return say(JSON.stringify(counts));
        say(`Suppressed: ${counts.added}. Suppressed already: ${counts.known}.`);
        if (counts.refused > 0) tell(`${counts.refused} rows hold no address.`);
      } catch (error) {
        bar.end();
        if (error instanceof UnreadableList) throw new Refusal(error.message);
        throw error;
      }
    }),
  );
}
