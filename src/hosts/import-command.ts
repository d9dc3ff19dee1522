// nashra import: files and pages become articles.
import { readFile, stat } from "node:fs/promises";
import { slugify } from "../arabic/index.ts";
import { type ArticleInput, addSection, articleUrl, listSections } from "../articles/index.ts";
import { fetchLimits, withoutKeys } from "../platform/index.ts";
import { publishArticle } from "../publish.ts";
import { type ImportReading, readImport } from "../sources/index.ts";
import { guardedFetch } from "./fetch.ts";
import { logAct } from "./log-act.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, tell } from "./output.ts";
import { exportFile, importExport } from "./wxr-command.ts";

type Options = { publishedAt?: Temporal.Instant; section: string; json?: boolean };

/** Imports each of these; what is no article is told and stops nothing else. @throws at the end, if any was refused */
export async function importArticles(
  nashra: Nashra,
  what: readonly string[],
  options: Options,
): Promise<void> {
  const overrides = {
    publishedAt: options.publishedAt ?? null,
    section: options.section,
    now: nashra.now(),
  };
  const rows: object[] = [];
  const refused: string[] = [];
  for (const name of what) {
    const file = isWeb(name) ? null : await exportFile(name).catch(() => null); // what cannot be read is told below
    if (file) {
      await importExport(nashra, name, file, options).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        refused.push(error.message);
      });
      continue;
    }
    const reading = await read(nashra, name, overrides);
    if (!reading.ok) {
      refused.push(`${name}: ${reading.why}`);
      continue;
    }
    for (const input of reading.articles) {
      const row = await store(nashra, input);
      if ("why" in row) refused.push(`${name}: ${row.why}`);
      else rows.push(row);
    }
  }
  if (
    !options.publishedAt &&
    rows.some((row) => "published_from" in row && row.published_from === "first-seen")
  ) {
    tell("No date was found in some texts: they count as published now. --published-at sets another.");
  }
  if (rows.length > 0) await logAct(nashra, "article-import", what.map(withoutKeys).join(" "));
  if (rows.length > 0) printList(rows, { json: options.json === true, empty: "" });
  for (const line of refused) tell(withoutKeys(line));
  if (refused.length > 0) throw new Refusal(`${refused.length} refused; nothing of that was stored.`);
}

const isWeb = (name: string) => /^https?:\/\//i.test(name);

async function read(
  { config }: Nashra,
  name: string,
  overrides: Parameters<typeof readImport>[1],
): Promise<ImportReading> {
  if (isWeb(name)) {
    const url = URL.parse(name);
    if (!url) return { ok: false, why: "This is no address." };
    const fetched = await guardedFetch(config.fetchAllow)(url);
    if (!fetched.ok) return fetched;
    const { body, contentType, url: at } = fetched.page;
    return readImport({ bytes: body, contentType, url: at }, overrides);
  }
  try {
    const { size } = await stat(name);
    if (size > fetchLimits.bytes)
      return { ok: false, why: `It is larger than ${fetchLimits.bytes} octets, too large for an import.` };
    return await readImport({ bytes: await readFile(name), contentType: null, url: null }, overrides);
  } catch (error) {
    return {
      ok: false,
      why: `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

async function store(nashra: Nashra, input: ArticleInput): Promise<object | { why: string }> {
  const { database, publishing, config } = nashra;
  const first = await publishArticle(publishing, "import", input);
  // Only for an article that can stand there: a section that nothing is in would be an empty page.
  const result =
    first.kind === "unknown-sections" && (await addMissingSections(nashra, first.unknown))
      ? await publishArticle(publishing, "import", input)
      : first;
  switch (result.kind) {
    case "retracted":
      return { why: `"${input.title}" was retracted and does not come back.` };
    case "no-text":
      return { why: `Nothing is left of "${input.title}" once it is clean.` };
    case "too-long":
      return { why: `"${input.title}" is longer than any article once it is clean. Import it in parts.` };
    case "stale":
      throw new Error("An import names no revision.");
    case "unknown-sections":
      return {
        why: `The section ${result.unknown.join(", ")} is closed, or its name has no letters. Open ones: ${result.known.map(({ title }) => title).join(", ")}.`,
      };
    default: {
      const { article, kind } = result;
      const [section] = await listSections(database.db).then((all) =>
        all.filter(({ id }) => id === article.sections[0]?.id),
      );
      return {
        result: kind,
        id: article.id,
        section: section?.title ?? null,
        title: article.title,
        url: articleUrl(config.publicUrl, article),
        published_at: article.publishedAt.toString(),
        published_from: article.publishedFrom,
        source_name: article.sourceName,
      };
    }
  }
}

/** A section that only the page knows becomes one of the paper's. @returns whether there was one to add */
async function addMissingSections(
  { database: { db, batch } }: Nashra,
  names: readonly string[],
): Promise<boolean> {
  const known = await listSections(db);
  const missing = names.filter(
    (name) =>
      !known.some(({ slug, title }) => slug === name.normalize("NFC") || title === name.normalize("NFC")),
  );
  const statements = missing.flatMap((title) => {
    const slug = slugify(title);
    return slug
      ? [addSection(db, { slug, title: title.normalize("NFC"), titleEn: null, halfLifeHours: 12 }, false)]
      : [];
  });
  if (statements.length > 0) await batch(statements);
  for (const title of missing.filter((it) => slugify(it)))
    tell(
      `Section "${title}" is new: nothing was called so. A typing error? nashra section rename ${slugify(title)} --title TITLE`,
    );
  return statements.length > 0;
}
