// A real SMTP server on this machine that takes mail, and misbehaves for addresses that ask it to.
import type { Socket } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { SendOutcome, Steps } from "../../src/platform/index.ts";

/** For a letter that no ledger knows of. */
export const freely: Steps<SendOutcome> = { mayLeave: async () => true, over: async () => {} };

export type Arrived = { from: string; to: string; raw: string };

/**
 * Recipients choose what happens, by what stands behind a plus: `r550` is refused at RCPT, `t451` after DATA, `once451` the
 * first time only; `dropdot` is taken and the connection closed without an answer, once.
 */
export async function startSmtp(at = 0) {
  const arrived: Arrived[] = [];
  const seen = new Set<string>();
  const sockets = new Map<number | undefined, Socket>();
  const wishOf = (address: string) => /\+(\w+)@/.exec(address)?.[1] ?? "";
  const refusal = (code: number, words: string) => Object.assign(new Error(words), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 1000, // whoever keeps an idle connection
    disabledCommands: ["AUTH", "STARTTLS"],
    onRcptTo({ address }, _session, done) {
      const code = /^r(\d{3})$/.exec(wishOf(address))?.[1];
      done(code ? refusal(Number(code), "no such reader here") : undefined);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo[0]?.address ?? "";
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : "";
        const wish = wishOf(to);
        const code = /^(t|once)(\d{3})$/.exec(wish);
        if (code && !(code[1] === "once" && seen.has(to))) {
          seen.add(to);
          done(refusal(Number(code[2]), "come back later"));
          return;
        }
        arrived.push({ from, to, raw: Buffer.concat(chunks).toString("latin1") });
        if (wish === "dropdot" && !seen.has(to)) {
          seen.add(to);
          // Taken, but the sender never hears of it.
          sockets.get(session.remotePort)?.destroy();
          return;
        }
        done();
      });
    },
  });
  server.server.on("connection", (socket: Socket) => sockets.set(socket.remotePort, socket));
  server.on("error", () => {}); // a connection that we cut ourselves
  await new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  const address = server.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    arrived,
    to: (recipient: string) => arrived.filter(({ to }) => to === recipient),
    /** The newest mail to somebody, read as a mail program would. */
    async read(recipient: string) {
      const mail = arrived.findLast(({ to }) => to === recipient);
      if (!mail) throw new Error(`No mail arrived for ${recipient}.`);
      return simpleParser(Buffer.from(mail.raw, "latin1"));
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type Smtp = Awaited<ReturnType<typeof startSmtp>>;
