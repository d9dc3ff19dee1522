// Feed readers that are not ours, each reduced to what all of them tell.
import { spawnSync } from "node:child_process";
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { z } from "zod";
import type { FeedFormat } from "./which.ts";

export type Reading = {
  id: string;
  title: string;
  content: string;
  creators: string[];
  categories: string[];
};

const textOf = (html: string) =>
  html.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

const named = (list: readonly { name?: string }[] | undefined) => (list ?? []).map(({ name }) => name ?? "");

/** feedsmith, which every machine has. */
export function readByFeedsmith(format: FeedFormat, document: string): Reading[] {
  switch (format) {
    case "rss":
      return (parseRssFeed(document).items ?? []).map((item) => ({
        id: item.guid?.value ?? "",
        title: item.title ?? "",
        content: item.content?.encoded ?? "",
        creators: item.dc?.creators ?? [],
        categories: named(item.categories),
      }));
    case "atom":
      return (parseAtomFeed(document).entries ?? []).map((entry) => ({
        id: entry.id ?? "",
        title: textOf(entry.title?.value ?? ""),
        content: entry.content?.value ?? "",
        creators: named(entry.authors),
        categories: (entry.categories ?? []).map(({ term }) => term ?? ""),
      }));
    case "json":
      return (parseJsonFeed(document).items ?? []).map((item) => ({
        id: item.id ?? "",
        title: item.title ?? "",
        content: item.content_html ?? "",
        creators: named(item.authors),
        categories: item.tags ?? [],
      }));
  }
}

const program = `
import feedparser, json, sys
import html
feedparser.SANITIZE_HTML = feedparser.RESOLVE_RELATIVE_URIS = False
def plain(d): return html.unescape(d.value) if d.type == "text/html" else d.value
feed = feedparser.parse(sys.stdin.buffer.read())
assert not feed.bozo, feed.bozo_exception
print(json.dumps([{
  "id": e.id, "title": plain(e.title_detail), "content": e.content[0].value if "content" in e else "",
  "creators": [a.name for a in e.get("authors", []) if "name" in a],
  "categories": [t.term for t in e.get("tags", [])]} for e in feed.entries]))`;

const readings = z.array(
  z.object({
    id: z.string(),
    title: z.string(),
    content: z.string(),
    creators: z.array(z.string()),
    categories: z.array(z.string()),
  }),
);

const run = (command: string, args: readonly string[], input = "") =>
  spawnSync(command, args, { input, env: { ...process.env, LC_ALL: "C.UTF-8" } });

/** Python's feedparser (Debian: python3-feedparser), which reads XML by libxml2's rival expat. */
export function readByFeedparser(document: string): Reading[] {
  const { status, stdout, stderr } = run("/usr/bin/python3", ["-c", program], document);
  if (status !== 0) throw new Error(`feedparser refused the feed: ${stderr}`);
  return readings.parse(JSON.parse(stdout.toString()));
}

/** What libxml2 says against a document; empty if it is well-formed. */
export function libxml2Complaints(document: string): string {
  return run("xmllint", ["--noout", "-"], document).stderr.toString();
}

/** Ruby's validating parser; empty if the feed is valid for it. */
export function rubyComplaints(document: string): string {
  const script = "require 'rss'; RSS::Parser.parse(STDIN.read, true)";
  return run("ruby", ["-e", script], document).stderr.toString().trim();
}

/** Whether a checker is on this machine; says so in a loud line where it is not. */
export function has(name: string, command: string, args: readonly string[]): boolean {
  const found = run(command, args).status === 0;
  if (!found)
    process.stderr.write(
      `\n!!!! ${name} IS MISSING: feeds were NOT checked by it. See .ci/run for its package.\n\n`,
    );
  return found;
}
