// nashra why: what happened to the mail of one address.
import type { Command } from "commander";
import { type Why, type WhyLetter, whyOf } from "../delivery/index.ts";
import { issueByName } from "../digests/index.ts";
import { exclusionWord, pauseWord, waitWord } from "../newsroom/index.ts";
import { eventWords, parseAddress, showSubscriber, suppressionWords } from "../subscribers/index.ts";
import { namesIn } from "./list-import-command.ts";
import type { Nashra } from "./node.ts";
import { Refusal, say } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Options = { json?: boolean; count: number };

/** Registers `nashra why`. */
export function whyCommand(nashra: Command, { add, withNashra, json, count }: Tools): void {
  add(
    nashra,
    "why <address> [issue]",
    "why this address got its mail, or did not: tries, replies, bounces, consent",
  )
    .option("--count <n>", "how many issues, the newest first", count, 20)
    .addOption(json())
    .action((address: string, issue: string | undefined, options: Options) =>
      withNashra((it) => why(it, address, issue, options)),
    );
}

async function why(nashra: Nashra, typed: string, name: string | undefined, options: Options): Promise<void> {
  const { db } = nashra.database;
  const address = parseAddress(typed);
  if (!address.ok) throw new Refusal(`"${typed}" is no address.`);
  const issue = name === undefined ? null : await issueByName(db, name);
  if (issue === null && name !== undefined)
    throw new Refusal(
      `There is no issue "${name}". An issue is called digest/date-slot; "nashra issue list" has them.`,
    );
  const told = await whyOf(db, address.key, issue, options.count, nashra.now());
  if (told.subscriber === null && told.suppression === null)
    throw new Refusal(
      `Nobody with the address ${typed} is kept here, and nothing keeps mail from it. Look at the spelling: nashra subscriber list`,
    );
  const names = await namesIn(nashra);
  const person = told.subscriber === null ? null : await showSubscriber(db, told.subscriber, names);
  const digestOf = (id: number | null) => names.digests.find((it) => it.id === id)?.slug ?? null;
  const consent = (person?.history ?? []).map((event) => ({
    at: event.at.toString(),
    act: event.act,
    digest: digestOf(event.digest),
    words: eventWords("en", event),
  }));
  const document = {
    address: person?.address ?? address.address,
    state: person?.state ?? null,
    ...told,
    digests: person?.digests ?? [],
    consent,
  };
  if (options.json) return say(JSON.stringify(document));
  const { suppression, digests, letters, notices } = document;
  say(`${document.address}: ${document.state ?? "no subscriber"}`);
  if (suppression) say(`Gets no mail since ${suppression.at}: ${suppressionWords.en[suppression.reason]}.`);
  for (const { digest, state } of digests) say(`${digest}: ${state}`);
  say(letters.length > 0 ? "Issues:" : "No issue yet.");
  for (const letter of letters) say(letterWords(letter));
  if (document.folded_before)
    say(`Of issues that were over before ${document.folded_before} only failures are kept by name.`);
  if (notices.length > 0) say("Other mails:");
  for (const { notice, ...sent } of notices) say(sentWords(notice, sent));
  say(consent.length > 0 ? "Consent:" : "Nothing stands in the ledger of consents.");
  for (const { at, digest, words } of consent) say(`  ${at}${digest ? ` ${digest}` : ""}: ${words}`);
}

function letterWords(letter: WhyLetter): string {
  switch (letter.got) {
    case "left-out":
      return `  ${letter.issue}: left out: ${exclusionWord(letter.reason, "en")} (${letter.reason})`;
    case "folded":
      return `  ${letter.issue}: folded: counted, its row is no longer kept. Of that issue only failures are still kept by name.`;
    case "no-candidate":
      return `  ${letter.issue}: ${letter.reason}`;
    default:
      return [sentWords(letter.issue, letter), ...stoppedWords(letter)].join("\n");
  }
}

/** What an editor did with the issue, where that is why the letter has not left. */
function stoppedWords({ paused, cancelled }: Extract<WhyLetter, { paused: unknown }>): string[] {
  const why = (words: string | null) => (words ? `: ${words}` : "");
  const by = (who: string | null) => (who === null ? "by itself" : `by ${who}`);
  return [
    ...(paused
      ? [
          `    its issue is paused since ${paused.since}, ${by(paused.by)}${why(pauseWord(paused, "en", { digits: "latn" }))}`,
        ]
      : []),
    ...(cancelled
      ? [`    its issue was called off${cancelled.by ? ` by ${cancelled.by}` : ""}${why(cancelled.reason)}`]
      : []),
  ];
}

function sentWords(name: string, sent: Omit<Why["notices"][number], "notice">): string {
  const doubt =
    sent.in_doubt > 0 ? `, in doubt ${sent.in_doubt === 1 ? "once" : `${sent.in_doubt} times`}` : "";
  const why = sent.reason ? `: ${exclusionWord(sent.reason, "en")} (${sent.reason})` : "";
  const ended = `${sent.ended_at ? ` at ${sent.ended_at}` : ""}${why}`;
  return [
    `  ${name}: ${sent.got}${doubt}${ended}${sent.note ? `: ${sent.note}` : ""}`,
    ...sent.waits.map(
      (it) => `    ${waitWord(it, "en", (until) => until)}${it.reply === null ? "" : ` (${it.reply})`}`,
    ),
    ...sent.tries.map((it) => `    try ${it.try}, ${it.at}: ${it.reply ?? "(no words)"}`),
    ...sent.feedback.map(
      ({ kind, verdict, code, words, known_by, at }) =>
        `    ${kind}, ${at} (${[verdict, code, known_by === "address" ? "by its address alone: counts for nothing" : "", known_by === "reply" ? "said at once" : ""].filter((it) => it !== "").join(", ")}): ${words || "(no words)"}`,
    ),
  ].join("\n");
}
