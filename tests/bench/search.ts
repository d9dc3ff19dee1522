// Searches in a store of 200,000 articles and in a larger one: how long they take, what the index weighs, how quickly it is made.
import { join, resolve } from "node:path";
import { sql } from "kysely";

import { searchArticles } from "../../src/articles/search/find.ts";
import { readQuery } from "../../src/articles/search/query.ts";
import { indexArticles } from "../../src/articles/search/store.ts";
import { finderOf, highlight, plainText, snippet } from "../../src/articles/search/text.ts";
import { mostSearched } from "../../src/articles/search/words.ts";
import { type OpenDatabase, openDatabase } from "../../src/hosts/sqlite.ts";
import { makePaper, words } from "./paper.ts";
import { digits, quantile, say, table } from "./report.ts";
import type { Options } from "./run.ts";

/** Two kilobytes of HTML. */
const wordsOfBody = 280;
const atOnce = 500;

export async function searching({ articles, repetitions }: Options): Promise<void> {
  for (const count of [...new Set([Math.min(200_000, articles), articles])]) {
    const paper = makePaper({ articles: count, sections: 10, each: 1, characters: 100 });
    const database = await openDatabase(
      join(paper.folder, "nashra.sqlite"),
      resolve(import.meta.dirname, "../../migrations"),
    );
    say(`\n${count.toLocaleString("en")} articles`);
    const { microseconds, bytes } = await fill(database, count);
    say(`Indexed in ${digits(microseconds)} µs and ${digits(bytes)} octets an article.`);
    const rows: string[][] = [];
    for (const [name, queries, narrowed] of mix) {
      const taken: number[] = [];
      let found = 0;
      for (let turn = 0; turn < repetitions; turn++)
        for (const query of queries) {
          const started = performance.now();
          found += await search(database, query, narrowed === true);
          taken.push(performance.now() - started);
        }
      const times = [0.5, 0.99, 1].map((share) => digits(quantile(taken, share)));
      rows.push([name, ...times, digits(found / taken.length)]);
    }
    table(["milliseconds, with snippets", "p50", "p99", "most", "found on the page"], rows);
    await database.close();
    paper.remove();
  }
}

const vocabulary = makeVocabulary();
const nth = (...ranks: number[]) => ranks.map((rank) => vocabulary[rank] ?? "");
/** Words by how many articles have them: the 20th of the vocabulary stands in every second, the 3,000th in one of a hundred. */
const [everywhere, common, usual, rare] = [
  nth(2, 7, 20),
  nth(60, 110, 250),
  nth(900, 2000, 3000),
  nth(20_000, 60_000, 140_000),
];
const pairs = (left: readonly string[], right: readonly string[]) =>
  left.flatMap((a, i) => `${a} ${right[i]}`);

const mix: readonly [name: string, queries: readonly string[], narrowed?: true][] = [
  ["a rare word", rare],
  ["a usual word", usual],
  ["a common word", common],
  ["a word that is everywhere", everywhere],
  ["two words, common and usual", pairs(common, usual)],
  ["two words, everywhere and rare", pairs(everywhere, rare)],
  ["three words", pairs(pairs(common, usual), nth(400, 500, 600))],
  ["a phrase of common words", pairs(common, nth(61, 111, 251)).map((words) => `"${words}"`)],
  ["a phrase of usual words", pairs(usual, nth(901, 2001, 3001)).map((words) => `"${words}"`)],
  ["a beginning", rare.map((word) => word.slice(0, 4))],
  ["a beginning of three letters", nth(7000, 30_000, 90_000).map((word) => word.slice(0, 3))],
  [
    "one word without another",
    pairs(
      usual,
      common.map((word) => `-${word}`),
    ),
  ],
  ["a usual word in a section", usual, true],
  ["a common word in a section", common, true],
];

async function search({ db }: OpenDatabase, text: string, narrowed: boolean): Promise<number> {
  const read = readQuery(text);
  if (!read.ok) throw new Error(`"${text}": ${read.why}`);
  const section = narrowed
    ? await db.selectFrom("sections").select("id").where("slug", "=", "section-3").executeTakeFirstOrThrow()
    : null;
  const rest = { tag: null, author: null, from: null, before: null, after: null, limit: 20 };
  const now = Temporal.Now.instant();
  const { articles, begins } = await searchArticles(db, {
    query: read.query,
    section: section?.id ?? null,
    ...rest,
    now,
  });
  const finder = finderOf(read.query, begins);
  for (const { title, bodyHtml } of articles) {
    highlight(title, finder);
    snippet(plainText(bodyHtml, mostSearched), finder);
  }
  return articles.length;
}

/** Gives each article words of its own: the paper's older texts are too short to tell anything. */
async function fill({ db, batch }: OpenDatabase, articles: number) {
  const random = randomOf(12_345);
  const some = (number: number) =>
    Array.from(
      { length: number },
      () => vocabulary[Math.floor(Math.exp(random() * Math.log(vocabulary.length))) - 1] ?? "",
    ).join(" ");
  let spent = 0;
  for (let first = 1; first <= articles; first += atOnce) {
    const last = Math.min(articles, first + atOnce - 1);
    const rows = Array.from({ length: last - first + 1 }, (_, i) => ({
      origin: "api",
      externalId: `paper-${first + i}`,
      revision: 1,
      contentHash: null,
      title: some(9),
      bodyHtml: `<p>${some(wordsOfBody)}</p>`,
    }));
    const started = performance.now();
    await batch(indexArticles(db, rows));
    spent += performance.now() - started;
  }
  const { rows } = await sql<{ bytes: number }>`
    select sum(length(block)) as bytes from article_words_data`.execute(db);
  return { microseconds: (spent * 1000) / articles, bytes: (rows[0]?.bytes ?? 0) / articles };
}

/** 150,000 words, the paper's own and made ones: those of a language, of which half stand in a text or two. */
function makeVocabulary(): string[] {
  const random = randomOf(777);
  const own = [...new Set(words(1, 400_000).split(/[^\p{L}]+/u))].filter((word) => word.length > 2);
  const letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي";
  const made = () =>
    Array.from(
      { length: 3 + Math.floor(random() * 4) },
      () => letters[Math.floor(random() * letters.length)],
    ).join("");
  const all = new Set(own);
  while (all.size < 150_000) all.add(made());
  return [...all];
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
