// One command of Nashra as a process of its own, with the time that it takes and the most memory that it ever has.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const bin = join(import.meta.dirname, "../../bin/nashra.js");

export type Measured = {
  /** What it printed, as far as the first kilobyte. */
  said: string;
  /** Octets that it printed. */
  octets: number;
  /** From its start to its end. */
  seconds: number;
  /** Its peak, as Linux tells it; 0 where it does not. */
  megabytes: number;
  /** Seconds of processor, of all its threads and of the busiest; 0 where Linux does not tell them. */
  processor: number;
  busiest: number;
};

/** @throws if it fails */
export async function runCommand(data: string, args: readonly string[]): Promise<Measured> {
  const env = { PATH: process.env["PATH"], NASHRA_DATA: data, NASHRA_SAMPLE: "off" };
  const started = performance.now();
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ["ignore", "pipe", "ignore"] });
  let [said, octets] = ["", 0];
  child.stdout.on("data", (chunk: Buffer) => {
    octets += chunk.length;
    if (said.length < 1000) said += chunk.subarray(0, 1000);
  });
  let megabytes = 0;
  const threads = new Map<string, number>();
  const ended = once(child, "exit");
  while (child.exitCode === null && child.signalCode === null) {
    megabytes = Math.max(megabytes, peakOf(child.pid ?? 0));
    for (const [thread, spent] of threadsOf(child.pid ?? 0)) threads.set(thread, spent);
    await Promise.race([pause(50), ended]);
  }
  const seconds = (performance.now() - started) / 1000;
  if (child.exitCode !== 0) throw new Error(`nashra ${args.join(" ")} ended with ${child.exitCode}: ${said}`);
  const processor = [...threads.values()].reduce((sum, it) => sum + it, 0);
  return { said, octets, seconds, megabytes, processor, busiest: Math.max(0, ...threads.values()) };
}

/** Seconds of processor of each thread so far, as Linux tells them in hundredths; none where it does not. */
function threadsOf(pid: number): [string, number][] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [, after = ""] = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8").split(") ");
      const fields = after.split(" "); // from the third on; proc(5)
      return [thread, (Number(fields[11]) + Number(fields[12])) / 100];
    });
  } catch {
    return []; // it has just ended
  }
}

function peakOf(pid: number): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) / 1000;
  } catch {
    return 0; // it has just ended
  }
}
