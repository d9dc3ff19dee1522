// The server behind Postfix, where the letters' mailboxes are: it counts what arrives, and refuses as an address asks.
import { SMTPServer } from "smtp-server";
import { repliesOfFarEnd } from "./fates.ts";

export async function startFarEnd(keep: number) {
  const arrived = new Map<string, number>();
  const kept: { to: string; raw: string }[] = [];
  const refusal = (to: string, at: "rcpt" | "text") => {
    const reply = repliesOfFarEnd[/^[a-z]+/.exec(to)?.[0] ?? ""];
    return reply?.at === at ? Object.assign(new Error(reply.words), { responseCode: reply.code }) : undefined;
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    size: 10_000_000,
    closeTimeout: 1000,
    onRcptTo: ({ address }, _session, done) => done(refusal(address, "rcpt")),
    onData(stream, { envelope }, done) {
      const to = envelope.rcptTo[0]?.address ?? "";
      const chunks: Buffer[] | null = kept.length < keep ? [] : null;
      stream.on("data", (chunk: Buffer) => chunks?.push(chunk));
      stream.on("end", () => {
        const no = refusal(to, "text");
        if (no) return done(no);
        arrived.set(to, (arrived.get(to) ?? 0) + 1);
        if (chunks) kept.push({ to, raw: Buffer.concat(chunks).toString("latin1") });
        done();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    arrived,
    kept,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
