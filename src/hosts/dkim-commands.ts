// nashra dkim: the keys that sign our mail; made, published in DNS by a person, then put to use.
import { type Command, Option } from "commander";
import { domainOf } from "../mail/index.ts";
import { type KeyKind, publishedKey, type ShownKey } from "./dkim-keys.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, tell } from "./output.ts";
import type { Tools } from "./section-commands.ts";
import { domainNamed } from "./sender-options.ts";

type Json = { json?: boolean };
type Domain = { domain?: string };

/** Registers `nashra dkim …`. */
export function dkimCommands(nashra: Command, { add, withNashra, json }: Tools): void {
  const dkim = add(nashra, "dkim", "keys that sign our mail: create, list, use");
  const domain = () =>
    new Option(
      "--domain <domain>",
      "of a digest that has a sender of its own; without it, NASHRA_MAIL_FROM's",
    ).argParser(domainNamed);
  add(dkim, "create <selector>", "make a key and say which record DNS needs; it signs nothing yet")
    .addOption(
      new Option("--kind <kind>", "ed25519 only beside an rsa one: not all verify it")
        .choices(["rsa", "ed25519"])
        .default("rsa"),
    )
    .addOption(domain())
    .addOption(json())
    .action((selector: string, options: Json & Domain & { kind: KeyKind }) =>
      withNashra((it) => create(it, selector, options)),
    );
  add(dkim, "list", "all keys and their records, of all domains or of one")
    .addOption(domain())
    .addOption(json())
    .action((options: Json & Domain) => withNashra((it) => list(it, options)));
  add(dkim, "use <selector...>", "have these keys sign from now on, once DNS has their records")
    .addOption(domain())
    .option("--unchecked", "without asking DNS")
    .action((selectors: string[], options: Domain & { unchecked?: boolean }) =>
      withNashra((it) => use(it, selectors, options)),
    );
}

async function create(
  nashra: Nashra,
  selector: string,
  options: Json & Domain & { kind: KeyKind },
): Promise<void> {
  const key = await nashra.dkim.create(selector, options.kind, options.domain);
  await logAct(nashra, "dkim-create", options.domain === undefined ? selector : key.name);
  if (options.json) return say(JSON.stringify(row(key)));
  say(`The key ${selector} is made. Put this record into DNS:\n\n${zoneLine(key)}\n`);
  const of = options.domain === undefined ? "" : ` --domain ${options.domain}`;
  say(`When it is there: nashra dkim use ${selector}${of}`);
  tell("A key is in the data folder and belongs into its backup.");
}

async function list(nashra: Nashra, { domain, json }: Json & Domain): Promise<void> {
  const keys = nashra.dkim.list().filter((key) => domain === undefined || key.domain === domain);
  printList(keys.map(row), {
    json: json === true,
    empty: "There is no key, and mail leaves unsigned: nashra dkim create SELECTOR",
  });
}

const row = ({ selector, domain, algorithm, inUse, name, record }: ShownKey) => ({
  selector,
  domain,
  algorithm,
  in_use: inUse,
  name,
  record,
});

async function use(
  nashra: Nashra,
  selectors: readonly string[],
  options: Domain & { unchecked?: boolean },
): Promise<void> {
  const domain = options.domain ?? domainOf(nashra.config.mailFrom);
  const known = nashra.dkim.list().filter((it) => it.domain === domain);
  for (const selector of selectors) {
    const key = known.find((it) => it.selector === selector);
    if (!key) throw new Refusal(`There is no key ${selector} of ${domain}. "nashra dkim list" shows them.`);
    if (!options.unchecked) await mustBePublished(key);
  }
  nashra.dkim.use([...new Set(selectors)], domain);
  await logAct(
    nashra,
    "dkim-use",
    options.domain === undefined ? selectors.join(" ") : `${domain}: ${selectors.join(" ")}`,
  );
  say(`Mail from ${domain} is signed by ${selectors.join(" and ")} from now on.`);
  say("Leave the record of the key before in DNS for a week: letters under way are signed by it.");
}

async function mustBePublished(key: ShownKey): Promise<void> {
  const found = await publishedKey(key);
  if (found === "published") return;
  const why = {
    another: `DNS has another key at ${key.name}`,
    none: `DNS has no key at ${key.name} yet`,
    unknown: `No DNS server answered for ${key.name}`,
  }[found];
  throw new Refusal(
    `${why}, and mail signed by it would not be believed. The record:\n\n${zoneLine(key)}\n\nOr say --unchecked.`,
  );
}

/** As a zone file has it: a text in pieces of 255 octets at most (RFC 1035 §3.3). */
const zoneLine = ({ name, record }: ShownKey): string =>
  `${name}. IN TXT ${(record.match(/.{1,250}/g) ?? []).map((piece) => `"${piece}"`).join(" ")}`;
