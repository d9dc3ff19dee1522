// A session with a relay that takes commands without waiting for each reply (SMTP with PIPELINING, RFC 5321 and RFC 2920): the
// next letter's envelope follows right behind the last dot, so that a letter costs one round trip.
import { hostname } from "node:os";
import type { Envelope, SendOutcome, Stage, Steps } from "../../platform/index.ts";
import { type Connection, ConnectionLost, connectTo, type Endpoint, type Waiting } from "./connection.ts";
import { extensionsIn, type Reply } from "./replies.ts";

export type Relay = Endpoint & { auth: { user: string; password: string } | null };

export type Letter = { envelope: Envelope; message: Uint8Array; steps: Steps<SendOutcome> };

/**
 * What a session makes of a letter. `lost`: nothing of its text was sent, and another session may try. `blameless`: the session had
 * ended before this letter's turn, or had worked until then.
 */
export type Sent =
  | SendOutcome
  | { kind: "lost"; reply: string; blameless: boolean; fault?: "credentials" | undefined };

export type Session = {
  /** Hands over a letter, behind those that were handed over before; may be called before those are over. */
  send: (letter: Letter) => Promise<Sent>;
  /** Whether it takes further letters. */
  isOpen: () => boolean;
  /** Says goodbye, once nothing is under way. Ends when the connection is closed. */
  quit: () => Promise<void>;
};

/** `unfit`: the server can be reached, but has no pipelining, or signs nobody in by a way that we know. */
export type Opening =
  | { kind: "open"; session: Session }
  | { kind: "unfit"; why: string }
  | { kind: "failed"; reply: string; fault?: "credentials" };

/** Connects, secures the connection where the server offers it, and signs in. */
export async function openSession(relay: Relay): Promise<Opening> {
  const connection = connectTo(relay);
  try {
    const opening = await greet(connection, relay);
    if (opening.kind !== "open") connection.destroy("not needed");
    return opening;
  } catch (error) {
    connection.destroy("failed");
    return { kind: "failed", reply: error instanceof Error ? error.message : String(error) };
  }
}

/** What we call ourselves: a name, if this machine has a whole one (RFC 5321 §4.1.1.1). */
const ownName = () => (/^[\w-]+(\.[\w-]+)+$/.test(hostname()) ? hostname() : "[127.0.0.1]");

async function greet(connection: Connection, relay: Relay): Promise<Opening> {
  const ask = async (words: string) => {
    connection.write(`${words}\r\n`);
    return connection.reply("other");
  };
  const hello = () => ask(`EHLO ${ownName()}`);
  const greeting = await connection.reply("greeting");
  if (!isGood(greeting)) return { kind: "failed", reply: greeting.text };
  let said = await hello();
  if (said.code >= 500) return { kind: "unfit", why: said.text };
  if (!isGood(said)) return { kind: "failed", reply: said.text };
  if (!relay.secure && extensionsIn(said).has("STARTTLS")) {
    const ready = await ask("STARTTLS");
    if (!isGood(ready)) return { kind: "failed", reply: ready.text };
    await connection.secured();
    said = await hello(); // what was offered in the clear counts for nothing (RFC 3207 §4.2)
    if (!isGood(said)) return { kind: "failed", reply: said.text };
  } else if (!relay.secure && relay.auth && !isHere(relay.host)) {
    return {
      kind: "failed",
      reply: "the server offers no TLS, and a password is not sent without",
      fault: "credentials",
    };
  }
  const extensions = extensionsIn(said);
  if (!extensions.has("PIPELINING")) return { kind: "unfit", why: "it offers no pipelining" };
  if (relay.auth) {
    const signedIn = await signIn(ask, extensions.get("AUTH") ?? "", relay.auth);
    if (signedIn === null) return { kind: "unfit", why: "it signs in by no way that we know" };
    // 454: it cannot tell just now (RFC 4954 §6).
    if (!isGood(signedIn))
      return {
        kind: "failed",
        reply: signedIn.text,
        ...(signedIn.code >= 500 ? { fault: "credentials" } : {}),
      };
  }
  return { kind: "open", session: sessionOn(connection, extensions) };
}

const isHere = (host: string) => ["localhost", "127.0.0.1", "::1"].includes(host);

/** RFC 4954, by PLAIN (RFC 4616) or by LOGIN, which some still have alone. Null if the server takes neither. */
async function signIn(
  ask: (words: string) => Promise<Reply>,
  ways: string,
  { user, password }: NonNullable<Relay["auth"]>,
): Promise<Reply | null> {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  if (/\bPLAIN\b/.test(ways)) return ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`);
  if (!/\bLOGIN\b/.test(ways)) return null;
  let reply = await ask("AUTH LOGIN");
  for (const answer of [user, password]) if (reply.code === 334) reply = await ask(base64(answer));
  return reply;
}

/** To MAIL: sign in first (RFC 4954 §6). */
const signInFirst = [530, 534, 535, 538];

const isGood = ({ code }: Reply) => code >= 200 && code < 300;

const inEnvelope: readonly Waiting[] = ["envelope", "envelope", "data"];
const afterReset: readonly Waiting[] = ["envelope", ...inEnvelope];

/** Where the letter before stands, as far as it concerns the next. */
type Before = {
  /** It has nothing more to say to the server: its dot is out, or it was refused. */
  quiet: Promise<void>;
  /** What became of it is written down, and of all before it. */
  written: Promise<void>;
};

function sessionOn(connection: Connection, extensions: ReadonlyMap<string, string>): Session {
  const mostOctets = Number(extensions.get("SIZE")) || Number.POSITIVE_INFINITY;
  let before: Before = { quiet: Promise.resolve(), written: Promise.resolve() };
  let leftOver = false; // a transaction that the server may still hold open
  let closing = false;
  let settled = 0;

  async function deliver(letter: Letter, earlier: Before, quiet: () => void): Promise<Sent> {
    const { envelope, message, steps } = letter;
    await earlier.quiet;
    const over = connection.lost();
    if (over) return { kind: "lost", reply: over.message, blameless: true };
    if (message.length > mostOctets)
      return refused(
        552,
        `552 5.3.4 not sent: ${message.length} octets, and the server takes ${mostOctets}`,
        "mail",
      );
    const utf8 = /[^ -~]/.test(envelope.to + envelope.from);
    if (utf8 && !extensions.has("SMTPUTF8"))
      return refused(
        553,
        "553 no SMTPUTF8: the address is not ASCII, and the server takes no other",
        "before",
      );
    const [mail, rcpt, data] = await envelopeReplies(envelope, message.length, utf8);
    // About the connection or our account, and not about this letter.
    if (signInFirst.includes(mail.code)) throw new ConnectionLost(mail.text, "credentials");
    if (mail.code === 421) throw new ConnectionLost(mail.text); // closing (RFC 5321 §3.8)
    const no = [mail, rcpt].find((reply) => !isGood(reply));
    if (no || data.code >= 400) {
      // Nobody to send it to, and all the same it waits for a text: an empty one ends that (RFC 2920 §3.1).
      if (data.code === 354) await content(".\r\n").catch(() => {});
      const reply = no ?? data;
      return refused(reply.code, reply.text, no === undefined ? "data" : no === mail ? "mail" : "rcpt");
    }
    // Whatever follows would be taken for commands.
    if (data.code !== 354) throw new ConnectionLost(`the server answered DATA by ${data.text}`);
    const [mayLeave] = await Promise.all([steps.mayLeave(), earlier.written]);
    const gone = connection.lost();
    if (!mayLeave || gone) {
      connection.destroy("a letter was held back when the server waited for it");
      return { kind: "not-sent", reply: gone?.message ?? "held back" };
    }
    try {
      const reply = await connection.together(() => {
        const answer = content(...stuffed(message));
        quiet(); // the envelope of a letter that waits goes along
        return answer;
      });
      return isGood(reply) ? { kind: "accepted", reply: reply.text } : refused(reply.code, reply.text, "dot");
    } catch (error) {
      return { kind: "in-doubt", reply: error instanceof Error ? error.message : String(error) };
    }
  }

  /** What the server says to MAIL, RCPT and DATA. Where it closes after a no, the no counts for what would have come after it. */
  async function envelopeReplies({ from, to }: Envelope, octets: number, utf8: boolean) {
    const size = extensions.has("SIZE") ? ` SIZE=${octets}` : "";
    const wide = utf8 ? `${extensions.has("8BITMIME") ? " BODY=8BITMIME" : ""} SMTPUTF8` : "";
    const reset = leftOver;
    leftOver = true;
    connection.write(
      `${reset ? "RSET\r\n" : ""}MAIL FROM:<${from}>${size}${wide}\r\nRCPT TO:<${to}>\r\nDATA\r\n`,
    );
    const heard = await connection.replies(reset ? afterReset : inEnvelope);
    const [mail, rcpt, data] = reset ? heard.slice(1) : heard;
    const no = [mail, rcpt].find((reply) => reply && !isGood(reply));
    const last = { mail: mail ?? no, rcpt: rcpt ?? no, data: data ?? no };
    if (!last.mail || !last.rcpt || !last.data)
      throw connection.lost() ?? new ConnectionLost("the server did not answer");
    return [last.mail, last.rcpt, last.data] as const;
  }

  function content(...octets: readonly (string | Uint8Array)[]): Promise<Reply> {
    leftOver = false;
    connection.write(...octets);
    return connection.reply("dot");
  }

  /** After 421 the server closes (RFC 5321 §3.8). */
  function refused(code: number, reply: string, stage: Stage): SendOutcome {
    if (code === 421) closing = true;
    return { kind: "refused", code, reply, stage };
  }

  return {
    async send(letter) {
      const earlier = before;
      const { promise: quiet, resolve: isQuiet } = Promise.withResolvers<void>();
      const { promise: written, resolve: isWritten } = Promise.withResolvers<void>();
      before = { quiet, written };
      try {
        const result = await deliver(letter, earlier, isQuiet).catch((error: Error): Sent => {
          connection.destroy(error.message);
          const fault = error instanceof ConnectionLost ? error.fault : undefined;
          return { kind: "lost", reply: error.message, blameless: settled > 0, fault };
        });
        settled++;
        isQuiet();
        if (result.kind !== "lost") await letter.steps.over(result);
        return result;
      } finally {
        isQuiet();
        void earlier.written.then(isWritten);
      }
    },
    isOpen: () => !closing && connection.lost() === null && connection.goodbye() === null,
    async quit() {
      closing = true;
      await before.written;
      if (connection.lost()) return;
      connection.write("QUIT\r\n");
      await connection.reply("goodbye").catch(() => {});
      connection.destroy("over");
    },
  };
}

/** With the last dot, and a dot more before each line that begins with one (RFC 5321 §4.5.2). In pieces: most letters have no such line. */
function stuffed(message: Uint8Array): Uint8Array[] {
  const octets = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const pieces: Uint8Array[] = octets[0] === dot ? [oneDot] : [];
  let from = 0;
  for (let at = octets.indexOf(lineOfDot); at >= 0; at = octets.indexOf(lineOfDot, at + 2)) {
    pieces.push(octets.subarray(from, at + 2), oneDot);
    from = at + 2;
  }
  const isEnded = octets.at(-2) === 0x0d && octets.at(-1) === 0x0a;
  const whole = pieces.length === 0 ? [octets] : [Buffer.concat([...pieces, octets.subarray(from)])];
  return [...whole, isEnded ? lastDot : lineAndLastDot];
}

const dot = 0x2e;
const oneDot = Buffer.from(".");
const lastDot = Buffer.from(".\r\n");
const lineAndLastDot = Buffer.from("\r\n.\r\n");
const lineOfDot = Buffer.from("\r\n.");
