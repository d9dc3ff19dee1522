// Kills the process that sends an issue, again and again, and tells what the ledger and the mail server say of it afterwards.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { z } from "zod";
import { bundled } from "./bundled.ts";
import { startSink } from "./sink.ts";

export type Toll = {
  recipients: number;
  kills: number;
  connections: number;
  /** Letters that are not booked as accepted, and readers whom the server has nothing for. */
  open: number;
  lost: number;
  /** Messages that the server has more than once, those of them that the ledger does not name, and all that it names. */
  doubles: number;
  unnamed: number;
  inDoubt: number;
  integrity: string;
  seconds: number;
};

const counts = z.object({ open: z.number(), inDoubt: z.number() });

/**
 * @param prepare makes an issue that is ready to be sent in a data folder, with a relay's address
 * @param spread the most milliseconds that a process may send before it is killed
 * @param answersAfter how many milliseconds the mail server takes for a letter: by that there is enough to be sent until the last kill
 */
export async function killAgainAndAgain(
  {
    kills,
    spread,
    connections,
    processes,
    answersAfter = 2,
  }: { kills: number; spread: number; connections: number; processes: number; answersAfter?: number },
  prepare: (env: Record<string, string>) => Promise<void>,
  told: (line: string) => void = () => {},
): Promise<Toll> {
  const folder = mkdtempSync(join(tmpdir(), "nashra-kills-"));
  const program = await bundled(join(import.meta.dirname, "deliver-main.ts"));
  const sink = await startSink(answersAfter);
  const started = performance.now();
  const env = {
    NASHRA_DATA: folder,
    NASHRA_SMTP_URL: sink.url,
    NASHRA_SMTP_CONNECTIONS: `${connections}`,
    NASHRA_SAMPLE: "off",
    NASHRA_LOG_LEVEL: "error",
  };
  const running = new Set<ChildProcess>();
  const begin = async () => {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    running.add(child);
    child.once("exit", () => running.delete(child));
    await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
    return child;
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  try {
    await prepare(env);
    const database = new Sqlite(join(folder, "nashra.sqlite"), { readonly: true });
    const query = database.prepare(`select
      count(*) filter (where state <> 'accepted') as open, coalesce(sum(in_doubt), 0) as inDoubt from deliveries`);
    const now = () => counts.parse(query.get());
    let senders = await Promise.all(Array.from({ length: processes }, begin));
    let done = 0;
    for (; done < kills && now().open > 0; done++) {
      // What the dead held is first to be somebody else's again, or there would be nothing to be killed at.
      const before = sink.taken.size;
      for (let waited = 0; sink.taken.size === before && now().open > 0 && waited < 1200; waited++)
        await pause(50);
      await pause(Math.random() * spread);
      const [victim, ...others] = senders;
      if (victim) await end(victim, "SIGKILL");
      senders = [...others, await begin()];
      if (done % 10 === 9)
        told(`${done + 1} kills: ${now().open} letters to go, ${now().inDoubt} were in doubt`);
    }
    for (let waited = 0; now().open > 0 && waited < 600; waited++) await pause(500);
    for (const sender of senders) await end(sender, "SIGTERM");
    const rows = z
      .array(z.object({ address: z.string(), message_id: z.string().nullable(), in_doubt: z.number() }))
      .parse(database.prepare("select address, message_id, in_doubt from deliveries").all());
    const doubles = rows.filter(({ message_id }) => (sink.taken.get(message_id ?? "") ?? 0) > 1);
    const [{ integrity_check: integrity } = { integrity_check: "nothing" }] = z
      .array(z.object({ integrity_check: z.string() }))
      .parse(database.pragma("integrity_check"));
    const toll = {
      recipients: rows.length,
      kills: done,
      connections,
      ...now(),
      lost: rows.filter(({ address }) => !sink.recipients.has(address)).length,
      doubles: doubles.length,
      unnamed: doubles.filter((it) => (sink.taken.get(it.message_id ?? "") ?? 0) - 1 > it.in_doubt).length,
      integrity,
      seconds: (performance.now() - started) / 1000,
    };
    database.close();
    return toll;
  } finally {
    for (const child of running) child.kill("SIGKILL");
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
