// nodemailer as a transport: finished bytes in, what is known afterwards out. On both hosts.
import { Readable } from "node:stream";
import nodemailer from "nodemailer";
import type { Envelope, SendOutcome, Stage, Steps, Transport } from "../../platform/index.ts";

/** nodemailer reads an envelope as a list with names, and would send to whatever it makes of it. */
const plainAddress = /^[^\s<>(),:;"\\[\]@]+@[^\s<>(),;"\\@]+$/;

export const isPlainAddress = (address: string): boolean => plainAddress.test(address);

/** Where a relay is and how one signs in there. */
export function relayOf(url: URL) {
  const secure = url.protocol === "smtps:";
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    auth: url.username
      ? { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
      : null,
  };
}

/** Sends through a relay. @param pool how many connections to keep open; 0 opens one for each letter (Workers) */
export function nodemailerTransport(url: URL, pool: number): Transport {
  const { auth, ...endpoint } = relayOf(url);
  const options = {
    ...endpoint,
    ...(auth ? { auth: { user: auth.user, pass: auth.password } } : {}),
    // RFC 5321 §4.5.3.2: a server may take ten minutes to answer the last dot.
    connectionTimeout: 60_000,
    greetingTimeout: 300_000,
    socketTimeout: 600_000,
  };
  const transport =
    pool > 0
      ? nodemailer.createTransport({
          ...options,
          pool: true,
          maxConnections: pool,
          maxMessages: 100,
          // Only where not a byte of the message was read. More is for the ledger to decide.
          maxRequeues: 1,
        })
      : nodemailer.createTransport(options);
  // nodemailer names the same error whether a connection was lost at EHLO or after the last dot (measured with 10.6). But it
  // reads the message only after the 354: what was never read has certainly not left.
  const letters = new WeakMap<object, { steps: Steps<SendOutcome>; left: boolean }>();
  transport.use("stream", ({ data: { raw }, message }, done) => {
    message.createReadStream = () =>
      new Readable({
        async read() {
          const letter = raw instanceof Uint8Array ? letters.get(raw) : undefined;
          if (letter?.left === false) letter.left = await letter.steps.mayLeave();
          if (!letter?.left) return void this.destroy(new Error("held back"));
          this.push(raw);
          this.push(null);
        },
      });
    done();
  });
  async function result(
    envelope: Envelope,
    message: Uint8Array,
    steps: Steps<SendOutcome>,
  ): Promise<SendOutcome> {
    if (![envelope.from, envelope.to].every(isPlainAddress)) {
      return {
        kind: "refused",
        code: 553,
        reply: `not sent: "${envelope.to}" is no single address`,
        stage: "before",
      };
    }
    // nodemailer would send it to any server (RFC 6531 §3.1 asks for one that says it can).
    if (/[^ -~]/.test(envelope.to))
      return {
        kind: "refused",
        code: 553,
        reply: "no SMTPUTF8: the part before the @ is not ASCII, and this way of sending cannot ask for it",
        stage: "before",
      };
    const raw = Buffer.from(message);
    const letter = { steps, left: false };
    letters.set(raw, letter);
    try {
      const sent = await transport.sendMail({ envelope, raw });
      return { kind: "accepted", reply: sent.response };
    } catch (error) {
      return resultOf(error, letter.left);
    }
  }
  return {
    async send(envelope, message, steps) {
      const it = await result(envelope, message, steps);
      await steps.over(it);
      return it;
    },
    close: async () => transport.close(),
  };
}

/**
 * What an error of nodemailer's means. A reply code to MAIL, RCPT or DATA is the server's word on this letter. What failed
 * earlier, and a refused sign-in whenever it is told (530 at MAIL too), is about us: nothing was sent.
 *
 * @param mayHaveLeft whether any of the message was handed to the connection
 */
export function resultOf(error: unknown, mayHaveLeft: boolean): SendOutcome {
  const { responseCode, response, command, code, message } = Object(error);
  const reply = String(response ?? message ?? error);
  const stage = stageOf(command, mayHaveLeft);
  const ofSignIn = [530, 534, 535, 538].includes(responseCode);
  if (typeof responseCode === "number" && stage !== null && !ofSignIn) {
    return { kind: "refused", code: responseCode, reply, stage };
  }
  if (mayHaveLeft) return { kind: "in-doubt", reply };
  if (code === "EENVELOPE" && !ofSignIn) return { kind: "refused", code: 550, reply, stage: "before" };
  return ofSignIn || (code === "EAUTH" && responseCode !== 454)
    ? { kind: "not-sent", reply, fault: "credentials" }
    : { kind: "not-sent", reply };
}

function stageOf(command: unknown, mayHaveLeft: boolean): Stage | null {
  switch (command) {
    case "MAIL FROM":
      return "mail";
    case "RCPT TO":
      return "rcpt";
    case "DATA":
      return mayHaveLeft ? "dot" : "data";
  }
  return null;
}
