// nodemailer as our mailer: finished bytes in, what is known afterwards out. On both hosts.
import nodemailer from "nodemailer";
import type { Mailer, SendResult } from "../platform/index.ts";

/** Sends through a relay. @param pool how many connections to keep open; 0 opens one for each letter (Workers) */
export function smtpMailer(relay: URL, pool: number): Mailer {
  const secure = relay.protocol === "smtps:";
  const options = {
    host: relay.hostname.replace(/^\[|\]$/g, ""),
    port: Number(relay.port) || (secure ? 465 : 587),
    secure,
    ...(relay.username
      ? { auth: { user: decodeURIComponent(relay.username), pass: decodeURIComponent(relay.password) } }
      : {}),
    // RFC 5321 §4.5.3.2: a server may take ten minutes to answer the last dot.
    connectionTimeout: 60_000,
    greetingTimeout: 300_000,
    socketTimeout: 600_000,
  };
  const transport =
    pool > 0
      ? nodemailer.createTransport({ ...options, pool: true, maxConnections: pool, maxMessages: 100 })
      : nodemailer.createTransport(options);
  return {
    async send(envelope, message) {
      try {
        const sent = await transport.sendMail({ envelope, raw: Buffer.from(message) });
        return { kind: "accepted", reply: sent.response };
      } catch (error) {
        return resultOf(error);
      }
    },
    close: async () => transport.close(),
  };
}

/**
 * What an error of nodemailer's means. A reply code is the server's word. Without one the connection failed, and nodemailer
 * names the same command and code whether it was lost before MAIL or after the last dot (measured with 10.6): only where
 * the connection never stood is it certain that nothing was taken. Everything else is in doubt.
 */
export function resultOf(error: unknown): SendResult {
  const { responseCode, response, command, code, message, syscall } = Object(error);
  const reply = String(response ?? message ?? error);
  const signingIn =
    ["EHLO", "HELO", "LHLO", "STARTTLS", "API"].includes(command) || String(command).startsWith("AUTH");
  const neverStood =
    syscall === "connect" ||
    ["EAUTH", "ETLS", "EDNS", "ENOAUTH", "EOAUTH2"].includes(code) ||
    /^(Connection timeout|Greeting never received)/.test(String(message));
  if (signingIn || neverStood) return { kind: "not-sent", reply };
  if (typeof responseCode === "number") {
    // A refusal that names no command is the server's greeting or its farewell: about us, not about this letter.
    return command === "CONN" ? { kind: "not-sent", reply } : { kind: "refused", code: responseCode, reply };
  }
  return code === "EENVELOPE" ? { kind: "refused", code: 550, reply } : { kind: "in-doubt", reply };
}
