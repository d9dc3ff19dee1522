// A connection to a mail server: words go out, and replies come in the order of what they answer.
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { type Reply, replyReader } from "./replies.ts";

export type Endpoint = {
  host: string;
  port: number;
  /** TLS from the first octet on. */
  secure: boolean;
  /** For TLS of either kind; certificates are checked as Node does unless this says otherwise. */
  tls?: ConnectionOptions;
  /** How long it may take for what, where that is not as long as the standard says. */
  patience?: Patience;
};

/** The connection is gone, or can no longer be understood. `credentials`: the server wants to know first who we are. */
export class ConnectionLost extends Error {
  readonly fault: "credentials" | undefined;
  constructor(why: string, fault?: "credentials") {
    super(why);
    this.fault = fault;
  }
}

export type Connection = ReturnType<typeof connectTo>;

/** How long a server may take for what (RFC 5321 §4.5.3.2), in minutes. */
export const minutesFor = { greeting: 5, envelope: 5, data: 2, dot: 10, other: 5, goodbye: 0.1 };
export type Waiting = keyof typeof minutesFor;
export type Patience = Readonly<Record<Waiting, number>>;

const connectSeconds = 60;

/** Replies are short. In octets; each connection has one such buffer, where Node would make a new one of 64 kB for each reply. */
const readAtOnce = 4096;

/** Begins to connect. Nothing throws here: what fails is told by the first reply that does not come. */
export function connectTo(endpoint: Endpoint) {
  const { host, port, patience = minutesFor } = endpoint;
  // A name in a certificate is no address: SNI takes names only (RFC 6066 §3).
  const tls = { host, ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }), ...endpoint.tls };
  const waiting: { heard: (reply: Reply) => void; gone: (why: ConnectionLost) => void; minutes: number }[] =
    [];
  const first: Socket = endpoint.secure
    ? connectTls({ ...tls, port })
    : connect({
        host,
        port,
        onread: {
          buffer: Buffer.allocUnsafeSlow(readAtOnce),
          callback: (length, buffer) => {
            if (socket === first) read(buffer.subarray(0, length)); // in the clear, and not behind a handshake
            return true;
          },
        },
      });
  let socket = first;
  let lost: ConnectionLost | null = null;
  let connecting = true;
  let deadline = Date.now() + connectSeconds * 1000;

  const fail = (why: string) => {
    if (lost) return;
    lost = new ConnectionLost(why);
    clearInterval(timer);
    socket.destroy();
    for (const { gone } of waiting.splice(0)) gone(lost);
  };
  const arm = () => {
    if (!connecting) deadline = Date.now() + (waiting[0]?.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  };
  const timer = setInterval(() => {
    if (Date.now() > deadline) fail("the server took too long to answer");
  }, 1000);
  timer.unref();
  let goodbye: string | null = null;
  const heard = (reply: Reply | null) => {
    if (lost) return;
    if (reply === null) return fail("the server said what is no reply");
    const next = waiting.shift();
    if (!next) {
      // Nobody asked: it says that it is closing (§3.8).
      goodbye = reply.text;
      return;
    }
    arm();
    next.heard(reply);
  };
  const expect = (to: Waiting, told: (reply: Reply) => void, gone: (why: ConnectionLost) => void) => {
    if (lost) return gone(lost);
    waiting.push({ heard: told, gone, minutes: patience[to] });
    if (waiting.length === 1) arm();
  };
  let read = replyReader(heard);
  const connected = () => {
    connecting = false;
    arm();
  };
  socket.once(endpoint.secure ? "secureConnect" : "connect", connected);
  const listenTo = (it: Socket) => {
    it.setNoDelay(true);
    it.on("data", (chunk: Buffer) => {
      if (it === socket) read(chunk);
    });
    it.on("error", (error) => {
      if (it === socket) fail(error.message);
    });
    it.on("close", () => {
      if (it === socket) fail(goodbye ?? "the server closed the connection");
    });
  };
  listenTo(socket);

  return {
    /** Why it is over, or null while it is not. */
    lost: () => lost,
    /** What the server said although nobody asked: it is about to close. */
    goodbye: () => goodbye,
    write(...pieces: readonly (string | Uint8Array)[]): void {
      if (!lost) for (const piece of pieces) socket.write(piece);
    },
    /** What is written meanwhile, and right afterwards by whoever waited for that, goes to the system in one call. */
    together<Result>(work: () => Result): Result {
      const corked = socket;
      corked.cork();
      const result = work();
      queueMicrotask(() => corked.uncork()); // behind those that `work` woke
      return result;
    },
    /** The next reply that nobody waits for yet. @throws ConnectionLost if it does not come */
    reply: (to: Waiting): Promise<Reply> => new Promise((resolve, reject) => expect(to, resolve, reject)),
    /** So many next replies that nobody waits for yet; fewer if the connection is lost before the last of them. */
    replies(to: readonly Waiting[]): Promise<readonly Reply[]> {
      const come: Reply[] = [];
      return new Promise((resolve) => {
        const heard = (reply: Reply) => {
          come.push(reply);
          if (come.length === to.length) resolve(come);
        };
        for (const it of to) expect(it, heard, () => resolve(come));
      });
    },
    /** Goes on in TLS on the same connection (RFC 3207). What the server sent before that, in the clear, is not read. */
    secured(): Promise<void> {
      const plain = socket;
      connecting = true;
      deadline = Date.now() + connectSeconds * 1000;
      plain.removeAllListeners("data");
      read = replyReader(heard); // §4.2: whatever was said before is forgotten
      goodbye = null;
      const secure = connectTls({ ...tls, socket: plain });
      socket = secure;
      listenTo(secure);
      secure.once("secureConnect", connected);
      return new Promise((resolve, reject) => {
        secure.once("secureConnect", resolve);
        secure.once("close", () => reject(lost ?? new ConnectionLost("the server closed the connection")));
      });
    },
    /** Ends it, whatever is under way. */
    destroy: (why: string) => fail(why),
  };
}
