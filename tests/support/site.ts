// The service as its users start it: `nashra serve` in a process and a folder of its own, with the sample newsroom.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import PostalMime, { type Email } from "postal-mime";

const program = fileURLToPath(new URL("../../bin/nashra.js", import.meta.url));

export type Site = {
  origin: string;
  /** The link for the first administrator. Works once. */
  signIn: string;
  /** What `nashra …words` prints. */
  run: (...words: string[]) => Promise<string>;
  /** The mails of the outbox, newest first. */
  outbox: () => Promise<Email[]>;
  /** Waits for the newest mail to this address; digests and confirmations leave after the reply. */
  mailTo: (address: string) => Promise<Email>;
  close: () => Promise<void>;
};

/** Starts it on a free port; the bundle must be built. Ends with `close`, which takes the folder along. */
export async function startSite(settings: Record<string, string> = {}): Promise<Site> {
  const data = await mkdtemp(join(tmpdir(), "nashra-site-"));
  const env = { ...process.env, NASHRA_DATA: data, NASHRA_PORT: "0", NASHRA_LOG_LEVEL: "warn", ...settings };
  const service = spawn(process.execPath, [program, "serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => service.once("exit", () => resolve()));
  const close = async () => {
    service.kill();
    await ended;
    await rm(data, { recursive: true, force: true });
  };

  let said = "";
  const greeting = new Promise<void>((resolve, reject) => {
    const listen = (words: Buffer) => {
      said += words.toString("utf8");
      if (/^ {2}Outbox|^ {2}Sign in .*\n/mu.test(said)) resolve();
    };
    service.stdout.on("data", listen);
    service.stderr.on("data", listen);
    service.once("exit", (code) => reject(new Error(`nashra serve ended with ${code}:\n${said}`)));
  });
  try {
    await greeting;
  } catch (error) {
    await close();
    throw error;
  }

  const run = async (...words: string[]) =>
    (await promisify(execFile)(process.execPath, [program, ...words], { env })).stdout;
  const outbox = async () => {
    const folder = join(data, "outbox");
    const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith("."));
    const newestFirst = names.sort().reverse();
    return Promise.all(newestFirst.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))));
  };
  const mailTo = async (address: string) => {
    for (let tries = 0; tries < 200; tries++) {
      const mail = (await outbox()).find(({ to }) => to?.some((it) => it.address === address));
      if (mail) return mail;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`No mail came to ${address}. The service said:\n${said}`);
  };
  return {
    origin: found(/serves (http:\/\/\S+?)\/?$/mu, said),
    signIn: found(/(http:\S+\/newsroom\/login\/\S+)/u, said),
    run,
    outbox,
    mailTo,
    close,
  };
}

/** The first group of a pattern that must be there. */
export function found(pattern: RegExp, text: string): string {
  const group = pattern.exec(text)?.[1];
  if (group === undefined) throw new Error(`${pattern} is not in:\n${text.slice(0, 2000)}`);
  return group;
}
