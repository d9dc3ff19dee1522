// Sending beside the web server: in its thread, in processes of its own, and through kill -9.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { digestBySlug, openExtraIssue } from "../../src/digests/index.ts";
import { deliveryBeside } from "../../src/hosts/delivery-beside.ts";
import { createLog } from "../../src/platform/index.ts";
import { bundled } from "../support/bundled.ts";
import { killAgainAndAgain } from "../support/kills.ts";
import { startNashra } from "../support/nashra.ts";
import { nashra as command, deliver, serve } from "../support/process.ts";
import { startSink } from "../support/sink.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A folder with an issue that is frozen and of which nothing was sent. */
async function issueFor(readers: number, env: Record<string, string>) {
  const nashra = await startNashra({
    now: Temporal.Now.instant().toString(),
    folder: env["NASHRA_DATA"] ?? "",
    env,
  });
  await nashra.sections("سياسة");
  for (const title of ["المجلس يقر الموازنة", "الليرة تستقر", "معرض الكتاب يفتح أبوابه"])
    await nashra.article({ title, sections: ["سياسة"] });
  await nashra.confirmed(...Array.from({ length: readers }, (_, i) => `reader${i}@example.org`));
  const digest = await digestBySlug(nashra.database.db, "daily");
  if (!digest) throw new Error("There is no digest.");
  await openExtraIssue(nashra.ticking, digest);
  await nashra.tick(0);
  await nashra.stop();
}

async function begin(wait = 0) {
  const sink = await startSink(wait);
  const folder = mkdtempSync(join(tmpdir(), "nashra-deliver-"));
  closing.push(sink.close, () => rmSync(folder, { recursive: true, force: true }));
  return { sink, env: { NASHRA_DATA: folder, NASHRA_SMTP_URL: sink.url } };
}

const ledgerOf = async (env: Record<string, string>): Promise<{ state: string; in_doubt: number }[]> =>
  (await command(env, ["issue", "ledger", "--json"])).out
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));

test("nashra serve sends in its thread, a confirmation at once, and stops when all that was begun is written down", async () => {
  const { sink, env } = await begin(5);
  await issueFor(600, env);
  const server = await serve(env);
  closing.push(() => server.stop());
  await expect.poll(() => sink.taken.size, { timeout: 20_000 }).toBeGreaterThan(20);
  const started = performance.now();
  await fetch(`${server.url}subscribe`, {
    method: "POST",
    body: new URLSearchParams({ address: "new@example.org" }),
  });
  await expect.poll(() => sink.recipients.get("new@example.org"), { timeout: 10_000, interval: 20 }).toBe(1);
  expect(performance.now() - started).toBeLessThan(5000); // of which a pause of up to 1.5 s, that tells nobody who was known
  expect(await server.stop()).toBe(0);
  const states = new Map(Map.groupBy(await ledgerOf(env), ({ state }) => state));
  expect([...states.keys()].filter((state) => state !== "accepted" && state !== "queued")).toEqual([]);
  expect(states.get("accepted")).toHaveLength(sink.taken.size - 1);
  expect(Math.max(...sink.taken.values())).toBe(1);
}, 60_000);

test("left to nashra deliver, serve sends nothing; two of them send each letter once, and end when they are told", async () => {
  const { sink, env } = await begin();
  await issueFor(800, env);
  const apart = { ...env, NASHRA_DELIVER: "apart" };
  const server = await serve(apart);
  closing.push(() => server.stop());
  await fetch(`${server.url}subscribe`, {
    method: "POST",
    body: new URLSearchParams({ address: "new@example.org" }),
  });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(sink.taken.size).toBe(0);
  const senders = await Promise.all([deliver(apart, ["--json"]), deliver(apart, [])]);
  await expect.poll(() => sink.taken.size, { timeout: 20_000 }).toBe(801);
  expect(Math.max(...sink.taken.values())).toBe(1);
  expect(await Promise.all(senders.map((it) => it.stop()))).toEqual([0, 0]);
  expect(senders[0]?.said()).toMatch(/^\{"event":"started"\}\n\{"event":"stopped","signal":"SIGTERM"\}\n$/);
  expect(senders[1]?.said()).toMatch(/^Nashra sends what is due\.\nSIGTERM: .*\nStopped\.\n$/);
  expect(new Set((await ledgerOf(env)).map(({ state }) => state))).toEqual(new Set(["accepted"]));
}, 60_000);

test("a delivery thread that ends is started again, and says so", async () => {
  const said: string[] = [];
  const log = { ...createLog("silent"), error: (_facts: object, message: string) => void said.push(message) };
  const beside = deliveryBeside({ NASHRA_PORT: "no port" }, log);
  expect(beside.isDown()).toBe(false);
  beside.start();
  await expect.poll(() => said.filter((it) => /started again/.test(it)).length, { timeout: 10_000 }).toBe(2);
  expect(beside.isDown()).toBe(true);
  expect(await beside.sendDue(Temporal.Now.instant().add({ seconds: 1 }))).toBe(0);
  await beside.stop();
  expect(said[0]).toBe("the delivery thread failed");
}, 20_000);

/** Stops a process, and not while it holds the database's lock: others would wait for that as long as it stands. */
async function stopBetweenWrites(child: ChildProcess, env: { NASHRA_DATA: string }): Promise<void> {
  const sqlite = new Sqlite(join(env.NASHRA_DATA, "nashra.sqlite"), { timeout: 0 });
  const isLocked = () => {
    try {
      sqlite.exec("begin immediate; rollback");
      return false;
    } catch {
      return true;
    }
  };
  do {
    child.kill("SIGCONT");
    await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 20)); // until it stands
  } while (isLocked());
  sqlite.close();
}

test("of four that race one sleeps past its silence: each letter goes once, and the sleeper writes nothing over others", async () => {
  const { sink, env } = await begin(3);
  await issueFor(2500, env);
  const program = await bundled(join(import.meta.dirname, "../support/deliver-main.ts"));
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [program], {
      env: {
        PATH: process.env["PATH"],
        NASHRA_SMTP_CONNECTIONS: "3",
        NASHRA_SAMPLE: "off",
        NASHRA_LOG_LEVEL: "silent",
        ...env,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    closing.push(() => child.kill("SIGKILL"));
    await once(child.stdout, "data");
    return child;
  };
  const sleeper = await start();
  await expect.poll(() => sink.taken.size, { timeout: 20_000, interval: 5 }).toBeGreaterThan(30);
  await stopBetweenWrites(sleeper, env); // in the middle of its letters
  const atSleep = sink.taken.size;
  const others = await Promise.all([start(), start(), start()]);
  await expect.poll(() => sink.recipients.size, { timeout: 60_000 }).toBe(2500);
  const settled = async () => (await ledgerOf(env)).every(({ state }) => state === "accepted");
  await expect.poll(settled, { timeout: 20_000, interval: 500 }).toBe(true);
  const before = await ledgerOf(env);
  const leftBefore = [...sink.taken.values()].reduce((sum, times) => sum + times, 0);
  sleeper.kill("SIGCONT");
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await ledgerOf(env)).toEqual(before);
  expect([...sink.taken.values()].reduce((sum, times) => sum + times, 0)).toBe(leftBefore);
  expect(leftBefore).toBeGreaterThan(atSleep);
  const unsure = before.reduce((sum, it) => sum + it.in_doubt, 0);
  expect(leftBefore - sink.taken.size).toBeLessThanOrEqual(unsure);
  expect(unsure).toBeLessThanOrEqual(6); // what the sleeper had on the wire
  for (const child of [sleeper, ...others]) {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}, 120_000);

test("killed again and again while it sends, it loses nobody, and names each letter that may have come twice", async () => {
  const toll = await killAgainAndAgain({ kills: 8, spread: 60, connections: 5, processes: 2 }, (env) =>
    issueFor(5000, env),
  );
  expect(toll).toMatchObject({ recipients: 5000, open: 0, lost: 0, unnamed: 0, integrity: "ok" });
  expect(toll.kills).toBeGreaterThan(3);
  expect(toll.inDoubt).toBeGreaterThanOrEqual(Math.max(1, toll.doubles));
  expect(toll.inDoubt).toBeLessThanOrEqual(toll.kills * toll.connections);
}, 120_000);
