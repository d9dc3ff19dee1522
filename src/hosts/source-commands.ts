// nashra source …: where articles are pulled from.
import { type Command, Option } from "commander";
import { commandLine } from "../accounts/index.ts";
import { slugify } from "../arabic/index.ts";
import { listSections } from "../articles/index.ts";
import { withoutKeys } from "../platform/index.ts";
import {
  addSource,
  categoriesOf,
  forgetSource,
  holdSource,
  type Leads,
  listRuns,
  listSources,
  mapCategory,
  previewRun,
  type RunReport,
  rewindSource,
  runSource,
  type Source,
  type SourceActDeps,
  sourceAddress,
  sourceBy,
  webhookPath,
} from "../sources/index.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { printList, progress, Refusal, say, tell } from "./output.ts";
import type { Tools } from "./section-commands.ts";

type Json = { json?: boolean };

export function sourceCommands(nashra: Command, { add, withNashra, json }: Tools): void {
  const source = add(nashra, "source", "where articles are pulled from: WordPress sites, feeds, pages");
  add(source, "list", "every source: when it ran, when it runs next, what it brought, what went wrong")
    .addOption(json())
    .action((options: Json) => withNashra((it) => list(it, options)));
  add(source, "add <kind> <url>", "add a source: wordpress, feed or page")
    .option("--name <name>", "what it is called in these commands; made of its address otherwise")
    .option("--section <section>", "where its articles go whose categories lead nowhere (slug or title)")
    .addOption(json())
    .action((kind: string, url: string, options: Json & { name?: string; section?: string }) =>
      withNashra((it) => introduced(it, kind, url, options)),
    );
  add(source, "run <source>", "run it now, to the end")
    .option("--dry-run", "show what would change, and store nothing")
    .option("--full", "read it whole again, not only what changed since the last run")
    .addOption(json())
    .action((slug: string, options: Json & { dryRun?: boolean; full?: boolean }) =>
      withNashra((it) => run(it, slug, options)),
    );
  add(source, "pause <source>", "stop it until it is resumed").action((slug: string) =>
    withNashra((it) => pause(it, slug, true)),
  );
  add(source, "resume <source>", "let it go on, at once").action((slug: string) =>
    withNashra((it) => pause(it, slug, false)),
  );
  add(source, "remove <source>", "forget the source; its articles stay").action((slug: string) =>
    withNashra(async (it) => {
      const found = await named(it, slug);
      await forgetSource(acting(it), found, commandLine);
      say(`${found.slug} is removed. Its articles stay.`);
    }),
  );
  add(source, "categories <source>", "how it orders its articles, and to which sections that leads")
    .addOption(json())
    .action((slug: string, options: Json) => withNashra((it) => categories(it, slug, options)));
  add(source, "map <source> <category>", "say where a category's articles go from now on")
    .addOption(
      new Option("--section <section>", "to this section (slug or title)").conflicts([
        "everywhere",
        "nowhere",
      ]),
    )
    .addOption(
      new Option("--everywhere", "it holds everything, so it says nothing").conflicts(["section", "nowhere"]),
    )
    .addOption(new Option("--nowhere", "it is no part of this paper").conflicts(["section", "everywhere"]))
    .action((slug: string, category: string, options: Mapping) =>
      withNashra((it) => map(it, slug, category, options)),
    );
  add(source, "webhook <source>", "where its WordPress sends its calls, and what it signs them with").action(
    (slug: string) =>
      withNashra(async (it) => {
        const found = await named(it, slug);
        if (found.kind !== "wordpress") throw new Refusal(`${slug} is no WordPress site: only these call.`);
        say(`address  ${new URL(webhookPath(found.slug), it.config.publicUrl).href}`);
        say(`secret   ${found.secret}`);
        tell("Put both into the Nashra plugin of the site (docs/wordpress.md).");
      }),
  );
  add(source, "runs <source>", "what its last runs brought, and what they skipped")
    .addOption(json())
    .action((slug: string, options: Json) => withNashra((it) => runs(it, slug, options)));
}

/** What acts on sources take. */
const acting = (nashra: Nashra): SourceActDeps => ({
  ...nashra.sources,
  record: ({ act, subject }) => logAct(nashra, act, subject),
});

type Mapping = { section?: string; everywhere?: boolean; nowhere?: boolean };

async function named({ database: { db } }: Nashra, slug: string): Promise<Source> {
  const source = await sourceBy(db, { slug });
  if (source) return source;
  const known = (await listSources(db)).map((it) => it.slug);
  throw new Refusal(
    `There is no source "${slug}". ${known.length > 0 ? `There are: ${known.join(", ")}.` : "Add one: nashra source add wordpress https://…"}`,
  );
}

async function sectionNamed({ database: { db } }: Nashra, name: string) {
  const wanted = name.normalize("NFC");
  const open = (await listSections(db)).filter(({ closedAt }) => closedAt === null);
  const found = open.find(({ slug, title }) => slug === wanted || title === wanted);
  if (found) return found;
  throw new Refusal(
    `There is no open section "${name}". There are: ${open.map(({ title }) => title).join(", ") || "none yet"}.`,
  );
}

async function list({ database: { db } }: Nashra, options: Json): Promise<void> {
  const rows = [];
  for (const source of await listSources(db)) {
    const [last] = await listRuns(db, source.id, 1);
    rows.push({ ...rowOf(source), brought: last ? brought(last) : null, error: source.lastError });
  }
  printList(rows, { ...options, empty: "There is no source yet: nashra source add wordpress https://…" });
}

const stateOf = ({ kind, pausedAt, lastError }: Source) =>
  kind === "file" ? "a file" : pausedAt ? "paused" : lastError === null ? "running" : "failing";

const rowOf = (source: Source) => ({
  source: source.slug,
  kind: source.kind,
  state: stateOf(source),
  title: source.title,
  url: withoutKeys(source.url.href),
  last_run: source.lastRunAt?.toString() ?? null,
  next_run: source.pausedAt ? null : (source.nextRunAt?.toString() ?? null),
});

const brought = ({
  created,
  revised,
  unchanged,
  retracted,
  skipped,
}: Omit<RunReport, "removed" | "notes" | "error">) =>
  `${created} new, ${revised} changed, ${retracted} retracted, ${skipped} skipped, ${unchanged} as before`;

async function introduced(
  nashra: Nashra,
  kind: string,
  address: string,
  options: Json & { name?: string; section?: string },
): Promise<void> {
  if (kind !== "wordpress" && kind !== "feed" && kind !== "page")
    throw new Refusal(`"${kind}" is no kind of source: it is wordpress, feed or page.`);
  const read = sourceAddress(address);
  if (!read.ok)
    throw new Refusal(
      read.why === "keys"
        ? "The address holds a name or a password: sources are asked without. Leave them out."
        : `"${withoutKeys(address)}" is no http or https address.`,
    );
  const { url } = read;
  const section = options.section === undefined ? null : await sectionNamed(nashra, options.section);
  const name = options.name === undefined ? null : slugify(options.name);
  if (options.name !== undefined && name === null)
    throw new Refusal(`"${options.name}" has no letter or digit to name a source by.`);
  const given = { kind, url, name, sectionId: section?.id ?? null } as const;
  const added = await addSource(acting(nashra), given, commandLine);
  if (!added.ok) throw new Refusal(added.why);
  if (options.json) return say(JSON.stringify(rowOf(added.source)));
  say(`${added.source.title} is added as "${added.source.slug}".`);
  const { db } = nashra.database;
  const known = await categoriesOf(db, added.source.id);
  if (known.length > 0) await categories(nashra, added.source.slug, {});
  tell(`It runs by itself while Nashra serves; now: nashra source run ${added.source.slug}`);
}

/** Longer than any history takes; who wants to stop before sends an interrupt, and loses nothing. */
const runHours = 240;

async function run(
  nashra: Nashra,
  slug: string,
  options: Json & { dryRun?: boolean; full?: boolean },
): Promise<void> {
  const source = await named(nashra, slug);
  if (options.dryRun) return preview(nashra, source, options);
  await logAct(nashra, "source-run", source.slug);
  if (options.full) await rewindSource(nashra.database.db, source.id);
  const shown = progress(source.title);
  const report = await runSource(nashra.sources, source.id, {
    until: nashra.now().add({ hours: runHours }),
    progress: ({ created, revised, unchanged }) => shown.at(created + revised + unchanged),
  });
  shown.end();
  if (report === null)
    throw new Refusal(
      `${slug} is being read already. Where a process ended in the middle of that, it is free again after ten minutes at most.`,
    );
  for (const { what, why } of report.notes) tell(`Skipped: ${what}: ${why}`);
  if (report.skipped > report.notes.length) tell(`… and ${report.skipped - report.notes.length} more.`);
  const removed = Object.entries(report.removed).map(([name, number]) => `${name} ${number}`);
  if (removed.length > 0) tell(`Taken out of the texts: ${removed.join(", ")}.`);
  if (options.json) say(JSON.stringify({ source: slug, ...report }));
  else say(`${source.title}: ${brought(report)}.`);
  if (report.error !== null) throw new Refusal(report.error);
}

async function preview(nashra: Nashra, source: Source, options: Json): Promise<void> {
  const preview = await previewRun(nashra.sources, source, 100);
  if ("why" in preview) throw new Refusal(preview.why);
  printList(preview.rows, { ...options, empty: "Nothing would change." });
  tell(
    `${preview.rows.length} would change, ${preview.unchanged} are as before${preview.more ? "; there is more" : ""}. Nothing was stored.`,
  );
}

async function pause(nashra: Nashra, slug: string, paused: boolean): Promise<void> {
  const changed = await holdSource(acting(nashra), await named(nashra, slug), paused, commandLine);
  say(`${slug} ${changed ? "is" : "was"} ${paused ? "paused" : "running"}${changed ? "" : " already"}.`);
}

async function categories(nashra: Nashra, slug: string, options: Json): Promise<void> {
  const { db } = nashra.database;
  const source = await named(nashra, slug);
  const sections = new Map((await listSections(db)).map((it) => [it.id, it]));
  const rows = (await categoriesOf(db, source.id)).map(({ key, label, ...leads }) => ({
    category: key,
    label,
    leads: leads.leads,
    section: leads.leads === "section" ? (sections.get(leads.sectionId)?.title ?? null) : null,
  }));
  printList(rows, { ...options, empty: "It has named no category yet." });
}

async function map(nashra: Nashra, slug: string, category: string, options: Mapping): Promise<void> {
  const { db } = nashra.database;
  const source = await named(nashra, slug);
  const leads: Leads = options.section
    ? { leads: "section", sectionId: (await sectionNamed(nashra, options.section)).id }
    : { leads: options.everywhere ? "everywhere" : "nowhere" };
  if (!options.section && !options.everywhere && !options.nowhere)
    throw new Refusal("Say where it leads: --section SECTION, --everywhere or --nowhere.");
  const known = await categoriesOf(db, source.id);
  const found = known.find(
    ({ key, label }) => key === category.normalize("NFC") || label === category.normalize("NFC"),
  );
  if (!found || !(await mapCategory(acting(nashra), source, found.key, leads, commandLine)))
    throw new Refusal(
      `${slug} has no category "${category}". "nashra source categories ${slug}" lists them.`,
    );
  say(`${found.label}: from now on. For what is here already: nashra source run ${slug} --full`);
}

async function runs(nashra: Nashra, slug: string, options: Json): Promise<void> {
  const { db } = nashra.database;
  const source = await named(nashra, slug);
  const rows = (await listRuns(db, source.id, 100)).map(({ startedAt, endedAt, notes, ...row }) => ({
    started_at: startedAt.toString(),
    seconds: Math.round(endedAt.since(startedAt).total("seconds")),
    created: row.created,
    revised: row.revised,
    unchanged: row.unchanged,
    retracted: row.retracted,
    skipped: row.skipped,
    error: row.error,
    ...(options.json && { removed: row.removed, notes }),
  }));
  printList(rows, { ...options, empty: "It has not run yet." });
}
