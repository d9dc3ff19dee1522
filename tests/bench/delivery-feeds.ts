// What readers of feeds notice of an issue that is being sent by the same process, and how its memory grows meanwhile.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { importBundled } from "../support/bundled.ts";
import { isPreparation } from "./delivery-kills.ts";
import { ask, startNashra } from "./processes.ts";
import { digits, quantile, say, table } from "./report.ts";
import type { Options } from "./run.ts";

export async function feedsMeanwhile({ letters, profile }: Options): Promise<void> {
  const it = await importBundled(join(import.meta.dirname, "delivery-kills-main.ts"));
  if (!isPreparation(it)) throw new Error("tests/bench/delivery-kills-main.ts has no prepareIssue any more.");
  const folder = mkdtempSync(join(tmpdir(), "nashra-bench-"));
  const sink = { url: "", taken: 0 };
  const thread = new Worker(join(import.meta.dirname, "sink-thread.ts"));
  thread.on("message", (told: typeof sink) => Object.assign(sink, told));
  while (sink.url === "") await pause(20);
  const settings = { NASHRA_DATA: folder, NASHRA_SAMPLE: "off", NASHRA_SMTP_URL: sink.url };
  await it.prepareIssue(settings, letters);
  const server = await startNashra(folder, profile, { NASHRA_SMTP_URL: sink.url, NASHRA_LOG_LEVEL: "error" });
  const [sending, idle]: [number[], number[]] = [[], []];
  const memory: number[] = [];
  const one = async (times: number[]) => {
    times.push((await ask(`${server.origin}/feeds/all.rss`)).milliseconds);
    await pause(5);
  };
  while (sink.taken < letters / 100) await pause(20);
  const [begun, started] = [sink.taken, performance.now()];
  while (sink.taken < letters) {
    await one(sending);
    if (sending.length % 100 === 1) memory.push((await server.usage()).rss / 1e6);
  }
  const perSecond = ((letters - begun) / (performance.now() - started)) * 1000;
  await pause(3000);
  for (let i = 0; i < 2000; i++) await one(idle);
  await server.stop();
  await thread.terminate();
  rmSync(folder, { recursive: true, force: true });
  say(
    `\n${letters.toLocaleString("en")} letters at ${digits(perSecond)} a second, one warm feed asked for every 5 ms:`,
  );
  const row = (name: string, times: number[]) => [
    name,
    times.length.toLocaleString("en"),
    ...[0.5, 0.99].map((share) => digits(quantile(times, share))),
  ];
  table(
    ["", "requests", "median ms", "p99 ms"],
    [row("while it is sent", sending), row("idle, afterwards", idle)],
  );
  say(`p99 while it is sent: ${digits(quantile(sending, 0.99) / quantile(idle, 0.99))} times the idle one.`);
  const parts = [0, 0.25, 0.5, 0.75, 1].map((share) => memory[Math.round(share * (memory.length - 1))] ?? 0);
  say(`Memory in MB at the beginning, each quarter, and the end: ${parts.map(digits).join(", ")}.`);
}
