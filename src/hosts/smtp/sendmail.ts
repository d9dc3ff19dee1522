// A program of this machine as a transport: whatever takes a mail on standard input as sendmail does (Postfix, Exim, msmtp…). A
// process of our own and not nodemailer's, which says neither the exit code, nor the program's words, nor when the text was asked for.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Envelope, SendOutcome, Stage, Steps, Transport } from "../../platform/index.ts";
import { isPlainAddress } from "./nodemailer.ts";

/** As long as a server may take to answer the last dot (RFC 5321 §4.5.3.2). */
const mostMilliseconds = 600_000;

/** @param file the program @param width how many may run at once */
export function sendmailTransport(file: string, width: number): Transport {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async send(envelope, message, steps) {
      while (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
      running++;
      const outcome = await handOver(file, envelope, message, steps).finally(() => {
        running--;
        waiting.shift()?.();
      });
      await steps.over(outcome);
      return outcome;
    },
    close: async () => {},
  };
}

async function handOver(
  file: string,
  { from, to }: Envelope,
  message: Uint8Array,
  steps: Steps<SendOutcome>,
): Promise<SendOutcome> {
  // What begins with a hyphen could be taken for an option, whatever `--` says.
  if (![from, to].every((it) => isPlainAddress(it) && !it.startsWith("-")))
    return { kind: "refused", code: 553, stage: "before", reply: `not sent: "${to}" is no single address` };
  // -i: a line with a dot alone is text. LF, which sendmail expects; servers that it talks to get CRLF.
  const child = spawn(file, ["-i", "-f", from, "--", to], { stdio: ["pipe", "pipe", "pipe"] });
  let words = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(0, 1000);
    });
  child.stdin.on("error", () => {}); // it ended before it had read all: its exit code says why
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  try {
    await once(child, "spawn");
  } catch (error) {
    return { kind: "not-sent", reply: `${file}: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!(await steps.mayLeave())) {
    child.kill("SIGKILL"); // not the end of its input, which it would take for the end of an empty mail
    await ended;
    return { kind: "not-sent", reply: "held back" };
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), mostMilliseconds);
  child.stdin.end(Buffer.from(Buffer.from(message).toString("latin1").replaceAll("\r\n", "\n"), "latin1"));
  const { code, signal } = await ended;
  clearTimeout(timer);
  return outcomeOfExit(file, code, signal, words.trim());
}

/** sysexits.h: by which code the program says that the mail, the address or its own state is at fault. */
const permanent: Readonly<Record<number, { code: number; stage: Stage }>> = {
  64: { code: 554, stage: "before" },
  65: { code: 554, stage: "dot" },
  67: { code: 550, stage: "rcpt" },
  68: { code: 550, stage: "rcpt" },
  77: { code: 553, stage: "mail" },
};

/** What it means that the program ended so, once it was given the whole text. */
export function outcomeOfExit(
  file: string,
  code: number | null,
  signal: string | null,
  words: string,
): SendOutcome {
  if (code === 0) return { kind: "accepted", reply: `queued by ${file}${words ? `: ${words}` : ""}` };
  const reply = `${file} ended with ${code === null ? signal : `exit code ${code}`}${words ? `: ${words}` : ""}`;
  if (code === null) return { kind: "in-doubt", reply };
  return { kind: "refused", reply, ...(permanent[code] ?? { code: 451, stage: "dot" }) };
}
