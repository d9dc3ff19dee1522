// Nashra as an administrator runs it: the built command in a process of its own.
import { spawn } from "node:child_process";
import { resolve } from "node:path";

const bin = resolve(import.meta.dirname, "../../bin/nashra.js");

export type Ended = { code: number | null; out: string; err: string };

const quiet = { NASHRA_LOG_LEVEL: "error", NASHRA_SAMPLE: "off" };

/** Runs one command to its end. */
export function nashra(env: Record<string, string>, args: readonly string[], stdin?: string): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env["PATH"], ...quiet, ...env },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk));
  child.stdin.end(stdin ?? "");
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, out, err }));
  });
}

/** Starts the server on any free port and waits until it says where it serves. */
export async function serve(env: Record<string, string>) {
  const { said, stop } = await start({ NASHRA_PORT: "0", ...env }, ["serve"], /^ {2}(Outbox|Sign in) .*\n$/m);
  return { url: /serves (\S+)/.exec(said())?.[1] ?? "", said, stop };
}

/** Starts a process that sends letters, and waits until it does. */
export const deliver = (env: Record<string, string>, args: readonly string[]) =>
  start(env, ["deliver", ...args], /sends|started/);

/** Starts a command that runs until it is stopped, and waits until it says what is expected of it. */
async function start(env: Record<string, string>, args: readonly string[], ready: RegExp) {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env["PATH"], ...quiet, ...env },
  });
  let [out, err] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => (err += chunk));
  const abandon = () => void child.kill();
  process.once("exit", abandon); // a test run that is broken off leaves nothing running
  const ended = new Promise<number | null>((done) => child.on("close", done)).finally(() =>
    process.off("exit", abandon),
  );
  const said = new Promise<void>((done) => {
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
      if (ready.test(out)) done();
    });
  });
  await Promise.race([
    said,
    ended.then((code) => {
      throw new Error(`nashra ${args.join(" ")} ended with ${code}: ${err}`);
    }),
  ]);
  return {
    said: () => out,
    /** @returns the exit code */
    stop: (signal: "SIGTERM" | "SIGINT" | "SIGKILL" = "SIGTERM") => {
      child.kill(signal);
      return ended;
    },
  };
}
