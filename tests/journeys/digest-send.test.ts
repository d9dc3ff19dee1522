// nashra digest send: on a terminal one word stands between it and everybody's mailbox; a script has said what it wants.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { has } from "../../src/feeds/readers.fixture.ts";
import { startNashra } from "../support/nashra.ts";
import { nashra as run } from "../support/process.ts";

const bin = resolve(import.meta.dirname, "../../bin/nashra.js");
const terminal = has("script (util-linux)", "script", ["--version"]);
let data: string;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "nashra-"));
  const nashra = await startNashra({ folder: data, now: Temporal.Now.instant().toString() });
  await nashra.sections("سياسة", "اقتصاد", "ثقافة");
  for (const section of ["سياسة", "اقتصاد", "ثقافة"])
    await nashra.article({ title: `خبر ${section}`, sections: [section] });
  await nashra.confirmed("a@example.org", "b@example.org");
  await nashra.stop();
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const env = () => ({ NASHRA_DATA: data });
const issues = async () =>
  (await run(env(), ["issue", "list", "--json"])).out.split("\n").filter((line) => line !== "").length;

/** As somebody at a terminal, who types `answer` once they are asked. */
function typed(args: readonly string[], answer: string): Promise<{ code: number | null; shown: string }> {
  const command = [process.execPath, bin, ...args].map((it) => `'${it}'`).join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env: { PATH: process.env["PATH"], NASHRA_LOG_LEVEL: "error", NASHRA_SAMPLE: "off", ...env() },
  });
  let shown = "";
  let answered = false;
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk;
    if (answered || !shown.includes("Type yes")) return;
    answered = true;
    child.stdin.write(`${answer}\n`);
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, shown }));
  });
}

describe.skipIf(!terminal)("on a terminal", () => {
  test("it says to how many it would go, and sends nothing without the word", async () => {
    const ended = await typed(["digest", "send", "daily"], "y");
    expect(ended.code).toBe(1);
    expect(ended.shown).toMatch(/"daily" now\? It has 2 subscriptions\. Type yes[\s\S]*Nothing was sent\./);
    expect(await issues()).toBe(0);
  });

  test("it sends with the word, and with --yes it is not asked", async () => {
    const ended = await typed(["digest", "send", "daily"], "yes");
    expect([ended.code, ended.shown]).toEqual([0, expect.stringContaining("accepted: 2")]);
    const again = await typed(["digest", "send", "daily", "--yes"], "never asked");
    expect(again.shown).not.toContain("Type yes");
    expect(again.shown).toContain("Nothing was sent");
    expect(await issues()).toBe(2);
  });
});

test("a script is not asked; one that is switched off goes only with --anyway, and the audit log has both", async () => {
  expect((await run(env(), ["digest", "set", "daily", "--off"])).code).toBe(0);
  const off = await run(env(), ["digest", "send", "daily", "--yes"]);
  expect([off.code, off.err]).toEqual([1, expect.stringMatching(/switched off.*--anyway sends this one/)]);
  expect(await issues()).toBe(0);
  const sent = await run(env(), ["digest", "send", "daily", "--anyway", "--json"]);
  expect(JSON.parse(sent.out)).toMatchObject({
    state: "sent",
    candidates: 2,
    deliveries: { accepted: 2 },
    exclusions: {},
  });
  // People read times by the digest's clock, programs in UTC.
  const zoned = /extra-1 +sent +- +\S+T\d\d:\d\d\+0[23]:00\[Asia\/Beirut\] +\S+\[Asia\/Beirut\] /;
  expect((await run(env(), ["issue", "list"])).out).toMatch(zoned);
  expect(JSON.parse((await run(env(), ["issue", "list", "--json"])).out)).toMatchObject({
    planned_at: expect.stringMatching(/Z$/),
    finished_at: expect.stringMatching(/Z$/),
  });
  const log = (await run(env(), ["audit", "--json"])).out;
  expect(log).toContain('"act":"issue-open"');
  expect(log).toContain('"act":"digest-off"');
});
