// Sections from the outside: the built command changes them, a server beside it follows.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nashra, serve } from "../support/process.ts";

let data: string;
const run = (...args: string[]) => nashra({ NASHRA_DATA: data }, args);

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "nashra-sections-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const lines = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
/** What a command prints for programs. */
const printed = async (...args: string[]) => {
  const { code, out, err } = await run(...args, "--json");
  expect([code, err.includes("    at ")]).toEqual([0, false]);
  return lines(out);
};
const listed = async () => (await printed("section", "list")).map(({ slug }) => slug);

test("added, listed, put in order", async () => {
  expect((await run("section", "list")).err).toContain("There is no section yet");
  expect((await run("section", "add", "سياسة")).out).toBe('Section "سياسة" is there.\n');
  await run("section", "add", "اقتصاد");
  expect(
    await printed(
      "section",
      "add",
      " رأي  وتحليل ",
      "--slug",
      "Opinion",
      "--title-en",
      "Opinion",
      "--half-life",
      "48",
    ),
  ).toEqual([
    {
      place: 3,
      slug: "opinion",
      title: "رأي وتحليل",
      title_en: "Opinion",
      half_life_hours: 48,
      state: "open",
      closed_at: null,
      formerly: [],
    },
  ]);
  expect((await run("section", "move", "opinion", "--to", "1")).out).toBe(
    'Section "opinion" stands in place 1 now.\n',
  );
  expect(await listed()).toEqual(["opinion", "سياسة", "اقتصاد"]);
  await run("section", "move", "سياسة".normalize("NFD"), "--to", "99");
  expect(await listed()).toEqual(["opinion", "اقتصاد", "سياسة"]);
  expect((await run("section", "list")).out).toMatch(
    /^place +slug .*\n1 +opinion +رأي وتحليل +Opinion +48 +open +- +\[\]\n/,
  );
});

test("who takes the old slug of another section is told whose readers come along; an import tells of a section that it makes", async () => {
  await run("section", "add", "سياسة");
  await run("section", "rename", "سياسة", "--slug", "politics", "--title", "شؤون عامة");
  const back = await run("section", "rename", "politics", "--slug", "سياسة");
  expect(back.out).not.toContain("until now"); // its own
  await run("section", "rename", "سياسة", "--slug", "politics");
  const taken = await run("section", "add", "سياسة");
  expect(taken.out).toContain('Addresses with "سياسة" led to "politics" (شؤون عامة) until now');
  await run("section", "rename", "سياسة", "--slug", "world", "--title", "عالم");
  const renamed = await run("section", "rename", "politics", "--slug", "سياسة");
  expect(renamed.out).toContain('Addresses with "سياسة" led to "world" (عالم) until now');

  const article = { title: "خبر أول", body_html: "<p>نص الخبر.</p>" };
  writeFileSync(join(data, "z.json"), JSON.stringify({ ...article, external_id: "z", sections: ["اقتصد"] }));
  const told = 'Section "اقتصد" is new';
  expect((await run("import", join(data, "z.json"))).err).toContain(told);
  expect((await run("import", join(data, "z.json"))).err).not.toContain(told);
});

test("renamed, closed and opened: its feeds lead on, are gone, and are there again", async () => {
  await run("section", "add", "سياسة");
  writeFileSync(
    join(data, "x.json"),
    JSON.stringify({
      external_id: "x",
      title: "خبر أول",
      body_html: "<p>نص الخبر.</p>",
      sections: ["سياسة"],
    }),
  );
  expect((await run("import", join(data, "x.json"))).code).toBe(0);
  const server = await serve({ NASHRA_DATA: data });
  /** What a reader gets, a second after a change: by then every process knows of it. */
  const get = async (slug: string, headers: Record<string, string> = {}) => {
    const reply = await fetch(`${server.url}feeds/section/${encodeURIComponent(slug)}.rss`, {
      headers,
      redirect: "manual",
    });
    return { status: reply.status, headers: reply.headers, text: await reply.text() };
  };
  const aSecond = () => new Promise((done) => setTimeout(done, 1100));
  try {
    const before = await get("سياسة");
    expect([before.status, before.text]).toEqual([200, expect.stringContaining("خبر أول")]);

    const [renamed] = await printed(
      "section",
      "rename",
      "سياسة",
      "--slug",
      "politics",
      "--title",
      "شؤون عامة",
    );
    expect(renamed).toMatchObject({ slug: "politics", title: "شؤون عامة", formerly: ["سياسة"] });
    await aSecond();
    const old = await get("سياسة");
    expect([old.status, new URL(old.headers.get("location") ?? "", server.url).pathname]).toEqual([
      301,
      "/feeds/section/politics.rss",
    ]);
    const since = { "If-Modified-Since": before.headers.get("last-modified") ?? "" };
    const after = await get("politics", since); // a reader that asks by date alone sees the new title
    expect([after.status, after.text]).toEqual([200, expect.stringContaining("شؤون عامة")]);
    expect(await (await fetch(`${server.url}feeds/all.rss`)).text()).toContain(
      "<category>شؤون عامة</category>",
    );

    expect((await run("section", "close", "politics")).out).toContain("its feeds answer 410");
    expect((await run("section", "close", "politics")).out).toContain("was closed already");
    await aSecond();
    expect((await get("politics")).status).toBe(410);
    expect(await (await fetch(`${server.url}feeds.opml`)).text()).not.toContain("politics");
    writeFileSync(
      join(data, "y.json"),
      JSON.stringify({
        external_id: "y",
        title: "خبر ثان",
        body_html: "<p>نص آخر.</p>",
        sections: ["politics"],
      }),
    );
    const refused = await run("import", join(data, "y.json"));
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("is closed")]);

    expect((await run("section", "open", "politics")).out).toContain("is open again");
    expect((await run("section", "open", "politics")).out).toContain("was open already");
    await aSecond();
    expect((await get("politics")).status).toBe(200);
  } finally {
    expect(await server.stop()).toBe(0);
  }
});

test("a slug that another section had before may be taken, and is then found there", async () => {
  for (const title of ["أ", "ب"]) await run("section", "add", title);
  await run("section", "rename", "أ", "--slug", "old");
  await run("section", "rename", "old", "--slug", "new");
  expect(await printed("section", "rename", "ب", "--slug", "old")).toMatchObject([
    { slug: "old", formerly: ["ب"] },
  ]);
  expect(await printed("section", "list")).toMatchObject([
    { slug: "new", formerly: ["أ"] },
    { slug: "old", formerly: ["ب"] },
  ]);
});

test("what is refused says why and changes nothing", async () => {
  for (const title of ["سياسة", "اقتصاد"]) await run("section", "add", title);
  await run("section", "rename", "اقتصاد", "--slug", "economy");
  const before = await printed("section", "list");
  for (const [args, code, words] of refusals) {
    const ended = await run("section", ...args);
    expect(ended.err).toMatch(words);
    expect([ended.code, ended.out, ended.err.includes("    at ")]).toEqual([code, "", false]);
  }
  expect(await printed("section", "list")).toEqual(before);
});

const refusals: [args: string[], code: number, words: RegExp][] = [
  [["close", "sports"], 1, /no section "sports"\. There are: سياسة, economy\./],
  [["rename", "اقتصاد", "--title", "مال"], 1, /no section "اقتصاد"\. There are: سياسة, economy\./],
  [["rename", "economy", "--slug", "سياسة"], 1, /"سياسة" is the name of another section/],
  [["rename", "economy", "--title", "سياسة"], 1, /"سياسة" is the name of another section/],
  [["add", "اقتصاد"], 1, /another section \("economy", اقتصاد\)/],
  [["rename", "economy"], 2, /Say what to change/],
  [["add", "!!!"], 2, /give --slug/],
  [["rename", "economy", "--title", " "], 2, /needs a letter/],
  [["add", "ك".repeat(101)], 2, /at most 100/],
  [["move", "economy"], 2, /--to/],
  [["move", "economy", "--to", "0"], 2, /from 1 to 10000/],
  [["add", "رأي", "--half-life", "long"], 2, /from 1 to 10000/],
];
