// A mail server that takes everything and remembers how often each message came to whom: by Message-ID, as texts would fill the memory.
import { createServer, type Socket } from "node:net";

/** @param waitMilliseconds before it answers the last dot, so that something is under way when a sender dies */
export async function startSink(waitMilliseconds = 0) {
  /** How often each Message-ID was taken whole. */
  const taken = new Map<string, number>();
  const recipients = new Map<string, number>();
  const sockets = new Set<Socket>();
  let mostAtOnce = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    mostAtOnce = Math.max(mostAtOnce, sockets.size);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.setNoDelay(true);
    let rest = "";
    let inText = false;
    let isBusy = false;
    let to = "";
    const say = (words: string) => void (socket.writable && socket.write(`${words}\r\n`));
    const read = () => {
      while (!isBusy) {
        const end = rest.indexOf(inText ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const heard = rest.slice(0, end);
        rest = rest.slice(end + (inText ? 5 : 2));
        if (inText) {
          inText = false;
          const id = /^Message-ID: (\S+)/m.exec(heard)?.[1] ?? "";
          taken.set(id, (taken.get(id) ?? 0) + 1);
          recipients.set(to, (recipients.get(to) ?? 0) + 1);
          if (waitMilliseconds === 0) say("250 2.0.0 taken");
          else {
            isBusy = true; // what follows is answered in its turn
            setTimeout(() => {
              say("250 2.0.0 taken");
              isBusy = false;
              read();
            }, waitMilliseconds);
          }
        } else command(heard);
      }
    };
    const command = (line: string) => {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "EHLO") return say("250-sink.example\r\n250-PIPELINING\r\n250 SMTPUTF8");
      if (verb === "RCPT") to = /<(.*)>/.exec(line)?.[1] ?? "";
      if (verb === "DATA") {
        inText = true;
        return say("354 go on");
      }
      if (verb === "QUIT") {
        say("221 2.0.0 bye");
        return void socket.end();
      }
      say("250 2.0.0 ok");
    };
    socket.on("data", (chunk: Buffer) => {
      rest += chunk.toString("latin1");
      read();
    });
    say("220 sink.example ESMTP");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    recipients,
    mostAtOnce: () => mostAtOnce,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
