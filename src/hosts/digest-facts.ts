// nashra digest add, and what `digest set` changes beside schedule, look and approval: names, numbers of stories, on and off.
import { commandLine } from "../accounts/index.ts";
import { oneLine, slugify } from "../arabic/index.ts";
import {
  addDailyDigest,
  changeFacts,
  type Digest,
  type DigestFacts,
  type InDoubt,
  longestDigestName,
  mostDigests,
  mostStories,
  nextThatRuns,
  scheduleWords,
  switchDigest,
} from "../digests/index.ts";
import { readPublisher } from "../settings/index.ts";
import { changingDigests, digestNamed, digestRow } from "./digest-commands.ts";
import type { Nashra } from "./node.ts";
import { Refusal, say, tell, WrongUsage } from "./output.ts";
import { none, type SenderOptions, unsignedWords } from "./sender-options.ts";

/** As the command line gives them. */
export type FactOptions = {
  name?: string;
  nameEn?: string;
  most?: number;
  least?: number;
  inDoubt?: InDoubt;
} & SenderOptions;
export type SwitchOptions = { on?: boolean; off?: boolean };

/** `digest add` takes these. */
export type AddOptions = Pick<FactOptions, "nameEn" | "inDoubt" | "from" | "fromName"> & {
  name: string;
  json?: boolean;
};

/** Adds a digest that runs every morning at seven in the publisher's zone. */
export async function digestAdd(
  nashra: Nashra,
  given: string,
  { name, nameEn, json, ...others }: AddOptions,
): Promise<void> {
  const { db } = nashra.database;
  const slug = slugify(given);
  if (slug === null) throw new WrongUsage(`"${given}" has no letter or digit to make a slug of.`);
  const names = factsOf({ name, ...(nameEn === undefined ? {} : { nameEn }) });
  const facts = factsOf(others);
  const { language, digits, ...paper } = await readPublisher(db);
  const deps = changingDigests(nashra);
  const adding = await addDailyDigest(
    deps,
    paper,
    { slug, name: names.name ?? "", nameEn: names.nameEn ?? null },
    commandLine,
  );
  if (adding.kind === "too-many") throw new Refusal(`A paper has at most ${mostDigests} digests.`);
  if (adding.kind === "taken")
    throw new Refusal(`There is a digest "${slug}" already. "nashra digest set ${slug}" changes it.`);
  if (Object.keys(facts).length > 0) await changeFacts(deps, adding.digest, facts, commandLine);
  const added = await digestNamed(nashra, slug);
  const unsigned = await unsignedWords(nashra, added);
  if (unsigned) tell(unsigned);
  if (json) return say(JSON.stringify(digestRow(added, digits)));
  say(`Digest "${slug}" is there: ${scheduleWords(added.schedule, language, digits)}`);
  say(nextWords(added));
  say(
    `"nashra digest set ${slug} --days sun,thu --at evening=18:00" gives it another schedule; --help tells the rest.`,
  );
}

/** When it runs next, in a sentence. */
export function nextWords({
  on,
  slug,
  schedule,
  next,
}: Pick<Digest, "on" | "slug" | "schedule" | "next">): string {
  if (!on) return `It is off: "nashra digest set ${slug} --on" lets it run.`;
  const run = nextThatRuns(schedule, next);
  return run ? `It runs next at ${run.at} (${run.date}, ${run.slot}).` : "It never runs.";
}

/** Names and numbers as they are stored; nothing where nothing was given. @throws {WrongUsage} if one of them is none */
export function factsOf({ name, nameEn, most, least, inDoubt, from, fromName }: FactOptions): DigestFacts {
  for (const number of [most, least])
    if (number !== undefined && number > mostStories)
      throw new WrongUsage(`An issue has 1 to ${mostStories} stories.`);
  return {
    ...(name !== undefined && { name: nameIn(name) }),
    ...(nameEn !== undefined && { nameEn: nameEn === "" ? null : nameIn(nameEn) }),
    ...(most !== undefined && { maxStories: most }),
    ...(least !== undefined && { minStories: least }),
    ...(inDoubt !== undefined && { inDoubt }),
    ...senderFacts(from, fromName),
  };
}

/** Who goes back to the paper's address goes back to its name as well, unless another is given. */
function senderFacts(asked: string | undefined, name: string | undefined): DigestFacts {
  const from = asked === none ? null : asked;
  const given = name === undefined ? undefined : name === "" ? null : nameIn(name);
  const fromName = given === undefined && from === null ? null : given;
  return {
    ...(from !== undefined && { fromAddress: from }),
    ...(fromName !== undefined && { fromName }),
  };
}

function nameIn(given: string): string {
  const name = oneLine(given);
  if (name === "") throw new WrongUsage("A name needs a letter.");
  if (name.length > longestDigestName)
    throw new WrongUsage(`A name has at most ${longestDigestName} characters.`);
  return name;
}

/** Changes names and numbers, and says how they are. */
export async function setFactsOf(nashra: Nashra, digest: Digest, facts: DigestFacts): Promise<void> {
  const done = await changeFacts(changingDigests(nashra), digest, facts, commandLine);
  if (done.kind !== "done")
    throw new Refusal(
      `"${digest.slug}" takes ${digest.minStories} stories at least and ${digest.maxStories} at most: the least may not be more than the most.`,
    );
  const now = done.digest;
  const english = now.nameEn === null ? "" : ` (${now.nameEn})`;
  say(`${now.slug}: ${now.name}${english}, ${now.minStories} to ${now.maxStories} stories.`);
  if (facts.inDoubt !== undefined)
    say(
      now.inDoubt === "hold"
        ? `Letters that a server may have taken are held from now on: "nashra issue doubts ISSUE" lists them.`
        : "Letters that a server may have taken are sent again from now on, with the same Message-ID.",
    );
  if (facts.fromAddress === undefined && facts.fromName === undefined) return;
  const { address, name } = now.sender;
  say(
    `Its letters come from ${address ?? `${nashra.config.mailFrom}, as all mail`}, under ${name === null ? "the paper's name" : `the name ${name}`}; those of an issue that is being sent within some minutes.`,
  );
  const unsigned = await unsignedWords(nashra, now);
  if (unsigned) tell(unsigned);
}

/** Lets a digest rest, or run again from now on. */
export async function switchOnOff(nashra: Nashra, slug: string, on: boolean): Promise<void> {
  const digest = await digestNamed(nashra, slug);
  const done = await switchDigest(changingDigests(nashra), digest.slug, on, commandLine);
  if (done.kind === "already") return say(`${digest.slug}: it was ${on ? "on" : "off"} already.`);
  if (done.kind !== "done")
    throw new Refusal(`Somebody else changed "${slug}" just now. Look at it and try again.`);
  say(
    on
      ? `${digest.slug}: it is on. ${nextWords(done.digest)}`
      : `${digest.slug}: it is off, and none of its runs opens. An issue that is open already goes on: "nashra issue cancel" calls it off.`,
  );
}
