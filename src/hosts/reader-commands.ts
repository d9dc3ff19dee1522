// nashra subscriber form and erase, nashra inbound: what a publisher does for one reader.
import type { Command } from "commander";
import { listSections } from "../articles/index.ts";
import { addressesOf, blankLetters, mostInboundBytes, type Taken, takeMail } from "../delivery/index.ts";
import { forgetClicksOf, listDigests } from "../digests/index.ts";
import { erase, formSnippet, parseAddress, subscriberAt } from "../subscribers/index.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { Refusal, say } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Json = { json?: boolean };
type FormOptions = Json & { digest: string[]; section: string[] };

/** Registers `nashra inbound`, and `form` and `erase` among the commands of `subscriber`. */
export function readerCommands(nashra: Command, subscriber: Command, { add, withNashra, json }: Tools): void {
  const several = (value: string, before: string[]) => [...before, value];
  add(subscriber, "form", "the sign-up form as HTML for any other site, in both languages")
    .option("--digest <digest>", "which newsletter; may be given several times", several, [])
    .option("--section <section>", "of which section; may be given several times", several, [])
    .addOption(json())
    .action((options: FormOptions) => withNashra((it) => subscriberForm(it, options)));
  add(subscriber, "erase <address>", "blank somebody's address wherever it is kept; for good")
    .addOption(json())
    .action((address: string, options: Json) => withNashra((it) => subscriberErase(it, address, options)));
  add(
    nashra,
    "inbound",
    "take a mail from standard input: book a bounce or complaint, let out who asks to leave",
  )
    .option("--to <address>", "the address that it was delivered to, where it does not say so itself")
    .addOption(json())
    .action((options: Json & { to?: string }) => withNashra((it) => inbound(it, options)));
}

async function subscriberForm({ database: { db }, config }: Nashra, options: FormOptions): Promise<void> {
  const known = {
    digest: (await listDigests(db)).map(({ slug }) => slug),
    section: (await listSections(db)).filter(({ closedAt }) => closedAt === null).map(({ slug }) => slug),
  };
  for (const what of ["digest", "section"] as const) {
    const unknown = options[what].find((slug) => !known[what].includes(slug));
    if (unknown !== undefined)
      throw new Refusal(`There is no ${what} "${unknown}". There are: ${known[what].join(", ")}.`);
  }
  const chosen = { digests: options.digest, sections: options.section };
  const [ar, en] = (["ar", "en"] as const).map((language) => formSnippet(config.publicUrl, language, chosen));
  say(options.json ? JSON.stringify({ ar, en }) : `${ar}\n\n${en}`);
}

async function subscriberErase(nashra: Nashra, typed: string, options: Json): Promise<void> {
  const { database, now } = nashra;
  const address = parseAddress(typed);
  if (!address.ok) throw new Refusal(`"${typed}" is no address.`);
  const subscriber = await subscriberAt(database.db, address.key);
  const letters: Parameters<typeof erase>[1] = {
    addresses: (id) => addressesOf(database.db, id),
    blank: (id, at) => [...blankLetters(database.db, id, at), forgetClicksOf(database.db, id)],
  };
  if (subscriber === null || !(await erase(database, letters, subscriber, { via: "publisher" }, now())))
    throw new Refusal("Nobody with this address is kept here. Look at the spelling: nashra subscriber list");
  await logAct(nashra, "subscriber-erase", `subscriber ${subscriber}`);
  say(
    options.json
      ? JSON.stringify({ erased: subscriber })
      : `Subscriber ${subscriber} is erased; the acts stay, without the address.`,
  );
}

async function inbound({ database, keys, now }: Nashra, options: Json & { to?: string }): Promise<void> {
  const digests = () => listDigests(database.db);
  const took = await takeMail({ database, keys, now, digests }, await standardInput(), options.to);
  say(options.json ? JSON.stringify(took) : takenWords(took));
}

/** What became of a mail, in a sentence. */
function takenWords(took: Taken): string {
  switch (took.did) {
    case "ignored":
      return `Ignored: ${took.because}.`;
    case "left":
      return `Subscriber ${took.subscriber} has left ${took.digest}.`;
    case "had-left":
      return `Subscriber ${took.subscriber} had left ${took.digest} before.`;
    case "booked":
      return `Booked: a ${took.kind} (${took.verdict}) of ${took.letter}.${took.suppressed ? " Its address gets no more mail." : ""}`;
    case "had-booked":
      return `This ${took.kind} (${took.verdict}) of ${took.letter} was booked before.`;
  }
}

/** As many bytes as a mail may have. */
async function standardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const read = Buffer.from(chunk);
    bytes += read.length;
    if (bytes > mostInboundBytes) throw new Refusal(`A mail of at most ${mostInboundBytes} bytes is taken.`);
    chunks.push(read);
  }
  return Buffer.concat(chunks);
}
