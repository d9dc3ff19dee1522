// nashra transport: the ways out for mail, and one letter by one of them.
import type { Command } from "commander";
import { type NamedTransport, transportsOf } from "../config.ts";
import { composeMessage, domainOf, parseAddress, signMessage } from "../mail/index.ts";
import { randomToken } from "../platform/index.ts";
import { readPublisher } from "../settings/index.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, WrongUsage } from "./output.ts";
import type { Tools } from "./section-commands.ts";
import { relayOf } from "./smtp/nodemailer.ts";
import { transportAt } from "./smtp/ways.ts";

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
  const named = [...config.transportDomains];
  const others = config.transportDomains.get("*");
  const rows = transportsOf(config).map(({ name, url }) => ({
    name,
    ...placeOf(url),
    carries: [
      ...named.flatMap(([domain, names]) => (domain !== "*" && names.includes(name) ? domain : [])),
      ...(others === undefined || others.includes(name) ? ["*"] : []),
    ].join(", "),
  }));
  printList(rows, { ...options, empty: "There is none, and mails stay in the outbox: set NASHRA_SMTP_URL." });
}

/** Where it is, without what is secret. */
function placeOf(url: URL): { kind: string; at: string; user: string | null } {
  if (url.protocol === "sendmail:")
    return { kind: "sendmail", at: decodeURIComponent(url.pathname), user: null };
  const { host, port, auth } = relayOf(url);
  return { kind: url.protocol.slice(0, -1), at: `${host}:${port}`, user: auth?.user ?? null };
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
  const date = now();
  const publisher = await readPublisher(nashra.database.db);
  const composed = composeMessage({
    from: { name: publisher.name, address: from },
    to: { name: "", address: to },
    replyTo: { name: publisher.name, address: from },
    subject: `تجربة إرسال (test of ${name})`,
    date,
    messageId: `<transport-test.${randomToken().slice(0, 22).replace(/[-_]/g, "0")}@${domainOf(from)}>`,
    language: "ar",
    html: `<p dir="rtl">هذه رسالة تجريبية أرسلها ${name}.</p><p dir="ltr" lang="en">A test letter, sent by ${name}.</p>`,
    text: `هذه رسالة تجريبية أرسلها ${name}.\n\nA test letter, sent by ${name}.\n`,
    purpose: { kind: "auto" },
    personal: null,
    unsubscribe: null,
  });
  const keys = (await nashra.ticking.dkim()).filter(({ domain }) => domain === domainOf(from));
  const transport = transportAt(way.url, 1);
  try {
    const outcome = await transport.send(
      { from, to: composed.recipient },
      await signMessage(composed.bytes, keys, date),
      { mayLeave: async () => true, over: async () => {} },
    );
    const told = { transport: name, from, to: composed.recipient, signed: keys.length > 0, ...outcome };
    if (options.json) say(JSON.stringify(told));
    else say(`${name}: ${outcome.kind}: ${outcome.reply}`);
    if (keys.length === 0 && !options.json)
      say(`The letter was not signed: no DKIM key of ${domainOf(from)} is in use.`);
    if (outcome.kind !== "accepted") throw new Refusal(`${name} did not take the letter.`);
  } finally {
    await transport.close();
  }
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
