// The processes of a bench: servers that tell what they use, and one that makes the load.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Recording } from "./bare.ts";
import type { Job } from "./load.ts";
import type { Usage } from "./probe.ts";

const file = (name: string) => join(import.meta.dirname, name);

export type Server = {
  origin: string;
  usage: () => Promise<Usage>;
  stop: () => Promise<void>;
};

/** `nashra serve` as it is built and with the settings that a newsroom has, on a data folder. */
export const startNashra = (data: string, profile: string | null, settings: Record<string, string> = {}) =>
  startServer(file("../../bin/nashra.js"), ["serve"], profile, {
    NASHRA_DATA: data,
    NASHRA_SAMPLE: "off",
    NASHRA_PORT: "0",
    ...settings,
  });

/** The baseline for these answers; `folder` takes a file that says what they are. */
export function startBare(folder: string, recordings: readonly Recording[], profile: string | null) {
  const answers = join(folder, "recordings.json");
  writeFileSync(answers, JSON.stringify(recordings));
  return startServer(file("bare.ts"), [answers], profile, {});
}

async function startServer(
  program: string,
  args: readonly string[],
  profile: string | null,
  settings: Record<string, string>,
): Promise<Server> {
  const profiling = profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const child = fork(program, args, {
    execArgv: ["--import", file("probe.ts"), ...profiling],
    env: { PATH: process.env["PATH"], ...settings },
    silent: true,
  });
  const origin = await new Promise<string>((resolve, reject) => {
    let said = "";
    const hear = (chunk: Buffer) => {
      said += chunk;
      const url = /serves (http:\/\/\S+?)\/?\s/.exec(said)?.[1];
      if (url) resolve(url);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
  });
  child.stderr?.removeAllListeners("data").pipe(process.stderr);
  return {
    origin,
    usage: async () => usage.parse(await answerOf(child, "usage")),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const usage = z.object({ cpu: z.number(), rss: z.number(), peak: z.number() });
const loaded = z.union([z.object({ perSecond: z.number() }), z.object({ wrong: z.string() })]);

/** Makes load; one for a bench, so that it too is warm. */
export function startLoad() {
  const child = fork(file("load.ts"));
  return {
    /** @returns answers a second. @throws if one was not what it should be */
    run: async (job: Job): Promise<number> => {
      const result = loaded.parse(await answerOf(child, job));
      if ("wrong" in result) throw new Error(result.wrong);
      return result.perSecond;
    },
    stop: () => child.disconnect(),
  };
}

async function answerOf(child: ChildProcess, question: string | Job): Promise<unknown> {
  const ended = new AbortController();
  const end = () => ended.abort(new Error("A process of the bench ended before it answered."));
  child.once("exit", end);
  child.send(question);
  const [message] = await once(child, "message", { signal: ended.signal });
  child.off("exit", end);
  return message;
}

/** Processor time of a server while something happens, in microseconds, and what came of it. */
export async function measured<T>(
  server: Server,
  work: () => Promise<T>,
): Promise<{ cpu: number; result: T }> {
  const before = await server.usage();
  const result = await work();
  return { cpu: (await server.usage()).cpu - before.cpu, result };
}

/** Waits until a server has nothing more to do, such as compressing what it has answered; at most ten seconds. */
export async function quiet(server: Server): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { cpu } = await measured(server, () => pause(100));
    if (cpu < 5000) return;
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

export type Reply = {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** From before it is sent until the last octet is here. */
  milliseconds: number;
};

/** One request over a connection that is kept, without the client's own work on what comes. */
export function ask(
  url: string,
  headers: Record<string, string> = {},
  json: object | null = null,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const type = json === null ? {} : { "content-type": "application/json" };
    const started = performance.now();
    const sent = request(
      url,
      { method: json ? "POST" : "GET", agent, headers: { ...headers, ...type } },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on("error", reject);
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("end", () =>
          resolve({
            status: reply.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(reply.headers).map(([name, value]) => [name, String(value)]),
            ),
            body: Buffer.concat(chunks),
            milliseconds: performance.now() - started,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(json && JSON.stringify(json));
  });
}
