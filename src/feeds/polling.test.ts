// Readers that are not ours and come again, over real HTTP: what they remember must fit what they find.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Newsroom, newsroom } from "./newsroom.fixture.ts";
import { has, newsboatFiles, newsboatRightToLeft, newsboatRows } from "./readers.fixture.ts";

const newsboat = has("newsboat (newsboat)", "newsboat", ["--version"]);
const feedparser = has("feedparser (python3-feedparser)", "/usr/bin/python3", ["-c", "import feedparser"]);
const rss2email = has("rss2email (rss2email)", "r2e", ["--version"]);

const folder = mkdtempSync(join(tmpdir(), "nashra-polling-"));
/** Not `spawnSync`: the server answers from this process. */
const run = (command: string, args: readonly string[]) =>
  promisify(execFile)(command, args, {
    env: { PATH: process.env["PATH"], HOME: folder, LC_ALL: "C.UTF-8" },
  });

let newsdesk: Newsroom;
let serving: Newsroom["service"];
const server = createServer(getRequestListener((request) => serving.app.fetch(request)));
let base = "";
const paths = [
  "all.rss",
  "all.atom",
  `section/${encodeURIComponent("ثقافة")}.atom`,
  `section/${encodeURIComponent("ثقافة")}.rss`,
];

beforeAll(async () => {
  newsdesk = await newsroom();
  serving = newsdesk.service;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  base = `http://127.0.0.1:${address.port}/feeds/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** All that newsboat knows now, by ids, after it looked once more. */
async function newsboatSees() {
  await run(
    "newsboat",
    newsboatFiles(
      folder,
      paths.map((path) => base + path),
    ),
  );
  return newsboatRows(folder).map(({ guid, title, url, content }) => ({ guid, title, url, content }));
}

const program = `
import feedparser, json, sys
def read(url, known):
  feed = feedparser.parse(url, etag=known.get("etag"), modified=known.get("modified"))
  return {"status": feed.status, "etag": feed.get("etag"), "modified": feed.get("modified"), "ids": [e.id for e in feed.entries]}
print(json.dumps([read(url, known) for url, known in json.loads(sys.argv[1])]))`;

const answers = z.array(
  z.object({
    status: z.number(),
    etag: z.string().nullable(),
    modified: z.string().nullable(),
    ids: z.array(z.string()),
  }),
);
type Known = { etag?: string | null; modified?: string | null };

/** What feedparser gets from each feed, given what it knew. */
async function feedparserGets(known: (path: string, i: number) => Known = () => ({})) {
  const asked = paths.map((path, i) => [base + path, known(path, i)]);
  const { stdout } = await run("/usr/bin/python3", ["-c", program, JSON.stringify(asked)]);
  return answers.parse(JSON.parse(stdout));
}

/** The letters that rss2email has written so far. */
async function lettersOfRss2email(): Promise<string[]> {
  const config = `[DEFAULT]
from = feeds@example.org
to = salma@example.org
email-protocol = maildir
maildir-path = ${folder}
maildir-mailbox = mail
verbose = error
[feed.all]
url = ${base}all.atom
`;
  writeFileSync(join(folder, "r2e.cfg"), config);
  await run("r2e", ["-c", join(folder, "r2e.cfg"), "-d", join(folder, "r2e.json"), "run"]);
  const box = join(folder, "mail", "new");
  return readdirSync(box).map((name) => readFileSync(join(box, name), "utf8"));
}

test("what is published, corrected and taken back, as readers see it", async () => {
  const library = await newsdesk.publish({ id: "library", title: "مكتبة في بيروت", sections: ["ثقافة"] });
  const lira = await newsdesk.publish({
    id: "lira",
    title: "الليرة & الدولار",
    sections: ["اقتصاد", "ثقافة"],
  });

  newsdesk.later({ minutes: 1 });

  // One id in all formats and feeds: what remembers by ids shows each article once.
  if (newsboat) {
    expect((await newsboatSees()).map(({ guid, title }) => [guid, title]).sort()).toEqual(
      [library, lira].map(({ guid, title }) => [guid, title]).sort(),
    );
    expect(newsboatRightToLeft(folder)).toHaveLength(paths.length);
  }
  if (rss2email) expect(await lettersOfRss2email()).toHaveLength(2);
  let known: Known[] = [];
  if (feedparser) {
    const got = await feedparserGets();
    expect(got.map(({ status, ids }) => [status, ids])).toEqual(
      paths.map(() => [200, [lira.guid, library.guid]]),
    );
    expect(await statuses(got)).toEqual([304, 304, 304, 304]);
    known = got;
  }

  // A correction is the same entry with another text, and no second one.
  newsdesk.later({ minutes: 10 });
  await newsdesk.publish({
    id: "library",
    title: "مكتبة في صيدا",
    sections: ["ثقافة"],
    correction: "المكتبة في صيدا لا في بيروت.",
    published_at: library.publishedAt.toString(),
  });
  newsdesk.later({ minutes: 1 });
  if (newsboat) {
    const seen = await newsboatSees();
    expect(seen).toHaveLength(2);
    expect(seen.find(({ guid }) => guid === library.guid)).toMatchObject({
      title: "مكتبة في صيدا",
      content: expect.stringContaining("لا في بيروت"),
    });
  }
  if (rss2email) expect(await lettersOfRss2email()).toHaveLength(2);
  if (feedparser) {
    const got = await feedparserGets((_, i) => known[i] ?? {});
    expect(got.map(({ status, ids }) => [status, ids])).toEqual(
      paths.map(() => [200, [lira.guid, library.guid]]),
    );
    known = got;
  }

  // What is taken back is gone from every feed, the paper starts anew, and neither brings anything back.
  newsdesk.later({ minutes: 10 });
  await newsdesk.retract(lira);
  newsdesk.later({ minutes: 1 });
  serving = newsdesk.startProcess().service;
  if (feedparser) {
    const got = await feedparserGets((_, i) => known[i] ?? {});
    expect(got.map(({ status, ids }) => [status, ids])).toEqual(paths.map(() => [200, [library.guid]]));
    serving = newsdesk.startProcess().service;
    expect(await statuses(got)).toEqual([304, 304, 304, 304]);
  }
  if (newsboat) expect(await newsboatSees()).toHaveLength(2); // it keeps what it has read once
  const another = await newsdesk.publish({ id: "another", title: "خبر ثالث", sections: ["اقتصاد"] });
  newsdesk.later({ minutes: 1 }); // the new process asks the store again
  if (newsboat) expect((await newsboatSees()).map(({ guid }) => guid)).toContain(another.guid);
  if (rss2email) expect(await lettersOfRss2email()).toHaveLength(3);
});

/** What feedparser gets if it asks by tag alone, or by date alone in every other feed. */
const statuses = async (known: readonly Known[]) =>
  (
    await feedparserGets((_, i) =>
      i % 2 === 0 ? { etag: known[i]?.etag ?? null } : { modified: known[i]?.modified ?? null },
    )
  ).map(({ status }) => status);

test("a text as it comes in by the API, as a reader gets it", { skip: !newsboat }, async () => {
  const { guid } = await newsdesk.publish({
    id: "nasty",
    title: "\u0093نص\u0094 &amp; <b>\u202E\u0000",
    url: "https://paper.example/2026/قصة قصيرة",
    sections: ["ثقافة"],
    body_html: `<h1 style="color:red">عنوان</h1><p onclick="x()">نص ]]> &#133; &#1; <a href="../قصة أخرى?a=1&b=2">رابط</a>
<a href="javascript:alert(1)">x</a><script>alert("]]>")</script> 1 < 2</p><img src="//cdn.example/a b.jpg"
srcset="/s.jpg 1x, big.jpg 2x"><form><input></form><iframe src="https://evil.example/"></iframe>`,
  });
  newsdesk.later({ minutes: 1 });
  const found = (await newsboatSees()).find((entry) => entry.guid === guid);
  expect(found).toEqual({
    guid,
    title: "“نص” &amp; <b>",
    url: "https://paper.example/2026/%D9%82%D8%B5%D8%A9%20%D9%82%D8%B5%D9%8A%D8%B1%D8%A9",
    content: `<div dir="rtl" lang="ar"><h2>عنوان</h2><p>نص ]]&gt; …  <a href="https://paper.example/%D9%82%D8%B5%D8%A9%20%D8%A3%D8%AE%D8%B1%D9%89?a=1&amp;b=2">رابط</a>
<a>x</a> 1 &lt; 2</p><img src="https://cdn.example/a%20b.jpg" srcset="https://paper.example/s.jpg 1x, https://paper.example/2026/big.jpg 2x" /></div>`,
  });
});
