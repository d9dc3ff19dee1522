// Feed readers that are not ours, each reduced to what it tells of an entry. Each is started once for many documents.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { z } from "zod";
import type { FeedFormat } from "./which.ts";

/** What a feed tells of an entry; times in whole seconds. */
const told = z.strictObject({
  id: z.string(),
  link: z.string(),
  title: z.string(),
  summary: z.string(),
  content: z.string(),
  creators: z.array(z.string()).readonly(),
  categories: z.array(z.string()).readonly(),
  published: z.string(),
  updated: z.string(),
  picture: z
    .strictObject({ url: z.string(), description: z.string().nullable(), credit: z.string().nullable() })
    .nullable(),
  enclosure: z.strictObject({ url: z.string(), type: z.string(), length: z.number() }).nullable(),
});
export type Told = z.infer<typeof told>;

const readings = z.array(z.array(told.partial()));
type Readings = z.infer<typeof readings>;

export type Reader = {
  name: string;
  /** Which formats it knows. */
  formats: readonly FeedFormat[];
  isHere(): boolean;
  /** @throws if it refuses one of the documents */
  read(format: FeedFormat, documents: readonly string[]): Readings;
  /** What this reader makes of an entry that it got whole: some things it does not tell, some it tells in its own way. */
  shows(entry: Told, format: FeedFormat): Partial<Told>;
};

/** Without its HTML escapes: for text that stands in a document as HTML. */
const textOf = (html: string) =>
  html.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

const wholeSecond = (instant: Temporal.Instant) =>
  instant.round({ smallestUnit: "second", roundingMode: "floor" }).toString();
const iso = (date: string | undefined) => wholeSecond(Temporal.Instant.from(date ?? ""));
const rfc822 = (date: string | undefined) => wholeSecond(new Date(date ?? "").toTemporalInstant());
const unix = (seconds: number) => Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toString();

const run = (command: string, args: readonly string[], input = "", home = tmpdir()) =>
  spawnSync(command, args, {
    input,
    env: { PATH: process.env["PATH"], HOME: home, LC_ALL: "C.UTF-8" },
    maxBuffer: 1_000_000_000,
  });

/** Whether a checker is on this machine; says so in a loud line where it is not. */
export function has(name: string, command: string, args: readonly string[]): boolean {
  const found = run(command, args).status === 0;
  if (!found)
    process.stderr.write(
      `\n!!!! ${name} IS MISSING: feeds were NOT checked by it. See .ci/run for its package.\n\n`,
    );
  return found;
}

/** Writes documents into files of a folder that is there as long as `work` runs. */
function withFiles<T>(
  ending: string,
  documents: readonly string[],
  work: (files: string[], folder: string) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), "nashra-readers-"));
  try {
    const files = documents.map((document, i) => {
      const file = join(folder, `${i}.${ending}`);
      writeFileSync(file, document);
      return file;
    });
    return work(files, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function succeeded(name: string, { status, stdout, stderr }: ReturnType<typeof run>): string {
  if (status !== 0) throw new Error(`${name} refused a feed: ${stderr}`);
  return stdout.toString();
}

const named = (list: readonly { name?: string }[] | undefined) => (list ?? []).map(({ name }) => name ?? "");

/** From npm, so every machine has it. */
export const feedsmith: Reader = {
  name: "feedsmith",
  formats: ["rss", "atom", "json"],
  isHere: () => true,
  read: (format, documents) =>
    documents.map({ rss: feedsmithRss, atom: feedsmithAtom, json: feedsmithJson }[format]),
  shows: ({ picture, enclosure, ...entry }, format) =>
    format === "json" ? entry : { ...entry, picture, enclosure },
};

type Media = {
  contents?: { url?: string; description?: { value?: string }; credits?: { value?: string }[] }[];
};
const pictureOf = (media: Media | undefined) =>
  (media?.contents ?? []).map(({ url = "", description, credits }) => ({
    url,
    description: description?.value ?? null,
    credit: credits?.[0]?.value ?? null,
  }))[0] ?? null;

const feedsmithRss = (document: string): Told[] =>
  (parseRssFeed(document).items ?? []).map((item) => ({
    id: item.guid?.value ?? "",
    link: item.link ?? "",
    title: item.title ?? "",
    summary: textOf(item.description ?? ""),
    content: item.content?.encoded ?? "",
    creators: item.dc?.creators ?? [],
    categories: named(item.categories),
    published: rfc822(item.pubDate),
    updated: iso(item.dcterms?.modified?.[0]),
    picture: pictureOf(item.media),
    enclosure:
      (item.enclosures ?? []).map(({ url = "", type = "", length = 0 }) => ({ url, type, length }))[0] ??
      null,
  }));

const feedsmithAtom = (document: string): Told[] =>
  (parseAtomFeed(document).entries ?? []).map((entry) => ({
    id: entry.id ?? "",
    link: entry.links?.find(({ rel }) => rel === undefined)?.href ?? "",
    title: textOf(entry.title?.value ?? ""),
    summary: textOf(entry.summary?.value ?? ""),
    content: entry.content?.value ?? "",
    creators: named(entry.authors),
    categories: (entry.categories ?? []).map(({ term }) => term ?? ""),
    published: iso(entry.published),
    updated: iso(entry.updated),
    picture: pictureOf(entry.media),
    enclosure:
      (entry.links ?? [])
        .filter(({ rel }) => rel === "enclosure")
        .map(({ href: url = "", type = "", length = 0 }) => ({ url, type, length }))[0] ?? null,
  }));

const feedsmithJson = (document: string): Partial<Told>[] =>
  (parseJsonFeed(document).items ?? []).map((item) => ({
    id: item.id ?? "",
    link: item.url ?? "",
    title: item.title ?? "",
    summary: item.summary ?? "",
    content: item.content_html ?? "",
    creators: named(item.authors),
    categories: item.tags ?? [],
    published: iso(item.date_published),
    updated: iso(item.date_modified),
  }));

const feedparserProgram = `
import feedparser, html, json, sys, time
feedparser.SANITIZE_HTML = feedparser.RESOLVE_RELATIVE_URIS = False
def plain(detail): return html.unescape(detail.value) if detail.type == "text/html" else detail.value
def stamp(time): return "%04d-%02d-%02dT%02d:%02d:%02dZ" % time[:6]
def entry(e): return {
  "id": e.id, "link": e.link, "title": plain(e.title_detail),
  "summary": html.unescape(e.summary) if "summary" in e else "", "content": e.content[0].value,
  "creators": [a.name for a in e.get("authors", []) if "name" in a], "categories": [t.term for t in e.get("tags", [])],
  "published": stamp(e.published_parsed), "updated": stamp(e.updated_parsed),
  "enclosure": ([{"url": x.href, "type": x.type, "length": int(x.length)} for x in e.enclosures] or [None])[0]}
def read(path):
  feed = feedparser.parse(path)
  assert not feed.bozo, feed.bozo_exception
  return [entry(e) for e in feed.entries]
print(json.dumps([read(path) for path in json.load(sys.stdin)]))`;

/** What most Python programs read feeds with; its XML is expat's. */
const feedparser: Reader = {
  name: "feedparser",
  formats: ["rss", "atom"],
  isHere: () => has("feedparser (python3-feedparser)", "/usr/bin/python3", ["-c", "import feedparser"]),
  read: (format, documents) =>
    withFiles(format, documents, (files) =>
      readings.parse(
        JSON.parse(
          succeeded("feedparser", run("/usr/bin/python3", ["-c", feedparserProgram], JSON.stringify(files))),
        ),
      ),
    ),
  shows({ picture, title, summary, creators, ...entry }, format) {
    // In RSS it takes a title that spells out entities for HTML, and a name with an @ in it for an address.
    const [isDecoded, isCut] = [/&#?\w/.test(title), creators.some((name) => name.includes("@"))];
    return {
      ...entry,
      ...(!(format === "rss" && isDecoded) && { title }),
      // Where there is no summary it shows the content, and where nobody is named the author of the feed.
      ...(summary !== "" && { summary }),
      ...(!(format === "rss" && isCut) && creators.length > 0 && { creators }),
    };
  },
};

const rubyProgram = `
require 'json'
require 'rss'
def stamp(time) = time.getutc.strftime('%Y-%m-%dT%H:%M:%SZ')
def rss(item) = {
  id: item.guid.content, link: item.link, title: item.title, summary: item.description || '', content: item.content_encoded,
  creators: item.dc_creators.map(&:content), categories: item.categories.map(&:content), published: stamp(item.pubDate),
  enclosure: item.enclosure && { url: item.enclosure.url, type: item.enclosure.type, length: item.enclosure.length } }
def atom(entry) = {
  id: entry.id.content, link: entry.links.find { |link| link.rel.nil? }.href, title: entry.title.content,
  summary: entry.summary ? entry.summary.content : '', content: entry.content.content,
  creators: entry.authors.map { |author| author.name.content }, categories: entry.categories.map(&:term),
  published: stamp(entry.published.content), updated: stamp(entry.updated.content),
  enclosure: entry.links.select { |link| link.rel == 'enclosure' }.map { |link| { url: link.href, type: link.type, length: link.length.to_i } }.first }
puts JSON.generate(JSON.parse(STDIN.read).map { |path|
  feed = RSS::Parser.parse(File.read(path), true)
  feed.respond_to?(:entries) ? feed.entries.map { |entry| atom(entry) } : feed.items.map { |item| rss(item) } })`;

/** Ruby's own parser, told to validate; its XML is REXML's. */
const ruby: Reader = {
  name: "Ruby's rss",
  formats: ["rss", "atom"],
  isHere: () => has("Ruby's rss (ruby-rss)", "ruby", ["-e", "require 'rss'"]),
  read: (format, documents) =>
    withFiles(format, documents, (files) =>
      readings.parse(JSON.parse(succeeded("Ruby", run("ruby", ["-e", rubyProgram], JSON.stringify(files))))),
    ).map((entries) =>
      entries.map((entry) => ({
        ...entry,
        summary: textOf(entry.summary ?? ""),
        title: format === "atom" ? textOf(entry.title ?? "") : (entry.title ?? ""),
      })),
    ),
  shows: ({ picture, updated, ...entry }, format) => (format === "atom" ? { ...entry, updated } : entry),
};

/** A terminal's reader in C, with an XML parser of its own. */
const sfeed: Reader = {
  name: "sfeed",
  formats: ["rss", "atom"],
  isHere: () => has("sfeed (sfeed)", "sh", ["-c", "command -v sfeed"]),
  read: (format, documents) =>
    withFiles(format, documents, (files) => {
      const script = 'for file; do sfeed <"$file" >"$file.tsv" || exit 1; done';
      succeeded("sfeed", run("sh", ["-c", script, "sh", ...files]));
      return files.map((file) =>
        readFileSync(`${file}.tsv`, "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => sfeedLine(line, format)),
      );
    }),
  shows: ({ picture, summary, updated, ...entry }) => ({
    ...entry,
    creators: entry.creators.slice(0, 1),
    categories: entry.categories
      .flatMap((name) => name.split("|"))
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    enclosure: entry.enclosure && { ...entry.enclosure, type: "", length: 0 },
  }),
};

function sfeedLine(line: string, format: FeedFormat): Partial<Told> {
  const [seconds, title = "", link = "", content = "", , id = "", author = "", url = "", categories = ""] =
    line.split("\t");
  const escapes: Record<string, string> = { n: "\n", t: "\t", "\\": "\\" };
  return {
    id,
    link,
    title: format === "atom" ? textOf(title) : title,
    content: content.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? ""),
    creators: author === "" ? [] : [author],
    categories: categories.split("|").filter((name) => name !== ""),
    published: unix(Number(seconds)),
    enclosure: url === "" ? null : { url, type: "", length: 0 },
  };
}

/** A terminal's reader in C++, with libxml2, and a store that remembers. */
const newsboat: Reader = {
  name: "newsboat",
  formats: ["rss", "atom"],
  isHere: () => has("newsboat (newsboat)", "newsboat", ["--version"]),
  read: (format, documents) =>
    withFiles(format, documents, (files, folder) => {
      const urls = files.map((file) => `file://${file}`);
      succeeded("newsboat", run("newsboat", newsboatFiles(folder, urls), "", folder));
      const entries = newsboatRows(folder);
      return urls.map((url) => entries.filter(({ feedurl }) => feedurl === url).map(newsboatEntry));
    }),
  shows: ({ id, link, title, content, creators, published }, format) => ({
    id,
    link,
    title,
    content,
    published: in32Bits(Temporal.Instant.from(published).epochMilliseconds / 1000),
    ...(format === "atom" && { creators: [creators.join(", ")] }),
  }),
};

const cached = z.object({
  feedurl: z.string(),
  guid: z.string(),
  title: z.string(),
  url: z.string(),
  author: z.string(),
  content: z.string(),
  pubDate: z.number(),
  unread: z.number(),
  enclosure_url: z.string().nullable(),
  enclosure_type: z.string().nullable(),
});

/** The arguments with which newsboat looks at all feeds once; what it remembers is in the folder. */
export function newsboatFiles(folder: string, urls: readonly string[]): string[] {
  const file = (name: string) => join(folder, name);
  writeFileSync(file("urls"), urls.join("\n"));
  writeFileSync(file("config"), `error-log "${file("errors")}"\n`);
  return ["-u", file("urls"), "-c", file("cache.db"), "-C", file("config"), "-x", "reload"];
}

/** What newsboat knows, the oldest last. */
export const newsboatRows = (folder: string): z.infer<typeof cached>[] =>
  z.array(cached).parse(asked(folder, "select * from rss_item where deleted = 0 order by id desc"));

/** Which feeds newsboat lays out from right to left. */
export const newsboatRightToLeft = (folder: string): unknown[] =>
  asked(folder, "select rssurl from rss_feed where is_rtl = 1");

function asked(folder: string, question: string): unknown[] {
  const store = new SQLite(join(folder, "cache.db"), { readonly: true });
  const rows = store.prepare(question).all();
  store.close();
  return rows;
}

const newsboatEntry = (row: z.infer<typeof cached>): Partial<Told> => ({
  id: row.guid,
  link: row.url,
  title: row.title,
  content: row.content,
  creators: [row.author],
  published: in32Bits(row.pubDate),
});

/** Its clock ends in 2106 and begins in 1970; what is outside comes round. */
const in32Bits = (seconds: number): string => unix(seconds >>> 0);

export const readers: readonly Reader[] = [feedsmith, feedparser, ruby, sfeed, newsboat];

/** What libxml2, which most readers read XML with, says against documents; empty if all are well-formed. */
export const libxml2Complaints = (...documents: readonly string[]): string =>
  withFiles("xml", documents, (files) => run("xmllint", ["--noout", ...files]).stderr.toString());
