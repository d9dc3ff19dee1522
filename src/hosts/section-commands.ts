// nashra section: list, add, rename, close, open, move.
import { type Command, Option } from "commander";
import { oneLine, slugify } from "../arabic/index.ts";
import {
  addSection,
  closeSection,
  formerSlugs,
  listSections,
  moveSection,
  openSection,
  renameSection,
  type Section,
  type SectionNames,
} from "../articles/index.ts";
import { keyOf, touchFeeds } from "../feeds/index.ts";
import type { Database } from "../platform/index.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, tell, WrongUsage } from "./output.ts";

type Json = { json?: boolean };
type Statement = Parameters<Database<unknown>["batch"]>[0][number];
type FeedKeys = Parameters<typeof touchFeeds>[1];

/** What cli.ts has for every command. */
export type Tools = {
  add: (parent: Command, usage: string, about: string) => Command;
  withNashra: (work: (nashra: Nashra) => Promise<void>) => Promise<void>;
  json: () => Option;
  count: (text: string) => number;
};

/** Registers `nashra section …`. */
export function sectionCommands(nashra: Command, { add, withNashra, json, count }: Tools): void {
  const section = add(nashra, "section", "sections of the paper: list, add, rename, close, open, move");
  const command = (usage: string, about: string) => add(section, usage, about).addOption(json());
  command("list", "all sections in their order, closed ones too").action((options: Json) =>
    withNashra((it) => sectionList(it, options)),
  );
  command("add <title>", "a new section, at the end of the order")
    .option("--slug <slug>", "its name in addresses, if not made of the title")
    .option("--title-en <title>", "its title in English")
    .option("--half-life <hours>", "how fast its articles grow old in a digest", count, 12)
    .action((title: string, options: Json & Given & { halfLife: number }) =>
      withNashra((it) => sectionAdd(it, title, options)),
    );
  command("rename <section>", "other names; addresses with the old slug lead to the new one")
    .option("--title <title>", "its title")
    .option("--title-en <title>", 'its title in English; "" takes it away')
    .option("--slug <slug>", "its name in addresses")
    .action((slug: string, options: Json & Given) => withNashra((it) => sectionRename(it, slug, options)));
  command("close <section>", "no new articles; its feeds answer 410").action((slug: string, options: Json) =>
    withNashra((it) => sectionClose(it, slug, options)),
  );
  command("open <section>", "open a closed section again").action((slug: string, options: Json) =>
    withNashra((it) => sectionOpen(it, slug, options)),
  );
  command("move <section>", "put it into another place of the order")
    .addOption(
      new Option("--to <place>", "which place; 1 is the first").argParser(count).makeOptionMandatory(),
    )
    .action((slug: string, options: Json & { to: number }) =>
      withNashra((it) => sectionMove(it, slug, options)),
    );
}

type Given = { title?: string; titleEn?: string; slug?: string };

async function sectionList(nashra: Nashra, options: Json): Promise<void> {
  const rows = await sectionRows(nashra);
  printList(rows, { ...options, empty: 'There is no section yet: nashra section add "سياسة"' });
}

async function sectionAdd(
  nashra: Nashra,
  title: string,
  { halfLife, json, ...given }: Given & { halfLife: number } & Json,
): Promise<void> {
  const { db } = nashra.database;
  const named = namesOf({ slug: title, title, ...given });
  const { slug = "" } = named;
  refuseTaken(await listSections(db), named, null);
  const takesOver = await takenOver(nashra, slug, null);
  const section = { slug, title: named.title ?? "", titleEn: named.titleEn ?? null, halfLifeHours: halfLife };
  if (!(await change(nashra, addSection(db, section, false)))) throw overtaken(slug);
  await logAct(nashra, "section-add", slug);
  await report(nashra, slug, `Section "${slug}" is there.${takesOver}`, json);
}

async function sectionRename(nashra: Nashra, slug: string, { json, ...given }: Given & Json): Promise<void> {
  const names = namesOf(given);
  if (Object.keys(names).length === 0)
    throw new WrongUsage("Say what to change: --title, --title-en or --slug.");
  const { section, all } = await sectionNamed(nashra, slug);
  refuseTaken(all, names, section);
  const takesOver = await takenOver(nashra, names.slug, section);
  const changed = await change(
    nashra,
    renameSection(nashra.database.db, section.id, names),
    feedsRenamed(section, names),
  );
  if (!changed) throw overtaken(slug);
  await logAct(nashra, "section-rename", slug);
  const now = names.slug ?? section.slug;
  const lead = now === section.slug ? "" : ` Addresses with "${section.slug}" lead there.`;
  await report(nashra, now, `Section "${now}" has its new names.${lead}${takesOver}`, json);
}

async function sectionClose(nashra: Nashra, slug: string, { json }: Json): Promise<void> {
  const { section } = await sectionNamed(nashra, slug);
  const closed = await change(nashra, closeSection(nashra.database.db, section.id, nashra.now()));
  if (closed) await logAct(nashra, "section-close", section.slug);
  const words = closed
    ? `Section "${section.slug}" is closed: it takes no new articles, and its feeds answer 410.`
    : `Section "${section.slug}" was closed already.`;
  await report(nashra, section.slug, words, json);
}

async function sectionOpen(nashra: Nashra, slug: string, { json }: Json): Promise<void> {
  const { section } = await sectionNamed(nashra, slug);
  const opened = await change(nashra, openSection(nashra.database.db, section.id));
  if (opened) await logAct(nashra, "section-open", section.slug);
  const words = `Section "${section.slug}" ${opened ? "is open again." : "was open already."}`;
  await report(nashra, section.slug, words, json);
}

async function sectionMove(nashra: Nashra, slug: string, { to, json }: { to: number } & Json): Promise<void> {
  const { section } = await sectionNamed(nashra, slug);
  await change(nashra, moveSection(nashra.database.db, section.id, to));
  await logAct(nashra, "section-move", `${section.slug} to ${to}`);
  const order = (await listSections(nashra.database.db)).map((it) => it.slug);
  const place = order.indexOf(section.slug) + 1;
  await report(nashra, section.slug, `Section "${section.slug}" stands in place ${place} now.`, json);
}

/** The feeds that say other names now: the title stands with each article, the slug in the address of the section's own. */
function feedsRenamed({ id, ...before }: Section, { slug, title }: SectionNames): FeedKeys {
  const own = keyOf({ kind: "section", id });
  if (title !== undefined && title !== before.title) return ["all", own];
  return slug !== undefined && slug !== before.slug ? [own] : [];
}

/**
 * Runs a change of sections. What feeds show of them all follows by a trigger; readers that ask by date alone also need
 * the feeds raised that name the section.
 *
 * @returns whether it changed anything
 */
async function change(
  { database: { db, batch }, publishing, now }: Nashra,
  statement: Statement,
  feeds: FeedKeys = [],
): Promise<boolean> {
  const [changed] = await batch([statement, ...touchFeeds(db, ["house", ...feeds], now())]);
  publishing.changed();
  return changed !== undefined && changed.changes > 0;
}

async function sectionNamed(
  { database }: Nashra,
  slug: string,
): Promise<{ section: Section; all: Section[] }> {
  const all = await listSections(database.db);
  const section = all.find((it) => it.slug === slug.normalize("NFC"));
  if (section) return { section, all };
  const known = all.map((it) => it.slug).join(", ") || "none yet";
  throw new Refusal(`There is no section "${slug}". There are: ${known}.`);
}

/** The names as they are stored. @throws if one of them is none */
function namesOf({ slug, title, titleEn }: Given): SectionNames {
  const words = (given: string) => {
    const text = oneLine(given);
    if (text === "") throw new WrongUsage("A title needs a letter.");
    if (text.length > 100) throw new WrongUsage("A title has at most 100 characters.");
    return text;
  };
  const named = slug === undefined ? undefined : slugify(slug);
  if (named === null)
    throw new WrongUsage(`"${slug}" has no letter or digit to make a slug of: give --slug.`);
  return {
    ...(named !== undefined && { slug: named }),
    ...(title !== undefined && { title: words(title) }),
    ...(titleEn !== undefined && { titleEn: titleEn === "" ? null : words(titleEn) }),
  };
}

/** An article names its sections by slug or title: a name that is the slug or title of another would name both. */
function refuseTaken(all: readonly Section[], { slug, title }: SectionNames, self: Section | null): void {
  for (const other of all) {
    if (other.id === self?.id) continue;
    const taken = [slug, title].find((name) => name === other.slug || name === other.title);
    if (taken !== undefined)
      throw new Refusal(`"${taken}" is the name of another section ("${other.slug}", ${other.title}).`);
  }
}

/** A slug that another section had before is free, but its old readers come along: in words, or nothing where it is not so. */
async function takenOver(
  { database: { db } }: Nashra,
  slug: string | undefined,
  self: Section | null,
): Promise<string> {
  const before = (await formerSlugs(db)).find((it) => it.slug === slug)?.sectionId;
  const other = (await listSections(db)).find(({ id }) => id === before && id !== self?.id);
  if (other === undefined) return "";
  return ` Addresses with "${slug}" led to "${other.slug}" (${other.title}) until now: who still reads that feed there gets this one's.`;
}

const overtaken = (slug: string) =>
  new Refusal(
    `Somebody else changed the sections at the same time; "${slug}" is as they left it. Try again.`,
  );

/** Says what was done, or for programs how the section is now. */
async function report(nashra: Nashra, slug: string, words: string, json: boolean | undefined): Promise<void> {
  if (!json) return say(words);
  tell(words);
  const row = (await sectionRows(nashra)).find((it) => it.slug === slug);
  if (row) say(JSON.stringify(row));
}

async function sectionRows({ database: { db } }: Nashra) {
  const former = await formerSlugs(db);
  return (await listSections(db)).map(({ id, slug, title, titleEn, halfLifeHours, closedAt }, i) => ({
    place: i + 1,
    slug,
    title,
    title_en: titleEn,
    half_life_hours: halfLifeHours,
    state: closedAt === null ? "open" : "closed",
    closed_at: closedAt?.toString() ?? null,
    formerly: former.flatMap((it) => (it.sectionId === id ? it.slug : [])),
  }));
}
