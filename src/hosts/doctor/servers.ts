// Meets the relay and our own address on the web, as the doctor wants to see them. Signs in nowhere, and sends no mail.
import { request as askPlain } from "node:http";
import { request as askSecure } from "node:https";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";
import type { CertificateSeen, Failed, PageSeen, RelaySeen } from "../../doctor/index.ts";
import { extensionsIn, type Reply, replyReader } from "../smtp/replies.ts";

export type Bounds = {
  seconds: number;
  /** Whether DNS answers for the world: else a name that is not found says nothing. */
  isConnected: () => Promise<boolean>;
  /** Certificates to trust beside the system's, for tests. */
  ca?: string;
};

/** So much of a page is read. */
const mostOctets = 300_000;

async function failed(error: unknown, { isConnected }: Bounds): Promise<Failed> {
  const { code, message } = Object(error);
  const silent = ["ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EAI_AGAIN", "ABORT_ERR"].includes(
    code,
  );
  const noAnswer = silent || (code === "ENOTFOUND" && !(await isConnected()));
  const said = code === "ABORT_ERR" ? "no answer in time" : String(message || code || error);
  return { kind: "failed", error: said.slice(0, 200), noAnswer };
}

function certificateOf(socket: TLSSocket): CertificateSeen {
  const { valid_to: until } = socket.getPeerCertificate();
  const fault = socket.authorized
    ? null
    : String(Object(socket.authorizationError).message ?? socket.authorizationError);
  const ends = Date.parse(until ?? "");
  return { fault, daysLeft: Number.isNaN(ends) ? 0 : (ends - Date.now()) / 86_400_000 };
}

/** Connects, says EHLO, goes over to TLS where that is offered, and says goodbye. */
export async function meetRelay(
  { host, port, secure }: { host: string; port: number; secure: boolean },
  bounds: Bounds,
): Promise<RelaySeen> {
  const sockets: Socket[] = [];
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })),
    bounds.seconds * 1000,
  );
  const tls = {
    host,
    rejectUnauthorized: false, // what is wrong with it is to be told
    ...(isIP(host) ? {} : { servername: host }),
    ...(bounds.ca && { ca: bounds.ca }),
  };
  const meet = async (): Promise<RelaySeen> => {
    const first = secure ? connectTls({ ...tls, port }) : connect({ host, port });
    sockets.push(first);
    let talk = talkOn(first);
    await talk.next();
    let said = await talk.ask(`EHLO [127.0.0.1]`);
    const startTls = extensionsIn(said).has("STARTTLS");
    let certificate = first instanceof TLSSocket ? certificateOf(first) : null;
    if (!secure && startTls && (await talk.ask("STARTTLS")).code < 300) {
      first.removeAllListeners("data");
      const over = connectTls({ ...tls, socket: first });
      sockets.push(over);
      talk = talkOn(over);
      said = await talk.ask(`EHLO [127.0.0.1]`);
      certificate = certificateOf(over);
    }
    talk.say("QUIT");
    const [name = ""] = (said.lines[0] ?? "").split(" ");
    return { kind: "met", name, startTls, certificate };
  };
  try {
    return await Promise.race([meet(), late]);
  } catch (error) {
    return await failed(error, bounds);
  } finally {
    clearTimeout(timer);
    for (const socket of sockets) socket.destroy();
  }
}

/** Replies in the order in which they come. @throws what ends the connection */
function talkOn(socket: Socket) {
  const heard: Reply[] = [];
  let lost: Error | null = null;
  let wake = () => {};
  const lose = (error: Error) => {
    lost ??= error;
    wake();
  };
  const read = replyReader((reply) => {
    if (reply) heard.push(reply);
    else lose(new Error("it said what is no reply of a mail server"));
    wake();
  });
  socket.on("data", read);
  socket.on("error", lose);
  socket.on("close", () => lose(new Error("it closed the connection")));
  const next = async (): Promise<Reply> => {
    for (;;) {
      const reply = heard.shift();
      if (reply && reply.code < 400) return reply;
      if (reply) throw new Error(reply.text);
      if (lost) throw lost;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const say = (words: string) => socket.write(`${words}\r\n`);
  const ask = (words: string) => {
    say(words);
    return next();
  };
  return { next, ask, say };
}

/** Asks for a page, by whatever certificate it has, and follows nothing. @param form what is posted; null to get it */
export async function seePage(url: URL, form: string | null, bounds: Bounds): Promise<PageSeen> {
  try {
    return await new Promise<PageSeen>((resolve, reject) => {
      const request = (url.protocol === "https:" ? askSecure : askPlain)(
        url,
        {
          method: form === null ? "GET" : "POST",
          agent: false,
          rejectUnauthorized: false,
          signal: AbortSignal.timeout(bounds.seconds * 1000),
          headers: {
            "User-Agent": "nashra-doctor",
            ...(form === null
              ? {}
              : { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": form.length }),
          },
          ...(bounds.ca && { ca: bounds.ca }),
        },
        (answer) => {
          const { socket } = answer;
          const certificate = socket instanceof TLSSocket ? certificateOf(socket) : null;
          const pieces: Buffer[] = [];
          let octets = 0;
          const end = () => {
            const date = Date.parse(answer.headers.date ?? "");
            resolve({
              kind: "answered",
              status: answer.statusCode ?? 0,
              location: answer.headers.location ?? null,
              body: Buffer.concat(pieces).toString("utf8"),
              date: Number.isNaN(date) ? null : date,
              certificate,
            });
          };
          answer.on("data", (piece: Buffer) => {
            if (octets <= mostOctets) pieces.push(piece);
            octets += piece.length;
            if (octets > mostOctets) {
              end();
              request.destroy();
            }
          });
          answer.on("end", end);
          answer.on("error", reject);
        },
      );
      request.on("error", reject);
      request.end(form ?? undefined);
    });
  } catch (error) {
    const aborted = Object(error).name === "AbortError" || Object(error).name === "TimeoutError";
    return failed(aborted ? { code: "ABORT_ERR" } : error, bounds);
  }
}
