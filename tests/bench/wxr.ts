// An export of WordPress, from the file to the feeds: articles a second, and the most memory that the command takes, beside the
// least that storing takes: the items of the same file as they stand, a row each.
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { runCommand } from "./command.ts";
import { paragraphs, words } from "./paper.ts";
import { digits, say, table } from "./report.ts";
import type { Options } from "./run.ts";

/** Octets of HTML; an Arabic letter is two. */
const sizes = [2000, 6000];

export async function exports({ rounds }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "nashra-bench-"));
  const rows: string[][] = [];
  try {
    for (const [count, octets, times] of [
      [1000, 2000, rounds],
      [10_000, 2000, rounds],
      [100_000, 2000, 1],
      [300_000, 2000, 1],
      [10_000, sizes[1] ?? 6000, rounds],
    ] as const) {
      const file = join(folder, `${count}-${octets}.xml`);
      await writeExport(file, count, octets);
      const imports = { seconds: 0, megabytes: 0, processor: 0, busiest: 0 };
      let raw = 0;
      for (let round = 0; round < times; round++) {
        raw += await storeRaw(file, join(folder, "raw.sqlite"));
        const it = await importOnce(file, join(folder, "data"), count);
        imports.seconds += it.seconds;
        imports.megabytes = Math.max(imports.megabytes, it.megabytes);
        imports.processor += it.processor;
        imports.busiest += it.busiest;
      }
      rows.push([
        `${count.toLocaleString("en")} of ${octets / 1000} kB`,
        digits(statSync(file).size / 1e6),
        Math.round((count * times) / imports.seconds).toLocaleString("en"),
        Math.round((count * times) / imports.busiest).toLocaleString("en"),
        digits((1000 * imports.processor) / (count * times)),
        digits(imports.megabytes),
        Math.round((count * times) / raw).toLocaleString("en"),
        digits(imports.seconds / raw),
      ]);
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  say(
    "\nWanted: 2,000 articles of 2 kB a second or more, and a peak that does not grow with the file (VmHWM of the process, which\nLinux keeps). All figures hold the start of the command. Where others use the machine, what the busiest thread did in a second of processor says what it would do alone.",
  );
  table(
    [
      "articles",
      "MB",
      "imported/s",
      "a second of busiest thread",
      "ms of processor each",
      "peak MB",
      "raw rows/s",
      "ratio of time",
    ],
    rows,
  );
}

/** A site of some years, all of them past: an article each quarter of an hour, with an author, two tags and a category. */
async function writeExport(name: string, count: number, octets: number): Promise<void> {
  const file = createWriteStream(name);
  file.write(`<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>جريدة القياس</title>
<link>https://paper.example</link><language>ar</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://paper.example</wp:base_site_url><wp:base_blog_url>https://paper.example</wp:base_blog_url>\n`);
  const begins = Date.UTC(2015, 0, 1);
  for (let id = 1; id <= count; id++) {
    const at = new Date(begins + id * 900_000).toISOString().slice(0, 19).replace("T", " ");
    const cdata = (text: string) => `<![CDATA[${text}]]>`;
    const item = `<item><title>${cdata(words(id * 5, 50))}</title><link>https://paper.example/${id}/</link>
<dc:creator>${cdata(`كاتب ${id % 40}`)}</dc:creator><guid isPermaLink="false">https://paper.example/?p=${id}</guid>
<content:encoded>${cdata(paragraphs(id, octets / 2))}</content:encoded><excerpt:encoded>${cdata("")}</excerpt:encoded>
<wp:post_id>${id}</wp:post_id><wp:post_date>${at}</wp:post_date><wp:post_date_gmt>${at}</wp:post_date_gmt>
<wp:post_modified_gmt>${at}</wp:post_modified_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<category domain="category" nicename="section-${id % 10}">${cdata(`القسم ${id % 10}`)}</category>
<category domain="post_tag" nicename="tag-${id % 300}">${cdata(`وسم ${id % 300}`)}</category>
<category domain="post_tag" nicename="mark-${id % 170}">${cdata(`علامة ${id % 170}`)}</category></item>\n`;
    if (!file.write(item)) await once(file, "drain");
  }
  file.end("</channel></rss>\n");
  await once(file, "finish");
}

async function importOnce(file: string, data: string, count: number) {
  rmSync(data, { recursive: true, force: true });
  const measured = await runCommand(data, ["import", "--json", file]);
  if (!measured.said.includes(`"created":${count}`))
    throw new Error(`The import did not bring ${count}: ${measured.said}`);
  return measured;
}

/** The least that storing takes: each item's own text as one row, two hundred at a time. @returns seconds */
async function storeRaw(file: string, database: string): Promise<number> {
  rmSync(database, { force: true });
  const started = performance.now();
  const sqlite = new Sqlite(database);
  sqlite.pragma("journal_mode = wal");
  sqlite.pragma("synchronous = full");
  sqlite.exec("create table items (id integer primary key, item text not null) strict");
  const insert = sqlite.prepare("insert into items (item) values (?)");
  const store = sqlite.transaction((items: readonly string[]) => {
    for (const item of items) insert.run(item);
  });
  let [rest, waiting]: [string, string[]] = ["", []];
  for await (const chunk of createReadStream(file, { encoding: "utf8", highWaterMark: 1_000_000 })) {
    const items = (rest + String(chunk)).split("</item>");
    rest = items.pop() ?? "";
    waiting.push(...items);
    while (waiting.length >= 200) store(waiting.splice(0, 200));
  }
  store(waiting);
  sqlite.close();
  return (performance.now() - started) / 1000;
}
