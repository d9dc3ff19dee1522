// "The same story?" for one article among 2,000 leads of three days: its shingles made, looked up, weighed and judged, beside
// what a comparison with every lead would take; and how often it is right, on invented reprints and forms.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sql } from "kysely";
import type { ArticleId } from "../../src/articles/index.ts";
import { createArticle } from "../../src/articles/store.ts";
import { findStory } from "../../src/articles/story/stories.ts";
import { type Overlap, sameStory, storyShingles, type Told } from "../../src/articles/story/story.ts";
import { type OpenDatabase, openDatabase } from "../../src/hosts/sqlite.ts";
import { words } from "./paper.ts";
import { digits, mean, median, quantile, say, table } from "./report.ts";
import type { Options } from "./run.ts";

const leads = 2000;
const asked = 1500;
const now = Temporal.Instant.from("2026-03-01T12:00:00Z");

/** What a text is, and of which of the leads, if of any, it is a reprint. */
type Planted = { kind: "new" | "reprint" | "form"; told: Told; of: number | null };

const rowNames = ["new", "reprint", "form"].flatMap((kind) =>
  ["looked up and judged", "with its shingles made", "compared with every lead"].map(
    (it) => `${kind}: ${it}`,
  ),
);

type Began = { at: number; cpu: NodeJS.CpuUsage };
const begin = (): Began => ({ cpu: process.threadCpuUsage(), at: performance.now() });

export async function story({ rounds }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "nashra-bench-"));
  const database = await openDatabase(
    join(folder, "nashra.sqlite"),
    resolve(import.meta.dirname, "../../migrations"),
  );
  await sql`pragma synchronous = off`.execute(database.db); // what is written here is not measured
  try {
    const texts = Array.from({ length: leads }, (_, i) => report(i));
    const ids: ArticleId[] = [];
    for (const [i, told] of texts.entries()) ids.push(await store(database, `lead-${i}`, told, i));
    const sizes = texts.map(({ title, text }) => storyShingles(title, text).length);
    const { shingles, most } = await indexed(database);
    say(
      `${leads.toLocaleString("en")} leads with ${digits(median(sizes))} shingles (${digits(quantile(sizes, 0.05))}–${digits(quantile(sizes, 0.95))}) each, ${shingles.toLocaleString("en")} in the index; the commonest stands in ${most}.`,
    );
    const all = texts.map(({ title, text }) => new Set(storyShingles(title, text)));
    const planted = Array.from({ length: asked }, (_, i) => plant(texts, i));
    const rows = new Map(
      rowNames.map((name) => [name, { milliseconds: [] as number[], cpu: [] as number[] }]),
    );
    const note = (name: string, since: Began) => {
      const { user, system } = process.threadCpuUsage(since.cpu);
      const row = rows.get(name);
      row?.milliseconds.push(performance.now() - since.at);
      row?.cpu.push((user + system) / 1000);
    };
    const found: (ArticleId | null)[] = [];
    for (let round = 0; round <= rounds; round++) {
      for (const [i, { kind, told }] of planted.entries()) {
        const began = begin();
        const mine = storyShingles(told.title, told.text);
        const made = begin();
        found[i] = await findStory(database.db, told, mine, now);
        if (round === 0) continue; // all is warm then
        note(`${kind}: looked up and judged`, made);
        note(`${kind}: with its shingles made`, began);
      }
      for (const [i, { kind, told }] of planted.entries()) {
        if (i % 11 > 0 || round === 0) continue;
        const mine = new Set(storyShingles(told.title, told.text));
        const since = begin();
        sameStory(told, everyLead(mine, all, texts, ids));
        note(`${kind}: compared with every lead`, since);
      }
    }
    say(
      `\nMilliseconds an article, ${rounds} rounds of ${asked.toLocaleString("en")} articles, and the processor's on average:`,
    );
    table(
      ["", "median", "p99", "processor"],
      [...rows].map(([name, { milliseconds, cpu }]) => [
        name,
        digits(median(milliseconds)),
        digits(quantile(milliseconds, 0.99)),
        digits(mean(cpu)),
      ]),
    );
    judge(planted, found, ids);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function judge(planted: readonly Planted[], found: readonly (ArticleId | null)[], ids: readonly ArticleId[]) {
  const right = planted.filter(({ of }, i) => of !== null && found[i] === ids[of]).length;
  const joined = found.filter((id) => id !== null).length;
  const reprints = planted.filter(({ of }) => of !== null).length;
  say(
    `Of ${joined} that were put into a story ${right} belong there: precision ${digits(right / joined)}. Of ${reprints} reprints ${right} were found: recall ${digits(right / reprints)}.`,
  );
}

async function store({ db, batch }: OpenDatabase, externalId: string, { title, text }: Told, minute: number) {
  const at = now.subtract({ minutes: minute * 2 });
  const draft = {
    origin: "bench",
    externalId,
    url: null,
    title,
    summary: "",
    bodyHtml: `<p>${text.replaceAll("\n", "</p><p>")}</p>`,
    sectionIds: [],
    tags: [],
    authors: [],
    sourceName: null,
    image: null,
    importance: 0 as const,
    publishedAt: at,
    publishedFrom: "given" as const,
    updatedAt: at,
    correction: null,
    contentHash: externalId,
  };
  const lead = { leadId: null, shingles: storyShingles(title, text) };
  await batch(createArticle(db, draft, `urn:bench:${externalId}`, lead, now));
  const { id } = await db
    .selectFrom("articles")
    .select("id")
    .where("external_id", "=", externalId)
    .executeTakeFirstOrThrow();
  return id;
}

async function indexed({ db }: OpenDatabase) {
  const { rows } = await sql<{ shingles: number; most: number }>`
    select sum(leads) as shingles, max(leads) as most
    from (select count(*) as leads from story_shingles group by shingle)`.execute(db);
  return rows[0] ?? { shingles: 0, most: 0 };
}

/** The baseline: no index, and all shingles in memory. */
function everyLead(
  mine: Set<number>,
  all: readonly Set<number>[],
  texts: readonly Told[],
  ids: readonly ArticleId[],
): Overlap[] {
  return all.flatMap((theirs, i) => {
    const [storyId, told] = [ids[i], texts[i]];
    const shared = mine.intersection(theirs).size;
    return storyId === undefined || told === undefined
      ? []
      : [{ storyId, shared, mine: mine.size, theirs: theirs.size, told: () => told }];
  });
}

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator, the first steps thrown away). */
function randomOf(seed: number): () => number {
  let state = (seed + 1) >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 5; i++) next();
  return next;
}

/** Phrases that stand in many articles: "he added that", what a minister is called, where an agency has its news from. */
const phrases = Array.from({ length: 400 }, (_, i) => words(900_000 + i, 30));

/** A report of 1,500 to 4,000 characters. A sixth of its words are phrases, the few commonest of them in most reports. */
function report(seed: number): Told {
  const random = randomOf(seed);
  const sentences: string[] = [];
  const length = 1500 + 2500 * random();
  for (let written = 0; written < length; ) {
    const sentence = `${phrases[Math.floor(phrases.length * random() ** 3)]} ${words(seed * 100 + sentences.length, 150)}`;
    sentences.push(`${sentence}.`);
    written += sentence.length;
  }
  if (seed % 20 === 0) return form(seed);
  return { title: words(seed * 100 + 99, 60), text: sentences.join("\n") };
}

/** A form that is filled in anew each time: of three hundred words one in ten. */
function form(seed: number): Told {
  const blank = words(800_000 + (seed % 3), 1800).split(" ");
  const names = words(700_000 + seed, 2000).split(" ");
  const filled = blank.map((word, i) => (i % 10 === 9 ? (names[i] ?? word) : word));
  return { title: `برقية تعزية إلى ${names[9]} و${names[19]}`, text: filled.join(" ") };
}

function plant(texts: readonly Told[], i: number): Planted {
  const seed = 500_000 + i;
  if (i % 10 === 9) return { kind: "form", told: form(seed), of: null };
  if (i % 2 === 0) return { kind: "new", told: report(seed * 20 + 1), of: null };
  const random = randomOf(seed);
  let of = Math.floor(random() * texts.length);
  if (of % 20 === 0) of += 1;
  const told = texts[of];
  return told
    ? { kind: "reprint", told: edited(told, seed), of }
    : { kind: "new", told: report(seed), of: null };
}

/** As a paper edits it: another lede, the end cut, a word of thirty changed, words of the headline changed. */
function edited({ title, text }: Told, seed: number): Told {
  const random = randomOf(seed);
  const sentences = text.split("\n");
  const kept = sentences.slice(
    random() < 0.5 ? 1 : 0,
    Math.max(3, Math.ceil(sentences.length * (0.6 + 0.4 * random()))),
  );
  const body = [words(seed, 150), ...kept]
    .join("\n")
    .split(" ")
    .map((word, i) => (random() < 1 / 30 ? words(seed + i, 4) : word));
  const headline = title.split(" ").map((word, i) => (random() < 0.4 ? words(seed - i, 4) : word));
  return { title: headline.join(" "), text: body.join(" ") };
}
