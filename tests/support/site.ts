// The service as its users start it, with the sample newsroom and without a relay.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PostalMime, { type Email } from "postal-mime";
import { nashra, serve } from "./process.ts";

export type Site = {
  origin: string;
  /** The folder with its database. */
  data: string;
  /** The link for the first administrator. Works once. */
  signIn: string;
  /** What `nashra …words` prints. */
  run: (...words: string[]) => Promise<string>;
  /** The mails of the outbox, newest first. */
  outbox: () => Promise<Email[]>;
  /** Waits for the newest mail to this address that holds these words; digests and confirmations leave after the reply. */
  mailTo: (address: string, words?: string) => Promise<Email>;
  close: () => Promise<void>;
};

/** Starts it on a free port; the bundle must be built. Ends with `close`, which takes the folder along. */
export async function startSite(settings: Record<string, string> = {}): Promise<Site> {
  const data = await mkdtemp(join(tmpdir(), "nashra-site-"));
  const env = { NASHRA_DATA: data, NASHRA_SAMPLE: "on", ...settings };
  const server = await serve(env);
  const close = async () => {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  };
  const origin = server.url.replace(/\/$/, "");
  const run = async (...words: string[]) => {
    const { code, out, err } = await nashra({ ...env, NASHRA_PUBLIC_URL: origin }, words); // the port is known by now
    if (code !== 0) throw new Error(`nashra ${words.join(" ")} ended with ${code}: ${err}`);
    return out;
  };
  const outbox = async () => {
    const folder = join(data, "outbox");
    const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith("."));
    const newestFirst = names.sort().reverse();
    return Promise.all(newestFirst.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))));
  };
  const mailTo = async (address: string, words = "") => {
    for (let tries = 0; tries < 200; tries++) {
      const mail = (await outbox()).find(
        ({ to, text }) => to?.some((it) => it.address === address) && text?.includes(words),
      );
      if (mail) return mail;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`No mail came to ${address}. The service said:\n${server.said()}`);
  };
  return {
    origin,
    data,
    signIn: found(/(http:\S+\/newsroom\/login\/\S+)/u, server.said()),
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
