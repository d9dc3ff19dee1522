// nashra transport: the ways out for mail, and one letter by one of them.
import type { Command } from "commander";
import { type NamedTransport, transportsOf } from "../config.ts";
import { domainOf, parseAddress } from "../mail/index.ts";
import { readPublisher } from "../settings/index.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, WrongUsage } from "./output.ts";
import type { Tools } from "./section-commands.ts";
import { transportAt } from "./smtp/ways.ts";
import { sendTestLetter, shownTransports } from "./transport-test.ts";

type Json = { json?: boolean };

/** Registers `nashra transport …`. */
export function transportCommands(nashra: Command, { add, withNashra, json }: Tools): void {
  const transport = add(nashra, "transport", "relays that take our mail: list, test");
  add(transport, "list", "all of them in the order in which they stand in for each other, and for whom")
    .addOption(json())
    .action((options: Json) => withNashra((it) => list(it, options)));
  add(transport, "test <name> <address>", "send one letter by this one alone, and say what its server says")
    .option("--from <address>", "another sender than NASHRA_MAIL_FROM")
    .addOption(json())
    .action((name: string, address: string, options: Json & { from?: string }) =>
      withNashra((it) => test(it, name, address, options)),
    );
}

async function list({ config }: Nashra, options: Json): Promise<void> {
  const rows = shownTransports(config);
  printList(rows, { ...options, empty: "There is none, and mails stay in the outbox: set NASHRA_SMTP_URL." });
}

async function test(
  nashra: Nashra,
  name: string,
  address: string,
  options: Json & { from?: string },
): Promise<void> {
  const { config, now } = nashra;
  const way = named(config, name);
  const to = addressIn(address);
  const from = addressIn(options.from ?? config.mailFrom);
  const { name: paper } = await readPublisher(nashra.database.db);
  const open = (url: URL) => transportAt(url, 1);
  const told = await sendTestLetter({ paper, now, dkim: nashra.ticking.dkim, open }, way, from, to);
  await logAct(nashra, "transport-test", name); // whom it went to stands in no log
  if (options.json) say(JSON.stringify({ transport: name, ...told }));
  else say(`${name}: ${told.kind}: ${told.reply}`);
  if (!told.signed && !options.json)
    say(`The letter was not signed: no DKIM key of ${domainOf(from)} is in use.`);
  if (told.kind !== "accepted") throw new Refusal(`${name} did not take the letter.`);
}

function named(config: Nashra["config"], name: string): NamedTransport {
  const all = transportsOf(config);
  const found = all.find((it) => it.name === name);
  if (found) return found;
  const known = all.map((it) => it.name).join(", ");
  throw new Refusal(
    known === ""
      ? "There is no relay: set NASHRA_SMTP_URL."
      : `There is no relay "${name}". There are: ${known}.`,
  );
}

function addressIn(typed: string): string {
  const address = parseAddress(typed);
  if (address === null) throw new WrongUsage(`"${typed}" is no address.`);
  return address.text;
}
