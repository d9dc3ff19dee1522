// nashra deliver: sends letters in a process of its own, until it is told to stop.
import type { Config } from "../config.ts";
import { startDelivering } from "./deliver.ts";
import { say } from "./output.ts";

export const deliverHelp = `
For a machine that serves many readers while it sends: set NASHRA_DELIVER=apart for nashra serve, which opens and
freezes issues as before and leaves the sending to this. Several may run at once on the same data folder: no letter
is claimed twice. Each opens NASHRA_SMTP_CONNECTIONS to the relay.

SIGTERM and SIGINT end it: nothing more is claimed, and what is under way is finished and written down first.
With --json each line on standard output is an object: {"event":"started"}, {"event":"stopped","signal":…}.`;

/** Sends until SIGTERM or SIGINT. */
export async function deliverNashra(config: Config, { json }: { json?: boolean }): Promise<void> {
  const told = new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolve(name));
  });
  const tell = (event: object, words: string) => say(json ? JSON.stringify(event) : words);
  const deliverer = await startDelivering(config);
  tell(
    { event: "started" },
    config.smtpUrl
      ? "Nashra sends what is due."
      : "Nashra sends what is due, into the outbox: no relay is set (NASHRA_SMTP_URL).",
  );
  const signal = await told;
  if (!json) say(`${signal}: finishing what is under way.`);
  await deliverer.stop();
  tell({ event: "stopped", signal }, "Stopped.");
}
