// A real SMTP server on this machine, for journeys: it takes every letter and keeps it, read.
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export type ReceivedMail = { to: string; from: string; raw: Buffer; mail: ParsedMail };

/** Listens on a free port of 127.0.0.1, without TLS and sign-in. */
export async function startSmtpServer() {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", async () => {
        const raw = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          to: rcptTo.map(({ address }) => address).join(),
          from: mailFrom === false ? "" : mailFrom.address,
          raw,
          mail: await simpleParser(raw),
        });
        done(null, `taken as ${received.length}`);
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  // The types leave out what net.Server gives.
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    /** The letters to one address, in the order they came. */
    to: (address: string) => received.filter((it) => it.to === address).map(({ mail }) => mail),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
      }),
  };
}
