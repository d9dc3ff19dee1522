// What a newsroom has already flows in: one Nashra is the source of another, as real processes over real HTTP, and an export of
// WordPress comes in from its file.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nashra, serve } from "../support/process.ts";

const scratch = mkdtempSync(join(tmpdir(), "nashra-"));
const agency = { NASHRA_DATA: join(scratch, "agency"), NASHRA_FETCH_ALLOW: "127.0.0.0/8" };
const paper = { NASHRA_DATA: join(scratch, "paper"), NASHRA_FETCH_ALLOW: "127.0.0.0/8" };
const soon = { timeout: 30_000 };
const exported = resolve(import.meta.dirname, "../../src/sources/fixtures/wordpress/export.wxr.xml");
let [from, to]: [string, string] = ["", ""];
let token = "";
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  await nashra(agency, ["section", "add", "سياسة"]);
  token = (await nashra(agency, ["token", "create", "--role", "editor"])).out.trim();
  for (const env of [agency, paper]) {
    const server = await serve(env);
    stops.push(() => server.stop());
    if (env === agency) from = server.url;
    else to = server.url;
  }
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  rmSync(scratch, { recursive: true, force: true });
});

async function publish(id: string, title: string): Promise<void> {
  const reply = await fetch(new URL("/api/v1/articles", from), {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      external_id: id,
      title,
      body_html: `<p>${title}، كما أعلن المجلس البلدي في جلسته مساء أمس أمام الصحفيين.</p>`,
      sections: ["سياسة"],
    }),
  });
  expect(reply.status, await reply.text()).toBeLessThan(300);
}

// "localhost" is a name: the guard looks at what it resolves to. The port is in the commands' own environment for links.
const titles = async (origin: string) => {
  const feed = await (await fetch(new URL("/feeds/all.json", origin))).text();
  return [...feed.matchAll(/"title": "(خبر[^"]*)"/g)].map(([, title]) => title);
};

test("a feed is added, read, and from then on tells by its hub what is new and what changed", async () => {
  await publish("one", "خبر أول من الوكالة");
  const wrong = await nashra(paper, ["source", "add", "feed", new URL("/", from).href]);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("/feeds/all.rss")]); // a page, which names its feeds
  const keyed = await nashra(paper, ["source", "add", "feed", new URL("/?key=hush-hush", from).href]);
  expect([keyed.code, keyed.err]).toEqual([1, expect.stringContaining("?key=… is a page")]);
  const feed = new URL("/feeds/all.rss", from.replace("localhost", "127.0.0.1")).href;
  const added = await nashra(paper, ["source", "add", "feed", feed, "--name", "الوكالة", "--json"]);
  expect([added.code, added.err]).toEqual([0, expect.any(String)]);
  expect(JSON.parse(added.out)).toMatchObject({ source: "الوكالة", kind: "feed", state: "running" });
  const env = { ...paper, NASHRA_PUBLIC_URL: to.replace(/\/$/, "") };
  // The server's own clock may come first, at the turn of a minute: then nothing is left to be shown or brought.
  const preview = (await nashra(env, ["source", "run", "الوكالة", "--dry-run", "--json"])).out.trim();
  if (preview !== "")
    expect(JSON.parse(preview)).toMatchObject({ would: "create", title: "خبر أول من الوكالة" });
  const brought = async () => {
    const run = await nashra(env, ["source", "run", "الوكالة", "--json"]);
    return run.code === 0 ? JSON.parse(run.out) : { refused: run.err };
  };
  await expect.poll(brought, soon).toMatchObject({ skipped: 0, error: null });
  await expect.poll(() => titles(to), soon).toEqual(["خبر أول من الوكالة"]);
  await expect
    .poll(async () => {
      await publish("two", `خبر ثان من الوكالة`);
      return (await titles(to)).length;
    }, soon)
    .toBe(2); // pushed: nobody polls for a quarter of an hour
  await publish("one", "خبر أول صُحّح في الوكالة");
  await expect.poll(() => titles(to), soon).toContain("خبر أول صُحّح في الوكالة");
  expect(await titles(to)).toHaveLength(2);
});

test("a source is listed, paused, resumed and removed, and its articles stay", async () => {
  const list = async () =>
    (await nashra(paper, ["source", "list", "--json"])).out.split("\n").filter(Boolean);
  expect(JSON.parse((await list())[0] ?? "")).toMatchObject({
    source: "الوكالة",
    state: "running",
    error: null,
  });
  expect((await nashra(paper, ["source", "pause", "الوكالة"])).code).toBe(0);
  expect(JSON.parse((await list())[0] ?? "")).toMatchObject({ state: "paused", next_run: null });
  expect((await nashra(paper, ["source", "resume", "الوكالة"])).code).toBe(0);
  expect(await nashra(paper, ["source", "run", "nobody"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("الوكالة"),
  });
  expect((await nashra(paper, ["source", "remove", "الوكالة"])).code).toBe(0);
  expect(await list()).toEqual([]);
  expect(await titles(to)).toHaveLength(2);
});

test("an export of WordPress comes in whole, and nothing of it twice", async () => {
  const first = await nashra(paper, ["import", exported, "--json"]);
  expect(first.code, first.err).toBe(0);
  const { created, skipped, source } = JSON.parse(first.out);
  expect([created > 60, skipped > 0, source]).toEqual([true, true, "newsroom-test"]);
  expect(first.err).toMatch(/Skipped: .*draft/);
  const again = await nashra(paper, ["import", exported, "--json"]);
  expect(JSON.parse(again.out)).toMatchObject({ created: 0, revised: 0, unchanged: created });
  const categories = await nashra(paper, ["source", "categories", "newsroom-test", "--json"]);
  expect(categories.out).toMatch(/"label":"آخر الأخبار","leads":"everywhere"/);
});
