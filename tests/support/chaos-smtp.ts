// A mail server without manners: what stands behind the plus of a recipient says which fault it shows.
import { createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { pair } from "./certificate.ts";

const codes = [421, 450, 451, 452, 550, 552, 554] as const;

/** Every fault that a recipient can ask for. A name that is none is refused, so that a test which misspells one fails. */
export const faults = [
  ...codes.flatMap((code) => [`r${code}`, `t${code}`, `d${code}`]),
  ...["r551nc", "r571", "mismatch", "greylist", "flaky", "rate", "full"],
  ...["droprcpt", "dropdata", "dropmid", "dropdot", "stalldot", "rst"],
  ...["split", "coalesce", "multi", "bare", "junk", "long", "utf8reply"],
  ...["d250", "evil354", "slow", "late250"],
];

export type Taken = { from: string; to: string; text: string };

type Manners = {
  /** What it says it can do. */
  extensions?: readonly string[];
  greeting?: string;
  /** EHLO is unknown to it. */
  helo?: boolean;
  /** What it says to EHLO. */
  ehlo?: string;
  /** So many connections are greeted with 421 before the first that is not. */
  busyGreetings?: number;
  /** One more is greeted with 421. */
  mostConnections?: number;
  startTls?: "offered" | "refused" | "injecting";
  /** `user:password` that it wants. */
  auth?: string;
  ways?: string;
  /** 421 to every such MAIL. */
  everyMail421?: number;
  /** Milliseconds before it greets. */
  lateGreeting?: number;
  /** It says 421 and closes where nothing was asked for so many milliseconds. */
  idle421?: number;
  /** It takes no text in which a line ends in LF alone. */
  bareLf?: "refused";
  /** It says 421 and closes after so many messages of a connection. */
  most?: number;
};

const usual = ["PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 10000000", "ENHANCEDSTATUSCODES"];

/**
 * Recipients say what happens. At RCPT: `r550` any code, `r551nc` 550 without an enhanced one, `greylist` 451 the first time, `flaky`
 * every second time, `droprcpt` closed, `mismatch`, `evil354` refused and then 354 all the same. At DATA: `t451` any code, `dropdata`
 * closed, `d250` for 354. In the text: `dropmid`. After the dot: `d554` any code, `dropdot` taken and closed without a
 * word, `stalldot` taken and silent, `rst` reset and not taken, `split` a reply octet by octet, `multi`, `bare`, `junk`, `long`, `utf8reply`,
 * `coalesce` with words that nobody asked for, `slow`, `late250` slower. Also `r571` a policy's no, `rate` too much of us, `full`. What a
 * whole server does is in its manners.
 */
export async function startChaos(manners: Manners = {}) {
  const taken: Taken[] = [];
  const said: string[] = [];
  let heard = "";
  const seen = new Map<string, number>();
  let connections = 0;
  let mostAtOnce = 0;
  let mails = 0;
  const sockets = new Set<Socket>();
  /** Those that have not said goodbye. */
  const staying = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    staying.add(socket);
    mostAtOnce = Math.max(mostAtOnce, staying.size);
    socket.on("close", () => sockets.delete(socket) && staying.delete(socket));
    talk(socket);
  });

  function talk(plain: Socket) {
    let socket: Socket = plain;
    let rest = "";
    let mode: "commands" | "text" | "user" | "password" = "commands";
    let from = "";
    let to = "";
    let typedUser = "";
    let signedIn = manners.auth === undefined;
    let ofConnection = 0;
    let busy = false;
    let idle: ReturnType<typeof setTimeout> | undefined;
    const say = (words: string) => void socket.write(`${words}\r\n`);
    const wish = () => /\+(\w+)@/.exec(to)?.[1] ?? "";
    const times = () => {
      seen.set(to, (seen.get(to) ?? 0) + 1);
      return seen.get(to) ?? 0;
    };
    plain.setNoDelay(true);
    plain.on("error", () => {});
    const listen = () => {
      socket.on("error", () => {});
      socket.on("data", (chunk: Buffer) => {
        const words = chunk.toString("latin1");
        clearTimeout(idle);
        if (manners.idle421 !== undefined)
          idle = setTimeout(() => {
            if (mode !== "commands" || to !== "" || busy) return;
            busy = true; // it hears nothing more
            staying.delete(plain);
            say("421 4.4.2 nothing was asked for too long");
            socket.end();
          }, manners.idle421);
        rest += words;
        heard = (heard + words).slice(-10_000);
        read();
      });
    };
    const read = () => {
      while (!busy) {
        if (mode === "text") {
          if (wish() === "dropmid") return void (rest === "" || socket.destroy()); // some of the text has come
          const end = rest.startsWith(".\r\n") ? 0 : rest.indexOf("\r\n.\r\n") + 2;
          if (end === 1) return;
          const text = rest.slice(0, end).replaceAll("\r\n..", "\r\n.").replace(/^\.\./, ".");
          rest = rest.slice(end + 3);
          mode = "commands";
          ended(text);
        } else {
          const end = rest.indexOf("\r\n");
          if (end < 0) return;
          const line = rest.slice(0, end);
          rest = rest.slice(end + 2);
          said.push(line);
          if (mode === "user" || mode === "password") signIn(line);
          else command(line);
        }
      }
    };
    const credentials = (typed: string) => {
      signedIn = typed === manners.auth;
      say(signedIn ? "235 2.7.0 welcome" : "535 5.7.8 wrong");
    };
    const decoded = (text: string) => Buffer.from(text, "base64").toString();
    const signIn = (line: string) => {
      if (mode === "user") {
        typedUser = decoded(line);
        mode = "password";
        return say("334 UGFzc3dvcmQ6");
      }
      mode = "commands";
      credentials(`${typedUser}:${decoded(line)}`);
    };
    const command = (line: string) => {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "EHLO" && manners.helo) return say("502 5.5.1 what?");
      if (verb === "EHLO" && manners.ehlo) return say(manners.ehlo);
      if (verb === "EHLO") {
        const offered = [
          ...(manners.extensions ?? usual),
          ...(manners.startTls && socket === plain ? ["STARTTLS"] : []),
          ...(manners.auth === undefined ? [] : [`AUTH ${manners.ways ?? "PLAIN LOGIN"}`]),
        ];
        return say(
          ["chaos.example", ...offered]
            .map((it, i) => `250${i < offered.length ? "-" : " "}${it}`)
            .join("\r\n"),
        );
      }
      if (verb === "RSET") over();
      if (verb === "HELO" || verb === "RSET") return say("250 2.0.0 ok");
      if (verb === "QUIT") {
        staying.delete(plain);
        say("221 2.0.0 bye");
        return void socket.end();
      }
      if (verb === "STAR") return startTls();
      if (/^AUTH PLAIN /i.test(line)) return credentials(decoded(line.slice(11)).slice(1).replace("\0", ":"));
      if (/^AUTH LOGIN$/i.test(line)) {
        mode = "user";
        return say("334 VXNlcm5hbWU6");
      }
      if (!signedIn) return say("530 5.7.0 sign in");
      if (verb === "MAIL") {
        if (from !== "") return say("503 5.5.1 one at a time");
        if (manners.everyMail421 && ++mails % manners.everyMail421 === 0) {
          say("421 4.3.2 too much just now");
          return void socket.end();
        }
        from = /<(.*)>/.exec(line)?.[1] ?? "";
        return say("250 2.1.0 ok");
      }
      if (verb === "RCPT") return recipient(line);
      if (verb === "DATA") return data();
      say("500 5.5.2 what?");
    };
    const recipient = (line: string) => {
      to = Buffer.from(/<(.*)>/.exec(line)?.[1] ?? "", "latin1").toString();
      const it = wish();
      const code = /^r(\d{3})$/.exec(it)?.[1];
      const said =
        it === "" || faults.includes(it) ? saidAtRcpt[it] : `555 5.5.4 nobody here knows the fault "${it}"`;
      const no =
        said !== undefined
          ? said
          : code
            ? `${code} ${code[0]}.1.1 not here`
            : it === "mismatch"
              ? "450 5.1.1 not here"
              : it === "evil354"
                ? "550 5.1.1 not here"
                : it === "greylist" && times() === 1
                  ? "451 4.7.1 greylisted, come back"
                  : it === "flaky" && times() % 2 === 1
                    ? "451 4.3.0 try again"
                    : null;
      if (it === "droprcpt") return void socket.destroy();
      if (no !== null && it !== "evil354") {
        to = "";
        say(no);
        if (no.startsWith("421")) socket.end();
        return;
      }
      say(no ?? "250 2.1.5 ok");
    };
    const data = () => {
      const it = wish();
      if (to === "") return say("503 5.5.1 nobody to send it to");
      if (it === "dropdata") return void socket.destroy();
      const code = /^t(\d{3})$/.exec(it)?.[1];
      if (code) return say(`${code} ${code[0]}.3.0 not now`);
      if (it === "d250") return say("250 2.0.0 fine");
      mode = "text";
      say("354 go on");
    };
    const over = () => {
      from = "";
      to = "";
    };
    const ended = (text: string) => {
      const it = wish();
      const first = times() === 1;
      const code = /^d(\d{3})$/.exec(it)?.[1];
      if (it === "evil354" || code) {
        over();
        say(code ? `${code} ${code[0]}.6.0 not this` : "554 5.5.1 nobody to send it to");
        if (code === "421") socket.end();
        return;
      }
      if (manners.bareLf && /(^|[^\r])\n/.test(text)) {
        over();
        return say("550 5.6.11 lines end in CR LF");
      }
      if (it === "rst" && first) return void (socket === plain ? plain.resetAndDestroy() : socket.destroy());
      taken.push({ from, to, text });
      over();
      if (it === "dropdot" && first) return void socket.destroy();
      if (it === "stalldot" && first) {
        busy = true; // it hears nothing more
        return;
      }
      const reply = replies[it] ?? "250 2.0.0 taken";
      if (it === "split") for (const octet of `${reply}\r\n`) socket.write(octet);
      else if (it === "slow") {
        busy = true;
        setTimeout(() => {
          say(reply);
          busy = false;
          read();
        }, 300);
      } else if (it === "late250") {
        busy = true;
        setTimeout(() => {
          say(reply);
          busy = false;
          read();
        }, 1500);
      } else say(reply);
      if (++ofConnection === manners.most) {
        say("421 4.7.0 enough for one connection");
        socket.end();
      }
    };
    const startTls = () => {
      if (manners.startTls === "refused") return say("454 4.7.0 not now");
      socket.write(
        `220 2.0.0 go on\r\n${manners.startTls === "injecting" ? "250 2.0.0 words of somebody else\r\n" : ""}`,
      );
      plain.removeAllListeners("data");
      rest = "";
      socket = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(pair) });
      listen();
    };
    if (manners.greeting === "") return void socket.destroy();
    if (connections <= (manners.busyGreetings ?? 0)) {
      staying.delete(plain);
      say("421 4.3.2 busy just now");
      return void plain.end();
    }
    if (staying.size > (manners.mostConnections ?? Number.POSITIVE_INFINITY)) {
      staying.delete(plain);
      say("421 4.7.0 too many connections from you");
      return void plain.end();
    }
    listen();
    const greet = () => say(manners.greeting ?? "220 chaos.example ESMTP");
    if (manners.lateGreeting === undefined) greet();
    else setTimeout(greet, manners.lateGreeting);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: new URL(`smtp://127.0.0.1:${port}`),
    port,
    taken,
    /** Every command, in its order. */
    said,
    /** The end of what arrived, whether it was looked at or not. */
    heard: () => heard,
    to: (recipient: string) => taken.filter(({ to }) => to === recipient),
    connections: () => connections,
    mostAtOnce: () => mostAtOnce,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const saidAtRcpt: Readonly<Record<string, string>> = {
  r551nc: "550 not here",
  r571: "550 5.7.1 we do not want your mail",
  rate: "450 4.7.1 Error: too much mail from you",
  full: "452 4.2.2 mailbox over quota",
};

const replies: Readonly<Record<string, string>> = {
  multi: "250-2.0.0 taken\r\n250-and\r\n250 kept",
  bare: "250",
  junk: "thank you very much",
  long: `250 2.0.0 ${"x".repeat(100_000)}`,
  utf8reply: "250 2.0.0 وصلت",
  coalesce: "250 2.0.0 taken\r\n250 2.0.0 and once more",
};
