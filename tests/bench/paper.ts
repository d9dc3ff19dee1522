// An invented newsroom of any size, written straight into a database that the migrations made.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { storyShingles, storyWindowHours } from "../../src/articles/story/story.ts";
import { economy } from "../../src/sample/articles/economy.ts";
import { politics } from "../../src/sample/articles/politics.ts";

export type PaperSize = {
  articles: number;
  sections: number;
  /** In how many sections an article stands. */
  each: number;
  /** Characters of the text of a recent article; fifty of some 2,600 make a feed of 300 kB. */
  characters: number;
};

export type Paper = {
  /** The data folder, for `NASHRA_DATA`. */
  folder: string;
  /** Lets its bearer publish. */
  token: string;
  articles: number;
  remove: () => void;
};

/** Older ones are a sentence long, so that a million take a gigabyte. */
const recent = 5000;
const minutesApart = 5;
const [tags, authors] = [500, 100];

/** Makes it in a new folder. A million articles take a minute or two. */
export function makePaper(size: PaperSize): Paper {
  const folder = mkdtempSync(join(tmpdir(), "nashra-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  const token = nashra(folder, "token", "create", "--role", "editor").trim();
  const sqlite = new Sqlite(join(folder, "nashra.sqlite"));
  // Nobody needs what is half made: no journal, no waiting for the disk.
  sqlite.exec("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000");
  sqlite.pragma("foreign_keys = off");
  fill(sqlite, size, Date.now());
  sqlite.close();
  return { folder, token, articles: size.articles, remove };
}

function nashra(folder: string, ...words: string[]): string {
  const env = { PATH: process.env["PATH"], NASHRA_DATA: folder, NASHRA_SAMPLE: "off" };
  const bin = join(import.meta.dirname, "../../bin/nashra.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`nashra ${words.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

function fill(sqlite: Sqlite.Database, { articles, sections, each, characters }: PaperSize, now: number) {
  const step = minutesApart * 60_000;
  const bodyOf = (id: number) => paragraphs(id, id > articles - recent ? characters : 100);
  sqlite.function("title_of", { deterministic: true }, (id) => words(Number(id) * 3 + 1, 60));
  sqlite.function("summary_of", { deterministic: true }, (id) => words(Number(id) * 3 + 2, 120));
  sqlite.function("body_of", { deterministic: true }, (id) => bodyOf(Number(id)));
  const numbers = (from: number, to: number) =>
    `with recursive numbers (i) as (select ${from} union all select i + 1 from numbers where i < ${to})`;
  const run = (statement: string) => sqlite.exec(statement);

  run(`insert into sections (id, slug, title, position)
    ${numbers(1, sections)} select i, 'section-' || i, 'القسم ' || i, i from numbers`);
  run(
    `insert into tags (id, slug, name) ${numbers(1, tags)} select i, 'tag-' || i, 'وسم ' || i from numbers`,
  );
  run(`insert into authors (id, slug, name)
    ${numbers(1, authors)} select i, 'author-' || i, 'كاتب ' || i from numbers`);
  run(`insert into articles (id, guid, origin, external_id, state, title, summary, body_html, image, importance,
      published_at, published_from, updated_at, first_seen_at, revision, content_hash)
    ${numbers(1, articles)}
    select i, 'tag:paper.example,2026-01-01:article/' || i, 'api', 'paper-' || i, 'published', title_of(i), summary_of(i),
      body_of(i), json_object('url', 'https://paper.example/pictures/' || i || '.jpg', 'type', 'image/jpeg',
      'length', 80000, 'width', 1200, 'height', 800, 'alt', 'صورة', 'credit', null), i % 4, at, 'given', at, at, 1, 'made'
    from (select i, ${now} - (${articles} - i + 1) * ${step} as at from numbers)`);
  for (let place = 0; place < each; place++)
    run(`insert into article_sections (article_id, section_id, position, published_at, visible)
      select id, 1 + (id + ${Math.floor((place * sections) / each)}) % ${sections}, ${place}, published_at, 1 from articles`);
  run(`insert into article_tags (article_id, tag_id, position, published_at, visible)
    select id, 1 + id * 7 % ${tags}, 0, published_at, 1 from articles`);
  run(`insert into article_authors (article_id, author_id, position, published_at, visible)
    select id, 1 + id * 3 % ${authors}, 0, published_at, 1 from articles`);
  arrivals(sqlite);
  shingles(sqlite, articles, step, bodyOf);
}

/** In what order articles came into each feed, and a version for each, as 0002_feeds.sql makes them for a store that it finds. */
function arrivals(sqlite: Sqlite.Database) {
  const lists = [
    "select 'all' as feed, id as article_id from articles",
    "select 'section/' || section_id as feed, article_id from article_sections",
    "select 'tag/tag-' || tag_id as feed, article_id from article_tags",
    "select 'author/author-' || author_id as feed, article_id from article_authors",
  ];
  for (const list of lists)
    sqlite.exec(`insert into feed_arrivals (feed, number, article_id)
      select feed, row_number() over (partition by feed order by article_id), article_id from (${list}) order by 1, 2`);
  sqlite.exec(`insert or ignore into feed_versions (feed, version, changed_at, seq)
    select feed, 1, 1767225600000, (select max(seq) from feed_versions) + 1 from feed_arrivals group by feed`);
}

/** The shingles of the leads that a new article is compared with: those of three days, as after every tick. */
function shingles(sqlite: Sqlite.Database, articles: number, step: number, bodyOf: (id: number) => string) {
  const leads = Math.min(articles, Math.floor((storyWindowHours * 3_600_000) / step) - 1);
  const insert = sqlite.prepare(`insert or ignore into story_shingles (shingle, lead_id, published_at)
    select j.value, a.id, a.published_at from json_each(?) j, articles a where a.id = ?`);
  const all = sqlite.transaction(() => {
    for (let id = articles - leads + 1; id <= articles; id++)
      insert.run(JSON.stringify(storyShingles("", bodyOf(id).replace(/<[^>]+>/g, " "))), id);
  });
  all();
}

/** Words as often as the sample newsroom's texts have them, so that they compress much as a text does. */
const vocabulary = [...politics, ...economy].flatMap(({ bodyHtml }) =>
  bodyHtml
    .replace(/<[^>]+>/g, " ")
    .split(/\s+/)
    .filter(Boolean),
);

/** About as many characters of words that belong to this number and no other. */
export function words(seed: number, characters: number): string {
  const random = randomOf(seed);
  let text = "";
  while (text.length < characters) text += `${vocabulary[Math.floor(random() * vocabulary.length)]} `;
  return text.trimEnd();
}

export const paragraphs = (seed: number, characters: number): string =>
  words(seed * 3, characters)
    .match(/.{1,400}(?:\s|$)/gu)
    ?.map((text) => `<p>${text.trim()}</p>`)
    .join("\n") ?? "";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
